//! What an operator is told before a rollback is asked for: whose approval its run will need, how long it
//! usually takes, what stands in its way. Read rarely; what cannot be read is not said.

use std::collections::BTreeSet;

use super::facts::{Facts, Memory};
use super::queue::{Files, Met, Unread, ahead, locks_of_stage, locks_of_start, untold};
use super::standing::Standing;
use crate::clients::github::{GithubClient, Protection};
use crate::config::{GithubEngineConfig, WayBackConfig};
use crate::model::rollout::Ahead;
use crate::model::workflow::Workflow;
use crate::model::{Conclusion, Run, Time};
use crate::workflow::{self, Lock, locks_of_run};

/// For how many readings advice holds.
const HOLDS: u32 = 30;

/// Runs that "usually" is the middle of.
const USUALLY: usize = 5;

/// What is said beside the offers.
#[derive(Debug, Clone, Default)]
pub(super) struct Advice {
    /// Beside a rollback.
    pub(super) notes: Vec<String>,
    /// What stands in the way of the run of a rollback.
    pub(super) ahead_of_rollback: Vec<Ahead>,
    /// What stands in the way of what a promotion lets go on.
    pub(super) ahead_of_promotion: Vec<Ahead>,
    /// Why that may not be all.
    pub(super) unread: Option<String>,
}

/// What is read for advice, and when it is to be read again.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Readings until files and rules are read again.
    rules: u32,
    /// The commit of the release that they were read for.
    of: Option<String>,
    files: Files,
    /// Readings until the release's file is tried again that could not be read.
    again: u32,
    approvals: Vec<String>,
    /// Readings until queues are asked for though no run moves.
    queues: u32,
    before_rollback: Met,
    before_promotion: Met,
}

impl Memory {
    /// The advice: files and rules are read now and then, queues while something moves.
    pub(super) async fn advice(
        &mut self,
        client: &GithubClient,
        standing: &Standing<'_>,
        now: Time,
    ) -> Advice {
        let (config, facts, held) = (standing.config, standing.facts, &mut self.advice);
        let of = standing.run().map(|run| run.sha.clone());
        if held.rules == 0 || held.of != of {
            if held.of != of {
                (held.of, held.files) = (of, Files::default());
            }
            let (release, back) =
                futures::join!(release_file(client, standing), back_file(client, config));
            held.files.back = back;
            held.learn(release, now);
            held.approvals = approvals(client, config, &held.files, facts).await;
            held.rules = HOLDS;
        } else if held.files.unread.is_some() && held.again == 0 {
            held.learn(release_file(client, standing).await, now);
        }
        held.rules -= 1;
        held.again = held.again.saturating_sub(1);
        let moves = facts.runs.iter().chain(&facts.backs).any(Run::is_active);
        if moves || held.queues == 0 {
            let known = (&held.files, facts);
            let back = (back_locks(standing, &held.files), None);
            let (locks, untold) = stage_locks(standing, &held.files);
            let on = (locks, standing.run().map(|run| run.id));
            let (back, on) = futures::join!(
                ahead(client, config, back, known),
                ahead(client, config, on, known)
            );
            (held.before_rollback, held.before_promotion) = (back, on);
            let unread = &mut held.before_promotion.unread;
            *unread = unread.take().or(untold);
            held.queues = HOLDS / 2;
        }
        held.queues = held.queues.saturating_sub(1);
        let mut notes = held.approvals.clone();
        if config.rollback_workflow().is_some() {
            notes.push(duration(config, &facts.backs));
        }
        Advice {
            notes,
            ahead_of_rollback: held.before_rollback.ahead.clone(),
            ahead_of_promotion: held.before_promotion.ahead.clone(),
            unread: held.before_promotion.unread.clone(),
        }
    }
}

/// What the run of a rollback would lock.
fn back_locks(standing: &Standing<'_>, files: &Files) -> Vec<Lock> {
    let repo = &standing.config.repo;
    let stable = standing.releases.stable.as_ref().and_then(|release| release.run.as_ref());
    match &standing.config.rollback {
        Some(WayBackConfig::Start(start)) => {
            files.back.as_ref().map_or(Vec::new(), |file| locks_of_start(file, repo, start))
        }
        Some(WayBackConfig::Rerun) => {
            let known = files.release.as_ref().zip(stable);
            known.map_or(Vec::new(), |(file, run)| locks_of_run(file, repo, run))
        }
        None => Vec::new(),
    }
}

/// What the job of the next stage would lock, and why that may not be all.
fn stage_locks(standing: &Standing<'_>, files: &Files) -> (Vec<Lock>, Option<String>) {
    let (config, file) = (standing.config, files.release.as_ref());
    let Some((run, stage)) = standing.run().zip(standing.next()) else {
        return (Vec::new(), None);
    };
    let stage = &stage.environment;
    let locks = file.map_or(Vec::new(), |file| locks_of_stage(file, &config.repo, run, stage));
    let untold = untold(files, &config.workflow, stage, locks.len());
    (locks, untold)
}

