//! The pictures of `assets` are what the program shows of its recordings, byte for byte, and the README
//! shows each of them; so are the text pictures of `docs`, each below a comment that says what it shows.
//! `UPDATE=1 cargo test --test it pictures` writes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use flightdeck::app::picture;
use flightdeck::cli::args::{Cli, Command, ScreenshotArgs};
use flightdeck::tui::theme::Depth;

use crate::support::Program;

/// A picture's name, and what `flightdeck screenshot` is given for it: a recording of `tests/recordings`, a
/// moment, a size, a theme, keys.
type Picture = [&'static str; 6];

const PICTURES: [Picture; 8] = [
    ["cockpit", "demo", "+28s", "120x40", "dark", CHECKOUT],
    ["cockpit-80x24", "demo", "+28s", "80x24", "dark", CHECKOUT],
    [
        "confirm",
        "demo",
        "+36s200ms",
        "120x40",
        "dark",
        ": text:go space text:checkout/production enter P",
    ],
    [
        "refused",
        "demo",
        "+38s",
        "120x40",
        "dark",
        ": text:go space text:payments/production enter P",
    ],
    ["rollback", "demo", "+38s", "120x40", "dark", ROLLBACK],
    ["metric", "demo", "+46s", "120x40", "dark", METRIC],
    ["palette", "demo", "+38s", "120x40", "dark", PALETTE],
    ["light", "demo", "+38s", "120x40", "light", ": text:go space text:payments/production enter"],
];
const CHECKOUT: &str = ": text:go space text:checkout/production enter";
const ROLLBACK: &str = ": text:go space text:payments/production enter B text:payments/production";
const METRIC: &str = ": text:go space text:payments/production enter 3 enter";
const PALETTE: &str = ": text:go space text:payments/production enter ctrl-p text:payments/prod";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn recording(name: &str) -> String {
    root().join(format!("tests/recordings/{name}.flight")).display().to_string()
}

fn arguments(line: &[&str]) -> ScreenshotArgs {
    let line = ["flightdeck", "screenshot"].iter().chain(line);
    match Cli::try_parse_from(line).unwrap().command {
        Some(Command::Screenshot(args)) => args,
        other => panic!("{other:?}"),
    }
}

fn drawn([name, file, at, size, theme, keys]: Picture) -> String {
    let file = recording(file);
    let args = arguments(&[&file, "--at", at, "--size", size, "--theme", theme, "--keys", keys]);
    picture::draw(&args, Depth::True, None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn every_picture_is_what_the_program_shows() {
    for picture in PICTURES {
        let file = root().join(format!("assets/{}.svg", picture[0]));
        let fresh = drawn(picture);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &fresh).unwrap();
        }
        // not compared by assert_eq: nobody reads two pictures' bytes
        let same = fs::read_to_string(&file).is_ok_and(|kept| kept == fresh);
        assert!(same, "{} is old; `just screenshot` makes it anew", file.display());
    }
}

#[test]
fn the_readme_shows_every_picture_and_no_other() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let shown: BTreeSet<&str> = text
        .split("](assets/")
        .skip(1)
        .filter_map(|rest| rest.split_once(".svg)"))
        .map(|(name, _)| name)
        .collect();
    let listed: BTreeSet<&str> = PICTURES.iter().map(|picture| picture[0]).collect();
    assert_eq!(shown, listed);
    let kept = fs::read_dir(root().join("assets")).unwrap();
    for file in kept.map(|entry| entry.unwrap().path()) {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(listed.contains(name), "nobody makes {}", file.display());
    }
}

/// What stands above a text picture: `<!-- picture RECORDING TIME SIZE KEYS… -->`.
const PICTURE: &str = "<!-- picture ";

/// A page with each of its text pictures as the program draws it, and how many there are.
fn redrawn(page: &str) -> (String, usize) {
    let (mut fresh, mut count) = (String::new(), 0);
    let mut lines = page.split_inclusive('\n');
    while let Some(line) = lines.next() {
        fresh += line;
        let Some(wanted) = line.trim_end().strip_prefix(PICTURE) else { continue };
        let wanted = wanted.strip_suffix(" -->").unwrap_or_else(|| panic!("no end: {line}"));
        let mut words = wanted.splitn(4, ' ');
        let [file, at, size] = [(); 3].map(|()| words.next().unwrap_or_else(|| panic!("{line}")));
        let (file, keys) = (recording(file), words.next().unwrap_or_default());
        let args = arguments(&[&file, "--text", "--at", at, "--size", size, "--keys", keys]);
        let picture = picture::draw(&args, Depth::True, None).unwrap();
        assert_eq!(lines.next(), Some("```text\n"), "a text block follows {line}");
        fresh += &format!("```text\n{}\n```\n", picture.trim_end());
        lines.by_ref().find(|line| *line == "```\n").expect("the end of the block");
        count += 1;
    }
    (fresh, count)
}

