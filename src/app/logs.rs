//! `flightdeck logs`: which run, its jobs, and their logs as far as GitHub has them.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::time::Duration;

use crate::cli::args::{Global, LogsArgs, LogsOf};
use crate::cli::{Exit, Output, logs};
use crate::clients::github::{Answer, Fetched, GithubClient, Read};
use crate::joblog::{JobLog, scratch};
use crate::model::{Conclusion, Fault, FaultKind, Job, Run, Status, Target};
use crate::store;

use super::setup::Setup;
use super::{look, say, within};

/// How often a run that goes on is looked at.
const EVERY: Duration = Duration::from_secs(3);

/// How often one that waits or is queued is.
const SELDOM: Duration = Duration::from_secs(15);

/// How long until what failed is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// How often the log of a job that has ended is asked for before it is given up.
const LATE: u32 = 10;

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &LogsArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    if let Some(inert) = &setup.config.fleet.inert {
        say(format!("nothing is contacted: {inert}"));
        return Ok(Exit::Refused);
    }
    let found = match &args.of {
        LogsOf::Target(target) => of_target(&setup, target, global.look()).await,
        LogsOf::Run(run, repo) => of_run(&setup, *run, repo.as_deref(), global.look()).await,
    };
    let (client, repo, run) = match found {
        Ok(found) => found,
        Err((exit, text)) => {
            say(text);
            return Ok(exit);
        }
    };
    let mut reader = Reader {
        client,
        repo,
        run,
        args,
        limit: global.look(),
        shown: BTreeMap::new(),
        printed: false,
        lost: false,
        stands: None,
    };
    reader.read(out).await
}

type Found = Result<(GithubClient, String, Run), (Exit, String)>;

fn failed(fault: Fault) -> (Exit, String) {
    (Exit::Failed, fault.text)
}

/// The newest run of a target's pipeline.
async fn of_target(setup: &Setup, target: &Target, limit: Duration) -> Found {
    let mut specs = setup.config.fleet.targets.iter();
    let spec = specs
        .find(|spec| spec.target == *target)
        .ok_or_else(|| (Exit::Usage, look::unknown_target(target, setup)))?;
    let known = spec.host.as_ref().zip(spec.repo.clone());
    let known = known.and_then(|(host, repo)| Some((setup.config.github.get(host)?, repo)));
    let Some((github, repo)) = known else {
        let text = format!("{target} has no pipeline at GitHub; give its service a `repo`");
        return Err((Exit::Usage, text));
    };
    let client =
        GithubClient::sharing(&setup.tokens(), "", github.http.clone(), setup.clock.clone());
    let asked = client.runs(&repo, spec.workflow.as_deref());
    let runs = match within(limit, asked).await.map_err(failed)? {
        Answer::Fresh { value, .. } => value.items,
        Answer::Unchanged => Vec::new(),
    };
    let run = store::newest(spec, &runs)
        .cloned()
        .ok_or_else(|| (Exit::No, format!("{target} has no run among the newest of {repo}")))?;
    Ok((client, repo, run))
}

/// A run by its id: in the repository named, else wherever it is among those configured.
async fn of_run(setup: &Setup, id: u64, repo: Option<&str>, limit: Duration) -> Found {
    for github in setup.config.github.values() {
        let client =
            GithubClient::sharing(&setup.tokens(), "", github.http.clone(), setup.clock.clone());
        for known in &github.repos {
            if repo.is_some_and(|repo| !repo.eq_ignore_ascii_case(&known.name)) {
                continue;
            }
            let asked = client.run(&known.name, id);
            if let Some(run) = within(limit, asked).await.map_err(failed)? {
                return Ok((client, known.name.clone(), run));
            }
        }
    }
    let origin = &setup.config.fleet.origin;
    Err((Exit::Usage, format!("run {id} is in no repository of {origin} that the token can read")))
}

/// How far a job's log has been printed.
#[derive(Clone, Copy, Default)]
struct Shown {
    lines: u64,
    /// GitHub said that it has no log while the job goes on.
    refused: bool,
    /// How often it was not there though the job had ended.
    late: u32,
    done: bool,
}

struct Reader<'a> {
    client: GithubClient,
    repo: String,
    run: Run,
    args: &'a LogsArgs,
    /// How long one look at the jobs may take.
    limit: Duration,
    shown: BTreeMap<u64, Shown>,
    printed: bool,
    /// A log that should be there is not.
    lost: bool,
    /// How the run stood when that was said.
    stands: Option<Status>,
}

