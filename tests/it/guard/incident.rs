//! The incident issue: off until configured, made once, and nothing from outside speaks in it.

use flightdeck::control::{
    Confirmation, Effect, INCIDENT, Recheck, Request, Written, ask, chores, guard, recheck,
};
use flightdeck::model::{ActionId, Event, IncidentSpec, Outcome, RecordKind, Verb};
use serde_json::Value;

use crate::support::build::{Build, fleet, report, rollout, spec, target};

fn configured() -> Build {
    let mut spec = spec();
    spec.rules.incident = Some(IncidentSpec {
        host: "github".into(),
        repo: "acme/ops".into(),
        labels: vec!["incident".into()],
    });
    spec.links.insert("grafana".into(), "https://grafana.example/d/1".into());
    spec.links.insert("other".into(), "https://ana:secret@grafana.example".into());
    let mut build = Build::new(fleet(spec));
    build.reads(rollout(10.0)).till(100).acts("back", Verb::Rollback, 10.0, 0.0, Outcome::Seen);
    build
}

fn request() -> Request {
    let reason = Some("@everyone `look` ```\n# here \u{1b}[31m#1".to_owned());
    Request { reason, ..Request::action(target(), INCIDENT) }
}

fn asked(build: &Build) -> Confirmation {
    let asked = ask(&build.store, &request(), ActionId("new".into()), "ana@host", build.now());
    asked.expect("a plan")
}

#[test]
fn it_is_off_until_it_is_configured() {
    let mut build = Build::plain();
    build.reads(rollout(10.0));
    let refusals = guard(&build.store, &request(), build.now());
    assert_eq!(refusals.iter().map(|it| it.gate.as_str()).collect::<Vec<_>>(), ["incident"]);
}

#[test]
fn it_is_one_call_that_says_what_who_and_when() {
    let plan = asked(&configured()).plan;
    let [call] = plan.calls.as_slice() else { panic!("{plan:?}") };
    assert!(call.is_at_github() && call.follow.is_none());
    let body = call.text.strip_prefix("POST /repos/acme/ops/issues ").expect("an issue");
    let issue: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(issue["title"], "checkout/production rolled back from 1.4.2 to 1.4.1");
    assert_eq!(issue["labels"], serde_json::json!(["incident"]));
    let body = issue["body"].as_str().expect("a body");
    for said in ["- rolled back from `1.4.2` to `1.4.1`", "- by: `ana`", " UTC", "## Timeline"] {
        assert!(body.contains(said), "{said}: {body}");
    }
    assert!(body.contains("- `grafana`: <https://grafana.example/d/1>"), "{body}");
    assert!(!body.contains("secret"), "{body}");
    assert_eq!(
        request().command().split(" --").next(),
        Some("flightdeck incident checkout/production")
    );
}

#[test]
fn its_evidence_is_of_the_rollback_and_it_says_what_has_recovered() {
    let mut build = configured();
    build.measures([(40, 0.2), (90, 0.2), (130, 0.001)]).till(140).reads(rollout(0.0));
    let plan = asked(&build).plan;
    let issue = Written::of(&plan.calls[0]).expect("an issue");
    assert_eq!(issue.request, "github: POST /repos/acme/ops/issues");
    assert_eq!(issue.labels, ["incident"]);
    let metric = "- `error rate` of candidate: 20.00 %, limit 1.00 %, at ";
    assert!(issue.body.contains(metric), "{}", issue.body);
    for said in ["## Recovered? (", "- ✓ `weights`: `0.0 % is routed", "- ? `metrics`: `none of"]
    {
        assert!(issue.body.contains(said), "{said}: {}", issue.body);
    }
    assert!(issue.lines().iter().any(|(label, text)| (*label, *text) == ("body", "## What")));
}

#[test]
fn what_came_from_outside_stays_code() {
    let plan = asked(&configured()).plan;
    let body = plan.calls[0].text.split_once(' ').expect("a body").1.split_once(' ').expect("it").1;
    let issue: Value = serde_json::from_str(body).expect("JSON");
    let body = issue["body"].as_str().expect("a body");
    let line = body.lines().find(|line| line.contains("everyone")).expect("the reason");
    assert_eq!(line.matches('`').count(), 2, "{line}");
    assert!(line.starts_with("- opened because: `") && line.ends_with('`'), "{line}");
    assert!(!body.contains('\u{1b}'), "{body}");
}

