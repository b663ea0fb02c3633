//! What is taken for the effect of a call, and what is not.

use super::*;
use crate::model::waiting::{Decision, Waiting};

fn at(s: i64) -> Time {
    Time::from_timestamp(1_800_000_000 + s, 0).unwrap()
}

fn run(id: u64, status: &str, conclusion: Option<&str>) -> Run {
    Run {
        id,
        workflow: "rollback.yml".into(),
        name: "rollback".into(),
        number: id,
        attempt: 1,
        title: format!("roll back [m{id}]"),
        branch: Some("main".into()),
        sha: "abc".into(),
        event: "workflow_dispatch".into(),
        status: Status::from(status.to_owned()),
        conclusion: conclusion.map(|word| Conclusion::from(word.to_owned())),
        created_at: Some(at(2)),
        started_at: Some(at(3)),
        updated_at: None,
        url: String::new(),
        actor: Some("ana".into()),
        odd: None,
    }
}

fn started(marker: Option<&str>, to_end: bool) -> Follow {
    Follow {
        repo: "acme/checkout".into(),
        effect: Effect::Started {
            workflow: "rollback.yml".into(),
            git_ref: "main".into(),
            marker: marker.map(str::to_owned),
            origin: Origin { actor: Some("ana".into()), sha: None },
            after: 4,
            to_end,
        },
    }
}

fn look(follow: &Follow, runs: Vec<Run>, known: Option<u64>) -> Progress {
    follow.look(&Sight { runs, ..Sight::default() }, known, at(0))
}

#[test]
fn a_started_run_is_found_by_its_mark_or_by_all_that_is_known() {
    let two = || vec![run(5, "queued", None), run(6, "queued", None)];
    assert_eq!(look(&started(Some("m6"), false), two(), None), Progress::Seen(Some(6)));
    assert_eq!(look(&started(None, false), two(), None), Progress::Ambiguous(vec![5, 6]));
    assert_eq!(look(&started(None, false), two(), Some(5)), Progress::Seen(Some(5)));
    let other = Run { actor: Some("bo".into()), ..run(6, "queued", None) };
    let runs = vec![run(5, "queued", None), other];
    assert_eq!(look(&started(None, false), runs, None), Progress::Seen(Some(5)));
    let late = Run { created_at: Some(at(600)), ..run(6, "queued", None) };
    assert!(matches!(look(&started(None, false), vec![late], None), Progress::Waiting(None, _)));
    let old = vec![run(3, "queued", None), run(4, "queued", None)];
    assert!(matches!(look(&started(None, false), old, None), Progress::Waiting(None, _)));
}

#[test]
fn a_run_of_another_commit_is_a_doubt_and_a_run_of_another_person_is_none_of_ours() {
    let follow = |sha: &str| {
        let mut follow = started(None, false);
        if let Effect::Started { origin, .. } = &mut follow.effect {
            origin.sha = Some(sha.to_owned());
        }
        follow
    };
    let one = || vec![run(5, "queued", None)];
    assert_eq!(look(&follow("abc"), one(), None), Progress::Seen(Some(5)));
    // a foreign one that is listed before ours is not taken for ours, nor is ours after a push lost
    assert_eq!(look(&follow("def"), one(), None), Progress::Ambiguous(vec![5]));
    let ours = Run { sha: "def".into(), ..run(6, "queued", None) };
    let both = vec![run(5, "queued", None), ours];
    assert_eq!(look(&follow("def"), both, None), Progress::Seen(Some(6)));
    let bo = Run { actor: Some("bo".into()), ..run(5, "queued", None) };
    assert!(matches!(look(&follow("abc"), vec![bo], None), Progress::Waiting(None, _)));
}

#[test]
fn a_run_that_has_to_end_well_is_followed_to_its_end() {
    let follow = started(None, true);
    let now = |status, conclusion| look(&follow, vec![run(5, status, conclusion)], Some(5));
    assert!(matches!(now("pending", None), Progress::Waiting(Some(5), _)));
    assert_eq!(now("completed", Some("success")), Progress::Seen(Some(5)));
    assert!(matches!(now("completed", Some("cancelled")), Progress::Failed(Some(5), _)));
    assert!(matches!(now("completed", Some("startup_failure")), Progress::Failed(..)));
}

#[test]
fn a_cancelled_run_is_not_one_that_had_ended() {
    let follow = Follow { repo: "a/b".into(), effect: Effect::Cancelled { run: 5, attempt: 1 } };
    let now = |status, conclusion| look(&follow, vec![run(5, status, conclusion)], None);
    assert!(matches!(now("in_progress", None), Progress::Waiting(..)));
    assert_eq!(now("completed", Some("cancelled")), Progress::Seen(Some(5)));
    assert!(matches!(now("completed", Some("success")), Progress::Failed(..)));
}

#[test]
fn a_decision_is_seen_when_it_is_told_and_nothing_waits() {
    let follow = Follow {
        repo: "a/b".into(),
        effect: Effect::Decided {
            run: 5,
            environments: vec!["production".into()],
            state: "approved".into(),
        },
    };
    let waiting = Waiting {
        environment_id: 1,
        environment: "production".into(),
        since: None,
        timer_ends: None,
        may_decide: true,
        why_not: None,
        reviewers: vec![],
    };
    let decision = |state: &str| Decision {
        environments: vec!["production".into()],
        state: state.into(),
        by: Some("bo".into()),
        comment: String::new(),
    };
    let see = |waiting: Vec<Waiting>, decisions: Vec<Decision>| {
        let waits = Some(Waits { waiting, decisions });
        follow.look(&Sight { waits, ..Sight::default() }, None, at(0))
    };
    assert!(matches!(see(vec![waiting.clone()], vec![]), Progress::Waiting(..)));
    assert!(matches!(see(vec![waiting], vec![decision("approved")]), Progress::Waiting(..)));
    assert!(matches!(see(vec![], vec![]), Progress::Waiting(..)));
    assert_eq!(see(vec![], vec![decision("approved")]), Progress::Seen(Some(5)));
    assert!(matches!(see(vec![], vec![decision("rejected")]), Progress::Failed(..)));
}

#[test]
fn a_shorter_list_makes_no_old_run_ours() {
    let with = |known: u64| {
        let mut follow = started(None, false);
        if let Effect::Started { after, .. } = &mut follow.effect {
            *after = known;
        }
        follow
    };
    assert_eq!(with(3).not_before(Some(&with(7))), with(7));
    assert_eq!(with(7).not_before(Some(&with(3))), with(7));
    assert_eq!(with(7).not_before(None), with(7));
}
