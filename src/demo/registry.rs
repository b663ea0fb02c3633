//! The registry of images: the part of OCI's distribution API that tells what a tag stands for, behind the
//! token protocol. Old images are cleared away; of those that are there a test may have one's tag moved.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::fault::Faults;
use super::forge::version;
use super::http::{Handler, Reply, Request};
use super::world::{Shared, World};

/// What it is called.
pub const HOST: &str = "images.acme.example";

/// Who may read.
pub const USER: &str = "demo";

/// Releases before the present one whose images are kept.
const KEPT: i64 = 1;

const VERSION: &str = "registry/2.0";

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The HTTP server.
pub struct Registry {
    /// The world it is part of.
    pub shared: Shared,
    /// Its own address.
    pub base: String,
    /// The password that it knows.
    pub password: String,
    /// Which tag was moved.
    pub faults: Faults,
}

impl Handler for Registry {
    fn answer(&self, request: &Request) -> Reply {
        match request.segments().as_slice() {
            ["token"] => self.token(request),
            ["v2"] => self.guarded(request, "", || {
                Reply::json(200, &json!({})).with("docker-distribution-api-version", VERSION)
            }),
            ["v2", owner, name, "manifests", reference] => {
                let scope = format!("repository:{owner}/{name}:pull");
                self.guarded(request, &scope, || {
                    self.shared.with(|world| self.manifest(world, name, reference))
                })
            }
            _ => error(404, "UNSUPPORTED"),
        }
    }
}

impl Registry {
    /// An answer for who has a token of the scope, and where to get it for who has none.
    fn guarded(&self, request: &Request, scope: &str, answer: impl FnOnce() -> Reply) -> Reply {
        let pass = format!("Bearer {}", self.pass(scope));
        if request.headers.get("authorization") == Some(&pass) {
            return answer();
        }
        let mut wants = format!(r#"Bearer realm="{}/token",service="{HOST}""#, self.base);
        if !scope.is_empty() {
            wants.push_str(&format!(r#",scope="{scope}""#));
        }
        error(401, "UNAUTHORIZED").with("www-authenticate", wants)
    }

    fn token(&self, request: &Request) -> Reply {
        let known = format!("Basic {}", STANDARD.encode(format!("{USER}:{}", self.password)));
        if request.headers.get("authorization") != Some(&known) {
            return error(401, "UNAUTHORIZED");
        }
        let scope = request.get("scope").unwrap_or_default();
        Reply::json(200, &json!({"token": self.pass(scope), "expires_in": 300}))
    }

    /// What lets somebody read one repository.
    fn pass(&self, scope: &str) -> String {
        hex(&format!("{scope} {}", self.password))
    }

    fn manifest(&self, world: &World, name: &str, reference: &str) -> Reply {
        let Some(service) = world.service(name) else { return error(404, "NAME_UNKNOWN") };
        let story = &service.story;
        let back = (0..=KEPT).filter_map(|n| version::back(story.stable, n));
        let mut tags = back.chain([story.candidate.to_owned()]);
        let Some((tag, body)) = tags.find_map(|tag| {
            let body = self.index(name, &tag);
            let named = reference == tag || reference == digest(&body);
            named.then_some((tag, body))
        }) else {
            return error(404, "MANIFEST_UNKNOWN");
        };
        let digest = digest(&body);
        Reply {
            status: 200,
            headers: vec![("content-type", INDEX.to_owned()), ("etag", format!("\"{tag}\""))],
            body,
        }
        .with("docker-content-digest", digest)
    }

    /// The image of a version, for two platforms.
    fn index(&self, name: &str, version: &str) -> String {
        let moved = self.faults.quirks().moved_tag == Some(version);
        let build = if moved { "again" } else { "once" };
        let platform = |architecture: &str| {
            let own = format!("{name} {version} {architecture} {build}");
            json!({
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": format!("sha256:{}", hex(&own)), "size": 1_734,
                "platform": {"os": "linux", "architecture": architecture},
            })
        };
        json!({
            "schemaVersion": 2, "mediaType": INDEX,
            "manifests": [platform("amd64"), platform("arm64")],
        })
        .to_string()
    }
}

fn digest(body: &str) -> String {
    format!("sha256:{}", hex(body))
}

fn hex(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

fn error(status: u16, code: &str) -> Reply {
    let body = json!({"errors": [{"code": code, "message": "the demo world says no"}]});
    Reply::json(status, &body).with("docker-distribution-api-version", VERSION)
}
