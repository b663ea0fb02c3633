//! A client of the demo world's GitHub that sends what a test says, with the headers that the program sends.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::World;

/// The parameters of paths, by name, with the values to try.
pub type Known = BTreeMap<&'static str, Vec<String>>;

/// So many of a kind at most.
const FEW: usize = 8;

/// Who asks.
pub struct Asker {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Asker {
    /// One with the token that this world knows.
    pub fn new(world: &World) -> Self {
        // another test may have been first
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let policy = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().no_proxy().redirect(policy).user_agent("asker");
        Self {
            runtime: runtime.enable_all().build().expect("a runtime"),
            client: client.build().expect("a client"),
            base: world.api(),
            token: world.token(),
        }
    }

    /// Asks. The status, and the body as far as it is JSON.
    pub fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.client.get(self.at(path)))
    }

    /// Acts, with a body unless it is null. The status.
    pub fn post(&self, path: &str, body: &Value) -> u16 {
        let request = self.client.post(self.at(path));
        self.send(if body.is_null() { request } else { request.json(body) }).0
    }

    /// What a repository tells of itself.
    pub fn known(&self, repo: &str) -> Known {
        let at = |tail: &str| format!("/repos/acme/{repo}{tail}");
        let runs = self.many(&at("/actions/runs?per_page=100"), "workflow_runs");
        let of = |is: fn(&Value) -> bool| runs.iter().filter(move |run| is(run)).take(4);
        // what still goes on, what did not go well, and the newest
        let chosen: Vec<Value> = of(|run| run["conclusion"].is_null())
            .chain(of(|run| run["conclusion"] != "success"))
            .chain(of(|_| true))
            .cloned()
            .collect();
        let jobs: Vec<Value> = texts(&chosen, "id")
            .into_iter()
            .map(|id| at(&format!("/actions/runs/{id}/jobs?per_page=100")))
            .flat_map(|path| self.many(&path, "jobs"))
            .collect();
        let deployments = self.many(&at("/deployments?per_page=100"), "");
        let environments = self.many(&at("/environments"), "environments");
        let groups = self.many(&at("/actions/concurrency_groups"), "concurrency_groups");
        let files = texts(&runs, "path");
        let words =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let tags = texts(&self.many(&at("/tags"), ""), "name");
        let pairs = tags.windows(2).flat_map(|two| [(&two[0], &two[1]), (&two[1], &two[0])]);
        let ways = pairs.map(|(one, two)| format!("{one}...{two}"));
        let ways = ways.chain(words(&["main...nowhere"])).collect();
        let name = |file: &String| file.rsplit('/').next().unwrap_or_default().to_owned();
        let encoded = |text: String| text.replace('/', "%2F");
        Known::from([
            ("owner", words(&["acme"])),
            ("repo", words(&[repo])),
            ("run_id", texts(&chosen, "id")),
            ("attempt_number", words(&["1", "2"])),
            ("job_id", texts(&jobs, "id")),
            // a job is a check run
            ("check_run_id", texts(&jobs, "id")),
            ("workflow_id", files.iter().map(name).chain(texts(&runs, "workflow_id")).collect()),
            ("deployment_id", texts(&deployments, "id")),
            ("environment_name", texts(&environments, "name").into_iter().map(encoded).collect()),
            (
                "concurrency_group_name",
                texts(&groups, "group_name").into_iter().map(encoded).collect(),
            ),
            ("basehead", ways),
            ("tag", tags),
            ("branch", words(&["main"])),
            ("ref", texts(&chosen, "head_sha")),
            ("path", files),
        ])
    }

    /// What a list holds, which is bare or under a name.
    fn many(&self, path: &str, list: &str) -> Vec<Value> {
        let (_, body) = self.get(path);
        let items = if list.is_empty() { &body } else { &body[list] };
        items.as_array().cloned().unwrap_or_default()
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let request = request
            .bearer_auth(&self.token)
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28");
        self.runtime.block_on(async {
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            let text = answer.text().await.expect("a body");
            (status, serde_json::from_str(&text).unwrap_or_default())
        })
    }
}

/// A field of all items as text, each value once, and a few where there are many.
fn texts(items: &[Value], field: &str) -> Vec<String> {
    let mut texts: Vec<_> = items
        .iter()
        .filter(|item| !item[field].is_null())
        .map(|item| item[field].as_str().map_or_else(|| item[field].to_string(), str::to_owned))
        .collect();
    texts.sort();
    texts.dedup();
    let step = texts.len().div_ceil(FEW).max(1);
    texts.into_iter().rev().step_by(step).collect()
}
