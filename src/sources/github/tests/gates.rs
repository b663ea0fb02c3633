//! What gates ask for: the checks of a commit, and what scanners found.

use super::*;
use crate::model::{Danger, FaultKind as Kind};

fn commit(bench: &Bench, sha: &str) {
    let commits = [(REPO.to_owned(), sha.to_owned())].into();
    bench.wanted.send_replace(Wanted { commits, ..Wanted::default() });
}

fn require(bench: &mut Bench, names: &[&str]) {
    bench.source.repo.required = names.iter().map(|&name| name.to_owned()).collect();
    bench.source.backing = Backing::new(bench.source.repo.required.clone());
}

fn checks(bench: &Bench, names: &[(&str, &str)]) {
    let check = |(name, conclusion): &(&str, &str)| {
        let status = if conclusion.is_empty() { "in_progress" } else { "completed" };
        let conclusion = (!conclusion.is_empty()).then_some(conclusion);
        json!({"name": name, "status": status, "conclusion": conclusion})
    };
    let all: Vec<Value> = names.iter().map(check).collect();
    set(&bench.state, "/commits/abc/check-runs", json!({ "check_runs": all }));
}

async fn said(bench: &mut Bench) -> Vec<Observation> {
    let items = bench.source.poll().await.unwrap().items;
    let is_ours =
        |item: &Observation| matches!(item, Observation::Checks { .. } | Observation::Scans { .. });
    items.into_iter().filter(is_ours).collect()
}

fn names(items: &[Observation]) -> Vec<(Vec<&str>, Option<&str>)> {
    let mut told = Vec::new();
    for item in items {
        if let Observation::Checks { checks, .. } = item {
            let names = checks.all.iter().map(|check| check.name.as_str()).collect();
            told.push((names, checks.unread.as_deref()));
        }
    }
    told
}

/// How often something was asked for since this was last asked.
fn asked(bench: &Bench, part: &str) -> usize {
    bench.world.paths().iter().filter(|path| path.contains(part)).count()
}

#[tokio::test]
async fn the_checks_of_a_commit_are_read_until_they_have_passed_and_then_rarely() {
    let mut bench = bench(&["deploy.yml"]).await;
    require(&mut bench, &["build"]);
    checks(&bench, &[("build", "")]);
    assert_eq!(said(&mut bench).await, [], "nobody asks yet");
    commit(&bench, "abc");
    assert_eq!(names(&said(&mut bench).await), [(vec!["build"], None)]);
    checks(&bench, &[("build", "success")]);
    bench.source.jobs_in = Duration::ZERO;
    assert_eq!(names(&said(&mut bench).await), [(vec!["build"], None)]);
    assert_eq!(asked(&bench, "check-runs"), 2);
    bench.source.jobs_in = Duration::ZERO;
    assert_eq!(said(&mut bench).await, []);
    assert_eq!(asked(&bench, "check-runs"), 0, "it has passed");
    bench.source.rare_in = Duration::ZERO;
    // one that is as it was is said again, and is a heartbeat to who hears it
    assert_eq!(names(&said(&mut bench).await), [(vec!["build"], None)]);
    assert_eq!(asked(&bench, "commits/abc/status"), 0, "no name is missing");
}

#[tokio::test]
async fn a_name_that_no_check_has_is_looked_for_among_statuses() {
    let mut bench = bench(&["deploy.yml"]).await;
    require(&mut bench, &["build", "cla"]);
    checks(&bench, &[("build", "success")]);
    let statuses = json!({"statuses": [{"context": "cla", "state": "success"}]});
    set(&bench.state, "/commits/abc/status", statuses);
    commit(&bench, "abc");
    assert_eq!(names(&said(&mut bench).await), [(vec!["build", "cla"], None)]);
    // whoever looks at a run of the same commit neither hides it nor forgets what was read
    let runs = [(REPO.to_owned(), 9)].into();
    bench.wanted.send_modify(|wanted| wanted.runs = runs);
    let items = said(&mut bench).await;
    assert_eq!(names(&items), [(vec!["build", "cla"], None)]);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_to_be_so() {
    let mut bench = bench(&["deploy.yml"]).await;
    require(&mut bench, &["build"]);
    set(&bench.state, "/commits/abc/check-runs", json!(403));
    commit(&bench, "abc");
    let items = said(&mut bench).await;
    let told = names(&items);
    let (all, why) = &told[0];
    assert!(all.is_empty() && why.is_some_and(|why| why.contains("checks: read")), "{told:?}");
    bench.source.jobs_in = Duration::ZERO;
    said(&mut bench).await;
    assert_eq!(asked(&bench, "check-runs"), 1, "asking again soon is pointless");
}

#[tokio::test]
async fn findings_are_sorted_by_danger_and_asked_for_rarely() {
    let mut bench = bench(&["deploy.yml"]).await;
    bench.source.repo.security = [Danger::Critical, Danger::High, Danger::Secrets].into();
    let rule = |level: &str| json!({"id": "js/x", "security_severity_level": level});
    let found = json!([{"number": 2, "rule": rule("high")}, {"number": 1, "rule": rule("low")}]);
    set(&bench.state, "/code-scanning/alerts", found);
    let items = said(&mut bench).await;
    let [Observation::Scans { scans, .. }] = items.as_slice() else { panic!("{items:?}") };
    let told = |scan: &crate::model::Scan| {
        (scan.danger, scan.open.iter().map(|own| own.number).collect::<Vec<_>>())
    };
    let told: Vec<_> = scans.iter().map(told).collect();
    let expected = [(Danger::Critical, vec![]), (Danger::High, vec![2]), (Danger::Secrets, vec![])];
    assert_eq!(told, expected);
    assert!(scans[0].unread.is_none() && scans[1].unread.is_none());
    let off = scans[2].unread.as_deref().unwrap_or_default();
    assert!(off.contains("it is off (404)") && off.contains("leave it out of `security`"), "{off}");
    let paths = bench.world.paths();
    assert!(paths.iter().any(|path| path.contains("hide_secret=true")), "{paths:?}");
    said(&mut bench).await;
    assert_eq!(asked(&bench, "-scanning/"), 0, "nothing of it is due");
    bench.source.rare_in = Duration::ZERO;
    said(&mut bench).await;
    assert_eq!(asked(&bench, "-scanning/"), 2);
}

#[tokio::test]
async fn a_failure_that_passes_is_asked_about_again_at_once() {
    let mut bench = bench(&["deploy.yml"]).await;
    bench.source.repo.security = [Danger::Critical].into();
    set(&bench.state, "/code-scanning/alerts", json!(502));
    let items = said(&mut bench).await;
    let [Observation::Scans { scans, .. }] = items.as_slice() else { panic!("{items:?}") };
    assert!(scans[0].unread.as_deref().is_some_and(|why| why.contains("502")), "{scans:?}");
    assert_eq!(bench.source.memory.trouble[&Part::Code].kind, Kind::Upstream);
    set(&bench.state, "/code-scanning/alerts", json!([]));
    let items = said(&mut bench).await;
    let [Observation::Scans { scans, .. }] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(scans[0].unread, None);
}
