//! What a looked-at run stands on: asked for once, and again only when the run has changed.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::*;

fn want(bench: &Bench, run: u64) {
    let runs = [(REPO.to_owned(), run)].into();
    bench.wanted.send_replace(Wanted { runs, ..Wanted::default() });
}

fn fill(bench: &Bench) {
    let packed = BASE64_STANDARD.encode("on: push\njobs: { a: {}, b: { needs: a } }\n");
    let file = json!({"encoding": "base64", "content": packed});
    set(&bench.state, "/contents/.github/workflows/deploy.yml", file);
    let check = json!({"name": "a", "status": "completed", "conclusion": "success"});
    set(&bench.state, "/commits/abc/check-runs", json!({"check_runs": [check]}));
    set(
        &bench.state,
        "/commits/abc/status",
        json!({"statuses": [{"context": "cla", "state": "success"}]}),
    );
    let rule = json!([{"type": "required_status_checks", "parameters":
        {"required_status_checks": [{"context": "a"}, {"context": "cla"}]}}]);
    set(&bench.state, "/rules/branches/main", rule);
    set(&bench.state, "/branches/main", json!({"name": "main"}));
    set(&bench.state, "/runs/9/artifacts", json!({"artifacts": [{"id": 1, "name": "dist"}]}));
}

fn runs(status: &str, at: &str) -> Value {
    let mut run = run(9, status);
    run["head_branch"] = json!("main");
    run["event"] = json!("push");
    run["updated_at"] = json!(at);
    json!({ "workflow_runs": [run] })
}

const NOON: &str = "2026-01-01T12:00:00Z";
const LATER: &str = "2026-01-01T12:05:00Z";

#[tokio::test]
async fn nothing_is_read_of_runs_that_nobody_looks_at() {
    let mut bench = bench(&["deploy.yml"]).await;
    fill(&bench);
    bench.source.poll().await.unwrap();
    let asked = bench.world.paths();
    let more = ["contents", "check-runs", "rules", "artifacts", "annotations"];
    assert!(!asked.iter().any(|path| more.iter().any(|part| path.contains(part))), "{asked:?}");
}

#[tokio::test]
async fn a_run_that_is_looked_at_is_read_once_and_again_when_it_moves() {
    let mut bench = bench(&["deploy.yml"]).await;
    fill(&bench);
    set(&bench.state, "/workflows/deploy.yml/runs", runs("in_progress", NOON));
    bench.source.poll().await.unwrap();
    want(&bench, 9);
    let said = words(&bench.source.poll().await.unwrap().items);
    for expected in ["file deploy.yml abc 2", "checks abc 2 a,cla", "artifacts 9 1"] {
        assert!(said.contains(&expected.to_owned()), "{said:?}");
    }
    bench.world.asked();
    assert!(bench.source.poll().await.unwrap().items.is_empty());
    let asked = bench.world.paths();
    assert!(!asked.iter().any(|path| path.contains("contents") || path.contains("commits")));

    set(&bench.state, "/workflows/deploy.yml/runs", runs("completed", LATER));
    bench.world.asked();
    let said = words(&bench.source.poll().await.unwrap().items);
    assert!(said.contains(&"checks abc 2 a,cla".to_owned()), "{said:?}");
    let asked = bench.world.paths();
    assert!(
        !asked.iter().any(|path| path.contains("contents")),
        "a file at a commit never changes"
    );
}

#[tokio::test]
async fn a_refused_part_says_so_where_it_is_shown_and_is_no_warning() {
    let mut bench = bench(&["deploy.yml"]).await;
    fill(&bench);
    set(&bench.state, "/workflows/deploy.yml/runs", runs("completed", NOON));
    set(&bench.state, "/commits/abc/check-runs", json!(403));
    set(&bench.state, "/contents/.github/workflows/deploy.yml", json!(502));
    bench.source.poll().await.unwrap();
    want(&bench, 9);
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(polled.warnings, [""; 0]);
    let checks = polled.items.iter().find_map(|item| match item {
        Observation::Checks { checks, .. } => checks.unknown.clone(),
        _ => None,
    });
    assert!(checks.as_ref().unwrap().contains("checks: read"), "{checks:?}");
    bench.world.asked();
    bench.source.poll().await.unwrap();
    let asked = bench.world.paths();
    assert!(asked.iter().any(|path| path.contains("contents")), "502 passes");
    assert!(!asked.iter().any(|path| path.contains("check-runs")), "403 does not");
}

#[tokio::test]
async fn why_a_job_did_not_begin_is_asked_for() {
    let mut bench = bench(&["deploy.yml"]).await;
    fill(&bench);
    set(&bench.state, "/workflows/deploy.yml/runs", runs("completed", NOON));
    let mut failed = job(31, "completed");
    failed["conclusion"] = json!("failure");
    set(&bench.state, "/runs/9/jobs", json!({ "jobs": [failed] }));
    let bill = json!([{"annotation_level": "failure", "message": "payments have failed"}]);
    set(&bench.state, "/check-runs/31/annotations", bill);
    want(&bench, 9);
    let mut said = Vec::new();
    for _ in 0..3 {
        said.extend(words(&bench.source.poll().await.unwrap().items));
    }
    let found = said.iter().filter(|word| *word == "remarks 9 payments have failed").count();
    assert_eq!(found, 1, "{said:?}");
}

#[tokio::test]
async fn environments_are_read_where_a_file_asks_for_one_and_rarely_again() {
    let mut bench = bench(&["deploy.yml"]).await;
    fill(&bench);
    set(&bench.state, "/environments", json!({"environments": [{"name": "eu"}, {"name": "us"}]}));
    set(&bench.state, "/workflows/deploy.yml/runs", runs("completed", NOON));
    bench.source.poll().await.unwrap();
    want(&bench, 9);
    bench.source.poll().await.unwrap();
    assert!(!bench.world.paths().iter().any(|path| path.contains("/environments")), "nobody asks");

    let mut run = runs("completed", NOON);
    run["workflow_runs"][0]["head_sha"] = json!("def");
    run["workflow_runs"][0]["id"] = json!(10);
    set(&bench.state, "/workflows/deploy.yml/runs", run);
    let text = "on: { workflow_dispatch: { inputs: { where: { type: environment } } } }\njobs: { a: {} }\n";
    let file = json!({"encoding": "base64", "content": BASE64_STANDARD.encode(text)});
    set(&bench.state, "/contents/.github/workflows/deploy.yml", file);
    want(&bench, 10);
    let mut said = Vec::new();
    for _ in 0..2 {
        said.extend(words(&bench.source.poll().await.unwrap().items));
    }
    assert!(said.contains(&"environments eu,us".to_owned()), "{said:?}");
    let asked = |bench: &Bench| {
        let paths = bench.world.paths();
        paths.iter().filter(|path| path.contains("/environments?per_page=100")).count()
    };
    assert_eq!(asked(&bench), 1);
    let mut polls = 0;
    while asked(&bench) == 0 {
        polls += 1;
        assert!(polls < RARELY * 10, "never again");
        assert_eq!(words(&bench.source.poll().await.unwrap().items), [""; 0], "unchanged: no news");
    }
    assert!(polls >= RARELY, "again after {polls}");
}
