//! What waits at an environment, from its first sight to its end.

use serde_json::json;

use super::{Seen, Source, bench, run, set, words};

#[tokio::test]
async fn what_waits_is_told_with_githubs_reason_and_so_is_its_end() {
    let mut bench = bench(&["deploy.yml"]).await;
    bench.source.poll().await.unwrap();
    let runs = |status| json!({"workflow_runs": [run(9, status), run(8, "completed")]});
    set(&bench.state, "/workflows/deploy.yml/runs", runs("waiting"));
    let waiting = json!({"environment": {"id": 3, "name": "prod/eu"}, "wait_timer": 0,
        "current_user_can_approve": false,
        "reviewers": [{"type": "User", "reviewer": {"login": "ana"}}, {"type": "Team", "reviewer": null}]});
    set(&bench.state, "/runs/9/pending_deployments", json!([waiting, {"no": "environment"}]));
    set(&bench.state, "/runs/9/approvals", json!([]));
    set(
        &bench.state,
        "/environments/prod%2Feu",
        json!({"protection_rules": [
        {"type": "required_reviewers", "prevent_self_review": true, "reviewers": []}]}),
    );
    let polled = bench.source.poll().await.unwrap();
    let told = "waits 9 [the owner of this token is no reviewer of it; these may: ana, but not who started the run] 0";
    assert!(words(&polled.items).contains(&told.to_owned()), "{:?}", words(&polled.items));
    bench.world.asked();
    assert_eq!(words(&bench.source.poll().await.unwrap().items), [""; 0]);
    let asked = bench.world.asked();
    let of_waits = |seen: &&Seen| {
        ["/pending_deployments", "/approvals"].iter().any(|p| seen.path.ends_with(p))
    };
    assert!(asked.iter().filter(of_waits).all(|seen| seen.header("if-none-match").is_some()));
    assert!(!asked.iter().any(|seen| seen.path.contains("/environments/")), "believed for a while");

    set(&bench.state, "/workflows/deploy.yml/runs", runs("in_progress"));
    set(&bench.state, "/runs/9/pending_deployments", json!([]));
    let approved = json!({"state": "approved", "user": {"login": "ana"}, "comment": "fine",
        "environments": [{"id": 3, "name": "prod/eu"}]});
    set(&bench.state, "/runs/9/approvals", json!([approved]));
    let polled = bench.source.poll().await.unwrap();
    assert!(words(&polled.items).contains(&"waits 9 [] 1".to_owned()));
    bench.world.asked();
    bench.source.poll().await.unwrap();
    assert!(!bench.world.asked().iter().any(|seen| of_waits(&seen)), "once more, and then no more");
}
