//! A run that runs again: what deploys is asked for as a deploy, what goes back is never held up.

use std::collections::BTreeMap;

use flightdeck::asks::{Begin, Place};
use flightdeck::control::{Challenge, Request, ask, deploys, guard};
use flightdeck::model::backing::WorkflowFile;
use flightdeck::model::workflow::{Workflow, WorkflowJob};
use flightdeck::model::{
    ActionId, Conclusion, FeedId, Fleet, HealthState, Observation, Outcome, Plan, Run, Status,
    Subject, Target, TargetSpec, Track, Verb, Waits,
};

use crate::support::build::{
    Build, fleet, health_feed, plan, probe, report, rollout, spec, target,
};
use crate::support::runs::{run, waiting};

const OVER: u64 = 920;

fn place() -> (String, String) {
    ("github".to_owned(), "acme/checkout".to_owned())
}

fn says(build: &mut Build, items: Vec<Observation>) {
    let (host, repo) = place();
    build.says(&FeedId::part(&host, &repo), items);
}

/// A run of a workflow that is over.
fn over(build: &mut Build, workflow: &str) {
    let (host, repo) = place();
    let run = run(OVER, Status::Completed, Some(Conclusion::Failure));
    let runs = vec![Run { workflow: workflow.into(), ..run }];
    let workflow = workflow.to_owned();
    says(build, vec![Observation::Runs { host, repo, workflow, runs, skipped: 0 }]);
}

/// A workflow's file whose one job deploys to an environment.
fn file(build: &mut Build, workflow: &str, environment: &str) {
    let (host, repo) = place();
    let job = WorkflowJob { environment: Some(environment.into()), ..WorkflowJob::default() };
    let file = Workflow { jobs: vec![job], ..Workflow::default() };
    let file = WorkflowFile::Read(Box::new(file));
    let (workflow, sha) = (workflow.to_owned(), "abc1234".to_owned());
    says(build, vec![Observation::WorkflowFile { host, repo, workflow, sha, file }]);
}

fn again(target: &Target) -> Request {
    let subject = Some(Subject::Run { run: OVER });
    Request { subject, ..Request::new(target.clone(), Verb::Rerun) }
}

/// How it is confirmed, whether the gates stand beside it, and what is said with it.
fn asked(build: &Build, request: &Request) -> (Challenge, bool, Vec<String>) {
    let asked = ask(&build.store, request, ActionId("a".into()), "ana", build.now());
    let confirmation = asked.expect("nothing refuses it");
    (confirmation.challenge, deploys(&build.store, request), confirmation.plan.notes)
}

#[test]
fn to_run_a_deploy_to_production_again_wants_its_name_and_shows_the_gates() {
    let staging = |production| TargetSpec { production, ..spec() };
    for (spec, workflow, names, name, gates) in [
        (staging(true), "deploy.yml", None, true, true),
        (staging(true), "ci.yml", None, false, false),
        (staging(true), "ci.yml", Some("preview"), false, false),
        (staging(true), "ci.yml", Some("production"), true, true),
        (staging(false), "deploy.yml", None, false, true),
        (staging(false), "ci.yml", Some("production"), false, true),
    ] {
        let mut build = Build::new(fleet(spec));
        build.till(100).reads(rollout(10.0));
        over(&mut build, workflow);
        if let Some(names) = names {
            file(&mut build, workflow, names);
        }
        let challenge = if name { Challenge::Name } else { Challenge::Key };
        let (asked, beside, _) = asked(&build, &again(&target()));
        assert_eq!((asked, beside), (challenge, gates), "{workflow} {names:?}");
    }
}

/// What stands before production, and is deployed by the same workflow.
fn before() -> TargetSpec {
    TargetSpec {
        target: "checkout/staging".parse().expect("a target"),
        production: false,
        environments: vec!["staging".into()],
        rollout: None,
        ..spec()
    }
}

#[test]
fn a_run_that_deploys_production_too_says_so_wherever_it_is_asked_for() {
    let own = before();
    let staging = own.target.clone();
    for (git_ref, too) in [(None, true), (Some("main"), true), (Some("v*"), false)] {
        let live = TargetSpec { workflow_ref: git_ref.map(str::to_owned), ..spec() };
        let targets = vec![own.clone(), live];
        let mut build = Build::new(Fleet { targets, ..fleet(spec()) });
        build.till(100);
        over(&mut build, "deploy.yml");
        let (challenge, _, notes) = asked(&build, &again(&staging));
        let says = notes.contains(
            &"it may deploy checkout/production too; its gates are told there".to_owned(),
        );
        let name = challenge == Challenge::Name;
        assert_eq!((name, says), (too, too), "{git_ref:?}: {notes:?}");
    }
}

