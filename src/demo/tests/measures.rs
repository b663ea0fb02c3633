//! Prometheus: instant and range, numbers and none, errors, and every query of the configuration.

use super::*;

impl Stage {
    async fn prometheus(&self, path: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
        let base = self.setting("prometheus/main/url");
        let mut url = url::Url::parse(&format!("{base}{path}")).unwrap();
        url.query_pairs_mut().extend_pairs(pairs);
        self.get(url.as_str()).await
    }

    async fn value(&self, query: &str) -> f64 {
        let (status, body) = self.prometheus("/api/v1/query", &[("query", query)]).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["data"]["resultType"], "vector");
        let value = &body["data"]["result"][0]["value"];
        assert_eq!(value[0].as_f64().unwrap() as i64, self.now());
        value[1].as_str().unwrap().parse().unwrap()
    }
}

#[tokio::test]
async fn values_follow_the_weights() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let errors = stage.query("payments", "error rate", "candidate");
    let latency = stage.query("payments", "p95 latency", "candidate");
    let share = stage.setting("service/payments/environment/production/rollout/share");
    assert!((0.02..0.07).contains(&stage.value(&errors).await));
    assert!((200.0..500.0).contains(&stage.value(&latency).await));
    assert!((stage.value(&share).await - 0.1).abs() < 0.01);
    stage.haproxy("set weight payments/canary1 50; set weight payments/stable1 50").await;
    stage.pass(60);
    assert!((0.06..0.13).contains(&stage.value(&errors).await));
    assert!((500.0..700.0).contains(&stage.value(&latency).await));
    assert!((stage.value(&share).await - 0.5).abs() < 0.01);
    stage.haproxy("set weight payments/stable1 100; set weight payments/canary1 0").await;
    stage.pass(60);
    assert!(stage.value(&errors).await.is_nan());
    assert!(stage.value(&share).await.abs() < f64::EPSILON);
    let stable = stage.query("payments", "error rate", "stable");
    assert!(stage.value(&stable).await < 0.01);
}

#[tokio::test]
async fn ranges_reach_back_before_the_start() {
    for speed in [1.0, 10.0] {
        let stage = Stage::new(Scenario::Release, speed).await;
        let query = stage.query("checkout", "error rate", "candidate");
        let (start, end) = ((stage.now() - 900).to_string(), stage.now().to_string());
        let pairs = [("query", query.as_str()), ("start", &start), ("end", &end), ("step", "5")];
        let (status, body) = stage.prometheus("/api/v1/query_range", &pairs).await;
        assert_eq!(status, 200);
        assert_eq!(body["data"]["resultType"], "matrix");
        let values = body["data"]["result"][0]["values"].as_array().unwrap();
        assert_eq!(values.len(), 181, "{speed}");
        assert_eq!(values[0][1], "NaN", "no candidate yet");
        let last: f64 = values[180][1].as_str().unwrap().parse().unwrap();
        assert!(last < 0.01);
    }
}

#[tokio::test]
async fn every_query_of_the_configuration_is_known_and_no_other() {
    let stage = Stage::new(Scenario::Quiet, 1.0).await;
    let toml = &stage.running.toml;
    let lines = toml.lines().map(str::trim);
    let queries: Vec<_> = lines
        .filter_map(|line| {
            let text = line.strip_prefix("query = '").or(line.strip_prefix("share = '"));
            text?.strip_suffix('\'')
        })
        .collect();
    assert_eq!(queries.len(), 27);
    for query in queries {
        stage.value(query).await;
    }
    let (status, body) = stage.prometheus("/api/v1/query", &[("query", "up")]).await;
    assert_eq!((status, &body["errorType"]), (422, &"execution".into()));
    for (path, pairs) in [
        ("/api/v1/query", vec![]),
        ("/api/v1/query_range", vec![("query", "up"), ("start", "2"), ("end", "1")]),
        ("/api/v1/query_range", vec![("query", "up"), ("start", "1"), ("end", "2"), ("step", "0")]),
        (
            "/api/v1/query_range",
            vec![("query", "up"), ("start", "0"), ("end", "20000"), ("step", "1")],
        ),
    ] {
        let (status, body) = stage.prometheus(path, &pairs).await;
        assert_eq!((status, &body["errorType"]), (400, &"bad_data".into()));
    }
}

