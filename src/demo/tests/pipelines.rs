//! GitHub: who may ask, what is free, pages, and runs that advance.

use super::*;

/// An answer's status, headers and body.
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn left(&self) -> u32 {
        self.header("x-ratelimit-remaining").parse().unwrap()
    }
}

impl Stage {
    async fn github(&self, path: &str, etag: Option<&str>) -> Answer {
        let base = self.setting("github/api_url");
        let token = std::fs::read_to_string(self.setting("github/token/file")).unwrap();
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{base}{path}") };
        let mut request = self.client.get(url).bearer_auth(token);
        if let Some(etag) = etag {
            request = request.header("if-none-match", etag);
        }
        let answer = request.send().await.unwrap();
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default(),
        }
    }

    async fn body(&self, path: &str) -> Value {
        let answer = self.github(path, None).await;
        assert_eq!(answer.status, 200, "{path}");
        answer.body
    }
}

const RUNS: &str = "/repos/acme/checkout/actions/runs";
const DEPLOYS: &str = "/repos/acme/checkout/actions/workflows/deploy.yml/runs";

#[tokio::test]
async fn only_the_token_may_ask_and_unknown_paths_are_not_found() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let base = stage.setting("github/api_url");
    let (status, body) = stage.get(&format!("{base}{RUNS}")).await;
    assert_eq!((status, &body["message"]), (401, &"Bad credentials".into()));
    let wrong = stage.client.get(format!("{base}{RUNS}")).bearer_auth("no");
    assert_eq!(wrong.send().await.unwrap().status(), 401);
    for path in [
        "/",
        "/repos/acme/nothing",
        "/repos/other/checkout/actions/runs",
        "/repos/acme/checkout/actions/workflows/none.yml/runs",
        "/repos/acme/checkout/actions/runs/5/jobs",
        "/repos/acme/checkout/deployments/5/statuses",
    ] {
        assert_eq!(stage.github(path, None).await.status, 404, "{path}");
    }
    assert_eq!(stage.body("/repos/acme/search").await["full_name"], "acme/search");
}

#[tokio::test]
async fn what_has_not_changed_is_free() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let first = stage.github(RUNS, None).await;
    assert_eq!((first.status, first.left()), (200, 4999));
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""));
    let second = stage.github(RUNS, Some(&etag)).await;
    assert_eq!((second.status, second.left()), (304, 4999));
    assert_eq!(second.header("etag"), etag);
    let other = stage.github(RUNS, Some("W/\"other\"")).await;
    assert_eq!((other.status, other.left()), (200, 4998));
    let limit = stage.github("/rate_limit", None).await;
    assert_eq!(limit.body["resources"]["core"]["remaining"], 4998);
    stage.pass(500);
    let later = stage.github(RUNS, Some(&etag)).await;
    assert_eq!(later.status, 200, "a push came");
    stage.pass(3600);
    assert_eq!(stage.github("/user", None).await.left(), 4999);
}

#[tokio::test]
async fn pages_are_linked() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let mut ids = std::collections::BTreeSet::new();
    let mut url = format!("{RUNS}?per_page=20&branch=main");
    let mut pages = 0;
    let total = loop {
        let answer = stage.github(&url, None).await;
        let runs = answer.body["workflow_runs"].as_array().unwrap();
        assert!(runs.iter().all(|run| ids.insert(run["id"].as_u64())));
        pages += 1;
        let links = answer.header("link").to_owned();
        let next = links.split(", ").find(|link| link.contains("rel=\"next\""));
        let Some(next) = next else {
            assert!(links.contains("rel=\"prev\"") && links.contains("rel=\"first\""));
            break answer.body["total_count"].as_u64().unwrap();
        };
        url = next[1..].split('>').next().unwrap().to_owned();
        assert!(url.contains("per_page=20") && url.contains("branch=main"), "{url}");
    };
    assert_eq!((ids.len() as u64, pages), (total, total.div_ceil(20)));
    let many = stage.body(&format!("{RUNS}?per_page=500")).await;
    assert_eq!(many["workflow_runs"].as_array().unwrap().len() as u64, total + 1);
    let none = stage.body(&format!("{RUNS}?page=99")).await;
    assert_eq!(none["workflow_runs"], Value::Array(vec![]));
}

