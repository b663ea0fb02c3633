//! Everything a release needs, real: two apps, HAProxy, Prometheus, Alertmanager, users, a configuration;
//! and the program run against it.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use super::app::App;
use super::haproxy::Haproxy;
use super::monitoring::Monitoring;
use super::traffic::Traffic;
use crate::support::patience::{bound, until};
use crate::support::{self, Program, Pty};

/// One target's name everywhere.
pub const TARGET: &str = "checkout/production";
/// The programs that are not ours.
const SERVERS: [&str; 3] = ["haproxy", "prometheus", "prometheus-alertmanager"];

/// One world at a time: each is half a dozen processes, and time matters in it.
static TURN: Mutex<()> = Mutex::new(());

/// The world. Fields are dropped in this order: users first, then servers, then the folder.
pub struct World {
    recorder: Option<Pty>,
    _traffic: Traffic,
    /// The candidate, 1.4.2.
    pub candidate: App,
    /// The stable side, 1.4.1.
    pub stable: App,
    /// One load balancer, or a pair.
    pub haproxies: Vec<Haproxy>,
    /// Prometheus and Alertmanager.
    pub monitoring: Monitoring,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output as JSON; null when it is none.
    pub json: Value,
    /// Both outputs as text.
    pub text: String,
}

impl World {
    /// Starts it all; none when the servers are not installed, which is said, and is a failure where
    /// `$FLIGHTDECK_E2E` is `required`.
    pub fn start(test: &str, haproxies: usize) -> Option<Self> {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let missing: Vec<&str> = SERVERS
            .into_iter()
            .filter(|name| !std::env::split_paths(&paths).any(|dir| dir.join(name).is_file()))
            .collect();
        if !missing.is_empty() {
            let sentence = format!(
                "NOT RUN: {test} needs {}; on Debian: apt-get install {}",
                missing.join(", "),
                SERVERS.join(" ")
            );
            support::not_run(&sentence);
            return None;
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let (stable, candidate) = (App::start("stable", "1.4.1"), App::start("canary", "1.4.2"));
        let haproxies: Vec<Haproxy> = (0..haproxies)
            .map(|n| Haproxy::start(at, &format!("lb{n}"), stable.port, candidate.port))
            .collect();
        let monitoring = Monitoring::start(at, &[stable.port, candidate.port]);
        let traffic = Traffic::start(haproxies.iter().map(|haproxy| haproxy.web).collect());
        let mut world = Self {
            recorder: None,
            _traffic: traffic,
            candidate,
            stable,
            haproxies,
            monitoring,
            folder,
            _turn: turn,
        };
        let addresses: Vec<String> = world.haproxies.iter().map(Haproxy::address).collect();
        world.configure(&addresses);
        world.recorder = std::env::var_os("FLIGHTDECK_RECORDINGS").map(|folder| {
            let file = Path::new(&folder).join(format!("{test}.flight"));
            let pty = Pty::run(&world.program().arg("--record").arg(file), 120, 40);
            pty.wait_for("PRODUCTION");
            pty
        });
        Some(world)
    }

    /// The folder of the configuration, the journal and everything else.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the configuration, for these addresses of HAProxy.
    pub fn configure(&self, addresses: &[String]) {
        let text = format!(
            include_str!("flightdeck.toml"),
            prometheus = self.monitoring.prometheus,
            alertmanager = self.monitoring.alertmanager,
            addresses = addresses,
            candidate = self.candidate.port,
            stable = self.stable.port,
            // beside the configuration, where the program works
            hooks = "hooks",
        );
        std::fs::write(self.folder().join("flightdeck.toml"), text).unwrap();
    }

    /// The program, with this world's configuration and state and nothing of the caller's environment.
    pub fn program(&self) -> Program {
        Program::new(self.folder())
            .env("FLIGHTDECK_CONFIG", self.folder().join("flightdeck.toml"))
            .env("FLIGHTDECK_STATE", self.folder().join("state"))
            .env("FLIGHTDECK_USER", "ana")
    }

    /// Runs the program to its end, with JSON asked for.
    pub fn run(&self, arguments: &str) -> Said {
        let done = self.program().args(arguments.split(' ')).args(["-o", "json"]).run();
        Said {
            code: done.code.unwrap_or(-1),
            json: serde_json::from_str(&done.stdout).unwrap_or_default(),
            text: done.said(),
        }
    }

    /// Acts as `arguments` say, with the confirmation answered, and expects it to be seen.
    pub fn act(&self, arguments: &str) -> Said {
        let said = self.run(&format!("{arguments} {TARGET} --yes --reason e2e"));
        assert_eq!(said.code, 0, "{}", said.text);
        assert_eq!(said.json["outcome"], "seen", "{}", said.text);
        said
    }

    /// Acts, and expects a refusal; the gates that refused.
    pub fn refused(&self, arguments: &str) -> (Vec<String>, String) {
        let said = self.run(&format!("{arguments} {TARGET} --yes --reason e2e"));
        assert_eq!(said.code, 3, "{}", said.text);
        assert_eq!(said.json["outcome"], "refused", "{}", said.text);
        let refusals = said.json["refusals"].as_array().unwrap();
        let gates = refusals.iter().map(|r| r["gate"].as_str().unwrap().to_owned()).collect();
        (gates, said.text)
    }

    /// `status`, its exit code and its only target.
    pub fn status(&self) -> (i32, Value, Value) {
        let said = self.run("status");
        let target = said.json["targets"][0].clone();
        assert_eq!(target["target"], TARGET, "{}", said.text);
        (said.code, said.json, target)
    }

    /// Waits until `status` fits.
    pub fn until(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        until(what, || Some(self.status().2).filter(&fits))
    }

    /// Waits until every gate passes.
    pub fn until_go(&self) {
        self.until_pass(all_pass);
    }

    /// Waits until every gate but one passes.
    pub fn until_go_but(&self, name: &str) {
        self.until_pass(|target| {
            let gates = target["gates"].as_array();
            let passes = |gate: &Value| gate["name"] == name || gate["state"] == "pass";
            gates.is_some_and(|gates| gates.iter().all(passes))
        });
    }

    fn until_pass(&self, passes: impl Fn(&Value) -> bool) {
        let mut last = Value::Null;
        let deadline = Instant::now() + bound(30);
        while !passes(&last) {
            assert!(Instant::now() < deadline, "no go: {last:#}");
            last = self.status().2;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut recorder) = self.recorder.take() {
            recorder.press("q");
            recorder.exit_code();
        }
        if std::thread::panicking() {
            // what a person would look at first
            for look in ["journal show", "status"] {
                println!("{look}:\n{}", self.program().args(look.split(' ')).run().said());
            }
        }
    }
}

/// Whether there are gates and every one passes.
fn all_pass(target: &Value) -> bool {
    let gates = target["gates"].as_array();
    gates.is_some_and(|gates| gates.iter().all(|gate| gate["state"] == "pass"))
}
