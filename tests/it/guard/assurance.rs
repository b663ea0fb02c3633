//! The gates that stand on Prometheus' word: the error budget, the way of alerts, the backup. What is not known
//! never passes.

use std::time::Duration;

use flightdeck::control::{Gate, GateState, assess};
use flightdeck::model::{
    BackupSpec, BurnSpec, FeedId, GateRules, HealthState, Link, LinkKind, LinkState, Observation,
    PathSpec, Phase, Reading, Severity, Spent, TargetSpec,
};

use crate::support::build::{Build, alert, at, fleet, rollout, spec, target};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WINDOWS: [u64; 7] = [5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY];

/// The rules of all three.
pub(super) fn rules() -> GateRules {
    let every = Duration::from_secs(30);
    GateRules {
        burn: Some(BurnSpec {
            name: "burn".into(),
            objective: 0.999,
            query: "errors[{window}]".into(),
            requests: None,
            block: 6.0,
            every,
        }),
        alert_path: Some(PathSpec {
            groups: Vec::new(),
            alertmanager: "127.0.0.1:9093".into(),
            failures: vec!["lost".into()],
            watchdog: Some("alertname=\"Watchdog\"".into()),
            every,
        }),
        backup: Some(BackupSpec { query: "made".into(), max_age: Duration::from_secs(DAY), every }),
        ..GateRules::default()
    }
}

fn watched() -> TargetSpec {
    TargetSpec { rules: rules(), ..spec() }
}

fn prometheus() -> FeedId {
    FeedId::source("prometheus.main")
}

fn alertmanager() -> FeedId {
    FeedId::source("alertmanager.main")
}

/// A target of which everything else is known, at second 100.
fn build() -> Build {
    let mut build = Build::new(fleet(watched()));
    build.till(100).reads(rollout(10.0));
    build.probes(HealthState::Healthy).alerts(Vec::new()).measures([(100, 0.0)]);
    build
}

fn gate(build: &Build, name: &str) -> Gate {
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    seen.gates.into_iter().find(|gate| gate.name == name).expect(name)
}

#[track_caller]
fn says(build: &Build, name: &str, state: GateState, words: &str) {
    let gate = gate(build, name);
    assert_eq!(gate.state, state, "{}", gate.reason);
    assert!(gate.reason.contains(words), "{}", gate.reason);
}

/// Says what was spent: the same share everywhere but where told.
fn spends(build: &mut Build, usual: f64, told: &[(u64, Reading)]) {
    let one = |seconds: u64| {
        let own = told.iter().find(|(window, _)| *window == seconds).map(|own| own.1);
        let errors = own.unwrap_or(Reading::Number(usual));
        Spent { window: Duration::from_secs(seconds), errors, requests: None, fault: None }
    };
    let spent = WINDOWS.map(one).to_vec();
    build.says(&prometheus(), vec![Observation::Burn { target: target(), spent }]);
}

fn links(build: &mut Build, feed: &FeedId, links: &[(LinkKind, LinkState)]) {
    let link = |(kind, state): &(LinkKind, LinkState)| Link {
        kind: *kind,
        state: *state,
        detail: format!("seen {}", state.word()),
    };
    let links = links.iter().map(link).collect();
    build.says(feed, vec![Observation::Path { target: target(), links }]);
}

fn made(build: &mut Build, made: Reading, fault: Option<&str>) {
    let fault = fault.map(str::to_owned);
    build.says(&prometheus(), vec![Observation::Backup { target: target(), made, fault }]);
}

/// Every link, from those who see it.
fn whole(build: &mut Build) {
    use LinkKind::{Alertmanager, Notifications, Rules, Watchdog};
    let holds = |kind| (kind, LinkState::Holds);
    links(build, &prometheus(), &[Rules, Alertmanager, Notifications].map(holds));
    links(build, &alertmanager(), &[holds(Watchdog)]);
}

