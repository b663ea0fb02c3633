//! How it shows that a call to GitHub took effect: by reading, never by the answer alone. Pure: what was
//! read is handed in. Must not know who reads, or when.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::Time;
use super::pipeline::{Conclusion, Run, Status};
use super::waiting::Waits;

/// How far apart two clocks may be, and how long GitHub may take to show a new run, in seconds.
const SKEW_S: i64 = 15;

/// The longest after a request that a run may still have been started by it, in seconds.
const WINDOW_S: i64 = 180;

/// Where a call's effect is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// `acme/checkout`.
    pub repo: String,
    /// What is looked for.
    pub effect: Effect,
}

/// What shows that a call took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Effect {
    /// A run that was not there before.
    Started {
        /// The workflow's file name.
        workflow: String,
        /// The branch or tag it is started on.
        git_ref: String,
        /// A word that only its title has, where the workflow takes one.
        #[serde(default)]
        marker: Option<String>,
        /// What its run will begin with, as far as that was known when it was planned.
        #[serde(default)]
        origin: Origin,
        /// The newest run that was known when it was planned: ids rise.
        #[serde(default)]
        after: u64,
        /// Whether it has to end well: only then is what it was started for done.
        to_end: bool,
    },
    /// A new attempt of a run.
    Attempt {
        /// The run.
        run: u64,
        /// The attempt that was the newest.
        after: u64,
        /// Whether it has to end well.
        to_end: bool,
    },
    /// A run that is over before it is done.
    Cancelled {
        /// The run.
        run: u64,
        /// Its attempt.
        attempt: u64,
    },
    /// Deployments decided.
    Decided {
        /// The run.
        run: u64,
        /// Names of the environments.
        environments: Vec<String>,
        /// `approved` or `rejected`.
        state: String,
    },
}

/// What a run begins with that is started now: it tells ours from somebody else's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Whose token starts it; none where GitHub does not say (an app's).
    pub actor: Option<String>,
    /// The commit that its branch stands at; none for a tag. A push moves it, so another commit is a doubt
    /// and not a proof.
    pub sha: Option<String>,
}

/// What was read of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// Runs of the workflow, or the run itself.
    pub runs: Vec<Run>,
    /// The protected deployments of the run, where they were read.
    pub waits: Option<Waits>,
    /// What a run begins with that is started now, where that was read.
    pub origin: Option<Origin>,
}

/// How far a call's effect is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not there yet: which run it is, when known, and a few words.
    Waiting(Option<u64>, String),
    /// It is there.
    Seen(Option<u64>),
    /// It will not come: why.
    Failed(Option<u64>, String),
    /// Any of these runs may be it, or none of them.
    Ambiguous(Vec<u64>),
}

impl Effect {
    /// The run it is looked for at; none where that has to be found first.
    #[must_use]
    pub fn run(&self) -> Option<u64> {
        match self {
            Self::Started { .. } => None,
            Self::Attempt { run, .. } | Self::Cancelled { run, .. } | Self::Decided { run, .. } => {
                Some(*run)
            }
        }
    }
}

impl Follow {
    /// With the mark filled in.
    #[must_use]
    pub(super) fn marked(&self, mark: &str) -> Self {
        let mut follow = self.clone();
        if let Effect::Started { marker: Some(marker), .. } = &mut follow.effect {
            *marker = marker.replace("{action}", mark);
        }
        follow
    }

    /// The same with what an earlier one knew better: the newest run that was there before, for a list may
    /// have been shorter since.
    #[must_use]
    pub fn not_before(mut self, earlier: Option<&Self>) -> Self {
        if let (Effect::Started { after, .. }, Some(Effect::Started { after: known, .. })) =
            (&mut self.effect, earlier.map(|earlier| &earlier.effect))
        {
            *after = (*after).max(*known);
        }
        self
    }

    /// How far the effect is by what was read. `known`: the run, where GitHub named it; `sent`: when the
    /// request left, by our clock.
    #[must_use]
    pub fn look(&self, sight: &Sight, known: Option<u64>, sent: Time) -> Progress {
        let find = |id: u64| sight.runs.iter().find(|run| run.id == id);
        match &self.effect {
            Effect::Started { to_end, .. } => {
                let run = match known {
                    Some(id) => find(id),
                    None => match self.candidates(&sight.runs, sent) {
                        Candidates::Sure(run) => run,
                        Candidates::Doubtful(runs) => {
                            return Progress::Ambiguous(runs.iter().map(|run| run.id).collect());
                        }
                    },
                };
                match run {
                    None => Progress::Waiting(known, "its run is not listed yet".to_owned()),
                    Some(run) => ended(run, *to_end),
                }
            }
            Effect::Attempt { run, after, to_end } => match find(*run) {
                Some(found) if found.attempt > *after => ended(found, *to_end),
                Some(_) | None => {
                    Progress::Waiting(Some(*run), format!("attempt {after} is the newest"))
                }
            },
            Effect::Cancelled { run, attempt } => match find(*run) {
                Some(found) if found.attempt > *attempt => Progress::Failed(
                    Some(*run),
                    format!("it was started again as attempt {}", found.attempt),
                ),
                Some(found) if found.is_active() => {
                    Progress::Waiting(Some(*run), format!("run {run} is {}", found.status.word()))
                }
                Some(found) if found.conclusion == Some(Conclusion::Cancelled) => {
                    Progress::Seen(Some(*run))
                }
                Some(found) => {
                    let how = found.conclusion.as_ref().map_or("somehow", Conclusion::word);
                    Progress::Failed(Some(*run), format!("run {run} had ended: {how}"))
                }
                None => Progress::Waiting(Some(*run), format!("run {run} was not read")),
            },
            Effect::Decided { run, environments, state } => {
                decided(sight, *run, environments, state)
            }
        }
    }

