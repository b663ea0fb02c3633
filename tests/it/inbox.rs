//! What waits for a person: who lists it, once, since when, and what answers it.

use flightdeck::cli::{Format, Output};
use flightdeck::control::{Item, Need, Request, assess, guard, inbox};
use flightdeck::model::follow::{Effect, Follow};
use flightdeck::model::{
    Conclusion, FeedId, HealthState, Observation, Outcome, Status, Subject, Target, Time, Verb,
    Waiting, Waits,
};

use crate::support::build::{Build, at, fleet, plan, rollout, spec, target};
use crate::support::runs::{WAITING, run, told, waiting};

fn github() -> FeedId {
    FeedId::part("github", "acme/checkout")
}

/// GitHub tells what waits in a run.
fn waits(run: u64, waiting: Vec<Waiting>) -> Observation {
    let waits = Waits { waiting, decisions: Vec::new() };
    Observation::Waits { host: "github".into(), repo: "acme/checkout".into(), run, waits }
}

fn listed(build: &Build) -> Vec<Item> {
    inbox(&build.store, build.now())
}

fn summary(items: &[Item]) -> Vec<(&str, Need, Option<Time>)> {
    items.iter().map(|item| (item.place(), item.need, item.since)).collect()
}

#[test]
fn what_waits_longest_comes_first() {
    let mut build = Build::plain();
    build.till(100).says(&github(), told());
    let held = plan("h", Verb::Hold, 0.0, 0.0);
    build.till(50).begins(&held).ends(&held, Outcome::Seen);
    let lost = plan("p", Verb::Promote, 0.0, 10.0);
    build.till(120).begins(&lost).ends(&lost, Outcome::Unknown);
    build.till(200);
    let items = listed(&build);
    assert_eq!(
        summary(&items),
        [
            ("checkout/production", Need::Release, Some(at(50))),
            ("checkout/production", Need::Approval, Some(at(70))),
            ("checkout/production", Need::Answer, Some(at(120))),
        ]
    );
    let commands: Vec<String> = items.iter().filter_map(Item::command).collect();
    assert_eq!(
        commands,
        [
            "flightdeck release checkout/production",
            "flightdeck approve checkout/production --run 901 --environment production",
            "flightdeck release checkout/production",
        ]
    );
    let asked = items[1].answer.as_ref().and_then(|request| request.subject.clone());
    let environments = vec!["production".to_owned()];
    assert_eq!(asked, Some(Subject::Waiting { run: WAITING, environments }));
    assert_eq!(items[1].age(build.now()).as_deref(), Some("2 m"));
}

#[test]
fn a_rollout_that_may_go_on_is_listed() {
    let mut build = Build::plain();
    build.reads(rollout(10.0)).probes(HealthState::Healthy);
    build.till(300).reads(rollout(10.0)).probes(HealthState::Healthy).alerts(Vec::new());
    build.measures((200..=300).step_by(5).map(|s| (s, 0.001))).beats(&github());
    let items = listed(&build);
    assert_eq!(summary(&items), [("checkout/production", Need::Promotion, Some(at(60)))]);
    assert_eq!(items[0].detail, "1.4.2 at 10 %");
}

#[test]
fn a_deployment_is_listed_once_and_where_it_goes() {
    let mut other = spec();
    other.target = "checkout/staging".parse().unwrap();
    other.environments = vec!["staging".into(), "production".into()];
    other.workflow = Some("other.yml".into());
    let mut fleet = fleet(other);
    fleet.targets.push(spec());
    let mut build = Build::new(fleet);
    let refused = Waiting {
        may_decide: false,
        why_not: Some("who started it may not approve it".into()),
        ..waiting("preview", None)
    };
    let both = vec![waiting("production", Some(at(90))), refused];
    build.till(100).says(&github(), told()).says(&github(), vec![waits(WAITING, both)]);
    let items = listed(&build);
    assert_eq!(
        summary(&items),
        [
            ("checkout", Need::Approval, Some(at(70))),
            ("checkout/production", Need::Approval, Some(at(90)))
        ],
        "by its workflow it is production's; preview is nobody's"
    );
    let preview = &items[0];
    assert_eq!((preview.target.as_ref(), preview.may_decide), (None, Some(false)));
    assert_eq!(preview.why_not.as_deref(), Some("who started it may not approve it"));
    assert_eq!(
        preview.command().as_deref(),
        Some("flightdeck approve checkout/staging --run 901 --environment preview")
    );
    build.till(110).says(&github(), vec![waits(WAITING, Vec::new())]);
    assert_eq!(listed(&build), []);
}

