//! Where a rollback can go: which revision was good last, how sure that is, what stands behind its name, and
//! what going there loses. Pure; refuses nothing, for a rollback is the fast path.

use crate::model::between::{Answer, Between, Published, Question};
use crate::model::{Revision, Time, Track, Verb};
use crate::store::{Name, RepoState, Store, TargetState};

use super::calls::goes_anywhere;
use super::commit::commit_of;
use super::evidence::{Evidence, is_of};
use super::guard::is_staged;
use super::queue::short;
use super::{again, images};

/// Why nothing lies between: it is what is left.
pub(super) const SAME: &str = "it is the same revision";

/// Destinations that are offered at most.
const OFFERED: usize = 5;

/// Why a revision is thought to be good. The best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// It had all the traffic for its whole soak, and the journal has it.
    Soaked(Time),
    /// It is what stable runs.
    Stable,
    /// It was deployed everywhere, as its host says; nobody here saw its soak.
    Deployed(Option<Time>),
    /// Somebody asked for it.
    Asked,
}

/// Whether there is something behind a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// There is: what shows it.
    Shown(String),
    /// There is not, or something else: why.
    Missing(String),
    /// It cannot be told: why.
    Unknown(String),
}

impl Proof {
    /// Both together, of which this one weighs more: what is not there in one way is no destination.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Missing(image), Self::Missing(name)) => {
                Self::Missing(format!("{name}; {image}"))
            }
            (Self::Missing(why), _) | (_, Self::Missing(why)) => Self::Missing(why),
            (Self::Shown(what), Self::Shown(more)) => Self::Shown(format!("{what}; {more}")),
            (Self::Unknown(why), Self::Shown(what)) => Self::Unknown(format!("{why}; {what}")),
            (image, Self::Unknown(_)) => image,
        }
    }
}

/// A place a rollback can go.
#[derive(Debug, Clone, PartialEq)]
pub struct Destination {
    /// The revision.
    pub revision: Revision,
    /// Why it is thought to be good.
    pub sure: Sure,
    /// Whether it was rolled back from itself.
    pub is_bad: bool,
    /// What stands behind its name.
    pub proof: Proof,
    /// What lies between it and what is left; else why that is not known.
    pub between: Result<Between, String>,
}

/// Where a rollback of a target can go, the best first. An engine that knows one way back only has one.
#[must_use]
pub fn destinations(store: &Store, state: &TargetState, evidence: &Evidence) -> Vec<Destination> {
    let names = ranked(store, state, evidence);
    let look = |(revision, sure)| look(store, state, evidence, revision, sure);
    let mut all: Vec<Destination> = names.into_iter().map(look).collect();
    // what is no destination by what is known is still there for who insists
    all.sort_by_key(|one| (one.is_bad, matches!(one.proof, Proof::Missing(_))));
    all
}

/// One place a rollback can go, that somebody asked for.
#[must_use]
pub fn destination_of(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    revision: &Revision,
) -> Destination {
    let known = ranked(store, state, evidence).into_iter().find(|(known, _)| known == revision);
    let (revision, sure) = known.unwrap_or_else(|| (revision.clone(), Sure::Asked));
    look(store, state, evidence, revision, sure)
}

/// Where a rollback goes when nobody says where.
pub(super) fn best(store: &Store, state: &TargetState, evidence: &Evidence) -> Option<Revision> {
    if !goes_anywhere(state) {
        return evidence.stable.clone();
    }
    let first = destinations(store, state, evidence).into_iter().next();
    first.map(|first| first.revision).or_else(|| evidence.stable.clone())
}

/// The questions whose answers tell of a destination more than its name.
pub(super) fn questions(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    revision: &Revision,
) -> Vec<Question> {
    let Some(repo) = store.repo_of(&state.spec) else { return Vec::new() };
    let Some(to) = git_name(repo, revision) else { return Vec::new() };
    let from = evidence.candidate.as_ref().and_then(|from| git_name(repo, from));
    let between = from.filter(|from| *from != to);
    let between = between.map(|from| Question::Between { from, to: to.clone() });
    let is_release = repo.releases.iter().any(|release| release.tag == to);
    let published = is_release.then_some(Question::Published { tag: to });
    between.into_iter().chain(published).collect()
}

