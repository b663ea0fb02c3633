//! Several entries of one host, against a loopback GitHub.

use serde_json::json;

use super::super::testing::{self, Reply, World};
use super::super::{GithubClient, Priority};
use super::*;
use crate::model::FaultKind;

const REPO: &str = "acme/checkout";

/// A GitHub with so many requests left.
async fn world(remaining: &'static str) -> World {
    World::new(move |_| {
        Reply::json(&json!({"workflow_runs": []}))
            .with("x-ratelimit-limit", "5000")
            .with("x-ratelimit-reset", "1700003600")
            .with("x-ratelimit-remaining", remaining)
    })
    .await
}

fn client(tokens: &Tokens, name: &str, world: &World, secret: Secret) -> GithubClient {
    let mut config = testing::config(&world.url);
    config.bearer = Some(secret);
    let clock = Arc::new(testing::Hand(Mutex::new(testing::start())));
    let client = GithubClient::sharing(tokens, name, config, clock);
    client.enter(REPO, Duration::from_secs(60), Duration::from_secs(5));
    client
}

fn share(one: &GithubClient, other: &GithubClient) -> bool {
    Arc::ptr_eq(&one.shared(), &other.shared())
}

async fn poll(client: &GithubClient) {
    client.ready(REPO).await;
    client.begin(REPO, 1).unwrap();
    client.runs(REPO, None).await.unwrap();
}

#[tokio::test]
async fn the_same_secret_shares_from_the_start_and_the_same_token_when_it_is_known() {
    let (tokens, world) = (Tokens::default(), world("600").await);
    let env = |name: &str| Secret::Env(name.to_owned());
    let first = client(&tokens, "github", &world, env("CARGO_PKG_NAME"));
    let second = client(&tokens, "github.second", &world, env("CARGO_PKG_NAME"));
    // this crate's name too, where it is the primary one of a build
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), testing::TOKEN).unwrap();
    let third = client(&tokens, "github.third", &world, Secret::File(file.path().to_owned()));
    let other = client(&tokens, "github.other", &world, env("CARGO_PKG_VERSION"));
    assert!(share(&first, &second) && !share(&first, &third));

    // each polls a repository of the same name, at the same time
    for client in [&first, &second, &third, &other] {
        poll(client).await;
    }
    assert!(share(&first, &third) && !share(&first, &other));
    for client in [&first, &second, &third, &other] {
        assert!(client.polled(REPO, Priority::Rest, Ok(())).next > Duration::from_secs(59));
    }
    // a hundred requests are left to all three
    assert_eq!(third.budget().unwrap().remaining, 600);
    first.begin(REPO, 60).unwrap();
    let fault = third.begin(REPO, 60).unwrap_err();
    assert_eq!(fault.kind, FaultKind::RateLimited);
    assert!(fault.text.contains("kept for actions"), "{fault}");
    third.begin(REPO, 40).unwrap();
    other.begin(REPO, 60).unwrap();
}

#[tokio::test]
async fn pages_after_the_first_are_granted_too() {
    let world = World::new(|seen| {
        let page = seen.path.split("&page=").nth(1).map_or(1, |page| page.parse().unwrap());
        let next = format!("<{}>; rel=\"next\"", format_args!("/x?per_page=100&page={}", page + 1));
        let jobs = json!({"jobs": [{"id": page, "name": "j", "status": "queued"}]});
        Reply::json(&jobs)
            .with("link", next)
            .with("x-ratelimit-limit", "5000")
            .with("x-ratelimit-reset", "1700003600")
            .with("x-ratelimit-remaining", (502 - page).to_string())
    })
    .await;
    let client = client(&Tokens::default(), "", &world, Secret::Env("CARGO_PKG_NAME".into()));
    let jobs = async || client.jobs(REPO, 5, super::super::Read::Whole).await;
    // the second page takes the last one that is not kept
    client.begin(REPO, 1).unwrap();
    assert_eq!(jobs().await.unwrap_err().kind, FaultKind::RateLimited);
    assert_eq!(world.asked().len(), 2);
    client.polled(REPO, Priority::Rest, Ok(()));
    // for an action all are read
    assert!(jobs().await.is_ok());
    assert_eq!(world.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn writes_are_a_second_apart_and_take_from_the_reserve() {
    let (tokens, world) = (Tokens::default(), world("500").await);
    let client = client(&tokens, "", &world, Secret::Env("CARGO_PKG_NAME".into()));
    client.runs(REPO, None).await.unwrap();
    assert!(client.begin(REPO, 1).is_err());
    let began = Instant::now();
    for _ in 0..3 {
        client.booked_write(REPO).await.unwrap();
    }
    assert_eq!(began.elapsed().as_secs(), 2);
    // as many points as leave no room for a poll
    for _ in 0..96 {
        lock(&client.shared().scheduler).wrote(testing::start());
    }
    let at = lock(&client.shared().scheduler).book(REPO, testing::start());
    assert!(at > testing::start());
}
