//! What a commit is held to, and what its workflows say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

async fn text(stage: &Stage, file: &str) -> String {
    let run = stage.newest(STOREFRONT, DEPLOY).await;
    let sha = run["head_sha"].as_str().unwrap();
    let path = format!("{STOREFRONT}/contents/.github/workflows/{file}?ref={sha}");
    let content = stage.see(&path).await["content"].as_str().unwrap().replace('\n', "");
    String::from_utf8(STANDARD.decode(content).unwrap()).unwrap()
}

#[tokio::test]
async fn files_checks_branches_and_rules() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    assert!(text(&stage, DEPLOY).await.contains("environment: production-50"));
    let gone = format!("{STOREFRONT}/contents/.github/workflows/{DEPLOY}?ref=gone");
    assert_eq!(stage.send("GET", &gone, None).await.0, 404);

    let rules = stage.see(&format!("{STOREFRONT}/rules/branches/main")).await;
    assert_eq!(rules[0]["type"], "required_status_checks");
    let required = rules[0]["parameters"]["required_status_checks"].as_array().unwrap();
    let branch = stage.see(&format!("{STOREFRONT}/branches/main")).await;
    let contexts = &branch["protection"]["required_status_checks"]["contexts"];
    assert_eq!((required.len(), contexts.as_array().unwrap().len()), (7, 7));
    let checks = stage.see(&format!("{STOREFRONT}/commits/v5.3.0/check-runs")).await;
    let checks = checks["check_runs"].as_array().unwrap();
    let passed = |rule: &&Value| {
        let mut own = checks.iter().filter(|check| check["name"] == rule["context"]);
        own.any(|check| check["conclusion"] == "success")
    };
    assert_eq!(required.iter().filter(passed).count(), 6, "one has never run");
    let waiting = checks.iter().find(|check| check["status"] == "waiting").unwrap();
    assert_eq!(waiting["deployment"]["environment"], "production-50");
    let run = stage.newest(STOREFRONT, DEPLOY).await;
    let artifacts = stage.see(&format!("{STOREFRONT}/actions/runs/{}/artifacts", run["id"])).await;
    assert_eq!(
        (&artifacts["total_count"], &artifacts["artifacts"][0]["expired"]),
        (&2.into(), &false.into())
    );
}

#[tokio::test]
async fn a_branch_that_may_not_deploy_fails_at_the_door() {
    let stage = Stage::new(Scenario::Quiet, 1.0).await;
    let path = format!("{NOTIFIER}/actions/workflows/{DEPLOY}/dispatches");
    let inputs = json!({"version": "1", "environment": "production"});
    let (_, details) = stage
        .post(&path, json!({"ref": "next", "inputs": inputs, "return_run_details": true}))
        .await;
    stage.pass(170);
    let run = stage.see(&format!("{NOTIFIER}/actions/runs/{}", details["workflow_run_id"])).await;
    assert_eq!(run["conclusion"], "failure");
    assert_eq!(
        stage.jobs(NOTIFIER, &run).await,
        ["migrate success", "report success", "production failure"]
    );
}

#[tokio::test]
async fn a_rollback_in_the_queue_of_deployments_waits_for_the_one_that_waits() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    stage.running.faults.set_quirks(Quirks { shared_queue: true, ..Quirks::default() });
    assert!(text(&stage, "rollback.yml").await.contains("group: production"));
    let path = format!("{STOREFRONT}/actions/workflows/rollback.yml/dispatches");
    let wish = json!({"ref": "main", "inputs": {"version": "5.2.0"}, "return_run_details": true});
    let (_, details) = stage.post(&path, wish).await;
    let run = format!("{STOREFRONT}/actions/runs/{}", details["workflow_run_id"]);
    stage.pass(30);
    assert_eq!(stage.see(&run).await["status"], "pending");
    let deploy = stage.newest(STOREFRONT, DEPLOY).await;
    let cancel = format!("{STOREFRONT}/actions/runs/{}/cancel", deploy["id"]);
    assert_eq!(stage.post(&cancel, json!({})).await.0, 202);
    stage.pass(3);
    assert_eq!(stage.newest(STOREFRONT, DEPLOY).await["conclusion"], "cancelled");
    assert_eq!(stage.see(&run).await["status"], "waiting");
}
