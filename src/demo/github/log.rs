//! The logs of jobs: kept elsewhere, at addresses that are signed and hold for a minute, for whoever asks
//! without a token.

use std::fmt::Write as _;

use chrono::TimeDelta;

use crate::demo::chance::{Chance, key};
use crate::demo::forge::run::State;
use crate::demo::forge::step::Step;
use crate::demo::http::{Handler, Reply, Request};
use crate::demo::quirk::Quirks;
use crate::demo::world::Shared;
use crate::model::Time;

use super::Place;

/// Seconds that an address holds.
const HOLDS: i64 = 60;

/// The server that logs are kept on.
pub struct Storage {
    /// The world.
    pub shared: Shared,
    /// What addresses are signed with.
    pub token: String,
}

impl Handler for Storage {
    fn answer(&self, request: &Request) -> Reply {
        let now = self.shared.now();
        if request.headers.contains_key("authorization") {
            return Reply::text(403, "AuthenticationFailed: a signed address takes no credentials");
        }
        let number = |text: &str| text.parse::<i64>().ok();
        let until = request.get("se").and_then(number).filter(|until| *until >= now.timestamp());
        let Some(until) = until else { return Reply::text(403, "AuthenticationFailed: expired") };
        let found = match request.segments().as_slice() {
            ["logs", name, job] => job.parse().ok().map(|job: u64| ((*name).to_owned(), job)),
            _ => None,
        };
        let Some((name, job)) = found else { return Reply::text(404, "BlobNotFound") };
        if request.get("sig") != Some(signature(&name, job, until, &self.token).as_str()) {
            return Reply::text(403, "AuthenticationFailed: the signature does not match");
        }
        find(&self.shared, &name, job, now)
            .map_or_else(|| Reply::text(404, "BlobNotFound"), |log| Reply::text(200, log))
    }
}

/// Path and query of a log's address.
pub(super) fn signed(name: &str, job: u64, now: Time, token: &str) -> String {
    let until = now.timestamp() + HOLDS;
    format!("/logs/{name}/{job}?se={until}&sig={}", signature(name, job, until, token))
}

fn signature(name: &str, job: u64, until: i64, token: &str) -> String {
    Chance::of(&[key(name), job, until.cast_unsigned(), key(token)]).hex(48)
}

/// The log of a job of a service; none unless the job has ended and did something.
pub(super) fn find(shared: &Shared, name: &str, job: u64, now: Time) -> Option<String> {
    shared.with(|world| Place::new(world, name, now, "", Quirks::default())?.log(job))
}

