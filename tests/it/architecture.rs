//! The shape of the code, held by reading it: arrows between modules point down, the core stays pure,
//! files stay small.

mod source;

use source::{Source, sources};

/// What each module of the crate may name besides itself. `main`, `lib` and `app` may name everything.
const ARROWS: [(&str, &[&str]); 19] = [
    ("text", &[]),
    ("process", &["text"]),
    ("stats", &[]),
    ("model", &[]),
    ("ports", &["model"]),
    ("joblog", &["model", "text"]),
    ("workflow", &["model", "text"]),
    ("asks", &["model"]),
    ("store", &["model", "text", "stats", "workflow"]),
    ("control", &["model", "text", "asks", "stats", "store", "workflow"]),
    ("runtime", &["model", "text", "process", "ports", "store", "control", "workflow"]),
    ("tui", &["model", "text", "joblog", "store", "control", "workflow"]),
    ("cli", &["model", "text", "joblog", "store", "control", "workflow"]),
    ("config", &["model", "text", "process", "stats"]),
    ("clients", &["model", "text", "ports", "config"]),
    ("sources", &["model", "text", "ports", "config", "clients", "workflow"]),
    ("engines", &["model", "text", "asks", "process", "ports", "config", "clients", "workflow"]),
    ("journal", &["model", "text", "ports"]),
    ("demo", &["model", "text", "ports"]),
];

/// What the pure core must not touch: time, the network, the disk and the environment are handed in.
const IMPURE: [&str; 12] = [
    "tokio",
    "reqwest",
    "octocrab",
    "hyper",
    "crossterm",
    "ratatui",
    "std::fs",
    "std::net",
    "std::env",
    "SystemTime",
    "Instant::now",
    "Utc::now",
];

/// What the screen never sees: the network, and a store it could change.
const OUT_OF_SIGHT: [&str; 8] = [
    "tokio::net",
    "tokio::time",
    "reqwest",
    "octocrab",
    "hyper",
    "TcpStream",
    "UdpSocket",
    "&mut Store",
];

/// Who alone may name a crate: every other module is told about it by them.
const OWNERS: [(&str, &[&str]); 6] = [
    ("crossterm", &["tui/terminal"]),
    ("ratatui", &["tui", "app"]),
    ("octocrab", &["clients/github"]),
    ("reqwest", &["clients", "sources/probe"]),
    ("hyper", &["demo", "clients"]),
    // an answer's `Retry-After` counts from the moment it came
    ("Utc::now", &["runtime/clock", "clients/http/session"]),
];

/// Endings of a program that only a test may choose.
const ABRUPT: [&str; 9] = [
    ".unwrap()",
    ".expect( ",
    "panic!(",
    "todo!(",
    "unimplemented!(",
    "unreachable!(",
    "println!(",
    "eprintln!(",
    "dbg!(",
];

fn complain(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn arrows_point_down() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        let own = source.module();
        if matches!(own, "main" | "lib" | "app") {
            continue;
        }
        let Some((_, below)) = ARROWS.iter().find(|(module, _)| *module == own) else {
            wrong.push(format!("{}: the module `{own}` has no place in the table", source.path));
            continue;
        };
        for (line, named) in source.names() {
            let top = named[0].as_str();
            let known = ARROWS.iter().any(|(module, _)| *module == top) || top == "app";
            if known && top != own && !below.contains(&top) {
                wrong.push(format!("{}:{line}: {own} must not see {top}", source.path));
            }
        }
    }
    complain("arrows that point up or sideways", &wrong);
}

#[test]
fn sources_and_engines_do_not_see_each_other() {
    let all = sources("src");
    let mut wrong = Vec::new();
    for family in ["sources", "engines"] {
        let prefix = format!("src/{family}/");
        let member = |source: &Source| {
            let rest = source.path.strip_prefix(&prefix)?;
            rest.split(['/', '.']).next().map(str::to_owned)
        };
        let members: Vec<String> = all.iter().filter_map(member).collect();
        for source in all.iter().filter(|source| source.path.starts_with(&prefix)) {
            let own = member(source).unwrap_or_default();
            for (line, named) in source.names() {
                let other = named.get(1).filter(|name| members.contains(name) && **name != own);
                if let Some(other) = other.filter(|_| named[0] == family) {
                    wrong.push(format!("{}:{line}: {own} must not see {other}", source.path));
                }
            }
        }
    }
    complain("adapters that know another adapter", &wrong);
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        if matches!(source.module(), "text" | "stats" | "model" | "workflow" | "store" | "control")
        {
            for word in IMPURE {
                wrong.extend(source.lines_with(word, false));
            }
        }
        if source.module() == "tui" {
            for word in OUT_OF_SIGHT {
                wrong.extend(source.lines_with(word, false));
            }
        }
    }
    complain("the world inside the core", &wrong);
}

#[test]
fn each_outside_crate_has_its_owner() {
    let mut wrong = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_test) {
        for (word, owners) in OWNERS {
            let owned = owners.iter().any(|owner| {
                let rest = source.path.strip_prefix(&format!("src/{owner}"));
                rest.is_some_and(|rest| rest.starts_with(['/', '.']))
            });
            if !owned {
                wrong.extend(source.lines_with(word, true));
            }
        }
    }
    complain("a crate named outside its module", &wrong);
}

#[test]
fn nothing_outside_tests_ends_abruptly() {
    let mut wrong = Vec::new();
    // the one that panics when a test of the terminal asks for it, in debug builds
    let on_purpose = "src/app/panic.rs";
    let product = |source: &&Source| !source.is_test && source.path != on_purpose;
    for source in sources("src").iter().filter(product) {
        for word in ABRUPT {
            wrong.extend(source.lines_with(word, true));
        }
        wrong.extend(source.lines_with("unsafe", true));
    }
    complain("code that may end the program or speak past the writer", &wrong);
}

#[test]
fn files_are_small_and_say_what_they_own() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for source in sources(folder) {
            let path = &source.path;
            let count = source.text.lines().count();
            if count > 400 {
                wrong.push(format!("{path}: {count} lines, 400 is the limit"));
            }
            if path.ends_with("/mod.rs") {
                wrong.push(format!("{path}: `foo.rs` beside `foo/`, no mod.rs"));
            }
            if !source.text.starts_with("//!") {
                wrong.push(format!("{path}: does not begin with `//!`"));
            }
        }
    }
    complain("files out of shape", &wrong);
}
