//! GitHub acted on: what waits, what is let in, what is started, ended and run again.

mod commits;
mod queues;
mod servers;

use serde_json::json;

use super::*;

const STOREFRONT: &str = "/repos/acme/storefront";
const DEPLOY: &str = "deploy.yml";
const NOTIFIER: &str = "/repos/acme/notifier";

impl Stage {
    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let base = self.setting("github/api_url");
        let token = std::fs::read_to_string(self.setting("github/token/file")).unwrap();
        let method = method.parse().unwrap();
        let mut request = self.client.request(method, format!("{base}{path}")).bearer_auth(token);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn see(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", path, Some(body)).await
    }

    /// The newest run of a workflow.
    async fn newest(&self, repository: &str, file: &str) -> Value {
        let path = format!("{repository}/actions/workflows/{file}/runs?per_page=1");
        self.see(&path).await["workflow_runs"][0].clone()
    }

    /// The jobs of a run as `name state`.
    async fn jobs(&self, repository: &str, run: &Value) -> Vec<String> {
        let jobs = self.see(&format!("{repository}/actions/runs/{}/jobs", run["id"])).await;
        let word = |job: &Value| {
            let state = job["conclusion"].as_str().or(job["status"].as_str()).unwrap();
            format!("{} {state}", job["name"].as_str().unwrap())
        };
        jobs["jobs"].as_array().unwrap().iter().map(word).collect()
    }

    async fn routed(&self) -> f64 {
        let share = r#"sum(rate(http_requests_total{service="storefront",env="production",track="candidate"}[1m])) / sum(rate(http_requests_total{service="storefront",env="production"}[1m]))"#;
        let url = format!("{}/api/v1/query", self.setting("prometheus/main/url"));
        let answer = self.client.get(url).query(&[("query", share)]).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        body["data"]["result"][0]["value"][1].as_str().unwrap().parse().unwrap()
    }
}

