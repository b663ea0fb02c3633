//! What the operator configured about each target, resolved: the part that folding, judging and drawing
//! need. Holds no secret and no address that would be contacted from here.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::alert::Severity;
use super::comparison::JudgeSpec;
use super::feed::FeedId;
use super::health::Track;
use super::ids::Target;
use super::image::ImageSpec;
use super::program::Program;
use super::rules::GateRules;

/// Every target, in the order of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    /// The targets.
    pub targets: Vec<TargetSpec>,
    /// `DEMO` for the header; none for the real world.
    #[serde(default)]
    pub banner: Option<String>,
    /// Where the configuration came from, for the header and the plan.
    #[serde(default)]
    pub origin: String,
    /// Whether every acting verb is refused.
    #[serde(default)]
    pub read_only: bool,
    /// Why the configuration is inert, when it is (found, not trusted).
    #[serde(default)]
    pub inert: Option<String>,
    /// The run at GitHub that this process is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_run: Option<u64>,
    /// Whether the journal is in a folder that others share: then its holds hold for them, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// Whether this is a recording being played: every acting verb is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replay: bool,
}

impl Fleet {
    /// For whom a hold holds: `local`, those with this machine's journal, or `shared`, all with that of the
    /// configuration.
    #[must_use]
    pub fn scope(&self) -> &'static str {
        if self.shared { "shared" } else { "local" }
    }
}

/// One target's configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetSpec {
    /// Its key.
    pub target: Target,
    /// Whether mistakes here are seen by customers.
    pub production: bool,
    /// Its group, deployed in waves.
    pub group: Option<String>,
    /// Its place in the group, from 1.
    pub wave: Option<u32>,
    /// `github` or `github.NAME`; with `repo`, where its pipelines are.
    pub host: Option<String>,
    /// `acme/checkout`.
    pub repo: Option<String>,
    /// The workflow whose newest run is this target's pipeline.
    pub workflow: Option<String>,
    /// Only runs of this branch or tag count (`v*`: a pattern with one `*`).
    pub workflow_ref: Option<String>,
    /// What GitHub calls the environments that this target is: its stages where it has such, else one.
    #[serde(default)]
    pub environments: Vec<String>,
    /// Workflows that are shown and never colour the target.
    pub advisory: Vec<String>,
    /// Patterns of the files that change a database, `db/migrate/**`: a rollback across one says so.
    #[serde(default)]
    pub migrations: Vec<String>,
    /// What the image of a revision is called; none when no registry is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageSpec>,
    /// How long its jobs may take, by job id or the beginning of a name, and `total` for the run.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub budget: BTreeMap<String, Duration>,
    /// Which alerts block a promotion: this severity and worse.
    pub alert_block: Severity,
    /// How its alerts are found; none when not watched.
    pub alerts: Option<AlertSpec>,
    /// Links for the operator.
    pub links: BTreeMap<String, String>,
    /// Whom to call.
    pub contacts: Vec<String>,
    /// How it is rolled out; none when only watched.
    pub rollout: Option<RolloutSpec>,
    /// Its health checks.
    pub health: Vec<CheckSpec>,
    /// Its metrics.
    pub metrics: Vec<MetricSpec>,
    /// How its candidate is judged; none when it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgeSpec>,
    /// What else must be true before it goes on.
    #[serde(default)]
    pub rules: GateRules,
    /// The feed of its metrics; none when not watched.
    pub prometheus: Option<FeedId>,
    /// Scrape jobs that Prometheus should have.
    pub scrape_jobs: Vec<String>,
    /// Commands around actions.
    pub hooks: Hooks,
    /// Named actions that an operator may ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionSpec>,
}

impl TargetSpec {
    /// The feeds a promotion of this target stands on.
    pub fn feeds(&self) -> impl Iterator<Item = Cow<'_, FeedId>> {
        let engine = self.rollout.iter().map(|rollout| &rollout.feed);
        let health = self.health.iter().map(|check| &check.feed);
        let alerts = self.alerts.iter().map(|alerts| &alerts.feed);
        let own = engine.chain(health).chain(&self.prometheus).chain(alerts);
        let repo = self.host.as_ref().zip(self.repo.as_ref());
        let repo = repo.map(|(host, repo)| Cow::Owned(FeedId::part(host, repo)));
        own.map(Cow::Borrowed).chain(repo)
    }
}

impl TargetSpec {
    /// How long a job may take, by its id in the workflow's file or its name; `total` is the run's.
    #[must_use]
    pub fn budget_of(&self, id: &str, name: &str) -> Option<Duration> {
        let of_jobs = self.budget.iter().filter(|(key, _)| *key != TOTAL);
        let exact = of_jobs.clone().find(|(key, _)| *key == id || *key == name);
        let begins = of_jobs.filter(|(key, _)| name.starts_with(key.as_str()));
        exact.or_else(|| begins.max_by_key(|(key, _)| key.len())).map(|(_, limit)| *limit)
    }

    /// How long a run may take.
    #[must_use]
    pub fn budget_of_run(&self) -> Option<Duration> {
        self.budget.get(TOTAL).copied()
    }
}

/// The budget of the whole run.
const TOTAL: &str = "total";

/// A named action: a program that an operator may ask for, guarded, confirmed and journaled as any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionSpec {
    /// Its name.
    pub name: String,
    /// What is run.
    pub program: Program,
    /// Whether the target's name must be typed; else the named key confirms.
    pub by_name: bool,
    /// The time it should be done in: its countdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
}

