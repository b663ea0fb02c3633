//! What images are called, and who is asked for them.

use std::fmt::Write as _;
use std::net::SocketAddr;

use crate::demo::registry::{HOST, USER};
use crate::demo::scenario::{Mover, Story};

/// The registry; `password` is the file that has it, as the file writes it.
pub fn registry(out: &mut String, address: SocketAddr, password: &serde_json::Value) {
    let _ = write!(
        out,
        r#"
[registry."{HOST}"]
url = "http://{address}"
basic = {{ user = "{USER}", password = {{ file = {password} }} }}
"#
    );
}

/// The name of a service's images, where it is released by them.
pub fn image(out: &mut String, story: &Story) {
    if story.mover == Mover::Stages {
        let _ = writeln!(out, "image = \"{HOST}/acme/{}:{{version}}\"", story.name);
    }
}