impl Reader<'_> {
    async fn read<W: Write>(&mut self, out: &mut Output<W>) -> color_eyre::Result<Exit> {
        let mut told = String::new();
        loop {
            let wait = match self.round(out).await? {
                Ok(more) => {
                    told.clear();
                    if !self.args.follow || !self.run.is_active() && !more {
                        return Ok(self.verdict());
                    }
                    self.say_where_it_stands();
                    if self.run.status == Status::InProgress || more { EVERY } else { SELDOM }
                }
                Err(fault) => {
                    if told != fault.text {
                        say(&fault.text);
                        told.clone_from(&fault.text);
                    }
                    if !self.args.follow || !passes(fault.kind) {
                        return Ok(Exit::Failed);
                    }
                    fault.retry_at.map_or(AGAIN, |at| self.client.until(at).max(EVERY))
                }
            };
            out.flush()?;
            tokio::time::sleep(wait).await;
            if let Ok(Some(run)) = self.client.run(&self.repo, self.run.id).await {
                self.run = run;
            }
        }
    }

    /// Says once that nothing is written for now, and why.
    fn say_where_it_stands(&mut self) {
        let status = &self.run.status;
        if self.stands.as_ref() == Some(status) {
            return;
        }
        self.stands = Some(status.clone());
        let Run { id, name, number, .. } = &self.run;
        match status {
            Status::Waiting => say(format!(
                "{name} #{number} waits for an approval or a timer: `flightdeck inbox` tells which (run {id})"
            )),
            Status::Queued | Status::Pending => {
                say(format!("{name} #{number} is {}: nothing runs yet", status.word()));
            }
            _ => {}
        }
    }

    fn verdict(&self) -> Exit {
        if self.lost {
            return Exit::Failed;
        }
        if self.printed {
            return Exit::Done;
        }
        let Run { name, number, .. } = &self.run;
        say(match (self.args.failed, self.run.is_active()) {
            (true, false) => format!("no job of {name} #{number} failed"),
            (true, true) => format!("no job of {name} #{number} has failed so far"),
            (false, _) => format!("{name} #{number} has no log yet"),
        });
        Exit::No
    }

    /// Looks at the jobs once and prints what is new; whether a log that should be there is still to come.
    async fn round<W: Write>(
        &mut self,
        out: &mut Output<W>,
    ) -> color_eyre::Result<Result<bool, Fault>> {
        let mut more = false;
        // following is reading like any other: the reserve is for actions
        if let Err(fault) = self.client.grant(&self.repo, 2) {
            return Ok(Err(fault));
        }
        let asked = self.client.jobs(&self.repo, self.run.id, Read::Whole);
        let jobs = match within(self.limit, asked).await {
            Ok(Answer::Fresh { value, .. }) => value.items,
            Ok(Answer::Unchanged) => Vec::new(),
            Err(fault) => return Ok(Err(fault)),
        };
        for job in &jobs {
            let shown = self.shown.get(&job.id).copied().unwrap_or_default();
            let over = job.status == Status::Completed;
            let ran = job.started_at.is_some() && job.conclusion != Some(Conclusion::Skipped);
            let wanted = !self.args.failed || has_failed(job);
            if shown.done || !ran || !wanted || !over && (shown.refused || waits(job)) {
                continue;
            }
            match self.job(job, shown, out).await? {
                Ok(lines) => {
                    self.shown.insert(job.id, Shown { lines, done: over, ..shown });
                }
                Err(fault) if !over && fault.kind == FaultKind::NotFound => {
                    say(still_running(job));
                    self.shown.insert(job.id, Shown { refused: true, ..shown });
                }
                // it comes a moment after the job's end
                Err(fault) if fault.kind == FaultKind::NotFound => {
                    let late = shown.late + 1;
                    let done = !self.args.follow || late > LATE;
                    if done {
                        say(fault.text);
                    }
                    (more, self.lost) = (more || !done, self.lost || done);
                    self.shown.insert(job.id, Shown { late, done, ..shown });
                }
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(more))
    }

    /// Prints what is new in a job's log; how many lines there are now.
    async fn job<W: Write>(
        &mut self,
        job: &Job,
        shown: Shown,
        out: &mut Output<W>,
    ) -> color_eyre::Result<Result<u64, Fault>> {
        let file = scratch()?;
        let fetched = self.client.job_log(&self.repo, job.id, file.try_clone()?, |_, _| {});
        let Fetched { bytes, cut } = match fetched.await {
            Ok(fetched) => fetched,
            Err(fault) => return Ok(Err(fault)),
        };
        let log = JobLog::open(file, &job.steps)?;
        let ranges = self.ranges(job, &log, shown.lines);
        if shown.lines == 0 {
            logs::head(&self.run, job, out)?;
        }
        logs::lines(job, &log, &ranges, out)?;
        self.printed |= !ranges.is_empty();
        if cut {
            say(format!(
                "the log of {} goes on; only its first {} MiB were read",
                job.name,
                bytes >> 20
            ));
        }
        Ok(Ok(log.len()))
    }

    fn ranges(&self, job: &Job, log: &JobLog, from: u64) -> Vec<Range<u64>> {
        if !self.args.failed {
            return std::iter::once(from..log.len()).filter(|range| !range.is_empty()).collect();
        }
        let failed = log.outline().failed(log.len());
        if failed.is_empty() {
            say(format!("which step of {} failed is not told; this is its whole log", job.name));
            return std::iter::once(0..log.len()).collect();
        }
        failed
    }
}

/// Whether waiting may help.
fn passes(kind: FaultKind) -> bool {
    use FaultKind::{Garbage, RateLimited, Timeout, Unreachable, Upstream};
    matches!(kind, Garbage | RateLimited | Timeout | Unreachable | Upstream)
}

fn has_failed(job: &Job) -> bool {
    job.conclusion.as_ref().is_some_and(Conclusion::is_bad)
}

/// Whether a job has not begun yet, whatever time GitHub gives.
fn waits(job: &Job) -> bool {
    job.status != Status::InProgress
}

fn still_running(job: &Job) -> String {
    let mut steps = job.steps.iter().filter(|step| step.status == Status::InProgress);
    let now = steps.next_back().map_or_else(String::new, |step| {
        format!(" (step {} of {}, {})", step.number, job.steps.len(), step.name)
    });
    format!("{} is running{now}: GitHub serves its log when it has ended", job.name)
}
