//! Requests about workflow runs from the shell, on the demo world: each is sent once, and what became of it
//! is seen, or told apart from what was not.

mod ask;
mod cockpit;
mod faults;
mod origin;
mod plans;
mod start;
mod twice;

use flightdeck::demo::{Hitch, Peer};
use serde_json::Value;

use crate::support::stop::Stopped;
use crate::support::world::GOOD;
use crate::support::{Done, World, patience};

/// Where a release waits for an approval at half of the traffic.
const WAITS: &str = "storefront/production-50";
/// Where nobody of ours may approve; a release runs there, and another one stands behind it.
const BUSY: &str = "notifier/production";

/// A world of which only GitHub is looked at: what is asked of it stands on nothing else.
fn world() -> World {
    let world = World::ready();
    world.configure(|toml| {
        let toml: toml::Table = toml.parse().expect("the world's configuration");
        let github = toml::Table::from_iter([("github".to_owned(), toml["github"].clone())]);
        let service = |target: &str, workflows: &str| {
            let (name, environment) = target.split_once('/').expect("a target");
            format!(
                "[[service]]\nname = \"{name}\"\nrepo = \"acme/{name}\"\nworkflows = {workflows}\n\
                 [[service.environment]]\nname = \"{environment}\"\nproduction = true\n\
                 workflow = \"deploy.yml\"\n"
            )
        };
        let storefront = service(WAITS, r#"["ci.yml", "deploy.yml", "rollback.yml"]"#);
        let notifier = service(BUSY, r#"["ci.yml", "deploy.yml"]"#);
        format!("version = 1\n{github}{storefront}{notifier}")
    });
    world
}

fn act(world: &World, line: &str) -> Done {
    world.program(line.split(' ')).args(["--yes", "--reason", "a test", "-o", "json"]).run()
}

/// What GitHub was asked to do, as paths below the repository.
fn sent(world: &World) -> Vec<String> {
    let received = world.faults().received();
    let path = |path: &str| path.split_once("/actions/").map(|(_, tail)| tail.to_owned());
    received.iter().map(|one| path(&one.path).expect("about a run")).collect()
}

fn run_list(world: &World, target: &str) -> Vec<Value> {
    let done = world.run(&format!("run list {target} -n 30 -o json"));
    assert_eq!(done.code, Some(0), "{done:?}");
    done.json()["runs"].as_array().expect("runs").clone()
}

/// The newest run of a workflow with this status.
fn newest(world: &World, target: &str, file: &str, status: &str) -> u64 {
    let runs = run_list(world, target);
    let of = |run: &&Value| run["workflow"] == file && run["status"] == status;
    runs.iter().find(of).unwrap_or_else(|| panic!("{runs:?}"))["run"].as_u64().expect("an id")
}

fn inbox(world: &World) -> (Option<i32>, Vec<Value>) {
    let done = world.run("inbox -o json");
    (done.code, done.json()["items"].as_array().expect("items").clone())
}

#[test]
fn an_approval_is_listed_given_once_and_seen() {
    let world = world();
    let run = newest(&world, WAITS, "deploy.yml", "waiting");
    let (code, items) = inbox(&world);
    assert_eq!(code, Some(1));
    let item = items.iter().find(|item| item["target"] == WAITS).expect("it waits");
    assert_eq!((&item["need"], &item["run"]), (&"approval".into(), &run.into()), "{item}");
    assert!(item["waited_s"].as_f64().is_some_and(|s| s >= 0.0) && item["since"].is_string());
    let command = item["command"].as_str().expect("a command");

    let planned = world.program(command.split(' ').skip(1)).arg("--dry-run").run();
    assert_eq!(planned.code, Some(0), "{planned:?}");
    assert!(planned.stdout.contains("pending_deployments"), "{planned:?}");
    assert_eq!(sent(&world), Vec::<String>::new());

    let done = act(&world, &format!("approve {WAITS}"));
    assert_eq!((done.code, &done.json()["outcome"]), (Some(0), &"seen".into()), "{done:?}");
    assert_eq!(done.json()["steps"][0]["github_run"], run);
    assert_eq!(sent(&world), [format!("runs/{run}/pending_deployments")]);
    let body: Value = serde_json::from_str(&world.faults().received()[0].body).expect("JSON");
    assert_eq!(body["state"], "approved");
    assert!(body["comment"].as_str().expect("text").ends_with("a test"), "{body}");

    let again = act(&world, &format!("approve {WAITS} --run {run} --environment production-50"));
    assert_eq!(again.code, Some(3), "{again:?}");
    assert_eq!(sent(&world).len(), 1, "nothing is sent twice");
    world.verify_journal();
}

#[test]
fn a_rejection_ends_the_run_and_is_told_with_its_address() {
    let world = world();
    let run = newest(&world, WAITS, "deploy.yml", "waiting");
    let line = format!("reject {WAITS} --environment production-50 --wait=20s");
    let done = world.program(line.split(' ')).args(["--yes", "--reason", "errors"]).run();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stdout.contains(&format!("run {run} https://")), "{done:?}");
    assert!(done.stdout.contains(&format!("run {run} ended: failure")), "{done:?}");
    assert_eq!(sent(&world), [format!("runs/{run}/pending_deployments")]);
}

#[test]
fn of_several_each_has_its_result_and_the_worst_is_the_code() {
    let world = world();
    let done = act(&world, &format!("approve {WAITS} {BUSY} {WAITS}"));
    assert_eq!(done.code, Some(3), "nobody of ours may approve the second: {done:?}");
    let reports: Vec<Value> =
        done.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<_> = reports.iter().map(|one| (&one["target"], &one["outcome"])).collect();
    assert_eq!(told, [(&WAITS.into(), &"seen".into()), (&BUSY.into(), &"refused".into())]);
    assert_eq!(sent(&world).len(), 1);
}

#[test]
fn a_workflow_is_started_and_its_run_named() {
    let world = world();
    for (line, says) in [
        (format!("run dispatch {WAITS} rollback.yml --ref main --input versoin=5.2.0"), "versoin"),
        (format!("run dispatch {WAITS} rollback.yml --ref main"), "`version` is required"),
        (format!("run dispatch {WAITS} ci.yml --ref main"), "workflow_dispatch"),
    ] {
        let done = act(&world, &line);
        assert_eq!(done.code, Some(3), "{line}: {done:?}");
        assert!(done.stdout.contains(says), "{line}: {done:?}");
    }
    assert_eq!(sent(&world), Vec::<String>::new());
    let line = format!(
        "run dispatch {WAITS} rollback.yml --ref main --input version=5.2.0 --input marker={{action}}"
    );
    let done = act(&world, &line);
    let json = done.json();
    assert_eq!((done.code, &json["outcome"]), (Some(0), &"seen".into()), "{done:?}");
    let run = json["steps"][0]["github_run"].as_u64().expect("its run");
    assert_eq!(sent(&world), ["workflows/rollback.yml/dispatches"]);
    let runs = run_list(&world, WAITS);
    let started = runs.iter().find(|one| one["run"] == run).expect("it is listed");
    let marker = json["action"].as_str().expect("an id");
    assert!(started["title"].as_str().expect("a title").contains(marker), "{started}");
    let (_, items) = inbox(&world);
    assert!(items.iter().any(|item| item["run"] == run && item["target"].is_null()), "{items:?}");
}

#[test]
fn runs_are_run_again_and_cancelled_once() {
    let world = world();
    let over = newest(&world, BUSY, "ci.yml", "completed");
    let running = newest(&world, BUSY, "deploy.yml", "in_progress");
    let done = act(&world, &format!("run rerun {BUSY} --run {over}"));
    assert_eq!((done.code, &done.json()["outcome"]), (Some(0), &"seen".into()), "{done:?}");
    let early = act(&world, &format!("run force-cancel {BUSY} --run {running}"));
    assert_eq!(early.code, Some(3), "it is asked to end first: {early:?}");
    let done = act(&world, &format!("run cancel {BUSY} --run {running} --verify 1s"));
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(sent(&world), [format!("runs/{over}/rerun"), format!("runs/{running}/cancel")]);
    for line in [format!("run cancel {BUSY} --run {over}0"), format!("run rerun {BUSY} --run 17")] {
        let done = act(&world, &line);
        assert_eq!(done.code, Some(3), "{line}: {done:?}");
    }
    let jobless = act(&world, &format!("run rerun {BUSY} --run {over} --job nope"));
    assert!(jobless.stdout.contains("no job `nope`"), "{jobless:?}");
    assert_eq!(sent(&world).len(), 2);
}

#[test]
fn what_github_did_before_it_fell_silent_is_found_out_and_not_sent_again() {
    for hitch in [Hitch::After(500), Hitch::Close] {
        let world = world();
        let run = newest(&world, WAITS, "deploy.yml", "waiting");
        world.faults().once(Peer::Github, "POST", "pending_deployments", hitch);
        let done = act(&world, &format!("approve {WAITS}"));
        assert_eq!((done.code, &done.json()["outcome"]), (Some(0), &"seen".into()), "{done:?}");
        assert_eq!(sent(&world), [format!("runs/{run}/pending_deployments")], "{hitch:?}");
    }
    let world = world();
    world.faults().once(Peer::Github, "POST", "pending_deployments", Hitch::Before(500));
    let done = act(&world, &format!("approve {WAITS} --verify 1s"));
    assert_eq!(done.code, Some(5), "nobody knows: {done:?}");
    assert_eq!(sent(&world).len(), 1);
    let (_, items) = inbox(&world);
    assert!(items.iter().any(|item| item["need"] == "answer"), "{items:?}");
}

#[test]
fn an_inbox_that_nobody_could_read_says_so() {
    let world = world();
    world.faults().set(Peer::Github, flightdeck::demo::Mood::Status(502));
    let done = world.run("inbox --timeout 3s");
    assert_eq!(done.code, Some(4), "{done:?}");
    assert!(done.stdout.contains("as far as can be told"), "{done:?}");
    let done = act(&world, &format!("approve {WAITS} --timeout 3s"));
    assert_eq!(done.code, Some(4), "{done:?}");
    world.faults().set(Peer::Github, flightdeck::demo::Mood::Ok);
    patience::until("GitHub to answer", || (inbox(&world).0 == Some(1)).then_some(()));
}

#[test]
fn with_wait_json_is_one_object_that_tells_the_end() {
    let world = world();
    let done = act(&world, &format!("reject {WAITS} --environment production-50 --wait=20s"));
    assert_eq!(done.code, Some(0), "{done:?}");
    let notes = done.json()["notes"].to_string();
    assert!(notes.contains("ended: failure"), "{done:?}");
}

#[test]
fn who_interrupts_it_is_told_what_was_sent() {
    let world = world();
    let ask = ask::Ask::new(&world, "approve");
    let stopped = Stopped::at("after-call", &world, ask.program(&world));
    let pid = stopped.pid().to_string();
    let told = std::process::Command::new("kill").args(["-INT", &pid]).status();
    assert!(told.is_ok_and(|told| told.success()));
    let done = stopped.go_on();
    assert_eq!(done.code, Some(130), "{done:?}");
    assert!(done.stderr.contains("the action under way is waited for"), "{done:?}");
    let json = done.json();
    assert_eq!((&json["verb"], json["steps"][0]["sent_ms"].is_u64()), (&"approve".into(), true));
    assert_eq!(sent(&world), [ask.path]);
    world.verify_journal();
}

#[test]
fn an_issue_that_fails_does_not_change_what_the_rollback_was() {
    let world = World::ready();
    world.configure(|toml| {
        toml.replace("repo = \"acme/checkout\"\n", "repo = \"acme/checkout\"\nincident = {}\n")
    });
    let journaled = || world.journal().into_iter().filter(|line| line["kind"] == "intent").count();
    world.faults().once(Peer::Github, "POST", "/issues", Hitch::Before(500));
    let done = world.act("rollback", GOOD).args(["--open-issue", "--verify", "2s"]).run();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("the issue is not known to be open"), "{done:?}");
    let told = serde_json::Deserializer::from_str(&done.stdout).into_iter::<serde_json::Value>();
    let told: Vec<_> = told.map(|object| object.expect("an object")).collect();
    assert_eq!((told.len(), &told[0]["outcome"]), (2, &"seen".into()), "{done:?}");
    assert_eq!(journaled(), 2, "it was asked for: {done:?}");
    assert!(told[1]["notes"].to_string().contains("not known to be open"), "{done:?}");
}
