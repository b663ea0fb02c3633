//! The gates whose evidence is at GitHub: what each says of what was read, and of what was not.

use flightdeck::control::{Gate, GateState, Request, assess, guard, needed};
use flightdeck::model::backing::{Check, Checks, WorkflowFile};
use flightdeck::model::rollout::{Ahead, Fate};
use flightdeck::model::{
    Conclusion, Danger, Deployment, FeedId, Finding, Fleet, GateRules, HealthState, Observation,
    RefName, Rollout, Run, Scan, Status, TargetSpec, Verb, Waiting, Waits,
};
use flightdeck::workflow::parse;

use crate::support::build::{Build, at, deployment, fleet, rollout, spec, target};
use crate::support::runs::run;

const SHA: &str = "ab34567890ab34567890ab34567890ab34567890";

fn github() -> FeedId {
    FeedId::part("github", "acme/checkout")
}

fn place() -> (String, String) {
    ("github".to_owned(), "acme/checkout".to_owned())
}

fn with(rules: GateRules) -> TargetSpec {
    TargetSpec { rules, ..spec() }
}

/// A release of 1.4.2, the tag of `SHA`, over 1.4.1, which was released at 0.
fn build(fleet: Fleet) -> Build {
    let mut build = Build::new(fleet);
    build.till(100).reads(rollout(10.0)).probes(HealthState::Healthy);
    let (host, repo) = place();
    let tag = |tag: &str, sha: &str| RefName {
        tag: tag.to_owned(),
        title: None,
        sha: Some(sha.to_owned()),
        published_at: None,
        url: None,
    };
    let stable = RefName { published_at: Some(at(0)), ..tag("v1.4.1", "") };
    let tags = vec![tag("v1.4.2", SHA)];
    build.says(&github(), vec![Observation::Releases { host, repo, releases: vec![stable], tags }]);
    build
}

fn gate(build: &Build, name: &str) -> Gate {
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    seen.gates.into_iter().find(|gate| gate.name == name).expect("the gate")
}

fn said(build: &Build, name: &str) -> (GateState, String) {
    let gate = gate(build, name);
    (gate.state, gate.reason)
}

/// Whether a promotion is refused for it, and a rollback is not.
fn is_refused(build: &Build, name: &str) -> bool {
    let refusals = |verb| guard(&build.store, &Request::new(target(), verb), build.now());
    assert!(refusals(Verb::Rollback).is_empty(), "{:?}", refusals(Verb::Rollback));
    refusals(Verb::Promote).iter().any(|refusal| refusal.gate == name)
}

fn check(name: &str, status: Status, conclusion: Option<Conclusion>) -> Check {
    Check { name: name.to_owned(), status, conclusion }
}

fn over(name: &str, conclusion: Conclusion) -> Check {
    check(name, Status::Completed, Some(conclusion))
}

fn checks(build: &mut Build, all: Vec<Check>, unread: Option<&str>) {
    let (host, repo) = place();
    let checks = Checks { all, unread: unread.map(str::to_owned), ..Checks::default() };
    build.says(&github(), vec![Observation::Checks { host, repo, sha: SHA.into(), checks }]);
}

fn requiring() -> Build {
    let required_checks = vec!["build".to_owned(), "test".to_owned()];
    build(fleet(with(GateRules { required_checks, ..GateRules::default() })))
}

#[test]
fn what_was_read_too_long_ago_passes_no_more() {
    let mut build = requiring();
    let passed = ["build", "test"].map(|name| over(name, Conclusion::Success));
    checks(&mut build, passed.to_vec(), None);
    assert_eq!(gate(&build, "checks").state, GateState::Pass);
    build.fails(&github());
    let (state, reason) = said(&build, "checks");
    assert_eq!(state, GateState::Unknown);
    assert!(reason.contains("github acme/checkout stale"), "{reason}");
}

