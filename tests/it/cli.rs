//! The shell's side of the contract, on the real program: exit codes, confirmation, flags.

use flightdeck::demo::{Mood, Options, Peer, Scenario};
use flightdeck::model::Verb;
use serde_json::Value;

use crate::support::patience::until;
use crate::support::world::{BAD, GOOD, SCRIPTED};
use crate::support::{Done, World};

/// Requests that any server of the world has received.
pub fn contacts(world: &World) -> u64 {
    Peer::ALL.into_iter().map(|peer| world.faults().requests(peer)).sum()
}

/// A world in which the good release may go on now: a step is young for its first second.
pub fn settled() -> World {
    let world = World::ready();
    until("the good release to be ready", || {
        let gates = world.target(GOOD)["gates"].as_array()?.clone();
        (!gates.is_empty() && gates.iter().all(|gate| gate["state"] == "pass")).then_some(())
    });
    world
}

/// The gates that refused, from an action's JSON.
fn gates(done: &Done) -> Vec<String> {
    let json = done.json();
    let refusals = json["refusals"].as_array().expect("a list").iter();
    refusals.map(|refusal| refusal["gate"].as_str().expect("a name").to_owned()).collect()
}

fn act(world: &World, line: &str) -> Done {
    world.program(line.split(' ')).args(["--yes", "--reason", "a test", "-o", "json"]).run()
}

#[test]
fn an_action_from_no_to_seen_and_back() {
    let world = settled();
    let done = act(&world, &format!("promote {GOOD}"));
    assert_eq!(done.code, Some(0), "{done:?}");
    let json = done.json();
    for (field, value) in [("verb", "promote"), ("outcome", "seen"), ("target", GOOD)] {
        assert_eq!(json[field], value);
    }
    assert_eq!(json["version"], 1);
    assert!(!json["action"].as_str().expect("an id").is_empty());
    assert!(json["took_ms"].is_u64() && json["from"].is_string() && json["to"].is_string());
    assert_eq!(json["refusals"], Value::Array(Vec::new()));
    for step in json["steps"].as_array().expect("a list") {
        assert!(step["call"].is_string() && step["error"].is_null());
        let [sent, accepted, seen] =
            ["sent_ms", "accepted_ms", "seen_ms"].map(|at| step[at].as_u64().expect("a time"));
        assert!(sent <= accepted && accepted <= seen, "{step}");
    }
    let sent = world.mutations();
    let calls = json["steps"].to_string();
    for command in &sent {
        assert!(calls.contains(command.as_str()), "{command} is in no step: {calls}");
        assert_eq!(sent.iter().filter(|other| *other == command).count(), 1, "{sent:?}");
    }
    assert_eq!(world.target(GOOD)["rollout"]["weight"], 50.0);

    for (line, code) in [
        (format!("pause {GOOD}"), 0),
        (format!("pause {GOOD}"), 3),
        (format!("promote {GOOD}"), 3),
        (format!("resume {GOOD}"), 0),
        (format!("resume {GOOD}"), 3),
        (format!("hold {GOOD}"), 0),
        (format!("promote {GOOD} --force"), 3),
        (format!("release {GOOD}"), 0),
        (format!("release {GOOD}"), 3),
    ] {
        let done = act(&world, &line);
        assert_eq!(done.code, Some(code), "{line}: {done:?}");
    }
    assert_eq!(world.mutations(), sent, "none of these sends anything");

    let back = act(&world, &format!("rollback {GOOD} --wait=20s"));
    assert_eq!((back.code, &back.json()["outcome"]), (Some(0), &"seen".into()), "{back:?}");
    let after = world.target(GOOD);
    assert_eq!(
        (&after["rollout"]["phase"], &after["rollout"]["routed"]),
        (&"rolled-back".into(), &0.0.into())
    );
    assert!(after["hold"]["reason"].as_str().expect("a hold").contains("rolled back"));
    let recovered = back.json()["recovered"].as_array().expect("what has recovered").clone();
    let well = |part: &Value| part["well"] == true || part["name"] == "metrics";
    assert!(recovered.iter().all(well), "{recovered:?}");
    world.configure(|toml| {
        toml.replace("repo = \"acme/checkout\"\n", "repo = \"acme/checkout\"\nincident = {}\n")
    });
    let issue = act(&world, &format!("incident {GOOD}"));
    assert_eq!((issue.code, &issue.json()["outcome"]), (Some(0), &"accepted".into()), "{issue:?}");
    let output = issue.json()["steps"][0]["output"].as_str().unwrap_or_default().to_owned();
    assert!(output.starts_with("issue 1: http") && output.ends_with("/issues/1"), "{issue:?}");
    let held = act(&world, &format!("promote {GOOD} --force"));
    assert!(gates(&held).contains(&"hold".into()), "{held:?}");
    world.verify_journal();
}

