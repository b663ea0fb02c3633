//! The keys of the engine `haproxy`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use crate::config::loopback::is_loopback_host;
use crate::config::raw::{self, OneOrMany, Text, Texts};
use crate::config::resolved::{HaproxyAddress, HaproxyConfig};

use super::Resolver;
use super::environment::strings;
use super::values::host_and_port;

const CADENCE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(2));

impl Resolver<'_, '_> {
    pub(super) fn haproxy(&mut self, rollout: &Spanned<raw::Rollout>) -> HaproxyConfig {
        let raw = rollout.get_ref();
        let addresses = self.addresses(rollout);
        let backend = if let Some(backend) = &raw.backend {
            self.proxy_name(backend);
            backend.get_ref().clone()
        } else {
            let fix = "write the name of the backend in HAProxy's configuration";
            self.problems.missing(rollout.span(), "backend", fix);
            String::new()
        };
        let stable = self.servers_of(rollout, raw.stable.as_ref(), "stable");
        let candidate = self.servers_of(rollout, raw.candidate.as_ref(), "candidate");
        for server in raw.candidate.iter().flat_map(Spanned::get_ref) {
            if stable.contains(server.get_ref()) {
                self.not(server, "name each server on one side only");
            }
        }
        let steps = self.steps(raw, candidate.len(), stable.len());
        let (every, timeout) = self.cadence(raw.every.as_ref(), raw.timeout.as_ref(), CADENCE);
        HaproxyConfig { addresses, backend, stable, candidate, steps, every, timeout }
    }

    fn addresses(&mut self, rollout: &Spanned<raw::Rollout>) -> Vec<HaproxyAddress> {
        let raw = rollout.get_ref();
        let Some(written) = &raw.address else {
            let fix = "write \"tcp:127.0.0.1:9999\" or \"unix:/run/haproxy/admin.sock\"";
            self.problems.missing(rollout.span(), "address", fix);
            return Vec::new();
        };
        let one: Texts;
        let texts = match written.get_ref() {
            OneOrMany::One(text) => {
                one = vec![Spanned::new(written.span(), text.clone())];
                &one
            }
            OneOrMany::Many(texts) => texts,
        };
        if texts.is_empty() {
            self.problems.at(written.span(), "found an empty list", "write one address or more");
        }
        let mut addresses = Vec::new();
        for text in texts {
            let Some(address) = self
                .address(text, raw.insecure.as_ref().is_some_and(|insecure| *insecure.get_ref()))
            else {
                continue;
            };
            if addresses.contains(&address) {
                self.not(text, "name each address once");
            }
            addresses.push(address);
        }
        addresses
    }

    fn address(&mut self, text: &Text, insecure: bool) -> Option<HaproxyAddress> {
        if let Some(path) = text.get_ref().strip_prefix("unix:")
            && path.starts_with('/')
        {
            return Some(HaproxyAddress::Unix(PathBuf::from(path)));
        }
        let tcp = text.get_ref().strip_prefix("tcp:");
        let Some((tcp, (host, _))) = tcp.and_then(|tcp| Some((tcp, host_and_port(tcp)?))) else {
            self.not(text, "write \"tcp:HOST:PORT\" or \"unix:/PATH\"");
            return None;
        };
        if !insecure && !is_loopback_host(host) {
            self.not(
                text,
                "whoever reaches this port rules the proxy: use a unix socket or a tunnel to \
                 127.0.0.1, or write insecure = true",
            );
            return None;
        }
        Some(HaproxyAddress::Tcp(tcp.to_owned()))
    }

    fn servers_of(
        &mut self,
        rollout: &Spanned<raw::Rollout>,
        servers: Option<&Spanned<Texts>>,
        side: &str,
    ) -> Vec<String> {
        let Some(servers) = servers else {
            let fix = format!("write the servers of the backend, {side} = [\"{side}1\"]");
            self.problems.missing(rollout.span(), side, fix);
            return Vec::new();
        };
        if servers.get_ref().is_empty() {
            self.problems.at(servers.span(), "found an empty list", "write one server or more");
        }
        let mut seen = BTreeSet::new();
        for server in servers.get_ref() {
            self.proxy_name(server);
            if !seen.insert(server.get_ref()) {
                self.not(server, "name each server once");
            }
        }
        strings(servers.get_ref())
    }

    /// A name in HAProxy's own configuration; it becomes a part of commands.
    fn proxy_name(&mut self, name: &Text) {
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':');
        if name.get_ref().is_empty() || !name.get_ref().chars().all(fine) {
            self.not(name, "write a name of HAProxy's: letters, digits, `.`, `_`, `-` and `:`");
        }
    }
}
