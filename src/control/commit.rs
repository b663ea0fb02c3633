//! Which commit a revision is, and since when it is there, as far as tags, deployments and runs tell. Pure.

use crate::model::{Revision, Run, Time};
use crate::store::{RepoState, Store, TargetState};

use super::evidence::{Evidence, is_of};

/// A commit whose checks are needed: host, repository, commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needed {
    /// `github` or `github.NAME`.
    pub host: String,
    /// `acme/checkout`.
    pub repo: String,
    /// The commit.
    pub sha: String,
}

/// The commit of a target's candidate, where its checks are a gate and the commit is known.
#[must_use]
pub fn needed(store: &Store, state: &TargetState) -> Option<Needed> {
    let spec = &state.spec;
    if spec.rules.required_checks.is_empty() {
        return None;
    }
    let (host, repo) = spec.host.clone().zip(spec.repo.clone())?;
    let evidence = Evidence::of(store, state);
    let sha = commit_of(store.repo_of(spec)?, evidence.confirmed()?)?;
    Some(Needed { host, repo, sha })
}

/// Whether nothing was said yet of checks that are needed.
#[must_use]
pub fn is_unread(store: &Store, state: &TargetState) -> bool {
    let told = |needed: &Needed| {
        store.repo_of(&state.spec).is_some_and(|repo| repo.backing.checks_of(&needed.sha).is_some())
    };
    needed(store, state).is_some_and(|needed| !told(&needed))
}

/// The commit that a revision names: its tag's, else that of a deployment or run of it.
pub(super) fn commit_of(repo: &RepoState, revision: &Revision) -> Option<String> {
    let text = revision.as_str();
    let is_whole = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_whole {
        return Some(text.to_owned());
    }
    let tagged = repo.tags.iter().filter_map(|tag| Some((tag.tag.as_str(), tag.sha.as_deref()?)));
    let deployed = repo.deployments.iter().map(|own| (own.git_ref.as_str(), own.sha.as_str()));
    let mut runs: Vec<&Run> = repo.all_runs().collect();
    runs.sort_unstable_by_key(|run| std::cmp::Reverse(run.id));
    let built = runs.iter().map(|run| place(run));
    let mut places = tagged.chain(deployed).chain(built);
    places.find(|place| is_of(*place, text)).map(|(_, sha)| sha.to_owned())
}

/// Since when a revision is there at the latest: its release, its first deployment or its first run.
pub(super) fn known_since(repo: &RepoState, revision: &Revision) -> Option<Time> {
    let text = revision.as_str();
    let sha = commit_of(repo, revision);
    let is = |(git_ref, own): (&str, &str)| {
        is_of((git_ref, own), text) || sha.as_deref().is_some_and(|sha| sha == own)
    };
    let released = repo.releases.iter().filter(|release| is((&release.tag, "")));
    let released = released.filter_map(|release| release.published_at);
    let deployed = repo.deployments.iter().filter(|own| is((&own.git_ref, &own.sha)));
    let deployed = deployed.filter_map(|own| own.created_at);
    let built = repo.all_runs().filter(|run| is(place(run))).filter_map(|run| run.created_at);
    released.chain(deployed).chain(built).min()
}

/// The newest run of a target's pipeline that is one of a revision.
pub(super) fn run_of<'r>(
    repo: &'r RepoState,
    state: &TargetState,
    revision: &Revision,
) -> Option<&'r Run> {
    let spec = &state.spec;
    let sha = commit_of(repo, revision);
    let ours = |run: &&Run| match &spec.workflow {
        Some(workflow) => run.workflow == *workflow,
        None => !spec.advisory.contains(&run.workflow),
    };
    let is = |run: &&Run| {
        is_of(place(run), revision.as_str()) || sha.as_deref().is_some_and(|sha| sha == run.sha)
    };
    repo.all_runs().filter(ours).filter(is).max_by_key(|run| (run.created_at, run.id))
}

fn place(run: &Run) -> (&str, &str) {
    (run.branch.as_deref().unwrap_or_default(), run.sha.as_str())
}
