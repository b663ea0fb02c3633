//! `[service.environment.rollout]`: how a target is rolled out, and by HAProxy.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use crate::config::error::quoted;
use crate::config::raw::{self, OneOrMany, Text, Texts};
use crate::config::resolved::{EngineConfig, HaproxyAddress, HaproxyConfig, QueryConfig};
use crate::config::suggest::nearest;
use crate::config::weights::{nearest_share, step_miss};
use crate::model::FeedId;
use crate::model::spec::{Hooks, RolloutSpec};

use super::Resolver;
use super::environment::{Place, strings};
use super::metric::HISTORY;
use super::values::{host_and_port, is_loopback_host};

const CADENCE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(2));
const ROLLBACK_WITHIN: Duration = Duration::from_secs(60);
const STEPS: [f64; 3] = [10.0, 50.0, 100.0];

/// Engines of the design that this version does not build.
const LATER: [&str; 4] = ["github", "command", "argo", "kubernetes"];

/// How far, in percentage points, the weights may miss a step.
const MISS: f64 = 0.5;

impl Resolver<'_, '_> {
    pub(super) fn rollout(
        &mut self,
        place: &Place<'_>,
        rollout: &Spanned<raw::Rollout>,
    ) -> (Option<RolloutSpec>, Hooks) {
        let raw = rollout.get_ref();
        if !self.engine(rollout) {
            return (None, Hooks::default());
        }
        let hooks = self.hooks(raw);
        let soak = self.duration(raw.soak.as_ref(), Duration::ZERO);
        self.auto_rollback(raw);
        if let Some(share) = &raw.share {
            self.share(place, share, soak);
        }
        let engine = self.haproxy(rollout);
        let spec = RolloutSpec {
            engine: "haproxy".to_owned(),
            feed: FeedId::part("engine", place.target.as_str()),
            steps: engine.steps.clone(),
            soak,
            has_share: raw.share.is_some(),
            rollback_within: self.pace(raw.rollback_within.as_ref(), ROLLBACK_WITHIN),
            rotate: raw.rotate.unwrap_or(false),
        };
        let engine = EngineConfig::Haproxy(engine);
        self.config.engines.insert(place.target.clone(), engine);
        (Some(spec), hooks)
    }

    /// Whether the engine is one that can be resolved; if not, its other keys are not looked at.
    fn engine(&mut self, rollout: &Spanned<raw::Rollout>) -> bool {
        let Some(engine) = &rollout.get_ref().engine else {
            let fix = "write engine = \"haproxy\"";
            self.problems.missing(rollout.span(), "engine", fix);
            return true;
        };
        let name = engine.get_ref().as_str();
        if name == "haproxy" {
            return true;
        }
        self.problems.forgive_below(&rollout.span());
        if LATER.contains(&name) {
            let found = format!("the engine {} is not in this version", quoted(name));
            self.problems.at(engine.span(), found, "this version has \"haproxy\"");
        } else if nearest(name, &["haproxy"]).is_some() {
            self.not(engine, "did you mean `haproxy`?");
        } else {
            self.not(engine, "write \"haproxy\", the engine of this version");
        }
        false
    }

    fn auto_rollback(&mut self, raw: &raw::Rollout) {
        let Some(written) = &raw.auto_rollback else {
            return;
        };
        match written.get_ref().as_str() {
            "off" => {}
            "ask" | "on" => self.problems.at(
                written.span(),
                format!("auto_rollback = {} is not in this version", quoted(written.get_ref())),
                "write \"off\"",
            ),
            _ => self.not(written, "write \"off\" (\"ask\" and \"on\" are not in this version)"),
        }
    }

    fn share(&mut self, place: &Place<'_>, share: &Text, soak: Duration) {
        if share.get_ref().trim().is_empty() {
            self.not(share, "write an expression that yields 0 to 1, or leave it out");
        } else if place.raw.prometheus.is_none() {
            self.needs(share.span(), "prometheus");
        }
        let query = QueryConfig {
            target: place.target.clone(),
            metric: None,
            query: share.get_ref().clone(),
            history: soak.max(HISTORY),
        };
        self.ask(place, query);
    }

    fn haproxy(&mut self, rollout: &Spanned<raw::Rollout>) -> HaproxyConfig {
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
            let Some(address) = self.address(text, raw.insecure.unwrap_or(false)) else {
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

    fn steps(&mut self, raw: &raw::Rollout, candidates: usize, stables: usize) -> Vec<f64> {
        let Some(written) = &raw.steps else {
            for step in STEPS {
                if let Some((found, fix)) = missed(step, candidates, stables)
                    && let Some(side) = &raw.candidate
                {
                    let fix = format!("{fix}: write steps = […] that they reach");
                    self.problems.at(side.span(), found, fix);
                }
            }
            return STEPS.to_vec();
        };
        if written.get_ref().is_empty() {
            let fix = "write percentages that rise, [10, 50, 100]";
            self.problems.at(written.span(), "found an empty list", fix);
        }
        let mut before = 0.0;
        for step in written.get_ref() {
            let percent = *step.get_ref();
            if !(percent > 0.0 && percent <= 100.0) {
                let found = format!("found {percent}");
                self.problems.at(step.span(), found, "write a percentage above 0 and up to 100");
            } else if percent <= before {
                let found = format!("found {percent} after {before}");
                self.problems.at(step.span(), found, "write percentages that rise");
            } else if let Some((found, fix)) = missed(percent, candidates, stables) {
                self.problems.at(step.span(), found, fix);
            }
            before = percent;
        }
        written.get_ref().iter().map(|step| *step.get_ref()).collect()
    }
}

/// What to say of a step that the weights miss by too much.
fn missed(step: f64, candidates: usize, stables: usize) -> Option<(String, String)> {
    if candidates == 0 || stables == 0 || step_miss(step, candidates, stables) <= MISS {
        return None;
    }
    let near = (nearest_share(step, candidates, stables) * 10.0).round() / 10.0;
    Some((
        format!(
            "found {step} %, which weights of 0 to 256 miss with candidate and stable servers \
             {candidates} to {stables}"
        ),
        format!("the nearest is {near} %"),
    ))
}
