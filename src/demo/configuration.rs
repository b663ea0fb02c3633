//! The configuration that points at the world's servers, written the way an operator would.

mod assured;
mod images;
mod rollout;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;

use super::app::{BOUNDARY_MS, Side};
use super::health::Process;
use super::query::{Counter, Measure, Query};
use super::scenario::{Mover, Scenario, Story};
use super::scripts::Scripts;
use super::timeline::Timeline;

/// Where everything listens.
pub struct Addresses {
    /// GitHub's REST API.
    pub github: SocketAddr,
    /// Prometheus.
    pub prometheus: SocketAddr,
    /// Alertmanager.
    pub alertmanager: SocketAddr,
    /// `HAProxy`'s runtime API.
    pub haproxy: SocketAddr,
    /// The registry of images.
    pub registry: SocketAddr,
    /// The app processes.
    pub processes: Vec<(Process, SocketAddr)>,
    /// The scripts, by service.
    pub scripts: Vec<(&'static str, Scripts)>,
}

impl Addresses {
    /// Where a process listens.
    pub fn process(&self, process: Process) -> Option<SocketAddr> {
        let mut processes = self.processes.iter();
        let found = processes.find(|(own, _)| *own == process);
        found.map(|(_, address)| *address)
    }
}

/// Writes the configuration.
pub fn write<'a>(
    addresses: &Addresses,
    token: &Path,
    timeline: &Timeline,
    scenario: Scenario,
    stories: impl Iterator<Item = &'a Story>,
) -> String {
    let Addresses { github, prometheus, alertmanager, .. } = addresses;
    // a JSON string is a TOML string
    let token = serde_json::Value::from(token.to_string_lossy());
    let mut out = format!(
        r#"# The demo world's own configuration: every server listens on loopback.
version = 1

[github]
api_url = "http://{github}"
token = {{ file = {token} }}
every = "10s"
every_active = "3s"

[prometheus.main]
url = "http://{prometheus}"
every = "2s"

[alertmanager.main]
url = "http://{alertmanager}"
every = "2s"

[severity]
critical = "P0"
warning = "P2"
info = "P3"
"#
    );
    images::registry(&mut out, addresses.registry, &token);
    freeze(&mut out, timeline);
    for story in stories {
        let name = story.name;
        let workflows = match story.mover {
            Mover::Balancer | Mover::Scripts => r#"["ci.yml", "deploy.yml"]"#,
            Mover::Stages => r#"["ci.yml", "deploy.yml", "rollback.yml"]"#,
            Mover::Nobody => {
                "[\"ci.yml\", \"deploy.yml\", \"preview.yml\"]\nadvisory = [\"nightly.yml\"]"
            }
        };
        let _ = write!(
            out,
            r#"
[[service]]
name = "{name}"
repo = "acme/{name}"
workflows = {workflows}
migrations = ["db/migrate/**"]
"#
        );
        if matches!(scenario, Scenario::Tour | Scenario::Incident) {
            out.push_str("incident = { labels = [\"incident\"] }\n");
        }
        images::image(&mut out, story);
        if matches!(story.mover, Mover::Balancer | Mover::Scripts) {
            staging(&mut out, addresses, timeline, story);
        }
        production(&mut out, (addresses, scenario), timeline, story);
    }
    out
}

/// Nothing new goes where nothing is being released, while the world is looked at.
fn freeze(out: &mut String, timeline: &Timeline) {
    let zone = chrono_tz::Europe::Berlin;
    let local = |hours| {
        let at = timeline.start() + TimeDelta::hours(hours);
        at.with_timezone(&zone).format("%Y-%m-%dT%H:00:00").to_string()
    };
    let _ = write!(
        out,
        r#"
[[freeze]]
name = "index rebuild"
targets = ["search/production"]
zone = "{zone}"
start = {start}
end = {end}
reason = "the search index is being rebuilt"
"#,
        start = local(-2),
        end = local(6),
    );
}

fn staging(out: &mut String, addresses: &Addresses, timeline: &Timeline, story: &Story) {
    // where the main branch's pipeline fails before production, production's own is that of the last tag
    let branch = if story.staging_fails { "\n  ref = \"main\"" } else { "" };
    let _ = write!(
        out,
        r#"
  [[service.environment]]
  name = "staging"
  workflow = "deploy.yml"{branch}
"#
    );
    health(out, addresses, timeline, Process { service: story.name, side: None }, false);
}

