//! How it shows that a call to GitHub took effect: by reading, never by the answer alone. Pure: what was
//! read is handed in. Must not know who reads, or when.

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
        /// Whose token starts it, when that is known.
        #[serde(default)]
        actor: Option<String>,
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

/// What was read of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// Runs of the workflow, or the run itself.
    pub runs: Vec<Run>,
    /// The protected deployments of the run, where they were read.
    pub waits: Option<Waits>,
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
    /// Several runs may be it.
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

    /// How far the effect is by what was read. `known`: the run, where GitHub named it; `sent`: when the
    /// request left, by our clock.
    #[must_use]
    pub fn look(&self, sight: &Sight, known: Option<u64>, sent: Time) -> Progress {
        let find = |id: u64| sight.runs.iter().find(|run| run.id == id);
        match &self.effect {
            Effect::Started { to_end, .. } => {
                let run = match known {
                    Some(id) => find(id),
                    None => match self.candidates(&sight.runs, sent).as_slice() {
                        [] => None,
                        [one] => Some(*one),
                        several => {
                            return Progress::Ambiguous(several.iter().map(|run| run.id).collect());
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

    /// The runs that the request may have started.
    fn candidates<'a>(&self, runs: &'a [Run], sent: Time) -> Vec<&'a Run> {
        let Effect::Started { workflow, git_ref, marker, actor, after, .. } = &self.effect else {
            return Vec::new();
        };
        let fresh = runs.iter().filter(|run| {
            run.id > *after && run.workflow == *workflow && run.event == "workflow_dispatch"
        });
        if let Some(marker) = marker {
            let marked: Vec<&Run> =
                fresh.clone().filter(|run| run.title.contains(marker.as_str())).collect();
            if !marked.is_empty() {
                return marked;
            }
        }
        let in_time = |run: &Run| {
            run.created_at.is_none_or(|at| {
                let late = (at - sent).num_seconds();
                (-SKEW_S..=WINDOW_S).contains(&late)
            })
        };
        fresh
            .filter(|run| {
                in_time(run)
                    && run.branch.as_deref().is_none_or(|branch| branch == git_ref)
                    && actor.as_deref().zip(run.actor.as_deref()).is_none_or(|(a, b)| a == b)
            })
            .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::waiting::{Decision, Waiting};

    fn at(s: i64) -> Time {
        Time::from_timestamp(1_800_000_000 + s, 0).unwrap()
    }

    fn run(id: u64, status: &str, conclusion: Option<&str>) -> Run {
        Run {
            id,
            workflow: "rollback.yml".into(),
            name: "rollback".into(),
            number: id,
            attempt: 1,
            title: format!("roll back [m{id}]"),
            branch: Some("main".into()),
            sha: "abc".into(),
            event: "workflow_dispatch".into(),
            status: Status::from(status.to_owned()),
            conclusion: conclusion.map(|word| Conclusion::from(word.to_owned())),
            created_at: Some(at(2)),
            started_at: Some(at(3)),
            updated_at: None,
            url: String::new(),
            actor: Some("ana".into()),
            odd: None,
        }
    }

    fn started(marker: Option<&str>, to_end: bool) -> Follow {
        Follow {
            repo: "acme/checkout".into(),
            effect: Effect::Started {
                workflow: "rollback.yml".into(),
                git_ref: "main".into(),
                marker: marker.map(str::to_owned),
                actor: Some("ana".into()),
                after: 4,
                to_end,
            },
        }
    }

    fn look(follow: &Follow, runs: Vec<Run>, known: Option<u64>) -> Progress {
        follow.look(&Sight { runs, waits: None }, known, at(0))
    }

    #[test]
    fn a_started_run_is_found_by_its_mark_or_by_all_that_is_known() {
        let two = || vec![run(5, "queued", None), run(6, "queued", None)];
        assert_eq!(look(&started(Some("m6"), false), two(), None), Progress::Seen(Some(6)));
        assert_eq!(look(&started(None, false), two(), None), Progress::Ambiguous(vec![5, 6]));
        assert_eq!(look(&started(None, false), two(), Some(5)), Progress::Seen(Some(5)));
        let other = Run { actor: Some("bo".into()), ..run(6, "queued", None) };
        let runs = vec![run(5, "queued", None), other];
        assert_eq!(look(&started(None, false), runs, None), Progress::Seen(Some(5)));
        let late = Run { created_at: Some(at(600)), ..run(6, "queued", None) };
        assert!(matches!(
            look(&started(None, false), vec![late], None),
            Progress::Waiting(None, _)
        ));
        let old = vec![run(3, "queued", None), run(4, "queued", None)];
        assert!(matches!(look(&started(None, false), old, None), Progress::Waiting(None, _)));
    }

    #[test]
    fn a_run_that_has_to_end_well_is_followed_to_its_end() {
        let follow = started(None, true);
        let now = |status, conclusion| look(&follow, vec![run(5, status, conclusion)], Some(5));
        assert!(matches!(now("pending", None), Progress::Waiting(Some(5), _)));
        assert_eq!(now("completed", Some("success")), Progress::Seen(Some(5)));
        assert!(matches!(now("completed", Some("cancelled")), Progress::Failed(Some(5), _)));
        assert!(matches!(now("completed", Some("startup_failure")), Progress::Failed(..)));
    }

    #[test]
    fn a_cancelled_run_is_not_one_that_had_ended() {
        let follow =
            Follow { repo: "a/b".into(), effect: Effect::Cancelled { run: 5, attempt: 1 } };
        let now = |status, conclusion| look(&follow, vec![run(5, status, conclusion)], None);
        assert!(matches!(now("in_progress", None), Progress::Waiting(..)));
        assert_eq!(now("completed", Some("cancelled")), Progress::Seen(Some(5)));
        assert!(matches!(now("completed", Some("success")), Progress::Failed(..)));
    }

    #[test]
    fn a_decision_is_seen_when_it_is_told_and_nothing_waits() {
        let follow = Follow {
            repo: "a/b".into(),
            effect: Effect::Decided {
                run: 5,
                environments: vec!["production".into()],
                state: "approved".into(),
            },
        };
        let waiting = Waiting {
            environment_id: 1,
            environment: "production".into(),
            since: None,
            timer_ends: None,
            may_decide: true,
            why_not: None,
            reviewers: vec![],
        };
        let decision = |state: &str| Decision {
            environments: vec!["production".into()],
            state: state.into(),
            by: Some("bo".into()),
            comment: String::new(),
        };
        let see = |waiting: Vec<Waiting>, decisions: Vec<Decision>| {
            let waits = Some(Waits { waiting, decisions });
            follow.look(&Sight { runs: vec![], waits }, None, at(0))
        };
        assert!(matches!(see(vec![waiting.clone()], vec![]), Progress::Waiting(..)));
        assert!(matches!(see(vec![waiting], vec![decision("approved")]), Progress::Waiting(..)));
        assert!(matches!(see(vec![], vec![]), Progress::Waiting(..)));
        assert_eq!(see(vec![], vec![decision("approved")]), Progress::Seen(Some(5)));
        assert!(matches!(see(vec![], vec![decision("rejected")]), Progress::Failed(..)));
    }
}
