//! The world through its sockets: raw for `HAProxy`, `reqwest` without proxies for the rest.

mod actions;
mod alerts;
mod balancer;
mod faults;
mod measures;
mod pipelines;
mod scripts;

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::model::Time;

/// A clock that only the test moves.
#[derive(Clone)]
struct Hand(Arc<Mutex<Time>>);

impl Clock for Hand {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

/// A world, its clock and a client of it.
struct Stage {
    running: Running,
    clock: Hand,
    client: reqwest::Client,
}

impl Stage {
    async fn new(scenario: Scenario, speed: f64) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Hand(Arc::new(Mutex::new(Time::from_timestamp(1_760_000_000, 0).unwrap())));
        let options = Options { scenario, speed, seed: 1 };
        Self {
            running: start(options, Arc::new(clock.clone())).await.unwrap(),
            clock,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    fn pass(&self, seconds: i64) {
        *self.clock.0.lock().unwrap() += TimeDelta::seconds(seconds);
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    fn config(&self) -> toml::Table {
        self.running.toml.parse().unwrap()
    }

    /// A value of the configuration by path; `service` and `environment` may be named.
    fn setting(&self, path: &str) -> String {
        let mut at = toml::Value::Table(self.config());
        for step in path.split('/') {
            at = match at {
                toml::Value::Array(items) => items
                    .into_iter()
                    .find(|item| {
                        let name = item.get("name").and_then(toml::Value::as_str);
                        name == Some(step)
                    })
                    .unwrap(),
                other => other.get(step).unwrap().clone(),
            };
        }
        at.as_str().unwrap().to_owned()
    }

    /// A metric's query.
    fn query(&self, service: &str, name: &str, track: &str) -> String {
        let config = self.config();
        let services = config["service"].as_array().unwrap();
        let named = |items: &'_ [toml::Value], name: &str| {
            let mut items = items.iter();
            let found = items.find(|item| item["name"].as_str() == Some(name));
            found.unwrap().clone()
        };
        let service = named(services, service);
        let production = named(service["environment"].as_array().unwrap(), "production");
        let metrics = production["metric"].as_array().unwrap();
        let mut metrics = metrics.iter();
        let is =
            |metric: &&toml::Value, key: &str, value: &str| metric[key].as_str() == Some(value);
        let found = metrics.find(|m| is(m, "name", name) && is(m, "track", track));
        found.unwrap()["query"].as_str().unwrap().to_owned()
    }

    async fn get(&self, url: &str) -> (u16, Value) {
        let answer = self.client.get(url).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn health(&self, service: &str, track: &str) -> (u16, Value) {
        let path = format!("service/{service}/environment/production/health/{track}/url");
        self.get(&self.setting(&path)).await
    }

    async fn haproxy(&self, line: &str) -> String {
        self.try_haproxy(line).await.unwrap()
    }

    async fn try_haproxy(&self, line: &str) -> io::Result<String> {
        let address = self.setting("service/checkout/environment/production/rollout/address");
        let mut stream = TcpStream::connect(address.strip_prefix("tcp:").unwrap()).await?;
        stream.write_all(format!("{line}\n").as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }
}

#[tokio::test]
async fn a_speed_out_of_range_is_refused() {
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let options = Options { speed, ..Options::default() };
        let clock = Hand(Arc::new(Mutex::new(Time::UNIX_EPOCH)));
        let error = start(options, Arc::new(clock)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn the_configuration_is_divided_by_speed_and_has_no_secret() {
    let stage = Stage::new(Scenario::Release, 16.0).await;
    let soak = "service/checkout/environment/production/rollout/soak";
    assert_eq!(stage.setting(soak), "7500ms");
    let file = stage.setting("github/token/file");
    let token = std::fs::read_to_string(&file).unwrap();
    assert!(!stage.running.toml.contains(&token));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(Path::new(&file)), 0o600);
        assert_eq!(mode(stage.running.directory()), 0o700);
    }
    let directory = stage.running.directory().to_owned();
    drop(stage.running);
    assert!(!directory.exists());
}

#[tokio::test]
async fn servers_stop_when_the_world_is_dropped() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let address = stage.setting("service/checkout/environment/production/rollout/address");
    let address = address.strip_prefix("tcp:").unwrap().to_owned();
    assert!(TcpStream::connect(&address).await.is_ok());
    drop(stage.running);
    // the runtime drops an aborted task when it next gets to it
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