#[test]
fn a_bad_release_is_refused_and_an_override_stays_visible() {
    let world = World::ready();
    let done = act(&world, &format!("promote {BAD}"));
    assert_eq!((done.code, &done.json()["outcome"]), (Some(3), &"refused".into()), "{done:?}");
    assert!(!gates(&done).is_empty());
    assert_eq!(world.mutations(), Vec::<String>::new());

    world.configure(|toml| toml.replace("production = true", "production = false"));
    let line = format!("promote {BAD} --force --yes -o json");
    let blank = world.program(line.split(' ')).args(["--reason", " \t "]).run();
    for unreasoned in [world.run(&line), blank] {
        assert_eq!(unreasoned.code, Some(3), "{unreasoned:?}");
        assert_eq!(gates(&unreasoned), ["reason"]);
    }
    assert_eq!(world.mutations(), Vec::<String>::new());
    let forced = act(&world, &format!("promote {BAD} --force"));
    assert_eq!(forced.code, Some(0), "{forced:?}");
    assert!(gates(&forced).is_empty(), "nothing refused it: {forced:?}");
    let overrides = forced.json()["overrides"].as_array().map_or(0, Vec::len);
    assert!(overrides > 0, "what was overridden is in the report: {forced:?}");
    let shown = world.run("journal show");
    assert!(shown.stdout.contains("overriding"), "{}", shown.stdout);
}

#[test]
fn nobody_to_ask_is_a_no_before_anything_is_contacted() {
    let world = World::ready();
    let before = contacts(&world);
    for verb in Verb::ALL {
        let line = match verb {
            Verb::Do => vec!["do", SCRIPTED, "drain-queue"],
            Verb::Rerun | Verb::Cancel | Verb::ForceCancel => vec!["run", verb.word(), GOOD],
            Verb::Dispatch => vec!["run", "dispatch", GOOD, "deploy.yml", "--ref", "main"],
            _ => vec![verb.word(), GOOD],
        };
        for extra in
            [&[][..], &["--yes"], &["--yes", "--reason", ""], &["--yes", "--reason", " \t"]]
        {
            let done = world.program(&line).args(extra).run();
            assert_eq!(done.code, Some(3), "{verb} {extra:?}: {done:?}");
        }
        let done = world.program(&line).args(["--read-only", "--yes", "--reason", "x"]).run();
        assert_eq!(done.code, Some(3), "{verb} read-only: {done:?}");
        assert!(done.said().contains("read-only"), "{done:?}");
    }
    assert_eq!(contacts(&world), before);
    assert_eq!(world.mutations(), Vec::<String>::new());
}

#[test]
fn what_cannot_be_meant_is_usage() {
    let world = World::ready();
    for line in [
        "status nobody/nowhere",
        "promote nobody/nowhere --yes --reason x",
        "rollback nobody/nowhere --dry-run",
        "promote checkout",
        "promote",
        "frobnicate",
        "status --timeout never",
        "promote checkout/production --to -x",
        "status -o xml",
        "approve nobody/nowhere --yes --reason x",
        "approve checkout/production nobody/nowhere --yes --reason x",
        "reject checkout/production payments/production --run 17 --yes --reason x",
        "run cancel checkout/production --run https://github.com/acme/other/actions/runs/17 --dry-run",
        "run list nobody/nowhere",
        "run dispatch checkout/production deploy.yml --ref main --input x --dry-run",
        "run dispatch checkout/production deploy.yml --ref main --input x=1 --input x=2 --dry-run",
    ] {
        let done = world.run(line);
        assert_eq!(done.code, Some(2), "{line}: {done:?}");
        assert!(!done.stderr.is_empty(), "{line} says nothing");
    }
    let unknown = world.run("status nobody/nowhere");
    assert!(unknown.stderr.contains(GOOD), "it names what there is: {}", unknown.stderr);
    assert_eq!(contacts(&world), 0);
    for line in ["--help", "--version", "promote --help"] {
        assert_eq!(world.run(line).code, Some(0), "{line}");
    }
}

