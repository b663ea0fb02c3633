//! Alertmanager's answers, from a server of its own.

use super::*;
use crate::clients::http::testing::{Reply, Server, nobody};
use crate::config::HttpConfig;
use crate::model::{AlertState, Time};

const ALERT: &str = r#"[{"annotations":{"summary":"","description":"5xx above 1 %","runbook":"https://wiki.example/5xx"},
    "endsAt":"2026-01-01T00:09:00Z","fingerprint":"aa11","receivers":[{"name":"oncall"},{"name":"log"}],
    "startsAt":"2026-01-01T00:05:00.250Z","updatedAt":"2026-01-01T00:06:00Z","generatorURL":"http://p.example/graph",
    "status":{"inhibitedBy":[],"silencedBy":[],"state":"active"},
    "labels":{"alertname":"HighErrorRate","service":"checkout","severity":"critical"}}]"#;

fn source(url: &url::Url, matchers: &[(&str, &[&str])]) -> AlertmanagerSource {
    let matchers = matchers.iter().map(|(target, matchers)| {
        let matchers = matchers.iter().map(|&matcher| matcher.to_owned()).collect();
        (target.parse().unwrap(), matchers)
    });
    let config = AlertmanagerConfig {
        http: HttpConfig::plain(url.clone(), Duration::from_secs(3)),
        every: Duration::from_secs(5),
        matchers: matchers.collect(),
        watchdogs: Vec::new(),
    };
    let severity = BTreeMap::from([("critical".to_owned(), Severity::P0)]);
    AlertmanagerSource::new(FeedId::source("alertmanager.main"), config, severity)
}

#[tokio::test]
async fn equal_matchers_are_asked_once_and_alerts_go_to_their_targets() {
    let server = Server::start(|request| match request.pair("filter") {
        Some("service=\"search\"") => Reply::json(200, "[]"),
        _ => Reply::json(200, ALERT),
    })
    .await;
    let matchers: [(&str, &[&str]); 3] = [
        ("checkout/production", &["service=\"checkout\"", "env=~\"prod.*\""]),
        ("checkout/staging", &["env=~\"prod.*\"", "service=\"checkout\""]),
        ("search/production", &["service=\"search\""]),
    ];
    let polled = source(&server.url, &matchers).poll().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    let filters = seen.iter().find(|request| request.pairs.len() == 2).unwrap();
    assert_eq!(filters.pairs[0], ("filter".to_owned(), "env=~\"prod.*\"".to_owned()));
    assert_eq!(filters.path, "/api/v2/alerts");

    let mut counts = BTreeMap::new();
    for item in &polled.items {
        let Observation::Alerts { target, alerts, .. } = item else { panic!("{item:?}") };
        counts.insert(target.as_str(), alerts.len());
    }
    assert_eq!(
        counts,
        BTreeMap::from([
            ("checkout/production", 1),
            ("checkout/staging", 1),
            ("search/production", 0)
        ])
    );

    let Some(Observation::Alerts { alerts, .. }) = polled.items.first() else { panic!() };
    let alert = &alerts[0];
    assert_eq!(
        (alert.name.as_str(), alert.severity, alert.state),
        ("HighErrorRate", Severity::P0, AlertState::Firing)
    );
    assert_eq!(alert.since, "2026-01-01T00:05:00.250Z".parse::<Time>().ok());
    assert_eq!(alert.summary.as_deref(), Some("5xx above 1 %"));
    assert_eq!(alert.runbook.as_deref(), Some("https://wiki.example/5xx"));
    assert_eq!(alert.generator.as_deref(), Some("http://p.example/graph"));
    assert_eq!(alert.receivers, ["oncall", "log"]);
}

#[tokio::test]
async fn a_target_whose_alerts_are_not_known_never_looks_calm() {
    let server = Server::start(|request| match request.pair("filter") {
        Some("odd") => Reply::json(400, r#""bad matcher format: odd""#),
        _ => Reply::json(200, "[]"),
    })
    .await;
    let matchers: [(&str, &[&str]); 2] = [("a/b", &["fine=\"1\""]), ("c/d", &["odd"])];
    let fault = source(&server.url, &matchers).poll().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Upstream);
    assert_eq!(fault.text, "alertmanager.main answered 400: bad matcher format: odd");
}

#[tokio::test]
async fn kinds_of_failure_are_told_apart() {
    let url = nobody().await;
    let wanted: [(&str, &[&str]); 1] = [("a/b", &["a=\"b\""])];
    assert_eq!(source(&url, &wanted).poll().await.unwrap_err().kind, FaultKind::Unreachable);
    for (reply, kind) in [
        (Reply::Hang, FaultKind::Timeout),
        (Reply::json(200, r#"{"status":"success","data":[]}"#), FaultKind::Garbage),
        (Reply::truncated(ALERT), FaultKind::Garbage),
        (Reply::bomb(CAP * 2), FaultKind::Garbage),
        (Reply::json(401, ""), FaultKind::Unauthorized),
        (Reply::json(403, ""), FaultKind::Forbidden),
        (Reply::json(404, ""), FaultKind::NotFound),
        (Reply::with(429, &[("retry-after", "30")], ""), FaultKind::RateLimited),
        (Reply::json(503, ""), FaultKind::Upstream),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let fault = source(&server.url, &wanted).poll().await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault}");
        assert_eq!(fault.retry_at.is_some(), kind == FaultKind::RateLimited);
    }
}

#[tokio::test]
async fn a_watchdog_that_does_not_fire_breaks_the_way() {
    let server = Server::start(|request| match request.pair("filter") {
        Some("alertname=\"Watchdog\"") => Reply::json(200, ALERT),
        Some("alertname=\"Odd\"") => Reply::json(200, "[{}]"),
        _ => Reply::json(200, "[]"),
    })
    .await;
    let wanted: [(&str, &[&str]); 1] = [("a/b", &["a=\"b\""])];
    let mut source = source(&server.url, &wanted);
    let watchdogs = [
        ("alertname=\"Watchdog\"", "a/b"),
        ("alertname=\"Gone\"", "c/d"),
        ("alertname=\"Odd\"", "e/f"),
    ];
    source.watchdogs = watchdogs
        .map(|(matcher, target)| (matcher.to_owned(), vec![target.parse().unwrap()]))
        .into();
    let polled = source.poll().await.unwrap();
    let found = polled.items.iter().filter_map(|item| match item {
        Observation::Path { target, links } => Some((target.as_str(), links[0].state)),
        _ => None,
    });
    let found: Vec<_> = found.collect();
    assert_eq!(
        found,
        [("c/d", LinkState::Broken), ("e/f", LinkState::Unknown), ("a/b", LinkState::Holds)]
    );
}
