//! What the run of a dispatch, or one that runs again, would meet in its queue, as files and runs let it be inferred.

use std::collections::BTreeMap;

use flightdeck::control::{Queue, Request, ask, by_queue, freed, in_the_way, queue};
use flightdeck::model::backing::WorkflowFile;
use flightdeck::model::{
    ActionId, FeedId, Job, Observation, RefName, Run, Status, Subject, TargetSpec, Verb,
};
use flightdeck::workflow;

use crate::support::build::{Build, target};
use crate::support::runs;

fn host() -> (String, String) {
    ("github".to_owned(), "acme/checkout".to_owned())
}

fn say(build: &mut Build, item: Observation) {
    build.says(&FeedId::part("github", "acme/checkout"), vec![item]);
}

/// The file of a workflow, as it was read at some commit.
fn file(build: &mut Build, workflow: &str, text: &str) {
    let (host, repo) = host();
    let parsed = workflow::parse(text).expect("a workflow");
    let (workflow, sha) = (format!("{workflow}.yml"), "other".to_owned());
    let file = WorkflowFile::Read(Box::new(parsed));
    say(build, Observation::WorkflowFile { host, repo, workflow, sha, file });
}

fn active(id: u64, workflow: &str, status: Status) -> Run {
    let run = runs::run(id, status, None);
    Run { workflow: format!("{workflow}.yml"), name: workflow.to_owned(), ..run }
}

fn running(build: &mut Build, runs: Vec<Run>) {
    for run in runs {
        let (host, repo) = host();
        say(build, Observation::Run { host, repo, run: Box::new(run) });
    }
}

fn dispatch(git_ref: &str, stage: &str) -> Subject {
    let inputs = BTreeMap::from([("stage".to_owned(), stage.to_owned())]);
    Subject::Workflow { file: "smoke.yml".into(), git_ref: git_ref.into(), inputs }
}

fn met(build: &Build, subject: &Subject) -> Queue {
    let spec: &TargetSpec = &build.state().spec;
    queue(&build.store, spec, subject)
}

/// `901 pending: it is dropped`, for each that is in the way.
fn fates(met: &Queue) -> Vec<String> {
    let told = met.ahead.iter().map(|ahead| {
        assert!(!ahead.told, "nobody told it");
        let fate = serde_json::to_value(ahead.fate).expect("a word");
        format!("{} {} {}: {}", ahead.group, ahead.run, ahead.status, fate.as_str().expect("text"))
    });
    told.collect()
}

/// A workflow that is started by hand, with what it locks.
fn smoke(locks: &str) -> String {
    let inputs = "{ stage: { type: string } }";
    format!("on: {{ workflow_dispatch: {{ inputs: {inputs} }} }}\n{locks}jobs: {{ a: {{}} }}\n")
}

const DEPLOY: &str = "on: push\nconcurrency: Production\njobs: { a: {} }\n";

#[test]
fn ours_waits_replaces_or_cancels_by_the_file() {
    for (rules, running_too, waits_too) in [
        ("group: production", "ours-waits", "it-is-dropped"),
        ("group: production, cancel-in-progress: true", "it-is-cancelled", "it-is-dropped"),
        ("group: production, queue: max", "ours-waits", "ours-waits"),
        ("group: production, cancel-in-progress: '${{ vars.eager }}'", "unknown", "it-is-dropped"),
    ] {
        let mut build = Build::plain();
        file(&mut build, "smoke", &smoke(&format!("concurrency: {{ {rules} }}\n")));
        file(&mut build, "deploy", DEPLOY);
        let waits = active(902, "deploy", Status::Pending);
        running(&mut build, vec![waits, active(901, "deploy", Status::Waiting)]);
        let expected = [
            format!("production 901 waiting: {running_too}"),
            format!("production 902 pending: {waits_too}"),
        ];
        let met = met(&build, &dispatch("main", "eu"));
        assert_eq!((fates(&met), met.notes), (expected.into(), vec![]), "{rules}");
    }
}

