//! The real client, made to read and to send all that it can: whatever part of the program will ask for it.

use std::sync::Arc;
use std::time::Duration;

use flightdeck::clients::github::{GithubClient, Read};
use flightdeck::config::{HttpConfig, Secret};
use flightdeck::demo::Options;
use flightdeck::runtime::SystemClock;

use super::asker::Asker;
use crate::support::World;

/// Its pipeline waits for approvals, has a queue and can be dispatched.
const NAME: &str = "storefront";

/// A world that the client has read and acted on. What the demo world makes of it is not judged here.
pub fn world() -> World {
    // the same world again has the same ids, and nobody else has asked it anything
    let known = Asker::new(&World::start(Options::default())).known(NAME);
    let first = |name: &str| known[name].first().cloned().unwrap_or_else(|| panic!("no {name}"));
    let number = |name: &str| first(name).parse::<u64>().expect("a number");
    let (run, job, sha) = (number("run_id"), number("job_id"), first("ref"));

    let world = World::start(Options::default());
    let client = GithubClient::new(config(&world), Arc::new(SystemClock));
    let repo = &format!("acme/{NAME}");
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().expect("a runtime").block_on(async {
        let _ = client.run(repo, run).await;
        let _ = client.jobs(repo, run, Read::Whole).await;
        let _ = client.runs(repo, None).await;
        let _ = client.waits(repo, run).await;
        let _ = client.dispatched(repo, "deploy.yml", "main").await;
        let _ = client.newest_runs(repo, "deploy.yml").await;
        let _ = client.deployments_to(repo, "production-10").await;
        let _ = client.status_of(repo, number("deployment_id")).await;
        let _ = client.group(repo, &first("concurrency_group_name").replace("%2F", "/")).await;
        let _ = client.protection(repo, &first("environment_name").replace("%2F", "/")).await;
        let _ = client.environments(repo, Read::Whole).await;
        let _ = client.login().await;
        let _ = client.checks(repo, &sha, Read::Whole).await;
        let _ = client.statuses(repo, &sha).await;
        let _ = client.required_checks(repo, "main").await;
        let _ = client.artifacts(repo, run).await;
        let _ = client.remarks(repo, job).await;
        let _ = client.workflow_file(repo, &first("path"), &sha).await;
        for call in [
            format!(
                r#"runs/{run}/pending_deployments {{"environment_ids":[1],"state":"approved","comment":"seen"}}"#
            ),
            r#"workflows/deploy.yml/dispatches {"ref":"main","inputs":{},"return_run_details":true}"#
                .to_owned(),
            format!("runs/{run}/cancel"),
            format!("runs/{run}/force-cancel"),
            format!("runs/{run}/rerun"),
            format!("runs/{run}/rerun-failed-jobs"),
            format!("jobs/{job}/rerun"),
        ] {
            let _ = client.send(repo, &format!("POST /repos/{repo}/actions/{call}")).await;
        }
    });
    world
}

fn config(world: &World) -> HttpConfig {
    let url = world.api().parse().expect("an address");
    let bearer = Some(Secret::File(world.token_file()));
    HttpConfig { bearer, ..HttpConfig::plain(url, Duration::from_secs(10)) }
}
