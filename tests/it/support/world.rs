//! The demo world in this process, with its switches and counters, and a state folder of its own for the
//! programs that look at it.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flightdeck::demo::{self, Faults, Mood, Options, Peer, Running};
use flightdeck::runtime::SystemClock;
use serde_json::Value;
use tempfile::TempDir;

use super::patience;
use super::program::{Done, Program};
use crate::openapi;

/// In mid-canary at 10 %, and well.
pub const GOOD: &str = "checkout/production";
/// In mid-canary at 10 %, and bad: errors rise with its weight.
pub const BAD: &str = "payments/production";

/// Moved by scripts, in mid-canary at 25 %, and well.
pub const SCRIPTED: &str = "ledger/production";

/// A running world.
pub struct World {
    running: Running,
    folder: TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl World {
    /// A world in which soak and `for` are over soon, and the good release may go on.
    pub fn ready() -> Self {
        Self::start(Options { speed: 100.0, ..Options::default() })
    }

    /// A world as asked for.
    pub fn start(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let running = runtime.block_on(demo::start(options, Arc::new(SystemClock)));
        let running = running.expect("a world");
        openapi::record(&running.faults);
        let world = Self { running, folder: TempDir::new().expect("a folder"), _runtime: runtime };
        world.configure(|toml| toml);
        world
    }

    /// Writes the world's configuration, changed.
    pub fn configure(&self, change: impl FnOnce(String) -> String) {
        let toml = change(self.running.toml.clone());
        std::fs::write(self.config(), toml).expect("the configuration is written");
    }

    /// Leaves the engines alone in the configuration.
    pub fn engines_only(&self) {
        self.configure(|toml| {
            let mut toml: toml::Table = toml.parse().expect("the world's configuration");
            for source in ["github", "prometheus", "alertmanager"] {
                toml.remove(source);
            }
            let services = toml["service"].as_array_mut().expect("services");
            for service in services.iter_mut().filter_map(toml::Value::as_table_mut) {
                for key in ["repo", "workflows"] {
                    service.remove(key);
                }
                let environments = service["environment"].as_array_mut().expect("environments");
                // what GitHub rolls out needs GitHub
                let engine = |environment: &toml::Value| {
                    let rollout = environment.get("rollout")?;
                    Some(rollout.get("engine")?.as_str()? != "github")
                };
                environments.retain(|environment| engine(environment) == Some(true));
                for environment in environments.iter_mut().filter_map(toml::Value::as_table_mut) {
                    let kept = ["name", "production", "rollout"];
                    environment.retain(|key, _| kept.contains(&key));
                    let rollout = environment["rollout"].as_table_mut().expect("a rollout");
                    rollout.remove("share");
                }
            }
            services.retain(|service| {
                service["environment"]
                    .as_array()
                    .is_some_and(|environments| !environments.is_empty())
            });
            toml.to_string()
        });
    }

    /// Lets no source be waited for longer than 1.5 s.
    pub fn impatient(&self) {
        self.configure(|toml| {
            toml.replace("[github]\n", "[github]\ntimeout = \"1500ms\"\n")
                .replace("[prometheus.main]\n", "[prometheus.main]\ntimeout = \"1500ms\"\n")
                .replace("[alertmanager.main]\n", "[alertmanager.main]\ntimeout = \"1500ms\"\n")
                .replace("every_active = \"3s\"", "every_active = \"2s\"")
                .replace("every = \"10s\"", "every = \"2s\"")
        });
    }

    /// Waits until nothing refuses the promotion of the good release: every source answers, soak is over.
    pub fn wait_until_ready(&self) {
        patience::until("the good release to be ready", || {
            let gates = self.target(GOOD)["gates"].as_array().cloned().unwrap_or_default();
            (!gates.is_empty() && gates.iter().all(|gate| gate["state"] == "pass")).then_some(())
        });
    }

    /// Waits until HAProxy can be read.
    pub fn wait_until_readable(&self) {
        patience::until("a readable engine", || self.target(GOOD)["rollout"]["routed"].as_f64());
    }

    /// HAProxy's address.
    fn haproxy(&self) -> &str {
        let toml = &self.running.toml;
        let address = toml.split("address = \"tcp:").nth(1).and_then(|rest| rest.split('"').next());
        address.expect("HAProxy's address")
    }

    /// Waits until HAProxy has taken what a process sent that is gone: it takes what comes in turn.
    pub fn wait_until_taken(&self) {
        for _ in 0..3 {
            let mut stream = TcpStream::connect(self.haproxy()).expect("HAProxy");
            stream.write_all(b"show info\n").expect("it listens");
            stream.read_to_end(&mut Vec::new()).expect("it answers");
        }
    }

    /// Waits until HAProxy's port is closed.
    pub fn wait_until_refused(&self) {
        let address = self.haproxy();
        patience::until("a closed port", || TcpStream::connect(address).err());
    }

    /// Switches and counters.
    pub fn faults(&self) -> &Faults {
        &self.running.faults
    }

    /// Lets servers misbehave.
    pub fn all(&self, peers: impl IntoIterator<Item = Peer>, mood: Mood) {
        peers.into_iter().for_each(|peer| self.faults().set(peer, mood));
    }

    /// GitHub's address.
    pub fn api(&self) -> String {
        self.toml()["github"]["api_url"].as_str().expect("an address").to_owned()
    }

    /// The token that GitHub knows.
    pub fn token(&self) -> String {
        std::fs::read_to_string(self.token_file()).expect("a token")
    }

    /// The file that has it.
    pub fn token_file(&self) -> PathBuf {
        self.toml()["github"]["token"]["file"].as_str().expect("a file").into()
    }

    /// The names of the repositories, without their owner.
    pub fn repositories(&self) -> Vec<String> {
        let toml = self.toml();
        let services = toml["service"].as_array().expect("services").iter();
        let repos = services.filter_map(|service| service.get("repo")?.as_str());
        repos.filter_map(|repo| Some(repo.split_once('/')?.1.to_owned())).collect()
    }

    /// The world's own configuration.
    fn toml(&self) -> toml::Table {
        self.running.toml.parse().expect("the world's configuration")
    }

    /// Command lines that would change something, as HAProxy received them.
    pub fn mutations(&self) -> Vec<String> {
        self.faults().mutations()
    }

    /// A private folder that goes with the world.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration file.
    pub fn config(&self) -> PathBuf {
        self.folder().join("flightdeck.toml")
    }

    /// The state folder.
    pub fn state(&self) -> PathBuf {
        self.folder().join("state")
    }

    /// The real program, looking at this world.
    pub fn program<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Program {
        let program = Program::new(self.folder());
        program.env("FLIGHTDECK_STATE", self.state()).arg("--config").arg(self.config()).args(args)
    }

    /// The words of a line as the arguments of the program, run to its end.
    pub fn run(&self, line: &str) -> Done {
        self.program(line.split_whitespace()).run()
    }

    /// An acting verb without anybody to ask.
    pub fn act(&self, verb: &str, target: &str) -> Program {
        self.program([verb, target, "--yes", "--reason", "a test", "-o", "json"])
    }

    /// One target of `status -o json`.
    pub fn target(&self, target: &str) -> Value {
        let done = self.run(&format!("status {target} -o json"));
        done.json()["targets"][0].clone()
    }

    /// The lines of the journal.
    pub fn journal(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.state().join("journal.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect()
    }

    /// Fails unless the journal is whole.
    pub fn verify_journal(&self) {
        let done = self.run("journal verify");
        assert_eq!(done.code, Some(0), "the journal is not whole: {done:?}");
    }
}

impl Drop for World {
    /// Whatever a test was about: what was said to GitHub, and in its place, is as GitHub publishes it.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            openapi::hold(self.faults(), &self.api());
        }
    }
}
