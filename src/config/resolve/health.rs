//! `[[service.environment.health]]`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use toml::Spanned;

use crate::config::loopback::is_loopback_url;
use crate::config::raw::{self, Text};
use crate::config::resolved::{CheckConfig, ProbeConfig};
use crate::model::{CheckSpec, FeedId};

use super::Resolver;
use super::environment::Place;
use super::values::host_and_port;

const EVERY: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(30);

impl Resolver<'_, '_> {
    pub(super) fn checks(&mut self, place: &Place<'_>) -> Vec<CheckSpec> {
        let mut names = BTreeSet::new();
        let mut specs = Vec::new();
        for health in &place.raw.health {
            let raw = health.get_ref();
            let name = self.name(raw.name.as_ref(), health.span(), "api");
            let track = self.track(place, raw.track.as_ref());
            if let (Some(name), Some(written)) = (&name, &raw.name)
                && !names.insert((name.clone(), track))
            {
                self.twice(written, "check", "of a track");
            }
            let (every, timeout) =
                self.cadence(raw.every.as_ref(), raw.timeout.as_ref(), (EVERY, TIMEOUT));
            let spec = CheckSpec {
                name: name.clone().unwrap_or_default(),
                track,
                feed: FeedId::part(
                    "health",
                    format!("{} {} {}", place.target, name.unwrap_or_default(), track.word()),
                ),
                every,
                grace: self.duration(raw.grace.as_ref(), GRACE),
                rise: self.count(raw.rise.as_ref(), 2),
                fall: self.count(raw.fall.as_ref(), 3),
            };
            if let Some(probe) = self.probe(health) {
                self.config.checks.push(CheckConfig {
                    target: place.target.clone(),
                    name: spec.name.clone(),
                    track,
                    probe,
                    every,
                    timeout,
                    agree: spec.rise.max(spec.fall),
                });
            }
            specs.push(spec);
        }
        specs
    }

    fn count(&mut self, written: Option<&Spanned<i64>>, default: u32) -> u32 {
        let Some(written) = written else {
            return default;
        };
        let number = *written.get_ref();
        u32::try_from(number).ok().filter(|number| (1..=100).contains(number)).unwrap_or_else(
            || {
                let found = format!("found the number {number}");
                self.problems.at(written.span(), found, "write 1 to 100");
                default
            },
        )
    }

    fn probe(&mut self, health: &Spanned<raw::Health>) -> Option<ProbeConfig> {
        let raw = health.get_ref();
        match (&raw.url, &raw.tcp) {
            (Some(url), None) => {
                let expect = self.expect(raw);
                let [revision, error_rate, uptime] = [&raw.revision, &raw.error_rate, &raw.uptime]
                    .map(|pointer| pointer.as_ref().and_then(|pointer| self.pointer(pointer)));
                let ca_file = raw.ca_file.as_ref().and_then(|file| self.file(file));
                let url = self.url(url)?;
                Some(ProbeConfig::Http {
                    no_proxy: is_loopback_url(&url),
                    url,
                    expect,
                    revision,
                    ca_file,
                    error_rate,
                    uptime,
                })
            }
            (None, Some(tcp)) => {
                self.only_http(raw);
                if host_and_port(tcp.get_ref()).is_none() {
                    self.not(
                        tcp,
                        "write HOST:PORT, for example \"127.0.0.1:5432\" or \"[::1]:5432\"",
                    );
                    return None;
                }
                Some(ProbeConfig::Tcp(tcp.get_ref().clone()))
            }
            (Some(_), Some(tcp)) => {
                self.not(tcp, "keep either `url` or `tcp`; a second check can have the other");
                None
            }
            (None, None) => {
                let fix = "write url = \"https://…\" or tcp = \"HOST:PORT\"";
                self.problems.missing(health.span(), "url", fix);
                None
            }
        }
    }

    /// A TCP check has no answer to look into.
    fn only_http(&mut self, raw: &raw::Health) {
        let pointers = [&raw.revision, &raw.error_rate, &raw.uptime, &raw.ca_file];
        let expected = raw.expect.keys().next();
        for key in pointers.into_iter().flatten().chain(expected) {
            let found = "found a key that a tcp check has no use for";
            self.problems.at(key.span(), found, "leave it out, or write `url` in place of `tcp`");
        }
    }

    fn expect(&mut self, raw: &raw::Health) -> BTreeMap<String, String> {
        let mut expect = BTreeMap::new();
        for (pointer, value) in &raw.expect {
            if let Some(pointer) = self.pointer(pointer) {
                expect.insert(pointer, value.0.clone());
            }
        }
        expect
    }

    fn pointer(&mut self, pointer: &Text) -> Option<String> {
        let text = pointer.get_ref();
        let escapes = text.split('~').skip(1).all(|tail| tail.starts_with(['0', '1']));
        if !text.starts_with('/') || !escapes {
            self.not(
                pointer,
                "write a JSON pointer, which begins with `/`: \"/status\", \"/db/state\"",
            );
            return None;
        }
        Some(text.clone())
    }
}
