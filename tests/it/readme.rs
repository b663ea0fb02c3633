//! The README holds what it says: its commands are commands, its configurations are read, its tables are
//! the program's own, its links lead somewhere. `UPDATE=1 cargo test --test it readme` writes the tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use flightdeck::cli::{Cli, Exit};
use flightdeck::config;
use flightdeck::tui::keymap::Keymap;
use flightdeck::tui::theme::{Depth, Role, Theme};

use crate::support::Program;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The fenced blocks of a language, without the indent of a list.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim_start() == format!("```{language}") {
            let indent = line.len() - line.trim_start().len();
            let block = lines.by_ref().take_while(|line| line.trim() != "```");
            found.push(
                block.map(|line| line.get(indent..).unwrap_or("").to_owned() + "\n").collect(),
            );
        }
    }
    found
}

/// The simple commands of a shell line, as words. Knows quotes, comments, redirections and what stands
/// between commands: as much as the README needs.
fn commands(line: &str) -> Vec<Vec<String>> {
    let (mut commands, mut words) = (Vec::new(), Vec::new());
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let quoted = chars.by_ref().take_while(|next| *next != c);
                word.get_or_insert_default().extend(quoted);
            }
            '#' if word.is_none() => break,
            ' ' => words.extend(word.take()),
            '|' | '&' | ';' => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            '>' => {
                words.extend(word.take());
                chars.by_ref().find(|next| !matches!(next, ' ' | '>'));
                chars.by_ref().find(|next| *next == ' ');
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    commands.push(words);
    commands.retain(|words| !words.is_empty());
    commands
}

/// Every command line of flightdeck in the README.
fn flightdeck_lines() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for block in blocks(&readme(), "sh") {
        for words in block.lines().flat_map(commands) {
            match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["flightdeck", ..] => found.push(words),
                ["cargo", "run", "--release", "--", rest @ ..] => {
                    let line = std::iter::once(&"flightdeck").chain(rest);
                    found.push(line.map(|word| (*word).to_owned()).collect());
                }
                ["cargo", "test"] | ["mail" | "jq", ..] => {}
                other => panic!("nobody tests this line of the README: {other:?}"),
            }
        }
    }
    found
}

#[test]
fn every_command_line_is_one() {
    let lines = flightdeck_lines();
    assert!(lines.len() > 15, "{lines:?}");
    for line in &lines {
        match Cli::try_parse_from(line) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {}
            Err(error) => panic!("{line:?}: {error}"),
        }
    }
}

#[test]
fn every_command_is_shown() {
    let shown: BTreeSet<String> =
        flightdeck_lines().into_iter().filter_map(|line| line.into_iter().nth(1)).collect();
    for command in Cli::command().get_subcommands() {
        assert!(shown.contains(command.get_name()), "{} is not in the README", command.get_name());
    }
}

/// The set-up's file, whole and with what it says to add; those with releases at GitHub and with commands.
fn configurations() -> [String; 4] {
    let [whole, github, releases, commands, screen, _theme] =
        blocks(&readme(), "toml").try_into().unwrap();
    let service = "name = \"checkout\"\n";
    assert_eq!(whole.matches(service).count(), 1);
    let service_with_repo = format!("{service}repo = \"acme/checkout\"\n");
    let added = whole.replace(service, &service_with_repo) + &github + &screen;
    [whole, added, releases, commands]
}

#[test]
fn every_configuration_is_read() {
    let targets = configurations().map(|text| {
        let config = config::parse(&text, Path::new("flightdeck.toml")).unwrap();
        let targets = config.fleet.targets.iter().map(|spec| spec.target.as_str().to_owned());
        targets.collect::<Vec<_>>().join(" ")
    });
    let [whole, added, releases, commands] = targets;
    assert_eq!((whole.as_str(), added.as_str()), ("checkout/production", "checkout/production"));
    assert_eq!(
        (releases.as_str(), commands.as_str()),
        ("storefront/production", "ledger/production")
    );
}

#[test]
fn the_theme_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let theme = blocks(&readme(), "toml").pop().unwrap();
    fs::write(folder.path().join("mine.toml"), theme).unwrap();
    let theme = Theme::load("mine", Some(folder.path()), Depth::True).unwrap();
    let dark = Theme::built_in(Depth::True);
    assert_ne!(theme.style(Role::Ok), dark.style(Role::Ok), "an inherited role has the new colour");
    assert_eq!(theme.style(Role::Text), dark.style(Role::Text));
}

/// The set-up's fourth step with the real program, where nothing of the set-up is running.
#[test]
fn the_set_up_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, ..] = configurations();
    // no name of the README is looked up
    let whole = whole.replace("https://canary1.example.com", "https://127.0.0.1:1");
    let whole =
        whole.replace("127.0.0.1:9090", "127.0.0.1:1").replace("127.0.0.1:9093", "127.0.0.1:1");
    fs::write(folder.path().join("flightdeck.toml"), whole).unwrap();
    let run = |line: &str| Program::new(folder.path()).args(line.split(' ')).run();

    let before = run("status");
    assert!(before.said().contains("flightdeck trust"), "{before:?}");
    let trusted = run("trust");
    assert_eq!(trusted.code, Some(0), "{trusted:?}");
    let doctor = run("doctor");
    assert!(doctor.said().contains("prometheus.main"), "{doctor:?}");
    let status = run("status");
    // a health endpoint that refuses is no harm where nothing else answers either
    assert_eq!(status.code, Some(i32::from(Exit::Failed.code())), "{status:?}");
    assert!(status.said().contains("checkout/production"), "{status:?}");
}

#[test]
fn the_tables_are_the_programs_own() {
    let mut codes = String::from("| code | what it says |\n| --- | --- |\n");
    for exit in Exit::ALL {
        codes.push_str(&format!("| {} | {} |\n", exit.code(), exit.meaning()));
    }
    let text = readme();
    let fresh = filled(&text, "exit codes", &codes);
    let fresh = filled(&fresh, "keys", &Keymap::default().markdown_table());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root().join("README.md"), &fresh).unwrap();
    } else {
        assert!(text == fresh, "the README's tables are old; UPDATE=1 cargo test --test it readme");
    }
}

/// The text with everything between two marks replaced.
fn filled(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (head, rest) = text.split_once(&begin).unwrap();
    let (_, tail) = rest.split_once(&end).unwrap();
    format!("{head}{begin}\n{table}\n{end}{tail}")
}

#[test]
fn every_link_leads_to_a_file() {
    for page in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(root().join(link).exists(), "{page} links to {link}");
        }
    }
}
