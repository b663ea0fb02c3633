//! `config.example.toml` shows every key, and the defaults it shows are the defaults.

use std::path::Path;

use crate::config::raw::tables;
use crate::config::{Config, parse};

const EXAMPLE: &str = include_str!("../../../config.example.toml");

fn parse_example(text: &str) -> Config {
    parse(text, Path::new("config.example.toml")).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// The key of a line `# key = value`.
fn commented_key(line: &str) -> Option<&str> {
    let (key, _) = line.trim_start().strip_prefix("# ")?.split_once(" = ")?;
    key.chars().all(|c| c.is_ascii_lowercase() || c == '_').then_some(key)
}

#[test]
fn commented_lines_are_the_defaults_or_say_that_there_is_none() {
    let base = format!("{:?}", parse_example(EXAMPLE));
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    let mut checked = 0;
    for (index, line) in lines.iter().enumerate() {
        if commented_key(line).is_none() {
            continue;
        }
        let live = line.replacen("# ", "", 1);
        let mut changed = lines.clone();
        changed[index] = &live;
        let config = format!("{:?}", parse_example(&changed.join("\n")));
        assert_eq!(config != base, line.contains("# unset"), "{line}");
        checked += 1;
    }
    assert!(checked > 30, "only {checked} lines looked at");
}

#[test]
fn every_key_is_shown_in_its_table() {
    let mut shown = Vec::new();
    let mut table = "";
    for line in EXAMPLE.lines() {
        let line = line.trim_start();
        if line.starts_with('[') {
            table = &line[..=line.rfind(']').unwrap_or(0)];
            shown.extend(table.split(['[', ']', '.']).map(|key| ("", key)));
        } else if let Some((key, _)) = line.trim_start_matches("# ").split_once(" = ") {
            shown.push((table, key));
        }
    }
    for (name, keys) in tables() {
        for key in keys {
            let inline = !name.contains('[')
                && [format!("{{ {key} = "), format!(", {key} = ")]
                    .iter()
                    .any(|text| EXAMPLE.contains(text));
            let here = shown.iter().any(|(table, shown)| {
                let header = table.split(['[', ']', '.']).find(|part| !part.is_empty());
                let known = table.is_empty()
                    || *table == name
                    || header.is_some_and(|header| name.contains(&format!("[{header}.NAME]")));
                shown == key && known
            });
            assert!(here || inline, "`{key}` of {name} is not in config.example.toml");
        }
    }
}