fn message(body: &Value) -> &str {
    body["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_stage_waits_is_approved_and_the_next_one_waits() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let run = stage.newest(STOREFRONT, DEPLOY).await;
    assert_eq!((&run["status"], &run["head_branch"]), (&"waiting".into(), &"v5.3.0".into()));
    let path = format!("{STOREFRONT}/actions/runs/{}/pending_deployments", run["id"]);
    let pending = stage.see(&path).await;
    let waits = &pending[0];
    assert_eq!(waits["environment"]["name"], "production-50");
    assert_eq!(waits["current_user_can_approve"], true);
    assert_eq!((&waits["wait_timer"], &waits["wait_timer_started_at"]), (&0.into(), &Value::Null));
    let kinds: Vec<_> =
        waits["reviewers"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(kinds, ["User", "Team"]);
    let jobs = stage.jobs(STOREFRONT, &run).await;
    assert_eq!(
        jobs[4..],
        ["build success", "browser failure", "gate success", "send-10 success", "send-50 waiting"]
    );
    assert!((0.08..0.12).contains(&stage.routed().await));

    for (body, why) in [
        (json!({"state": "approved", "comment": ""}), "environment_ids"),
        (json!({"environment_ids": [5], "state": "approved", "comment": ""}), "environment"),
        (
            json!({"environment_ids": [waits["environment"]["id"]], "state": "maybe", "comment": ""}),
            "state",
        ),
    ] {
        let (status, answer) = stage.post(&path, body).await;
        assert_eq!(status, 422);
        assert!(message(&answer).contains(why), "{answer}");
    }
    let yes = json!({"environment_ids": [waits["environment"]["id"]], "state": "approved", "comment": "well"});
    let (status, deployments) = stage.post(&path, yes.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(deployments[0]["environment"], "production-50");
    assert_eq!(deployments[0]["ref"], "v5.3.0");
    assert_eq!(stage.see(&path).await, json!([]));
    assert_eq!(stage.post(&path, yes).await.0, 422, "nothing waits");
    stage.pass(5);
    let statuses = format!("{STOREFRONT}/deployments/{}/statuses", deployments[0]["id"]);
    let states = async || {
        let statuses = stage.see(&statuses).await;
        let statuses = statuses.as_array().unwrap().iter();
        statuses.map(|one| one["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states().await, ["in_progress", "queued", "waiting"]);
    stage.pass(80);
    assert_eq!(states().await[0], "success");
    assert!((0.45..0.55).contains(&stage.routed().await));
    assert_eq!(stage.see(&path).await[0]["environment"]["name"], "production-100");
    let said = stage.see(&format!("{STOREFRONT}/actions/runs/{}/approvals", run["id"])).await;
    assert_eq!((&said[0]["state"], &said[0]["comment"]), (&"approved".into(), &"well".into()));
    assert_eq!(said[0]["user"]["login"], "demo");
    let received = stage.running.faults.received();
    assert_eq!(received.len(), 5);
    assert!(
        received
            .iter()
            .all(|one| one.method == "POST" && one.path.ends_with("pending_deployments"))
    );
}

#[tokio::test]
async fn a_rejected_stage_fails_its_run() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let run = stage.newest(STOREFRONT, DEPLOY).await;
    let path = format!("{STOREFRONT}/actions/runs/{}/pending_deployments", run["id"]);
    let id = stage.see(&path).await[0]["environment"]["id"].clone();
    let no = json!({"environment_ids": [id], "state": "rejected", "comment": "errors"});
    assert_eq!(stage.post(&path, no).await.0, 200);
    stage.pass(2);
    let run = stage.newest(STOREFRONT, DEPLOY).await;
    assert_eq!(run["conclusion"], "failure");
    let jobs = stage.jobs(STOREFRONT, &run).await;
    assert_eq!(jobs[8..], ["send-50 failure", "send-100 skipped"]);
}

#[tokio::test]
async fn a_rollback_is_started_found_approved_and_seen() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let path = format!("{STOREFRONT}/actions/workflows/rollback.yml/dispatches");
    let good = json!({"version": "5.2.0", "marker": "a1b2"});
    for (body, why) in [
        (json!({"inputs": good}), "\"ref\""),
        (json!({"ref": "gone", "inputs": good}), "No ref found for: gone"),
        (
            json!({"ref": "main", "inputs": {"version": "1", "colour": "red"}}),
            "Unexpected inputs provided: [\"colour\"]",
        ),
        (
            json!({"ref": "main", "inputs": {"marker": "1"}}),
            "Required input 'version' not provided",
        ),
        (json!({"ref": "main", "speed": 1}), "\"speed\" is not a permitted key"),
    ] {
        let (status, answer) = stage.post(&path, body).await;
        assert_eq!(status, 422);
        assert!(message(&answer).contains(why), "{answer}");
    }
    let other = format!("{STOREFRONT}/actions/workflows/deploy.yml/dispatches");
    let (status, answer) = stage.post(&other, json!({"ref": "main"})).await;
    assert_eq!(status, 422);
    assert!(message(&answer).contains("workflow_dispatch"));

    let wish = json!({"ref": "main", "inputs": good, "return_run_details": true});
    let (status, details) = stage.post(&path, wish).await;
    assert_eq!(status, 200);
    let id = &details["workflow_run_id"];
    let listed = async || stage.newest(STOREFRONT, "rollback.yml").await["id"] == *id;
    assert!(!listed().await, "lists lag");
    let run = format!("{STOREFRONT}/actions/runs/{id}");
    assert_eq!(stage.see(&run).await["display_title"], "Roll back to 5.2.0 [a1b2]");
    assert_eq!(stage.see(&run).await["event"], "workflow_dispatch");
    stage.pass(3);
    assert!(listed().await);
    let pending = stage.see(&format!("{run}/pending_deployments")).await;
    assert_eq!(pending[0]["environment"]["name"], "production-rollback");
    assert_eq!(pending[0]["current_user_can_approve"], true);
    let yes = json!({"environment_ids": [pending[0]["environment"]["id"]], "state": "approved", "comment": ""});
    assert_eq!(stage.post(&format!("{run}/pending_deployments"), yes).await.0, 200);
    stage.pass(30);
    assert_eq!(stage.see(&run).await["conclusion"], "success");
    stage.pass(70);
    assert!(stage.routed().await < 1e-9);

    let plain = json!({"ref": "refs/heads/main", "inputs": {"version": "5.2.0"}});
    assert_eq!(stage.post(&path, plain).await, (204, Value::String(String::new())));
}

#[tokio::test]
async fn an_old_server_knows_neither_details_nor_queues() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let quirks = Quirks { old_dispatch: true, no_concurrency: true, ..Quirks::default() };
    stage.running.faults.set_quirks(quirks);
    let path = format!("{STOREFRONT}/actions/workflows/rollback.yml/dispatches");
    let wish = json!({"ref": "main", "inputs": {"version": "5.2.0"}, "return_run_details": true});
    let (status, answer) = stage.post(&path, wish).await;
    assert_eq!(status, 400);
    assert!(message(&answer).contains("return_run_details"));
    let wish = json!({"ref": "main", "inputs": {"version": "5.2.0"}});
    assert_eq!(stage.post(&path, wish).await.0, 204);
    let groups = format!("{STOREFRONT}/actions/concurrency_groups");
    assert_eq!(stage.send("GET", &groups, None).await.0, 404);
}
