//! Secrets that change, against a loopback GitHub that takes some tokens and not others.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::super::testing::{self, Hand, Reply, World, start};
use super::super::{Answer, GithubClient};
use super::*;
use crate::model::FaultKind;

const REPO: &str = "acme/checkout";

/// A `gh` that notes each call and prints the first line of a file.
struct Gh(tempfile::TempDir);

impl Gh {
    fn new(token: &str) -> Self {
        let gh = Self(tempfile::tempdir().expect("a folder"));
        let script = format!(
            "#!/bin/sh\n[ \"$*\" = \"auth token\" ] || exit 9\ncd '{}' && echo x >> asked && cat token\n",
            gh.0.path().display()
        );
        fs::write(gh.path("gh"), script).expect("it is ours");
        gh.gives(token);
        gh
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(self.0.path()).join(name)
    }

    fn gives(&self, token: &str) {
        fs::write(self.path("token"), format!("{token}\n")).expect("it is ours");
    }

    fn asked(&self) -> usize {
        fs::read_to_string(self.path("asked")).unwrap_or_default().lines().count()
    }

    fn client(&self, world: &World) -> (GithubClient, Arc<Hand>) {
        let mut config = testing::config(&world.url);
        // by way of the shell: a file just written may be busy for another
        let argv =
            ["sh".into(), self.path("gh").display().to_string(), "auth".into(), "token".into()];
        config.bearer = Some(Secret::Command(argv.to_vec()));
        testing::client(config)
    }
}

/// Takes tokens that end in `ok`.
async fn world() -> World {
    World::new(|seen| match seen.header("authorization") {
        Some(token) if token.ends_with("ok") => Reply::tagged(seen, &json!({"workflow_runs": []})),
        _ => Reply::status(401, "Bad credentials"),
    })
    .await
}

async fn ask(client: &GithubClient) -> Result<bool, Fault> {
    Ok(match client.runs(REPO, None).await? {
        Answer::Unchanged => false,
        Answer::Fresh { seen, .. } => {
            client.commit(seen);
            true
        }
    })
}

#[tokio::test]
async fn an_installation_token_is_asked_for_again_before_its_hour_is_over() {
    let (world, gh) = (world().await, Gh::new("ghs_1ok"));
    let (client, clock) = gh.client(&world);
    assert!(ask(&client).await.unwrap());
    clock.advance(54 * 60);
    assert!(!ask(&client).await.unwrap(), "unchanged");
    assert_eq!(gh.asked(), 1);

    gh.gives("ghs_2ok");
    clock.advance(60);
    world.asked();
    assert!(ask(&client).await.unwrap(), "another token knows no ETag");
    let seen = world.asked();
    assert_eq!(seen[0].header("authorization"), Some("Bearer ghs_2ok"));
    assert_eq!(seen[0].header("if-none-match"), None);
    assert_eq!((seen.len(), gh.asked()), (1, 2));
    clock.advance(54 * 60);
    assert!(!ask(&client).await.unwrap());
    assert_eq!(gh.asked(), 2);
}

#[tokio::test]
async fn one_that_stays_the_same_is_asked_for_less_and_less_often() {
    let (world, gh) = (world().await, Gh::new("ghs_1ok"));
    let (client, clock) = gh.client(&world);
    for _ in 0..3 * 60 {
        ask(&client).await.unwrap();
        clock.advance(60);
    }
    // at 55, 56, 58, 62, 70 minutes, and then each ten
    assert_eq!(gh.asked(), 1 + 5 + 10);
    assert_eq!(world.asked().len(), 180);
}

#[tokio::test]
async fn the_end_that_github_tells_counts() {
    // their clock is an hour behind
    let now = start() - TimeDelta::hours(1);
    let ends = now + TimeDelta::minutes(20);
    let world = World::new(move |_| {
        Reply::json(&json!({"workflow_runs": []}))
            .with("date", now.to_rfc2822())
            .with("github-authentication-token-expiration", ends.format("%F %T UTC").to_string())
    })
    .await;
    let gh = Gh::new("github_pat_1");
    let (client, clock) = gh.client(&world);
    for (minutes, asked) in [(0, 1), (14, 1), (1, 2)] {
        clock.advance(minutes * 60);
        ask(&client).await.unwrap();
        assert_eq!(gh.asked(), asked, "{minutes}");
    }
    let facts = client.token().unwrap();
    assert_eq!(facts.ends, Some(start() + TimeDelta::minutes(20)));
    assert_eq!((facts.kind, facts.scopes, facts.may_change), (TokenKind::FineGrained, None, true));
}

#[tokio::test]
async fn a_refused_token_is_replaced_at_once_and_once() {
    let (world, gh) = (world().await, Gh::new("ghs_1ok"));
    let (client, clock) = gh.client(&world);
    ask(&client).await.unwrap();
    gh.gives("ghp_bad");
    lock(&client.credentials.held).session = None;
    world.asked();

    // refused, asked for again, the same: said, and not tried again for a while
    let fault = ask(&client).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unauthorized, "{fault}");
    assert_eq!((world.asked().len(), gh.asked()), (1, 3));
    for _ in 0..5 {
        let fault = ask(&client).await.unwrap_err();
        assert_eq!(fault.retry_at, Some(start() + TimeDelta::seconds(10)), "{fault}");
    }
    assert_eq!((world.asked().len(), gh.asked()), (0, 3));

    // the waits grow
    let mut tries = 0;
    for _ in 0..3600 / 10 {
        clock.advance(10);
        ask(&client).await.unwrap_err();
        tries += world.asked().len();
    }
    assert!((8..=12).contains(&tries), "{tries} in an hour");

    gh.gives("ghp_ok");
    clock.advance(600);
    assert!(ask(&client).await.unwrap());
}

#[tokio::test]
async fn a_refusal_half_way_is_not_even_seen_where_there_is_a_better_token() {
    let (world, gh) = (world().await, Gh::new("ghp_bad"));
    let (client, _) = gh.client(&world);
    client.credentials.session(&*client.clock).await.unwrap();
    gh.gives("ghp_ok");
    let many = futures::future::join_all((0..9).map(|_| ask(&client))).await;
    assert!(many.iter().all(Result::is_ok), "{many:?}");
    assert_eq!(gh.asked(), 2);
    // four were under way with the old one
    assert!(world.asked().len() <= 9 + 4);
}

#[tokio::test]
async fn two_bad_tokens_in_a_row_are_two_requests() {
    let (world, gh) = (world().await, Gh::new("ghp_bad"));
    let (client, _) = gh.client(&world);
    client.credentials.session(&*client.clock).await.unwrap();
    gh.gives("ghp_worse");
    for _ in 0..3 {
        assert_eq!(ask(&client).await.unwrap_err().kind, FaultKind::Unauthorized);
    }
    assert_eq!((world.asked().len(), gh.asked()), (2, 2));
}

#[tokio::test]
async fn a_command_that_fails_is_not_run_for_every_request() {
    let world = world().await;
    let gh = Gh::new("ghp_ok");
    fs::write(
        gh.path("gh"),
        format!(
            "#!/bin/sh\ncd '{}' && echo x >> asked\necho 'not logged in' >&2\nexit 4\n",
            gh.0.path().display()
        ),
    )
    .unwrap();
    let (client, clock) = gh.client(&world);
    for _ in 0..9 {
        let fault = ask(&client).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Setup);
        assert!(fault.text.contains("not logged in"), "{fault}");
    }
    assert_eq!(gh.asked(), 1);
    clock.advance(10);
    ask(&client).await.unwrap_err();
    assert_eq!((world.asked().len(), gh.asked()), (0, 2));
}
