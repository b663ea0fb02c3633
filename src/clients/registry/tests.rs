//! A registry on loopback that answers as it is told: who is asked, with what, and what is made of it.

mod check;

use std::time::Duration;

use chrono::TimeDelta;

use super::*;
use crate::clients::http::testing::{Reply, Request, Server};
use crate::config::{HttpConfig, Secret};

const NAME: &str = "acme/checkout";

fn now() -> Time {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn digest(c: char) -> String {
    format!("sha256:{}", c.to_string().repeat(64))
}

fn config(url: &Url) -> RegistryConfig {
    let http = HttpConfig::plain(url.clone(), Duration::from_secs(2));
    RegistryConfig { http, auth: None }
}

fn with_password(mut config: RegistryConfig) -> RegistryConfig {
    config.http.basic = Some(("ana".into(), Secret::Command(vec!["echo".into(), "s3cret".into()])));
    config
}

async fn ask(server: &Server, reference: &str) -> Result<Option<String>, Fault> {
    RegistryClient::new("registry.r.example", config(&server.url))
        .digest(NAME, reference, now())
        .await
}

/// A registry that wants a token from `realm`.
fn guarded(realm: String) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |request| {
        if request.path == "/token" {
            return Reply::json(200, r#"{"token":"t0ken","expires_in":60}"#);
        }
        if request.header("authorization") == Some("Bearer t0ken") {
            return Reply::with(200, &[("docker-content-digest", &digest('a'))], "");
        }
        let wants = format!(r#"Bearer realm="{realm}",service="r",scope="repository:*:push""#);
        Reply::with(401, &[("www-authenticate", &wants)], "")
    }
}

#[tokio::test]
async fn the_header_names_the_digest() {
    let server =
        Server::start(|_| Reply::with(200, &[("Docker-Content-Digest", &digest('a'))], "")).await;
    assert_eq!(ask(&server, "1.4.2").await, Ok(Some(digest('a'))));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (seen[0].method.as_str(), seen[0].path.as_str()),
        ("HEAD", "/v2/acme/checkout/manifests/1.4.2")
    );
    let kinds = seen[0].header("accept").unwrap();
    assert!(kinds.contains("oci.image.index") && kinds.contains("manifest.list"), "{kinds}");
    assert!(ask(&server, &digest('b')).await.unwrap_err().text.contains("another image"));
}

#[tokio::test]
async fn without_the_header_the_manifest_is_hashed() {
    let server = Server::start(|request| match request.method.as_str() {
        "HEAD" => Reply::with(200, &[], ""),
        _ => Reply::with(200, &[], "abc"),
    })
    .await;
    let sum = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(ask(&server, "1.4.2").await, Ok(Some(sum.into())));
    let huge = Server::start(|_| Reply::with(200, &[], vec![b' '; MANIFEST + 1])).await;
    assert_eq!(ask(&huge, "1").await.unwrap_err().kind, FaultKind::Garbage);
    let odd = Server::start(|_| Reply::with(200, &[("docker-content-digest", "no")], "")).await;
    assert!(ask(&odd, "1").await.unwrap_err().text.contains("a digest that is none"));
}

#[tokio::test]
async fn what_is_not_there_is_an_answer_where_a_registry_says_it() {
    let body = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"x"}]}"#;
    let server = Server::start(move |request| match request.method.as_str() {
        "HEAD" => Reply::with(404, &[], ""),
        _ => Reply::json(404, body),
    })
    .await;
    assert_eq!(ask(&server, "1.4.2").await, Ok(None));
    let other = Server::start(|_| Reply::with(404, &[], "<html>not found</html>")).await;
    let fault = ask(&other, "1.4.2").await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotFound);
    assert!(fault.text.contains("as no registry does; check its `url`"), "{fault}");
}

#[tokio::test]
async fn a_token_is_got_for_reading_alone_and_kept() {
    let tokens = Server::start(guarded(String::new())).await;
    let server = Server::start(guarded(tokens.url.join("token").unwrap().into())).await;
    let client = RegistryClient::new("registry.r.example", config(&server.url));
    for _ in 0..2 {
        assert_eq!(client.digest(NAME, "1.4.2", now()).await, Ok(Some(digest('a'))));
    }
    let asked = tokens.seen();
    assert_eq!(asked.len(), 1, "one token for both");
    assert_eq!(asked[0].pair("scope"), Some("repository:acme/checkout:pull"));
    assert_eq!((asked[0].pair("service"), asked[0].header("authorization")), (Some("r"), None));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_password_goes_to_its_own_place_alone() {
    let tokens = Server::start(guarded(String::new())).await;
    let realm: String = tokens.url.join("token").unwrap().into();
    let server = Server::start(guarded(realm)).await;
    let mut config = with_password(config(&server.url));
    let client = RegistryClient::new("registry.r.example", config.clone());
    let fault = client.digest(NAME, "1", now()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Setup);
    let at = place(&tokens.url);
    assert!(fault.text.ends_with(&format!("write auth = \"{at}\"")), "{fault}");
    assert_eq!(tokens.seen().len(), 0);
    config.auth = Some(tokens.url.clone());
    let client = RegistryClient::new("registry.r.example", config);
    assert_eq!(client.digest(NAME, "1", now()).await, Ok(Some(digest('a'))));
    let basic = format!("Basic {}", base64_of("ana:s3cret"));
    assert_eq!(tokens.seen()[0].header("authorization"), Some(basic.as_str()));
    assert!(!format!("{client:?}").contains("t0ken"));
    let sent = server.seen();
    let sent = sent.iter().filter_map(|request| request.header("authorization"));
    assert_eq!(sent.collect::<Vec<_>>(), ["Bearer t0ken"], "the registry sees its token alone");
}

#[tokio::test]
async fn a_registry_of_passwords_is_asked_with_one() {
    let server = Server::start(|request| match request.header("authorization") {
        Some(_) => Reply::with(200, &[("docker-content-digest", &digest('a'))], ""),
        None => Reply::with(401, &[("www-authenticate", "Basic realm=\"r\"")], ""),
    })
    .await;
    let client = RegistryClient::new("registry.r.example", with_password(config(&server.url)));
    assert_eq!(client.digest(NAME, "1", now()).await, Ok(Some(digest('a'))));
    let fault = ask(&server, "1").await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unauthorized);
}

#[tokio::test]
async fn who_asks_for_silence_gets_it() {
    let server = Server::start(|_| Reply::with(429, &[("retry-after", "60")], "")).await;
    let client = RegistryClient::new("registry.r.example", config(&server.url));
    let first = client.digest(NAME, "1", now()).await.unwrap_err();
    assert_eq!(first.kind, FaultKind::RateLimited);
    let until = first.retry_at.unwrap();
    assert_eq!(client.digest(NAME, "1", until - TimeDelta::seconds(1)).await, Err(first));
    assert_eq!(server.seen().len(), 1, "it was left alone");
    assert!(client.digest(NAME, "1", until).await.is_err());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_token_from_somewhere_odd_is_not_asked_for() {
    for (realm, why) in [
        ("http://tokens.example/", "plain http is for loopback only"),
        ("ftp://tokens.example/", "neither https nor http"),
        ("nowhere", "no place to get a token"),
    ] {
        let server = Server::start(guarded(realm.into())).await;
        let fault = ask(&server, "1").await.unwrap_err();
        assert!(fault.text.contains(why), "{fault}");
    }
}

fn base64_of(text: &str) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text)
}
