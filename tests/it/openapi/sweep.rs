//! Everything that the demo world's GitHub can be asked, whether or not the program ever does: each operation of
//! the description, with names and ids that the world itself has told.

use std::collections::BTreeSet;

use flightdeck::demo::Options;
use serde_json::{Value, json};

use super::asker::{Asker, Known};
use super::description::Description;
use super::segments;
use super::tour::ASKED;
use crate::support::World;

/// What of a repository a world may have.
const AREAS: [&str; 14] = [
    "actions",
    "branches",
    "check-runs",
    "code-scanning",
    "commits",
    "compare",
    "contents",
    "deployments",
    "environments",
    "releases",
    "rules",
    "rulesets",
    "secret-scanning",
    "tags",
];

/// What all that acts begins with.
const REPO: &str = "/repos/{owner}/{repo}/";

/// What can be done, with the status that says that it was.
const DONE: [(&str, u16); 10] = [
    ("actions/jobs/{job_id}/rerun", 201),
    ("actions/runs/{run_id}/cancel", 202),
    ("actions/runs/{run_id}/force-cancel", 202),
    ("actions/runs/{run_id}/pending_deployments", 200),
    ("actions/runs/{run_id}/rerun", 201),
    ("actions/runs/{run_id}/rerun-failed-jobs", 201),
    ("actions/workflows/{workflow_id}/dispatches", 200),
    ("actions/workflows/{workflow_id}/dispatches", 204),
    ("issues", 201),
    ("issues", 422),
];

/// All of it: every repository read, acted on and read again, each in a world of its own, for nobody may do that
/// much within a minute. The worlds stay, so that what is wrong in any of them is told at once.
pub fn worlds(description: &Description) -> Vec<World> {
    let first = World::start(Options::default());
    let repositories = first.repositories();
    let mut worlds = vec![first];
    let (mut told, mut done) = (BTreeSet::new(), BTreeSet::new());
    for (nth, repo) in repositories.iter().enumerate() {
        told.extend(read(description, &worlds[0], repo));
        let world = World::start(Options::default());
        done.extend(act(&world, repo, nth));
        told.extend(read(description, &world, repo));
        worlds.push(world);
    }
    for operation in ASKED.iter().filter(|operation| operation.starts_with("GET ")) {
        assert!(told.contains(*operation), "never answered: {operation}");
    }
    for (tail, status) in DONE {
        let name = format!("POST {REPO}{tail}");
        assert!(done.contains(&(name, status)), "never {status}: {tail}: {done:#?}");
    }
    worlds
}

/// Reads all there is to read of a repository. The operations that were answered.
fn read(description: &Description, world: &World, repo: &str) -> BTreeSet<String> {
    let asker = Asker::new(world);
    let known = asker.known(repo);
    let mut answered = BTreeSet::new();
    for operation in description.reads().filter(|operation| is_near(operation.template)) {
        for path in paths(operation.template, &known) {
            let (status, _) = asker.get(&path);
            assert!(matches!(status, 200 | 302 | 404), "{status} for {path}");
            if status != 404 {
                answered.insert(operation.name());
            }
        }
    }
    answered
}

/// Does to a repository what can be done, and much that cannot, but no more than GitHub lets anybody do within
/// a minute; `nth` decides in which order. The operations that were answered, with the status.
fn act(world: &World, repo: &str, nth: usize) -> BTreeSet<(String, u16)> {
    let asker = Asker::new(world);
    let known = asker.known(repo);
    let mut answered = BTreeSet::new();
    let mut post = |template: &str, path: &str, body: &Value| {
        answered.insert((format!("POST {template}"), asker.post(path, body)));
    };

    let pending = format!("{REPO}actions/runs/{{run_id}}/pending_deployments");
    for path in paths(&pending, &known) {
        let (_, waiting) = asker.get(&path);
        for (nth, one) in waiting.as_array().into_iter().flatten().enumerate() {
            let state = ["approved", "rejected"][nth % 2];
            let ids = [&one["environment"]["id"]];
            post(&pending, &path, &json!({"environment_ids": ids, "state": state, "comment": "x"}));
        }
    }
    // each way first in some repository: what was run again goes on, and cannot be
    let mut again = [
        ("actions/runs/{run_id}/rerun", 4, Value::Null),
        ("actions/jobs/{job_id}/rerun", 6, Value::Null),
        ("actions/runs/{run_id}/rerun-failed-jobs", 12, json!({"enable_debug_logging": true})),
    ];
    again.rotate_left(nth % 3);
    let others = [
        ("actions/runs/{run_id}/cancel", 12, Value::Null),
        (
            "actions/workflows/{workflow_id}/dispatches",
            6,
            json!({"ref": "main", "return_run_details": true}),
        ),
        ("actions/workflows/{workflow_id}/dispatches", 6, json!({"ref": "main"})),
        ("actions/workflows/{workflow_id}/dispatches", 1, json!({"ref": "nowhere", "inputs": {}})),
        ("actions/runs/{run_id}/force-cancel", 12, Value::Null),
        ("issues", 1, json!({"title": "a story", "body": "it", "labels": ["incident"]})),
        ("issues", 1, json!({"title": ""})),
    ];
    for (tail, most, body) in others.into_iter().chain(again) {
        let template = format!("{REPO}{tail}");
        let paths = paths(&template, &known);
        paths.iter().take(most).for_each(|path| post(&template, path, &body));
    }
    answered
}

/// Whether a world may have what a template is about.
fn is_near(template: &str) -> bool {
    match template.strip_prefix("/repos/{owner}/{repo}") {
        Some(rest) => rest.is_empty() || AREAS.contains(&segments(rest)[0]),
        None => ["/user", "/rate_limit"].contains(&template),
    }
}

/// The paths that a template stands for.
fn paths(template: &str, known: &Known) -> Vec<String> {
    let mut paths = vec![String::new()];
    for part in segments(template) {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let values = match name {
            None => vec![part],
            Some(name) => known.get(name).into_iter().flatten().map(String::as_str).collect(),
        };
        paths = paths
            .iter()
            .flat_map(|path| values.iter().map(move |value| format!("{path}/{value}")))
            .collect();
    }
    paths
}