impl Place<'_> {
    fn log(&self, id: u64) -> Option<String> {
        let (run, index, job) = self.find_job(id)?;
        let plan = run.plan.get(index)?;
        let State::Ended { began: Some(began), .. } = job.state else { return None };
        let steps = self.steps(job);
        let mut log = Writer {
            at: self.world.timeline.time(began),
            step: TimeDelta::zero(),
            text: "\u{feff}".into(),
        };
        log.line("Current runner version: '2.330.0'");
        log.group("Operating System", &["Ubuntu", "24.04.3", "LTS"]);
        log.group("GITHUB_TOKEN Permissions", &["Contents: read", "Metadata: read"]);
        log.line(&format!("Complete job name: {}", plan.name));
        for ((step, _), state) in plan.steps.iter().zip(&steps) {
            if state.conclusion != Some("skipped") {
                self.step(&mut log, step, state);
            }
        }
        log.line("Post job cleanup.");
        log.line("##[command]/usr/bin/git config --local --unset-all http.https://github.com/.extraheader");
        log.line("Cleaning up orphan processes");
        Some(log.text)
    }

    fn step(&self, log: &mut Writer, step: &str, state: &Step) {
        let (Some(began), Some(ended)) = (state.began, state.ended) else { return };
        let (began, ended) = (self.world.timeline.time(began), self.world.timeline.time(ended));
        let failed = state.conclusion == Some("failure");
        let script = format!("./ci/{}", step.to_lowercase().replace([' ', '%'], "-"));
        let said = self.said(step, failed);
        log.at = began;
        log.step = (ended - began) / i32::try_from(said.len() + 8).unwrap_or(i32::MAX);
        log.line(&format!("##[group]Run {script}"));
        log.line(&format!("\u{1b}[36;1m{script}\u{1b}[0m"));
        log.line("shell: /usr/bin/bash -e {0}");
        log.line("env:");
        log.line(&format!("  SERVICE: {}", self.name()));
        log.line("##[endgroup]");
        for line in &said {
            log.line(line);
        }
        if failed {
            log.line("##[error]Process completed with exit code 1.");
        }
    }

    /// What a step says.
    fn said(&self, step: &str, failed: bool) -> Vec<String> {
        let name = self.name();
        match (step, failed) {
            ("Smoke test", true) => smoke(name),
            ("Unit tests", failed) => tests(name, failed),
            ("Build the image", _) => (1..=12)
                .map(|n| format!("#{n} [{n}/12] RUN step {n} of the image of {name}"))
                .chain(["#12 exporting layers 10%\r#12 exporting layers 60%\r#12 done".to_owned()])
                .collect(),
            ("Deploy", _) => vec![
                format!("applying {name} to the environment"),
                "waiting for 3 instances: 0 ready\rwaiting for 3 instances: 2 ready\rwaiting for 3 instances: 3 ready".into(),
                "\u{1b}[32mall instances are ready\u{1b}[0m".into(),
            ],
            (other, false) => (1..=6).map(|n| format!("{other}: part {n} of 6 is done")).collect(),
            (other, true) => vec![format!("{other}: part 4 of 6 failed")],
        }
    }
}

fn tests(name: &str, failed: bool) -> Vec<String> {
    let mut lines = vec!["running 212 tests".to_owned()];
    lines.extend(
        (1..=60).map(|n| format!("test {name}::unit::case_{n:03} ... \u{1b}[32mok\u{1b}[0m")),
    );
    if failed {
        lines
            .push(format!("test {name}::unit::session_expires_once ... \u{1b}[31mFAILED\u{1b}[0m"));
        lines.push("assertion `left == right` failed: expired twice".into());
        lines.push("  left: 2".into());
        lines.push(" right: 1".into());
        lines.push("test result: FAILED. 211 passed; 1 failed".into());
    } else {
        lines.push("test result: ok. 212 passed; 0 failed".into());
    }
    lines
}

fn smoke(name: &str) -> Vec<String> {
    let mut lines = vec![format!("smoke test of {name} in staging, 20 requests each")];
    for (path, fails) in [("/health", 0), ("/search?q=lamp", 0), ("/search?q=lamp&sort=price", 20)]
    {
        lines.push(format!("##[group]GET {path}"));
        for n in 1..=20 {
            let (status, ms) = if n <= fails { (500, 30_012) } else { (200, 11 + n % 7) };
            lines.push(format!("{n:>3}  {status}  {ms} ms"));
        }
        lines.push("##[endgroup]".into());
        let good = 20 - fails;
        lines.push(format!("{path}: {good} of 20 answered 200"));
    }
    lines.push("##[warning]the slowest answer took 30012 ms, the limit is 800 ms".into());
    lines.push("body: {\"error\":\"no index named price_v2\",\"shard\":3}".into());
    lines.push("\u{1b}[31mFAILED\u{1b}[0m: /search?q=lamp&sort=price must answer 200".into());
    lines
}

/// A log being written, each line a little later than the one before.
struct Writer {
    at: Time,
    step: TimeDelta,
    text: String,
}

impl Writer {
    fn line(&mut self, said: &str) {
        // GitHub writes seven digits
        let at = self.at.format("%Y-%m-%dT%H:%M:%S%.6f");
        let _ = writeln!(self.text, "{at}0Z {said}");
        self.at += self.step;
    }

    fn group(&mut self, name: &str, lines: &[&str]) {
        self.line(&format!("##[group]{name}"));
        lines.iter().for_each(|line| self.line(line));
        self.line("##[endgroup]");
    }
}
