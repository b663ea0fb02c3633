//! What GitHub documents, varied one field at a time.

use serde_json::{Value, json};

use super::*;
use crate::model::{Conclusion, Deployment, Job, Run};

fn run() -> Value {
    json!({
        "id": 30_433_642, "name": "deploy", "path": ".github/workflows/deploy.yml@main",
        "display_title": "fix tax", "head_branch": "main", "head_sha": "9f3c2d1",
        "run_number": 482, "run_attempt": 2, "event": "push", "status": "completed",
        "conclusion": "success", "html_url": "https://github.com/acme/checkout/actions/runs/30433642",
        "created_at": "2026-01-02T03:04:05Z", "run_started_at": "2026-01-02T03:05:05Z",
        "updated_at": "2026-01-02T03:06:05Z", "actor": {"login": "ana"},
        "head_commit": {"message": "fix tax\n\nmore"}
    })
}

fn one<T: Item>(item: &Value) -> Option<T> {
    T::decode(&item.to_string())
}

#[test]
fn a_run_as_documented() {
    let run: Run = one(&run()).unwrap();
    assert_eq!((run.workflow.as_str(), run.name.as_str()), ("deploy.yml", "deploy"));
    assert_eq!((run.number, run.attempt, run.title.as_str()), (482, 2, "fix tax"));
    assert_eq!(run.status, Status::Completed);
    assert_eq!(run.conclusion, Some(Conclusion::Success));
    assert_eq!(run.actor.as_deref(), Some("ana"));
    assert_eq!(run.odd, None);
    assert!(run.created_at < run.started_at && run.started_at < run.updated_at);
}

#[test]
fn every_field_but_the_id_may_be_null_missing_or_of_another_type() {
    let names: Vec<String> = run().as_object().unwrap().keys().cloned().collect();
    for name in names.iter().filter(|name| *name != "id") {
        let (mut null, mut missing, mut odd) = (run(), run(), run());
        null[name] = Value::Null;
        missing.as_object_mut().unwrap().remove(name);
        odd[name] = json!([1.5]);
        let null: Run = one(&null).unwrap();
        let missing: Run = one(&missing).unwrap();
        let odd: Run = one(&odd).unwrap();
        assert_eq!(null, missing, "{name}");
        assert_eq!(null.odd.is_some(), matches!(name.as_str(), "head_sha" | "status"), "{name}");
        assert!(odd.odd.as_deref().unwrap().starts_with(name.as_str()), "{name}: {odd:?}");
    }
    for id in [Value::Null, json!("7"), json!(-1), json!(1.5)] {
        let mut run = run();
        run["id"] = id;
        assert_eq!(one::<Run>(&run), None);
    }
}

#[test]
fn words_of_the_future_are_kept() {
    let mut item = run();
    item["status"] = json!("teleporting");
    item["conclusion"] = json!("startup_failure");
    let run: Run = one(&item).unwrap();
    assert_eq!(run.status, Status::Other("teleporting".to_owned()));
    assert_eq!(run.conclusion, Some(Conclusion::StartupFailure));
    assert_eq!(run.odd, None);
}

#[test]
fn an_odd_element_is_one_flagged_row_and_a_nameless_one_is_counted() {
    let mut odd = run();
    odd["head_sha"] = json!(12);
    let body = json!({"total_count": 5, "workflow_runs": [run(), odd, {}, 42, null]});
    let page: List<Run> = list(body.to_string().as_bytes()).unwrap();
    assert_eq!((page.items.len(), page.skipped), (2, 3));
    assert_eq!(page.items[1].odd.as_deref(), Some("head_sha is not what GitHub documents"));
}

#[test]
fn a_page_that_is_no_list_is_told_from_an_empty_one() {
    for empty in [r#"{"workflow_runs":[]}"#, r#"{"workflow_runs":null,"x":1}"#] {
        assert_eq!(list::<Run>(empty.as_bytes()), Some(List::default()));
    }
    for garbage in ["", "<html>", "[]", "{}", r#"{"workflow_runs":"#, r#"{"workflow_runs":7}"#] {
        assert_eq!(list::<Run>(garbage.as_bytes()), None, "{garbage}");
    }
    assert_eq!(list::<Deployment>(b"{\"message\":\"no\"}"), None);
}

#[test]
fn bytes_that_are_no_text_cost_no_page() {
    let mut body = json!({"workflow_runs": [run()]}).to_string().into_bytes();
    let at = body.windows(7).position(|w| w == b"fix tax").unwrap();
    body[at] = 0xff;
    assert_eq!(list::<Run>(&body).unwrap().items.len(), 1);
    let surrogate = r#"{"workflow_runs":[{"id":1,"display_title":"\ud800"}]}"#;
    let page = list::<Run>(surrogate.as_bytes()).unwrap();
    assert!(page.items[0].odd.as_deref().unwrap().contains("display_title"));
}

#[test]
fn a_job_keeps_its_readable_steps() {
    let job: Job = one(&json!({
        "id": 1, "name": "build", "status": "requested", "conclusion": null,
        "steps": [
            {"number": 1, "name": "checkout", "status": "completed", "conclusion": "success"},
            7,
            {"name": "test", "status": "in_progress", "number": "three"}
        ]
    }))
    .unwrap();
    assert_eq!(job.status, Status::Requested);
    let steps: Vec<_> = job.steps.iter().map(|s| (s.number, s.name.as_str())).collect();
    assert_eq!(steps, [(1, "checkout"), (3, "test")]);
    let odd = job.odd.unwrap();
    assert!(odd.contains("step 2 cannot be read") && odd.contains("step 3: number"), "{odd}");

    let bare: Job = one(&json!({"id": 2, "name": "x", "conclusion": "failure"})).unwrap();
    assert_eq!(bare.status, Status::Completed);
}

#[test]
fn deployments_statuses_releases_and_tags() {
    let deployment: Deployment = one(&json!({
        "id": 1, "environment": "production", "sha": "abc", "ref": "main", "creator": null,
        "created_at": "2026-01-02T03:04:05Z", "payload": {"any": ["thing"]}
    }))
    .unwrap();
    assert_eq!((deployment.git_ref.as_str(), deployment.odd), ("main", None));
    let odd: Deployment = one(&json!({"id": 1, "environment": {"name": "x"}})).unwrap();
    assert!(odd.odd.unwrap().contains("environment"));

    let status: DeploymentStatus =
        one(&json!({"id": 1, "state": "waiting", "environment_url": ""})).unwrap();
    assert_eq!((status.state.as_str(), status.environment_url), ("waiting", None));

    let release: Release = one(&json!({"tag_name": "v1", "name": null, "draft": true})).unwrap();
    assert!(release.draft && release.name.title.as_deref() == Some("v1"));
    let tag: Tag = one(&json!({"name": "v1", "commit": {"sha": "abc"}})).unwrap();
    assert_eq!(tag.0.sha.as_deref(), Some("abc"));
    assert!(one::<Tag>(&json!({"commit": {"sha": "abc"}})).is_none());
}
