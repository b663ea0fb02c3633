//! The engine `command` and named actions, on the real program: the world's service that scripts move,
//! and scripts that misbehave.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::patience::until;
use crate::support::world::SCRIPTED;
use crate::support::{Done, World};

/// A world in which the scripted release may go on now.
fn ready() -> World {
    let world = World::ready();
    wait_until_ready(&world);
    world
}

fn wait_until_ready(world: &World) {
    until("the scripted release to be ready", || {
        let gates = world.target(SCRIPTED)["gates"].as_array()?.clone();
        (!gates.is_empty() && gates.iter().all(|gate| gate["state"] == "pass")).then_some(())
    });
}

/// Puts another command in place of one of the scripted service's.
fn replace(world: &World, key: &str, argv: &[&str]) {
    let argv = argv.iter().map(|&part| toml::Value::from(part)).collect::<Vec<_>>();
    rollout(world, |rollout| {
        rollout.insert(key.to_owned(), argv.into());
    });
}

/// Changes how the scripted target is rolled out.
fn rollout(world: &World, change: impl FnOnce(&mut toml::Table)) {
    world.configure(|toml| {
        let mut toml: toml::Table = toml.parse().expect("the world's configuration");
        let (service, environment) = SCRIPTED.split_once('/').expect("a target");
        let service = named(toml.get_mut("service"), service);
        let environment = named(service.get_mut("environment"), environment);
        change(environment["rollout"].as_table_mut().expect("a table"));
        toml.to_string()
    });
}

/// The table of that name in a list of tables.
fn named<'t>(list: Option<&'t mut toml::Value>, name: &str) -> &'t mut toml::Table {
    let list = list.and_then(toml::Value::as_array_mut).expect("a list");
    let mut tables = list.iter_mut().filter_map(toml::Value::as_table_mut);
    tables.find(|table| table["name"].as_str() == Some(name)).expect("it is there")
}

/// One more action of the scripted target, the only one that has some.
fn with_action(world: &World, argv: &[&str], more: &str) {
    let argv = serde_json::to_string(argv).expect("strings");
    let action = "[[service.environment.action]]";
    let own = format!("{action}\nname = \"probe\"\nargv = {argv}\n{more}\n\n{action}");
    world.configure(|toml| toml.replacen(action, &own, 1));
}

fn shell(script: &str) -> [&str; 3] {
    ["sh", "-c", script]
}

fn outcome(done: &Done) -> (Option<i32>, Value) {
    (done.code, done.json()["outcome"].clone())
}

/// A file that a script writes.
fn file(world: &World, name: &str) -> PathBuf {
    world.folder().join(name)
}

#[test]
fn what_a_program_prints_is_kept_without_the_secrets_of_the_configuration() {
    let world = ready();
    let secret = file(&world, "password");
    fs::write(&secret, "swordfish-71\n").expect("a secret");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&secret, mode).expect("its owner's alone");
    world.configure(|toml| {
        let bearer = format!("[alertmanager.main]\nbearer = {{ file = {secret:?} }}\n");
        toml.replace("[alertmanager.main]\n", &bearer)
    });
    let toml = fs::read_to_string(world.config()).expect("the configuration");
    let script =
        format!("cat {0}; echo ghp_0123456789abcdef0123; cat {0} >&2; exit 3", secret.display());
    let argv = serde_json::to_string(&shell(&script)).expect("strings");
    let action = "[[service.environment.action]]";
    let own = format!("{action}\nname = \"leak\"\nargv = {argv}\n\n{action}");
    world.configure(|_| toml.replacen(action, &own, 1));
    let done = world
        .program(["do", SCRIPTED, "leak", "--yes", "-o", "json"])
        .args(["--reason", "the password is swordfish-71"])
        .run();
    assert_eq!(done.code, Some(4), "{done:?}");
    assert_eq!(done.json()["steps"][0]["output"], "***\n***\n***", "{done:?}");
    let journal = fs::read_to_string(world.state().join("journal.jsonl")).expect("the journal");
    for secret in ["swordfish", "ghp_0123"] {
        assert!(!done.said().contains(secret), "{done:?}");
        assert!(!journal.contains(secret), "{journal}");
    }
    assert!(journal.contains("the password is ***"), "{journal}");
    world.verify_journal();
}

