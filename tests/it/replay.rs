//! Recordings: made by the real program, cut off, played again to the same screens; and those of
//! `tests/recordings`, each of which shows what it always showed. A recording that is put there is a test.

mod demo;
mod secrets;

use std::fs;
use std::path::{Path, PathBuf};

use flightdeck::app::replay::Film;
use flightdeck::journal::recording;
use flightdeck::model::{Event, Outcome, RecordKind, Time};
use flightdeck::tui::Cockpit;
use flightdeck::tui::keymap::{Action, Group, Keymap};
use flightdeck::tui::theme::{Depth, Theme};
use ratatui::buffer::Buffer;

use crate::support::{Program, Pty};

const SIZES: [(u16, u16); 2] = [(120, 40), (80, 24)];
/// Pictures of one recording, its end not counted.
const MOST: usize = 8;

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "flight")).collect();
    found.sort();
    assert!(found.len() >= 3, "the recordings of the repository are gone: {found:?}");
    found
}

fn name(file: &Path) -> &str {
    file.file_stem().and_then(|name| name.to_str()).unwrap()
}

fn cockpit() -> Cockpit {
    let theme = Theme::load("dark", None, Depth::True).unwrap();
    Cockpit::new(Keymap::default(), theme, false)
}

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content.chunks(usize::from(buffer.area.width));
    let line = |row: &[ratatui::buffer::Cell]| {
        let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        line.trim_end().to_owned() + "\n"
    };
    rows.map(line).collect()
}

/// The moments worth a picture: alerts begin, actions are seen; and the end.
fn marks(file: &Path, film: &Film) -> Vec<(String, Time)> {
    let mut found: Vec<(Time, String)> =
        film.alerts.iter().take(1).map(|at| (*at, "alert".to_owned())).collect();
    for envelope in recording::read(file).unwrap().envelopes {
        // what was journaled before the recording began tells nothing of it
        let Event::Journaled { record } = envelope.event else { continue };
        let RecordKind::Outcome { report, .. } = record.kind else { continue };
        if report.outcome == Outcome::Seen && record.at > film.began {
            found.push((envelope.at, report.verb.word().to_owned()));
        }
    }
    found.sort();
    found.truncate(MOST);
    let numbered = |(n, (at, what)): (usize, (Time, String))| (format!("{}-{what}", n + 1), at);
    let marks = found.into_iter().enumerate().map(numbered);
    marks.chain([("end".to_owned(), film.ended)]).collect()
}

#[test]
fn every_recording_shows_what_it_always_showed() {
    for file in recordings() {
        let mut films = [(); 2].map(|()| Film::open(&file, 1.0).unwrap());
        assert_eq!(films[0].lost, None, "{}", file.display());
        for (mark, at) in marks(&file, &films[0]) {
            for size in SIZES {
                let [one, two] = films.each_mut().map(|film| {
                    film.seek(at);
                    film.picture(&mut cockpit(), size)
                });
                assert_eq!(one, two, "{} {mark}", file.display());
                let (width, height) = size;
                let shot = format!("{}-{mark}-{width}x{height}", name(&file));
                insta::assert_snapshot!(shot, text(&one));
            }
        }
    }
}

#[test]
fn going_back_and_forth_ends_in_the_same_state() {
    let theme = Theme::load("dark", None, Depth::True).unwrap();
    for file in recordings() {
        let straight = {
            let mut film = Film::open(&file, 1.0).unwrap();
            film.seek(film.ended);
            film.digest(&theme)
        };
        let mut film = Film::open(&file, 1.0).unwrap();
        let mut cockpit = cockpit();
        for key in "$ , , [ [ ^ ] ] ] } . , $".split(' ') {
            film.press(&mut cockpit, key.parse().unwrap());
        }
        assert_eq!(film.digest(&theme), straight, "{}", file.display());
    }
}

#[test]
fn nothing_of_the_machine_that_made_them_is_in_them() {
    for file in recordings() {
        let size = fs::metadata(&file).unwrap().len();
        assert!(size < 300_000, "{} has {size} bytes", file.display());
        let text = serde_json::to_string(&recording::read(&file).unwrap().envelopes).unwrap();
        // a folder of every repository, and a place in GitHub's API
        let text = text.replace("/workflows/", "/");
        for word in ["/tmp", "/home", "/root", "/work", "/var", "root@", "github.io"] {
            assert!(!text.contains(word), "{} holds {word}", file.display());
        }
    }
}

/// The program in an empty folder.
fn program(folder: &Path) -> Program {
    Program::new(folder).env("FLIGHTDECK_STATE", folder.join("state"))
}

