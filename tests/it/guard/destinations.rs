//! Where a rollback goes when nobody says where, what proves it, and what is said of the way: never a reason
//! to refuse it.

use flightdeck::cli::destinations::Destinations;
use flightdeck::cli::{Exit, Format, Output};
use flightdeck::control::{Destination, Evidence, Proof, Request, Sure, ask, destinations, guard};
use flightdeck::model::between::{Answer, Between, Question};
use flightdeck::model::rollout::Past;
use flightdeck::model::{
    ActionId, ActionSpec, Deployment, FeedId, Observation, Offer, Outcome, RecordKind, RefName,
    Rollout, Verb,
};

use crate::support::build::{
    Build, at, deployment, engine_feed, fleet, plan, rollout, spec, target,
};
use crate::support::programs::{action, program};
use std::collections::BTreeMap;
use std::time::Duration;

/// An engine that goes back to whatever it is told.
fn anywhere(stable: &str, history: &[&str]) -> Rollout {
    let call = flightdeck::model::Call::of(program(&["./back", "{revision}"]), BTreeMap::default());
    let back = Offer {
        verb: Verb::Rollback,
        full: false,
        weight: 0.0,
        calls: vec![call],
        refused: None,
        forcible: false,
        notes: Vec::new(),
        ahead: Vec::new(),
        unread: None,
    };
    let past = |name: &&str| Past { revision: (*name).into(), at: Some(at(-86_400)) };
    Rollout {
        engine: "command".into(),
        stable: Some(stable.into()),
        candidate: Some("1.4.2".into()),
        offers: vec![back],
        servers: Vec::new(),
        history: history.iter().map(past).collect(),
        ..rollout(10.0)
    }
}

fn released(stable: &str, history: &[&str]) -> Build {
    let mut build = Build::plain();
    build.till(600);
    let rollout = Box::new(anywhere(stable, history));
    build.says(&engine_feed(), vec![Observation::Rollout { target: target(), rollout }]);
    build
}

fn say(build: &mut Build, item: Observation) {
    build.says(&FeedId::part("github", "acme/checkout"), vec![item]);
}

fn tagged(build: &mut Build, names: &[(&str, &str)]) {
    let tag = |(tag, sha): &(&str, &str)| RefName {
        tag: (*tag).into(),
        title: None,
        sha: Some((*sha).into()),
        published_at: None,
        url: None,
    };
    let tags = names.iter().map(tag).collect();
    let (host, repo) = ("github".into(), "acme/checkout".into());
    say(build, Observation::Releases { host, repo, releases: vec![], tags });
}

fn answered(build: &mut Build, to: &str, answer: Answer) {
    let question = Question::Between { from: "v1.4.2".into(), to: to.into() };
    let (host, repo) = ("github".into(), "acme/checkout".into());
    say(build, Observation::Answered { host, repo, question, answer: Ok(answer) });
}

fn differ(files: &[&str], whole: bool) -> Answer {
    let files = files.iter().map(|file| (*file).to_owned()).collect();
    Answer::Between(Between { sha: "aaaaaaa1".into(), lost: 3, gained: 0, files, whole })
}

fn completed(build: &mut Build, revision: &str) {
    let mut plan = plan(&format!("to {revision}"), Verb::Promote, 50.0, 100.0);
    plan.candidate = Some(revision.into());
    build.begins(&plan).ends(&plan, Outcome::Seen);
    build.journals(RecordKind::Completed { target: target(), candidate: Some(revision.into()) });
}

fn found(build: &Build) -> Vec<Destination> {
    let state = build.state();
    destinations(&build.store, state, &Evidence::of(&build.store, state))
}

fn names(build: &Build) -> Vec<String> {
    found(build).iter().map(|one| one.revision.to_string()).collect()
}

fn notes(build: &Build, to: Option<&str>) -> Vec<String> {
    let request = Request { to: to.map(Into::into), ..Request::new(target(), Verb::Rollback) };
    assert_eq!(guard(&build.store, &request, build.now()), [], "nothing of it refuses a rollback");
    let asked = ask(&build.store, &request, ActionId("new".into()), "ana", build.now());
    asked.expect("a plan").plan.notes
}

fn says(notes: &[String], part: &str) -> bool {
    notes.iter().any(|note| note.contains(part))
}