#[test]
fn a_release_goes_from_step_to_step_and_back() {
    let world = ready();
    let state = world.target(SCRIPTED);
    let rollout = &state["rollout"];
    assert_eq!(
        (&rollout["engine"], &rollout["routed"]),
        (&"command".into(), &25.0.into()),
        "{state}"
    );
    assert_eq!((&rollout["stable"], &rollout["candidate"]), (&"3.1.4".into(), &"3.2.0".into()));
    for step in [50, 100] {
        wait_until_ready(&world);
        let done = world.act("promote", SCRIPTED).run();
        assert_eq!(outcome(&done), (Some(0), "seen".into()), "{done:?}");
        let call = &done.json()["steps"][0];
        assert!(
            call["call"].as_str().expect("text").ends_with(&format!(" {step} 3.2.0")),
            "{call}"
        );
        assert!(call["output"].as_str().expect("text").contains(&format!("-> {step} %")), "{call}");
    }
    // the traffic follows: what metrics see is what the scripts asked for
    until("the share to follow", || {
        let share = world.target(SCRIPTED)["rollout"]["share"].as_f64()?;
        (share > 95.0).then_some(())
    });
    let back = world.act("rollback", SCRIPTED).run();
    assert_eq!(outcome(&back), (Some(0), "seen".into()), "{back:?}");
    let state = world.target(SCRIPTED);
    assert_eq!(state["rollout"]["phase"], "rolled-back", "{state}");
    assert_eq!(state["rollout"]["routed"], 0.0);
    let journal = world.journal();
    let kept = journal.iter().any(|line| line.to_string().contains("back on 3.1.4: 100 % -> 0 %"));
    assert!(kept, "{journal:?}");
    world.verify_journal();
}

#[test]
fn a_pause_is_sent_seen_and_ended() {
    let world = ready();
    let paused = world.act("pause", SCRIPTED).run();
    assert_eq!(outcome(&paused), (Some(0), "seen".into()), "{paused:?}");
    assert_eq!(world.target(SCRIPTED)["rollout"]["phase"], "paused");
    let no = world.act("promote", SCRIPTED).run();
    assert_eq!(no.code, Some(3), "{no:?}");
    let resumed = world.act("resume", SCRIPTED).run();
    assert_eq!(outcome(&resumed), (Some(0), "seen".into()), "{resumed:?}");
    assert_ne!(world.target(SCRIPTED)["rollout"]["phase"], "paused");
}

#[test]
fn a_rollback_to_another_revision_is_the_commands_to_refuse() {
    let world = ready();
    let plan = world.run(&format!("rollback {SCRIPTED} --to 3.0.0 --dry-run"));
    assert!(plan.stdout.contains("rollback.sh") && plan.stdout.contains(" 3.0.0 "), "{plan:?}");
    let line = format!("rollback {SCRIPTED} --to 3.0.0 --yes --reason test -o json");
    let done = world.run(&line);
    assert_eq!(outcome(&done), (Some(4), "failed".into()), "{done:?}");
    let step = &done.json()["steps"][0];
    let error = step["error"].as_str().expect("a reason");
    assert!(error.ends_with("3.0.0 is not deployed here: stable is 3.1.4"), "{error}");
    assert_eq!(world.target(SCRIPTED)["rollout"]["routed"], 25.0);
}