#[tokio::test]
async fn forms_and_the_other_pages() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let base = stage.setting("prometheus/main/url");
    let query = stage.query("search", "error rate", "stable");
    let form = [("query", query.as_str())];
    let post = stage.client.post(format!("{base}/api/v1/query")).form(&form);
    let body: Value = post.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["status"], "success");

    let (_, targets) = stage.prometheus("/api/v1/targets", &[]).await;
    let targets = targets["data"]["activeTargets"].as_array().unwrap().clone();
    assert_eq!(targets.len(), 12);
    assert!(targets.iter().all(|target| target["health"] == "up"));
    stage.running.faults.set(Peer::Health, Mood::Refuse);
    let (_, targets) = stage.prometheus("/api/v1/targets", &[]).await;
    assert_eq!(targets["data"]["activeTargets"][0]["health"], "down");

    let (_, alerts) = stage.prometheus("/api/v1/alerts", &[]).await;
    let alerts = alerts["data"]["alerts"].as_array().unwrap();
    assert_eq!(alerts.len(), 2, "and the watchdog");
    assert_eq!(alerts[0]["labels"]["alertname"], "HighErrorRate");
    assert_eq!(alerts[0]["state"], "firing");
    let (_, rules) = stage.prometheus("/api/v1/rules", &[]).await;
    let groups = rules["data"]["groups"].as_array().unwrap();
    let counts: Vec<_> = groups.iter().map(|own| own["rules"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [3, 3, 3, 3, 3, 3, 1]);
    assert_eq!(stage.prometheus("/-/healthy", &[]).await.0, 200);
    assert_eq!(stage.prometheus("/api/v1/nothing", &[]).await.0, 404);
    let (_, build) = stage.prometheus("/api/v1/status/buildinfo", &[]).await;
    assert_eq!(build["data"]["version"], "2.42.0");
}

#[tokio::test]
async fn budgets_backups_and_the_way_of_alerts_follow_the_story() {
    let production = "environment/production";
    for (scenario, burns, hours, health) in
        [(Scenario::Release, false, 5, "ok"), (Scenario::Incident, true, 31, "err")]
    {
        let stage = Stage::new(scenario, 1.0).await;
        let of = |service: &str, key: &str| {
            stage.setting(&format!("service/{service}/{production}/{key}"))
        };
        for (service, is_burning) in [("checkout", false), ("payments", burns)] {
            let errors = of(service, "burn/errors");
            for window in ["30m", "6h"] {
                let share = stage.value(&errors.replace("{window}", window)).await;
                assert_eq!(share / 0.002 > 6.0, is_burning, "{service} {window}: {share}");
            }
        }
        let made = stage.value(&of("payments", "backup/time")).await as i64;
        assert_eq!((stage.now() - made) / 3_600, hours);
        let (_, rules) = stage.prometheus("/api/v1/rules", &[]).await;
        let groups = rules["data"]["groups"].as_array().unwrap();
        let search = groups.iter().find(|group| group["name"] == "search").unwrap();
        assert_eq!(search["rules"][1]["health"], health);
    }
}

#[tokio::test]
async fn an_alertmanager_that_does_not_answer_is_counted() {
    let stage = Stage::new(Scenario::Quiet, 1.0).await;
    let lost = "sum(increase(prometheus_notifications_errors_total[10m]))";
    assert!(stage.value(lost).await.abs() < f64::EPSILON);
    let (_, told) = stage.prometheus("/api/v1/alertmanagers", &[]).await;
    let url = told["data"]["activeAlertmanagers"][0]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&stage.setting("alertmanager/main/url")), "{url}");
    stage.running.faults.set(Peer::Alertmanager, Mood::Refuse);
    assert!(stage.value(lost).await > 0.0);
    let (_, time) = stage.prometheus("/api/v1/query", &[("query", "time()")]).await;
    assert_eq!(time["data"]["resultType"], "scalar");
}
