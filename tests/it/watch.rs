//! `flightdeck watch` and `disarm` on the real program: what a rollout's end is to a pipeline.

use clap::CommandFactory;
use flightdeck::cli::Cli;
use flightdeck::demo::{Mood, Options, Peer, Scenario};
use serde_json::Value;

use crate::support::patience::until;
use crate::support::world::{BAD, GOOD};
use crate::support::{Done, Pty, World};

/// The lines of a watch.
fn lines(done: &Done) -> Vec<Value> {
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    done.stdout.lines().map(line).collect()
}

fn watch(world: &World, line: &str) -> Done {
    let words = ["watch"].into_iter().chain(line.split(' '));
    world.program(words).args(["--reason", "a test", "-o", "json"]).run()
}

fn end(done: &Done) -> Value {
    let lines = lines(done);
    let last = lines.last().cloned().unwrap_or_default();
    assert_eq!(last["kind"], "end", "{done:?}");
    assert_eq!(last["exit"].as_i64(), done.code.map(i64::from), "{done:?}");
    last
}

fn of_kind(done: &Done, kind: &str) -> Vec<Value> {
    lines(done).into_iter().filter(|line| line["kind"] == kind).collect()
}

#[test]
fn a_good_release_goes_through_its_gates_to_the_end() {
    let world = World::start(Options { speed: 60.0, ..Options::default() });
    let done = watch(&world, &format!("{GOOD} --promote-when-ready --yes --timeout 50s"));
    assert_eq!(end(&done)["result"], "completed", "{done:?}");
    assert_eq!(done.code, Some(0));
    let promoted = of_kind(&done, "action").into_iter();
    let to = promoted.filter(|line| line["outcome"] == "seen").map(|line| {
        assert_eq!((&line["verb"], &line["operator"]), (&"promote".into(), &"tester".into()));
        line["to_weight"].as_f64().expect("a weight")
    });
    assert_eq!(to.collect::<Vec<_>>(), [50.0, 100.0]);
    let sent = world.mutations();
    assert!(sent.iter().all(|own| sent.iter().filter(|other| *other == own).count() == 1));
    let journal = world.journal();
    let plans: Vec<&Value> = journal.iter().filter(|line| line["kind"] == "intent").collect();
    assert_eq!(plans.len(), 2, "{plans:?}");
    for plan in plans {
        assert_eq!(plan["plan"]["reason"], "a test");
        assert_eq!(plan["plan"]["overrides"], serde_json::json!([]));
    }
    let noted = |kind: &str| journal.iter().any(|line| line["kind"] == kind);
    assert!(noted("completed"), "it is written before the watch ends");
    world.verify_journal();

    let again = world.run(&format!("watch {GOOD}"));
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.stdout.lines().all(|line| line.contains(" UTC  ")), "{again:?}");
}

#[test]
fn a_bad_release_is_reported_or_taken_back_and_never_promoted() {
    let world = World::ready();
    let done = watch(&world, &format!("{BAD} --timeout 40s"));
    let last = end(&done);
    assert_eq!((done.code, &last["result"]), (Some(1), &"breached".into()), "{done:?}");
    assert!(!last["evidence"].as_array().expect("a list").is_empty());
    assert_eq!(world.mutations(), Vec::<String>::new(), "it reports and no more");
    assert!(!world.journal().iter().any(|line| line["kind"] == "alarm"));

    let flags = "--promote-when-ready --on-breach rollback --yes --timeout 40s";
    let done = watch(&world, &format!("{BAD} {flags}"));
    assert_eq!((done.code, &end(&done)["result"]), (Some(1), &"rolled-back".into()), "{done:?}");
    let journal = world.journal();
    let plans: Vec<&Value> = journal.iter().filter(|line| line["kind"] == "intent").collect();
    assert_eq!(plans.len(), 1, "once, and nothing is promoted: {plans:?}");
    assert_eq!(plans[0]["plan"]["verb"], "rollback");
    let reason = plans[0]["plan"]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("auto_rollback: ") && reason.ends_with("; a test"), "{reason}");
    let after = world.target(BAD);
    assert_eq!(after["rollout"]["routed"], 0.0);
    assert!(after["hold"].is_object(), "{after}");
    world.verify_journal();
    assert_eq!(watch(&world, BAD).code, Some(1), "it stays rolled back");
}

