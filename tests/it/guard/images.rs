//! What stands behind the name of a revision's image: asked of its registry, noted while it runs, and proof of
//! nothing once its tag was moved.

use flightdeck::control::{Effect, Evidence, Proof, chores, destinations, studies};
use flightdeck::model::between::{Answer, Question};
use flightdeck::model::follow;
use flightdeck::model::{
    Conclusion, Event, FeedId, Follow, Image, ImageSpec, Observation, RecordKind, Revision, Run,
    Status, Verb,
};

use crate::support::build::{Build, at, fleet, rollout, spec, target};
use crate::support::runs::{FAILED, run};

const STABLE: &str = "1.4.1";
const HOST: &str = "registry.ghcr.io";
const DAY: i64 = 86_400;

fn digest(c: char) -> String {
    format!("sha256:{}", c.to_string().repeat(64))
}

/// A release of a service with images, of which GitHub knows nothing.
fn released() -> Build {
    let mut spec = spec();
    spec.image = ImageSpec::parse("ghcr.io/acme/checkout:{version}").ok();
    (spec.host, spec.repo) = (None, None);
    let mut build = Build::new(fleet(spec));
    build.till(600);
    let mut reading = rollout(10.0);
    (reading.stable, reading.candidate) = (Some(STABLE.into()), Some("v1.4.2".into()));
    reading.servers.clear();
    build.reads(reading);
    build
}

fn answers(build: &mut Build, tag: &str, answer: Result<Answer, String>) {
    let (host, repo) = (HOST.into(), "acme/checkout".into());
    let question = Question::Image { reference: tag.into() };
    let item = Box::new(Observation::Answered { host, repo, question, answer });
    build.tell(Event::Told { item });
}

fn is(build: &mut Build, tag: &str, c: char) {
    answers(build, tag, Ok(Answer::Image(Image { digest: digest(c) })));
}

fn asked(build: &Build) -> Vec<String> {
    let tag = |effect: Effect| match effect {
        Effect::Study { host, repo, question: Question::Image { reference } } => {
            assert_eq!((host.as_str(), repo.as_str()), (HOST, "acme/checkout"));
            Some(reference)
        }
        _ => None,
    };
    studies(&build.store, &target(), None).into_iter().filter_map(tag).collect()
}

/// What the journal is to be told, told.
fn noted(build: &mut Build) -> Vec<(Revision, String)> {
    let mut found = Vec::new();
    for effect in chores(&build.store, &target(), build.now(), true) {
        if let Effect::Note(kind) = effect
            && let RecordKind::Resolved { revision, digest, .. } = kind.as_ref()
        {
            found.push((revision.clone(), digest.clone()));
            build.journals(*kind);
        }
    }
    found
}

fn proof(build: &Build) -> Proof {
    let state = build.state();
    destinations(&build.store, state, &Evidence::of(&build.store, state)).remove(0).proof
}

#[test]
fn what_runs_is_asked_for_once_and_noted() {
    let mut build = released();
    assert_eq!(asked(&build), ["1.4.2", STABLE]);
    assert!(matches!(proof(&build), Proof::Unknown(why) if why == "ghcr.io has not answered yet"));
    is(&mut build, "1.4.2", 'b');
    is(&mut build, STABLE, 'a');
    assert_eq!(asked(&build), [""; 0]);
    let unsure = "ghcr.io/acme/checkout:1.4.1 is sha256:aaaaaaaaaaaa…; what it was when it ran here was not noted";
    assert_eq!(proof(&build), Proof::Unknown(unsure.into()));
    let both = [("v1.4.2".into(), digest('b')), (STABLE.into(), digest('a'))];
    assert_eq!(noted(&mut build), both);
    assert_eq!(noted(&mut build), []);
    let sure = "ghcr.io/acme/checkout:1.4.1 is sha256:aaaaaaaaaaaa…, as when it ran here";
    assert_eq!(proof(&build), Proof::Shown(sure.into()));
    build.till(600 + 599);
    assert_eq!(asked(&build), [""; 0]);
    build.tell(Event::Notice { text: "time goes on".into(), target: None });
    build.till(600 + 601).tell(Event::Notice { text: "time goes on".into(), target: None });
    assert_eq!(asked(&build), [STABLE], "of what is a way back, now and then: a tag can be moved");
}

