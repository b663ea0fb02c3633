//! Probes of servers that answer well, badly and not at all.

use std::collections::BTreeMap;

use super::*;
use crate::clients::http::testing::{Reply, Server, nobody};
use crate::model::{FaultKind, Time, Track};
use HealthState::{Degraded, Healthy, Unhealthy, Unknown};

struct Epoch;

impl Clock for Epoch {
    fn now(&self) -> Time {
        Time::UNIX_EPOCH
    }
}

fn source(probe: ProbeConfig) -> ProbeSource {
    let config = CheckConfig {
        target: "checkout/production".parse().unwrap(),
        name: "api".into(),
        track: Track::Candidate,
        probe,
        every: Duration::from_secs(5),
        timeout: Duration::from_secs(3),
        agree: 3,
    };
    ProbeSource::new(FeedId::part("health", "checkout/production api"), config, Arc::new(Epoch))
}

fn http(url: &url::Url, expect: &[(&str, &str)]) -> ProbeConfig {
    ProbeConfig::Http {
        url: url.join("health?deep=1").unwrap(),
        expect: expect
            .iter()
            .map(|&(key, value)| (key.into(), value.into()))
            .collect::<BTreeMap<String, String>>(),
        revision: Some("/version".into()),
        ca_file: None,
        error_rate: None,
        uptime: None,
        no_proxy: true,
    }
}

async fn probed(source: &mut ProbeSource) -> Probe {
    match source.poll().await.unwrap().items.pop() {
        Some(Observation::Health { check, probe, .. }) if check == "api" => *probe,
        other => panic!("{other:?}"),
    }
}

async fn answer(reply: Reply) -> Probe {
    let server = Server::start(move |_| reply.clone()).await;
    probed(&mut source(http(&server.url, &[]))).await
}

#[tokio::test]
async fn a_healthy_answer_says_what_runs() {
    let server = Server::start(|_| {
        Reply::json(200, r#"{"status":"healthy","version":"1.4.2","checks":{"database":"ok"}}"#)
    })
    .await;
    let mut source = source(http(&server.url, &[("/status", "healthy")]));
    for _ in 0..2 {
        let probe = probed(&mut source).await;
        assert_eq!(
            (probe.state, probe.code, probe.fault, probe.detail),
            (Healthy, Some(200), None, None)
        );
        assert_eq!(probe.revision.as_deref(), Some("1.4.2"));
        assert_eq!(probe.components[0].name, "database");
        assert!(probe.latency_ms > 0.0 && probe.latency_ms < 300.0);
    }
    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), seen[0].pair("deep")), ("/health", Some("1")));
    assert_eq!(seen[0].header("cache-control"), Some("no-cache"));
    assert_eq!(seen[0].header("authorization"), None);
}

