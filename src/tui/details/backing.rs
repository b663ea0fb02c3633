//! What a run stands on: the checks of its commit in one line, why it does not begin, what it left behind,
//! where the triggers of its workflow lead.

use crate::model::backing::{Artifact, Check, Checks, WorkflowFile};
use crate::model::{Run, Status};
use crate::store::RepoState;
use crate::tui::panes::pipeline::Seen;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::workflow::{leads_to, unstarted};

use super::{Page, Scene};

/// Names of one line at most.
const NAMES: usize = 4;

/// Why it does not begin, when it does not.
pub(super) fn why(scene: &Scene<'_>, run: &Run, seen: Seen, page: &mut Page) {
    let Some(repo) = scene.store.repo_of(&scene.look.state.spec) else { return };
    let name = scene.look.state.spec.repo.as_deref().unwrap_or_default();
    let file = repo.backing.file_of(run);
    let remarks = repo.backing.remarks_of(run.id);
    if let Some(why) = unstarted(run, name, repo.jobs_of(run.id), file, remarks, seen.at) {
        page.fact("why", &why, Role::Error);
    }
}

/// `11 of 12 required passed, missing lint`
pub(super) fn checks(repo: &RepoState, run: &Run, page: &mut Page) {
    let Some(checks) = repo.backing.checks_of(&run.sha) else {
        page.fact("checks", "of this commit are not read yet", Role::Dim);
        return;
    };
    let (said, role) = told(checks);
    page.fact("checks", &said, role);
}

fn told(checks: &Checks) -> (String, Role) {
    let passed = checks.all.iter().filter(|check| check.has_passed()).count();
    let of_all = format!("{passed} of {} passed", checks.all.len());
    let Some(required) = &checks.required else {
        let why = checks.unknown.as_ref().map_or(String::new(), |why| format!(": {why}"));
        return (format!("{of_all}; which are required is not known{why}"), Role::Unknown);
    };
    if required.is_empty() {
        return (format!("{of_all}; none is required"), Role::Text);
    }
    let (mut good, mut failed, mut open, mut missing) = (0, vec![], vec![], vec![]);
    for name in required {
        // one name may have several checks: each must pass
        let own: Vec<&Check> = checks.all.iter().filter(|check| check.name == *name).collect();
        match own.as_slice() {
            [] => missing.push(name),
            own if own.iter().all(|check| check.has_passed()) => good += 1,
            own if own.iter().any(|it| it.status == Status::Completed && !it.has_passed()) => {
                failed.push(name);
            }
            _ => open.push(name),
        }
    }
    let mut said = format!("{good} of {} required passed", required.len());
    for (word, names) in [("failed", &failed), ("still open", &open), ("missing", &missing)] {
        if !names.is_empty() {
            said.push_str(&format!(", {word} {}", list(names)));
        }
    }
    let role = match (failed.is_empty(), open.is_empty() && missing.is_empty()) {
        (false, _) => Role::Critical,
        (true, false) => Role::Attention,
        (true, true) => Role::Ok,
    };
    (said, role)
}

fn list(names: &[&String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMES).map(|name| name.as_str()).collect();
    let more = names.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// What the run left behind, with size and end.
pub(super) fn artifacts(scene: &Scene<'_>, repo: &RepoState, run: &Run, page: &mut Page) {
    let Some(artifacts) = repo.backing.artifacts_of(run.id) else { return };
    page.head(&format!("artifacts ({})", artifacts.len()));
    if artifacts.is_empty() {
        page.say("none", Role::Dim);
    }
    let widest = artifacts.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
    for artifact in artifacts {
        page.line(Some(&artifact.name), |width| {
            let (ends, role) = ends(scene, artifact);
            Row::new(width)
                .cell(&artifact.name, widest.clamp(6, (width / 2).max(6)), Role::Text)
                .gap(1)
                .number(size(artifact.size), 9, Role::Text)
                .gap(2)
                .put(ends, role)
        });
    }
}

fn ends(scene: &Scene<'_>, artifact: &Artifact) -> (String, Role) {
    match artifact.expires_at {
        _ if artifact.expired => ("expired".to_owned(), Role::Dim),
        Some(at) if at <= scene.now => ("expired".to_owned(), Role::Dim),
        Some(at) => {
            let days = (at - scene.now).num_days();
            let role = if days < 2 { Role::Attention } else { Role::Dim };
            (format!("expires in {}", words::span(at - scene.now)), role)
        }
        None => ("its end is not known".to_owned(), Role::Unknown),
    }
}

/// `2.0 MB`, in steps of 1000 as GitHub counts.
fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 1000.0 || unit == "GB" {
            let digits = usize::from(unit != "B" && size < 100.0);
            return format!("{size:.digits$} {unit}");
        }
        size /= 1000.0;
    }
    String::new()
}

/// Where the triggers of the workflow lead, as its file at the run's commit says.
pub(super) fn triggers(scene: &Scene<'_>, repo: &RepoState, run: &Run, page: &mut Page) {
    let Some(file) = repo.backing.file_of(run) else { return };
    page.head(&format!("what starts {}, and where it leads", run.workflow));
    match file {
        WorkflowFile::Read(workflow) => {
            let name = scene.look.state.spec.repo.as_deref().unwrap_or_default();
            let leads = leads_to(workflow, &run.workflow, name);
            if leads.is_empty() {
                page.say("the file names no trigger", Role::Unknown);
            }
            for lead in leads {
                page.say(&lead.sentence(), Role::Text);
            }
        }
        WorkflowFile::Odd(why) => {
            page.say(&format!("its file cannot be read: {why}"), Role::Unknown);
        }
        WorkflowFile::Missing => {
            page.say("its commit has no such file that we may read", Role::Unknown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_their_unit() {
        assert_eq!(
            [0, 999, 2_000, 153_600, 12_000_000_000].map(size),
            ["0 B", "999 B", "2.0 kB", "154 kB", "12.0 GB"]
        );
    }

    #[test]
    fn required_checks_are_one_line() {
        let check = |name: &str, ended: Option<&str>| -> Check {
            let status = if ended.is_some() { "completed" } else { "in_progress" };
            serde_json::from_value(
                serde_json::json!({"name": name, "status": status, "conclusion": ended}),
            )
            .unwrap()
        };
        let all = vec![
            check("test", Some("success")),
            check("lint", Some("failure")),
            check("docs", Some("skipped")),
            check("slow", None),
        ];
        let told = |required: Option<&[&str]>, unknown: Option<&str>| {
            let required = required.map(|it| it.iter().map(|&name| name.to_owned()).collect());
            let unknown = unknown.map(str::to_owned);
            told(&Checks { all: all.clone(), required, unknown, unread: None }).0
        };
        assert_eq!(told(Some(&["test", "docs"]), None), "2 of 2 required passed");
        assert_eq!(
            told(Some(&["test", "lint", "slow", "cla"]), None),
            "1 of 4 required passed, failed lint, still open slow, missing cla"
        );
        assert_eq!(told(Some(&[]), None), "2 of 4 passed; none is required");
        assert_eq!(told(None, Some("403")), "2 of 4 passed; which are required is not known: 403");
    }
}
