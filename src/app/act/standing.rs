//! Where the run stands that an action was taken for and that is not over: what the operator does next.
//! Reads only.

use std::time::Duration;

use crate::model::{Conclusion, Outcome, Report, Run, Status, TargetSpec, Verb, Waits};

use super::super::reading::Hosts;

/// The longest that it is read for.
const LIMIT: Duration = Duration::from_secs(10);

/// One sentence; none where the action leaves nothing to do, or its run cannot be read.
pub(super) async fn of_its_run(
    hosts: &Hosts,
    spec: &TargetSpec,
    report: &Report,
    followed: bool,
) -> Option<String> {
    let asks = matches!(report.verb, Verb::Rollback | Verb::Promote | Verb::Cancel);
    if report.outcome != Outcome::Accepted || !asks {
        return None;
    }
    let id = report.steps.iter().rev().find_map(|step| step.github_run)?;
    let (host, repo) = spec.host.as_deref().zip(spec.repo.as_deref())?;
    let client = hosts.get(host)?;
    let read = async {
        let run = client.run(repo, id).await.ok().flatten()?;
        let waits = if run.status == Status::Waiting && report.verb != Verb::Cancel {
            client.waits(repo, id).await.ok().flatten()
        } else {
            None
        };
        let waits = client.explained(repo, Some(&run), waits.unwrap_or_default()).await;
        Some((run, waits))
    };
    let (run, waits) = tokio::time::timeout(LIMIT, read).await.ok().flatten()?;
    sentence(report, &run, &waits, followed)
}

fn sentence(report: &Report, run: &Run, waits: &Waits, followed: bool) -> Option<String> {
    let (id, target, status) = (run.id, &report.target, run.status.word());
    let not_yet = match report.verb {
        Verb::Rollback => "not rolled back yet",
        Verb::Promote => "not promoted yet",
        _ => {
            let force = format!("`flightdeck run force-cancel {target} --run {id}`");
            let text = format!("run {id} is still {status}; if it does not end: {force}");
            return run.is_active().then_some(text);
        }
    };
    let url = &run.url;
    if !run.is_active() {
        let how = run.conclusion.as_ref().map_or("somehow", Conclusion::word);
        return Some(format!("run {id} ({url}) ended: {how}"));
    }
    let Some(first) = waits.waiting.first() else {
        let follow = if followed { "" } else { "; `--wait` follows it" };
        return Some(format!("{not_yet}: run {id} ({url}) is {status}{follow}"));
    };
    let names: Vec<&str> = waits.waiting.iter().map(|one| one.environment.as_str()).collect();
    let next = if waits.waiting.iter().any(|one| one.may_decide) {
        format!("approve it: `flightdeck approve {target} --run {id}`")
    } else {
        let why = first.why_not.as_deref().unwrap_or("this token may not decide it");
        let by = match first.reviewers.join(", ") {
            names if names.is_empty() => String::new(),
            names => format!("; by {names}"),
        };
        format!("not by you: {why}{by}")
    };
    Some(format!("{not_yet}: run {id} ({url}) is waiting at {}; {next}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ActionId, Waiting};

    fn run(status: Status) -> Run {
        Run {
            id: 12,
            workflow: "rollback.yml".into(),
            name: "rollback".into(),
            number: 3,
            attempt: 1,
            title: "roll back".into(),
            branch: None,
            sha: "abc".into(),
            event: "workflow_dispatch".into(),
            status,
            conclusion: None,
            created_at: None,
            started_at: None,
            updated_at: None,
            url: "https://github.com/a/b/actions/runs/12".into(),
            actor: None,
            odd: None,
        }
    }

    fn said(verb: Verb, status: Status, may_decide: Option<bool>) -> Option<String> {
        let target = "shop/production".parse().unwrap();
        let report = Report {
            outcome: Outcome::Accepted,
            ..Report::refused(ActionId("a".into()), target, verb, Vec::new())
        };
        let waiting = may_decide.map(|may_decide| Waiting {
            environment_id: 1,
            environment: "production-rollback".into(),
            since: None,
            timer_ends: None,
            may_decide,
            why_not: None,
            reviewers: vec!["ana".into()],
        });
        let waits = Waits { waiting: waiting.into_iter().collect(), decisions: Vec::new() };
        sentence(&report, &run(status), &waits, false)
    }

    #[test]
    fn what_comes_next_is_said_plainly() {
        let url = "https://github.com/a/b/actions/runs/12";
        let waits = |may| said(Verb::Rollback, Status::Waiting, Some(may)).unwrap();
        let here = format!("not rolled back yet: run 12 ({url}) is waiting at production-rollback");
        let approve = "approve it: `flightdeck approve shop/production --run 12`";
        assert_eq!(waits(true), format!("{here}; {approve}"));
        let by = "not by you: this token may not decide it; by ana";
        assert_eq!(waits(false), format!("{here}; {by}"));
        assert_eq!(
            said(Verb::Promote, Status::InProgress, None).unwrap(),
            format!("not promoted yet: run 12 ({url}) is in_progress; `--wait` follows it")
        );
        assert_eq!(
            said(Verb::Cancel, Status::InProgress, None).unwrap(),
            "run 12 is still in_progress; if it does not end: \
             `flightdeck run force-cancel shop/production --run 12`"
        );
        assert_eq!(said(Verb::Cancel, Status::Completed, None), None);
    }
}