#[test]
fn a_clock_is_no_person_until_it_has_run_out() {
    let timer = Waiting {
        may_decide: false,
        reviewers: Vec::new(),
        timer_ends: Some(at(300)),
        ..waiting("production", Some(at(90)))
    };
    let mut build = Build::plain();
    build.till(100).says(&github(), told()).says(&github(), vec![waits(WAITING, vec![timer])]);
    assert_eq!(listed(&build), []);
    build.till(301);
    assert_eq!(summary(&listed(&build)).len(), 1, "then something else holds it");
}

#[test]
fn a_run_that_waits_unread_is_listed_and_an_ended_one_is_not() {
    let mut build = Build::plain();
    let told = told();
    let runs = vec![told[0].clone()];
    build.till(100).says(&github(), runs);
    let items = listed(&build);
    assert_eq!(summary(&items), [("checkout/production", Need::Approval, Some(at(70)))]);
    assert_eq!((items[0].may_decide, &items[0].answer), (None, &None));
    assert_eq!(
        items[0].command().as_deref(),
        Some("flightdeck approve checkout/production --run 901")
    );
    let seen = assess(&build.store, &target(), build.now()).unwrap();
    assert!(seen.reasons.contains(&"waits for an approval: deploy #51".to_owned()));

    build.till(110).says(&github(), vec![told[1].clone()]);
    let seen = assess(&build.store, &target(), build.now()).unwrap();
    assert!(seen.reasons.contains(&"waits for an approval: production, 40 s".to_owned()));
    let over = Box::new(run(WAITING, Status::Completed, None));
    let over = Observation::Run { host: "github".into(), repo: "acme/checkout".into(), run: over };
    build.till(120).says(&github(), vec![over]);
    assert_eq!(listed(&build), []);
}

#[test]
fn what_a_pipeline_waits_for_elsewhere_is_said_and_not_taken_for_the_targets() {
    let mut build = Build::plain();
    let elsewhere = vec![waits(WAITING, vec![waiting("prod-eu", Some(at(90)))])];
    build.till(100).says(&github(), told()).says(&github(), elsewhere);
    let items = listed(&build);
    assert_eq!(summary(&items), [("checkout", Need::Approval, Some(at(90)))]);
    let seen = assess(&build.store, &target(), build.now()).unwrap();
    assert!(seen.reasons.contains(&"waits for an approval: prod-eu, 10 s".to_owned()));
    let refusals = guard(&build.store, &Request::new(target(), Verb::Approve), build.now());
    let said = refusals.iter().any(|refusal| refusal.reason.ends_with("name it with --run 901"));
    assert!(said, "{refusals:?}");
}

#[test]
fn names_of_targets_and_services_are_told_apart() {
    let target: Target = target();
    let mut build = Build::plain();
    build.till(100).says(&github(), told());
    let items = listed(&build);
    assert_eq!(items[0].target.as_ref(), Some(&target));
    assert_eq!(items[0].service, "checkout");
    assert_eq!(items[0].url.as_deref(), Some("https://github.com/acme/checkout/actions/runs/901"));
}

