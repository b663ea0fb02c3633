//! Two processes at once on one target, counted at the server. First every meeting at every boundary of
//! the code's own list, one of the two standing still there; then many rounds at full speed.

use std::thread;
use std::time::Duration;

use flightdeck::demo::{Mood, Peer};
use flightdeck::runtime::Boundary;
use serde_json::Value;

use crate::support::stop::Stopped;
use crate::support::world::GOOD;
use crate::support::{Done, Matrix, Pty, World};

const VERBS: [&str; 2] = ["promote", "rollback"];

/// Whether the first process has announced its intent, and has not sent its call yet, when it stands there.
fn announced(at: Boundary) -> bool {
    at > Boundary::Confirmed && at < Boundary::OutcomeSynced
}

fn refusals(done: &Done) -> String {
    done.json()["refusals"].to_string()
}

/// Requests that would change something: one line sets two weights.
fn sent(world: &World) -> usize {
    world.mutations().len().div_ceil(2)
}

#[test]
fn a_second_process_is_refused_by_name_and_a_rollback_overtakes_a_promotion() {
    let columns: Vec<_> = VERBS
        .iter()
        .flat_map(|first| VERBS.iter().map(move |second| format!("{first}, then {second}")))
        .collect();
    let title = "A second process while the first stands at a boundary: what was sent";
    let mut table = Matrix::new(title, Boundary::ALL, columns);
    for at in Boundary::ALL {
        for first in VERBS {
            for second in VERBS {
                let text = meet(at, first, second);
                table.fill(&at, &format!("{first}, then {second}"), text);
            }
        }
    }
    table.write("race-matrix");
}

fn meet(at: Boundary, first: &str, second: &str) -> String {
    let cell = format!("{first} at {at}, then {second}");
    let world = World::ready();
    world.engines_only();
    let act = |verb: &str, who: &str| {
        world.act(verb, GOOD).arg("--force").arg("--verify=500ms").env("FLIGHTDECK_USER", who)
    };
    let ana = Stopped::at(at.name(), &world, act(first, "ana"));
    let (pid, before) = (ana.pid(), sent(&world));
    assert_eq!(before, usize::from(at >= Boundary::AfterCall), "{cell}");
    let ben = act(second, "ben").run();
    let between = sent(&world);
    let ana = ana.go_on();
    let after = sent(&world);
    let context = format!("{cell}\nana: {ana:?}\nben: {ben:?}");

    let overtakes = second == "rollback" && first == "promote";
    let text = if announced(at) && !overtakes {
        assert_eq!((ben.code, between - before), (Some(3), 0), "{context}");
        let why = refusals(&ben);
        assert!(why.contains("ana") && why.contains(&pid.to_string()), "{context}");
        assert_eq!((ana.code, after), (Some(0), 1), "{context}");
        "1: the second is refused and told who".to_owned()
    } else if announced(at) {
        assert_eq!((ben.code, between - before), (Some(0), 1), "{context}");
        if at < Boundary::AfterCall {
            assert_eq!((ana.code, after - between), (Some(3), 0), "{context}");
            assert!(refusals(&ana).contains("overtaken"), "{context}");
        }
        assert_eq!(after, between, "{context}");
        format!("{after}: the rollback overtakes; the promotion sends nothing after it")
    } else if at == Boundary::Confirmed {
        // nothing announced: the second goes first
        assert_eq!((ben.code, between), (Some(0), 1), "{context}");
        if first == "promote" {
            assert_eq!((ana.code, after), (Some(3), 1), "{context}");
            let why = refusals(&ana);
            assert!(why.contains("moved") && why.contains("by ben"), "{context}");
            "1: the second goes first, and the first is refused: moved".to_owned()
        } else {
            assert_eq!((ana.code, after), (Some(0), 2), "{context}");
            "2: one after the other; the rollback has the last word".to_owned()
        }
    } else {
        // over: the second is judged by the new state alone
        assert_eq!(ana.code, Some(0), "{context}");
        assert_eq!((before, after), (1, between), "{context}");
        format!("{after}: one after the other")
    };
    world.verify_journal();
    let rolled_back = first == "rollback" || second == "rollback";
    if rolled_back {
        let routed = world.target(GOOD)["rollout"]["routed"].as_f64();
        assert!(routed.is_some_and(|routed| routed < 0.5), "{context}\n{routed:?} % routed");
    }
    text
}

/// Both at once, as fast as they can, against a server that takes its time.
fn round(world: &World, verbs: [&str; 2], slow: Duration) -> [Done; 2] {
    world.faults().set(Peer::Haproxy, Mood::Slow(slow));
    let people = ["ana", "ben"];
    let pairs = verbs.into_iter().zip(people);
    let both: Vec<_> = pairs
        .map(|(verb, who)| world.act(verb, GOOD).env("FLIGHTDECK_USER", who).start())
        .collect();
    let mut both = both.into_iter().map(|started| thread::spawn(|| started.done()));
    let both = [both.next().unwrap(), both.next().unwrap()].map(|one| one.join().unwrap());
    world.faults().set(Peer::Haproxy, Mood::Ok);
    both
}

