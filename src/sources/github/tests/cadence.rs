//! What is asked for how often: little while nothing moves, and when nobody looks.

use super::*;

#[tokio::test]
async fn an_active_run_is_followed_to_its_end() {
    let mut bench = bench(&["deploy.yml"]).await;
    let runs = |status| json!({"workflow_runs": [run(9, status), run(8, "completed")]});
    set(&bench.state, "/workflows/deploy.yml/runs", runs("in_progress"));
    set(&bench.state, "/runs/9/jobs", json!({"jobs": [job(1, "in_progress")]}));
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(polled.next, Some(Duration::from_secs(5)));

    // nobody looks at its jobs: they are read as often as an idle repository is asked
    set(&bench.state, "/runs/9/jobs", json!({"jobs": [job(1, "in_progress"), job(2, "queued")]}));
    for _ in 0..5 {
        assert_eq!(words(&bench.source.poll().await.unwrap().items), [""; 0]);
    }
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(words(&polled.items), ["jobs 9 2"]);
    assert_eq!(polled.next, Some(Duration::from_secs(5)));

    // somebody does
    let wanted = Wanted { runs: [(REPO.to_owned(), 9)].into(), ..Wanted::default() };
    bench.wanted.send_replace(wanted);
    bench.source.poll().await.unwrap();
    set(&bench.state, "/runs/9/jobs", json!({"jobs": [job(1, "in_progress")]}));
    assert_eq!(words(&bench.source.poll().await.unwrap().items), ["jobs 9 1"]);
    bench.wanted.send_replace(Wanted::default());

    // its end is news
    set(&bench.state, "/workflows/deploy.yml/runs", runs("completed"));
    set(&bench.state, "/runs/9/jobs", json!({"jobs": [job(1, "completed")]}));
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(words(&polled.items), ["runs deploy.yml 2", "jobs 9 1"]);
    assert_eq!(polled.next, Some(Duration::from_secs(30)));
    bench.world.asked();
    bench.source.poll().await.unwrap();
    assert!(!bench.world.paths().iter().any(|path| path.contains("/jobs")));
}

#[tokio::test]
async fn while_a_run_is_active_deployments_are_asked_for_when_it_moves() {
    let mut bench = bench(&["deploy.yml"]).await;
    let runs = |attempt: u64| {
        let mut run = run(9, "in_progress");
        run["run_attempt"] = json!(attempt);
        json!({"workflow_runs": [run]})
    };
    let asked = |bench: &Bench| {
        let paths = bench.world.paths();
        paths.iter().filter(|path| path.contains("/deployments?")).count()
    };
    set(&bench.state, "/workflows/deploy.yml/runs", runs(1));
    bench.source.poll().await.unwrap();
    assert_eq!(asked(&bench), 1);
    for _ in 0..11 {
        bench.source.poll().await.unwrap();
    }
    assert_eq!(asked(&bench), 0);
    bench.source.poll().await.unwrap();
    assert_eq!(asked(&bench), 1, "each minute");
    set(&bench.state, "/workflows/deploy.yml/runs", runs(2));
    set(
        &bench.state,
        "/deployments",
        json!([{"id": 6, "environment": "production", "sha": "new"}]),
    );
    let polled = bench.source.poll().await.unwrap();
    assert!(words(&polled.items).contains(&"deployments -".to_owned()), "{:?}", polled.items);
}

#[tokio::test]
async fn the_end_of_the_hour_is_left_to_actions() {
    let state = quiet();
    let held = Arc::clone(&state);
    let world = World::new(move |seen| {
        let reply = answer(&held, seen).with("x-ratelimit-limit", "5000");
        reply.with("x-ratelimit-reset", "1700001000").with("x-ratelimit-remaining", "500")
    })
    .await;
    let mut bench = bench(&["deploy.yml"]).await;
    let (client, clock) = world.client();
    bench.source.client = Arc::new(client);
    // nothing is known before the first answer
    bench.source.poll().await.unwrap();
    world.asked();
    let fault = bench.source.poll().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::RateLimited);
    assert!(fault.text.contains("kept for actions"), "{fault}");
    assert_eq!(bench.source.client.until(fault.retry_at.unwrap()), Duration::from_secs(1000));
    assert_eq!(world.asked().len(), 0);
    clock.advance(1000);
    assert!(bench.source.poll().await.is_ok());
}

#[tokio::test]
async fn what_is_rare_is_asked_again_soon_when_it_stumbled() {
    let mut bench = bench(&["deploy.yml"]).await;
    set(&bench.state, "/tags", json!(502));
    let polled = bench.source.poll().await.unwrap();
    assert!(words(&polled.items).contains(&"releases 1 tags 0".to_owned()));
    assert!(polled.warnings[0].contains("502"), "{:?}", polled.warnings);
    set(&bench.state, "/tags", json!([{"name": "v1"}]));
    let polled = bench.source.poll().await.unwrap();
    assert_eq!(words(&polled.items), ["releases 1 tags 1"]);
    assert_eq!(polled.warnings, [""; 0]);
}
