//! Everything that the demo world's GitHub can be asked to read, whether or not the program ever does: each GET
//! of the description, with names and ids that the world itself has told.

use std::collections::{BTreeMap, BTreeSet};

use flightdeck::demo::{Options, Scenario};
use serde_json::Value;

use super::description;
use super::tour::ASKED;
use crate::support::World;

/// What of a repository a world may have.
const AREAS: [&str; 12] = [
    "actions",
    "branches",
    "check-runs",
    "commits",
    "compare",
    "contents",
    "deployments",
    "environments",
    "releases",
    "rules",
    "rulesets",
    "tags",
];

/// The parameters of a path, by name, with the values to try.
type Known = BTreeMap<&'static str, BTreeSet<String>>;

/// Who asks.
struct Asker {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Asker {
    fn new(world: &World) -> Self {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        // another test may have been first
        let _ = rustls::crypto::ring::default_provider().install_default();
        let policy = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().no_proxy().redirect(policy);
        Self {
            runtime: runtime.enable_all().build().expect("a runtime"),
            client: client.user_agent("sweep").build().expect("a client"),
            base: world.api(),
            token: world.token(),
        }
    }

    /// The status, and the body as far as it is JSON.
    fn get(&self, path: &str) -> (u16, Value) {
        let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let request = request
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28");
        self.runtime.block_on(async {
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            let text = answer.text().await.expect("a body");
            (status, serde_json::from_str(&text).unwrap_or_default())
        })
    }

    fn many(&self, path: &str, list: &str) -> Vec<Value> {
        let (_, body) = self.get(path);
        let items = if list.is_empty() { &body } else { &body[list] };
        items.as_array().cloned().unwrap_or_default()
    }
}

fn values<'a>(items: &'a [Value], field: &'a str) -> impl Iterator<Item = String> + 'a {
    items.iter().filter_map(move |item| match &item[field] {
        Value::Null => None,
        Value::String(text) => Some(text.replace('/', "%2F")),
        other => Some(other.to_string()),
    })
}

/// What a repository tells of itself.
fn known(asker: &Asker, repo: &str) -> Known {
    let at = |tail: &str| format!("/repos/acme/{repo}{tail}");
    let runs = asker.many(&at("/actions/runs?per_page=100"), "workflow_runs");
    let lasting = ["queued", "waiting", "pending", "in_progress"];
    let is_open = |run: &&Value| lasting.iter().any(|status| run["status"] == *status);
    let odd = |run: &&Value| run["conclusion"] != "success";
    // all that still goes on, some that went wrong, some that went well
    let chosen: Vec<Value> = [
        runs.iter().filter(is_open).take(9).collect::<Vec<_>>(),
        runs.iter().filter(odd).take(9).collect(),
        runs.iter().take(9).collect(),
    ]
    .concat()
    .into_iter()
    .cloned()
    .collect();
    let run_ids: BTreeSet<String> = values(&chosen, "id").collect();
    let jobs: Vec<Value> = run_ids
        .iter()
        .flat_map(|id| asker.many(&at(&format!("/actions/runs/{id}/jobs?per_page=100")), "jobs"))
        .collect();
    let deployments = asker.many(&at("/deployments?per_page=100"), "");
    let environments = asker.many(&at("/environments"), "environments");
    let groups = asker.many(&at("/actions/concurrency_groups"), "concurrency_groups");
    let one = |text: &str| BTreeSet::from([text.to_owned()]);
    let files: BTreeSet<String> = values(&runs, "path").collect();
    let name = |file: &String| file.rsplit("%2F").next().unwrap_or_default().to_owned();
    Known::from([
        ("owner", one("acme")),
        ("repo", one(repo)),
        ("run_id", run_ids),
        ("attempt_number", BTreeSet::from(["1".to_owned(), "2".to_owned()])),
        ("job_id", values(&jobs, "id").collect()),
        ("workflow_id", files.iter().map(name).chain(values(&runs, "workflow_id")).collect()),
        ("deployment_id", values(&deployments, "id").collect()),
        ("environment_name", values(&environments, "name").collect()),
        ("concurrency_group_name", values(&groups, "group_name").collect()),
        ("branch", one("main")),
        ("ref", values(&chosen, "head_sha").take(3).chain(["main".to_owned()]).collect()),
        ("path", files.iter().map(|file| file.replace("%2F", "/")).collect()),
    ])
}

/// Whether a world may have what a template is about.
fn is_near(template: &str) -> bool {
    match template.strip_prefix("/repos/{owner}/{repo}") {
        Some(rest) => rest.is_empty() || AREAS.contains(&super::segments(rest)[0]),
        None => ["/user", "/rate_limit"].contains(&template),
    }
}

/// The paths that a template stands for.
fn paths(template: &str, known: &Known) -> Vec<String> {
    let mut paths = vec![String::new()];
    for part in super::segments(template) {
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

#[test]
fn all_that_the_demo_world_can_be_asked_is_answered_as_published() {
    let Some(description) = description("the sweep") else { return };
    let mut answered = BTreeSet::new();
    for scenario in [Scenario::Quiet, Scenario::Release, Scenario::Incident] {
        // what is not as published is told when the world ends
        let world = World::start(Options { scenario, ..Options::default() });
        let asker = Asker::new(&world);
        for repo in world.repositories() {
            let known = known(&asker, &repo);
            let near = description.reads().filter(|operation| is_near(operation.template));
            for operation in near {
                for path in paths(operation.template, &known) {
                    let (status, _) = asker.get(&path);
                    if matches!(status, 200 | 302) {
                        answered.insert(operation.name());
                    } else {
                        assert_eq!(status, 404, "{path}");
                    }
                }
            }
        }
    }
    let reads = ASKED.into_iter().filter(|operation| operation.starts_with("GET "));
    for operation in reads {
        assert!(answered.contains(operation), "never answered: {operation}");
    }
    println!("{answered:#?}");
}