#[test]
fn time_that_is_over_an_engine_that_is_not_there_and_a_signal() {
    let world = World::start(Options::default());
    let done = watch(&world, &format!("{GOOD} --timeout 2s"));
    assert_eq!((done.code, &end(&done)["result"]), (Some(5), &"unknown".into()), "{done:?}");

    let done = watch(&world, &format!("{GOOD} --timeout 0s"));
    assert_eq!((done.code, &end(&done)["result"]), (Some(5), &"unknown".into()), "{done:?}");

    let running = world.program(["watch", GOOD, "-o", "json"]).start();
    let told = || world.faults().requests(Peer::Haproxy) > 12;
    until("a watch that reads", || told().then_some(()));
    let pid = rustix::process::Pid::from_raw(running.pid().cast_signed()).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a child of ours");
    let done = running.done();
    assert_eq!((done.code, &end(&done)["result"]), (Some(130), &"interrupted".into()), "{done:?}");

    world.faults().set(Peer::Haproxy, Mood::Refuse);
    world.wait_until_refused();
    let done = watch(&world, GOOD);
    assert_eq!((done.code, &end(&done)["result"]), (Some(4), &"failed".into()), "{done:?}");
}

#[test]
fn a_watch_that_could_tell_no_harm_says_so_first() {
    let world = World::start(Options::default());
    let first = &lines(&watch(&world, &format!("{GOOD} --timeout 1s")))[0];
    assert!(!first.to_string().contains("nothing could tell"), "{first}");

    world.configure(|toml| {
        let sideless = toml.replace("track = \"candidate\"\n", "");
        let mut blocks: Vec<&str> = sideless.split("\n\n").collect();
        blocks.retain(|block| !block.contains("[service.environment.judge"));
        blocks.join("\n\n")
    });
    let target = "storefront/production";
    let done = watch(&world, &format!("{target} --on-breach rollback --yes"));
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(
        done.stderr.contains("nothing could tell that storefront/production harms"),
        "{done:?}"
    );

    let first = &lines(&watch(&world, &format!("{target} --timeout 1s")))[0];
    let notice = first["notice"].as_str().unwrap_or_default();
    assert!(notice.starts_with("nothing could tell"), "{first}");
}

#[test]
fn who_may_not_act_is_told_before_anything_is_contacted() {
    let world = World::start(Options::default());
    let before = crate::cli::contacts(&world);
    for (flags, code, gate) in [
        ("--promote-when-ready --reason x", 3, "confirmation"),
        ("--on-breach rollback --yes", 3, "reason"),
        ("--promote-when-ready --yes --reason x --read-only", 3, "read-only"),
    ] {
        let done = world.run(&format!("watch {GOOD} {flags} -o json"));
        assert_eq!(done.code, Some(code), "{flags}: {done:?}");
        let gates = end(&done)["refusals"].to_string();
        assert!(gates.contains(gate), "{flags}: {gates}");
    }
    assert_eq!(world.run("watch moon/production").code, Some(2));
    assert_eq!(world.run("watch checkout/staging").code, Some(3), "nothing is rolled out there");
    assert_eq!(crate::cli::contacts(&world), before);
}

