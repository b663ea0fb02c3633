//! The way of an alert on the real Prometheus and Alertmanager: whole, with a rule that fails, with the
//! Alertmanager gone.

use serde_json::{Value, json};

use super::monitoring::Monitoring;
use super::process::http;
use super::world::World;
use crate::support::patience::until;

/// Watches the way, a budget and a backup in the world's configuration.
fn assure(world: &World) {
    let path = world.folder().join("flightdeck.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let rules = r#"
  backup = { time = 'time() - 3600', max_age = "24h", every = "1s" }

    [service.environment.burn]
    objective = 0.99
    errors = '(sum(rate(http_requests_total{code=~"5.."}[{window}])) or vector(0)) / sum(rate(http_requests_total[{window}]))'
    every = "1s"

    [service.environment.alert_path]
    watchdog = 'alertname="Watchdog"'
    every = "1s"
"#;
    let (before, after) = text.split_once("\n    [service.environment.rollout]").unwrap();
    let text = format!("{before}{rules}\n    [service.environment.rollout]{after}");
    std::fs::write(path, text).unwrap();
}

fn gate(target: &Value, name: &str) -> Value {
    let gates = target["gates"].as_array().cloned().unwrap_or_default();
    gates.into_iter().find(|gate| gate["name"] == name).unwrap_or_default()
}

/// Waits until a gate says so, in these words.
fn says(world: &World, name: &str, state: &str, words: &str) {
    world.until(&format!("{name} {state}: {words}"), |target| {
        let gate = gate(target, name);
        gate["state"] == state && gate["reason"].as_str().is_some_and(|why| why.contains(words))
    });
}

#[test]
fn a_broken_way_of_alerts_is_never_taken_for_silence() {
    let Some(mut world) = World::start("a_broken_way_of_alerts_is_never_taken_for_silence", 1)
    else {
        return;
    };
    assure(&world);
    says(&world, "alerts", "pass", "none firing at P1");
    says(&world, "burn", "pass", "× the budget over");
    says(&world, "backup", "pass", "60 m old");

    let whole = Monitoring::rules();
    // the counter has a series for each side, and each process: what is on the right is not one for one
    let broken = format!(
        "{whole}  - alert: Lopsided\n    expr: up == on(job) group_left() up\n    labels: {{ severity: critical, service: other }}\n"
    );
    world.monitoring.rewrite(&broken);
    says(&world, "alerts", "unknown", "rules: Lopsided of checkout fails");
    world.monitoring.rewrite(whole);
    says(&world, "alerts", "pass", "none firing at P1");

    world.monitoring.stop_alertmanager();
    says(&world, "alerts", "unknown", "not heard yet");
    // it has something new to send
    let more = "  - alert: Noise\n    expr: vector(1)\n    labels: { severity: none }\n";
    world.monitoring.rewrite(&format!("{whole}{more}"));
    let prometheus = world.monitoring.prometheus;
    until("prometheus counts what it could not send", || {
        let query =
            "/api/v1/query?query=sum(increase(prometheus_notifications_dropped_total%5B10m%5D))";
        let (_, body) = http(prometheus, "GET", query)?;
        let body: Value = serde_json::from_str(&body).ok()?;
        let value = body["data"]["result"][0]["value"][1].as_str()?.parse::<f64>().ok()?;
        (value > 0.0).then_some(())
    });
    world.monitoring.start_alertmanager();
    // it is back, and what got lost meanwhile is not forgotten
    says(&world, "alerts", "unknown", "notifications: ");
    let (_, _, target) = world.status();
    assert_ne!(gate(&target, "alerts")["state"], json!("pass"));
}
