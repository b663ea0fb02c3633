//! Counters for the judge: looks on a grid, the same for whoever reads them at whatever time.

use super::*;
use crate::config::{ComparisonConfig, CountersConfig, SidesConfig};
use crate::model::{Look, Tally};

fn judging(url: &url::Url, clock: &Arc<Hand>, sides: SidesConfig) -> PrometheusSource {
    let mut source = source(url, &[], clock);
    source.comparisons = vec![Comparison::new(ComparisonConfig {
        target: target(),
        index: 0,
        sides,
        every: Duration::from_secs(5),
        history: Duration::from_secs(20),
    })];
    source
}

fn counters(part: &str, total: &str) -> CountersConfig {
    CountersConfig { part: part.to_owned(), is_good: false, total: total.to_owned() }
}

fn split() -> SidesConfig {
    SidesConfig::Split {
        counters: counters("errors", "requests"),
        label: "track".to_owned(),
        candidate: "canary".to_owned(),
        stable: "stable".to_owned(),
    }
}

/// Counters that grow by so much each second; of the candidate a tenth.
fn grows(request: &Request) -> Reply {
    let number = |name: &str| request.pair(name).unwrap().parse::<f64>().unwrap();
    let (start, end, step) = (number("start"), number("end"), number("step"));
    let each = if request.pair("query").unwrap().starts_with("errors") { 1.0 } else { 10.0 };
    let series = |track: &str, times: f64| {
        let count = ((end - start) / step).round() as i64;
        let values: Vec<String> = (0..=count)
            .map(|n| start + n as f64 * step)
            .map(|at| format!(r#"[{at},"{}"]"#, at * each * times))
            .collect();
        format!(r#"{{"metric":{{"track":"{track}"}},"values":[{}]}}"#, values.join(","))
    };
    let result = format!("[{},{}]", series("canary", 1.0), series("stable", 9.0));
    Reply::json(
        200,
        &format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#),
    )
}

fn looks(polled: &Polled) -> Vec<Look> {
    let Observation::Looks { looks, fault, .. } = &polled.items[0] else { panic!("{polled:?}") };
    assert_eq!(*fault, None);
    looks.clone()
}

fn ends(looks: &[Look]) -> Vec<i64> {
    looks.iter().map(|look| look.at.timestamp()).collect()
}

#[tokio::test]
async fn looks_lie_on_a_grid_and_each_is_told_once() {
    let server = Server::start(grows).await;
    let clock = Hand::new();
    clock.pass(3);
    let mut source = judging(&server.url, &clock, split());
    let first = looks(&source.poll().await.unwrap());
    assert_eq!(ends(&first), [980, 985, 990, 995], "the newest is left to settle");
    let tally = |bad, total| Some(Tally { bad, total });
    for look in &first {
        assert_eq!((look.candidate, look.stable), (tally(5.0, 50.0), tally(45.0, 450.0)));
        assert!((look.span_s - 5.0).abs() < 1e-9);
    }
    assert!(looks(&source.poll().await.unwrap()).is_empty(), "no look has ended since");
    clock.pass(9);
    assert_eq!(ends(&looks(&source.poll().await.unwrap())), [1000, 1005]);
    clock.pass(600);
    let after = looks(&source.poll().await.unwrap());
    assert_eq!(
        ends(&after).last(),
        Some(&1605),
        "after a gap it begins anew, as far back as it may"
    );
    assert!(after.len() <= 5, "{after:?}");
}

#[tokio::test]
async fn another_machine_that_comes_later_counts_the_same() {
    let server = Server::start(grows).await;
    let (one, other) = (Hand::new(), Hand::new());
    let (mut first, mut second) =
        (judging(&server.url, &one, split()), judging(&server.url, &other, split()));
    let mut told = looks(&first.poll().await.unwrap());
    for _ in 0..2 {
        one.pass(4);
        told.extend(looks(&first.poll().await.unwrap()));
    }
    other.pass(8);
    let later = looks(&second.poll().await.unwrap());
    assert_eq!(told[told.len() - later.len()..], later[..]);
}

#[tokio::test]
async fn sides_may_have_queries_of_their_own_and_a_wrong_label_is_said() {
    let server = Server::start(grows).await;
    let clock = Hand::new();
    let apart = SidesConfig::Apart {
        candidate: counters("errors a", "requests a"),
        stable: counters("errors b", "requests b"),
    };
    let found = looks(&judging(&server.url, &clock, apart).poll().await.unwrap());
    assert_eq!(found[0].candidate, Some(Tally { bad: 50.0, total: 500.0 }), "both its series");

    let SidesConfig::Split { counters, candidate, stable, .. } = split() else { unreachable!() };
    let wrong = SidesConfig::Split { counters, label: "side".to_owned(), candidate, stable };
    let polled = judging(&server.url, &clock, wrong).poll().await.unwrap();
    let Observation::Looks { fault: Some(fault), .. } = &polled.items[0] else { panic!() };
    assert!(fault.contains("`side`") && fault.contains("sum by"), "{fault}");
}

#[tokio::test]
async fn a_side_without_series_is_not_zero() {
    let empty = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    let server = Server::start(move |_| Reply::json(200, empty)).await;
    let clock = Hand::new();
    let found = looks(&judging(&server.url, &clock, split()).poll().await.unwrap());
    assert!(found.iter().all(|look| look.candidate.is_none() && look.stable.is_none()));
}
