//! What one process was answered, asked again by the next, against a loopback GitHub.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::super::testing::{self, Reply, Seen, World};
use super::super::{Answer, GithubClient, Permission, Read, Tokens};
use super::*;
use crate::config::Secret;
use crate::ports::Clock;

const REPO: &str = "acme/checkout";

/// A GitHub of two pages of jobs, with ETags.
async fn world() -> World {
    World::new(|seen| {
        let second = seen.path.ends_with("page=2");
        let jobs = json!({"jobs": [{"id": if second { 2 } else { 1 }, "status": "queued"}]});
        let reply = Reply::tagged(seen, &jobs);
        // GitHub does not repeat it with a 304
        let next = "<https://elsewhere.invalid/repos/acme/checkout/actions/runs/5/jobs?page=2>; rel=\"next\"";
        let is_linked = !second && matches!(reply, Reply::Answer(200, ..));
        if is_linked { reply.with("link", next) } else { reply }
    })
    .await
}

/// A process of its own, as far as GitHub and the state folder can tell.
fn process(world: &World, state: &Path, secret: &str) -> GithubClient {
    let mut config = testing::config(&world.url);
    config.bearer = Some(Secret::Env(secret.to_owned()));
    let clock: Arc<dyn Clock> = Arc::new(testing::Hand(Mutex::new(testing::start())));
    GithubClient::sharing(&Tokens::keeping(state), "github", config, clock)
}

/// Reads the jobs, and says which requests were for what is held already.
async fn jobs(client: &GithubClient, world: &World, read: Read) -> (Option<Vec<u64>>, Vec<bool>) {
    let ids = match client.jobs(REPO, 5, read).await.unwrap() {
        Answer::Unchanged => None,
        Answer::Fresh { value, seen } => {
            client.commit(seen);
            Some(value.items.iter().map(|job| job.id).collect())
        }
    };
    let is_conditional = |seen: &Seen| seen.header("if-none-match").is_some();
    (ids, world.asked().iter().map(is_conditional).collect())
}

/// The files kept.
fn files(state: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(state.join("github")).into_iter().flatten();
    found.map(|entry| entry.unwrap().path()).collect()
}

const OURS: &str = "CARGO_PKG_NAME";

#[tokio::test]
async fn the_next_process_asks_whether_it_still_holds_and_reads_it_all() {
    let (world, state) = (world().await, tempfile::tempdir().unwrap());
    let all = Some(vec![1, 2]);
    let first = process(&world, state.path(), OURS);
    assert_eq!(jobs(&first, &world, Read::IfChanged).await, (all.clone(), vec![false, false]));
    // a process has what it holds itself
    assert_eq!(jobs(&first, &world, Read::IfChanged).await, (None, vec![true, true]));
    for read in [Read::IfChanged, Read::Whole] {
        let next = process(&world, state.path(), OURS);
        assert_eq!(jobs(&next, &world, read).await, (all.clone(), vec![true, true]));
        assert_eq!(jobs(&next, &world, Read::IfChanged).await, (None, vec![true, true]));
    }
    assert_eq!(files(state.path()).len(), 2);
    for file in files(state.path()) {
        let text = String::from_utf8(std::fs::read(&file).unwrap()).unwrap();
        assert!(!text.contains(testing::TOKEN) && text.contains("\"jobs\""), "{text}");
    }
}

#[tokio::test]
async fn another_token_is_told_nothing() {
    let (world, state) = (world().await, tempfile::tempdir().unwrap());
    let first = process(&world, state.path(), OURS);
    jobs(&first, &world, Read::IfChanged).await;
    let other = process(&world, state.path(), "CARGO_PKG_VERSION");
    assert_eq!(jobs(&other, &world, Read::IfChanged).await.1, [false, false]);
    assert_eq!(files(state.path()).len(), 4);
}