/// The journal is whole, and no question was answered twice.
fn check_journal(world: &World) {
    world.verify_journal();
    let journal = world.journal();
    let outcomes = journal.iter().filter(|line| line["kind"] == "outcome");
    let mut actions: Vec<_> = outcomes.map(|line| line["report"]["action"].to_string()).collect();
    let all = actions.len();
    actions.sort();
    actions.dedup();
    assert_eq!(actions.len(), all, "an action has two outcomes: {journal:#?}");
}

/// A world without candidate traffic: a first promotion needs no soak, a second one does.
fn at_zero() -> World {
    let world = World::ready();
    world.engines_only();
    let toml = std::fs::read_to_string(world.config()).unwrap();
    let mut toml: toml::Table = toml.parse().unwrap();
    for service in toml["service"].as_array_mut().unwrap() {
        for environment in service["environment"].as_array_mut().unwrap() {
            environment["rollout"]["soak"] = "1h".into();
        }
    }
    world.configure(|_| toml.to_string());
    back_to_zero(&world);
    world
}

fn back_to_zero(world: &World) {
    for verb in ["rollback", "release"] {
        let done = world.act(verb, GOOD).run();
        assert_eq!(done.code, Some(0), "{done:?}\n{}", world.run("journal show").said());
    }
}

#[test]
fn a_question_on_the_screen_is_asked_anew_when_the_shell_was_faster() {
    let world = at_zero();
    let mut pty = Pty::run(&world.program([] as [&str; 0]), 120, 40);
    pty.wait_for("routed  0.0 %");
    pty.press("P");
    pty.wait_for("y promote");
    let before = sent(&world);
    let shell = world.act("promote", GOOD).env("FLIGHTDECK_USER", "ben").run();
    assert_eq!(shell.code, Some(0), "{shell:?}");
    // a dialog does not hear keys that were on their way before it stood
    thread::sleep(Duration::from_millis(400));
    pty.press("y");
    pty.wait_until("the question to be gone or asked anew", |screen| {
        let text = screen.contents();
        text.contains("refused: promote") || text.contains("asked anew")
    });
    assert_eq!(sent(&world), before + 1);
    pty.press("\x1b");
    pty.wait_for_absence("Esc c");
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
    check_journal(&world);
}

fn slow(round: u64) -> Duration {
    Duration::from_millis(round * 7 % 60)
}

#[test]
fn of_two_promotions_at_once_one_acts_and_the_other_is_told_by_whom() {
    let world = at_zero();
    for i in 0..12 {
        let before = sent(&world);
        let both = round(&world, ["promote", "promote"], slow(i));
        assert_eq!(sent(&world) - before, 1, "round {i}: {both:?}");
        let codes = both.each_ref().map(|done| done.code);
        assert!([[Some(0), Some(3)], [Some(3), Some(0)]].contains(&codes), "round {i}: {both:?}");
        let (who, refused) =
            if codes[0] == Some(3) { ("ben", &both[0]) } else { ("ana", &both[1]) };
        let why = refusals(refused);
        let late = ["soak", "moved"].iter().any(|gate| why.contains(gate));
        assert!(
            late || why.contains(&format!("promote by {who} is in flight")),
            "round {i}: {why}"
        );
        back_to_zero(&world);
    }
    check_journal(&world);
}

#[test]
fn of_two_rollbacks_at_once_each_that_acts_acts_once() {
    let world = at_zero();
    for i in 0..12 {
        let before = sent(&world);
        let both = round(&world, ["rollback", "rollback"], slow(i));
        let acted = both.iter().filter(|done| done.code == Some(0)).count();
        assert!(acted >= 1, "round {i}: {both:?}");
        assert_eq!(sent(&world) - before, acted, "round {i}: {both:?}");
        for refused in both.iter().filter(|done| done.code != Some(0)) {
            assert_eq!(refused.code, Some(3), "round {i}: {both:?}");
            assert!(refusals(refused).contains("is in flight"), "round {i}: {both:?}");
        }
    }
    check_journal(&world);
}

#[test]
fn a_rollback_beside_a_promotion_has_the_last_word() {
    let world = at_zero();
    for i in 0..12 {
        let before = sent(&world);
        let both = round(&world, ["promote", "rollback"], slow(i));
        assert_eq!(both[1].code, Some(0), "round {i}: {both:?}");
        let promoted = both[0].json()["steps"]
            .as_array()
            .map_or(0, |steps| steps.iter().filter(|step| step["sent_ms"] != Value::Null).count());
        assert_eq!(sent(&world) - before, 1 + promoted, "round {i}: {both:?}");
        let state = world.target(GOOD);
        let routed = state["rollout"]["routed"].as_f64();
        assert!(routed.is_some_and(|routed| routed < 0.5), "round {i}: {both:?}\n{state}");
        assert!(state["hold"].is_object() || state["hold"].is_string(), "round {i}: {state}");
        let done = world.act("release", GOOD).run();
        assert_eq!(done.code, Some(0), "round {i}: {done:?}\n{}", world.run("journal show").said());
    }
    check_journal(&world);
}
