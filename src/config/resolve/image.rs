//! `image` of a service and `[registry."HOST"]`: what a revision's image is called, and who is asked for it.

use std::time::Duration;

use toml::Spanned;
use url::Url;

use crate::config::loopback::is_loopback_url;
use crate::config::raw::{Registry, Text};
use crate::config::resolved::{HttpConfig, RegistryConfig};
use crate::model::ImageSpec;
use crate::model::image::is_registry;

use super::Resolver;

/// The limit of one request: several may be needed within the patience of a rollback.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Docker Hub's API, and who gives out its tokens; its name is neither.
const HUB: (&str, &str, &str) =
    ("docker.io", "https://registry-1.docker.io", "https://auth.docker.io");

impl Resolver<'_, '_> {
    /// The registries that the file says more of.
    pub(super) fn registries(&mut self) {
        let raw = self.raw;
        for (host, registry) in &raw.registry {
            if !is_registry(host.get_ref()) {
                self.not(host, "write a registry's host, [registry.\"ghcr.io\"]");
                continue;
            }
            self.registry(host.get_ref(), Some(registry));
        }
    }

    /// What a service's images are called.
    pub(super) fn image(&mut self, image: Option<&Text>) -> Option<ImageSpec> {
        let image = image?;
        match ImageSpec::parse(image.get_ref()) {
            Ok(spec) => {
                if !self.config.registries.contains_key(&spec.host()) {
                    self.registry(&spec.registry, None);
                }
                Some(spec)
            }
            Err(fix) => {
                self.not_url(image, fix);
                None
            }
        }
    }

    fn registry(&mut self, host: &str, registry: Option<&Spanned<Registry>>) {
        let raw = registry.map(Spanned::get_ref);
        let url = match raw.and_then(|raw| raw.url.as_ref()) {
            Some(url) => self.base_url(url),
            None => usual(host),
        };
        let auth = match raw.and_then(|raw| raw.auth.as_ref()) {
            Some(auth) => self.base_url(auth),
            None => Url::parse(HUB.2).ok().filter(|_| host == HUB.0),
        };
        let timeout = self.pace(raw.and_then(|raw| raw.timeout.as_ref()), TIMEOUT);
        let basic = raw.and_then(|raw| raw.basic.as_ref()).and_then(|basic| self.basic(basic));
        let ca_file = raw.and_then(|raw| raw.ca_file.as_ref()).and_then(|file| self.file(file));
        let Some(url) = url else { return };
        let http = HttpConfig { basic, ca_file, ..HttpConfig::plain(url, timeout) };
        let config = RegistryConfig { http, auth };
        self.config.registries.insert(format!("registry.{host}"), config);
    }
}

/// Where a registry of that name answers.
fn usual(host: &str) -> Option<Url> {
    if host == HUB.0 {
        return Url::parse(HUB.1).ok();
    }
    let plain = Url::parse(&format!("http://{host}")).ok().filter(is_loopback_url);
    plain.or_else(|| Url::parse(&format!("https://{host}")).ok())
}