#[test]
fn checks_pass_when_each_that_is_required_has() {
    let mut build = requiring();
    let needs = needed(&build.store, build.state()).expect("its commit");
    assert_eq!((needs.repo.as_str(), needs.sha.as_str()), ("acme/checkout", SHA));
    let unread = (GateState::Unknown, "the checks of ab345678 are not read yet".to_owned());
    assert_eq!(said(&build, "checks"), unread);
    assert!(is_refused(&build, "checks"));
    for (all, state, reason) in [
        (
            vec![over("build", Conclusion::Success), over("test", Conclusion::Skipped)],
            GateState::Pass,
            "build, test: passed on ab345678 (1.4.2)",
        ),
        (
            vec![over("build", Conclusion::Success)],
            GateState::Unknown,
            "test never reported on ab345678 (1.4.2)",
        ),
        (
            vec![over("build", Conclusion::Neutral), check("test", Status::InProgress, None)],
            GateState::Wait,
            "test is in_progress on ab345678 (1.4.2)",
        ),
        (
            vec![over("build", Conclusion::TimedOut), check("test", Status::Queued, None)],
            GateState::Fail,
            "build: timed_out on ab345678 (1.4.2)",
        ),
        (
            // another of the same name
            vec![
                over("build", Conclusion::Success),
                over("build", Conclusion::Failure),
                over("test", Conclusion::Success),
            ],
            GateState::Fail,
            "build: failure on ab345678 (1.4.2)",
        ),
        (
            vec![over("build", Conclusion::Success), check("test", Status::Completed, None)],
            GateState::Fail,
            "test: without a conclusion on ab345678 (1.4.2)",
        ),
        (
            vec![over("build", Conclusion::Success), over("test", Conclusion::Other("new".into()))],
            GateState::Fail,
            "test: new on ab345678 (1.4.2)",
        ),
    ] {
        checks(&mut build, all, None);
        assert_eq!(said(&build, "checks"), (state, reason.to_owned()));
        assert_eq!(is_refused(&build, "checks"), state != GateState::Pass);
    }
}

#[test]
fn checks_that_cannot_be_read_or_of_no_known_commit_are_unknown() {
    let mut build = requiring();
    let all = vec![over("build", Conclusion::Success), over("test", Conclusion::Success)];
    checks(&mut build, all, Some("403"));
    let (state, reason) = said(&build, "checks");
    assert_eq!(state, GateState::Unknown);
    assert_eq!(reason, "the checks of ab345678 cannot be read: 403");

    let (host, repo) = place();
    let (releases, tags) = (Vec::new(), Vec::new());
    build.says(&github(), vec![Observation::Releases { host, repo, releases, tags }]);
    let (state, reason) = said(&build, "checks");
    assert_eq!(state, GateState::Unknown);
    assert!(reason.starts_with("the commit of 1.4.2 is not known"), "{reason}");
    assert_eq!(needed(&build.store, build.state()), None);
}

fn piped() -> Build {
    build(fleet(with(GateRules { pipeline: true, ..GateRules::default() })))
}

fn runs(build: &mut Build, runs: Vec<Run>) {
    let ((host, repo), workflow) = (place(), "deploy.yml".to_owned());
    build.says(&github(), vec![Observation::Runs { host, repo, workflow, runs, skipped: 0 }]);
}

fn of(id: u64, sha: &str, status: Status, conclusion: Option<Conclusion>) -> Run {
    Run { id, number: id, sha: sha.to_owned(), ..run(900, status, conclusion) }
}

#[test]
fn the_candidates_own_run_is_the_pipeline() {
    let mut build = piped();
    assert_eq!(said(&build, "pipeline").0, GateState::Unknown, "none is listed");
    let failed = || of(9, "other", Status::Completed, Some(Conclusion::Failure));
    for (status, conclusion, state) in [
        (Status::Completed, Some(Conclusion::Success), GateState::Pass),
        (Status::Completed, Some(Conclusion::Cancelled), GateState::Fail),
        (Status::Completed, None, GateState::Unknown),
        (Status::Completed, Some(Conclusion::Other("new".into())), GateState::Unknown),
        (Status::InProgress, None, GateState::Wait),
        (Status::Waiting, None, GateState::Wait),
        (Status::Other("new".into()), None, GateState::Unknown),
    ] {
        runs(&mut build, vec![failed(), of(7, SHA, status.clone(), conclusion.clone())]);
        let (found, reason) = said(&build, "pipeline");
        assert_eq!(found, state, "{status:?} {conclusion:?}: {reason}");
        assert_eq!(is_refused(&build, "pipeline"), state != GateState::Pass);
    }
    runs(&mut build, vec![failed()]);
    let (state, reason) = said(&build, "pipeline");
    assert_eq!(state, GateState::Fail, "{reason}");
    assert!(reason.ends_with("the newest run; none is known to be the candidate's"), "{reason}");
    build.till(100_000);
    assert_eq!(said(&build, "pipeline").0, GateState::Unknown, "its feed is lost");
}