#[test]
fn a_budget_burns_only_in_both_windows_of_a_speed() {
    let mut build = build();
    says(&build, "burn", GateState::Unknown, "not read yet");
    spends(&mut build, 0.0005, &[]);
    says(&build, "burn", GateState::Pass, "0.5 × the budget over 30m and 0.5 × over 6h, limit 6");
    let fast = [(5 * MINUTE, Reading::Number(0.02)), (HOUR, Reading::Number(0.015))];
    spends(&mut build, 0.0005, &fast);
    let sentence =
        "20 × the budget over 5m and 15 × over 1h, limit 14.4; a budget of 30 days lasts 2 d 0 h";
    says(&build, "burn", GateState::Fail, sentence);
    spends(&mut build, 0.0005, &fast[..1]);
    says(&build, "burn", GateState::Pass, "limit");
    let slow = [(30 * MINUTE, Reading::Number(0.007)), (6 * HOUR, Reading::Number(0.0061))];
    spends(&mut build, 0.0005, &slow);
    says(&build, "burn", GateState::Fail, "limit 6");
}

#[test]
fn a_failure_of_three_requests_is_chance_and_all_of_many_are_not() {
    let mut build = build();
    let mut spends = |long: f64, requests: f64| {
        // each three requests in 5 minutes, of which one failed
        let one = |seconds: u64| Spent {
            window: Duration::from_secs(seconds),
            errors: Reading::Number(if seconds < HOUR { 1.0 / 3.0 } else { long }),
            requests: Some(Reading::Number(requests * seconds as f64 / HOUR as f64)),
            fault: None,
        };
        let spent = WINDOWS.map(one).to_vec();
        build.says(&prometheus(), vec![Observation::Burn { target: target(), spent }]);
        let gate = gate(&build, "burn");
        (gate.state, gate.reason)
    };
    let (state, reason) = spends(1.0 / 36.0, 36.0);
    assert_eq!(state, GateState::Wait, "{reason}");
    let sentence = "limit 14.4, but by 1 failed over 1h: below 10 it may be chance";
    assert!(reason.contains(sentence), "{reason}");
    let (state, reason) = spends(0.5, 36.0);
    assert_eq!(state, GateState::Fail, "18 of 36 failed: {reason}");
    let (state, reason) = spends(0.0, 36.0);
    assert_eq!(state, GateState::Pass, "{reason}");
}

#[test]
fn slower_speeds_are_told_and_do_not_block() {
    let mut build = build();
    let slow = [(2 * HOUR, Reading::Number(0.004)), (DAY, Reading::Number(0.0031))];
    spends(&mut build, 0.0005, &slow);
    let sentence = "4.0 × the budget over 2h and 3.1 × over 1d, above 3, does not block";
    says(&build, "burn", GateState::Pass, sentence);
    spends(&mut build, 0.0005, &[(DAY, Reading::Empty)]);
    says(&build, "burn", GateState::Pass, "whether 3 × is reached is unknown");
}

#[test]
fn a_window_that_is_not_known_never_passes() {
    for window in &WINDOWS[..5] {
        if *window == 2 * HOUR {
            continue;
        }
        for nothing in [Reading::Empty, Reading::NotANumber, Reading::PlusInfinity] {
            let mut build = build();
            spends(&mut build, 0.0, &[(*window, nothing)]);
            says(&build, "burn", GateState::Unknown, "");
        }
    }
    let mut build = build();
    spends(&mut build, 0.0, &[]);
    says(&build, "burn", GateState::Pass, "");
    build.fails(&prometheus());
    says(&build, "burn", GateState::Unknown, "prometheus.main stale: it answered 502");
    let fault = Some("query timed out".to_owned());
    let spent = WINDOWS.map(|seconds| Spent {
        window: Duration::from_secs(seconds),
        errors: Reading::Empty,
        requests: None,
        fault: fault.clone(),
    });
    let spent = spent[..6].to_vec();
    build.says(&prometheus(), vec![Observation::Burn { target: target(), spent }]);
    says(&build, "burn", GateState::Unknown, "query of 5m failed: query timed out");
    let spent = Vec::new();
    build.says(&prometheus(), vec![Observation::Burn { target: target(), spent }]);
    says(&build, "burn", GateState::Unknown, "was not asked for");
}

