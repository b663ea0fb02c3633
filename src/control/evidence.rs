//! Evidence of the past: when a release and its present step began, and how we know.

use crate::model::{Revision, Run, Time, Track};
use crate::store::{Name, Store, TargetState};

use super::guard::is_staged;

/// When something began and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Began {
    /// The engine's own time.
    Engine(Time),
    /// The journal.
    Journal(Time),
    /// GitHub's deployment.
    Deployment(Time),
    /// Nobody knows; this process saw it at this time already.
    SeenSince(Time),
    /// Nobody knows, and it was not seen yet.
    Unknown,
}

impl Began {
    /// The time, when somebody knows it.
    #[must_use]
    pub fn known(self) -> Option<Time> {
        match self {
            Self::Engine(at) | Self::Journal(at) | Self::Deployment(at) => Some(at),
            Self::SeenSince(_) | Self::Unknown => None,
        }
    }

    /// The time to count from: what is known, else first sight.
    #[must_use]
    pub fn counted(self) -> Option<Time> {
        match self {
            Self::SeenSince(at) => Some(at),
            other => other.known(),
        }
    }
}

/// What is known of a target's present release.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The old revision.
    pub stable: Option<Revision>,
    /// The new revision.
    pub candidate: Option<Revision>,
    /// What a check of the target as a whole says that runs there.
    pub whole: Option<Revision>,
    /// When the old one was last named, if answers came since that name none.
    pub stable_old: Option<Time>,
    /// When the new one was last named, if answers came since that name none: it may be another by now.
    pub candidate_old: Option<Time>,
    /// The same of what runs in the whole.
    pub whole_old: Option<Time>,
    /// The percentage in force, 0–100.
    pub routed: Option<f64>,
    /// When the release began.
    pub release: Began,
    /// When the present step began.
    pub step: Began,
}

impl Evidence {
    /// The new revision, when somebody names it now.
    #[must_use]
    pub fn confirmed(&self) -> Option<&Revision> {
        self.candidate.as_ref().filter(|_| self.candidate_old.is_none())
    }

    /// Gathers it. The engine names revisions, or else the health check of that side does.
    #[must_use]
    pub fn of(store: &Store, state: &TargetState) -> Self {
        let rollout = state.reading.as_ref().map(|reading| &reading.rollout);
        let routed = rollout.and_then(|rollout| rollout.routed);
        let old = |name: &Option<Name>| name.as_ref().filter(|name| name.old).map(|name| name.at);
        let names = [Track::Candidate, Track::Stable, Track::Whole].map(|side| state.named(side));
        let [candidate_old, stable_old, whole_old] = names.each_ref().map(old);
        let [candidate, stable, whole] = names.map(|name| name.map(|name| name.revision));
        let deployment = deployed(store, state, candidate.as_ref());
        let engine = rollout.and_then(|rollout| rollout.since);
        let run = staged(store, state, candidate.as_ref());
        let moving = routed.is_some_and(|routed| routed > 0.05);
        // what the journal says of another candidate is not this one's past
        let same = state.ledger.speaks_of(candidate.as_ref());
        let began = state.ledger.began.filter(|_| same);
        let release = match (engine, began, deployment) {
            (Some(at), ..) if run.is_some_and(|run| run < at) => {
                Began::Deployment(run.unwrap_or(at))
            }
            (Some(at), ..) => Began::Engine(at),
            (_, Some(at), _) if moving || state.ledger.hold.is_some() => Began::Journal(at),
            (_, _, Some(at)) => Began::Deployment(at),
            _ => Began::Unknown,
        };
        let journaled = state
            .ledger
            .step
            .filter(|(weight, _)| routed.is_some_and(|routed| (routed - weight).abs() <= 0.5))
            .filter(|_| same);
        let first_step = state.spec.rollout.as_ref().and_then(|r| r.steps.first().copied());
        // a deployment begins the first step; a later one was reached by somebody, at a time unknown
        let at_first_step = routed.zip(first_step).is_some_and(|(r, first)| r <= first + 0.5);
        // nor where the journal has it that this candidate was moved since: released, taken back, and again
        let moved = state.ledger.step.filter(|_| same).map(|(_, at)| at);
        let deployment = deployment.filter(|at| at_first_step && moved.is_none_or(|m| m < *at));
        let step = match (engine, journaled, deployment) {
            (Some(at), ..) => Began::Engine(at),
            (_, Some((_, at)), _) => Began::Journal(at),
            (_, _, Some(at)) => Began::Deployment(at),
            _ => state.first_seen.map_or(Began::Unknown, |(_, at)| Began::SeenSince(at)),
        };
        Self {
            stable,
            candidate,
            whole,
            stable_old,
            candidate_old,
            whole_old,
            routed,
            release,
            step,
        }
    }
}

/// When the run began that releases this candidate from stage to stage: its steps come later.
fn staged(store: &Store, state: &TargetState, candidate: Option<&Revision>) -> Option<Time> {
    let candidate = candidate.filter(|_| is_staged(state))?.as_str();
    let (repo, workflow) = (store.repo_of(&state.spec)?, state.spec.workflow.as_deref()?);
    let releases = |run: &&Run| {
        run.workflow == workflow
            && (run.branch.as_deref() == Some(candidate) || run.sha.starts_with(candidate))
    };
    repo.all_runs().filter(releases).filter_map(|run| run.created_at).max()
}

/// When GitHub says that this candidate was deployed here.
fn deployed(store: &Store, state: &TargetState, candidate: Option<&Revision>) -> Option<Time> {
    let repo = store.repo_of(&state.spec)?;
    let deployment = repo.deployment(state.spec.target.environment())?;
    // nobody knows which release a nameless candidate is: then its beginning is not known either
    let fits = candidate
        .is_some_and(|candidate| is_of((&deployment.git_ref, &deployment.sha), candidate.as_str()));
    deployment.created_at.filter(|_| fits)
}

/// Whether two names are of one revision: a tag's leading `v` makes no other.
#[must_use]
pub fn is_same(one: &Revision, other: &Revision) -> bool {
    is_of((one.as_str(), ""), other.as_str())
}

/// Whether a branch or tag with its commit is what a revision names.
pub(super) fn is_of((git_ref, sha): (&str, &str), revision: &str) -> bool {
    let bare = |text: &str| text.strip_prefix('v').unwrap_or(text).to_owned();
    bare(git_ref) == bare(revision) || (revision.len() >= 7 && sha.starts_with(revision))
}