#[test]
fn a_run_that_deploys_here_or_that_we_are_part_of_is_not_waited_for() {
    let mut build = piped();
    runs(&mut build, vec![of(7, SHA, Status::InProgress, None)]);
    assert_eq!(said(&build, "pipeline").0, GateState::Wait);
    let deployed = |state: &str| Deployment {
        sha: SHA.into(),
        ..deployment("production", "v1.4.2", state, 90)
    };
    for (state, expected) in [("waiting", GateState::Wait), ("in_progress", GateState::Pass)] {
        let (host, repo) = place();
        let deployments = vec![deployed(state)];
        build.says(
            &github(),
            vec![Observation::Deployments { host, repo, deployments, skipped: 0 }],
        );
        assert_eq!(said(&build, "pipeline").0, expected, "{state}");
    }
    let rules = GateRules { pipeline: true, ..GateRules::default() };
    let mut part = super::at_github::build(Fleet { own_run: Some(7), ..fleet(with(rules)) });
    runs(&mut part, vec![of(7, SHA, Status::InProgress, None)]);
    assert_eq!(said(&part, "pipeline").0, GateState::Pass);
}

/// What the gate says of a run of the candidate that waits for an environment, by its file.
fn waiting_for(environment: &str, jobs: &str) -> (GateState, String) {
    let mut build = piped();
    runs(&mut build, vec![of(7, SHA, Status::Waiting, None)]);
    let (host, repo) = place();
    let waiting = Waiting {
        environment_id: 1,
        environment: environment.to_owned(),
        since: None,
        timer_ends: None,
        may_decide: true,
        why_not: None,
        reviewers: Vec::new(),
    };
    let waits = Waits { waiting: vec![waiting], decisions: Vec::new() };
    let waits = Observation::Waits { host: host.clone(), repo: repo.clone(), run: 7, waits };
    let text = format!("on: push\njobs:\n{jobs}");
    let file = WorkflowFile::Read(Box::new(parse(&text).expect("a workflow")));
    let (workflow, sha) = ("deploy.yml".to_owned(), SHA.to_owned());
    let file = Observation::WorkflowFile { host, repo, workflow, sha, file };
    build.says(&github(), vec![waits, file]);
    said(&build, "pipeline")
}

#[test]
fn a_run_that_waits_for_another_environment_stands_in_nobodys_way() {
    const APART: &str = "  build: {}\n  us: { needs: build, environment: production-us }\n  \
                         here: { needs: build, environment: production }\n";
    const BEFORE: &str = "  stage: { environment: staging }\n  test: { needs: [stage] }\n  \
                          here: { needs: test, environment: production }\n";
    const ASKED: &str = "  any: { environment: '${{ inputs.environment }}' }\n";
    const CALLED: &str = "  us: { environment: production-us }\n  \
                          here: { uses: ./.github/workflows/deploy-one.yml }\n";
    const TWO: &str = "  a: { environment: '${{ inputs.one }}' }\n  \
                       b: { environment: '${{ inputs.two }}' }\n";
    for (environment, jobs, state) in [
        ("production-us", APART, GateState::Pass),
        ("production", APART, GateState::Wait),
        ("staging", BEFORE, GateState::Wait),
        ("production-us", ASKED, GateState::Pass),
        ("production", ASKED, GateState::Wait),
        ("production-us", CALLED, GateState::Wait),
        ("production-us", TWO, GateState::Wait),
    ] {
        let (found, reason) = waiting_for(environment, jobs);
        assert_eq!(found, state, "{environment}: {reason}\n{jobs}");
    }
    let (_, reason) = waiting_for("production-us", APART);
    assert!(reason.ends_with("it waits for production-us, which does not come before"), "{reason}");
}

fn queued(ahead: Vec<Fate>, unread: Option<&str>) -> Rollout {
    let mut read = rollout(10.0);
    let ahead = ahead.into_iter().map(|fate| Ahead {
        run: 5,
        name: "deploy: other".into(),
        status: "in_progress".into(),
        group: "deploy".into(),
        told: true,
        fate,
    });
    let offer = read.offers.iter_mut().find(|offer| offer.verb == Verb::Promote && !offer.full);
    let offer = offer.expect("an offer");
    offer.ahead = ahead.collect();
    offer.unread = unread.map(str::to_owned);
    read
}