#[test]
fn a_tag_that_was_moved_is_no_destination() {
    let mut build = released();
    is(&mut build, STABLE, 'a');
    noted(&mut build);
    build.till(2 * DAY);
    is(&mut build, STABLE, 'c');
    assert_eq!(noted(&mut build), [], "it did not come to run by that");
    let moved = "ghcr.io/acme/checkout:1.4.1 was moved: it was sha256:aaaaaaaaaaaa… when it ran here, it is sha256:cccccccccccc…";
    assert_eq!(proof(&build), Proof::Missing(moved.into()));
    is(&mut build, STABLE, 'a');
    assert!(matches!(proof(&build), Proof::Shown(_)), "it was moved back");
}

#[test]
fn an_image_that_was_released_anew_is_noted_anew() {
    let mut build = released();
    is(&mut build, "1.4.2", 'b');
    noted(&mut build);
    build.till(DAY);
    let mut again = rollout(10.0);
    (again.candidate, again.since) = (Some("v1.4.2".into()), Some(at(DAY - 60)));
    build.reads(again);
    is(&mut build, "1.4.2", 'd');
    assert_eq!(noted(&mut build), [("v1.4.2".into(), digest('d'))]);
}

#[test]
fn what_is_not_there_is_no_destination_and_an_error_is_none_either() {
    let mut build = released();
    answers(&mut build, STABLE, Ok(Answer::Nothing));
    let gone = "ghcr.io knows no ghcr.io/acme/checkout:1.4.1";
    assert_eq!(proof(&build), Proof::Missing(gone.into()));
    build.till(700);
    answers(&mut build, STABLE, Err("registry.ghcr.io answered 502".into()));
    assert_eq!(proof(&build), Proof::Unknown("registry.ghcr.io answered 502".into()));
    assert_eq!(asked(&build), ["1.4.2"]);
    build.till(761).tell(Event::Notice { text: "time goes on".into(), target: None });
    assert_eq!(asked(&build), ["1.4.2", STABLE], "it is asked again");
}

/// A release by runs at GitHub, whose way back is to run the good one again.
fn by_runs(change: impl FnOnce(&mut Run)) -> Build {
    let mut spec = spec();
    let own = spec.rollout.as_mut().unwrap();
    (own.engine, own.reruns) = ("github".into(), true);
    let mut build = Build::new(fleet(spec));
    build.till(40 * DAY);
    let mut good = run(FAILED, Status::Completed, Some(Conclusion::Success));
    (good.number, good.branch) = (479, Some("v1.4.1".into()));
    good.created_at = Some(at(20 * DAY));
    change(&mut good);
    let effect = follow::Effect::Attempt { run: good.id, after: good.attempt, to_end: true };
    let follow = Follow { repo: "acme/checkout".into(), effect };
    let mut reading = rollout(10.0);
    (reading.stable, reading.candidate) = (Some("v1.4.1".into()), Some("v1.4.2".into()));
    let mut back = reading.offers.iter_mut().filter(|offer| offer.verb == Verb::Rollback);
    back.next().unwrap().calls[0].follow = Some(follow);
    build.reads(reading);
    let (host, repo, workflow) = ("github".into(), "acme/checkout".into(), "deploy.yml".into());
    let runs = Observation::Runs { host, repo, workflow, runs: vec![good], skipped: 0 };
    build.says(&FeedId::part("github", "acme/checkout"), vec![runs]);
    build
}

#[test]
fn a_run_proves_itself_as_long_as_it_can_be_run_again() {
    let day = |s| at(s).format("%-d %b").to_string();
    let until = at(50 * DAY).format("%-d %b %H:%M UTC");
    let told = format!("run #479 of {} can be run again until {until}", day(20 * DAY));
    assert_eq!(proof(&by_runs(|_| ())), Proof::Shown(told));
    let old = by_runs(|run| run.created_at = Some(at(9 * DAY)));
    let why = "run #479 is 31 d old: GitHub runs nothing again after 30 d";
    assert_eq!(proof(&old), Proof::Missing(why.into()));
    let often = by_runs(|run| run.attempt = 51);
    let why = "run #479 was run again 50 times: GitHub does it no more often";
    assert_eq!(proof(&often), Proof::Missing(why.into()));
    assert!(matches!(proof(&by_runs(|run| run.created_at = None)), Proof::Unknown(_)));
    let active = by_runs(|run| (run.status, run.conclusion) = (Status::InProgress, None));
    assert!(matches!(proof(&active), Proof::Unknown(_)));
}