/// What a repository calls a revision; none where none of its names, runs and deployments is known as that.
pub(super) fn git_name(repo: &RepoState, revision: &Revision) -> Option<String> {
    let text = revision.as_str();
    let named = repo.tags.iter().chain(&repo.releases);
    let tag = named.map(|name| &name.tag).find(|tag| is_of((tag, ""), text)).cloned();
    tag.or_else(|| commit_of(repo, revision))
}

/// The revisions that a rollback may go to, the likeliest first.
fn ranked(store: &Store, state: &TargetState, evidence: &Evidence) -> Vec<(Revision, Sure)> {
    let past = &state.ledger.past;
    let stable = evidence.stable.as_ref().map(|stable| {
        (stable.clone(), past.completed_at(stable).map_or(Sure::Stable, Sure::Soaked))
    });
    if !goes_anywhere(state) {
        return stable.into_iter().collect();
    }
    let mut all: Vec<(Revision, Sure)> = Vec::new();
    let soaked = past.completed.iter().rev();
    let soaked = soaked.map(|(revision, at)| (revision.clone(), Sure::Soaked(*at)));
    let soaked: Vec<_> = soaked.collect();
    // what was seen going out here and never finished its soak comes after what did
    let hasty = stable.as_ref().is_some_and(|(revision, sure)| {
        *sure == Sure::Stable && !soaked.is_empty() && went_out_here(state, revision)
    });
    let last = stable.clone().filter(|_| hasty);
    all.extend(stable.filter(|_| !hasty));
    all.extend(soaked);
    all.extend(last);
    all.extend(deployed(store, state));
    let mut offered: Vec<(Revision, Sure)> = Vec::new();
    for (revision, sure) in all {
        let same = |other: &Revision| is_of((other.as_str(), ""), revision.as_str());
        let is_left = evidence.candidate.as_ref().is_some_and(same);
        if !is_left && !offered.iter().any(|(known, _)| same(known)) {
            offered.push((revision, sure));
        }
    }
    offered.truncate(OFFERED);
    offered
}

/// Whether an operator promoted it here, so that its soak would be in the journal.
fn went_out_here(state: &TargetState, revision: &Revision) -> bool {
    let mut entries = state.ledger.entries.iter();
    entries.any(|entry| {
        entry.plan.verb == Verb::Promote && entry.plan.candidate.as_ref() == Some(revision)
    })
}

/// What the engine, or else GitHub, says was everywhere before, the newest first.
fn deployed(store: &Store, state: &TargetState) -> Vec<(Revision, Sure)> {
    let past = state.reading.iter().flat_map(|reading| &reading.rollout.history);
    let mut all: Vec<(Revision, Sure)> =
        past.map(|past| (past.revision.clone(), Sure::Deployed(past.at))).collect();
    let (repo, last) = (store.repo_of(&state.spec), state.spec.environments.last());
    let done = repo.into_iter().flat_map(|repo| &repo.deployments).filter(|one| {
        // only what had succeeded becomes inactive
        let succeeded = matches!(one.state.as_deref(), Some("success" | "inactive"));
        last == Some(&one.environment) && succeeded
    });
    let name = |git_ref: &str| git_ref.strip_prefix("refs/tags/").unwrap_or(git_ref).to_owned();
    all.extend(done.map(|one| (Revision(name(&one.git_ref)), Sure::Deployed(one.created_at))));
    all
}

fn look(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    revision: Revision,
    sure: Sure,
) -> Destination {
    let asked = questions(store, state, evidence, &revision);
    let repo = store.repo_of(&state.spec);
    let answer = |question: &Question| repo.and_then(|repo| repo.answer(question));
    let between = asked.iter().find(|question| matches!(question, Question::Between { .. }));
    let known = between.map(answer);
    let published = asked.iter().find_map(|question| match answer(question) {
        Some(Ok(Answer::Published(published))) => Some(published),
        _ => None,
    });
    let same = evidence.candidate.as_ref() == Some(&revision);
    let between = match known {
        Some(Some(Ok(Answer::Between(between)))) => Ok(between.clone()),
        Some(Some(Ok(_))) => Err(format!("{} knows no such revision", name_of(state))),
        Some(Some(Err(why))) => Err(why.clone()),
        Some(None) => Err(format!("{} has not answered yet", name_of(state))),
        None if same => Err(SAME.to_owned()),
        None if repo.is_none() => Err("no repository is read for it".to_owned()),
        None => Err("its commits are not known".to_owned()),
    };
    let unknown = matches!(known, Some(Some(Ok(Answer::Nothing))));
    let proof = serving(state, evidence, &revision).unwrap_or_else(|| {
        let named = again::proof(store, state, &revision)
            .unwrap_or_else(|| behind(state, repo, &revision, &between, published, unknown));
        match images::proof(store, state, &revision) {
            Some(image) => image.and(named),
            None => named,
        }
    });
    let is_bad = state.ledger.bad.contains(&revision);
    Destination { revision, sure, is_bad, proof, between }
}

