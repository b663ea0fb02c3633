//! Charts of a target's metric and of a check.

use super::*;
use crate::model::{
    HealthState, Outcome, Plan, Probe, ProbeFault, RecordKind, Report, Track, Verb,
};
use crate::tui::fixture::{World, plan, target};

fn metric_of(world: &World, index: usize) -> String {
    let state = world.store.target(&target("checkout/production")).unwrap();
    let look = Look { theme: &theme(), ascii: false };
    picture(&metric(state, index, world.now, WIDE, &look), WIDE)
}

#[test]
fn a_metric_of_both_sides_with_what_happened() {
    let mut world = World::bad();
    let back = plan("back", Verb::Rollback, 50.0, 0.0);
    world.journal(20, RecordKind::Intent { plan: Box::new(back) });
    let refused = plan("no", Verb::Promote, 50.0, 100.0);
    let Plan { action, target, verb, .. } = refused.clone();
    let report =
        Report { outcome: Outcome::Refused, ..Report::refused(action, target, verb, vec![]) };
    world.journal(10, RecordKind::Intent { plan: Box::new(refused) });
    world.journal(10, RecordKind::Outcome { report: Box::new(report), followed_up: false });
    insta::assert_snapshot!("metric", metric_of(&world, 0));
    assert_eq!(metric_of(&world, 0), metric_of(&world, 1), "the candidate leads");
    insta::assert_snapshot!("metric-ms", metric_of(&world, 2));
    assert_eq!(metric_of(&world, 9), "no data: no such metric is configured\n");
}

#[test]
fn a_metric_that_is_read_no_more() {
    insta::assert_snapshot!("metric-lost", metric_of(&World::lost(), 0));
}

#[test]
fn failed_probes_are_no_latency() {
    let mut world = World::good();
    world.now += TimeDelta::seconds(400);
    for ago in (1..80).rev().map(|n| n * 5) {
        let down = (100..140).contains(&ago);
        let probe = Probe {
            state: if down { HealthState::Unhealthy } else { HealthState::Healthy },
            latency_ms: if down { 0.2 } else { 30.0 + (ago % 9) as f64 },
            code: None,
            fault: down.then_some(ProbeFault::Connect),
            detail: None,
            revision: None,
            components: vec![],
            error_rate: None,
            uptime_s: None,
            cert_days: None,
        };
        world.probe("checkout/staging", Track::Stable, ago, probe);
    }
    let check = &world.store.target(&target("checkout/staging")).unwrap().checks[1];
    let look = Look { theme: &theme(), ascii: false };
    insta::assert_snapshot!("latency", picture(&latency(check, world.now, WIDE, &look), WIDE));
}
