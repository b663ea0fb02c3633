//! Alertmanager: filters, states, and alerts that come and go with a release.

use super::*;

impl Stage {
    async fn alerts(&self, pairs: &[(&str, &str)]) -> Vec<Value> {
        let base = self.setting("alertmanager/main/url");
        let mut url = url::Url::parse(&format!("{base}/api/v2/alerts")).unwrap();
        url.query_pairs_mut().extend_pairs(pairs);
        let (status, body) = self.get(url.as_str()).await;
        assert_eq!(status, 200, "{body}");
        body.as_array().unwrap().clone()
    }

    async fn names(&self, pairs: &[(&str, &str)]) -> Vec<String> {
        let alerts = self.alerts(pairs).await;
        let names = alerts.iter().map(|alert| &alert["labels"]["alertname"]);
        let mut names: Vec<_> = names.map(|name| name.as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }
}

const PAYMENTS: [(&str, &str); 2] =
    [("filter", r#"service="payments""#), ("filter", r#"env="production""#)];

#[tokio::test]
async fn filters_and_flags() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    assert_eq!(
        stage.names(&PAYMENTS).await,
        ["CertificateEndsSoon", "HighErrorRate", "SlowQueries"]
    );
    assert_eq!(stage.names(&[]).await.len(), 7);
    let off = |name| (name, "false");
    assert_eq!(stage.names(&[off("silenced"), off("inhibited")]).await.len(), 5);
    assert_eq!(stage.names(&[off("active"), off("inhibited")]).await, ["DiskFillingUp"]);
    let inhibited = stage.alerts(&[("filter", "alertname=~Repl.*")]).await;
    let hider = stage.alerts(&[("filter", "service=platform")]).await;
    assert_eq!(inhibited[0]["status"]["state"], "suppressed");
    assert_eq!(inhibited[0]["status"]["inhibitedBy"][0], hider[0]["fingerprint"]);
    let base = stage.setting("alertmanager/main/url");
    let (_, silences) = stage.get(&format!("{base}/api/v2/silences")).await;
    let silenced = stage.alerts(&[("filter", "alertname=DiskFillingUp")]).await;
    assert_eq!(silenced[0]["status"]["silencedBy"][0], silences[0]["id"]);
    for (path, status) in [
        ("/api/v2/alerts?filter=nonsense", 400),
        ("/api/v2/status", 200),
        ("/-/healthy", 200),
        ("/api/v1/alerts", 404),
    ] {
        assert_eq!(stage.get(&format!("{base}{path}")).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn a_rollback_resolves_what_a_bad_release_raised() {
    let stage = Stage::new(Scenario::Release, 10.0).await;
    let alerts = stage.alerts(&PAYMENTS).await;
    let high = &alerts[0];
    assert_eq!(high["labels"]["alertname"], "HighErrorRate");
    assert_eq!(high["labels"]["severity"], "P1");
    let since: Time = high["startsAt"].as_str().unwrap().parse().unwrap();
    let age = stage.now() - since.timestamp();
    assert!((25..36).contains(&age), "since the release of 36 s ago: {age}");

    stage.haproxy("set weight payments/stable1 10; set weight payments/canary1 90").await;
    stage.pass(15);
    assert_eq!(stage.names(&PAYMENTS).await.len(), 5);
    stage.haproxy("set weight payments/stable1 100; set weight payments/canary1 0").await;
    stage.pass(7);
    assert_eq!(stage.names(&PAYMENTS).await, ["CertificateEndsSoon", "SlowQueries"]);
}

#[tokio::test]
async fn quiet_has_nothing_to_look_at() {
    let stage = Stage::new(Scenario::Quiet, 1.0).await;
    stage.pass(3600);
    let off = |name| (name, "false");
    let names = stage.names(&[off("silenced"), off("inhibited")]).await;
    assert_eq!(names, ["PlannedMaintenance", "Watchdog"]);
}