#[test]
fn what_finished_its_soak_comes_before_what_went_out_in_haste() {
    let mut build = released("1.4.1", &["1.4.1", "1.4.0", "1.3.9"]);
    assert_eq!(
        names(&build),
        ["1.4.1", "1.4.0", "1.3.9"],
        "what stable runs, as long as nothing is known"
    );
    completed(&mut build, "1.4.0");
    assert_eq!(names(&build), ["1.4.1", "1.4.0", "1.3.9"], "of 1.4.1 nothing bad is known");
    let mut hasty = plan("hasty", Verb::Promote, 0.0, 10.0);
    hasty.candidate = Some("1.4.1".into());
    build.begins(&hasty).ends(&hasty, Outcome::Seen);
    assert_eq!(
        names(&build),
        ["1.4.0", "1.4.1", "1.3.9"],
        "it went out here and never finished its soak"
    );
    assert!(matches!(found(&build)[0].sure, Sure::Soaked(_)));
    build.till(700);
    completed(&mut build, "1.4.1");
    assert_eq!(names(&build), ["1.4.1", "1.4.0", "1.3.9"]);
}

#[test]
fn what_was_rolled_back_from_comes_last_and_says_so() {
    let mut build = released("1.4.1", &["1.4.1", "1.4.0"]);
    let mut back = plan("back", Verb::Rollback, 10.0, 0.0);
    (back.from, back.to) = (Some("1.4.1".into()), Some("1.4.0".into()));
    build.begins(&back).ends(&back, Outcome::Seen);
    assert_eq!(names(&build), ["1.4.0", "1.4.1"]);
    assert!(found(&build)[1].is_bad);
    assert!(says(&notes(&build, Some("1.4.1")), "! 1.4.1 was rolled back from before"));
}

#[test]
fn a_name_is_proven_by_its_commit_and_by_nothing_once_it_has_moved() {
    let mut build = released("1.4.1", &["1.4.1", "1.4.0"]);
    assert!(matches!(found(&build)[0].proof, Proof::Unknown(_)), "nothing was read");
    tagged(&mut build, &[("v1.4.2", "ccccccc1"), ("v1.4.1", "bbbbbbb1"), ("v1.4.0", "aaaaaaa1")]);
    assert!(found(&build).iter().all(|one| matches!(one.proof, Proof::Shown(_))));
    let other = deployment("production", "v1.4.1", "success", -9);
    build.deployed(vec![Deployment { sha: "0000000f".into(), ..other }]);
    assert_eq!(names(&build), ["1.4.0", "1.4.1"], "a tag that moved is no destination");
    let said = notes(&build, None);
    let passed =
        "! stable runs 1.4.1, which is passed over: v1.4.1 has moved since it was deployed";
    assert!(said[0].starts_with(passed) && said[1].starts_with("goes to 1.4.0"), "{said:?}");
    let said = notes(&build, Some("1.4.1"));
    assert!(says(&said, "! no destination: v1.4.1 has moved since it was deployed"), "{said:?}");
}

#[test]
fn a_name_that_nobody_knows_is_said_and_not_refused() {
    let mut build = released("1.4.1", &["1.4.1"]);
    tagged(&mut build, &[("v1.4.1", "bbbbbbb1")]);
    let said = notes(&build, Some("9.9.9"));
    assert!(says(&said, "nothing here says that 9.9.9 was good"), "{said:?}");
    assert!(
        says(
            &said,
            "! no destination: nothing here knows 9.9.9: no tag, release, run or deployment of"
        ),
        "{said:?}"
    );
    assert!(says(&said, "! which migrations lie between is not known"), "{said:?}");
}

#[test]
fn what_is_taken_back_is_no_place_to_go_back_to() {
    let build = released("1.4.1", &["1.4.1"]);
    let to = |to: &str| Request { to: Some(to.into()), ..Request::new(target(), Verb::Rollback) };
    let refusals = guard(&build.store, &to("1.4.2"), build.now());
    let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert_eq!(refusal.gate, "revision");
    assert_eq!(refusal.reason, "1.4.2 is the candidate: it is what is to be taken back");
    let mut tags = released("1.4.1", &["1.4.1"]);
    tagged(&mut tags, &[("v1.4.2", "ccccccc1ccccccc1"), ("v1.4.1", "bbbbbbb1bbbbbbb1")]);
    let [refusal] = &guard(&tags.store, &to("ccccccc1"), tags.now())[..] else {
        panic!("its commit is it")
    };
    assert_eq!(refusal.reason, "ccccccc1 is the candidate: it is what is to be taken back");
    assert_eq!(guard(&tags.store, &to("bbbbbbb1"), tags.now()), []);
    let same = released("1.4.2", &["1.4.1"]);
    assert_eq!(guard(&same.store, &to("1.4.2"), same.now()), [], "stable runs it, too");
}