#[test]
fn what_moves_production_through_another_target_follows_productions_rules() {
    let own = before();
    let staging = own.target.clone();
    let mut build = Build::new(Fleet { targets: vec![own, spec()], ..fleet(spec()) });
    build.till(100).reads(rollout(10.0));
    let (host, repo) = place();
    let runs = vec![
        run(930, Status::InProgress, None),
        run(OVER, Status::Completed, Some(Conclusion::Failure)),
    ];
    let workflow = "deploy.yml".to_owned();
    says(&mut build, vec![Observation::Runs { host, repo, workflow, runs, skipped: 0 }]);
    let starts = |input: &str| {
        let inputs = BTreeMap::from([("where".to_owned(), input.to_owned())]);
        let (file, git_ref) = ("deploy.yml".to_owned(), "main".to_owned());
        Subject::Workflow { file, git_ref, inputs }
    };
    let request =
        |verb, subject| Request { subject: Some(subject), ..Request::new(staging.clone(), verb) };
    let rerun = request(Verb::Rerun, Subject::Run { run: OVER });
    let dispatch = request(Verb::Dispatch, starts("all"));
    let elsewhere = request(Verb::Dispatch, starts("staging"));
    let cancel = request(Verb::Cancel, Subject::Run { run: 930 });
    let asked = |build: &Build, request: &Request| {
        let asked = ask(&build.store, request, ActionId("a".into()), "ana", build.now());
        let confirmation = asked.expect("nothing refuses it");
        (confirmation.challenge, confirmation.typed().to_string(), confirmation.instead.is_some())
    };
    let name = (Challenge::Name, "checkout/production".to_owned(), true);
    assert_eq!([asked(&build, &rerun), asked(&build, &dispatch)], [name.clone(), name]);
    let (challenge, _, production) = asked(&build, &cancel);
    assert_eq!((challenge, production), (Challenge::Key, true), "as a cancel of production is");
    let key = (Challenge::Key, staging.to_string(), false);
    assert_eq!(asked(&build, &elsewhere), key, "its inputs say where it goes");
    build.acts("h", Verb::Hold, 10.0, 10.0, Outcome::Seen);
    for refused in [&rerun, &dispatch] {
        let refusals = guard(&build.store, refused, build.now());
        let held = refusals.iter().find(|refusal| refusal.gate == "hold");
        let held = held.map(|refusal| refusal.reason.as_str()).unwrap_or_default();
        assert!(held.starts_with("checkout/production: held by"), "{refusals:?}");
    }
    for fine in [&elsewhere, &cancel] {
        assert_eq!(guard(&build.store, fine, build.now()), []);
    }
}

/// A target at GitHub whose rollback starts a workflow, held after one whose run failed.
fn held(back: &str) -> Build {
    let mut spec = spec();
    let engine = spec.rollout.as_mut().expect("it has an engine");
    engine.engine = "github".into();
    engine.rollback_workflow = Some(back.into());
    let mut build = Build::new(fleet(spec));
    build.till(100).reads(rollout(10.0));
    build.acts("h", Verb::Hold, 10.0, 10.0, Outcome::Seen);
    build
}

/// The rollback whose run it was.
fn rolled_back(build: &mut Build, workflow: &str) {
    let begin = Begin { after: 910, to_end: true, ..Begin::default() };
    let place = Place { host: "github", repo: "acme/checkout" };
    let call = place.dispatch(workflow, "main", &BTreeMap::new(), begin);
    let back = Plan { calls: vec![call], ..plan("back", Verb::Rollback, 10.0, 0.0) };
    build.begins(&back);
    let mut report = report(&back, Outcome::Failed);
    report.steps[0].sent_ms = Some(0);
    report.steps[0].github_run = Some(OVER);
    let report = Box::new(report);
    build.journals(flightdeck::model::RecordKind::Outcome { report, followed_up: false });
}