impl Held {
    /// Keeps the file of the release, or why it could not be read: then it is tried again, ever more rarely.
    fn learn(&mut self, release: Result<Option<Workflow>, String>, now: Time) {
        let before = self.files.unread.take();
        let (since, tries) = before.map_or((now, 0), |unread| (unread.since, unread.tries));
        match release {
            Ok(file) => self.files.release = file,
            Err(why) => {
                self.files.release = None;
                self.files.unread = Some(Unread { why, since, tries: tries + 1 });
            }
        }
        self.again = (1 << tries.min(8)).min(HOLDS);
        // what it locks is asked for at once
        self.queues = 0;
    }
}

/// The workflow file of the release as its run has it; none where there is no run.
///
/// # Errors
/// Why it cannot be read.
async fn release_file(
    client: &GithubClient,
    standing: &Standing<'_>,
) -> Result<Option<Workflow>, String> {
    let Some(run) = standing.run().or(standing.facts.runs.first()) else { return Ok(None) };
    let config = standing.config;
    let text = client.workflow_file(&config.repo, &config.workflow, &run.sha).await;
    let text = text.map_err(|fault| fault.text)?.ok_or("it is not there")?;
    workflow::parse(&text).map(Some).map_err(|error| error.to_string())
}

/// The workflow file of a rollback as it would start.
async fn back_file(client: &GithubClient, config: &GithubEngineConfig) -> Option<Workflow> {
    let Some(WayBackConfig::Start(start)) = &config.rollback else { return None };
    let text = client.workflow_file(&config.repo, &start.workflow, &start.git_ref).await;
    workflow::parse(&text.ok().flatten()?).ok()
}

/// Whose approval a rollback's run will need.
async fn approvals(
    client: &GithubClient,
    config: &GithubEngineConfig,
    files: &Files,
    facts: &Facts,
) -> Vec<String> {
    if config.rollback_workflow().is_none() {
        return Vec::new();
    }
    let mut notes = Vec::new();
    let me = client.login().await;
    for environment in environments(client, config, files, facts).await {
        let Ok(Some(rules)) = client.protection(&config.repo, &environment).await else { continue };
        notes.extend(needs(&environment, &rules, me.as_deref()));
    }
    notes
}

/// The environments that the rollback's jobs deploy to: by its file, else by what was decided of its last
/// run.
async fn environments(
    client: &GithubClient,
    config: &GithubEngineConfig,
    files: &Files,
    facts: &Facts,
) -> BTreeSet<String> {
    if let Some(file) = &files.back {
        let named = file.jobs.iter().filter_map(|job| job.environment.clone());
        return named.filter(|name| !name.contains("${{")).collect();
    }
    let Some(last) = facts.backs.first() else { return BTreeSet::new() };
    let waits = client.waits(&config.repo, last.id).await.ok().flatten().unwrap_or_default();
    let decided = waits.decisions.into_iter().flat_map(|decision| decision.environments);
    decided.chain(waits.waiting.into_iter().map(|waiting| waiting.environment)).collect()
}

/// What an environment's rules mean for a rollback.
fn needs(environment: &str, rules: &Protection, me: Option<&str>) -> Option<String> {
    let mut notes = Vec::new();
    if !rules.reviewers.is_empty() {
        let mine = me.is_some_and(|me| rules.reviewers.iter().any(|name| name == me));
        let teams = rules.reviewers.iter().any(|name| name.starts_with("team "));
        let you = match (rules.prevents_self_review, mine) {
            (true, _) => "; not by you, who start it",
            (false, true) => "; you may approve it",
            (false, false) if me.is_none() || teams => "",
            (false, false) => "; you are none of them",
        };
        notes.push(format!(
            "a rollback run needs an approval: {environment}, by {}{you}",
            rules.reviewers.join(" or ")
        ));
    }
    if rules.wait_minutes > 0 {
        notes.push(format!("{environment} holds it for {} min", rules.wait_minutes));
    }
    if !rules.apps.is_empty() {
        notes.push(format!("{environment} waits for the rule of {}", rules.apps.join(", ")));
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// How long rollbacks usually take, against the time they may take.
fn duration(config: &GithubEngineConfig, backs: &[Run]) -> String {
    let good = backs.iter().filter(|run| run.conclusion == Some(Conclusion::Success));
    let took =
        |run: &Run| Some((run.updated_at? - run.started_at.or(run.created_at)?).num_seconds());
    let mut took: Vec<i64> = good.filter_map(took).take(USUALLY).collect();
    if took.is_empty() {
        return "no rollback run is known: how long it takes nobody can tell".to_owned();
    }
    took.sort_unstable();
    let (usual, of) = (took[took.len() / 2], took.len());
    let within = config.rollback_within.as_secs();
    let long = u64::try_from(usual).is_ok_and(|usual| usual > within);
    let long =
        if long { format!(", longer than the target time of {within} s") } else { String::new() };
    format!("usually takes {usual} s (median of {of}){long}")
}
