//! Prometheus's answers, from a server of its own.

mod aside;
mod compare;

use std::sync::Mutex;

use super::*;
use crate::clients::http::testing::{Reply, Request, Server, nobody};
use crate::config::{HttpConfig, QueryConfig};
use crate::model::{FaultKind, Reading, ScrapeState, Target, Time};

/// A clock that is set by hand; it stands at the second 1,000 of the epoch.
struct Hand(Mutex<Time>);

impl Hand {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(second(1000))))
    }

    fn pass(&self, seconds: i64) {
        *self.0.lock().unwrap() += chrono::TimeDelta::seconds(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

fn second(second: i64) -> Time {
    chrono::DateTime::from_timestamp(second, 0).unwrap()
}

fn target() -> Target {
    "checkout/production".parse().unwrap()
}

fn source(url: &url::Url, queries: &[&str], clock: &Arc<Hand>) -> PrometheusSource {
    let query = |(index, query): (usize, &&str)| QueryConfig {
        target: target(),
        metric: (*query != "share").then_some(index),
        limits: (None, None),
        query: (*query).to_owned(),
        history: Duration::from_secs(60),
    };
    let config = PrometheusConfig {
        http: HttpConfig::plain(url.clone(), Duration::from_secs(3)),
        every: Duration::from_secs(5),
        queries: queries.iter().enumerate().map(query).collect(),
        comparisons: Vec::new(),
        burns: Vec::new(),
        paths: Vec::new(),
        backups: Vec::new(),
        scrape_jobs: Vec::new(),
    };
    PrometheusSource::new(FeedId::source("prometheus.main"), config, clock.clone())
}

fn vector(at: i64, value: &str) -> Reply {
    let result = format!(r#"[{{"metric":{{}},"value":[{at},"{value}"]}}]"#);
    Reply::json(
        200,
        &format!(r#"{{"status":"success","data":{{"resultType":"vector","result":{result}}}}}"#),
    )
}

fn matrix(values: &str) -> Reply {
    let result = format!(r#"[{{"metric":{{}},"values":[{values}]}}]"#);
    Reply::json(
        200,
        &format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#),
    )
}

fn error(status: u16, kind: &str, text: &str) -> Reply {
    Reply::json(status, &format!(r#"{{"status":"error","errorType":"{kind}","error":"{text}"}}"#))
}

/// The present value is 0.5 at second 1,000, the history has a hole and a NaN.
fn well(request: &Request) -> Reply {
    match request.path.as_str() {
        "/api/v1/query" => vector(1000, "0.5"),
        _ => matrix(r#"[940,"0.1"],[945,"NaN"],[990,"0.4"],[1000,"0.5"]"#),
    }
}

fn readings(polled: &Polled, place: usize) -> Vec<(i64, Reading)> {
    let (Observation::Metric { points, .. } | Observation::Share { points, .. }) =
        &polled.items[place]
    else {
        panic!("{:?}", polled.items[place])
    };
    points.iter().map(|point| (point.at.timestamp(), point.reading)).collect()
}

fn trouble(polled: &Polled, place: usize) -> Option<&str> {
    match &polled.items[place] {
        Observation::Metric { fault, .. } | Observation::Share { fault, .. } => fault.as_deref(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_first_poll_brings_history_and_the_next_only_the_present() {
    let server = Server::start(well).await;
    let clock = Hand::new();
    let mut source = source(&server.url, &["errors", "share"], &clock);
    let polled = source.poll().await.unwrap();
    let number = Reading::Number;
    let history =
        [(940, number(0.1)), (945, Reading::NotANumber), (990, number(0.4)), (1000, number(0.5))];
    assert_eq!(readings(&polled, 0), history);
    assert_eq!(readings(&polled, 1).last(), Some(&(1000, number(50.0))));
    assert!(matches!(polled.items[1], Observation::Share { .. }));

    let asked = server.seen().into_iter().find(|request| request.path.ends_with("range")).unwrap();
    assert_eq!((asked.method.as_str(), asked.pair("query")), ("POST", Some("errors")));
    let pairs = ["start", "end", "step"].map(|name| asked.pair(name).unwrap());
    assert_eq!(pairs, ["940.000", "1000.000", "5.000"]);

    clock.pass(5);
    assert_eq!(readings(&source.poll().await.unwrap(), 0).len(), 1);
    clock.pass(60);
    let after_a_gap = source.poll().await.unwrap();
    assert_eq!(readings(&after_a_gap, 0).len(), 4);
}

#[tokio::test]
async fn history_is_read_again_after_a_failure() {
    let down = Arc::new(AtomicBool::new(false));
    let switch = down.clone();
    let server = Server::start(move |request| {
        if switch.load(std::sync::atomic::Ordering::Relaxed) {
            Reply::json(502, "")
        } else {
            well(request)
        }
    })
    .await;
    let mut source = source(&server.url, &["errors"], &Hand::new());
    source.poll().await.unwrap();
    down.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(source.poll().await.unwrap_err().kind, FaultKind::Upstream);
    down.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(readings(&source.poll().await.unwrap(), 0).len(), 4);
}

#[tokio::test]
async fn history_is_read_again_after_a_poll_that_was_dropped() {
    let hang = Arc::new(AtomicBool::new(true));
    let switch = hang.clone();
    let server = Server::start(move |request| match request.pair("query") {
        Some("slow") if switch.load(std::sync::atomic::Ordering::Relaxed) => Reply::Hang,
        _ => well(request),
    })
    .await;
    let mut source = source(&server.url, &["quick", "slow"], &Hand::new());
    let limit = Duration::from_millis(150);
    assert!(tokio::time::timeout(limit, source.poll()).await.is_err());
    hang.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(readings(&source.poll().await.unwrap(), 0).len(), 4);
}

#[tokio::test]
async fn one_bad_query_is_its_own_trouble() {
    let server = Server::start(|request| match request.pair("query") {
        Some("typo") => error(400, "bad_data", "1:5: parse error"),
        Some("heavy") => error(503, "timeout", "query timed out"),
        Some("split") => Reply::json(422, r#"{"status":"error","errorType":"execution","error":"many-to-many"}"#),
        Some("broken") => Reply::json(500, "oops"),
        Some("none") => Reply::json(200, r#"{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["partial"]}"#),
        _ => vector(1000, "1"),
    })
    .await;
    let queries = ["typo", "heavy", "split", "broken", "none", "good"];
    let polled = source(&server.url, &queries, &Hand::new()).poll().await.unwrap();
    assert_eq!(trouble(&polled, 0), Some("1:5: parse error"));
    assert_eq!(trouble(&polled, 1), Some("query timed out"));
    assert_eq!(trouble(&polled, 2), Some("many-to-many"));
    assert_eq!(trouble(&polled, 3), Some("prometheus.main answered 500: oops"));
    assert_eq!(trouble(&polled, 4), Some("a partial answer: partial"));
    assert_eq!(readings(&polled, 5), [(1000, Reading::Number(1.0))]);
}

#[tokio::test]
async fn a_proxy_that_takes_only_get_is_asked_so() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => Reply::json(405, ""),
        _ => well(request),
    })
    .await;
    let mut source = source(&server.url, &["errors"], &Hand::new());
    assert_eq!(readings(&source.poll().await.unwrap(), 0).len(), 4);
    source.poll().await.unwrap();
    let posts = server.seen().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 1);
}

#[tokio::test]
async fn a_server_that_is_away_hangs_or_babbles_fails_the_poll() {
    let clock = Hand::new();
    let url = nobody().await;
    let fault = source(&url, &["a"; 9], &clock).poll().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    for (reply, kind) in [
        (Reply::Hang, FaultKind::Timeout),
        (Reply::json(200, "<html>"), FaultKind::Garbage),
        (Reply::json(200, "{}"), FaultKind::Garbage),
        (Reply::truncated(r#"{"status":"success","data":{}}"#), FaultKind::Garbage),
        (Reply::bomb(32 << 20), FaultKind::Garbage),
        (Reply::json(401, ""), FaultKind::Unauthorized),
        (Reply::json(403, ""), FaultKind::Forbidden),
        (Reply::json(404, "404 page not found"), FaultKind::NotFound),
        (Reply::with(429, &[("retry-after", "30")], ""), FaultKind::RateLimited),
        (error(503, "unavailable", "starting up"), FaultKind::Upstream),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let fault = source(&server.url, &["a"; 9], &clock).poll().await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault}");
        assert_eq!(fault.retry_at.is_some(), kind == FaultKind::RateLimited);
        assert!(server.seen().len() <= AT_ONCE, "it went on asking");
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_said_and_made_up_for() {
    let server = Server::start(|request| match request.path.as_str() {
        "/api/v1/query" => vector(1090, "1"),
        _ => matrix(r#"[1080,"2"]"#),
    })
    .await;
    let polled = source(&server.url, &["a"], &Hand::new()).poll().await.unwrap();
    assert_eq!(readings(&polled, 0), [(990, Reading::Number(2.0)), (1000, Reading::Number(1.0))]);
    assert!(polled.warnings[0].contains("+90 s"), "{:?}", polled.warnings);
    let range = server.seen().pop().unwrap();
    assert_eq!(range.pair("end"), Some("1090.000"));
}

#[tokio::test]
async fn a_value_of_another_time_is_none() {
    for (at, when) in [(100_000, "1970-01-02 03:46:40"), (99_999_999_999, "5138-11-16 09:46:39")] {
        let server = Server::start(move |_| vector(at, "0.001")).await;
        let polled = source(&server.url, &["a"], &Hand::new()).poll().await.unwrap();
        let why =
            format!("its value is of {when} UTC, not of now: an old answer, or a wrong clock");
        assert_eq!(trouble(&polled, 0), Some(why.as_str()));
    }
}

#[tokio::test]
async fn expected_scrape_jobs_are_told_even_when_nobody_says() {
    let server = Server::start(|request| match request.path.as_str() {
        "/api/v1/targets" => Reply::json(200, r#"{"status":"success","data":{"activeTargets":[{"labels":{"job":"api"},"health":"up"}]}}"#),
        _ => well(request),
    })
    .await;
    let expected = vec![(target(), vec!["api".to_owned(), "db".to_owned()])];
    let states = |polled: &Polled| match polled.items.last() {
        Some(Observation::Scrapes { jobs, .. }) => {
            jobs.iter().map(|job| job.state).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let mut with_targets = source(&server.url, &["a"], &Hand::new());
    with_targets.config.scrape_jobs.clone_from(&expected);
    let polled = with_targets.poll().await.unwrap();
    assert_eq!(states(&polled), [ScrapeState::Up, ScrapeState::Absent]);

    let relative = Server::start(|request| match request.path.as_str() {
        "/api/v1/targets" => Reply::json(404, "404 page not found"),
        _ => well(request),
    })
    .await;
    let mut without = source(&relative.url, &["a"], &Hand::new());
    without.config.scrape_jobs = expected;
    let polled = without.poll().await.unwrap();
    assert_eq!(states(&polled), [ScrapeState::Unknown, ScrapeState::Unknown]);
    assert!(polled.warnings[0].contains("404"));
}