#[test]
fn read_only_refuses_it_and_a_story_that_goes_on_does_not() {
    let mut build = configured();
    let confirmation = asked(&build);
    build.till(130).reads(rollout(0.0));
    build.tell(Event::Notice { text: "something more".into(), target: None });
    assert_eq!(recheck(&build.store, &confirmation, build.now()), Ok(()));
    build.tell(Event::ReadOnly { on: true });
    let refused = recheck(&build.store, &confirmation, build.now());
    assert!(matches!(refused, Err(Recheck::Refused(_))), "{refused:?}");
}

#[test]
fn a_lost_answer_is_told_and_stands_in_nobodys_way() {
    let mut build = configured();
    let plan = asked(&build).plan;
    let blocks = |build: &Build| {
        let refusals = guard(&build.store, &Request::new(target(), Verb::Promote), build.now());
        refusals.iter().any(|refusal| refusal.gate == "open action")
    };
    build.begins(&plan).ends(&plan, Outcome::Unknown);
    assert!(!blocks(&build) && build.state().ledger.open().next().is_none());
    let said = build
        .store
        .timeline()
        .of(&build.state().spec)
        .any(|line| line.text.starts_with("do incident by") && line.text.contains("unknown"));
    assert!(said, "{:?}", build.state().ledger.last());
    let again = chores(&build.store, &target(), build.now(), true);
    assert!(!again.iter().any(|it| matches!(it, Effect::Act { .. } | Effect::Look { .. })));
}

#[test]
fn of_one_whose_process_died_it_is_said_once_that_nobody_knows() {
    let mut build = configured();
    let plan = asked(&build).plan;
    build.begins(&plan).tell(Event::WriterGone { action: plan.action.clone() });
    assert!(build.state().ledger.open().next().is_none());
    let due = |build: &Build| -> Vec<RecordKind> {
        let all = chores(&build.store, &target(), build.now(), false).into_iter();
        let outcome = |effect| match effect {
            Effect::Note(kind) if matches!(*kind, RecordKind::Outcome { .. }) => Some(*kind),
            _ => None,
        };
        all.filter_map(outcome).collect()
    };
    let told = due(&build);
    let [RecordKind::Outcome { report, .. }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.notes[0].contains("look there"), "{report:?}");
    build.journals(told[0].clone());
    assert_eq!(due(&build), []);
}

#[test]
fn what_another_target_did_is_not_in_its_story() {
    let mut build = configured();
    for (name, text) in [("checkout/production", "ours"), ("basket/production", "theirs")] {
        let target = Some(name.parse().expect("a target"));
        build.tell(Event::Notice { text: text.into(), target });
    }
    let issue = Written::of(&asked(&build).plan.calls[0]).expect("an issue");
    assert!(issue.body.contains("ours") && !issue.body.contains("theirs"), "{}", issue.body);
}

#[test]
fn a_second_one_names_the_first_and_a_later_promotion_is_no_recovery() {
    let mut build = configured();
    let plan = asked(&build).plan;
    assert!(plan.notes.iter().any(|note| note.starts_with("opens one issue in")), "{plan:?}");
    let mut report = report(&plan, Outcome::Accepted);
    report.steps[0].output = Some("issue 7: https://github.com/acme/ops/issues/7".into());
    build.begins(&plan);
    let outcome = RecordKind::Outcome { report: Box::new(report), followed_up: false };
    build.till(130).journals(outcome);
    let again = asked(&build).plan;
    let said = "opens another issue, besides issue 7: https://github.com/acme/ops/issues/7, by ana";
    assert!(again.notes.iter().any(|note| note.starts_with(said)), "{:?}", again.notes);
    build.acts("on", Verb::Promote, 0.0, 10.0, Outcome::Seen).till(140).reads(rollout(10.0));
    let issue = Written::of(&asked(&build).plan.calls[0]).expect("an issue");
    assert!(issue.body.contains("- it went on again at "), "{}", issue.body);
    assert!(!issue.body.contains("is routed to what was left"), "{}", issue.body);
}