/// A rollback by a run, accepted; and the run as GitHub tells of it.
fn rolling_back(build: &mut Build, status: Status, waits_at: Option<&str>) {
    let mut back = plan("r", Verb::Rollback, 10.0, 0.0);
    let repo = "acme/checkout".to_owned();
    let effect = Effect::Attempt { run: WAITING, after: 0, to_end: true };
    back.calls[0].follow = Some(Follow { repo, effect });
    build.till(100).begins(&back).ends(&back, Outcome::Accepted);
    let conclusion = (status == Status::Completed).then_some(Conclusion::Success);
    let run = Box::new(run(WAITING, status, conclusion));
    let run = Observation::Run { host: "github".into(), repo: "acme/checkout".into(), run };
    let waiting = waits_at.map(|name| waiting(name, Some(at(120)))).into_iter().collect();
    build.till(120).says(&github(), vec![run, waits(WAITING, waiting)]);
}

#[test]
fn an_open_rollback_is_answered_by_what_its_run_waits_for_and_stands_first() {
    let mut build = Build::plain();
    let held = plan("p", Verb::Pause, 0.0, 0.0);
    build.till(50).begins(&held).ends(&held, Outcome::Seen);
    rolling_back(&mut build, Status::Waiting, Some("rollback"));
    let items = listed(&build);
    let needs: Vec<Need> = items.iter().map(|item| item.need).collect();
    assert_eq!(
        needs,
        [Need::Answer, Need::Approval, Need::Resume],
        "no held row, going back first"
    );
    let approve = "flightdeck approve checkout/production --run 901 --environment rollback";
    assert_eq!(items[0].command().as_deref(), Some(approve));
    assert_eq!(items[1].command().as_deref(), Some(approve));
    assert!(items[0].detail.ends_with("; run 901 waits at rollback"), "{}", items[0].detail);
    assert_eq!(items[1].refusals, [], "no hold and no gate is in the way of a rollback");
}

#[test]
fn nothing_ends_the_hold_of_a_rollback_while_its_run_goes_on() {
    let mut build = Build::plain();
    rolling_back(&mut build, Status::InProgress, None);
    let items = listed(&build);
    assert_eq!((items.len(), items[0].command()), (1, None));
    assert!(items[0].url.as_deref().is_some_and(|url| url.ends_with("/runs/901")));
    assert!(items[0].detail.ends_with("; run 901 is in_progress"), "{}", items[0].detail);

    let mut build = Build::plain();
    rolling_back(&mut build, Status::Completed, None);
    let release = listed(&build)[0].command();
    assert_eq!(release.as_deref(), Some("flightdeck release checkout/production"));
}

#[test]
fn what_refuses_an_approval_now_is_said() {
    let mut build = Build::plain();
    let held = plan("h", Verb::Hold, 0.0, 0.0);
    build.till(50).begins(&held).ends(&held, Outcome::Seen);
    build.till(100).says(&github(), told());
    let items = listed(&build);
    let approval = items.iter().find(|item| item.need == Need::Approval).unwrap();
    assert_eq!(approval.refusals[0].gate, "hold");
    assert!(approval.detail.contains("; not now: hold: held by "), "{}", approval.detail);
    let print = |format| {
        let mut text = Vec::new();
        let inbox = flightdeck::cli::inbox::Inbox::of(&build.store, build.now());
        inbox.print(&mut Output::new(&mut text, format)).unwrap();
        String::from_utf8(text).unwrap()
    };
    let table = print(Format::Table);
    assert!(table.contains("\n2 wait, 1 can be done now\n"), "{table}");
    assert!(print(Format::Markdown).contains("|\n\n2 wait, 1 can be done now\n"));
    let json: serde_json::Value = serde_json::from_str(&print(Format::Json)).unwrap();
    let rows = json["items"].as_array().unwrap().iter();
    let possible: Vec<(&str, bool)> = rows
        .map(|row| (row["need"].as_str().unwrap(), row["possible"].as_bool().unwrap()))
        .collect();
    assert_eq!(possible, [("held", true), ("approval", false)]);
}
