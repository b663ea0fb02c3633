//! Which runs a repository has: those of the story, those that come with time, and those of the past.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::demo::chance::{Chance, key};
use crate::demo::http::Request;
use crate::demo::world::Ending;

use super::run::{Fate, Job, Progress, Run, State, Workflow};
use super::{OWNER, Place, person, rfc3339};

/// World seconds between two pushes to the main branch.
const PUSHES: i64 = 900;

/// Pushes since the story began that are remembered.
const REMEMBERED: i64 = 60;

/// Runs before the story.
const OLDER: u64 = 44;

const PEOPLE: [&str; 4] = ["ana", "noor", "tomasz", "wei"];

const TITLES: [&str; 10] = [
    "Raise the connection limit of the pool",
    "Log the reason of a refused order",
    "Drop the old address format",
    "Time out slow lookups after 2 s",
    "Cache exchange rates for a minute",
    "Rename the worker's queue",
    "Bump the HTTP library",
    "Fix a race in session expiry",
    "Count retries by cause",
    "Translate error pages",
];

impl Place<'_> {
    /// Runs that match a request's filters, newest first.
    pub fn runs(&self, request: &Request, workflow: Option<Workflow>) -> Vec<Value> {
        let runs = self.all().into_iter();
        runs.filter(|run| workflow.is_none_or(|workflow| workflow == run.workflow))
            .map(|run| self.show(&run))
            .filter(|run| {
                let is = |filter: &str, fields: &[&Value]| {
                    let wanted = request.get(filter);
                    wanted.is_none_or(|wanted| fields.iter().any(|field| *field == wanted))
                };
                is("branch", &[&run["head_branch"]])
                    && is("event", &[&run["event"]])
                    && is("head_sha", &[&run["head_sha"]])
                    && is("actor", &[&run["actor"]["login"]])
                    && is("status", &[&run["status"], &run["conclusion"]])
            })
            .collect()
    }

    /// One run.
    pub fn run(&self, id: u64) -> Option<Value> {
        Some(self.show(&self.by_id(id)?))
    }

    /// The jobs of one run.
    pub fn jobs(&self, id: u64) -> Option<Vec<Value>> {
        let run = self.by_id(id)?;
        let Progress { jobs, .. } = run.progress(self.now);
        let shown = jobs.iter().zip(&run.jobs).enumerate();
        Some(
            shown
                .map(|(index, ((state, steps), job))| self.show_job(&run, index, job, state, steps))
                .collect(),
        )
    }

    /// One job.
    pub fn job(&self, id: u64) -> Option<Value> {
        self.jobs(id / 10)?.into_iter().find(|job| job["id"] == id)
    }

    pub(super) fn by_id(&self, id: u64) -> Option<Run> {
        self.all().into_iter().find(|run| self.id(run) == id)
    }

    fn id(&self, run: &Run) -> u64 {
        let kind = u64::from(run.workflow == Workflow::Deploy);
        17_000_000_000 + self.index * 10_000_000 + run.number * 2 + kind
    }

    fn all(&self) -> Vec<Run> {
        let older = (1..=OLDER).map(|back| self.older(back));
        let mut runs: Vec<_> = self.pushes().chain(self.deploy()).chain(older).collect();
        runs.retain(|run| run.begin <= self.now);
        runs.sort_by_key(|run| std::cmp::Reverse((run.begin, run.number)));
        runs
    }

    /// The deployment that the story is about.
    fn deploy(&self) -> Option<Run> {
        let story = &self.service.story;
        let line = &self.world.timeline;
        let (begin, jobs) = match story.begin() {
            Some(begin) => {
                let end = self
                    .service
                    .ending
                    .map(|(second, ending)| (line.time(second), ending == Ending::Promoted));
                let mut jobs = checks();
                jobs.push(("staging", steps(&[("Deploy", 38.0), ("Smoke test", 20.0)])));
                let ahead = Run::seconds(&jobs);
                let mut production = steps(&[("Start canary1", 14.0), ("Send 10 %", 3.0)]);
                production.push(("Wait for the rollout", Fate::Waits(end)));
                production.push(("Mark the release", Fate::Passes(4.0)));
                jobs.push(("production", production));
                (begin - (ahead.ceil() as i64) - 20, jobs)
            }
            None if story.staging_fails => {
                let mut jobs = checks();
                let mut staging = steps(&[("Deploy", 41.0)]);
                staging.push(("Smoke test", Fate::Fails(33.0)));
                staging.push(("Clean up", Fate::Passes(3.0)));
                jobs.push(("staging", staging));
                jobs.push(("production", steps(&[("Deploy", 60.0)])));
                (-1500, jobs)
            }
            None => return None,
        };
        Some(Run {
            workflow: Workflow::Deploy,
            number: self.count(),
            title: story.title.to_owned(),
            branch: "main".to_owned(),
            sha: self.sha(if story.staging_fails { "next" } else { story.candidate }),
            actor: "ana",
            begin: line.time(begin),
            speed: line.speed(),
            jobs,
        })
    }

    /// Pushes to the main branch: one every few minutes of world time.
    fn pushes(&self) -> impl Iterator<Item = Run> {
        let line = self.world.timeline;
        let base = self.count();
        let first = -1400 + self.index.cast_signed() * 70;
        let last = (line.second(self.now) - first).div_euclid(PUSHES);
        ((last - REMEMBERED).max(0)..=last).map(move |count| {
            let mut chance = self.chance("push", count as u64);
            Run {
                workflow: Workflow::Ci,
                number: base + count as u64,
                title: title(&mut chance),
                branch: "main".to_owned(),
                sha: chance.hex(40),
                actor: actor(&mut chance),
                begin: line.time(first + count * PUSHES),
                speed: line.speed(),
                jobs: checks(),
            }
        })
    }

    /// A run of the days before.
    fn older(&self, back: u64) -> Run {
        let mut chance = self.chance("older", back);
        let jitter = (chance.unit() * 5_000.0) as i64;
        let begin = self.world.timeline.start()
            - TimeDelta::hours(7 * back.cast_signed())
            - TimeDelta::seconds(jitter);
        let is_deploy = back % 2 == 1;
        let mut jobs = checks();
        if is_deploy {
            jobs.push(("staging", steps(&[("Deploy", 40.0), ("Smoke test", 21.0)])));
            jobs.push(("production", steps(&[("Deploy", 300.0), ("Mark the release", 4.0)])));
        }
        if back % 10 == 8
            && let Some((_, steps)) = jobs.get_mut(1)
        {
            *steps = vec![("Unit tests", Fate::Fails(71.0))];
        }
        let (branch, sha) = if back == 1 {
            let stable = self.service.story.stable;
            (format!("v{stable}"), self.sha(stable))
        } else {
            ("main".to_owned(), chance.hex(40))
        };
        Run {
            workflow: if is_deploy { Workflow::Deploy } else { Workflow::Ci },
            number: self.count() - back,
            title: title(&mut chance),
            branch,
            sha,
            actor: actor(&mut chance),
            begin,
            speed: 1.0,
            jobs,
        }
    }

    /// The newest deployment's number.
    fn count(&self) -> u64 {
        482 + self.index * 61
    }

    fn chance(&self, what: &str, count: u64) -> Chance {
        Chance::of(&[self.world.seed, key(self.name()), key(what), count])
    }

    fn show(&self, run: &Run) -> Value {
        let id = self.id(run);
        let url = self.url(&format!("/actions/runs/{id}"));
        let Progress { run: state, updated, .. } = run.progress(self.now);
        let file = run.workflow.file();
        json!({
            "id": id, "name": run.workflow.name(), "display_title": run.title,
            "node_id": format!("WFR_{id}"), "head_branch": run.branch, "head_sha": run.sha,
            "path": format!(".github/workflows/{file}"), "run_number": run.number,
            "run_attempt": 1, "event": "push", "status": state.status,
            "conclusion": state.conclusion, "workflow_id": run.workflow.id(),
            "check_suite_id": id + 1, "url": url,
            "html_url": self.page(&format!("/actions/runs/{id}")), "pull_requests": [],
            "created_at": rfc3339(run.begin), "updated_at": rfc3339(updated),
            "run_started_at": rfc3339(run.begin), "actor": person(run.actor),
            "triggering_actor": person(run.actor), "jobs_url": format!("{url}/jobs"),
            "logs_url": format!("{url}/logs"), "cancel_url": format!("{url}/cancel"),
            "rerun_url": format!("{url}/rerun"), "previous_attempt_url": null,
            "workflow_url": self.url(&format!("/actions/workflows/{}", run.workflow.id())),
            "referenced_workflows": [],
            "head_commit": {
                "id": run.sha, "tree_id": run.sha, "message": run.title,
                "timestamp": rfc3339(run.begin),
                "author": {"name": run.actor, "email": format!("{}@acme.example", run.actor)},
            },
            "repository": {
                "id": 700_000_000 + self.index, "name": self.name(),
                "full_name": format!("{OWNER}/{}", self.name()),
            },
        })
    }

    fn show_job(
        &self,
        run: &Run,
        index: usize,
        job: &Job,
        state: &State,
        steps: &[State],
    ) -> Value {
        let run_id = self.id(run);
        let id = run_id * 10 + index as u64;
        let (name, planned) = job;
        let time = |at: Option<crate::model::Time>| at.map(rfc3339);
        let steps: Vec<_> = planned
            .iter()
            .zip(steps)
            .enumerate()
            .map(|(index, ((name, _), state))| {
                json!({
                    "name": name, "number": index + 1, "status": state.status,
                    "conclusion": state.conclusion, "started_at": time(state.started),
                    "completed_at": time(state.completed),
                })
            })
            .collect();
        let runner = state.started.map(|_| 7);
        json!({
            "id": id, "run_id": run_id, "run_attempt": 1, "name": name, "node_id": format!("JOB_{id}"),
            "run_url": self.url(&format!("/actions/runs/{run_id}")),
            "url": self.url(&format!("/actions/jobs/{id}")),
            "html_url": self.page(&format!("/actions/runs/{run_id}/job/{id}")),
            "status": state.status, "conclusion": state.conclusion,
            "created_at": rfc3339(state.started.unwrap_or(run.begin)),
            // GitHub tells a time even for a job that has not begun
            "started_at": rfc3339(state.started.unwrap_or(run.begin)),
            "completed_at": time(state.completed), "steps": steps,
            "labels": ["ubuntu-latest"], "runner_id": runner,
            "runner_name": runner.map(|id| format!("runner-{id}")), "runner_group_id": runner,
            "runner_group_name": runner.map(|_| "default"),
            "workflow_name": run.workflow.name(), "head_branch": run.branch, "head_sha": run.sha,
        })
    }
}

fn checks() -> Vec<Job> {
    vec![
        ("lint", steps(&[("Set up job", 4.0), ("Format", 12.0), ("Lint", 46.0)])),
        ("test", steps(&[("Set up job", 4.0), ("Unit tests", 96.0), ("Integration tests", 60.0)])),
        (
            "build",
            steps(&[("Set up job", 4.0), ("Build the image", 88.0), ("Push the image", 18.0)]),
        ),
    ]
}

fn steps(steps: &[(&'static str, f64)]) -> Vec<(&'static str, Fate)> {
    let steps = steps.iter();
    steps.map(|(name, seconds)| (*name, Fate::Passes(*seconds))).collect()
}

fn title(chance: &mut Chance) -> String {
    chance.pick(&TITLES).copied().unwrap_or_default().to_owned()
}

fn actor(chance: &mut Chance) -> &'static str {
    chance.pick(&PEOPLE).copied().unwrap_or_default()
}