#[tokio::test]
async fn the_worse_of_status_and_body_wins_and_both_are_shown() {
    let spring = Reply::json(
        503,
        r#"{"status":"DOWN","components":{"db":{"status":"DOWN","details":{"error":"refused"}}}}"#,
    );
    let gone = |body| Reply::json(503, body);
    for (reply, state, fault, detail) in [
        (spring, Unhealthy, Some(ProbeFault::Status), "answered 503; says \"DOWN\"; db: refused"),
        (
            gone(r#"{"status":"pass"}"#),
            Unhealthy,
            Some(ProbeFault::Status),
            "answered 503; yet says \"pass\"",
        ),
        (gone(""), Unhealthy, Some(ProbeFault::Status), "answered 503; the body is empty"),
        (Reply::with(200, &[], "Degraded"), Degraded, None, "says \"Degraded\""),
        (Reply::json(200, r#"{"status":"UNKNOWN"}"#), Unknown, None, "says \"UNKNOWN\""),
        (
            Reply::json(200, r#"{"status":"fail","output":"disk full"}"#),
            Unhealthy,
            Some(ProbeFault::Body),
            "says \"fail\"; disk full",
        ),
        (
            Reply::json(200, "{\"status\":"),
            Unknown,
            Some(ProbeFault::Body),
            "the body is not readable JSON",
        ),
    ] {
        let probe = answer(reply).await;
        assert_eq!(
            (probe.state, probe.fault, probe.detail.as_deref()),
            (state, fault, Some(detail))
        );
    }
}

#[tokio::test]
async fn plain_pages_are_healthy_however_long() {
    let empty = answer(Reply::with(204, &[], "")).await;
    assert_eq!((empty.state, empty.detail.as_deref()), (Unknown, Some("the body is empty")));
    let page = Reply::with(200, &[("content-type", "text/html")], "<html>".repeat(40_000));
    // where a revision is read from the body, this is the wrong page
    let probe = answer(page.clone()).await;
    assert_eq!((probe.state, probe.fault), (Unknown, Some(ProbeFault::Body)));
    for page in [page, Reply::with(204, &[], "")] {
        let server = Server::start(move |_| page.clone()).await;
        let mut config = http(&server.url, &[]);
        if let ProbeConfig::Http { revision, .. } = &mut config {
            *revision = None;
        }
        let probe = probed(&mut source(config)).await;
        assert_eq!((probe.state, probe.detail), (Healthy, None));
    }
    let probe = answer(Reply::bomb(64 << 20)).await;
    assert_eq!((probe.state, probe.fault), (Unknown, Some(ProbeFault::Body)));
    assert_eq!(probe.detail.as_deref(), Some("the body is larger than 64 KiB"));
}

#[tokio::test]
async fn silence_is_an_answer_with_its_own_fault() {
    for (reply, fault, code) in [
        (Reply::Hang, ProbeFault::Timeout, None),
        (Reply::Raw(Vec::new()), ProbeFault::Connect, None),
        (Reply::Raw(b"nonsense\r\n\r\n".into()), ProbeFault::Body, None),
        (Reply::truncated(r#"{"status":"pass"}"#), ProbeFault::Body, Some(200)),
        (
            Reply::with(302, &[("location", "https://login.example/?next=secret")], ""),
            ProbeFault::Status,
            None,
        ),
    ] {
        let probe = answer(reply).await;
        assert_eq!(
            (probe.state, probe.fault, probe.code),
            (Unhealthy, Some(fault), code),
            "{:?}",
            probe.detail
        );
        assert!(!probe.detail.unwrap().contains("secret"));
    }
    let probe = probed(&mut source(http(&nobody().await, &[]))).await;
    assert_eq!(probe.fault, Some(ProbeFault::Connect));
    let server = Server::start(|_| Reply::json(200, "{}")).await;
    let https = server.url.as_str().replace("http:", "https:").parse().unwrap();
    assert_eq!(probed(&mut source(http(&https, &[]))).await.fault, Some(ProbeFault::Tls));
}

#[tokio::test]
async fn what_keeps_us_from_asking_is_a_fault_of_the_feed() {
    let fault =
        source(http(&"http://api.example/".parse().unwrap(), &[])).poll().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Setup);
    assert!(fault.text.starts_with("health checkout/production api: "), "{fault}");
}

#[tokio::test]
async fn a_port_is_open_or_refused() {
    let server = Server::start(|_| Reply::Hang).await;
    let address = |url: &url::Url| ProbeConfig::Tcp(format!("127.0.0.1:{}", url.port().unwrap()));
    let probe = probed(&mut source(address(&server.url))).await;
    assert_eq!((probe.state, probe.fault, probe.code), (Healthy, None, None));
    let probe = probed(&mut source(address(&nobody().await))).await;
    assert_eq!((probe.state, probe.fault), (Unhealthy, Some(ProbeFault::Connect)));
    assert!(probe.detail.unwrap().contains("refused"));
    let probe = probed(&mut source(ProbeConfig::Tcp("not an address".into()))).await;
    assert_eq!(probe.fault, Some(ProbeFault::Dns));
}

#[tokio::test]
async fn a_check_whose_first_probe_fails_is_asked_again_soon() {
    let server = Server::start(|_| Reply::json(503, "")).await;
    let mut sick = source(http(&server.url, &[]));
    let mut waits = Vec::new();
    for _ in 0..5 {
        waits.push(sick.poll().await.unwrap().next);
    }
    assert_eq!(waits, [Some(AGAIN), Some(AGAIN), Some(AGAIN), None, None]);
    let server = Server::start(|_| Reply::json(200, r#"{"status":"pass"}"#)).await;
    let mut well = source(http(&server.url, &[]));
    assert_eq!(well.poll().await.unwrap().next, None);
}