    /// The runs that the request may have started: by its mark, else by workflow, branch, time and actor,
    /// and of those the ones of its commit.
    fn candidates<'a>(&self, runs: &'a [Run], sent: Time) -> Candidates<'a> {
        let Effect::Started { workflow, git_ref, marker, origin, after, .. } = &self.effect else {
            return Candidates::Sure(None);
        };
        let fresh = runs.iter().filter(|run| {
            run.id > *after && run.workflow == *workflow && run.event == "workflow_dispatch"
        });
        if let Some(marker) = marker {
            let marked = fresh.clone().filter(|run| run.title.contains(marker.as_str()));
            let marked: Vec<&Run> = marked.collect();
            if !marked.is_empty() {
                return Candidates::of(marked);
            }
        }
        let in_time = |run: &&Run| {
            run.created_at.is_none_or(|at| {
                let late = (at - sent).num_seconds();
                (-SKEW_S..=WINDOW_S).contains(&late)
            })
        };
        let alike = |ours: Option<&str>, theirs: Option<&str>| {
            ours.zip(theirs).is_none_or(|(ours, theirs)| ours == theirs)
        };
        let like_ours = |run: &&Run| {
            alike(Some(git_ref), run.branch.as_deref())
                && alike(origin.actor.as_deref(), run.actor.as_deref())
        };
        let found: Vec<&Run> = fresh.filter(in_time).filter(like_ours).collect();
        let Some(sha) = &origin.sha else { return Candidates::of(found) };
        let same: Vec<&Run> = found.iter().copied().filter(|run| run.sha == *sha).collect();
        // ours may have begun with a commit that was pushed meanwhile: nobody but its operator can tell
        if same.is_empty() && !found.is_empty() {
            return Candidates::Doubtful(found);
        }
        Candidates::of(same)
    }
}

/// The runs that a request may have started.
enum Candidates<'a> {
    /// This one, or none yet.
    Sure(Option<&'a Run>),
    /// It may be any of these, or none.
    Doubtful(Vec<&'a Run>),
}

impl<'a> Candidates<'a> {
    fn of(runs: Vec<&'a Run>) -> Self {
        match runs.as_slice() {
            [] => Self::Sure(None),
            [one] => Self::Sure(Some(one)),
            _ => Self::Doubtful(runs),
        }
    }
}

/// A run that was found: it is there, or it has to end well first.
fn ended(run: &Run, to_end: bool) -> Progress {
    let id = Some(run.id);
    if run.status == Status::Completed && run.conclusion.as_ref().is_some_and(Conclusion::is_bad) {
        let how = run.conclusion.as_ref().map_or("somehow", Conclusion::word);
        let never = run.started_at.is_none() || run.conclusion == Some(Conclusion::Cancelled);
        let why = if never { ", perhaps replaced in its concurrency group" } else { "" };
        return Progress::Failed(id, format!("run {} ended: {how}{why}", run.id));
    }
    if !to_end || run.status == Status::Completed {
        return Progress::Seen(id);
    }
    Progress::Waiting(id, format!("run {} is {}", run.id, run.status.word()))
}

fn decided(sight: &Sight, run: u64, environments: &[String], state: &str) -> Progress {
    let Some(waits) = &sight.waits else {
        return Progress::Waiting(Some(run), format!("run {run} was not read"));
    };
    for environment in environments {
        match waits.decided(environment) {
            _ if waits.at(environment).is_some() => {
                return Progress::Waiting(Some(run), format!("{environment} still waits"));
            }
            Some(decision) if decision.state != state => {
                let by = decision.by.as_deref().unwrap_or("somebody");
                let why = format!("{environment} was {} by {by}", decision.state);
                return Progress::Failed(Some(run), why);
            }
            Some(_) => {}
            None => {
                let text = format!("{environment} waits no more, and no decision is told yet");
                return Progress::Waiting(Some(run), text);
            }
        }
    }
    Progress::Seen(Some(run))
}