#[test]
fn what_stands_before_a_promotion_in_its_queue_is_named() {
    let rules = GateRules { queue: true, ..GateRules::default() };
    let mut build = build(fleet(with(rules.clone())));
    for (ahead, unread, state) in [
        (vec![], None, GateState::Pass),
        (vec![Fate::OursWaits], None, GateState::Wait),
        (vec![Fate::OursWaits, Fate::ItIsDropped], None, GateState::Fail),
        (vec![Fate::ItIsCancelled], None, GateState::Fail),
        (vec![Fate::Unknown], None, GateState::Unknown),
        (vec![], Some("the queue deploy: 403"), GateState::Unknown),
        (vec![Fate::GoesOn], None, GateState::Pass),
    ] {
        build.reads(queued(ahead.clone(), unread));
        let (found, reason) = said(&build, "queue");
        assert_eq!(found, state, "{ahead:?}: {reason}");
        assert_eq!(is_refused(&build, "queue"), state != GateState::Pass);
    }
    build.reads(queued(vec![Fate::OursWaits], None));
    let reason = said(&build, "queue").1;
    assert_eq!(reason, "run 5 (deploy: other) is in_progress: ours waits for it");
    let unread = Build::new(fleet(with(rules)));
    assert_eq!(said(&unread, "queue").0, GateState::Unknown);
}

fn finding(number: u64, s: i64) -> Finding {
    let what = "js/sql-injection".to_owned();
    Finding { number, what, created_at: Some(at(s)), url: None }
}

fn scans(build: &mut Build, all: Vec<(Danger, Vec<Finding>, Option<&str>)>) {
    let (host, repo) = place();
    let scan = |(danger, open, unread): (_, _, Option<&str>)| Scan {
        danger,
        open,
        more: false,
        unread: unread.map(str::to_owned),
    };
    let scans = all.into_iter().map(scan).collect();
    build.says(&github(), vec![Observation::Scans { host, repo, scans }]);
}

#[test]
fn what_was_found_since_stable_blocks_and_what_is_older_is_said() {
    let security = vec![Danger::Critical, Danger::Secrets];
    let mut build = build(fleet(with(GateRules { security, ..GateRules::default() })));
    assert_eq!(said(&build, "security").0, GateState::Unknown, "not read yet");
    assert!(is_refused(&build, "security"));
    scans(&mut build, vec![(Danger::Critical, vec![finding(1, -50)], None)]);
    let (state, reason) = said(&build, "security");
    assert_eq!((state, reason.as_str()), (GateState::Unknown, "secrets: not read yet"));
    scans(&mut build, vec![(Danger::Secrets, vec![], None)]);
    let (state, reason) = said(&build, "security");
    assert_eq!(state, GateState::Pass);
    assert_eq!(reason, "no new critical, secrets since 1.4.1, 100 s ago; 1 older, not counted");
    let two = vec![finding(2, 50), finding(1, -50)];
    scans(&mut build, vec![(Danger::Critical, two, None)]);
    let (state, reason) = said(&build, "security");
    assert_eq!(state, GateState::Fail);
    assert_eq!(
        reason,
        "new since 1.4.1, 100 s ago: 1 critical (js/sql-injection #2); 1 older, not counted"
    );
    assert!(is_refused(&build, "security"));
    // of no other severity anything was asked
    scans(&mut build, vec![(Danger::Critical, vec![], None)]);
    scans(&mut build, vec![(Danger::High, vec![finding(3, 60)], None)]);
    assert_eq!(said(&build, "security").0, GateState::Pass);
    scans(&mut build, vec![(Danger::Secrets, vec![], Some("it is turned off"))]);
    assert_eq!(said(&build, "security"), (GateState::Unknown, "secrets: it is turned off".into()));
}

#[test]
fn where_nobody_knows_since_when_stable_is_there_all_that_is_open_counts() {
    let security = vec![Danger::High];
    let mut build = build(fleet(with(GateRules { security, ..GateRules::default() })));
    let (host, repo) = place();
    let (releases, tags) = (Vec::new(), Vec::new());
    build.says(&github(), vec![Observation::Releases { host, repo, releases, tags }]);
    scans(&mut build, vec![(Danger::High, vec![finding(1, -1_000_000)], None)]);
    let (state, reason) = said(&build, "security");
    assert_eq!(state, GateState::Fail);
    assert!(reason.contains("is not known, so all of them count"), "{reason}");
}

#[test]
fn a_gate_that_fails_beside_a_good_release_does_not_call_it_degraded() {
    let security = vec![Danger::High];
    let mut build = build(fleet(with(GateRules { security, ..GateRules::default() })));
    scans(&mut build, vec![(Danger::High, vec![finding(1, 50)], None)]);
    assert_eq!(said(&build, "security").0, GateState::Fail);
    let seen = assess(&build.store, &target(), build.now()).expect("a target");
    assert_ne!(seen.phase, Some(flightdeck::model::Phase::Degraded), "{:?}", seen.phase_reason);
}
