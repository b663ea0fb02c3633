//! A process's first polls, against a loopback GitHub that tells what is left of the hour, or does not.

use std::sync::Mutex;

use serde_json::json;

use super::super::testing::{self, Reply, Seen, World};
use super::super::{GithubClient, Tokens};
use super::*;
use crate::config::Secret;
use crate::model::FaultKind;

const LIMIT: &str = "/rate_limit";
const MINUTE: Duration = Duration::from_secs(60);

/// What `GET /rate_limit` says with so many left, and the window's end in an hour.
fn told(remaining: u64) -> Reply {
    let reset = testing::start().timestamp() + 3600;
    let core =
        json!({"limit": 5000, "used": 5000 - remaining, "remaining": remaining, "reset": reset});
    let search = json!({"limit": 30, "used": 0, "remaining": 30, "reset": reset});
    Reply::json(&json!({"resources": {"core": core, "search": search}, "rate": core}))
}

/// A GitHub whose answers have no headers that tell of limits.
async fn world(answer: impl Fn() -> Reply + Send + Sync + 'static) -> World {
    World::new(move |seen: &Seen| match seen.path.as_str() {
        LIMIT => answer(),
        _ => Reply::json(&json!({"workflow_runs": []})),
    })
    .await
}

fn asked(world: &World) -> usize {
    world.asked().iter().filter(|seen| seen.path == LIMIT).count()
}

#[tokio::test]
async fn what_is_left_is_asked_once_for_all_and_kept_for_actions() {
    let world = world(|| told(502)).await;
    let (client, _) = world.client();
    let repos: Vec<String> = (0..9).map(|n| format!("acme/r{n}")).collect();
    for repo in &repos {
        client.enter(repo, MINUTE, MINUTE);
    }
    futures::future::join_all(repos.iter().map(|repo| client.ready(repo))).await;
    assert_eq!(asked(&world), 1);
    assert_eq!(client.budget().map(|budget| budget.remaining), Some(502));

    client.begin(&repos[0], 2).unwrap();
    let fault = client.begin(&repos[1], 1).unwrap_err();
    assert_eq!(fault.kind, FaultKind::RateLimited);
    assert_eq!(fault.retry_at, Some(testing::start() + TimeDelta::hours(1)));
    assert!(fault.text.contains("are kept for actions"), "{fault}");
    // what an action needs is read all the same
    assert!(client.runs(&repos[1], None).await.is_ok());
}

#[tokio::test]
async fn a_process_that_acts_spends_what_is_kept_and_does_not_wait_to_hear_of_it() {
    let world = World::new(|_| {
        Reply::json(&json!({"workflow_runs": []}))
            .with("x-ratelimit-limit", "5000")
            .with("x-ratelimit-reset", "1700003600")
            .with("x-ratelimit-remaining", "17")
    })
    .await;
    let clock = Arc::new(testing::Hand(Mutex::new(testing::start())));
    let tokens = Tokens::default().acting();
    let client = GithubClient::sharing(&tokens, "github", testing::config(&world.url), clock);
    client.enter("a/b", MINUTE, MINUTE);
    for _ in 0..2 {
        client.ready("a/b").await;
        client.begin("a/b", 9).unwrap();
        client.runs("a/b", None).await.unwrap();
        client.polled("a/b", super::super::Priority::Rest, Ok(()));
    }
    assert_eq!(asked(&world), 0);
    assert_eq!(client.begin("a/b", 18).unwrap_err().kind, FaultKind::RateLimited);
}

#[tokio::test]
async fn a_host_that_does_not_tell_is_polled_and_left_alone_for_a_while() {
    let replies: [fn() -> Reply; 5] = [
        || Reply::status(404, "Rate limiting is not enabled."),
        || Reply::status(502, "down"),
        || Reply::json(&json!({"resources": {}})),
        || Reply::Raw(String::new()),
        // what is wrong with a token is for the poll to say
        || Reply::status(401, "Bad credentials"),
    ];
    for reply in replies {
        let world = world(reply).await;
        let (client, clock) = world.client();
        client.enter("a/b", MINUTE, MINUTE);
        for _ in 0..3 {
            client.ready("a/b").await;
            client.begin("a/b", 900).unwrap();
            assert!(client.runs("a/b", None).await.is_ok());
            client.polled("a/b", super::super::Priority::Rest, Ok(()));
        }
        assert_eq!((asked(&world), client.budget()), (1, None));
        clock.advance(600);
        client.ready("a/b").await;
        assert_eq!(asked(&world), 1);
    }
}

#[tokio::test]
async fn a_pause_that_is_asked_for_holds_for_the_poll() {
    let world = world(|| Reply::status(403, "slow down").with("retry-after", "40")).await;
    let (client, _) = world.client();
    client.ready("a/b").await;
    let fault = client.runs("a/b", None).await.unwrap_err();
    assert_eq!(fault.retry_at, Some(testing::start() + TimeDelta::seconds(40)));
    assert_eq!(world.asked().len(), 1);
}

#[tokio::test]
async fn another_token_has_another_hour() {
    let world = world(|| told(4000)).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut config = testing::config(&world.url);
    config.bearer = Some(Secret::File(file.path().to_owned()));
    let (client, _) = testing::client(config);
    // without one, nothing is asked
    client.ready("a/b").await;
    assert_eq!(world.asked().len(), 0);
    std::fs::write(file.path(), "one").unwrap();
    client.ready("a/b").await;
    client.ready("a/b").await;
    assert_eq!(asked(&world), 1);
}