fn name_of(state: &TargetState) -> &str {
    state.spec.repo.as_deref().unwrap_or("the repository")
}

/// What runs and takes traffic needs no other proof.
fn serving(state: &TargetState, evidence: &Evidence, revision: &Revision) -> Option<Proof> {
    if evidence.stable.as_ref() != Some(revision) || is_staged(state) {
        return None;
    }
    let reading = &state.reading.as_ref()?.rollout;
    let mut side = reading.servers.iter().filter(|server| server.side == "stable").peekable();
    side.peek()?;
    let up: Vec<&str> = side.filter(|server| server.eligible).map(|s| s.name.as_str()).collect();
    Some(match (state.named(Track::Stable), up.as_slice()) {
        (_, []) => Proof::Missing("no server of stable takes traffic".to_owned()),
        (Some(Name { old: false, .. }), up) => {
            let verb = if up.len() == 1 { "runs" } else { "run" };
            Proof::Shown(format!("{} {verb} it and can take traffic", up.join(", ")))
        }
        (_, up) => Proof::Unknown(format!("no check names what {} run now", up.join(", "))),
    })
}

/// What the repository's host has under its name.
fn behind(
    state: &TargetState,
    repo: Option<&RepoState>,
    revision: &Revision,
    between: &Result<Between, String>,
    published: Option<&Published>,
    unknown: bool,
) -> Proof {
    let Some(repo) = repo else {
        return Proof::Unknown("no repository is read that could know it".to_owned());
    };
    let Some(name) = git_name(repo, revision).filter(|_| !unknown) else {
        if !unknown && repo.tags.is_empty() {
            return Proof::Unknown(format!("no tag of {} was read", name_of(state)));
        }
        return Proof::Missing(format!(
            "nothing here knows {revision}: no tag, release, run or deployment of {}",
            name_of(state)
        ));
    };
    let now = match between {
        Ok(between) => Some(between.sha.as_str()),
        Err(_) => repo.tags.iter().find(|tag| tag.tag == name).and_then(|tag| tag.sha.as_deref()),
    };
    let Some(now) = now else {
        return Proof::Unknown(format!("which commit {name} is was not read yet"));
    };
    let last = state.spec.environments.last();
    let deployed = repo.deployments.iter().find(|one| {
        last.is_some_and(|last| one.environment == *last)
            && is_of((&one.git_ref, &one.sha), revision.as_str())
    });
    if let Some(then) = deployed.filter(|then| then.sha != now) {
        return Proof::Missing(format!(
            "{name} has moved since it was deployed: from {} to {}",
            short(&then.sha),
            short(now)
        ));
    }
    let so = if deployed.is_some() { ", as it was when it was deployed" } else { "" };
    let is = if now.starts_with(&name) {
        format!("commit {}", short(now))
    } else {
        format!("{name} is commit {}", short(now))
    };
    Proof::Shown(format!("{is}{so}{}", published.map_or(String::new(), fetched)))
}

/// What can be fetched of a release, and whether it can be checked.
fn fetched(published: &Published) -> String {
    let there = published.assets.iter().filter(|asset| asset.is_uploaded);
    let (sums, bare): (Vec<_>, Vec<_>) = there.partition(|asset| asset.digest.is_some());
    let files = |n: usize| if n == 1 { "1 file".to_owned() } else { format!("{n} files") };
    let mut text = match (sums.len(), bare.len()) {
        (0, 0) => return String::new(),
        (sums, 0) => format!("; its release has {} with checksum", files(sums)),
        (0, bare) => format!("; its release has {} without checksum", files(bare)),
        (sums, bare) => {
            format!("; its release has {} with checksum and {bare} without", files(sums))
        }
    };
    if published.immutable {
        text.push_str(", and nobody can change it");
    }
    text
}