#[test]
fn the_group_is_that_of_the_ref_and_the_inputs() {
    let mut build = Build::plain();
    file(&mut build, "smoke", &smoke("concurrency: '${{ github.ref }}-${{ inputs.stage }}'\n"));
    file(&mut build, "deploy", "on: push\nconcurrency: refs/tags/v1-eu\njobs: { a: {} }\n");
    running(&mut build, vec![active(901, "deploy", Status::InProgress)]);
    let (host, repo) = host();
    let tag = RefName { tag: "v1".into(), title: None, sha: None, published_at: None, url: None };
    say(&mut build, Observation::Releases { host, repo, releases: vec![], tags: vec![tag] });
    assert_eq!(fates(&met(&build, &dispatch("v1", "eu"))).len(), 1);
    for (git_ref, stage) in [("v1", "us"), ("main", "eu"), ("refs/heads/v1", "eu")] {
        let met = met(&build, &dispatch(git_ref, stage));
        assert_eq!(met.ahead, [], "{git_ref} {stage}");
        assert!(met.notes[0].contains("no run in it is known (inferred)"), "{met:?}");
    }
}

#[test]
fn a_job_that_locks_is_looked_for_among_the_jobs_of_the_run() {
    let mut build = Build::plain();
    let job = "jobs: { b: { concurrency: production }, c: {} }\n";
    file(&mut build, "smoke", &format!("on: workflow_dispatch\n{job}"));
    file(&mut build, "deploy", &format!("on: push\n{job}"));
    running(&mut build, vec![active(901, "deploy", Status::InProgress)]);
    let fate = |build: &Build| fates(&met(build, &dispatch("main", "eu"))).concat();
    assert_eq!(fate(&build), "production 901 in_progress: unknown", "it may come to that job yet");
    for (status, expected) in [
        (Status::Pending, "production 901 pending: it-is-dropped"),
        (Status::InProgress, "production 901 in_progress: ours-waits"),
        (Status::Waiting, "production 901 in_progress: unknown"),
        (Status::Completed, ""),
    ] {
        let job = Job {
            id: 1,
            name: "b".into(),
            status,
            conclusion: None,
            started_at: None,
            completed_at: None,
            steps: vec![],
            url: None,
            runner: None,
            labels: vec![],
            odd: None,
        };
        let (host, repo) = host();
        say(&mut build, Observation::Jobs { host, repo, run: 901, jobs: vec![job] });
        assert_eq!(fate(&build), expected);
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    let mut build = Build::plain();
    running(&mut build, vec![active(901, "deploy", Status::InProgress)]);
    let notes = |build: &Build| met(build, &dispatch("main", "eu")).notes.join("; ");
    assert!(notes(&build).contains("smoke.yml was not read"), "{}", notes(&build));
    file(&mut build, "smoke", &smoke(""));
    assert_eq!(notes(&build), "its file names no queue: it waits for no other run");
    file(&mut build, "smoke", &smoke("concurrency: '${{ vars.queue }}'\n"));
    assert!(notes(&build).ends_with("only when it runs: ${{ vars.queue }}"), "{}", notes(&build));
    file(&mut build, "smoke", &smoke("concurrency: production\n"));
    let unread = "not known in which queue they are: runs 901";
    assert!(notes(&build).ends_with(unread), "{}", notes(&build));
    file(&mut build, "deploy", "on: push\nconcurrency: '${{ vars.queue }}'\njobs: { a: {} }\n");
    assert!(notes(&build).ends_with(unread), "{}", notes(&build));
    file(&mut build, "deploy", DEPLOY);
    assert_eq!(notes(&build), "");
}

#[test]
fn it_stands_in_the_plan() {
    let mut build = Build::plain();
    file(&mut build, "smoke", &smoke("concurrency: production\n"));
    file(&mut build, "deploy", DEPLOY);
    running(&mut build, vec![active(901, "deploy", Status::Pending)]);
    let subject = Some(dispatch("main", "eu"));
    let request = Request { subject, ..Request::new(target(), Verb::Dispatch) };
    let confirmation = ask(&build.store, &request, ActionId("a".into()), "ana", build.now());
    let ahead = confirmation.expect("nothing refuses it").plan.ahead;
    let told = by_queue(&ahead).pop().expect("a queue");
    assert_eq!(told.head(), "in the queue production, inferred from files and runs:");
    assert_eq!(
        in_the_way(told.runs[0], &told.runs[0].status),
        "run 901 (deploy: Round tax per line) is pending: ours takes its place, and it is cancelled"
    );
}

#[test]
fn a_run_again_meets_what_its_own_file_locks_and_not_itself() {
    const OLD: u64 = 880;
    let mut build = Build::plain();
    let old = Run { sha: "01d5".into(), ..runs::run(OLD, Status::Completed, None) };
    let runs = vec![
        active(901, "deploy", Status::InProgress),
        active(902, "deploy", Status::Pending),
        old.clone(),
    ];
    running(&mut build, runs);
    let again = Subject::FailedJobs { run: OLD };
    assert_eq!(met(&build, &Subject::Run { run: 1 }).notes.len(), 1, "it is not known");
    assert!(met(&build, &again).notes[0].contains("deploy.yml was not read"), "of no commit");
    file(&mut build, "deploy", DEPLOY);
    let unread = "deploy.yml was not read at 01d5: its queue is told by the file of another commit";
    assert_eq!(met(&build, &again).notes, [unread]);
    let (host, repo) = host();
    let parsed = workflow::parse(&DEPLOY.replace("Production", "production")).expect("a workflow");
    let file = WorkflowFile::Read(Box::new(parsed));
    let (workflow, sha) = (old.workflow, old.sha);
    say(&mut build, Observation::WorkflowFile { host, repo, workflow, sha, file });
    let expected =
        ["production 901 in_progress: ours-waits", "production 902 pending: it-is-dropped"];
    for subject in [again, Subject::Run { run: OLD }, Subject::Job { run: OLD, job: 3 }] {
        let met = met(&build, &subject);
        assert_eq!((fates(&met), met.notes), (expected.map(str::to_owned).into(), vec![]));
    }
    // one that is under way, as when it is asked for too early, is not in its own way
    assert_eq!(fates(&met(&build, &Subject::Run { run: 901 })).len(), 1);
    let subject = Some(Subject::Run { run: OLD });
    let request = Request { subject, ..Request::new(target(), Verb::Rerun) };
    let confirmation = ask(&build.store, &request, ActionId("a".into()), "ana", build.now());
    let ahead = confirmation.expect("nothing refuses it").plan.ahead;
    assert_eq!(ahead.iter().map(|ahead| ahead.run).collect::<Vec<_>>(), [901, 902]);
}

#[test]
fn to_cancel_what_holds_a_queue_names_what_goes_on_then() {
    let mut build = Build::plain();
    file(&mut build, "deploy", DEPLOY);
    let waits = active(902, "deploy", Status::Pending);
    running(&mut build, vec![active(901, "deploy", Status::InProgress), waits]);
    let says = "run 902 (deploy: Round tax per line), pending behind it in Production, goes on then \
                (inferred)";
    let spec = &build.state().spec;
    assert_eq!(freed(&build.store, spec, 901), [says]);
    assert!(freed(&build.store, spec, 902).is_empty(), "it holds nothing");
    let subject = Some(Subject::Run { run: 901 });
    let request = Request { subject, ..Request::new(target(), Verb::Cancel) };
    let confirmation = ask(&build.store, &request, ActionId("a".into()), "ana", build.now());
    let notes = confirmation.expect("nothing refuses it").plan.notes;
    assert!(notes.iter().any(|note| note == says), "{notes:?}");
    running(&mut build, vec![active(903, "deploy", Status::InProgress)]);
    let held = freed(&build.store, &build.state().spec, 901);
    assert!(held.is_empty(), "another holds it by what is known: {held:?}");
}