#[test]
fn a_wrong_configuration_names_its_line() {
    let world = World::ready();
    for (old, new, key) in [
        ("production = true", "productoin = true", "productoin"),
        ("steps = [10, 50, 100]", "steps = [50, 10]", "steps"),
        ("soak = ", "soak = \"soon\" # ", "soak"),
        ("[prometheus.main]", "[prometheus.main", ""),
    ] {
        world.configure(|toml| {
            assert!(toml.contains(old));
            toml.replacen(old, new, 1)
        });
        let text = std::fs::read_to_string(world.config()).expect("it was written");
        let at = text.find(new).expect("it is there");
        let line = text[..at].matches('\n').count() + 1;
        for command in ["status", "doctor", "rollback checkout/production --yes --reason x"] {
            let done = world.run(command);
            assert_eq!(done.code, Some(2), "{command}: {done:?}");
            let place = format!("flightdeck.toml:{line}");
            assert!(done.stderr.contains(&place), "{command}: no {place} in {}", done.stderr);
            assert!(done.stderr.contains(key), "{}", done.stderr);
        }
    }
    let absent = world.program(["status", "--config", "/nowhere/flightdeck.toml"]);
    assert_eq!(absent.run().code, Some(2));
    assert_eq!(contacts(&world), 0);
}

#[test]
fn a_dry_run_shows_the_calls_and_makes_none() {
    let world = settled();
    let done = world.run(&format!("promote {GOOD} --dry-run -o json"));
    assert_eq!(done.code, Some(0), "{done:?}");
    let json = done.json();
    assert_eq!((&json["version"], &json["dry_run"]), (&1.into(), &true.into()));
    assert!(!json["plan"]["calls"].as_array().expect("calls").is_empty());
    let text = world.run(&format!("rollback {GOOD} --dry-run"));
    assert_eq!(text.code, Some(0), "{text:?}");
    assert!(text.stdout.contains("nothing was sent"), "{}", text.stdout);
    assert_eq!(world.mutations(), Vec::<String>::new());
    assert!(!world.run("journal show").stdout.contains("intent"));
}

#[test]
fn a_revision_that_is_not_the_one_is_refused() {
    let world = settled();
    let rollout = world.target(GOOD)["rollout"].clone();
    let (stable, candidate) = (&rollout["stable"], &rollout["candidate"]);
    let [stable, candidate] = [stable, candidate].map(|r| r.as_str().expect("named").to_owned());
    for (verb, to, code) in [
        ("promote", &stable, 3),
        ("promote", &candidate, 0),
        ("rollback", &candidate, 3),
        ("rollback", &stable, 0),
    ] {
        let done = world.run(&format!("{verb} {GOOD} --to {to} --dry-run"));
        assert_eq!(done.code, Some(code), "{verb} --to {to}: {done:?}");
    }
    let done = act(&world, &format!("rollback {GOOD} --to {candidate}"));
    assert_eq!((done.code, gates(&done)), (Some(3), vec!["revision".to_owned()]));
    assert_eq!(world.mutations(), Vec::<String>::new());
}

#[test]
fn waiting_that_runs_out_is_an_unknown_end() {
    let world = World::start(Options { speed: 20.0, ..Options::default() });
    // at this speed a step soaks for six seconds
    let done = act(&world, &format!("promote {GOOD} --force --wait=1ms"));
    assert_eq!(done.code, Some(5), "{done:?}");
    assert_eq!(done.json()["outcome"], "seen", "the action itself was done");
}

#[test]
fn an_engine_that_does_not_answer_is_a_failure_not_a_refusal() {
    let world = World::ready();
    world.faults().set(Peer::Haproxy, Mood::Refuse);
    for verb in ["promote", "rollback"] {
        let done = act(&world, &format!("{verb} {GOOD} --timeout 3s"));
        assert_eq!(done.code, Some(4), "{verb}: {done:?}");
    }
    assert_eq!(world.run(&format!("status {GOOD} --timeout 3s")).code, Some(4));
    assert_eq!(world.run("doctor --timeout 3s").code, Some(4));
}

#[test]
fn status_answers_by_its_code() {
    let quiet = World::start(Options { scenario: Scenario::Quiet, speed: 100.0, seed: 1 });
    let done = quiet.run("status");
    assert_eq!(done.code, Some(0), "{done:?}");
    let incident = World::start(Options { scenario: Scenario::Incident, speed: 100.0, seed: 1 });
    let done = incident.run("status -o json");
    assert_eq!((done.code, &done.json()["overall"]), (Some(1), &"critical".into()), "{done:?}");
}

