//! The journal as the program shows and checks it: what was done is there, and tampering is found.

use std::fs;
use std::path::PathBuf;

use crate::support::world::GOOD;
use crate::support::{Done, World};

/// A world in which a few things were done, and its journal's file.
fn acted() -> (World, PathBuf) {
    let world = World::ready();
    for verb in ["hold", "release", "pause", "resume"] {
        let done = world.act(verb, GOOD).run();
        assert_eq!(done.code, Some(0), "{done:?}");
    }
    let file = world.state().join("journal.jsonl");
    (world, file)
}

fn verify(world: &World) -> Done {
    world.run("journal verify -o json")
}

/// The kinds of wrong that are found, with their lines.
fn problems(world: &World) -> Vec<(u64, String)> {
    let done = verify(world);
    let json = done.json();
    let problems = json["problems"].as_array().expect("a list");
    assert_eq!(done.code, Some(i32::from(!problems.is_empty())), "{done:?}");
    let kind = |problem: &serde_json::Value| problem["kind"].as_str().expect("a kind").to_owned();
    problems.iter().map(|p| (p["line"].as_u64().expect("a line"), kind(p))).collect()
}

#[test]
fn everything_done_is_shown() {
    let (world, _) = acted();
    let shown = world.run(&format!("journal show {GOOD}"));
    assert_eq!(shown.code, Some(0));
    for word in ["hold", "release", "pause", "resume", "tester", "a test"] {
        assert!(shown.stdout.contains(word), "{word}: {}", shown.stdout);
    }
    let last = world.run("journal show -n 1");
    assert!(last.stdout.contains("resume") && !last.stdout.contains("pause"), "{}", last.stdout);
    assert_eq!(problems(&world), []);
}

#[test]
fn a_changed_line_is_found() {
    let (world, file) = acted();
    let text = fs::read_to_string(&file).expect("the journal");
    let at = text.lines().position(|line| line.contains("\"pause\"")).expect("a pause");
    let lines: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(n, line)| if n == at { line.replace("a test", "A test") } else { line.to_owned() })
        .collect();
    fs::write(&file, lines.join("\n") + "\n").expect("tampering");
    let found = problems(&world);
    assert!(found.iter().any(|(_, kind)| kind == "changed"), "{found:?}");
    assert!(found.iter().all(|(line, _)| line.abs_diff(at as u64 + 1) <= 1), "{found:?}");
}

#[test]
fn a_removed_line_is_found_in_the_middle_and_at_the_end() {
    let (world, file) = acted();
    let text = fs::read_to_string(&file).expect("the journal");
    let lines: Vec<&str> = text.lines().collect();
    let without = |n: usize| -> String {
        let kept = lines.iter().enumerate().filter(|(i, _)| *i != n);
        kept.flat_map(|(_, line)| [*line, "\n"]).collect()
    };
    for n in [0, lines.len() / 2, lines.len() - 1] {
        fs::write(&file, without(n)).expect("tampering");
        let found = problems(&world);
        assert!(!found.is_empty(), "line {} of {} is gone, unseen", n + 1, lines.len());
    }
    fs::write(&file, "").expect("tampering");
    assert!(!problems(&world).is_empty(), "all of it is gone, unseen");
    fs::remove_file(&file).expect("tampering");
    let done = verify(&world);
    assert_ne!(done.code, Some(0), "the file is gone, unseen: {done:?}");
    fs::write(&file, &text).expect("put back");
    assert_eq!(problems(&world), []);
}

#[test]
fn a_torn_line_is_found_and_writing_goes_on() {
    let (world, file) = acted();
    let text = fs::read_to_string(&file).expect("the journal");
    fs::write(&file, format!("{text}{{\"seq\":99,\"at\":\"20")).expect("a crash");
    let found = problems(&world);
    assert!(found.iter().any(|(_, kind)| kind == "torn"), "{found:?}");
    let done = world.act("hold", GOOD).run();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(problems(&world), [], "the torn bytes were moved aside");
}

#[test]
fn a_line_added_by_hand_is_found() {
    let (world, file) = acted();
    let text = fs::read_to_string(&file).expect("the journal");
    let last = text.lines().last().expect("a line");
    fs::write(&file, format!("{text}{last}\n")).expect("tampering");
    assert!(!problems(&world).is_empty());
}

#[test]
fn no_journal_is_no_trouble() {
    let world = World::ready();
    let done = world.run("journal show");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(world.run("journal verify").code, Some(0));
}