#[test]
fn an_action_is_run_once_and_its_output_kept() {
    let world = ready();
    let plan = world.run(&format!("do {SCRIPTED} drain-queue --dry-run"));
    assert_eq!(plan.code, Some(0), "{plan:?}");
    assert!(
        plan.stdout.contains("run   sh ") && plan.stdout.contains("drain-queue.sh"),
        "{plan:?}"
    );
    let line = format!("do {SCRIPTED} drain-queue --yes --reason test");
    let done = world.run(&format!("{line} -o json"));
    assert_eq!(outcome(&done), (Some(0), "accepted".into()), "{done:?}");
    let json = done.json();
    assert_eq!((&json["verb"], &json["name"]), (&"do".into(), &"drain-queue".into()));
    let output = json["steps"][0]["output"].as_str().expect("what it said");
    assert!(
        output.ends_with(&format!("the queue of {SCRIPTED} is empty: 40 entries posted")),
        "{output}"
    );
    let again = world.run(&line);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.stdout.contains("nothing to see"), "{again:?}");
    assert!(again.stdout.contains(&format!("| the queue of {SCRIPTED} is empty")), "{again:?}");
    assert!(!again.stdout.contains("followed up"), "{again:?}");
    assert!(world.run("journal show").stdout.contains("do drain-queue"));
    // nothing is left open that could be in the way of a promotion
    wait_until_ready(&world);
    let promoted = world.act("promote", SCRIPTED).run();
    assert_eq!(promoted.code, Some(0), "{promoted:?}");
    world.verify_journal();
}

#[test]
fn an_action_is_refused_like_any_other_verb() {
    let world = World::ready();
    let line = format!("do {SCRIPTED} drain-queue");
    let nobody = world.run(&line);
    assert_eq!(nobody.code, Some(3), "{nobody:?}");
    let read_only = world.run(&format!("{line} --yes --reason test --read-only"));
    assert_eq!(read_only.code, Some(3), "{read_only:?}");
    let unknown = world.run(&format!("do {SCRIPTED} fly --yes --reason test"));
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.stderr.contains("there are: drain-queue"), "{unknown:?}");
    let intents = world.journal();
    assert!(intents.iter().all(|line| line["kind"] != "intent"), "{intents:?}");
}

#[test]
fn a_command_over_its_time_is_unknown_and_left_running() {
    let world = ready();
    let (go, end) = (file(&world, "go"), file(&world, "end"));
    // loud when nobody listens any more
    let script = format!(
        "echo begun; while [ ! -e {} ]; do sleep 0.05; done; echo on; echo on >&2; echo on; echo through > {}",
        go.display(),
        end.display()
    );
    let argv = shell(&script).map(toml::Value::from).to_vec();
    rollout(&world, |rollout| {
        rollout.insert("promote".into(), argv.into());
        rollout.insert("timeout".into(), "2s".into());
    });
    wait_until_ready(&world);
    let done = world.act("promote", SCRIPTED).run();
    assert_eq!(outcome(&done), (Some(5), "unknown".into()), "{done:?}");
    let step = &done.json()["steps"][0];
    assert_eq!(step["output"], "begun", "{step}");
    assert!(step["error"].as_str().expect("a reason").contains("goes on by itself"), "{step}");
    assert!(!end.exists());
    // open: named, in the way of a promotion, not of a rollback
    let no = world.act("promote", SCRIPTED).run();
    assert!(no.code == Some(3) && no.stdout.contains("open action"), "{no:?}");
    let plan = world.run(&format!("rollback {SCRIPTED} --dry-run"));
    assert!(plan.code == Some(0) && plan.stdout.contains("still open"), "{plan:?}");
    fs::write(&go, "").expect("written");
    until("the command to come to its end by itself", || end.exists().then_some(()));
}

