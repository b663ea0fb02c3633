//! The journal as the program shows and checks it: what was done is there, and tampering is found.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use flightdeck::journal::Journal;
use flightdeck::model::{RecordKind, Target};
use flightdeck::runtime::SystemClock;

use crate::support::world::GOOD;
use crate::support::{Done, Pty, World, patience};

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

/// The gates that refuse.
fn refusals(done: &Done) -> Vec<String> {
    let json = done.json();
    let refusals = json["refusals"].as_array().expect("a list").iter();
    refusals.map(|refusal| refusal["gate"].as_str().expect("a gate").to_owned()).collect()
}

#[test]
fn lost_lines_refuse_a_promotion_until_it_is_said_that_nothing_is_held() {
    let world = World::ready();
    world.wait_until_ready();
    let held = world.act("hold", GOOD).run();
    assert_eq!(held.code, Some(0), "{held:?}");
    fs::remove_file(world.state().join("journal.jsonl")).expect("an accident");
    let done = world.act("promote", GOOD).arg("--force").run();
    assert_eq!((done.code, refusals(&done)), (Some(3), vec!["hold".to_owned()]), "{done:?}");
    assert_eq!(world.mutations(), Vec::<String>::new());
    assert!(done.stdout.contains("flightdeck release"), "{done:?}");
    let target = world.target(GOOD);
    assert_eq!((&target["state"], &target["hold"]), (&"unknown".into(), &serde_json::Value::Null));

    let done = world.act("release", GOOD).run();
    assert_eq!(done.code, Some(0), "{done:?}");
    let done = world.act("promote", GOOD).run();
    assert_eq!(done.code, Some(0), "{done:?}");
    fs::write(world.state().join("journal.jsonl"), "").expect("another");
    let done = world.act("rollback", GOOD).run();
    assert_eq!(done.code, Some(0), "to go back asks no journal: {done:?}");
}

#[test]
fn a_share_that_is_not_there_is_not_made_and_refuses_a_promotion() {
    let world = World::ready();
    world.wait_until_ready();
    let share = world.folder().join("mnt/team");
    world.configure(|toml| format!("{toml}\n[journal]\ndir = {share:?}\n"));
    let done = world.act("promote", GOOD).run();
    assert_eq!((done.code, refusals(&done)), (Some(3), vec!["hold".to_owned()]), "{done:?}");
    assert!(done.stdout.contains("mount the share"), "{done:?}");
    let shown = world.run("journal show");
    assert!(shown.code == Some(2) && shown.stderr.contains("mount the share"), "{shown:?}");
    assert!(!share.exists());

    fs::create_dir_all(&share).expect("the share");
    let held = world.act("hold", GOOD).run();
    assert_eq!(held.code, Some(0), "{held:?}");
    fs::remove_dir_all(&share).expect("unmounted");
    fs::create_dir_all(&share).expect("its empty place");
    let done = world.act("promote", GOOD).run();
    assert_eq!((done.code, refusals(&done)), (Some(3), vec!["hold".to_owned()]), "{done:?}");
    fs::remove_dir_all(&share).expect("unmounted");
    let done = world.act("rollback", GOOD).run();
    assert_eq!(done.code, Some(0), "to go back asks no share: {done:?}");
    let hold = format!("flightdeck hold {GOOD}");
    assert!(done.stdout.contains(&hold), "{done:?}");
}

#[test]
fn a_dry_run_writes_nothing_whatever_it_finds_out() {
    let world = World::ready();
    for line in ["rollback", "promote", "hold", "pause", "promote --force --reason x"] {
        let (verb, flags) = line.split_once(' ').unwrap_or((line, ""));
        let done = world.run(&format!("{verb} {GOOD} {flags} --dry-run"));
        assert!(matches!(done.code, Some(0 | 3)), "{done:?}");
    }
    assert_eq!(world.journal(), Vec::<serde_json::Value>::new(), "what was seen first is no news");

    // a look would end it
    let (state, at) = (world.state(), Arc::new(SystemClock));
    let mut journal = Journal::open(&state, "tester".into(), at).expect("a journal");
    let critical = RecordKind::Changed {
        target: GOOD.parse::<Target>().expect("a target"),
        from: "ok".into(),
        to: "critical".into(),
        reasons: vec!["api of the candidate is unhealthy".into()],
    };
    journal.append(critical).expect("a line");
    assert_eq!(world.journal().len(), 1);
    let text = fs::read(state.join("journal.jsonl")).expect("the journal");
    for verb in ["rollback", "promote"] {
        world.run(&format!("{verb} {GOOD} --dry-run"));
    }
    assert!(text == fs::read(state.join("journal.jsonl")).expect("the journal"), "it was written");
    patience::until("a look that writes what the dry runs found out", || {
        world.target(GOOD);
        (world.journal().len() > 1).then_some(())
    });
}

#[test]
fn what_no_disk_took_is_written_as_soon_as_it_can_be() {
    let world = World::ready();
    world.configure(|toml| toml.replace("production = true", "production = false"));
    world.wait_until_ready();
    let mut pty = Pty::run(&world.program([] as [&str; 0]), 120, 40);
    pty.wait_for("production  ▲");
    pty.press("j");
    pty.wait_until_offered("B roll back");
    let before = world.journal().len();
    let lock = world.state().join("journal.lock");
    fs::remove_file(&lock).expect("nobody holds it");
    fs::create_dir(&lock).expect("no lock can be taken");
    pty.press("B");
    pty.wait_for("y roll back");
    std::thread::sleep(std::time::Duration::from_millis(400));
    pty.press("y");
    pty.wait_for("the hold is not written yet");
    pty.press("\x1b");
    pty.wait_for("(not in the journal");
    assert_eq!(world.journal().len(), before, "nothing could be written");
    pty.press("q");
    pty.wait_for("leave a hold behind that is not written?");
    pty.press("\x1b");
    pty.wait_for_absence("leave a hold behind");

    fs::remove_dir(&lock).expect("an empty folder");
    let kinds = || -> Vec<String> {
        let lines = world.journal().split_off(before);
        lines.iter().map(|line| line["kind"].as_str().expect("a kind").to_owned()).collect()
    };
    patience::until("the action in the journal", || {
        let kinds = kinds();
        (kinds.iter().filter(|kind| *kind == "intent" || *kind == "outcome").count() == 2)
            .then_some(())
    });
    pty.wait_for("(local), rolled back");
    assert_eq!(problems(&world), []);
    let hold = &world.target(GOOD)["hold"];
    assert!(hold["reason"].as_str().is_some_and(|why| why.contains("rolled back")), "{hold}");
    assert_eq!(world.mutations().len(), 2, "written late is not sent again");
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
    assert_eq!(kinds().iter().filter(|kind| *kind == "intent").count(), 1);
}
