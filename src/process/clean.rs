//! What goes in and what comes out: which variables a program sees, and its output made safe.

use std::ffi::OsString;

use crate::text;

/// Variables that every program sees, and those that begin with `LC_`. Tokens are not among them.
const ALLOWED: [&str; 12] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "TERM",
    "SSH_AUTH_SOCK",
    "XDG_RUNTIME_DIR",
];

/// Tokens of ours that no list may name.
const OURS: [&str; 4] =
    ["GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_ENTERPRISE_TOKEN"];

/// Columns of a line of output that are kept.
const WIDEST: usize = 1000;

/// Whether a variable is a token of ours, whatever a configuration says.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    OURS.contains(&name)
}

/// The environment of a program.
pub(super) fn environment(more: &[String]) -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(move |(name, _)| {
        name.to_str().is_some_and(|name| {
            let named = more.iter().any(|more| more == name) && !is_ours(name);
            named || ALLOWED.contains(&name) || name.starts_with("LC_")
        })
    })
}

/// A line without anything that a terminal must not see.
pub(super) fn line(line: &str) -> String {
    // before it is cut: half a secret is one too
    text::line(&text::secrets::hide(line), WIDEST).trim_end().to_owned()
}

/// Texts as safe lines, one text after the other.
pub(super) fn lines(texts: &[&str]) -> String {
    let lines = texts.iter().flat_map(|text| text.lines());
    let lines: Vec<String> = lines.map(line).collect();
    lines.join("\n").trim_end().to_owned()
}