#[test]
fn a_command_that_fails_says_why_and_nothing_is_open() {
    let world = ready();
    replace(
        &world,
        "promote",
        &shell("echo half done; echo 'no quota: \u{1b}[31mask ops' >&2; exit 7"),
    );
    let done = world.act("promote", SCRIPTED).run();
    assert_eq!(outcome(&done), (Some(4), "failed".into()), "{done:?}");
    let json = done.json();
    let step = &json["steps"][0];
    assert!(step["error"].as_str().expect("a reason").ends_with("no quota: ask ops"), "{step}");
    assert_eq!(step["output"], "half done\nno quota: ask ops");
    assert!(step["sent_ms"].is_u64() && step["accepted_ms"].is_null(), "it ran: {step}");
    assert!(
        world.target(SCRIPTED)["reasons"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|reason| !reason.as_str().unwrap_or_default().contains("open"))
    );
    replace(&world, "promote", &["/nonexistent/promote"]);
    let done = world.act("promote", SCRIPTED).run();
    assert_eq!(outcome(&done), (Some(4), "failed".into()), "{done:?}");
    assert!(done.stdout.contains("was not found"), "{done:?}");
    assert!(done.stderr.contains("would undo it"), "what the plan says is said: {done:?}");
    assert_eq!(done.json()["steps"][0]["sent_ms"], Value::Null);
}

#[test]
fn a_status_that_makes_no_sense_is_lost_with_its_reason() {
    let world = World::ready();
    replace(&world, "status", &shell(r#"echo '{"routed":"a lot"}'"#));
    let done = world.run(&format!("status {SCRIPTED} -o json"));
    assert_eq!(done.code, Some(4), "{done:?}");
    assert!(done.stdout.contains("`routed` is"), "{done:?}");
    let no = world.act("rollback", SCRIPTED).run();
    assert_eq!(no.code, Some(4), "{no:?}");
}

#[test]
fn no_secret_of_ours_is_in_a_commands_environment() {
    let world = World::ready();
    let dump = file(&world, "environment");
    with_action(
        &world,
        &shell(&format!("env > {}; test -z \"$(cat)\"", dump.display())),
        "env = [\"QUEUE_URL\", \"NOT_SET\"]",
    );
    let target = SCRIPTED;
    let done = world
        .program(["do", target, "probe", "--yes", "--reason", "test", "-o", "json"])
        .env("GITHUB_TOKEN", "s3cret")
        .env("GH_TOKEN", "s3cret")
        .env("VAULT_TOKEN", "s3cret")
        .env("LC_TIME", "C")
        .env("QUEUE_URL", "amqp://queue")
        .run();
    assert_eq!(outcome(&done), (Some(0), "accepted".into()), "{done:?}");
    let seen = fs::read_to_string(&dump).expect("it was written");
    assert!(!seen.contains("s3cret") && !seen.contains("FLIGHTDECK"), "{seen}");
    for wanted in ["PATH=", "HOME=", "LC_TIME=C", "QUEUE_URL=amqp://queue"] {
        assert!(seen.contains(wanted), "{wanted}: {seen}");
    }
}

#[test]
fn an_inert_configuration_runs_nothing() {
    let world = World::ready();
    let mark = file(&world, "mark");
    replace(&world, "status", &shell(&format!("touch {}; echo '{{}}'", mark.display())));
    let found = |line: &str| {
        let program = crate::support::Program::new(world.folder());
        program.env("FLIGHTDECK_STATE", world.state()).args(line.split(' ')).run()
    };
    for line in [
        "status",
        "doctor",
        "do ledger/production drain-queue --yes --reason x",
        "rollback ledger/production --yes --reason x",
    ] {
        let done = found(line);
        assert_ne!(done.code, Some(0), "{done:?}");
    }
    assert!(!mark.exists(), "it was only found");
    assert_eq!(found("trust").code, Some(0));
    found("status");
    assert!(mark.exists());
}

#[test]
fn doctor_looks_for_each_program() {
    let world = World::ready();
    replace(&world, "promote", &["/nonexistent/promote"]);
    let done = world.run("doctor");
    assert_eq!(done.code, Some(4), "{done:?}");
    let line = |what: &str| {
        let found = done.stdout.lines().find(|line| line.contains(what));
        found.unwrap_or_else(|| panic!("{what}: {done:?}")).to_owned()
    };
    assert!(line("promote ledger/production").contains("BROKEN"), "{done:?}");
    assert!(line("status ledger/production").contains("may be run"), "{done:?}");
    assert!(line("action drain-queue ledger/production").contains("may be run"), "{done:?}");
}
