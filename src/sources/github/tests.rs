//! A repository polled against a loopback GitHub.

mod backing;
mod cadence;
mod gates;
mod words;

mod waits;

use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::clients::github::testing::{Hand, Reply, Seen, World};
use crate::model::{FaultKind, Observation};
use words::words;

const REPO: &str = "acme/checkout";

/// What the world holds, by the end of the path.
type State = Arc<Mutex<Vec<(&'static str, Value)>>>;

fn run(id: u64, status: &str) -> Value {
    json!({"id": id, "status": status, "head_sha": "abc", "path": ".github/workflows/deploy.yml",
           "run_attempt": 1, "updated_at": "2026-01-01T00:00:00Z",
           "conclusion": (status == "completed").then_some("success")})
}

fn job(id: u64, status: &str) -> Value {
    json!({"id": id, "name": "build", "status": status, "steps": []})
}

fn quiet() -> State {
    Arc::new(Mutex::new(vec![
        (
            "/workflows/deploy.yml/runs",
            json!({"workflow_runs": [run(9, "completed"), run(8, "completed")]}),
        ),
        ("/actions/runs", json!({"workflow_runs": [run(9, "completed")]})),
        ("/runs/9/jobs", json!({"jobs": [job(1, "completed")]})),
        ("/runs/8/jobs", json!({"jobs": [job(2, "completed")]})),
        (
            "/deployments",
            json!([
                {"id": 5, "environment": "production", "sha": "abc"},
                {"id": 4, "environment": "production", "sha": "old"}
            ]),
        ),
        (
            "/deployments/5/statuses",
            json!([
                {"id": 1, "state": "queued", "created_at": "2026-01-01T00:00:00Z"},
                {"id": 2, "state": "success", "created_at": "2026-01-01T00:01:00Z"}
            ]),
        ),
        (
            "/releases",
            json!([{"tag_name": "v1", "draft": false}, {"tag_name": "v2", "draft": true}]),
        ),
        ("/tags", json!([{"name": "v1", "commit": {"sha": "abc"}}])),
    ]))
}

/// Answers from the state; a number there is a status to fail with.
fn answer(state: &State, seen: &Seen) -> Reply {
    let path = seen.path.split('?').next().unwrap();
    let state = state.lock().unwrap();
    match state.iter().find(|(end, _)| path.ends_with(end)) {
        Some((_, Value::Number(code))) => {
            Reply::status(u16::try_from(code.as_u64().unwrap()).unwrap(), "no")
        }
        Some((_, body)) => Reply::tagged(seen, body),
        None => Reply::status(404, "Not Found"),
    }
}

fn set(state: &State, end: &'static str, body: Value) {
    let mut state = state.lock().unwrap();
    state.retain(|(held, _)| *held != end);
    state.push((end, body));
}

struct Bench {
    world: World,
    state: State,
    source: GithubSource,
    wanted: watch::Sender<Wanted>,
    clock: Arc<Hand>,
}

async fn bench(workflows: &[&str]) -> Bench {
    let state = quiet();
    let held = Arc::clone(&state);
    let world = World::new(move |seen| answer(&held, seen)).await;
    let (client, clock) = world.client();
    let (wanted, receiver) = watch::channel(Wanted::default());
    let source = GithubSource::new(
        FeedId::part("github", REPO),
        Arc::new(client),
        "github".to_owned(),
        RepoConfig {
            name: REPO.to_owned(),
            workflows: workflows.iter().map(|&file| file.to_owned()).collect(),
            ..RepoConfig::default()
        },
        Duration::from_secs(30),
        Duration::from_secs(5),
        receiver,
    );
    Bench { world, state, source, wanted, clock }
}

#[tokio::test]
async fn everything_once_and_then_heartbeats() {
    let mut bench = bench(&["deploy.yml"]).await;
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(
        words(&polled.items),
        ["runs deploy.yml 2", "jobs 9 1", "deployments success,-", "releases 1 tags 1"]
    );
    assert_eq!((polled.warnings, polled.next), (vec![], Some(Duration::from_secs(30))));
    bench.world.asked();

    let polled = bench.source.poll().await.unwrap();
    assert_eq!(words(&polled.items), [""; 0]);
    // what is over is not asked for again, what is rare not yet
    assert_eq!(bench.world.asked().len(), 1);
    for _ in 0..RARELY - 1 {
        assert!(bench.source.poll().await.unwrap().items.is_empty());
    }
    let asked = bench.world.paths();
    for rare in ["/tags?", "/releases?", "/deployments?"] {
        assert_eq!(asked.iter().filter(|path| path.contains(rare)).count(), 1, "{rare}");
    }
}

#[tokio::test]
async fn a_wanted_run_is_read_anew_each_time_it_is_wanted() {
    let mut bench = bench(&["deploy.yml"]).await;
    bench.source.poll().await.unwrap();
    for _ in 0..2 {
        let pair = |run| (REPO.to_owned(), run);
        let other = ("acme/other".to_owned(), 9);
        bench
            .wanted
            .send_replace(Wanted { runs: [pair(8), pair(77), other].into(), ..Wanted::default() });
        let polled = bench.source.poll().await.unwrap();
        let said = words(&polled.items);
        assert!(said.contains(&"jobs 8 1".to_owned()), "{said:?}");
        assert_eq!(polled.warnings, [""; 0]);
        assert!(bench.source.poll().await.unwrap().items.is_empty());
        bench.wanted.send_replace(Wanted::default());
        assert!(bench.source.poll().await.unwrap().items.is_empty());
    }
}

#[tokio::test]
async fn without_workflows_all_runs_are_sorted_into_theirs() {
    let mut bench = bench(&[]).await;
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(words(&polled.items)[0], "runs deploy.yml 1");

    set(&bench.state, "/actions/runs", json!({"workflow_runs": [{}, 7]}));
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(words(&polled.items), ["runs  0"]);
    assert!(polled.warnings[0].starts_with("2 items"), "{:?}", polled.warnings);
}

#[tokio::test]
async fn a_missing_permission_is_a_warning_that_stays() {
    let mut bench = bench(&["deploy.yml"]).await;
    set(&bench.state, "/deployments", json!(403));
    for poll in 0..4 {
        let polled = bench.source.poll().await.unwrap();
        assert!(polled.warnings[0].contains("deployments: read"), "{:?}", polled.warnings);
        let asked = bench.world.paths();
        let again = asked.iter().any(|path| path.contains("/deployments"));
        assert_eq!(again, poll == 0);
        if poll == 0 {
            assert!(words(&polled.items).contains(&"runs deploy.yml 2".to_owned()));
        }
    }
}

#[tokio::test]
async fn no_runs_for_a_passing_reason_is_a_fault_and_nothing_is_lost() {
    let mut bench = bench(&["deploy.yml"]).await;
    let runs = bench.state.lock().unwrap()[0].1.clone();
    set(&bench.state, "/workflows/deploy.yml/runs", json!(502));
    let fault = bench.source.poll().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Upstream);
    set(&bench.state, "/workflows/deploy.yml/runs", runs);
    assert_eq!(bench.source.poll().await.unwrap().items.len(), 4);

    bench.state.lock().unwrap().clear();
    for poll in 0..2 {
        let result = bench.source.poll().await;
        assert_eq!(result.unwrap_err().kind, FaultKind::NotFound, "{poll}");
    }
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let state = quiet();
    let held = Arc::clone(&state);
    let world = World::new(move |seen| match answer(&held, seen) {
        Reply::Answer(429, _, _) => Reply::status(429, "slow").with("retry-after", "40"),
        reply => reply,
    })
    .await;
    let mut bench = bench(&["deploy.yml"]).await;
    let (client, clock) = world.client();
    bench.source.client = Arc::new(client);
    bench.clock = clock;
    bench.source.poll().await.unwrap();
    set(&state, "/workflows/deploy.yml/runs", json!(429));
    let fault = bench.source.poll().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::RateLimited);
    bench.clock.advance(10);
    let left = bench.source.client.until(fault.retry_at.unwrap());
    assert_eq!(left, Duration::from_secs(30));
    world.asked();
    assert!(bench.source.poll().await.is_err());
    assert_eq!(world.asked().len(), 0);
}

#[tokio::test]
async fn a_poll_that_is_dropped_half_way_loses_nothing() {
    let mut bench = bench(&["deploy.yml"]).await;
    let slow = Arc::clone(&bench.state);
    let stuck = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let still = Arc::clone(&stuck);
    let world = World::new(move |seen| {
        let hangs = still.load(std::sync::atomic::Ordering::SeqCst);
        if hangs && seen.path.contains("/jobs") {
            return Reply::Hang;
        }
        answer(&slow, seen)
    })
    .await;
    bench.source.client = Arc::new(world.client().0);
    let short = Duration::from_millis(200);
    assert!(tokio::time::timeout(short, bench.source.poll()).await.is_err());
    stuck.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(bench.source.poll().await.unwrap().items.len(), 4);
}