#[test]
fn what_went_back_is_run_again_whatever_holds_and_asks_no_gate() {
    // the way back may be the very workflow that deploys
    for workflow in ["rollback.yml", "deploy.yml"] {
        let mut build = held(workflow);
        over(&mut build, workflow);
        rolled_back(&mut build, workflow);
        assert_eq!(guard(&build.store, &again(&target()), build.now()), [], "{workflow}");
        let (challenge, gates, notes) = asked(&build, &again(&target()));
        assert_eq!((challenge, gates), (Challenge::Name, false), "{workflow}");
        assert!(notes.contains(&"it takes checkout/production back".to_owned()), "{notes:?}");
    }
}

#[test]
fn a_workflow_that_deploys_and_takes_back_does_not_make_every_run_a_way_back() {
    let mut build = held("deploy.yml");
    let (host, repo) = place();
    let waits = Waits { waiting: vec![waiting("production", None)], decisions: vec![] };
    let runs = vec![
        run(930, Status::Waiting, None),
        run(OVER, Status::Completed, Some(Conclusion::Failure)),
    ];
    let listed = Observation::Runs {
        host: host.clone(),
        repo: repo.clone(),
        workflow: "deploy.yml".into(),
        runs,
        skipped: 0,
    };
    let told = vec![listed, Observation::Waits { host, repo, run: 930, waits }];
    says(&mut build, told);
    let approve = Request::new(target(), Verb::Approve);
    for request in [again(&target()), approve] {
        let refusals = guard(&build.store, &request, build.now());
        assert!(refusals.iter().any(|refusal| refusal.gate == "hold"), "{request:?} {refusals:?}");
        assert!(deploys(&build.store, &request), "{request:?}");
    }
}

/// The target's one check is well, and names a revision.
fn names(build: &mut Build, revision: &str) {
    let probe = Box::new(probe(HealthState::Healthy, revision));
    let track = Track::Whole;
    let health = Observation::Health { target: target(), check: "api".into(), track, probe };
    build.says(&health_feed(track), vec![health]);
}

/// What is said of a deploy that runs again, after these runs of it, and where a check names that revision.
fn deployed(old: Run, newer: Vec<Run>, runs_now: Option<&str>) -> Vec<String> {
    let mut only = spec();
    only.rollout = None;
    only.health.truncate(1);
    only.health[0].track = Track::Whole;
    let mut build = Build::new(fleet(only));
    build.till(100);
    if let Some(named) = runs_now {
        names(&mut build, named);
    }
    let (host, repo) = place();
    let workflow = old.workflow.clone();
    let runs = newer.into_iter().chain([old]).collect();
    says(&mut build, vec![Observation::Runs { host, repo, workflow, runs, skipped: 0 }]);
    let (_, _, notes) = asked(&build, &again(&target()));
    notes.into_iter().filter(|note| note.contains(" again") || note.contains("newer run")).collect()
}

#[test]
fn an_old_revision_that_is_deployed_again_is_named_beside_what_runs_now() {
    let released = |id, tag: &str, sha: &str| {
        let run = run(id, Status::Completed, Some(Conclusion::Success));
        Run { branch: Some(tag.into()), sha: sha.into(), ..run }
    };
    let old = || released(OVER, "v0.9.2", "41fc58d2aa");
    let newer = || {
        let pending =
            Run { status: Status::Pending, conclusion: None, ..released(931, "v0.9.5", "cc") };
        vec![pending, released(930, "v0.9.4", "bb")]
    };
    let again = "it deploys v0.9.2 (41fc58d2) of 40 s ago again";
    for (runs_now, says) in [
        (None, ""),
        (Some("0.9.4"), "; 0.9.4 runs now"),
        (Some("0.9.2"), ""),
        (Some("41fc58d"), ""),
    ] {
        assert_eq!(deployed(old(), vec![], runs_now), [format!("{again}{says}")], "{runs_now:?}");
    }
    let of_both = "2 newer runs of it are known, last run 931, v0.9.5 (cc), pending";
    assert_eq!(deployed(old(), newer(), Some("0.9.2")), [again, of_both]);
    let of_one = "a newer run of it is known: run 930, v0.9.4 (bb), success";
    assert_eq!(deployed(old(), newer().split_off(1), Some("0.9.2")), [again, of_one]);
    // what deploys nothing here says nothing of it
    let other = |run: Run| Run { workflow: "ci.yml".into(), ..run };
    let none: [&str; 0] = [];
    assert_eq!(
        deployed(other(old()), newer().into_iter().map(other).collect(), Some("0.9.4")),
        none
    );
}
