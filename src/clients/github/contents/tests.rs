//! Against a loopback GitHub.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::super::testing::{Reply, World};
use super::*;

const REPO: &str = "acme/shop";

async fn world(end: &'static str, body: Value) -> World {
    World::new(move |seen| {
        let path = seen.path.split('?').next().unwrap_or_default();
        if path.ends_with(end) { Reply::json(&body) } else { Reply::status(404, "Not Found") }
    })
    .await
}

#[tokio::test]
async fn a_file_is_read_at_its_commit() {
    let text = "on: push\njobs: { a: {} }\n";
    let mut packed = BASE64_STANDARD.encode(text);
    packed.insert(10, '\n');
    let body = json!({"type": "file", "encoding": "base64", "content": packed});
    let world = world("/contents/.github/workflows/my%20ci.yml", body).await;
    let (client, _) = world.client();
    let found = client.workflow_file(REPO, "my ci.yml", "abc").await.unwrap();
    assert_eq!(found.as_deref(), Some(text));
    assert!(world.paths()[0].ends_with("?ref=abc"), "{:?}", world.paths());
    assert_eq!(client.workflow_file(REPO, "other.yml", "abc").await.unwrap(), None);
}

#[tokio::test]
async fn a_file_that_is_sent_otherwise_is_odd() {
    let body = json!({"type": "file", "encoding": "none", "content": ""});
    let world = world("/ci.yml", body).await;
    let (client, _) = world.client();
    let fault = client.workflow_file(REPO, "ci.yml", "abc").await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Garbage);
}

#[tokio::test]
async fn rules_and_protection_name_what_is_required() {
    let world = World::new(|seen| {
        let path = seen.path.split('?').next().unwrap_or_default();
        if path.ends_with("/rules/branches/release%2F1") {
            return Reply::json(&json!([
                {"type": "deletion"},
                {"type": "required_status_checks", "parameters": {"required_status_checks": [
                    {"context": "All green", "integration_id": 15368}, {"context": "lint"}]}},
                {"type": 3}
            ]));
        }
        Reply::json(&json!({"name": "release/1", "protected": true, "protection": {"enabled": true,
            "required_status_checks": {"enforcement_level": "everyone", "contexts": ["lint", "cla"]}}}))
    })
    .await;
    let (client, _) = world.client();
    let required = client.required_checks(REPO, "release/1").await.unwrap();
    assert_eq!(required, ["All green", "lint", "cla"]);
}

#[tokio::test]
async fn a_tag_has_no_branch_and_requires_nothing() {
    let world = world("/nothing", json!([])).await;
    let (client, _) = world.client();
    assert!(client.required_checks(REPO, "v1").await.unwrap().is_empty());
}

#[tokio::test]
async fn checks_statuses_artifacts_and_remarks() {
    let world = World::new(|seen| {
        let path = seen.path.split('?').next().unwrap_or_default();
        let end = path.rsplit('/').next().unwrap_or_default();
        Reply::json(&match end {
            "check-runs" => json!({"total_count": 2, "check_runs": [
                {"name": "test", "status": "completed", "conclusion": "success"},
                {"name": "lint", "status": "in_progress", "conclusion": null}, {"id": 3}]}),
            "status" => json!({"state": "pending", "statuses": [
                {"context": "cla", "state": "success"}, {"context": "old", "state": "error"}]}),
            "artifacts" => json!({"artifacts": [{"id": 1, "name": "dist", "size_in_bytes": 2048,
                "expired": false, "expires_at": "2026-02-01T00:00:00Z"}]}),
            _ => json!([{"annotation_level": "notice", "message": "no"},
                {"annotation_level": "failure", "message": "The job was not started."}]),
        })
    })
    .await;
    let (client, _) = world.client();
    let Answer::Fresh { value, .. } = client.checks(REPO, "abc", Read::Whole).await.unwrap() else {
        panic!()
    };
    assert_eq!((value.items.len(), value.skipped), (2, 1));
    assert!(value.items[0].has_passed() && !value.items[1].has_passed());
    let statuses = client.statuses(REPO, "abc").await.unwrap().items;
    assert_eq!(statuses.iter().map(Check::has_passed).collect::<Vec<_>>(), [true, false]);
    let Answer::Fresh { value, .. } = client.artifacts(REPO, 9).await.unwrap() else { panic!() };
    assert_eq!((value.items[0].name.as_str(), value.items[0].size), ("dist", 2048));
    assert_eq!(client.remarks(REPO, 5).await.unwrap(), ["The job was not started."]);
}

#[tokio::test]
async fn environments_are_all_or_said_not_to_be() {
    let body = |names: &[&str]| json!({ "environments": names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() });
    let read = async |body: Value, next: bool| {
        let world = World::new(move |_| {
            let link = "</repos/acme/shop/environments?page=2>; rel=next";
            if next { Reply::json(&body).with("link", link) } else { Reply::json(&body) }
        })
        .await;
        let (client, _) = world.client();
        let found = client.environments(REPO, Read::Whole).await.unwrap();
        let Answer::Fresh { value, .. } = found else { panic!() };
        let paths = world.paths();
        assert!(paths.iter().any(|path| path.ends_with("/environments?per_page=100")), "{paths:?}");
        value
    };
    let whole = read(body(&["staging", "production"]), false).await;
    assert_eq!(whole.all().unwrap(), ["staging", "production"]);
    let part = read(body(&["staging"]), true).await;
    assert_eq!((part.names.len(), part.all()), (ENVIRONMENT_PAGES, None));
    assert_eq!(read(body(&[]), false).await.all(), None, "perhaps we may not see them");
    let odd = json!({"environments": [{"name": "staging"}, {"id": 3}]});
    assert_eq!(read(odd, false).await.all(), None);
}