impl ActionSpec {
    /// The name of the action that takes a database back. No rollback runs it by itself.
    pub const DATABASE_ROLLBACK: &str = "database-rollback";

    /// The name of opening an issue about a target, which is no program of anybody.
    pub const INCIDENT: &str = "incident";
}

/// How a target's alerts are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSpec {
    /// The feed.
    pub feed: FeedId,
    /// Alertmanager matchers; all must hold.
    pub matchers: Vec<String>,
}

/// How a target is rolled out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RolloutSpec {
    /// The engine's kind.
    pub engine: String,
    /// The feed of its readings.
    pub feed: FeedId,
    /// Percentages, rising; promote goes to the next one.
    pub steps: Vec<f64>,
    /// Clean time that a step needs before the next.
    pub soak: Duration,
    /// Whether a `share` query is configured.
    pub has_share: bool,
    /// The countdown of a rollback.
    pub rollback_within: Duration,
    /// What counts as harm, and what is done about it by itself; none: nothing could be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<AutoSpec>,
    /// Whether the sides change places after completion (blue-green).
    pub rotate: bool,
    /// The workflow that rolls back, where one does: what its runs wait for is part of going back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_workflow: Option<String>,
    /// Whether it goes back by running the good release again: then its run has to be one that can be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reruns: bool,
    /// Whether pausing and resuming send something to the engine; else they are journaled only.
    #[serde(default)]
    pub sends_pause: bool,
}

/// What rolls a release back by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoSpec {
    /// Whether somebody is asked first.
    pub mode: AutoMode,
    /// How long somebody has to hold it, where they are asked.
    pub after: Duration,
    /// What of the candidate sets it off.
    pub on: BTreeSet<Trigger>,
    /// Alerts of this severity and worse, where alerts do.
    pub alerts: Severity,
    /// The place of the circuit breaker's query among the metrics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<usize>,
    /// How long it stays under watch after it was completed or rolled back; then harm is announced whatever
    /// the mode is.
    #[serde(default)]
    pub watch_after: Duration,
    /// What who armed it said, for the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// Whether a release is rolled back by itself, and whether somebody is asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoMode {
    /// Nothing is done.
    Off,
    /// It is announced, and done unless somebody holds it in time.
    Ask,
    /// It is done.
    On,
}

/// What sets an automatic rollback off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The judge fails it.
    Judge,
    /// A metric of the candidate is over its limit for its time.
    Metrics,
    /// A health check of the candidate fails.
    Health,
    /// An alert fires that began since the release.
    Alerts,
    /// The circuit breaker's query yields more than 0.
    Breaker,
}

impl Trigger {
    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::Metrics => "metrics",
            Self::Health => "health",
            Self::Alerts => "alerts",
            Self::Breaker => "breaker",
        }
    }
}

/// A health check's rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckSpec {
    /// Its name.
    pub name: String,
    /// Which side it probes.
    pub track: Track,
    /// The feed of its probes.
    pub feed: FeedId,
    /// How often it probes.
    pub every: Duration,
    /// Failures in this time after a change of weight or first sight do not count; ends at the first success.
    pub grace: Duration,
    /// Successes in a row that make it healthy again.
    pub rise: u32,
    /// Failures in a row that make it unhealthy.
    pub fall: u32,
}

/// A metric's rules. The query itself stays with the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricSpec {
    /// Its name.
    pub name: String,
    /// Which side it measures.
    pub track: Track,
    /// The query, for the operator.
    pub query: String,
    /// The largest value that passes.
    pub max: Option<f64>,
    /// The smallest value that passes.
    pub min: Option<f64>,
    /// How long a value must hold before it decides.
    pub hold_for: Duration,
    /// `ratio` is drawn × 100 %; other text is a suffix.
    pub unit: String,
    /// How often it is asked.
    pub every: Duration,
}

impl MetricSpec {
    /// Whether it decides anything, or is shown only.
    #[must_use]
    pub fn is_gate(&self) -> bool {
        self.max.is_some() || self.min.is_some()
    }
}

/// Commands around the actions of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    /// Before the calls of a promotion.
    pub before_promote: Option<HookSpec>,
    /// After a promotion was seen.
    pub after_promote: Option<HookSpec>,
    /// Before the calls of a rollback, inside its countdown.
    pub before_rollback: Option<HookSpec>,
    /// After a rollback was seen.
    pub after_rollback: Option<HookSpec>,
    /// After the last step's soak.
    pub on_completed: Option<HookSpec>,
}

impl Hooks {
    /// Every configured command, by its key.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &HookSpec)> {
        let hooks = [
            ("before_promote", &self.before_promote),
            ("after_promote", &self.after_promote),
            ("before_rollback", &self.before_rollback),
            ("after_rollback", &self.after_rollback),
            ("on_completed", &self.on_completed),
        ];
        hooks.into_iter().filter_map(|(key, hook)| Some((key, hook.as_ref()?)))
    }
}

/// A command run around an action: argv, never a shell. Placeholders `{target}`, `{revision}`,
/// `{weight}` are filled in when it is planned, so the plan shows what runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookSpec {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Its time limit.
    pub timeout: Duration,
    /// Whether its failure stops the action.
    pub required: bool,
}