fn production(
    out: &mut String,
    (addresses, scenario): (&Addresses, Scenario),
    timeline: &Timeline,
    story: &Story,
) {
    let name = story.name;
    let tags = if story.staging_fails { "\n  ref = \"v*\"" } else { "" };
    let _ = write!(
        out,
        r##"
  [[service.environment]]
  name = "production"
  production = true
  workflow = "deploy.yml"{tags}
  prometheus = "main"
  scrape_jobs = ["{name}"]
  alertmanager = "main"
  alerts = ['service="{name}"', 'env="production"']
  alert_block = "P1"
  links = {{ dashboard = "https://grafana.acme.example/d/{name}", runbook = "https://runbooks.acme.example/{name}" }}
  contacts = ["#{name}-oncall", "pager: {name}"]
"##
    );
    if let Some((group, wave)) = story.wave {
        let _ = writeln!(out, "  group = \"{group}\"\n  wave = {wave}");
    }
    if story.mover.is_engine() {
        let checks = match story.mover {
            Mover::Stages => r#"["checks / lint", "build"]"#,
            _ => r#"["lint", "test", "build"]"#,
        };
        let dangers = r#"["critical", "high", "secrets"]"#;
        let _ = writeln!(out, "  required_checks = {checks}\n  security = {dangers}");
    }
    assured::backup(out, scenario, name);
    if story.mover == Mover::Balancer && !story.staging_fails {
        out.push_str("  after = \"staging\"\n");
    }
    rollout::write(out, addresses, timeline, story);
    let tracked = story.mover.is_engine();
    // without an engine nobody can say that the candidate has no traffic yet
    let has_candidate = tracked || story.begin().is_some();
    let candidate = has_candidate.then_some(Side::Candidate);
    for side in candidate.into_iter().chain([Side::Stable]) {
        health(out, addresses, timeline, Process { service: name, side: Some(side) }, tracked);
    }
    for query in Query::of(name) {
        if query.side != Some(Side::Candidate) || has_candidate {
            metric(out, timeline, &query, tracked);
        }
    }
    if tracked {
        judge(out, timeline, name);
    }
    if story.mover == Mover::Balancer {
        assured::tables(out, name);
    }
    if let Some((_, scripts)) = addresses.scripts.iter().find(|(service, _)| *service == name) {
        let _ = write!(
            out,
            r#"
    [[service.environment.action]]
    name = "drain-queue"
    argv = {argv}

    [service.environment.database_rollback]
    argv = {undo}
    within = "60s"
"#,
            argv = scripts.argv("drain-queue.sh", &["{target}"]),
            undo = scripts.argv("undo-migrations.sh", &["{target}"]),
        );
    }
}

fn health(
    out: &mut String,
    addresses: &Addresses,
    timeline: &Timeline,
    process: Process,
    tracked: bool,
) {
    let Some(address) = addresses.process(process) else {
        return;
    };
    let name = process.side.map_or("app", Side::word);
    let track = if tracked { format!("\n    track = \"{name}\"") } else { String::new() };
    let _ = write!(
        out,
        r#"
    [[service.environment.health]]
    name = "{name}"{track}
    url = "http://{address}/health"
    every = "2s"
    timeout = "1s"
    grace = "{grace}"
    revision = "/version"
    error_rate = "/error_rate"
    uptime = "/uptime"
"#,
        grace = duration(timeline, 30.0),
    );
}

fn metric(out: &mut String, timeline: &Timeline, query: &Query, tracked: bool) {
    let (name, unit, max) = match query.measure {
        Measure::ErrorRate => ("error rate", "ratio", "0.01"),
        Measure::P95 => ("p95 latency", "ms", "500"),
        Measure::Share | Measure::Breaker => return,
    };
    let side = query.side.map_or("", Side::word);
    let named = if tracked {
        format!("name = \"{name}\"\n    track = \"{side}\"")
    } else {
        format!("name = \"{side} {name}\"")
    };
    let _ = write!(
        out,
        r#"
    [[service.environment.metric]]
    {named}
    query = '{query}'
    unit = "{unit}"
"#,
        query = query.text(),
    );
    if query.side == Some(Side::Candidate) {
        let hold = duration(timeline, 30.0);
        let _ = writeln!(out, "    max = {max}\n    for = \"{hold}\"");
    }
}

/// Counters are not read sooner than this, however fast the world goes.
const PACE: Duration = Duration::from_secs(1);

/// The candidate is judged by what fails and by what is late.
fn judge(out: &mut String, timeline: &Timeline, name: &str) {
    let _ = write!(
        out,
        r#"
    [service.environment.judge]
    warm_up = "{warm_up}"
    every = "{every}"
    split = {{ label = "track", candidate = "{candidate}", stable = "{stable}" }}

      [[service.environment.judge.compare]]
      name = "errors"
      bad = '{errors}'
      total = '{requests}'

      [[service.environment.judge.compare]]
      name = "slower than {boundary} ms"
      good = '{in_time}'
      total = '{requests}'
      points = 0.01
"#,
        warm_up = duration(timeline, 10.0),
        every = text(timeline.real(5.0).max(PACE)),
        candidate = Side::Candidate.word(),
        stable = Side::Stable.word(),
        errors = Counter::Errors.text(name),
        requests = Counter::Requests.text(name),
        in_time = Counter::InTime.text(name),
        boundary = BOUNDARY_MS,
    );
}

/// World seconds as a clock shows them.
fn duration(timeline: &Timeline, seconds: f64) -> String {
    text(timeline.real(seconds))
}

fn text(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}
