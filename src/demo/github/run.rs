//! A workflow run: what its jobs will do, and how far they are at a time. Knows neither JSON nor which
//! runs there are.

use chrono::TimeDelta;

use crate::model::Time;

/// Seconds between a push and its run's first job, and between two jobs.
const GAP: f64 = 3.0;

/// A workflow file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workflow {
    /// Every push.
    Ci,
    /// What goes to staging and production.
    Deploy,
}

impl Workflow {
    /// A workflow by file name or id.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Ci, Self::Deploy]
            .into_iter()
            .find(|workflow| text == workflow.file() || text == workflow.id().to_string())
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ci => "ci",
            Self::Deploy => "deploy",
        }
    }

    /// Its file's name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Ci => "ci.yml",
            Self::Deploy => "deploy.yml",
        }
    }

    /// Its id.
    pub fn id(self) -> u64 {
        match self {
            Self::Ci => 41_000_001,
            Self::Deploy => 41_000_002,
        }
    }
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// It succeeds after so many seconds.
    Passes(f64),
    /// It fails after so many seconds.
    Fails(f64),
    /// It waits for what happens in the world: not yet, or since when and whether it was good.
    Waits(Option<(Time, bool)>),
}

/// A job: its name, and its steps with their names.
pub type Job = (&'static str, Vec<(&'static str, Fate)>);

/// A run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Whose run it is.
    pub workflow: Workflow,
    /// The workflow's count.
    pub number: u64,
    /// The commit's title.
    pub title: String,
    /// The branch or tag.
    pub branch: String,
    /// The commit.
    pub sha: String,
    /// Who pushed.
    pub actor: &'static str,
    /// When it was created.
    pub begin: Time,
    /// Seconds of its steps per real second.
    pub speed: f64,
    /// What it does, one after another.
    pub jobs: Vec<Job>,
}

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// `queued`, `in_progress` or `completed`.
    pub status: &'static str,
    /// How it ended.
    pub conclusion: Option<&'static str>,
    /// When it began.
    pub started: Option<Time>,
    /// When it ended.
    pub completed: Option<Time>,
}

const QUEUED: State = State { status: "queued", conclusion: None, started: None, completed: None };

impl State {
    fn running(since: Time) -> Self {
        Self { status: "in_progress", started: Some(since), ..QUEUED }
    }

    fn ended(since: Time, at: Time, conclusion: &'static str) -> Self {
        Self {
            status: "completed",
            conclusion: Some(conclusion),
            started: Some(since),
            completed: Some(at),
        }
    }
}

/// How far a run and all its parts are.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The run.
    pub run: State,
    /// When something last changed.
    pub updated: Time,
    /// Its jobs, each with its steps.
    pub jobs: Vec<(State, Vec<State>)>,
}

impl Run {
    /// Seconds from its creation to the end of so many of its jobs.
    pub fn seconds(jobs: &[Job]) -> f64 {
        let of_job = |(_, steps): &Job| {
            let steps = steps.iter().map(|(_, fate)| match fate {
                Fate::Passes(seconds) | Fate::Fails(seconds) => *seconds,
                Fate::Waits(_) => 0.0,
            });
            GAP + steps.sum::<f64>()
        };
        jobs.iter().map(of_job).sum()
    }

