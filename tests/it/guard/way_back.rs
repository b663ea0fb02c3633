//! A rollback by a workflow whose run waits for a person: to let it go on is part of going back.

use std::collections::BTreeMap;

use flightdeck::asks::{Begin, Place};
use flightdeck::control::{Request, ask, guard, inbox};
use flightdeck::model::{
    ActionId, FeedId, Observation, Outcome, Plan, Run, Status, Subject, TargetSpec, Verb, Waits,
};

use crate::support::build::{Build, fleet, plan, rollout, spec, target};
use crate::support::runs::{run, waiting};

const BACK: u64 = 950;

fn staged() -> TargetSpec {
    let mut spec = spec();
    spec.environments = vec!["production-10".into(), "production".into()];
    let engine = spec.rollout.as_mut().expect("it has an engine");
    engine.engine = "github".into();
    engine.rollback_workflow = Some("rollback.yml".into());
    spec
}

/// A rollback under way whose run waits, and a release that waits too.
fn build() -> (Build, Plan) {
    let mut build = Build::new(fleet(staged()));
    let place = Place { host: "github", repo: "acme/checkout" };
    let call = place.dispatch(
        "rollback.yml",
        "main",
        &BTreeMap::new(),
        Begin { after: 910, to_end: true, ..Begin::default() },
    );
    let back = Plan { calls: vec![call], ..plan("back", Verb::Rollback, 10.0, 0.0) };
    build.till(100).reads(rollout(10.0));
    build.acts("h", Verb::Hold, 10.0, 10.0, Outcome::Seen);
    build.begins(&back);
    let (host, repo) = (|| "github".to_owned(), || "acme/checkout".to_owned());
    let of =
        |workflow: &str, id| Run { workflow: workflow.into(), ..run(id, Status::Waiting, None) };
    let listed = |workflow: &str, id| Observation::Runs {
        host: host(),
        repo: repo(),
        workflow: workflow.into(),
        runs: vec![of(workflow, id)],
        skipped: 0,
    };
    let waits = |run, environment: &str| Observation::Waits {
        host: host(),
        repo: repo(),
        run,
        waits: Waits { waiting: vec![waiting(environment, None)], decisions: vec![] },
    };
    let told = vec![
        listed("rollback.yml", BACK),
        listed("deploy.yml", 960),
        waits(BACK, "production-rollback"),
        waits(960, "production"),
    ];
    build.says(&FeedId::part("github", "acme/checkout"), told);
    (build, back)
}

#[test]
fn what_a_rollback_waits_for_is_approved_whatever_holds() {
    let (mut build, back) = build();
    let request = Request::new(target(), Verb::Approve);
    for ended in [false, true] {
        if ended {
            build.ends(&back, Outcome::Accepted);
        }
        assert_eq!(guard(&build.store, &request, build.now()), []);
        let id = ActionId("1".into());
        let plan = ask(&build.store, &request, id, "ana", build.now()).expect("no refusal").plan;
        let environments = vec!["production-rollback".to_owned()];
        assert_eq!(plan.subject, Some(Subject::Waiting { run: BACK, environments }));
    }
    let listed = inbox(&build.store, build.now());
    assert!(listed.iter().any(|item| item.run == Some(BACK) && item.target == Some(target())));
}

#[test]
fn what_goes_on_is_still_refused_and_what_is_in_the_way_may_be_cancelled() {
    let (build, _) = build();
    let gates = |verb, run| {
        let subject = match verb {
            Verb::Cancel => Subject::Run { run },
            _ => Subject::Waiting { run, environments: vec!["production".into()] },
        };
        let request = Request { subject: Some(subject), ..Request::new(target(), verb) };
        let refusals = guard(&build.store, &request, build.now());
        refusals.into_iter().map(|refusal| refusal.gate).collect::<Vec<_>>()
    };
    let going_on = gates(Verb::Approve, 960);
    assert!(
        ["in flight", "hold"].iter().all(|gate| going_on.iter().any(|g| g == gate)),
        "{going_on:?}"
    );
    assert!(gates(Verb::Cancel, 960).is_empty());
}

#[test]
fn the_plan_of_a_decision_says_which_run_it_is_and_where_it_leads() {
    let (build, _) = build();
    let request = Request::new(target(), Verb::Approve);
    let asked = ask(&build.store, &request, ActionId("a".into()), "ana", build.now());
    let notes = asked.expect("it may go on").plan.notes;
    assert_eq!(
        notes[..3],
        [
            "run 950: deploy #100, Round tax per line, waiting, abc1234 of main by bo",
            "it takes checkout/production back",
            "run 950 goes on to production-rollback",
        ]
    );
}
