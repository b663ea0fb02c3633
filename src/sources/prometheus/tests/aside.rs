//! Error budgets, the way of alerts and backups: what is asked, how often, and what comes of no answer.

use super::*;
use crate::config::{BackupConfig, BurnConfig, PathConfig};
use crate::model::{LinkKind, LinkState, PathSpec};

const EVERY: Duration = Duration::from_secs(30);

fn beside(url: &url::Url, queries: &[&str], clock: &Arc<Hand>) -> PrometheusSource {
    let mut source = source(url, queries, clock);
    let config = &mut source.config;
    config.burns.push(BurnConfig {
        target: target(),
        query: "errors[{window}] / all[{window}]".to_owned(),
        windows: [300, 3_600, 86_400].map(Duration::from_secs).to_vec(),
        requests: Some(("count[{window}]".to_owned(), vec![Duration::from_secs(3_600)])),
        every: EVERY,
    });
    let spec = PathSpec {
        groups: Vec::new(),
        alertmanager: "am:9093".to_owned(),
        failures: vec!["lost".to_owned()],
        watchdog: None,
        every: EVERY,
    };
    config.paths.push(PathConfig { target: target(), spec });
    let (target, query) = (target(), "made".to_owned());
    config.backups.push(BackupConfig { target, query, is_age: true, every: EVERY });
    source.asides = Asides::new(&source.config);
    source
}

/// All is well at second 1,000.
fn fine(request: &Request) -> Reply {
    let data = |text: &str| Reply::json(200, &format!(r#"{{"status":"success","data":{text}}}"#));
    match (request.path.as_str(), request.pair("query")) {
        ("/api/v1/rules", _) => data(
            r#"{"groups":[{"name":"g","interval":15,"lastEvaluation":"1970-01-01T00:16:30Z",
                "rules":[{"name":"Up","type":"alerting","health":"ok"}]}]}"#,
        ),
        ("/api/v1/alertmanagers", _) => {
            data(r#"{"activeAlertmanagers":[{"url":"http://am:9093/api/v2/alerts"}]}"#)
        }
        (_, Some("time()")) => data(r#"{"resultType":"scalar","result":[1000,"1000"]}"#),
        (_, Some("lost")) => vector(1000, "0"),
        (_, Some("made")) => vector(1000, "400"),
        (_, Some("count[1h]")) => vector(1000, "36"),
        (_, Some("errors[1d] / all[1d]")) => vector(1000, "NaN"),
        _ => well(request),
    }
}

/// The states of the links, where any were told.
fn links(polled: &Polled) -> Vec<(LinkKind, LinkState)> {
    let links = polled.items.iter().find_map(|item| match item {
        Observation::Path { links, .. } => Some(links.iter().map(|l| (l.kind, l.state)).collect()),
        _ => None,
    });
    links.unwrap_or_default()
}

fn spent(polled: &Polled) -> Vec<(u64, Reading, bool)> {
    let spent = polled.items.iter().find_map(|item| match item {
        Observation::Burn { spent, .. } => {
            Some(spent.iter().map(|s| (s.window.as_secs(), s.errors, s.fault.is_some())).collect())
        }
        _ => None,
    });
    spent.unwrap_or_default()
}

/// How many requests were counted in each window.
fn counted(polled: &Polled) -> Vec<Option<Reading>> {
    let counted = polled.items.iter().find_map(|item| match item {
        Observation::Burn { spent, .. } => Some(spent.iter().map(|one| one.requests).collect()),
        _ => None,
    });
    counted.unwrap_or_default()
}

fn backup(polled: &Polled) -> Option<(Reading, bool)> {
    polled.items.iter().find_map(|item| match item {
        Observation::Backup { made, fault, .. } => Some((*made, fault.is_some())),
        _ => None,
    })
}

#[tokio::test]
async fn each_is_asked_at_its_own_cadence() {
    let server = Server::start(fine).await;
    let clock = Hand::new();
    let mut source = beside(&server.url, &["a"], &clock);
    let polled = source.poll().await.unwrap();
    let half = Reading::Number(0.5);
    let windows = [(300, half, false), (3_600, half, false), (86_400, Reading::NotANumber, false)];
    assert_eq!(spent(&polled), windows);
    assert_eq!(counted(&polled), [None, Some(Reading::Number(36.0)), None]);
    let holds = |kind| (kind, LinkState::Holds);
    let all = [LinkKind::Rules, LinkKind::Alertmanager, LinkKind::Notifications].map(holds);
    assert_eq!(links(&polled), all);
    assert_eq!(backup(&polled), Some((Reading::Number(600.0), false)));
    clock.pass(5);
    let sooner = source.poll().await.unwrap();
    assert_eq!((links(&sooner).len(), spent(&sooner).len(), backup(&sooner)), (0, 0, None));
    clock.pass(25);
    assert_eq!(links(&source.poll().await.unwrap()).len(), 3);
}

#[tokio::test]
async fn where_nothing_else_is_asked_every_poll_asks() {
    let server = Server::start(fine).await;
    let mut source = beside(&server.url, &[], &Hand::new());
    for _ in 0..2 {
        assert_eq!(links(&source.poll().await.unwrap()).len(), 3);
    }
    let url = nobody().await;
    let fault = beside(&url, &[], &Hand::new()).poll().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
}

#[tokio::test]
async fn what_is_not_answered_is_unknown_and_said() {
    // a relative of Prometheus that knows queries alone, and not all of them
    let server = Server::start(|request| match (request.path.as_str(), request.pair("query")) {
        ("/api/v1/rules" | "/api/v1/alertmanagers", _) => Reply::json(404, "404 page not found"),
        (_, Some("lost")) => {
            Reply::json(200, r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#)
        }
        (_, Some("made" | "errors[1h] / all[1h]" | "count[1h]")) => {
            error(422, "execution", "too heavy")
        }
        _ => fine(request),
    })
    .await;
    let polled = beside(&server.url, &["a"], &Hand::new()).poll().await.unwrap();
    assert!(links(&polled).iter().all(|(_, state)| *state == LinkState::Unknown));
    assert_eq!(links(&polled).len(), 3);
    assert_eq!(spent(&polled)[1], (3_600, Reading::Empty, true));
    assert_eq!(counted(&polled), [None; 3]);
    assert_eq!(backup(&polled), Some((Reading::Empty, true)));
}

#[tokio::test]
async fn a_server_that_breaks_down_in_between_leaves_nothing_as_it_was() {
    let server = Server::start(|request| match request.pair("query") {
        Some("a") => well(request),
        _ => Reply::json(502, ""),
    })
    .await;
    let polled = beside(&server.url, &["a"], &Hand::new()).poll().await.unwrap();
    assert_eq!(readings(&polled, 0).len(), 4);
    assert!(links(&polled).iter().all(|(_, state)| *state == LinkState::Unknown));
    assert!(spent(&polled).iter().all(|(_, _, failed)| *failed));
    assert_eq!((links(&polled).len(), spent(&polled).len()), (3, 3));
    assert_eq!(backup(&polled), Some((Reading::Empty, true)));
}
