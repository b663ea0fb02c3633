//! What a target waits for a person for, and since when.

use flightdeck::control::{Need, Wait, approvals, assess, inbox, tally};
use flightdeck::model::{FeedId, Outcome, Phase, RecordKind, Time, Verb};

use super::scene::{Says, Stand, build};

use crate::support::build::{Build, SOAK, at, fleet, plan, report, rollout, spec, target};
use crate::support::runs::told;

fn github() -> FeedId {
    FeedId::part("github", "acme/checkout")
}

fn waits(build: &Build) -> Option<(Need, Option<Time>)> {
    let seen = assess(&build.store, &target(), build.now()).expect("configured");
    seen.wait.map(|Wait { need, since }| (need, since))
}

/// An engine that says itself that it waits for a promotion.
fn awaiting(since: Option<Time>) -> flightdeck::model::Rollout {
    let mut reading = rollout(50.0);
    (reading.phase, reading.since) = (Some(Phase::AwaitingApproval), since);
    reading
}

#[test]
fn nothing_waits_where_nothing_is_to_do() {
    let mut build = Build::plain();
    assert_eq!(waits(&build), None);
    build.till(10).reads(rollout(0.0));
    assert_eq!(waits(&build), None);
}

#[test]
fn a_promotion_waits_since_the_soak_or_the_engines_pause() {
    let mut build = Build::plain();
    build.till(10).reads(awaiting(None));
    build.till(500).reads(awaiting(None));
    assert_eq!(waits(&build), Some((Need::Promotion, Some(at(10 + SOAK)))));
    build.acts("r", Verb::Resume, 50.0, 50.0, Outcome::Seen);
    build.till(510).reads(awaiting(None));
    assert_eq!(waits(&build), Some((Need::Promotion, Some(at(500)))), "it was paused until then");
    build.till(520).reads(awaiting(Some(at(400))));
    assert_eq!(waits(&build), Some((Need::Promotion, Some(at(400)))));
}

#[test]
fn a_wait_never_begins_in_the_future() {
    let mut build = Build::plain();
    build.till(10).reads(awaiting(None));
    assert_eq!(waits(&build), None, "the soak is not over: nobody is asked yet");
    let seen = assess(&build.store, &target(), build.now()).expect("configured");
    assert_eq!((seen.phase, seen.waits), (Some(Phase::Soaking), false));
    build.till(10 + SOAK);
    assert_eq!(waits(&build), Some((Need::Promotion, Some(at(10 + SOAK)))));
}

#[test]
fn a_deployment_of_the_next_stage_waits_for_nobody_while_the_soak_runs() {
    let mut own = spec();
    if let Some(rollout) = &mut own.rollout {
        rollout.engine = "github".into();
    }
    let mut build = Build::new(fleet(own));
    let listed = |build: &Build| {
        let items = inbox(&build.store, build.now());
        let mut found = items.iter().filter(|item| item.need == Need::Approval);
        found.next().map(|item| (item.is_possible(), tally(&items)))
    };
    build.till(70).reads(awaiting(Some(at(70)))).says(&github(), told());
    assert_eq!(waits(&build), None);
    let seen = assess(&build.store, &target(), build.now()).expect("configured");
    assert!(!seen.reasons.iter().any(|reason| reason.contains("approval")), "{:?}", seen.reasons);
    assert_eq!(listed(&build), Some((false, "1 waits, none can be done now".into())));
    assert_eq!(approvals(&build.store, build.state(), build.now()).len(), 1, "`status` lists it");

    build.till(200).reads(awaiting(Some(at(70))));
    assert_eq!(waits(&build).map(|(need, _)| need), Some(Need::Promotion));
}

#[test]
fn a_soak_that_cannot_be_told_is_soaking_and_waits_for_no_promotion() {
    let build = build(Stand::Ready, Says::SoakUnknown, &None);
    let seen = assess(&build.store, &target(), build.now()).expect("configured");
    assert_eq!((seen.phase, seen.waits), (Some(Phase::Soaking), false));
    assert_eq!(waits(&build).map(|(need, _)| need), Some(Need::Approval), "its pipeline's, alone");
}

