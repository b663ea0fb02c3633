//! Runs that wait for others, end, and run again.

use super::*;

#[tokio::test]
async fn the_newest_that_waits_drops_the_others_and_force_frees_the_queue() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let runs = stage.see(&format!("{NOTIFIER}/actions/workflows/deploy.yml/runs?per_page=2")).await;
    let [queued, holder] = [&runs["workflow_runs"][0], &runs["workflow_runs"][1]];
    assert_eq!((&queued["status"], &holder["status"]), (&"pending".into(), &"in_progress".into()));
    let group = stage.see(&format!("{NOTIFIER}/actions/concurrency_groups/PRODUCTION")).await;
    let members: Vec<_> =
        group["group_members"].as_array().unwrap().iter().map(|one| &one["run_id"]).collect();
    assert_eq!(members, [&holder["id"], &queued["id"]]);
    let ahead =
        format!("{NOTIFIER}/actions/concurrency_groups/production?ahead_of_run={}", queued["id"]);
    assert_eq!(stage.see(&ahead).await["total_count"], 1);
    let own =
        stage.see(&format!("{NOTIFIER}/actions/runs/{}/concurrency_groups", queued["id"])).await;
    assert_eq!(own["concurrency_groups"][0]["group_members"][0]["position"], 1);

    let inputs = json!({"version": "0.9.7", "environment": "production"});
    let path = format!("{NOTIFIER}/actions/workflows/deploy.yml/dispatches");
    for (name, value) in [
        ("log-level", json!("loud")),
        ("batch", json!("ten")),
        ("dry-run", json!("no")),
        ("environment", json!("moon")),
    ] {
        let mut inputs = inputs.clone();
        inputs[name] = value;
        let (status, answer) = stage.post(&path, json!({"ref": "main", "inputs": inputs})).await;
        assert_eq!(status, 422, "{name}");
        assert!(message(&answer).contains(name), "{answer}");
    }
    let wish = json!({"ref": "main", "inputs": inputs, "return_run_details": true});
    let (_, details) = stage.post(&path, wish).await;
    let state = async |id: &Value| {
        let run = stage.see(&format!("{NOTIFIER}/actions/runs/{id}")).await;
        run["conclusion"].as_str().or(run["status"].as_str()).unwrap().to_owned()
    };
    let newest = &details["workflow_run_id"];
    assert_eq!(
        (state(&queued["id"]).await, state(newest).await),
        ("cancelled".into(), "pending".into())
    );

    let cancel = format!("{NOTIFIER}/actions/runs/{}/cancel", holder["id"]);
    assert_eq!(stage.post(&cancel, json!({})).await, (202, json!({})));
    stage.pass(120);
    assert_eq!(state(&holder["id"]).await, "in_progress", "its last job always runs");
    assert_eq!(stage.jobs(NOTIFIER, holder).await, ["migrate cancelled", "report in_progress"]);
    let force = format!("{NOTIFIER}/actions/runs/{}/force-cancel", holder["id"]);
    assert_eq!(stage.post(&force, json!({})).await.0, 202);
    stage.pass(5);
    assert_eq!(
        (state(&holder["id"]).await, state(newest).await),
        ("cancelled".into(), "in_progress".into())
    );
    assert_eq!(stage.post(&force, json!({})).await.0, 409);
    assert_eq!(stage.post(&cancel, json!({})).await.0, 409);
    // who started it may not let it in, and it must wait
    stage.pass(200);
    let waits = stage.see(&format!("{NOTIFIER}/actions/runs/{newest}/pending_deployments")).await;
    assert_eq!(
        (&waits[0]["wait_timer"], &waits[0]["current_user_can_approve"]),
        (&5.into(), &false.into())
    );
    assert!(waits[0]["wait_timer_started_at"].is_string());
    let yes = json!({"environment_ids": [waits[0]["environment"]["id"]], "state": "approved", "comment": ""});
    let path = format!("{NOTIFIER}/actions/runs/{newest}/pending_deployments");
    assert_eq!(stage.post(&path, yes).await.0, 403);
}

#[tokio::test]
async fn what_failed_runs_again_unless_it_is_too_old() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let runs = stage
        .see(&format!("{NOTIFIER}/actions/workflows/ci.yml/runs?status=failure&per_page=1"))
        .await;
    let run = runs["workflow_runs"][0].clone();
    assert_eq!(run["conclusion"], "failure");
    let path = format!("{NOTIFIER}/actions/runs/{}", run["id"]);
    assert_eq!(stage.post(&format!("{path}/rerun-failed-jobs"), json!({})).await, (201, json!({})));
    assert_eq!(stage.post(&format!("{path}/rerun"), json!({})).await.0, 403, "it runs");
    stage.pass(400);
    let again = stage.see(&path).await;
    assert_eq!((&again["run_attempt"], &again["conclusion"]), (&2.into(), &"success".into()));
    assert_eq!(again["triggering_actor"]["login"], "demo");
    assert_eq!(again["created_at"], run["created_at"]);
    let first = stage.see(&format!("{path}/attempts/1")).await;
    assert_eq!((&first["conclusion"], &first["run_attempt"]), (&"failure".into(), &1.into()));
    assert_eq!(stage.jobs(NOTIFIER, &run).await, ["lint success", "test success", "build success"]);
    let all = stage.see(&format!("{path}/jobs?filter=all")).await;
    assert_eq!(all["total_count"], 6);
    assert_eq!(stage.post(&format!("{path}/rerun-failed-jobs"), json!({})).await.0, 403);
    let jobs = stage.see(&format!("{path}/jobs")).await;
    let job = format!("{NOTIFIER}/actions/jobs/{}/rerun", jobs["jobs"][2]["id"]);
    assert_eq!(stage.post(&job, json!({})).await.0, 201);
    stage.pass(1);
    assert_eq!(stage.jobs(NOTIFIER, &run).await, ["lint success", "test success", "build queued"]);

    let old = stage.see(&format!("{STOREFRONT}/actions/workflows/rollback.yml/runs")).await;
    let old = old["workflow_runs"].as_array().unwrap().last().unwrap().clone();
    let (status, answer) =
        stage.post(&format!("{STOREFRONT}/actions/runs/{}/rerun", old["id"]), json!({})).await;
    assert_eq!(status, 403);
    assert!(message(&answer).contains("over a month ago"));
    let broken = stage.newest(NOTIFIER, "preview.yml").await;
    assert_eq!(broken["conclusion"], "startup_failure");
    assert_eq!(stage.jobs(NOTIFIER, &broken).await, [""; 0]);
    let nightly = stage.newest(NOTIFIER, "nightly.yml").await;
    assert_eq!(
        (&nightly["conclusion"], &nightly["event"]),
        (&"failure".into(), &"schedule".into())
    );
}