#[tokio::test]
async fn what_is_broken_or_somebody_elses_is_asked_for_again_and_replaced() {
    let (world, state) = (world().await, tempfile::tempdir().unwrap());
    jobs(&process(&world, state.path(), OURS), &world, Read::IfChanged).await;
    let whole: Vec<_> =
        files(state.path()).into_iter().map(|file| (std::fs::read(&file).unwrap(), file)).collect();
    let cut = |at: usize| whole[at].0[..whole[at].0.len() - 1].to_vec();
    let bent = |at: usize| {
        let text = String::from_utf8(whole[at].0.clone()).unwrap();
        text.replace("queued", "failed").into_bytes()
    };
    let swapped = |at: usize| whole[1 - at].0.clone();
    let damages: [&dyn Fn(usize) -> Vec<u8>; 5] =
        [&cut, &bent, &swapped, &|_| Vec::new(), &|_| b"\n\n\n".to_vec()];
    for damage in damages {
        for (at, (_, file)) in whole.iter().enumerate() {
            std::fs::write(file, damage(at)).unwrap();
        }
        let next = process(&world, state.path(), OURS);
        let found = jobs(&next, &world, Read::IfChanged).await;
        assert_eq!(found, (Some(vec![1, 2]), vec![false, false]));
        for (text, file) in &whole {
            assert_eq!(std::fs::read(file).unwrap(), *text);
        }
    }
}

#[tokio::test]
async fn what_changed_is_what_is_told_and_kept() {
    let tags = Arc::new(Mutex::new("v1"));
    let told = Arc::clone(&tags);
    let world = World::new(move |seen| {
        let name = *told.lock().unwrap();
        Reply::tagged(seen, &json!([{"name": name, "commit": {"sha": "abc"}}]))
    })
    .await;
    let state = tempfile::tempdir().unwrap();
    for (tag, status) in [("v1", [false]), ("v2", [true]), ("v2", [true])] {
        *tags.lock().unwrap() = tag;
        let client = process(&world, state.path(), OURS);
        let Answer::Fresh { value, .. } = client.tags(REPO).await.unwrap() else {
            panic!("nothing is held yet");
        };
        assert_eq!(value.items[0].tag, tag);
        let is_conditional = |seen: &Seen| seen.header("if-none-match").is_some();
        assert_eq!(world.asked().iter().map(is_conditional).collect::<Vec<_>>(), status);
        assert_eq!(files(state.path()).len(), 1);
    }
}

#[tokio::test]
async fn secrets_giants_and_what_has_no_etag_are_not_kept() {
    let giant = Value::String("x".repeat(BODY));
    let world = World::new(move |seen| match seen.path.as_str() {
        path if path.contains("/tags") => Reply::json(&json!([])),
        path if path.contains("/releases") => {
            Reply::tagged(seen, &json!([{"tag_name": "v1", "draft": false, "body": giant}]))
        }
        _ => Reply::tagged(seen, &json!([])),
    })
    .await;
    let state = tempfile::tempdir().unwrap();
    let client = process(&world, state.path(), OURS);
    assert!(client.tags(REPO).await.is_ok() && client.releases(REPO).await.is_ok());
    let ask = super::super::reads::ask(REPO, "alerts", Permission::SecretAlerts);
    let route = client.route(REPO, &["secret-scanning", "alerts"], &[]).unwrap();
    assert!(client.page(&route, &ask, Read::Whole).await.is_ok());
    assert_eq!(files(state.path()).len(), 0);
    assert!(client.deployments(REPO).await.is_ok());
    assert_eq!(files(state.path()).len(), 1);
}

#[tokio::test]
async fn without_a_folder_everything_is_asked_for() {
    let (world, state) = (world().await, tempfile::tempdir().unwrap());
    std::fs::write(state.path().join("github"), "in the way").unwrap();
    for _ in 0..2 {
        let client = process(&world, state.path(), OURS);
        let found = jobs(&client, &world, Read::IfChanged).await;
        assert_eq!(found, (Some(vec![1, 2]), vec![false, false]));
    }
}
