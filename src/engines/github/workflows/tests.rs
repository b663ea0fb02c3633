//! From a call to what shows its effect, whatever became of the request.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::asks::{Begin, Place};
use crate::clients::github::testing::{self, Reply, Seen, World, start};
use crate::model::Progress;
use crate::model::follow::Origin;

const PLACE: Place<'static> = Place { host: "github", repo: "acme/shop" };

fn run(id: u64, status: &str, conclusion: Option<&str>) -> Value {
    json!({"id": id, "path": ".github/workflows/back.yml", "head_branch": "main", "head_sha": "abc",
        "event": "workflow_dispatch", "status": status, "conclusion": conclusion, "run_attempt": 1,
        "created_at": start().to_rfc3339(), "display_title": "back"})
}

fn begin() -> Begin {
    Begin { after: 4, to_end: true, origin: Origin::default() }
}

/// Starts a workflow in a world that answers the request so and lists these runs, and looks once.
async fn dispatched(post: fn() -> Reply, runs: Vec<Value>) -> (bool, Progress, usize) {
    let world = World::new(move |seen: &Seen| match seen.method.as_str() {
        "POST" => post(),
        _ => match runs.iter().find(|run| seen.path.ends_with(&format!("/{}", run["id"]))) {
            Some(run) => Reply::json(run),
            None => Reply::json(&json!({"workflow_runs": runs})),
        },
    })
    .await;
    let mut config = testing::config(&world.url);
    config.timeout = Duration::from_millis(500);
    let host = GithubWorkflows::new(Arc::new(testing::client(config).0));
    let call = PLACE.dispatch("back.yml", "main", &BTreeMap::new(), begin());
    let answer = host.act(&call).await;
    let is_unknown = matches!(answer, Err(CallError::Unknown(_)));
    let known = answer.ok().and_then(|made| made.number);
    let follow = call.follow.unwrap();
    let sight = host.look(&follow, known).await.unwrap();
    let posts = world.asked().iter().filter(|seen| seen.method == "POST").count();
    (is_unknown, follow.look(&sight, known, start()), posts)
}

#[tokio::test]
async fn one_request_and_its_effect_is_found_by_reading() {
    let named = || Reply::json(&json!({"workflow_run_id": 6}));
    let silent = || Reply::Answer(204, vec![], String::new());
    let one = || vec![run(6, "completed", Some("success"))];
    let two = || vec![run(6, "queued", None), run(5, "queued", None)];
    for (post, unknown) in [
        (named as fn() -> Reply, false),
        (silent, false),
        (|| Reply::status(500, "after it was taken"), true),
        (|| Reply::Hang, true),
        (|| Reply::Raw(String::new()), true),
    ] {
        let (is_unknown, progress, posts) = dispatched(post, one()).await;
        assert_eq!((is_unknown, posts), (unknown, 1));
        assert_eq!(progress, Progress::Seen(Some(6)));
    }
    let (_, progress, posts) = dispatched(silent, two()).await;
    assert_eq!((progress, posts), (Progress::Ambiguous(vec![6, 5]), 1));
    let (_, progress, _) = dispatched(named, two()).await;
    assert!(matches!(progress, Progress::Waiting(Some(6), _)));
    let (_, progress, _) = dispatched(silent, vec![]).await;
    assert!(matches!(progress, Progress::Waiting(None, _)));
}

#[tokio::test]
async fn a_run_that_is_cancelled_while_it_waits_is_a_failure_that_is_said() {
    let named = || Reply::json(&json!({"workflow_run_id": 6}));
    let gone = vec![run(6, "completed", Some("cancelled"))];
    let (_, progress, _) = dispatched(named, gone).await;
    let Progress::Failed(Some(6), why) = progress else { panic!("{progress:?}") };
    assert!(why.contains("cancelled") && why.contains("replaced"), "{why}");
}

#[tokio::test]
async fn a_decision_is_read_with_the_run_and_what_is_said_of_it() {
    let world = World::new(|seen| {
        let end = seen.path.rsplit('/').next().unwrap();
        Reply::json(&match end {
            "pending_deployments" => json!([]),
            "approvals" => json!([{"state": "approved", "user": {"login": "ana"}, "comment": "",
                "environments": [{"id": 1, "name": "production"}]}]),
            _ => run(9, "in_progress", None),
        })
    })
    .await;
    let host = GithubWorkflows::new(Arc::new(world.client().0));
    let call = PLACE.decide(9, &[(1, "production".into())], "approved");
    assert_eq!(host.act(&call).await, Ok(Made::default()));
    let follow = call.follow.unwrap();
    let sight = host.look(&follow, None).await.unwrap();
    assert_eq!(sight.runs.len(), 1);
    assert_eq!(follow.look(&sight, None, start()), Progress::Seen(Some(9)));
}

#[tokio::test]
async fn what_tells_our_run_from_others_is_read_before_it_is_started() {
    let world = World::new(|seen| {
        Reply::json(&match seen.path.split('?').next().unwrap() {
            "/user" => json!({"login": "ana"}),
            "/repos/acme/shop/branches/main" => json!({"name": "main", "commit": {"sha": "abc"}}),
            path if path.ends_with("/runs") => json!({"workflow_runs": []}),
            _ => return Reply::status(404, "Not Found"),
        })
    })
    .await;
    let host = GithubWorkflows::new(Arc::new(world.client().0));
    let origin = async |git_ref: &str| {
        let call = PLACE.dispatch("back.yml", git_ref, &BTreeMap::new(), begin());
        host.look(&call.follow.unwrap(), None).await.unwrap().origin.unwrap()
    };
    let ana = Some("ana".to_owned());
    assert_eq!(origin("main").await, Origin { actor: ana.clone(), sha: Some("abc".into()) });
    assert_eq!(origin("v1").await, Origin { actor: ana, sha: None }, "a tag");
    let asked = world.asked();
    assert_eq!(
        asked.iter().filter(|seen| seen.path == "/user").count(),
        1,
        "a token has one owner"
    );
}
