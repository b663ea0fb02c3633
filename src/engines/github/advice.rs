//! What an operator is told before a rollback is asked for: whose approval its run will need, and how long
//! it usually takes. Read rarely; what cannot be read is not said.

use std::collections::BTreeSet;

use super::facts::{Facts, Memory};
use crate::clients::github::{GithubClient, Protection};
use crate::config::GithubEngineConfig;
use crate::model::rollout::Ahead;
use crate::model::{Conclusion, Run};
use crate::workflow;

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
}

impl Memory {
    /// The advice, which is read anew now and then.
    pub(super) async fn advice(
        &mut self,
        client: &GithubClient,
        config: &GithubEngineConfig,
        facts: &Facts,
    ) -> Advice {
        let held = self.advice.take().filter(|(left, _)| *left > 0);
        let (left, approvals) = match held {
            Some((left, advice)) => (left - 1, advice),
            None => (
                HOLDS,
                Advice { notes: approvals(client, config, facts).await, ..Advice::default() },
            ),
        };
        self.advice = Some((left, approvals.clone()));
        let mut advice = approvals;
        if config.rollback_workflow().is_some() {
            advice.notes.push(duration(config, &facts.backs));
        }
        advice
    }
}

/// Whose approval a rollback's run will need.
async fn approvals(
    client: &GithubClient,
    config: &GithubEngineConfig,
    facts: &Facts,
) -> Vec<String> {
    let Some(file) = config.rollback_workflow() else { return Vec::new() };
    let mut notes = Vec::new();
    let me = client.login().await;
    for environment in environments(client, config, file, facts).await {
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
    file: &str,
    facts: &Facts,
) -> BTreeSet<String> {
    let git_ref = match &config.rollback {
        Some(crate::config::WayBackConfig::Start(start)) => start.git_ref.as_str(),
        _ => return BTreeSet::new(),
    };
    let text = client.workflow_file(&config.repo, file, git_ref).await;
    if let Some(found) = text.ok().flatten().and_then(|text| workflow::parse(&text).ok()) {
        let named = found.jobs.into_iter().filter_map(|job| job.environment);
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
