//! Runs as GitHub tells them.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::{Value, json};

use crate::demo::forge::plan::Workflow;
use crate::demo::forge::run::Run;
use crate::demo::http::Request;
use crate::model::Time;

use super::Place;
use super::page::Page;
use super::person::person;

impl Place<'_> {
    /// A page of the runs that match a request's filters, newest first, and how many there are.
    pub fn runs(&self, request: &Request, workflow: Option<usize>) -> (usize, Vec<Value>) {
        let listed = self.own.runs.iter().filter(|run| run.listed <= self.world.second);
        let own = listed.filter(|run| workflow.is_none_or(|one| one == run.workflow));
        let mut runs: Vec<_> = own.filter(|run| self.matches(run, request)).collect();
        runs.sort_by_key(|run| std::cmp::Reverse((run.created, run.id)));
        let total = runs.len();
        let repository = self.minimal();
        let page = Page::of(request).cut(runs);
        (total, page.into_iter().map(|run| self.show_in(run, &repository)).collect())
    }

    fn matches(&self, run: &Run, request: &Request) -> bool {
        let is = |filter: &str, fields: &[&str]| {
            let wanted = request.get(filter);
            wanted.is_none_or(|wanted| fields.contains(&wanted))
        };
        let suite = request.get("check_suite_id");
        is("branch", &[&run.branch])
            && is("event", &[run.event])
            && is("head_sha", &[&run.sha])
            && is("actor", &[run.actor])
            && is("status", &[run.status(), run.ended.map_or("", |(_, how)| how)])
            && suite.is_none_or(|suite| suite.parse() == Ok(run.id + 1))
            && request.get("created").is_none_or(|wanted| within(self.told(run.created), wanted))
    }

    /// A time as it is told: in whole seconds.
    fn told(&self, second: i64) -> Time {
        let time = self.world.timeline.time(second);
        time.trunc_subsecs(0)
    }

    /// One run.
    pub fn run(&self, id: u64) -> Option<Value> {
        Some(self.show(self.own.run(id)?))
    }

    /// An attempt of one run.
    pub fn attempt(&self, id: u64, attempt: u32) -> Option<Value> {
        let run = self.own.run(id)?;
        let mut shown = self.show(run);
        if attempt != run.attempt {
            let past = run.past.get(usize::try_from(attempt.checked_sub(1)?).ok()?)?;
            shown["run_attempt"] = attempt.into();
            shown["status"] = "completed".into();
            shown["conclusion"] = past.ended.1.into();
            shown["run_started_at"] = self.at(past.began).into();
            shown["updated_at"] = self.at(past.ended.0).into();
            shown["triggering_actor"] = person(self.base, past.by);
            shown["previous_attempt_url"] = self.before(id, attempt);
        }
        Some(shown)
    }

    /// A workflow by file name or id.
    pub fn workflow(&self, text: &str) -> Option<usize> {
        let id = text.parse::<u64>().ok();
        let mut workflows = self.own.workflows.iter().enumerate();
        let found =
            workflows.find(|(at, own)| own.file == text || Some(self.workflow_id(*at)) == id);
        found.map(|(at, _)| at)
    }

    /// The id of a workflow by its place.
    pub fn workflow_id(&self, at: usize) -> u64 {
        41_000_000 + self.own.index * 100 + at as u64
    }

    /// The workflow of a run.
    pub fn of(&self, run: &Run) -> Option<&Workflow> {
        self.own.workflows.get(run.workflow)
    }

    fn before(&self, id: u64, attempt: u32) -> Value {
        if attempt < 2 {
            return Value::Null;
        }
        self.url(&format!("/actions/runs/{id}/attempts/{}", attempt - 1)).into()
    }

    fn show(&self, run: &Run) -> Value {
        self.show_in(run, &self.minimal())
    }

    fn show_in(&self, run: &Run, repository: &Value) -> Value {
        let id = run.id;
        let url = self.url(&format!("/actions/runs/{id}"));
        let own = self.of(run);
        let file = own.map_or("", |own| own.file);
        let path = format!(".github/workflows/{file}");
        // a run with a title of its own has it for a name too; one whose file is broken has the path
        let name = match own {
            Some(own) if own.jobs.is_empty() => path.as_str(),
            Some(own) if own.title.is_none() => own.name,
            _ => run.title.as_str(),
        };
        let referenced: Vec<_> = own.map(|own| self.referenced(own, &run.sha)).unwrap_or_default();
        json!({
            "id": id, "name": name, "display_title": run.title, "node_id": format!("WFR_{id}"),
            "head_branch": run.branch, "head_sha": run.sha, "path": path,
            "run_number": run.number, "run_attempt": run.attempt, "event": run.event,
            "status": run.status(), "conclusion": run.ended.map(|(_, how)| how),
            "workflow_id": self.workflow_id(run.workflow), "check_suite_id": id + 1,
            "check_suite_node_id": format!("CS_{}", id + 1),
            "check_suite_url": self.url(&format!("/check-suites/{}", id + 1)), "url": url,
            "html_url": self.page(&format!("/actions/runs/{id}")), "pull_requests": [],
            "created_at": self.at(run.created), "updated_at": self.at(run.updated),
            "run_started_at": self.at(run.began), "actor": person(self.base, run.actor),
            "triggering_actor": person(self.base, run.by), "jobs_url": format!("{url}/jobs"),
            "logs_url": format!("{url}/logs"), "artifacts_url": format!("{url}/artifacts"),
            "cancel_url": format!("{url}/cancel"), "rerun_url": format!("{url}/rerun"),
            "previous_attempt_url": self.before(id, run.attempt),
            "workflow_url": self.url(&format!("/actions/workflows/{}", self.workflow_id(run.workflow))),
            "referenced_workflows": referenced,
            "head_commit": self.head(run),
            "repository": repository, "head_repository": repository,
        })
    }

    fn head(&self, run: &Run) -> Value {
        let by = json!({"name": run.actor, "email": format!("{}@acme.example", run.actor)});
        json!({
            "id": run.sha, "tree_id": run.sha, "message": run.message,
            "timestamp": self.at(run.created), "author": by, "committer": by,
        })
    }

    /// The called workflows of one, as its file names them.
    fn referenced(&self, own: &Workflow, sha: &str) -> Vec<Value> {
        let lines = own.text.lines().filter_map(|line| line.trim().strip_prefix("uses: ./"));
        let known =
            lines.filter(|path| self.own.workflows.iter().any(|own| path.ends_with(own.file)));
        let repository = format!("{}/{}", super::OWNER, self.name());
        known
            .map(|path| json!({"path": format!("{repository}/{path}@{sha}"), "sha": sha}))
            .collect()
    }
}