#[test]
fn alerts_pass_only_over_a_way_that_is_whole() {
    use LinkKind::{Alertmanager, Notifications, Rules, Watchdog};
    let mut fine = build();
    says(&fine, "alerts", GateState::Unknown, "rules: unknown: not read yet");
    whole(&mut fine);
    says(&fine, "alerts", GateState::Pass, "none firing at P1");
    for (kind, feed) in [
        (Rules, prometheus()),
        (Alertmanager, prometheus()),
        (Notifications, prometheus()),
        (Watchdog, alertmanager()),
    ] {
        for state in [LinkState::Broken, LinkState::Unknown] {
            let mut build = fine.clone();
            links(&mut build, &feed, &[(kind, state)]);
            let sentence = format!("seen {}", state.word());
            says(&build, "alerts", GateState::Unknown, &sentence);
            says(&build, "alerts", GateState::Unknown, kind.word());
            // what is heard over a broken line was heard all the same
            build.alerts(vec![alert("HighErrorRate", Severity::P1, at(90))]);
            says(&build, "alerts", GateState::Fail, "HighErrorRate");
        }
    }
    for feed in [prometheus(), alertmanager()] {
        let mut build = fine.clone();
        build.fails(&feed);
        says(&build, "alerts", GateState::Unknown, "it answered 502");
    }
}

#[test]
fn a_way_that_is_not_watched_says_nothing_about_alerts() {
    let mut build = Build::plain();
    build.till(100).alerts(Vec::new());
    says(&build, "alerts", GateState::Pass, "none firing at P1");
}

#[test]
fn a_backup_is_young_too_old_or_unknown() {
    let now = at(100).timestamp() as f64;
    let hours = |hours: f64| Reading::Number(now - hours * 3_600.0);
    let mut build = build();
    says(&build, "backup", GateState::Unknown, "not read yet");
    made(&mut build, hours(3.0), None);
    says(&build, "backup", GateState::Pass, "3 h 0 m old, limit 24 h 0 m");
    made(&mut build, hours(31.0), None);
    says(&build, "backup", GateState::Fail, "the last good one is 31 h 0 m old, limit 24 h 0 m");
    // an old backup says nothing about how the release does
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    assert_ne!(seen.phase, Some(Phase::Degraded));
    for (nothing, fault, words) in [
        (Reading::Empty, None, "no series"),
        (Reading::NotANumber, None, "NaN"),
        (Reading::PlusInfinity, None, "no time"),
        (Reading::Number(1e300), None, ""),
        (Reading::Number(now * 1_000.0), None, "ahead of now"),
        (hours(1.0), Some("bad query"), "query failed: bad query"),
    ] {
        made(&mut build, nothing, fault);
        says(&build, "backup", GateState::Unknown, words);
    }
    made(&mut build, hours(1.0), None);
    build.fails(&prometheus());
    says(&build, "backup", GateState::Unknown, "it answered 502");
}

#[test]
fn an_action_does_not_undo_what_it_does_not_move() {
    let mut build = build();
    build.till(110);
    build.acts(
        "p1",
        flightdeck::model::Verb::Promote,
        10.0,
        50.0,
        flightdeck::model::Outcome::Seen,
    );
    let made = Reading::Number(at(0).timestamp() as f64);
    let items = vec![Observation::Backup { target: target(), made, fault: None }];
    let event = flightdeck::model::Event::Observed {
        feed: prometheus(),
        items,
        budget: None,
        warnings: Vec::new(),
        next_s: 5.0,
    };
    build.told(105, event);
    says(&build, "backup", GateState::Pass, "old");
}
