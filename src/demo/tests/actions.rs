//! GitHub acted on: what waits, what is let in, what is started, ended and run again.

use serde_json::json;

use super::*;

const STOREFRONT: &str = "/repos/acme/storefront";
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

#[tokio::test]
async fn one_request_can_go_wrong_and_is_counted_once() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let faults = &stage.running.faults;
    let path = format!("{STOREFRONT}/actions/workflows/rollback.yml/dispatches");
    let wish = json!({"ref": "main", "inputs": {"version": "5.2.0"}});
    let count = async || {
        stage.pass(3);
        let path = format!("{STOREFRONT}/actions/workflows/rollback.yml/runs");
        stage.see(&path).await["total_count"].as_u64().unwrap()
    };
    let before = count().await;
    faults.once(Peer::Github, "POST", "/dispatches", Hitch::Before(502));
    assert_eq!(stage.post(&path, wish.clone()).await.0, 502);
    assert_eq!(count().await, before);
    faults.once(Peer::Github, "POST", "/dispatches", Hitch::After(500));
    assert_eq!(stage.post(&path, wish.clone()).await.0, 500);
    assert_eq!(count().await, before + 1);
    let base = stage.setting("github/api_url");
    let token = std::fs::read_to_string(stage.setting("github/token/file")).unwrap();
    let client =
        reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_millis(300));
    let client = client.build().unwrap();
    for hitch in [Hitch::Hang, Hitch::Close] {
        faults.once(Peer::Github, "POST", "/dispatches", hitch);
        let request =
            client.post(format!("{base}{path}")).bearer_auth(&token).body(wish.to_string());
        let error = request.send().await.unwrap_err();
        assert_eq!(error.is_timeout(), hitch == Hitch::Hang, "{error:?}");
    }
    assert_eq!(count().await, before + 3);
    assert_eq!(faults.received().len(), 4);
    assert_eq!(faults.received()[3].body, wish.to_string());
    assert_eq!(stage.post(&path, wish).await.0, 204, "once is once");
}

#[tokio::test]
async fn tokens_tell_what_they_may() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let faults = &stage.running.faults;
    let run = stage.newest(STOREFRONT, DEPLOY).await;
    let path = format!("{STOREFRONT}/actions/runs/{}/pending_deployments", run["id"]);
    let base = stage.setting("github/api_url");
    let token = std::fs::read_to_string(stage.setting("github/token/file")).unwrap();
    let header = async |path: &str, name: &str| {
        let answer =
            stage.client.get(format!("{base}{path}")).bearer_auth(&token).send().await.unwrap();
        answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header("/user", "x-oauth-scopes").await.unwrap(), "read:org, repo, workflow");
    faults.set_quirks(Quirks { token: Token::FineGrained, reads_only: true, ..Quirks::default() });
    assert_eq!(header(&path, "x-accepted-github-permissions").await.unwrap(), "actions=read");
    assert_eq!(header(&path, "x-oauth-scopes").await, None);
    assert_eq!(stage.post(&path, json!({})).await.0, 403);
    faults.set_quirks(Quirks { token: Token::Installation, ..Quirks::default() });
    assert_eq!(stage.see(&path).await[0]["current_user_can_approve"], false);
    assert_eq!(
        message(&stage.post(&path, json!({})).await.1),
        "Resource not accessible by integration"
    );
    assert_eq!(stage.send("GET", "/user", None).await.0, 403);
}

#[tokio::test]
async fn writes_have_a_limit_of_their_own() {
    let stage = Stage::new(Scenario::Quiet, 1.0).await;
    let path = format!("{STOREFRONT}/actions/workflows/none.yml/dispatches");
    for _ in 0..80 {
        assert_eq!(stage.post(&path, json!({"ref": "main"})).await.0, 404);
    }
    let (status, answer) = stage.post(&path, json!({})).await;
    assert_eq!(status, 403);
    assert!(answer["documentation_url"].as_str().unwrap().ends_with("secondary-rate-limits"));
    stage.pass(61);
    assert_eq!(stage.post(&path, json!({"ref": "main"})).await.0, 404);
}

const DEPLOY: &str = "deploy.yml";
