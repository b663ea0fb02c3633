//! The configuration as the rest of the program uses it: every reference followed, every default filled
//! in. The part that folding and drawing need is [`Fleet`]; this adds what contacts the world, and so is
//! seen by the composition root and the adapters' constructors alone.

mod prometheus;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::model::{Danger, Fleet, Program, Severity, Target, Track};

use super::loopback::is_loopback_url;
use super::secret::Secret;

pub use prometheus::{
    BackupConfig, BurnConfig, ComparisonConfig, CountersConfig, PathConfig, PrometheusConfig,
    QueryConfig, SidesConfig,
};

/// A whole configuration.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The file it was read from.
    pub path: PathBuf,
    /// What each target is.
    pub fleet: Fleet,
    /// By feed source name: `github`, `github.NAME`.
    pub github: BTreeMap<String, GithubConfig>,
    /// By feed source name: `prometheus.NAME`.
    pub prometheus: BTreeMap<String, PrometheusConfig>,
    /// By feed source name: `alertmanager.NAME`.
    pub alertmanager: BTreeMap<String, AlertmanagerConfig>,
    /// By the name of who is asked: `registry.HOST`.
    pub registries: BTreeMap<String, RegistryConfig>,
    /// Severity label value (lower case) → P0–P3.
    pub severity: BTreeMap<String, Severity>,
    /// Health checks, in the order of the configuration.
    pub checks: Vec<CheckConfig>,
    /// Engines by target.
    pub engines: BTreeMap<Target, EngineConfig>,
    /// What the cockpit looks like.
    pub screen: ScreenConfig,
    /// The folder of a journal that is shared with others; none: that of the user's own.
    pub journal: Option<PathBuf>,
    /// Every secret that is named.
    pub secrets: Vec<Secret>,
    /// Rebound keys, in the order of the file. What actions and keys there are, the screen knows.
    pub keys: Vec<BindingConfig>,
}

/// An action's keys, as the file names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingConfig {
    /// The action's name.
    pub action: Placed,
    /// Its keys.
    pub keys: Vec<Placed>,
}

/// A text of the file and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// Line and column, both from 1.
    pub place: (usize, usize),
}

/// What the cockpit looks like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScreenConfig {
    /// The theme's name, when one is configured.
    pub theme: Option<String>,
    /// The panes in their order, by name; empty: the program's own.
    pub panes: Vec<String>,
    /// Whether only ASCII is drawn; by the locale when it is not configured.
    pub ascii: Option<bool>,
    /// Whether the cockpit takes the mouse from the terminal.
    pub mouse: bool,
}

/// How to reach an HTTP API.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Its address, with a path prefix if it has one.
    pub url: Url,
    /// Extra headers, such as a tenant's.
    pub headers: BTreeMap<String, String>,
    /// A bearer token.
    pub bearer: Option<Secret>,
    /// User and password.
    pub basic: Option<(String, Secret)>,
    /// A PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// PEM files of a client certificate and its key.
    pub client_cert: Option<(PathBuf, PathBuf)>,
    /// Limit of one request.
    pub timeout: Duration,
    /// Whether proxies of the environment are ignored (the demo world, loopback).
    pub no_proxy: bool,
}

impl HttpConfig {
    /// Without credentials, headers or certificates of its own; loopback is asked directly.
    #[must_use]
    pub fn plain(url: Url, timeout: Duration) -> Self {
        Self {
            no_proxy: is_loopback_url(&url),
            url,
            headers: BTreeMap::new(),
            bearer: None,
            basic: None,
            ca_file: None,
            client_cert: None,
            timeout,
        }
    }
}

/// One GitHub host with the repositories polled there.
#[derive(Debug, Clone)]
pub struct GithubConfig {
    /// `https://api.github.com` or an Enterprise Server's `/api/v3`; `token` as `bearer`.
    pub http: HttpConfig,
    /// The usual cadence for an idle repository.
    pub every: Duration,
    /// The cadence while a run is active.
    pub every_active: Duration,
    /// What to poll.
    pub repos: Vec<RepoConfig>,
}

/// One repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepoConfig {
    /// `acme/checkout`.
    pub name: String,
    /// File names of workflows; empty: all.
    pub workflows: Vec<String>,
    /// Checks that a target's gate asks for.
    pub required: BTreeSet<String>,
    /// What scanners find that a target's gate asks for.
    pub security: BTreeSet<Danger>,
}

/// One registry of images.
#[derive(Debug, Clone)]
pub struct RegistryConfig {
    /// How to reach it; its user and password are for who gives out its tokens.
    pub http: HttpConfig,
    /// Who else than the registry itself may be told them.
    pub auth: Option<Url>,
}

/// One Alertmanager with the matchers asked there.
#[derive(Debug, Clone)]
pub struct AlertmanagerConfig {
    /// How to reach it.
    pub http: HttpConfig,
    /// The cadence.
    pub every: Duration,
    /// Which alerts belong to which target.
    pub matchers: Vec<(Target, Vec<String>)>,
    /// The matcher of the alert that always fires, where one is expected.
    pub watchdogs: Vec<(Target, String)>,
}