#[test]
fn flags_stand_before_or_after_the_verb() {
    let world = World::ready();
    for line in [
        format!("-o json --timeout 8s --no-color status {GOOD}"),
        format!("status {GOOD} -o json --timeout 8s --no-color"),
        format!("status -o json {GOOD} --read-only"),
    ] {
        let done = world.run(&line);
        assert_eq!(done.json()["targets"][0]["target"], GOOD, "{line}");
    }
}

#[test]
fn plain_output_has_no_sequences_and_a_closed_pipe_no_complaint() {
    let world = World::ready();
    for name in ["NO_COLOR", "CLICOLOR_FORCE"] {
        for line in ["status", "status -o markdown", "doctor", "journal show", "journal verify"] {
            let done = world.program(line.split(' ')).env(name, "1").run();
            assert!(!done.said().contains('\u{1b}'), "{name} {line}: {done:?}");
        }
    }
    let program = world.program(["status"]);
    let command = program.command();
    let mut line = vec![command.get_program().to_owned()];
    line.extend(command.get_args().map(ToOwned::to_owned));
    let quoted: Vec<String> =
        line.iter().map(|word| format!("'{}'", word.to_string_lossy())).collect();
    let mut shell = std::process::Command::new("/bin/sh");
    shell.arg("-c").arg(format!("{} | head -n 0", quoted.join(" ")));
    shell.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.output().expect("a shell");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn completions_and_manual_name_the_commands() {
    let world = World::ready();
    for shell in ["bash", "zsh", "fish"] {
        let done = world.run(&format!("completions {shell}"));
        assert_eq!(done.code, Some(0));
        assert!(done.stdout.contains("rollback") && done.stdout.contains("doctor"), "{shell}");
    }
    let manual = world.run("man");
    assert_eq!(manual.code, Some(0));
    assert!(manual.stdout.contains(".TH") && manual.stdout.contains("rollback"));
}

#[test]
fn the_cockpit_without_a_terminal_names_what_to_use() {
    let world = World::ready();
    let done = world.program::<&str>([]).run();
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(done.stderr.contains("flightdeck status"), "{}", done.stderr);
}

#[test]
fn a_source_that_never_answers_is_in_the_list() {
    let world = World::ready();
    world.faults().set(Peer::Prometheus, Mood::Hang);
    let done = world.run(&format!("status {GOOD} -o json --timeout 1s"));
    let json = done.json();
    let sources = json["sources"].as_array().expect("a list");
    let named = sources.iter().find(|source| source["name"] == "prometheus.main").expect("listed");
    assert_eq!((&named["state"], &named["age_s"]), (&"lost".into(), &Value::Null), "{named}");
    let doctor = world.run("doctor --timeout 1s");
    assert_eq!(doctor.code, Some(4), "{doctor:?}");
    assert!(doctor.stdout.contains("prometheus.main"), "{}", doctor.stdout);
}

#[test]
fn doctor_says_what_each_pane_and_key_takes_and_whether_the_token_has_it() {
    let world = World::ready();
    let issues = "key: open an incident issue";
    assert!(!world.run("doctor").stdout.contains(issues), "nobody asked for one");
    world.configure(|toml| {
        toml.replace("repo = \"acme/checkout\"\n", "repo = \"acme/checkout\"\nincident = {}\n")
    });
    let done = world.run("doctor");
    println!("{}", done.stdout);
    let json = world.run("doctor -o json").json();
    let findings = json["findings"].as_array().expect("a list");
    let finding = |what: &str| {
        let found = findings.iter().find(|finding| finding["what"] == what);
        found.unwrap_or_else(|| panic!("no {what}: {}", done.stdout))
    };
    let pane = finding("github pane: required checks");
    assert_eq!(
        (&pane["verdict"], &pane["needs"]),
        (&"ok".into(), &"checks: read (classic: repo, for public ones none)".into())
    );
    let key = finding("github key: approve, reject");
    assert!(key["detail"].as_str().expect("text").contains("required reviewer"), "{key}");
    assert!(key["needs"].as_str().expect("text").starts_with("deployments: write"), "{key}");
    assert_eq!(finding("github key: re-run, cancel, dispatch")["verdict"], "ok");
    let key = finding(&format!("github {issues}"));
    assert_eq!(key["verdict"], "ok", "{key}");
    assert!(key["needs"].as_str().expect("text").starts_with("issues: write"), "{key}");
    assert!(finding("github token")["detail"].as_str().expect("text").contains("scopes"));
    // where every source answers, nothing else is broken either
    assert_eq!(done.code, Some(0), "{done:?}");
}