#[test]
fn an_announced_rollback_is_seen_and_held_from_the_shell() {
    let world = World::ready();
    world.configure(|toml| {
        let backend = "    backend = \"payments\"\n";
        assert_eq!(toml.matches(backend).count(), 1);
        let ask = "    auto_rollback = \"ask\"\n    auto_rollback_after = \"10m\"\n";
        toml.replace(backend, &format!("{backend}{ask}"))
    });
    let disarm = |rest: &str| world.run(&format!("disarm {BAD} -o json {rest}"));
    let none = disarm("--reason early");
    assert_eq!((none.code, &none.json()["refusals"][0]["gate"]), (Some(3), &"alarm".into()));
    let pty = Pty::run(&world.program([] as [&str; 0]), 100, 30);
    pty.wait_for(&format!("ROLLING BACK {BAD} in 09:"));

    let target = world.target(BAD);
    let auto = &target["auto_rollback"];
    assert!(auto["mode"] == "ask" && auto["armed_at"].is_string() && auto["due_at"].is_string());
    let evidence = auto["evidence"].as_str().expect("evidence").to_owned();
    let reasons = target["reasons"].to_string();
    assert!(reasons.contains(&format!("flightdeck disarm {BAD}")), "{reasons}");
    for (rest, gate) in [("", "reason"), ("--reason we-know --read-only", "read-only")] {
        let no = disarm(rest);
        assert_eq!((no.code, &no.json()["refusals"][0]["gate"]), (Some(3), &gate.into()));
    }
    let held = disarm("--reason we-know");
    assert_eq!(held.code, Some(0), "{held:?}");
    assert_eq!(held.json()["evidence"], evidence);
    pty.wait_for_absence("ROLLING BACK");
    assert_eq!(world.target(BAD)["auto_rollback"]["armed_at"], Value::Null);
    let said = world.run(&format!("status {BAD}")).stdout;
    let by = said.lines().find(|line| line.contains("automatic rollback held by "));
    assert!(by.is_some_and(|line| line.starts_with(BAD) && line.ends_with(": we-know")), "{said}");
    assert_eq!(disarm("--reason again").code, Some(3));
    let lines = world.journal();
    let own: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "disarmed").collect();
    assert_eq!((own.len(), &own[0]["why"]), (1, &"we-know".into()), "{own:?}");
    assert_eq!(world.mutations(), Vec::<String>::new());
    world.verify_journal();
}

#[test]
fn the_demos_prometheus_answers_a_breaker() {
    let options = Options { scenario: Scenario::Subtle, speed: 20.0, ..Options::default() };
    let world = World::start(options);
    assert_eq!(world.target(GOOD)["auto_rollback"]["mode"], "ask");
    until("the breaker's query to be answered", || {
        let target = world.target(GOOD);
        let mut gates = target["gates"].as_array()?.iter();
        gates.find(|gate| gate["name"] == "breaker" && gate["state"] == "pass").map(drop)
    });
}

/// The words of the workflow's command, and whether each flag is one of `watch`.
#[test]
fn the_workflow_in_the_documents_is_one() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("docs/examples/release.yml")).expect("the file");
    let workflow = flightdeck::workflow::parse(&text).unwrap_or_else(|why| panic!("{why:?}"));
    assert_eq!(workflow.jobs.len(), 1);
    let command = text.split("flightdeck watch").nth(1).expect("it watches");
    let root = Cli::command();
    let watch = root.find_subcommand("watch").expect("a command");
    let known = |flag: &str| {
        let mut all = root.get_arguments().chain(watch.get_arguments());
        all.any(|arg| arg.get_long() == Some(flag))
    };
    let flags: Vec<&str> =
        command.split_whitespace().filter_map(|word| word.strip_prefix("--")).collect();
    for wanted in ["promote-when-ready", "on-breach", "timeout", "yes", "reason", "to"] {
        assert!(flags.contains(&wanted), "--{wanted} is not shown: {flags:?}");
    }
    for flag in flags {
        assert!(known(flag), "--{flag} is no flag of watch");
    }
    let page = include_str!("../../docs/watch.md");
    assert!(page.contains("examples/release.yml"));
}
