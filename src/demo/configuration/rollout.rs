//! How each service is released: what moves its traffic, in which steps, and what is done when it harms.

use std::fmt::Write as _;

use crate::demo::app::Side;
use crate::demo::query::{Measure, Query};
use crate::demo::scenario::{Auto, Mover, Story};
use crate::demo::timeline::Timeline;

use super::{Addresses, duration};

/// How a service's production is released; nothing where nobody moves its traffic.
pub fn write(out: &mut String, addresses: &Addresses, timeline: &Timeline, story: &Story) {
    if !story.mover.is_engine() {
        return;
    }
    let share = Query { service: story.name, side: Some(Side::Candidate), measure: Measure::Share };
    let _ = write!(
        out,
        r#"
    [service.environment.rollout]
{engine}    soak = "{soak}"
    share = '{share}'
    rollback_within = "60s"
"#,
        engine = engine(addresses, story),
        soak = duration(timeline, 120.0),
        share = share.text(),
    );
    let scripts = addresses.scripts.iter().find(|(service, _)| *service == story.name);
    if let Some((_, scripts)) = scripts {
        let smoke = scripts.argv("smoke-test.sh", &["{revision}"]);
        let _ = writeln!(out, "    after_rollback = {smoke}");
    }
    let mode = match story.auto {
        Auto::Off => return,
        Auto::Ask => "ask",
        Auto::On => "on",
    };
    let after = duration(timeline, 60.0);
    let _ = writeln!(out, "    auto_rollback = \"{mode}\"\n    auto_rollback_after = \"{after}\"");
    let breaker = Query { service: story.name, side: None, measure: Measure::Breaker };
    let _ = writeln!(out, "    auto_rollback_breaker = {{ query = '{}' }}", breaker.text());
    out.push_str("    watch_after = \"24h\"\n");
}

/// A release that goes from one environment of GitHub's to the next.
const STAGES: &str = r#"    engine = "github"
    workflow = "deploy.yml"
    stages = [
      { environment = "production-10", weight = 10 },
      { environment = "production-50", weight = 50 },
      { environment = "production-100", weight = 100 },
    ]
    promote = "approve"
    rollback = { workflow = "rollback.yml", ref = "main", inputs = { version = "{revision}", marker = "{action}" } }
    every = "2s"
"#;

/// What moves the traffic, and how.
fn engine(addresses: &Addresses, story: &Story) -> String {
    let steps = story.mover.steps();
    if story.mover == Mover::Stages {
        return STAGES.to_owned();
    }
    let mut scripts = addresses.scripts.iter();
    let Some((_, scripts)) = scripts.find(|(service, _)| *service == story.name) else {
        return format!(
            r#"    engine = "haproxy"
    address = "tcp:{haproxy}"
    backend = "{name}"
    stable = ["{stable}"]
    candidate = ["{candidate}"]
    steps = {steps}
    every = "1s"
"#,
            haproxy = addresses.haproxy,
            name = story.name,
            stable = Side::Stable.server(),
            candidate = Side::Candidate.server(),
        );
    };
    format!(
        r#"    engine = "command"
    status = {status}
    promote = {promote}
    pause = {pause}
    resume = {resume}
    rollback = {rollback}
    steps = {steps}
    every = "1s"
"#,
        status = scripts.argv("status.sh", &[]),
        promote = scripts.argv("shift.sh", &["{weight}", "{revision}"]),
        pause = scripts.argv("pause.sh", &["yes"]),
        resume = scripts.argv("pause.sh", &["no"]),
        rollback = scripts.argv("rollback.sh", &["{revision}"]),
    )
}