#[tokio::test]
async fn the_release_waits_for_its_traffic() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let runs = stage.body(&format!("{DEPLOYS}?per_page=1")).await;
    let run = &runs["workflow_runs"][0];
    assert_eq!((&run["status"], &run["conclusion"]), (&"in_progress".into(), &Value::Null));
    assert_eq!(run["path"], ".github/workflows/deploy.yml");
    let id = run["id"].as_u64().unwrap();
    assert_eq!(&stage.body(&format!("{RUNS}/{id}")).await, run);
    let jobs = stage.body(&format!("{RUNS}/{id}/jobs")).await;
    let names: Vec<_> = jobs["jobs"].as_array().unwrap().iter().map(|job| &job["name"]).collect();
    assert_eq!(names, ["lint", "test", "build", "staging", "production"]);
    assert_eq!(jobs["jobs"][3]["conclusion"], "success");
    let production = &jobs["jobs"][4];
    assert_eq!(production["status"], "in_progress");
    assert_eq!(production["steps"][2]["status"], "in_progress");
    assert_eq!(production["steps"][2]["name"], "Wait for the rollout");

    let deployments = stage.body("/repos/acme/checkout/deployments?environment=production").await;
    let newest = &deployments[0];
    assert_eq!((&newest["ref"], &newest["sha"]), (&"v1.4.2".into(), &run["head_sha"]));
    let created: Time = newest["created_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(stage.now() - created.timestamp(), 75);
    let statuses = format!("/repos/acme/checkout/deployments/{}/statuses", newest["id"]);
    assert_eq!(stage.body(&statuses).await[0]["state"], "in_progress");

    stage.haproxy("set weight checkout/canary1 100; set weight checkout/stable1 0").await;
    stage.pass(10);
    assert_eq!(stage.body(&format!("{RUNS}/{id}")).await["conclusion"], "success");
    assert_eq!(stage.body(&statuses).await[0]["state"], "success");

    stage.haproxy("set weight payments/stable1 100; set weight payments/canary1 0").await;
    stage.pass(10);
    let runs = "/repos/acme/payments/actions/workflows/deploy.yml/runs";
    assert_eq!(stage.body(runs).await["workflow_runs"][0]["conclusion"], "cancelled");
}

#[tokio::test]
async fn a_failed_pipeline_names_job_and_step() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let runs = "/repos/acme/search/actions";
    let failed = stage.body(&format!("{runs}/workflows/deploy.yml/runs?branch=main")).await;
    let failed = &failed["workflow_runs"][0];
    assert_eq!(failed["conclusion"], "failure");
    let jobs = stage.body(&format!("{runs}/runs/{}/jobs", failed["id"])).await;
    let staging = &jobs["jobs"][3];
    assert_eq!((&staging["name"], &staging["conclusion"]), (&"staging".into(), &"failure".into()));
    let smoke = &staging["steps"][1];
    assert_eq!((&smoke["name"], &smoke["conclusion"]), (&"Smoke test".into(), &"failure".into()));
    assert_eq!(jobs["jobs"][4]["conclusion"], "skipped");
    let tagged = stage.body(&format!("{runs}/workflows/deploy.yml/runs?branch=v7.3.0")).await;
    assert_eq!(tagged["workflow_runs"][0]["conclusion"], "success");
}

#[tokio::test]
async fn a_push_is_queued_runs_and_ends() {
    let stage = Stage::new(Scenario::Quiet, 10.0).await;
    let ci = "/repos/acme/checkout/actions/workflows/ci.yml/runs?per_page=1";
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..90 {
        let run = stage.body(ci).await["workflow_runs"][0].clone();
        seen.insert((run["status"].to_string(), run["conclusion"].to_string()));
        stage.pass(1);
    }
    let seen: Vec<_> = seen.iter().map(|(s, c)| format!("{s} {c}")).collect();
    assert_eq!(seen, ["\"completed\" \"success\"", "\"in_progress\" null", "\"queued\" null"]);
    let releases = stage.body("/repos/acme/checkout/releases").await;
    assert_eq!(releases[0]["tag_name"], "v1.4.1");
    let tags = stage.body("/repos/acme/checkout/tags").await;
    assert_eq!((&tags[0]["name"], &tags[1]["name"]), (&"v1.4.1".into(), &"v1.4.0".into()));
}

#[tokio::test]
async fn a_failed_job_has_a_log_elsewhere_for_whoever_sends_no_token() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let deploys = "/repos/acme/search/actions/workflows/deploy.yml/runs";
    let runs = stage.body(deploys).await["workflow_runs"].clone();
    let run = runs[0]["id"].as_u64().unwrap();
    assert_eq!(runs[0]["conclusion"], "failure");
    let jobs = stage.body(&format!("/repos/acme/search/actions/runs/{run}/jobs")).await;
    let jobs = jobs["jobs"].as_array().unwrap().clone();
    let failed = jobs.iter().find(|job| job["conclusion"] == "failure").unwrap();
    let skipped = jobs.iter().find(|job| job["conclusion"] == "skipped").unwrap();
    let logs = |job: &Value| {
        let base = stage.setting("github/api_url");
        format!("{base}/repos/acme/search/actions/jobs/{}/logs", job["id"])
    };
    assert_eq!(stage.github(&logs(skipped), None).await.status, 404);

    let token = std::fs::read_to_string(stage.setting("github/token/file")).unwrap();
    let policy = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(policy).build().unwrap();
    let answer = client.get(logs(failed)).bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    let (status, _) = stage.get(&to.replace("sig=", "sig=0")).await;
    assert_eq!(status, 403, "an address that was not signed");
    let armed = client.get(&to).bearer_auth(&token).send().await.unwrap();
    assert_eq!(armed.status(), 403, "an address that was asked with a token");
    let (status, log) = stage.get(&to).await;
    assert_eq!(status, 200);
    let log = log.as_str().unwrap();
    assert!(log.contains("##[error]Process completed with exit code 1."), "{log}");
    stage.pass(61);
    assert_eq!(stage.get(&to).await.0, 403, "an address that is too old");
}