#[test]
fn an_engine_that_does_not_answer_is_named() {
    let mut build = Build::plain();
    build.till(600).fails(&engine_feed());
    for (format, part) in [
        (Format::Table, "checkout/production: the engine did not answer: "),
        (Format::Json, "\"error\":\"the engine did not answer: "),
    ] {
        let mut text = Vec::new();
        let found = Destinations::of(&build.store, &target(), build.now());
        assert_eq!(found.exit(), Exit::Failed);
        found.print(&mut Output::new(&mut text, format)).expect("written");
        let text = String::from_utf8(text).expect("text");
        assert!(text.contains(part) && text.contains("502"), "{text}");
    }
}

#[test]
fn an_engine_that_is_going_back_already_says_nothing_of_where_it_could_go() {
    let mut build = Build::plain();
    build.till(600);
    let mut rollout = anywhere("1.4.1", &["1.4.0"]);
    rollout.offers[0].calls.clear();
    rollout.offers[0].refused = Some("run 7 is going back already".into());
    let rollout = Box::new(rollout);
    build.says(&engine_feed(), vec![Observation::Rollout { target: target(), rollout }]);
    let to = Request { to: Some("1.4.0".into()), ..Request::new(target(), Verb::Rollback) };
    let refusals = guard(&build.store, &to, build.now());
    let gates: Vec<&str> = refusals.iter().map(|refusal| refusal.gate.as_str()).collect();
    assert_eq!(gates, ["engine"], "{refusals:?}");
}

#[test]
fn migrations_between_are_named_and_not_knowing_is_no_no() {
    let mut build = released("1.4.1", &["1.4.1"]);
    tagged(&mut build, &[("v1.4.2", "ccccccc1"), ("v1.4.1", "aaaaaaa1")]);
    assert!(says(&notes(&build, None), "! which migrations lie between is not known"));
    answered(&mut build, "v1.4.1", differ(&["src/a.rs"], false));
    assert!(says(&notes(&build, None), "! so many files differ that not all are listed"));
    answered(&mut build, "v1.4.1", differ(&["src/a.rs", "db/migrate/7.sql"], true));
    let said = notes(&build, None);
    assert!(says(
        &said,
        "! 1 migration lies between, which going back does not undo: db/migrate/7.sql"
    ));
    assert!(says(&said, "3 commits are lost"), "{said:?}");
    answered(&mut build, "v1.4.1", differ(&["src/a.rs"], true));
    assert!(says(&notes(&build, None), "no migration lies between"));
    answered(&mut build, "v1.4.1", Answer::Nothing);
    assert!(says(&notes(&build, None), "! no destination"));
}

#[test]
fn a_rollback_across_a_migration_names_what_takes_the_database_back() {
    let mut spec = spec();
    spec.actions.push(ActionSpec {
        within: Some(Duration::from_secs(300)),
        ..action(ActionSpec::DATABASE_ROLLBACK, &["./restore", "{target}"])
    });
    let mut build = Build::new(fleet(spec));
    build.till(600);
    let rollout = Box::new(anywhere("1.4.1", &["1.4.1"]));
    build.says(&engine_feed(), vec![Observation::Rollout { target: target(), rollout }]);
    tagged(&mut build, &[("v1.4.2", "ccccccc1"), ("v1.4.1", "aaaaaaa1")]);
    let own = "the database is its own question: `flightdeck do checkout/production \
               database-rollback` (target time 300 s)";
    answered(&mut build, "v1.4.1", differ(&["db/migrate/7.sql"], true));
    assert!(says(&notes(&build, None), own));
    answered(&mut build, "v1.4.1", differ(&["src/a.rs"], true));
    assert!(!says(&notes(&build, None), own), "nothing lies between");

    let request = Request::action(target(), ActionSpec::DATABASE_ROLLBACK);
    let asked = ask(&build.store, &request, ActionId("new".into()), "ana", build.now());
    assert_eq!(asked.expect("a plan").plan.within_ms, Some(300_000));
    let back = Request::new(target(), Verb::Rollback);
    let asked = ask(&build.store, &back, ActionId("new".into()), "ana", build.now());
    let plan = asked.expect("a plan").plan;
    assert!(plan.calls.iter().all(|call| !call.text.contains("restore")), "never by itself");
}

#[test]
fn what_is_confirmed_is_pinned_whatever_is_learnt_meanwhile() {
    let build = released("1.4.1", &["1.4.1", "1.4.0"]);
    let request = Request::new(target(), Verb::Rollback);
    let asked = ask(&build.store, &request, ActionId("new".into()), "ana", build.now());
    let confirmation = asked.expect("a plan");
    assert_eq!(confirmation.request.to, Some("1.4.1".into()));
    assert_eq!(confirmation.plan.to, Some("1.4.1".into()));
    assert!(confirmation.plan.calls[0].text.contains("1.4.1"));
}