#[test]
fn two_digests_are_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for file in recordings() {
        let digest = |more: &[&str]| {
            let run = program(folder.path()).arg("replay").arg(&file).arg("--digest").args(more);
            let done = run.run();
            assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{done:?}");
            done
        };
        let told = digest(&[]).stdout;
        assert_eq!(told, digest(&["--to-end"]).stdout);
        let first: Vec<&str> = told.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(first, ["state", "80x24", "120x40", "200x60"]);
        let json = digest(&["-o", "json"]).json();
        assert!(told.contains(json["screens"]["80x24"].as_str().unwrap()), "{json}");
        assert_ne!(told, digest(&["--at", "+5s"]).stdout);
    }
    assert!(!folder.path().join("state").exists(), "a replay writes nothing");
}

#[test]
fn what_cannot_be_played_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("foreign"), "version = 1\n").unwrap();
    let whole = fs::read(&recordings()[0]).unwrap();
    fs::write(at("torn"), &whole[..20]).unwrap();
    fs::write(at("cut"), &whole[..whole.len() / 2]).unwrap();
    let run = |line: &str| program(folder.path()).args(line.split(' ')).run();
    for (line, code, words) in [
        ("replay none --digest", 2, "cannot open none"),
        ("replay foreign --digest", 2, "is no recording of flightdeck"),
        ("replay torn", 2, "is no recording of flightdeck"),
        ("replay cut --digest", 0, "the recording was cut off"),
        ("replay cut", 3, "--digest"),
        ("replay cut --at noon", 2, "is not a time"),
        ("status --record x", 2, "--record"),
        ("--record x status", 2, "only the cockpit records"),
    ] {
        let done = run(line);
        assert_eq!(done.code, Some(code), "{line}: {done:?}");
        assert!(done.stderr.contains(words), "{line}: {done:?}");
        assert!(code == 0 || done.stdout.is_empty(), "{done:?}");
    }
    assert_eq!(run("replay foreign").stderr.lines().count(), 1);
}

/// The keys pressed before an action's, and what its own should show.
fn steering(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::ReplayPause => ("$^", "event 1 of 137 ×0.02   "),
        Action::ReplayForward => ("$^", "event 2 of 137 ×0.02 paused"),
        Action::ReplayBack => ("$^..", "event 2 of 137 ×0.02 paused"),
        Action::ReplayFaster => ("$^", "event 1 of 137 ×0.04 paused"),
        Action::ReplaySlower => ("$^", "event 1 of 137 ×0.01 paused"),
        Action::ReplayNextChange => ("$^", "event 3 of 137 ×0.02 paused"),
        Action::ReplayPreviousChange => ("$^]]", "event 3 of 137 ×0.02 paused"),
        Action::ReplayNextAlert => ("$^", "HighErrorRate"),
        Action::ReplayStart => ("$", "event 1 of 137 ×0.02 paused"),
        Action::ReplayEnd => ("$^", "event 137 of 137 ×0.02 at the end"),
        other => panic!("nobody says what {other:?} should show"),
    }
}

#[test]
fn every_key_of_a_replay_shows_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let bad = recordings().into_iter().find(|file| name(file).contains("bad")).unwrap();
    for action in Action::ALL.iter().filter(|action| action.group() == Group::Replay) {
        let (before, shown) = steering(*action);
        for key in action.default_keys() {
            // slow enough that nothing comes by itself
            let program = program(folder.path()).args(["replay", "--speed", "0.02"]).arg(&bad);
            let pty = Pty::run(&program, 120, 40);
            pty.wait_for("REPLAY");
            pty.press(before);
            pty.press(key);
            pty.wait_for(shown);
        }
    }
}

#[test]
fn a_replay_is_steered_with_keys_and_refuses_to_act() {
    let folder = tempfile::tempdir().unwrap();
    let bad = recordings().into_iter().find(|file| name(file).contains("bad")).unwrap();
    let mut pty = Pty::run(&program(folder.path()).arg("replay").arg(bad), 120, 40);
    pty.wait_for("REPLAY");
    pty.press("p");
    pty.wait_for("paused");
    pty.press(">>");
    pty.wait_for("×4");
    pty.press("}");
    pty.wait_for("HighErrorRate");
    pty.press("B");
    pty.wait_for("this is a replay");
    pty.press("\x1b");
    pty.wait_for_absence("this is a replay");
    pty.press("$");
    pty.wait_for("at the end");
    pty.press("^");
    pty.wait_for("paused");
    pty.wait_for_absence("HighErrorRate");
    pty.press("q");
    assert_eq!(pty.exit_code(), 0);
}
