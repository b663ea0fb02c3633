//! Fetching a log from two servers: the one with the token, and the one that must not see it.

use std::io::{Read as _, Seek as _};

use super::super::testing::{self, Reply, World};
use super::*;

const REPO: &str = "acme/checkout";

fn file() -> File {
    tempfile::tempfile().unwrap()
}

/// A GitHub that sends to `to`.
async fn github(to: String) -> World {
    World::new(move |_| Reply::Answer(302, vec![("location", to.clone())], String::new())).await
}

async fn fetch(world: &World) -> Result<(Fetched, String), Fault> {
    let (client, _) = world.client();
    let mut into = file();
    let fetched = client.job_log(REPO, 7, into.try_clone().unwrap(), |_, _| {}).await?;
    let mut text = String::new();
    into.rewind().unwrap();
    into.read_to_string(&mut text).unwrap();
    Ok((fetched, text))
}

#[tokio::test]
async fn the_redirect_is_followed_once_and_never_sees_the_token() {
    let body = "line\n".repeat(50_000);
    let sent = body.clone();
    let storage = World::new(move |_| Reply::Answer(200, vec![], sent.clone())).await;
    let world = github(format!("{}blob/7?sig=secret", storage.url)).await;
    let (fetched, text) = fetch(&world).await.unwrap();
    assert_eq!(fetched, Fetched { bytes: body.len() as u64, cut: false });
    assert!(text == body, "what came is what was sent");
    let asked = world.asked();
    assert_eq!(asked[0].path, "/repos/acme/checkout/actions/jobs/7/logs");
    assert!(asked[0].header("authorization").is_some());
    let seen = storage.asked();
    assert_eq!((asked.len(), seen.len(), seen[0].path.as_str()), (1, 1, "/blob/7?sig=secret"));
    for header in ["authorization", "cookie", "x-github-api-version", "referer"] {
        assert_eq!(seen[0].header(header), None, "{header}");
    }
    assert!(!format!("{:?}", seen[0]).contains(&format!("Bearer {}", testing::TOKEN)));
}

#[tokio::test]
async fn progress_is_told() {
    let storage = World::new(|_| Reply::Answer(200, vec![], "x".repeat(300_000))).await;
    let world = github(format!("{}x", storage.url)).await;
    let (client, _) = world.client();
    let mut told = Vec::new();
    let fetched = client.job_log(REPO, 7, file(), |bytes, total| told.push((bytes, total)));
    assert_eq!(fetched.await.unwrap().bytes, 300_000);
    assert_eq!(told.last(), Some(&(300_000, Some(300_000))));
    assert!(told.is_sorted());
}

#[tokio::test]
async fn only_a_safe_address_is_asked_and_none_that_it_names() {
    for to in [
        "http://storage.example/x?sig=secret",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "https://ana:secret@storage.example/x",
    ] {
        let world = github(to.to_owned()).await;
        let fault = fetch(&world).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Garbage, "{fault}");
        assert!(!fault.text.contains("secret"), "{fault}");
    }
    let beyond = World::new(|_| Reply::Answer(200, vec![], "no".into())).await;
    let on = format!("{}y", beyond.url);
    let storage =
        World::new(move |_| Reply::Answer(302, vec![("location", on.clone())], String::new()))
            .await;
    let world = github(format!("{}x?sig=secret", storage.url)).await;
    let fault = fetch(&world).await.unwrap_err();
    assert!(fault.text.contains("302") && !fault.text.contains("secret"), "{fault}");
    assert!(beyond.asked().is_empty());
}

#[tokio::test]
async fn what_github_says_instead_is_told_in_plain_words() {
    for (status, kind, word) in [
        (404, FaultKind::NotFound, "when the job has ended"),
        (410, FaultKind::NotFound, "is gone"),
        (403, FaultKind::Forbidden, "lacks the permission actions: read"),
        (401, FaultKind::Unauthorized, "refuses"),
        (200, FaultKind::Garbage, "does not redirect"),
        (502, FaultKind::Upstream, "502"),
    ] {
        let world = World::new(move |_| Reply::status(status, "no")).await;
        let fault = fetch(&world).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault}");
        assert!(fault.text.contains(word), "{fault}");
        assert_eq!(world.asked().len(), 1);
    }
    let world = World::new(|_| Reply::status(403, "Must have admin rights")).await;
    let mut config = testing::config(&world.url);
    config.bearer = None;
    let (client, _) = testing::client(config);
    let fault = client.job_log(REPO, 7, file(), |_, _| {}).await.unwrap_err();
    assert!(fault.text.contains("only to a token"), "{fault}");
}

#[tokio::test]
async fn a_log_that_ends_early_or_never_begins_is_no_log() {
    let half = "HTTP/1.1 200 x\r\ncontent-length: 100\r\n\r\nhalf".to_owned();
    let storage = World::new(move |_| Reply::Raw(half.clone())).await;
    let fault = fetch(&github(format!("{}x", storage.url)).await).await.unwrap_err();
    assert!(fault.text.contains("cut short"), "{fault}");

    let storage = World::new(|_| Reply::status(403, "expired")).await;
    let fault = fetch(&github(format!("{}x", storage.url)).await).await.unwrap_err();
    assert!(fault.text.contains("403; the address holds for a minute"), "{fault}");

    let storage = World::new(|_| Reply::Hang).await;
    let world = github(format!("{}x", storage.url)).await;
    let mut config = testing::config(&world.url);
    config.timeout = Duration::from_millis(300);
    let (client, _) = testing::client(config);
    let fault = client.job_log(REPO, 7, file(), |_, _| {}).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Timeout, "{fault}");
}