    /// How far it is.
    pub fn progress(&self, now: Time) -> Progress {
        let mut at = self.begin;
        let mut updated = self.begin;
        let mut stopped: Option<&'static str> = None;
        let mut open = false;
        let mut jobs = Vec::new();
        for (_, steps) in &self.jobs {
            if stopped.is_some() {
                jobs.push((State::ended(at, at, "skipped"), vec![]));
                continue;
            }
            at += self.real(GAP);
            if open || at > now {
                open = true;
                jobs.push((QUEUED, vec![]));
                continue;
            }
            updated = at;
            let started = at;
            let mut states = Vec::new();
            let mut verdict = "success";
            for (_, fate) in steps {
                if open {
                    states.push(QUEUED);
                    continue;
                }
                if verdict != "success" {
                    states.push(State::ended(at, at, "skipped"));
                    continue;
                }
                let (end, conclusion) = match fate {
                    Fate::Passes(seconds) => (Some(at + self.real(*seconds)), "success"),
                    Fate::Fails(seconds) => (Some(at + self.real(*seconds)), "failure"),
                    Fate::Waits(Some((end, true))) => (Some(*end), "success"),
                    Fate::Waits(Some((end, false))) => (Some(*end), "cancelled"),
                    Fate::Waits(None) => (None, ""),
                };
                let end = end.map(|end| end.max(at)).filter(|end| *end <= now);
                if let Some(end) = end {
                    states.push(State::ended(at, end, conclusion));
                    (at, updated, verdict) = (end, end, conclusion);
                } else {
                    states.push(State::running(at));
                    updated = at;
                    open = true;
                }
            }
            if open {
                jobs.push((State::running(started), states));
            } else {
                jobs.push((State::ended(started, at, verdict), states));
                stopped = (verdict != "success").then_some(verdict);
            }
        }
        let begun = jobs.iter().any(|(state, _)| state.started.is_some());
        let run = match (open, begun) {
            (true, false) => QUEUED,
            (true, true) => State::running(self.begin),
            (false, _) => State::ended(self.begin, at, stopped.unwrap_or("success")),
        };
        Progress { run, updated, jobs }
    }

    fn real(&self, seconds: f64) -> TimeDelta {
        TimeDelta::milliseconds((seconds * 1e3 / self.speed) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(fates: [Fate; 3], speed: f64) -> Run {
        let [a, b, c] = fates;
        Run {
            workflow: Workflow::Deploy,
            number: 1,
            title: String::new(),
            branch: "main".into(),
            sha: String::new(),
            actor: "ana",
            begin: Time::UNIX_EPOCH,
            speed,
            jobs: vec![("one", vec![("a", a), ("b", b)]), ("two", vec![("c", c)])],
        }
    }

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn words(run: &Run, seconds: i64) -> String {
        let progress = run.progress(at(seconds));
        let word = |state: &State| state.conclusion.unwrap_or(state.status);
        let mut words = vec![word(&progress.run)];
        for (job, steps) in &progress.jobs {
            words.push(word(job));
            words.extend(steps.iter().map(word));
        }
        words.join(" ")
    }

    #[test]
    fn a_run_advances_to_its_end() {
        let run = run([Fate::Passes(10.0), Fate::Passes(10.0), Fate::Passes(10.0)], 1.0);
        for (seconds, expected) in [
            (0, "queued queued queued"),
            (3, "in_progress in_progress in_progress queued queued"),
            (13, "in_progress in_progress success in_progress queued"),
            (23, "in_progress success success success queued"),
            (26, "in_progress success success success in_progress in_progress"),
            (36, "success success success success success success"),
        ] {
            assert_eq!(words(&run, seconds), expected, "{seconds}");
        }
        assert_eq!(run.progress(at(99)).updated, at(36));
        assert!((Run::seconds(&run.jobs) - 36.0).abs() < 1e-9);
    }

    #[test]
    fn a_failure_skips_the_rest() {
        let run = run([Fate::Fails(10.0), Fate::Passes(1.0), Fate::Passes(1.0)], 2.0);
        assert_eq!(words(&run, 7), "failure failure failure skipped skipped");
    }

    #[test]
    fn waiting_ends_when_the_world_says_so() {
        let waits = |end| run([Fate::Passes(1.0), Fate::Passes(1.0), Fate::Waits(end)], 1.0);
        let open = "in_progress success success success in_progress in_progress";
        assert_eq!(words(&waits(None), 500), open);
        assert_eq!(words(&waits(Some((at(100), true))), 99), open);
        let good = "success success success success success success";
        assert_eq!(words(&waits(Some((at(100), true))), 100), good);
        let bad = "cancelled success success success cancelled cancelled";
        assert_eq!(words(&waits(Some((at(100), false))), 100), bad);
    }
}