/// One health check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckConfig {
    /// Of which target.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// Which side it probes.
    pub track: Track,
    /// What it probes.
    pub probe: ProbeConfig,
    /// How often.
    pub every: Duration,
    /// Limit of one probe.
    pub timeout: Duration,
    /// How many probes in a row may be needed to believe one.
    pub agree: u32,
}

/// What a check probes.
#[derive(Debug, Clone, PartialEq)]
pub enum ProbeConfig {
    /// An HTTP endpoint.
    Http {
        /// Its address.
        url: Url,
        /// JSON pointer → the value it must have.
        expect: BTreeMap<String, String>,
        /// JSON pointer to the running revision.
        revision: Option<String>,
        /// PEM file of certificate authorities to trust besides the system's.
        ca_file: Option<PathBuf>,
        /// JSON pointer to an error rate (0–1), when the dialect has no place of its own for it.
        error_rate: Option<String>,
        /// JSON pointer to an uptime in seconds.
        uptime: Option<String>,
        /// Whether proxies of the environment are ignored.
        no_proxy: bool,
    },
    /// A TCP port that must accept a connection, `host:port`.
    Tcp(String),
}

/// How a target's engine is reached.
#[derive(Debug, Clone, PartialEq)]
pub enum EngineConfig {
    /// HAProxy's runtime API.
    Haproxy(HaproxyConfig),
    /// Programs of the operator's.
    Command(Box<CommandConfig>),
    /// Runs and environments at GitHub.
    Github(Box<GithubEngineConfig>),
}

/// A release that is a run at GitHub: it deploys to one environment after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct GithubEngineConfig {
    /// `github` or `github.NAME`.
    pub host: String,
    /// `acme/checkout`.
    pub repo: String,
    /// The workflow whose runs are the releases.
    pub workflow: String,
    /// Only its runs of this branch or tag count (`v*`: a pattern with one `*`).
    pub pattern: Option<String>,
    /// The environments in the order of the release.
    pub stages: Vec<StageConfig>,
    /// How it goes on; none: by approving what waits at the next environment.
    pub promote: Option<StartConfig>,
    /// How it goes back; none: it is not offered.
    pub rollback: Option<WayBackConfig>,
    /// The target time of a rollback.
    pub rollback_within: Duration,
    /// The cadence of readings.
    pub every: Duration,
}

/// An environment and the traffic it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct StageConfig {
    /// Its name at GitHub.
    pub environment: String,
    /// Percent.
    pub weight: f64,
}

/// A workflow that is started. `{target}`, `{revision}`, `{weight}` and `{action}` in its inputs stand for
/// what they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartConfig {
    /// Its file name.
    pub workflow: String,
    /// The branch or tag it is started on.
    pub git_ref: String,
    /// Its inputs.
    pub inputs: BTreeMap<String, String>,
}

/// How a release goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayBackConfig {
    /// By a workflow.
    Start(StartConfig),
    /// By running the last good release again.
    Rerun,
}

impl GithubEngineConfig {
    /// The workflow that goes back, where it is one of its own.
    #[must_use]
    pub fn rollback_workflow(&self) -> Option<&str> {
        match &self.rollback {
            Some(WayBackConfig::Start(start)) => Some(&start.workflow),
            _ => None,
        }
    }
}

/// Programs that tell and move a rollout. What is not configured is not offered.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandConfig {
    /// Prints the rollout as JSON. Its placeholders are filled in.
    pub status: Program,
    /// Goes to `{weight}`.
    pub promote: Option<Program>,
    /// Stops it for now; none: a pause is journaled only.
    pub pause: Option<Program>,
    /// Ends a pause; none: likewise.
    pub resume: Option<Program>,
    /// Goes back to `{revision}`.
    pub rollback: Option<Program>,
    /// Percentages, rising.
    pub steps: Vec<f64>,
    /// The cadence of readings.
    pub every: Duration,
}

impl CommandConfig {
    /// Every program, by its key.
    pub fn programs(&self) -> impl Iterator<Item = (&'static str, &Program)> {
        let acting = [
            ("promote", &self.promote),
            ("pause", &self.pause),
            ("resume", &self.resume),
            ("rollback", &self.rollback),
        ];
        let acting = acting.into_iter().filter_map(|(key, program)| Some((key, program.as_ref()?)));
        std::iter::once(("status", &self.status)).chain(acting)
    }
}

/// HAProxy's runtime API.
#[derive(Debug, Clone, PartialEq)]
pub struct HaproxyConfig {
    /// One address or a pair.
    pub addresses: Vec<HaproxyAddress>,
    /// The backend.
    pub backend: String,
    /// The old side's servers.
    pub stable: Vec<String>,
    /// The new side's servers.
    pub candidate: Vec<String>,
    /// Percentages, rising.
    pub steps: Vec<f64>,
    /// The cadence of readings.
    pub every: Duration,
    /// Limit of one exchange.
    pub timeout: Duration,
}

/// Where a runtime API listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HaproxyAddress {
    /// `tcp:host:port`.
    Tcp(String),
    /// `unix:/path`.
    Unix(PathBuf),
}

impl std::fmt::Display for HaproxyAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}
