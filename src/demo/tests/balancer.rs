//! `HAProxy`'s runtime API, the apps behind it, and what both count.

use super::*;

#[tokio::test]
async fn commands_answer_as_haproxy_does() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    for (line, expected) in [
        ("get weight checkout/canary1", "10 (initial 0)\n\n"),
        ("set weight checkout/canary1 50", "\n"),
        ("set weight checkout/canary1 60; set server checkout/stable1 weight 40", "\n\n"),
        (
            "get weight checkout/canary1;get weight checkout/stable1",
            "60 (initial 0)\n\n40 (initial 100)\n\n",
        ),
        ("set weight checkout/nobody 5", "No such server.\n\n"),
        ("set weight nobody/canary1 5", "No such backend.\n\n"),
        ("set weight checkout 5", "Require 'backend/server'.\n\n"),
        ("set weight checkout/canary1", "Require <weight> or <weight%>.\n\n"),
        (
            "set weight checkout/canary1 257",
            "Absolute weight can only be between 0 and 256 inclusive.\n\n",
        ),
        (
            "set server checkout/canary1 state up",
            "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n",
        ),
        ("show servers state nobody", "Can't find backend.\n\n"),
    ] {
        assert_eq!(stage.haproxy(line).await, expected, "{line}");
    }
    let unknown = stage.haproxy("do it").await;
    assert!(unknown.starts_with("Unknown command") && unknown.ends_with("\n\n"));
    assert_eq!(stage.running.faults.mutations().len(), 9);
    assert_eq!(stage.running.faults.mutations()[0], "set weight checkout/canary1 50");
    assert_eq!(stage.running.faults.requests(Peer::Haproxy), 12);
}

#[tokio::test]
async fn listings_have_rows_and_columns() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    stage.haproxy("set server checkout/stable1 state drain").await;
    let state = stage.haproxy("show servers state checkout").await;
    let lines: Vec<_> = state.lines().collect();
    assert_eq!(lines[0], "1");
    assert!(lines[1].starts_with("# be_id be_name srv_id srv_name"));
    let columns = lines[1].split(' ').count() - 1;
    for line in &lines[2..4] {
        assert_eq!(line.split(' ').count(), columns, "{line}");
    }
    let stable: Vec<_> = lines[2].split(' ').collect();
    assert_eq!(stable[3..9], ["stable1", "127.0.0.1", "2", "8", "90", "100"]);
    assert_eq!(lines[4..], [""]);

    let table = Table::read(&stage.haproxy("show stat").await);
    assert_eq!(table.get("checkout", "stable1", "status"), "DRAIN");
    assert_eq!(table.get("checkout", "stable1", "weight"), "90");
    assert_eq!(table.get("checkout", "BACKEND", "weight"), "10");
    assert_eq!(table.get("checkout", "BACKEND", "type"), "1");
    assert!(stage.haproxy("show info").await.starts_with("Name: HAProxy\n"));
}

#[tokio::test]
async fn weights_shift_what_the_balancer_and_the_apps_count() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let count = async |stage: &Stage| {
        let table = Table::read(&stage.haproxy("show stat").await);
        let number = |server| table.get("checkout", server, "lbtot").parse::<u64>().unwrap();
        let (_, health) = stage.health("checkout", "candidate").await;
        let candidate = health["requests_total"].as_u64().unwrap();
        assert_eq!(candidate, number("canary1"));
        assert_eq!(number("BACKEND"), number("canary1") + number("stable1"), "{table:?}");
        (number("canary1"), number("stable1"))
    };
    for weight in [10, 50, 100, 0] {
        let line = format!(
            "set weight checkout/canary1 {weight}; set weight checkout/stable1 {}",
            100 - weight
        );
        assert_eq!(stage.haproxy(&line).await, "\n\n");
        let before = count(&stage).await;
        stage.pass(100);
        let after = count(&stage).await;
        let (candidate, stable) = (after.0 - before.0, after.1 - before.1);
        let share = candidate as f64 * 100.0 / (candidate + stable) as f64;
        assert!(candidate + stable > 20_000);
        assert!((share - f64::from(weight)).abs() < 0.05, "{weight}: {share}");
    }
}

#[tokio::test]
async fn apps_say_how_they_are() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let (status, health) = stage.health("checkout", "candidate").await;
    assert_eq!((status, &health["version"]), (200, &"1.4.2".into()));
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["components"]["database"]["status"], "healthy");
    assert_eq!(health["uptime"], 95);
    let (_, health) = stage.health("checkout", "stable").await;
    assert_eq!(health["version"], "1.4.1");
    assert_eq!(health["uptime"], 25_200);
    let (status, health) = stage.health("payments", "candidate").await;
    assert_eq!((status, &health["status"]), (200, &"degraded".into()));
    stage.haproxy("set weight payments/canary1 100; set weight payments/stable1 0").await;
    stage.pass(60);
    let (status, health) = stage.health("payments", "candidate").await;
    assert_eq!((status, &health["status"]), (503, &"unhealthy".into()));
    stage.haproxy("set weight payments/stable1 100; set weight payments/canary1 0").await;
    stage.pass(61);
    let (status, health) = stage.health("payments", "candidate").await;
    assert_eq!((status, &health["status"]), (200, &"healthy".into()));
    assert_eq!(health["error_rate"], Value::Null);

    let url = stage.setting("service/payments/environment/production/health/candidate/url");
    let (_, metrics) = stage.get(&url.replace("/health", "/metrics")).await;
    let total = health["requests_total"].as_u64().unwrap();
    let line = format!(
        "requests_total{{service=\"payments\",env=\"production\",track=\"candidate\"}} {total}\n"
    );
    assert!(metrics.as_str().unwrap().contains(&line), "{metrics}");
    assert_eq!(stage.get(&url.replace("/health", "/")).await.0, 404);
}

/// A listing in CSV by header name.
#[derive(Debug)]
struct Table(Vec<std::collections::BTreeMap<String, String>>);

impl Table {
    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let header = lines.next().unwrap().strip_prefix("# ").unwrap();
        let names: Vec<_> = header.split(',').map(str::to_owned).collect();
        let rows = lines.filter(|line| !line.is_empty()).map(|line| {
            let values: Vec<_> = line.split(',').map(str::to_owned).collect();
            assert_eq!(values.len(), names.len());
            names.iter().cloned().zip(values).collect()
        });
        Self(rows.collect())
    }

    fn get(&self, proxy: &str, server: &str, column: &str) -> &str {
        let mut rows = self.0.iter();
        let found = rows.find(|row| row["pxname"] == proxy && row["svname"] == server);
        &found.unwrap()[column]
    }
}