/// Whether a time is one that a search asks for: `>=T`, `<T`, `A..B`, `T`.
fn within(at: Time, wanted: &str) -> bool {
    let time = |text: &str| {
        let day = || format!("{text}T00:00:00Z");
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc3339(&day()))
    };
    let holds = |text: &str, holds: fn(Time, Time) -> bool| {
        time(text).is_ok_and(|other| holds(at, other.with_timezone(&Utc)))
    };
    if let Some((from, to)) = wanted.split_once("..") {
        let open = |text: &str| text == "*";
        return (open(from) || holds(from, |at, from| at >= from))
            && (open(to) || holds(to, |at, to| at <= to));
    }
    if let Some(text) = wanted.strip_prefix(">=") {
        holds(text, |at, other| at >= other)
    } else if let Some(text) = wanted.strip_prefix("<=") {
        holds(text, |at, other| at <= other)
    } else if let Some(text) = wanted.strip_prefix('>') {
        holds(text, |at, other| at > other)
    } else if let Some(text) = wanted.strip_prefix('<') {
        holds(text, |at, other| at < other)
    } else {
        holds(wanted, |at, day| at.date_naive() == day.date_naive())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_for_times() {
        let at: Time = "2026-01-02T03:04:05Z".parse().unwrap();
        for wanted in
            [">=2026-01-02T03:04:05Z", "<2026-01-03", "2026-01-01..2026-01-03", "*..2026-02-01"]
        {
            assert!(within(at, wanted), "{wanted}");
        }
        for wanted in [">2026-01-02T03:04:05Z", "<2026-01-02T03:04:05+01:00", "2026-01-01", "soon"]
        {
            assert!(!within(at, wanted), "{wanted}");
        }
    }
}
