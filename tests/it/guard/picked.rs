//! Several runs may be the one that a lost request started: an operator says which, and that one is followed.

use std::collections::BTreeMap;

use flightdeck::asks::{Begin, Place};
use flightdeck::control::{Effect, candidates, chores, pick};
use flightdeck::model::{
    Conclusion, Event, FeedId, Observation, Outcome, Plan, RecordKind, Run, Status, Verb,
};

use crate::support::build::{Build, plan, target};
use crate::support::runs;

fn place() -> Place<'static> {
    Place { host: "github", repo: "acme/checkout" }
}

/// A dispatch whose answer was lost.
fn lost() -> Plan {
    let call = place().dispatch(
        "smoke.yml",
        "main",
        &BTreeMap::new(),
        Begin { after: 901, to_end: true, ..Begin::default() },
    );
    Plan { calls: vec![call], to_weight: None, ..plan("d1", Verb::Dispatch, 10.0, 10.0) }
}

fn started(id: u64, status: Status, conclusion: Option<Conclusion>) -> Run {
    let run = runs::run(id, status, conclusion);
    Run { workflow: "smoke.yml".into(), event: "workflow_dispatch".into(), ..run }
}

fn tell(build: &mut Build, runs: Vec<Run>) {
    let (host, repo) = ("github".to_owned(), "acme/checkout".to_owned());
    let workflow = "smoke.yml".to_owned();
    let items = vec![Observation::Runs { host, repo, workflow, runs, skipped: 0 }];
    build.says(&FeedId::part("github", "acme/checkout"), items);
}

fn outcomes(build: &Build) -> Vec<Outcome> {
    let due = chores(&build.store, &target(), build.now(), false);
    let outcome = |effect| match effect {
        Effect::Note(kind) => match *kind {
            RecordKind::Outcome { report, .. } => Some(report.outcome),
            _ => None,
        },
        _ => None,
    };
    due.into_iter().filter_map(outcome).collect()
}

#[test]
fn which_run_it_was_is_said_by_an_operator_and_followed_from_then_on() {
    let mut build = Build::plain();
    let plan = lost();
    build.till(60).begins(&plan);
    build.ends(&plan, Outcome::Unknown);
    let two = |status: &Status, conclusion: Option<Conclusion>| {
        vec![started(902, status.clone(), conclusion), started(903, Status::Queued, None)]
    };
    build.till(70);
    tell(&mut build, two(&Status::Queued, None));
    let asked = |build: &Build| {
        let entry = build.state().ledger.last().expect("it began").clone();
        candidates(&build.store, build.state(), &entry)
    };
    assert_eq!(asked(&build), [903, 902], "newest first");
    assert_eq!(outcomes(&build), [], "nobody can tell");

    assert_eq!(pick(&build.store, &plan.action, 7), None, "not one of them");
    let Some(Effect::Note(kind)) = pick(&build.store, &plan.action, 902) else { panic!("noted") };
    build.till(80).journals(*kind);
    assert_eq!(asked(&build), [0_u64; 0]);
    assert_eq!(outcomes(&build), [], "it has to end well");
    assert!(build.state().ledger.open().next().is_some());

    build.till(90);
    tell(&mut build, two(&Status::Completed, Some(Conclusion::Success)));
    assert_eq!(outcomes(&build), [Outcome::Seen]);
    build.tell(Event::Notice { text: "the end".into(), target: None });
}
