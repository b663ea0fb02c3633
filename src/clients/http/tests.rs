//! The HTTP client against a server of its own.

use std::time::Duration;

use super::testing::{Reply, Server, nobody};
use super::*;
use crate::config::{HttpConfig, Secret};
use crate::model::FaultKind;

const CAP: usize = 64 * 1024;

fn config(url: &url::Url) -> HttpConfig {
    HttpConfig::plain(url.clone(), Duration::from_secs(3))
}

#[test]
fn a_missing_or_empty_file_is_named() {
    let limit = Duration::from_secs(1);
    let missing = Path::new("/nonexistent/ca.pem");
    let error = builder(Some(missing), None, true, limit).unwrap_err();
    assert_eq!(error.kind, FaultKind::Setup);
    assert!(error.text.contains("/nonexistent/ca.pem"), "{error}");

    let empty = tempfile::NamedTempFile::new().unwrap();
    let error = builder(Some(empty.path()), None, true, limit).unwrap_err();
    assert!(error.text.ends_with("holds no PEM certificate"), "{error}");
    let error = builder(None, Some((empty.path(), missing)), true, limit).unwrap_err();
    assert!(error.text.contains(&*empty.path().to_string_lossy()), "{error}");
}

async fn get(config: HttpConfig) -> Result<bytes::Bytes, Fault> {
    let mut http = Http::new("prometheus.main", config);
    let session = http.session().await?;
    let answer = session.get("api/v1/query", &[("query", "up{a=\"b\"}")], CAP).await?;
    answer.ok(session.what())
}

async fn outcome(reply: Reply) -> Result<bytes::Bytes, Fault> {
    let server = Server::start(move |_| reply.clone()).await;
    get(config(&server.url)).await
}

#[tokio::test]
async fn credentials_and_headers_go_below_the_prefix() {
    let server = Server::start(|_| Reply::json(200, "{}")).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), " s3cret\n").unwrap();
    let secret = Secret::File(file.path().to_owned());
    let mut bearer = config(&server.url.join("prom/").unwrap());
    bearer.bearer = Some(secret.clone());
    bearer.headers.insert("X-Scope-OrgID".into(), "a|b".into());
    assert_eq!(get(bearer.clone()).await.unwrap(), "{}");
    let mut basic = config(&server.url);
    basic.basic = Some(("ana".into(), secret));
    get(basic).await.unwrap();

    let seen = server.seen();
    assert_eq!(seen[0].path, "/prom/api/v1/query");
    assert_eq!(seen[0].pair("query"), Some("up{a=\"b\"}"));
    assert_eq!(seen[0].header("authorization"), Some("Bearer s3cret"));
    assert_eq!(seen[0].header("x-scope-orgid"), Some("a|b"));
    assert!(seen[0].header("user-agent").unwrap().starts_with("flightdeck/"));
    assert_eq!(seen[1].path, "/api/v1/query");
    assert_eq!(seen[1].header("authorization"), Some("Basic YW5hOnMzY3JldA=="));

    let mut http = Http::new("prometheus.main", bearer);
    let session = http.session().await.unwrap();
    assert!(!format!("{http:?} {session:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_rotated_secret_is_read_again_after_401() {
    let server = Server::start(|request| match request.header("authorization") {
        Some("Bearer new") => Reply::json(200, "{}"),
        _ => Reply::json(401, ""),
    })
    .await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "old").unwrap();
    let mut config = config(&server.url);
    config.bearer = Some(Secret::File(file.path().to_owned()));
    let mut http = Http::new("prometheus.main", config);
    let ask = async |session: Session| session.get("x", &[], CAP).await.unwrap().ok("p");
    let fault = ask(http.session().await.unwrap()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unauthorized);
    std::fs::write(file.path(), "new").unwrap();
    http.settle(&fault);
    assert!(ask(http.session().await.unwrap()).await.is_ok());
}

#[tokio::test]
async fn kinds_of_failure_are_told_apart() {
    let kind = async |reply| outcome(reply).await.unwrap_err().kind;
    assert_eq!(kind(Reply::json(403, "")).await, FaultKind::Forbidden);
    assert_eq!(kind(Reply::json(500, "")).await, FaultKind::Upstream);
    assert_eq!(kind(Reply::Hang).await, FaultKind::Timeout);
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n{".to_vec();
    assert_eq!(kind(Reply::Stall(head)).await, FaultKind::Timeout);
    assert_eq!(kind(Reply::Raw(Vec::new())).await, FaultKind::Unreachable);
    assert_eq!(kind(Reply::Raw(b"220 mail.example ESMTP\r\n".into())).await, FaultKind::Garbage);
    assert_eq!(kind(Reply::truncated("{\"a\":\"bcdefgh\"}")).await, FaultKind::Garbage);
    assert_eq!(kind(Reply::json(200, &"x".repeat(CAP + 1))).await, FaultKind::Garbage);
    assert_eq!(kind(Reply::bomb(CAP * 64)).await, FaultKind::Garbage);
    let fault = get(config(&nobody().await)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert!(fault.text.contains("refused") && !fault.text.contains("query"), "{fault}");
    let tls = config(&nobody().await.as_str().replace("http:", "https:").parse().unwrap());
    assert_eq!(get(tls).await.unwrap_err().kind, FaultKind::Unreachable);
    let server = Server::start(|_| Reply::json(200, "{}")).await;
    let tls = config(&server.url.as_str().replace("http:", "https:").parse().unwrap());
    assert_eq!(get(tls).await.unwrap_err().kind, FaultKind::Tls);
}

#[tokio::test]
async fn the_body_may_be_compressed_and_exactly_as_large_as_the_cap() {
    let body = "x".repeat(CAP);
    assert_eq!(outcome(Reply::json(200, &body)).await.unwrap().len(), CAP);
}

#[tokio::test]
async fn retry_after_becomes_a_time() {
    let reply = Reply::with(429, &[("retry-after", "3600")], "");
    let fault = outcome(reply).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::RateLimited);
    assert!(fault.retry_at.is_some());
}

#[tokio::test]
async fn redirects_stay_within_their_origin() {
    let other = Server::start(|_| Reply::json(200, "{}")).await;
    let away = other.url.clone();
    let server = Server::start(move |request| match request.path.as_str() {
        "/near/api/v1/query" => Reply::with(302, &[("location", "/here?token=abc")], ""),
        "/loop/api/v1/query" => Reply::with(302, &[("location", "/loop/api/v1/query")], ""),
        "/far/api/v1/query" => Reply::with(302, &[("location", &format!("{away}?token=abc"))], ""),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let ask = async |prefix| get(config(&server.url.join(prefix).unwrap())).await;
    assert!(ask("near").await.is_ok());
    for (prefix, words) in [("far", "another origin"), ("loop", "too often")] {
        let fault = ask(prefix).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Upstream);
        assert!(fault.text.contains(words) && !fault.text.contains("abc"), "{fault}");
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn an_unusable_setup_says_whose() {
    let server = Server::start(|_| Reply::json(200, "{}")).await;
    let mut config = config(&server.url);
    config.bearer = Some(Secret::Env("FLIGHTDECK_TEST_NOT_SET".into()));
    let fault = get(config.clone()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Setup);
    assert!(
        fault.text.starts_with("prometheus.main: ") && fault.text.contains("NOT_SET"),
        "{fault}"
    );
    config.url = "http://prometheus.example/".parse().unwrap();
    assert_eq!(get(config).await.unwrap_err().kind, FaultKind::Setup);
    assert!(server.seen().is_empty());
}
