//! What was not told, or not so that it can be relied on, is unknown.

use flightdeck::control::{GateState, Standing};
use flightdeck::model::{
    Alert, Budget, Event, FeedId, FeedState, HealthState, Outcome, Phase, Rollout, Severity, Verb,
};

use super::evidence::{gate, seen};
use super::scene::{Says, Stand, build};
use crate::support::build::{Build, alert, at, rollout};

#[test]
fn an_alert_that_cannot_be_read_is_not_silence() {
    let mut build = Build::plain();
    build.till(500).reads(rollout(10.0)).acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.alerts_beside(Vec::new(), 2);
    let (state, reason, _) = gate(&build, "alerts");
    assert_eq!((state, reason.as_str()), (GateState::Unknown, "2 alerts could not be read"));
    assert!(seen(&build).reasons.contains(&reason));
    let undated = Alert { since: None, ..alert("New", Severity::P1, at(0)) };
    build.alerts(vec![undated]);
    let (state, reason, _) = gate(&build, "alerts");
    assert_eq!(state, GateState::Fail, "when it began is not known: it may be now");
    assert!(reason.contains("P1 New since an unreadable time"), "{reason}");
}

#[test]
fn what_fails_after_its_grace_never_passes_before_it_has_failed_often_enough() {
    let mut build = Build::plain();
    build.till(0).reads(rollout(10.0)).probes(HealthState::Healthy).probes(HealthState::Healthy);
    build.till(10).acts("p", Verb::Promote, 0.0, 10.0, Outcome::Seen);
    build.till(39).probes(HealthState::Unhealthy);
    assert_eq!(gate(&build, "health").0, GateState::Wait, "within its grace");
    build.till(41);
    assert_eq!(gate(&build, "health").0, GateState::Wait, "its grace is over, and it fails");
    for s in [42, 43, 44] {
        build.till(s).probes(HealthState::Unhealthy);
        assert_ne!(gate(&build, "health").0, GateState::Pass, "{s}");
    }
    assert_eq!(gate(&build, "health").0, GateState::Fail);
}

#[test]
fn answers_grow_old_however_seldom_github_is_asked() {
    let mut build = build(Stand::Ready, Says::AllPass, &super::scene::links()[0]);
    let now = Build::second(build.now());
    let github = FeedId::part("github", "acme/checkout");
    let budget = Budget {
        remaining: 300,
        limit: 5000,
        reset: at(now + 3600),
        widened_s: Some(3360),
        usual_s: Some(3),
    };
    build.tell(Event::Heartbeat { feed: github.clone(), budget: Some(budget), next_s: 3360.0 });
    assert_eq!(build.store.feed_state(&github, build.now()), FeedState::Live);
    build.till(now + 119);
    assert_eq!(build.store.feed_state(&github, build.now()), FeedState::Live);
    build.till(now + 125);
    assert_eq!(build.store.feed_state(&github, build.now()), FeedState::Live, "as planned");
    let (state, reason, _) = gate(&build, "feeds");
    assert_eq!(state, GateState::Unknown);
    assert!(reason.contains("asked every 56 m only"), "{reason}");
}

#[test]
fn an_engine_that_does_not_say_where_it_stands_is_unknown() {
    let mut build = build(Stand::Ready, Says::AllPass, &super::scene::links()[0]);
    build.reads(Rollout { routed: None, ..rollout(0.0) });
    let seen = seen(&build);
    assert_eq!((seen.standing, seen.phase), (Standing::Unknown, Some(Phase::Unknown)));
    let says = "the engine does not say how much it routes";
    assert!(seen.reasons.iter().any(|why| why == says), "{:?}", seen.reasons);
}

#[test]
fn a_share_below_nothing_is_none() {
    let mut build = build(Stand::Ready, Says::AllPass, &super::scene::links()[0]);
    let now = Build::second(build.now());
    build.measures([(now, -1.0)]);
    let (state, reason, _) = gate(&build, "error rate");
    assert_eq!((state, reason.as_str()), (GateState::Unknown, "-100.00 % is no share of anything"));
}

#[test]
fn a_check_that_names_another_revision_than_the_engine_does_not_pass() {
    let mut build = build(Stand::Ready, Says::AllPass, &super::scene::links()[0]);
    let named = |name: &str| Rollout { candidate: Some(name.into()), ..rollout(10.0) };
    for (name, passes) in [("v1.4.2", true), ("41fc58d2", true), ("2.0.0", false)] {
        build.reads(named(name));
        let (state, reason, _) = gate(&build, "health");
        assert_eq!(state == GateState::Pass, passes, "{name}: {reason}");
    }
    let (state, reason, _) = gate(&build, "health");
    let says = "api candidate healthy, but it runs 1.4.2, and the engine says 2.0.0";
    assert_eq!((state, reason.as_str()), (GateState::Unknown, says));
    assert!(seen(&build).reasons.iter().any(|why| why.contains("the engine says 2.0.0")));
}