#[test]
fn a_hole_of_today_does_not_undo_a_completed_release() {
    let mut build = build(Stand::Completed, Says::SoakUnknown, &None);
    let done = RecordKind::Completed { target: target(), candidate: Some("1.4.2".into()) };
    let phase =
        |build: &Build| assess(&build.store, &target(), build.now()).and_then(|seen| seen.phase);
    assert_eq!(phase(&build), Some(Phase::Soaking));
    build.journals(done);
    assert_eq!(phase(&build), Some(Phase::Completed));
}

#[test]
fn an_open_question_comes_before_a_hold_and_a_hold_after_all() {
    let mut build = Build::plain();
    build.till(20).acts("h", Verb::Hold, 0.0, 0.0, Outcome::Seen).reads(rollout(0.0));
    assert_eq!(waits(&build), Some((Need::Release, Some(at(20)))));
    let asked = plan("p", Verb::Promote, 0.0, 10.0);
    build.till(30).begins(&asked);
    assert_eq!(waits(&build), Some((Need::Release, Some(at(20)))), "it is being carried out");
    build.till(35).ends(&asked, Outcome::Unknown);
    assert_eq!(waits(&build), Some((Need::Answer, Some(at(30)))));
}

#[test]
fn a_failure_waits_while_a_rollout_is_under_way() {
    let mut build = Build::plain();
    build.till(20).acts("p", Verb::Promote, 10.0, 50.0, Outcome::Failed).reads(rollout(0.0));
    assert_eq!(waits(&build), None, "nothing is being rolled out");
    build.till(25).reads(rollout(10.0));
    assert_eq!(waits(&build), Some((Need::Retry, Some(at(20)))));
    build.till(30).acts("p2", Verb::Promote, 10.0, 50.0, Outcome::Seen).reads(rollout(50.0));
    assert_ne!(waits(&build).map(|(need, _)| need), Some(Need::Retry));
}

#[test]
fn a_rollback_that_failed_is_not_told_as_one_that_was_done() {
    let mut build = Build::plain();
    build.till(0).acts("p1", Verb::Promote, 0.0, 50.0, Outcome::Seen);
    build.till(10).reads(rollout(50.0));
    let back = plan("r1", Verb::Rollback, 50.0, 0.0);
    build.till(20).begins(&back).ends(&back, Outcome::Accepted);
    let hold = |build: &Build| build.state().ledger.hold.as_ref().expect("a hold").reason.clone();
    assert!(hold(&build).starts_with("rolling back from"), "{}", hold(&build));
    // its approval is rejected, which ends its run
    build.till(30).acts("x1", Verb::Reject, 50.0, 50.0, Outcome::Seen);
    let report = Box::new(report(&back, Outcome::Failed));
    build.till(40).journals(RecordKind::Outcome { report, followed_up: true });
    build.till(50).reads(rollout(50.0));
    assert!(hold(&build).contains("failed"), "{}", hold(&build));
    let seen = assess(&build.store, &target(), build.now()).expect("configured");
    let told = seen.reasons.join("; ");
    assert!(told.contains("rollback by ana failed; 50.0 % is routed"), "{told}");
    assert!(!told.contains("drift"), "{told}");
    let needs: Vec<Need> =
        inbox(&build.store, build.now()).into_iter().map(|item| item.need).collect();
    assert!(needs.contains(&Need::Retry) && needs.contains(&Need::Release), "{needs:?}");
    build.till(60).acts("r2", Verb::Rollback, 50.0, 0.0, Outcome::Seen);
    build.till(70).reads(rollout(0.0));
    assert!(hold(&build).starts_with("rolled back from"), "{}", hold(&build));
    let seen = assess(&build.store, &target(), build.now()).expect("configured");
    assert!(!seen.reasons.join("; ").contains("failed"), "{:?}", seen.reasons);
}