#[test]
fn every_text_picture_of_the_documents_is_what_the_program_shows() {
    let mut all = 0;
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let page = fs::read_to_string(&file).unwrap();
        let (fresh, count) = redrawn(&page);
        all += count;
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &fresh).unwrap();
        } else {
            assert!(page == fresh, "{} is old; `just screenshot` makes it anew", file.display());
        }
    }
    assert!(all > 0);
}

/// From the first errors of the recorded bad release to rolled back: when, keys, what one sees.
const WALK: [[&str; 3]; 10] = [
    ["+12s700ms", "", "the error rate is over its limit, not yet for long enough"],
    ["+14s100ms", "", "the gate says no"],
    ["+14s900ms", "", "the alert fires"],
    ["+14s900ms", "3 enter", "which metric, since when"],
    ["+14s900ms", "6 enter", "which alert, and its runbook"],
    ["+14s900ms", "P", "a promotion is refused, with every reason"],
    [
        "+14s900ms",
        "B text:checkout/production",
        "a rollback shows its plan and takes the typed name",
    ],
    ["+15s30ms", "", "it is on its way"],
    ["+15s700ms", "", "rolled back, and held"],
    ["+21s", "", "the alert is over; the hold stays"],
];

#[test]
fn the_bad_release_from_its_first_errors_to_rolled_back() {
    let file = recording("bad_release");
    for size in ["120x40", "80x24"] {
        let mut pictures = String::new();
        for (n, [at, keys, what]) in (1..).zip(WALK) {
            let args = ["--text", "--size", size, "--at", at, "--keys", keys];
            let args = arguments(&[&[file.as_str()], &args[..]].concat());
            let picture = picture::draw(&args, Depth::True, None).unwrap();
            pictures += &format!("{n} of {}, {at}: {what} [{keys}]\n\n{picture}\n", WALK.len());
        }
        insta::assert_snapshot!(format!("walk-through-{size}"), pictures);
    }
}

/// Nothing is sent from a picture, whatever is pressed: a right answer leaves the question as it is.
#[test]
fn an_answered_question_stays_a_question() {
    for (file, at, ask, answer) in [
        ("demo", "+36s200ms", ": text:go space text:checkout/production enter P", " y"),
        ("bad_release", "+14s800ms", "B text:checkout/production", " enter"),
    ] {
        let file = recording(file);
        let text = |keys: &str| {
            let args = arguments(&[&file, "--at", at, "--text", "--keys", keys]);
            picture::draw(&args, Depth::True, None).unwrap()
        };
        let asked = text(ask);
        assert!(asked.contains("Esc cancel") && !asked.contains("REPLAY"), "{asked}");
        assert_eq!(text(&format!("{ask}{answer}")), asked);
        assert_ne!(text(&format!("{ask} esc")), asked);
    }
}

fn program(folder: &Path) -> Program {
    Program::new(folder).env("FLIGHTDECK_STATE", folder.join("state"))
}

#[test]
fn two_runs_are_the_same_bytes_wherever_they_go() {
    let folder = tempfile::tempdir().unwrap();
    let file = recording("demo");
    let run = |more: &[&str]| {
        let args = ["screenshot", &file, "--at", "+22s", "--size", "90x30"];
        let done = program(folder.path()).args(args).args(more).run();
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{done:?}");
        done.stdout
    };
    for format in [&[][..], &["--text"]] {
        let told = run(format);
        assert_eq!(told, run(format));
        assert_eq!(run(&[format, &["--out", "picture"]].concat()), "");
        assert_eq!(fs::read_to_string(folder.path().join("picture")).unwrap(), told);
    }
    assert_eq!(run(&["--text"]).lines().count(), 30);
    assert_ne!(run(&[]), run(&["--no-color"]));
    assert!(!folder.path().join("state").exists(), "a picture writes nothing else");
}

#[test]
fn what_cannot_be_drawn_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("foreign"), "version = 1\n").unwrap();
    let demo = recording("demo");
    for (line, words) in [
        (["none", "--text", "--keys", "j"], "cannot open none"),
        (["foreign", "--text", "--keys", "j"], "is no recording of flightdeck"),
        ([&demo, "--text", "--keys", "j gg"], "`gg` is not a key"),
        ([&demo, "--text", "--theme", "mauve"], "mauve"),
        ([&demo, "--text", "--size", "120"], "`120` is not a size"),
        ([&demo, "--text", "--at", "noon"], "is not a time"),
        ([&demo, "--text", "--out", "no/such/folder"], "cannot write no/such/folder"),
    ] {
        let done = program(folder.path()).arg("screenshot").args(line).run();
        assert_eq!(done.code, Some(2), "{line:?}: {done:?}");
        assert!(done.stderr.contains(words) && done.stdout.is_empty(), "{line:?}: {done:?}");
    }
}
