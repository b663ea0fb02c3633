//! The rules, one file each: `tests/configs/valid` parse, `tests/configs/invalid` fail with exactly the
//! messages of the `.err` beside them. `UPDATE=1` writes those anew.

mod example;

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::model::{FeedId, Severity, Track};
use std::time::Duration;

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn parse_file(path: &Path) -> Result<Config, Vec<ConfigError>> {
    let text = fs::read_to_string(path).unwrap();
    parse(&text, Path::new(path.file_name().unwrap()))
}

fn said(errors: &[ConfigError]) -> String {
    errors.iter().fold(String::new(), |said, error| said + &error.to_string() + "\n")
}

#[test]
fn valid_files_parse() {
    for path in cases("valid") {
        if let Err(errors) = parse_file(&path) {
            panic!("{}:\n{}", path.display(), said(&errors));
        }
    }
}

#[test]
fn invalid_files_say_where_and_what_to_do() {
    for path in cases("invalid") {
        let errors = parse_file(&path).expect_err(&path.display().to_string());
        let expected = path.with_extension("err");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, said(&errors)).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(said(&errors), expected, "{}", path.display());
    }
}

#[test]
fn references_and_defaults_are_filled_in() {
    let path = cases("valid").into_iter().find(|path| path.ends_with("whole.toml")).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let config = parse(&text, Path::new("/etc/flightdeck/whole.toml")).unwrap();

    let github = &config.github["github"];
    assert_eq!(github.http.url.as_str(), "https://api.github.com/");
    assert_eq!(github.http.bearer, Some(Secret::Env("GITHUB_TOKEN".to_owned())));
    assert_eq!(github.every, Duration::from_secs(60));
    assert_eq!(github.repos[0].workflows, ["ci.yml", "deploy.yml", "nightly.yml"]);

    let spec = &config.fleet.targets[0];
    assert_eq!(spec.target.as_str(), "checkout/production");
    assert_eq!(spec.host.as_deref(), Some("github"));
    assert_eq!(spec.alert_block, Severity::P1);
    assert_eq!(spec.prometheus, Some(FeedId::source("prometheus.main")));
    assert_eq!(spec.alerts.as_ref().unwrap().feed, FeedId::source("alertmanager.main"));
    let rollout = spec.rollout.as_ref().unwrap();
    assert_eq!(rollout.feed, FeedId::part("engine", "checkout/production"));
    assert!(rollout.has_share);
    let check = &spec.health[0];
    assert_eq!(check.feed, FeedId::part("health", "checkout/production api candidate"));
    assert_eq!(check.track, Track::Candidate);

    let queries = &config.prometheus["prometheus.main"].queries;
    assert_eq!(queries.iter().map(|query| query.metric).collect::<Vec<_>>(), [None, Some(0)]);
    // the soak is the longest look back
    assert!(queries.iter().all(|query| query.history == Duration::from_secs(900)));
    let EngineConfig::Haproxy(engine) = &config.engines[&spec.target] else { panic!("haproxy") };
    assert_eq!(engine.addresses, [HaproxyAddress::Tcp("127.0.0.1:9999".to_owned())]);
}

#[test]
fn the_screen_takes_the_theme_of_either_place() {
    let screen = |text: &str| {
        let text = format!(
            "version = 1\n{text}\n[[service]]\nname = 's'\n[[service.environment]]\nname = 'e'\n"
        );
        parse(&text, Path::new("f")).unwrap().screen
    };
    assert_eq!(screen(""), ScreenConfig::default());
    assert_eq!(screen("theme = 'light'").theme.as_deref(), Some("light"));
    let own =
        screen("[screen]\ntheme = 'mine'\nascii = false\npanes = ['rollout', 'targets', 'alerts']");
    assert_eq!((own.theme.as_deref(), own.ascii, own.mouse), (Some("mine"), Some(false), false));
    assert_eq!(own.panes, ["rollout", "targets", "alerts"]);
}

#[test]
fn the_shortest_cadence_of_a_prometheus_holds_for_all_its_metrics() {
    let metric = |name: &str, every: &str| {
        format!("[[service.environment.metric]]\nname = '{name}'\nquery = 'up'\n{every}\n")
    };
    let text = format!(
        "version = 1\nprometheus.main.url = 'https://p.example'\n[[service]]\nname = 's'\n\
         [[service.environment]]\nname = 'e'\nprometheus = 'main'\n{}{}",
        metric("a", "every = '1s'"),
        metric("b", ""),
    );
    let config = parse(&text, Path::new("f")).unwrap();
    let second = Duration::from_secs(1);
    assert_eq!(config.prometheus["prometheus.main"].every, second);
    assert!(config.fleet.targets[0].metrics.iter().all(|metric| metric.every == second));
}

#[test]
fn errors_do_not_carry_what_a_terminal_must_not_see() {
    let text =
        "version = 1\n\"\\u001B]0;x\\u0007\\u202E\" = 1\n[severity]\na = \"\\u001B[31mred\"\n";
    let said = said(&parse(text, Path::new("a\u{1b}[2J")).unwrap_err());
    assert!(!said.replace('\n', "").chars().any(crate::text::is_hostile), "{said:?}");
}

#[test]
fn what_was_merely_found_is_parsed_and_inert() {
    let state = tempfile::tempdir().unwrap();
    let trust = Trust::of(&state.path().join("state"));
    let path = state.path().join("flightdeck.toml");
    let text = "version = 1\n[[service]]\nname = 's'\nenvironment = [{ name = 'e' }]".to_owned();
    fs::write(&path, &text).unwrap();
    let origin = Origin::WorkingFolder;
    let found = Found { path, text, origin };
    let config = load(&found, &trust).unwrap();
    assert_eq!(config.fleet.targets.len(), 1);
    assert!(config.fleet.inert.unwrap().contains("flightdeck trust"));
    trust.trust(&found).unwrap();
    assert_eq!(load(&found, &trust).unwrap().fleet.inert, None);
}

#[test]
fn a_damaged_file_gives_errors_with_places() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for index in 0..lines.len() {
        let mut shorter = lines.clone();
        shorter.remove(index);
        let mut twice = lines.clone();
        twice.insert(index, lines[index]);
        let cut = lines[..index].join("\n");
        for text in [shorter.join("\n"), twice.join("\n"), cut] {
            for error in parse(&text, Path::new("f")).err().into_iter().flatten() {
                assert!(error.place.is_some() && !error.found.is_empty(), "{error}");
            }
        }
    }
}

#[test]
fn a_file_full_of_mistakes_is_cut_short() {
    let text = "version = 1\n".to_owned() + &"[[service]]\nname = '/'\n".repeat(2000);
    let errors = parse(&text, Path::new("f")).unwrap_err();
    assert_eq!(errors.len(), 101);
    assert!(errors[100].to_string().contains("5899 more mistakes"), "{}", errors[100]);
}

#[test]
fn budgets_of_an_environment_go_before_the_services() {
    let text = "version = 1\n[[service]]\nname = \"a\"\nbudget = { test = \"5m\", total = \"15m\" }\n\
                [[service.environment]]\nname = \"x\"\nbudget = { test = \"90s\" }\n";
    let config = parse(text, Path::new("x.toml")).unwrap();
    let spec = &config.fleet.targets[0];
    let budget = |name| spec.budget_of(name, name).map(|limit| limit.as_secs());
    assert_eq!(
        (budget("test"), budget("test (linux)"), budget("total")),
        (Some(90), Some(90), None)
    );
    assert_eq!((budget("tes"), spec.budget["total"].as_secs()), (None, 900));
}

#[test]
fn the_last_step_is_the_whole_written_or_not() {
    let path = cases("valid").into_iter().find(|path| path.ends_with("pair.toml")).unwrap();
    let fleet = parse_file(&path).unwrap().fleet;
    let rollout = fleet.targets.iter().find_map(|target| target.rollout.as_ref());
    assert_eq!(rollout.unwrap().steps, [0.5, 5.0, 33.3, 90.0, 100.0]);
}

#[test]
fn the_environments_of_a_release_are_the_targets_own_and_its_workflows_are_polled() {
    let path = cases("valid").into_iter().find(|path| path.ends_with("github.toml")).unwrap();
    let config = parse_file(&path).unwrap();
    let spec = &config.fleet.targets[0];
    assert_eq!(spec.environments, ["production-10", "production-50", "production/all"]);
    assert_eq!(spec.workflow.as_deref(), Some("deploy.yml"));
    let rollout = spec.rollout.as_ref().unwrap();
    assert_eq!(rollout.steps, [10.0, 50.5, 100.0]);
    assert_eq!(rollout.rollback_workflow.as_deref(), Some("rollback.yml"));
    let polled = &config.github["github"].repos[0].workflows;
    assert_eq!(polled, &["ci.yml", "deploy.yml", "rollback.yml", "promote.yml"]);

    let EngineConfig::Github(engine) = &config.engines[&spec.target] else { panic!("github") };
    assert_eq!((engine.pattern.as_deref(), &engine.promote), (Some("v*"), &None));
    let EngineConfig::Github(engine) = &config.engines[&config.fleet.targets[1].target] else {
        panic!("github")
    };
    assert_eq!(
        (engine.workflow.as_str(), &engine.rollback),
        ("ci.yml", &Some(WayBackConfig::Rerun))
    );
    assert_eq!(config.fleet.targets[1].environments, ["staging"]);
}

#[test]
fn a_freeze_is_for_the_targets_it_names_or_for_production() {
    let path = cases("valid").into_iter().find(|path| path.ends_with("freezes.toml")).unwrap();
    let targets = parse_file(&path).unwrap().fleet.targets;
    let names = |at: usize| {
        let freezes = targets[at].rules.freezes.iter();
        freezes.map(|freeze| freeze.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(names(0), ["weekend", "holidays", "saturdays"]);
    assert_eq!(names(1), ["holidays"]);
}

#[test]
fn what_comes_after_what_and_how_often_going_back_is_rehearsed() {
    let path = cases("valid").into_iter().find(|path| path.ends_with("after.toml")).unwrap();
    let config = parse_file(&path).unwrap();
    let rules: Vec<_> = config.fleet.targets.iter().map(|spec| &spec.rules).collect();
    let after = |at: usize| rules[at].after.as_ref().map(|after| after.target.as_str());
    assert_eq!((after(0), after(1)), (None, Some("checkout/staging")));
    assert_eq!(after(2), Some("checkout/production"));
    let month = Duration::from_secs(30 * 24 * 3600);
    let rehearse: Vec<_> = rules.iter().map(|rules| rules.rehearse).collect();
    assert_eq!(rehearse, [Some(month), None, None]);
    // it is asked for, too
    assert_eq!(config.github["github"].repos[0].workflows, ["deploy.yml", "e2e.yml"]);
}

#[test]
fn a_shared_journal_is_where_a_trusted_file_says() {
    let text = "version = 1\n[journal]\ndir = 'team'\n[[service]]\nname = 's'\n\
                [[service.environment]]\nname = 'e'\n";
    let config = parse(text, Path::new("/etc/flightdeck/f.toml")).unwrap();
    assert_eq!(config.journal.as_deref(), Some(Path::new("/etc/flightdeck/team")));
    assert_eq!(config.fleet.scope(), "shared");
    let found = Found {
        path: "/work/flightdeck.toml".into(),
        text: text.to_owned(),
        origin: Origin::WorkingFolder,
    };
    let folder = tempfile::TempDir::new().unwrap();
    let found = load(&found, &Trust::of(folder.path())).unwrap();
    assert_eq!((found.journal.as_deref(), found.fleet.scope()), (None, "local"));
}

#[test]
fn a_registry_is_where_its_name_says_unless_the_file_knows_better() {
    let path = cases("valid").into_iter().find(|path| path.ends_with("images.toml")).unwrap();
    let config = parse_file(&path).unwrap();
    let at = |name: &str| {
        let registry = &config.registries[name];
        let auth = registry.auth.as_ref().map(url::Url::as_str);
        (registry.http.url.as_str(), auth, registry.http.basic.is_some())
    };
    let hub = ("https://registry-1.docker.io/", Some("https://auth.docker.io/"), true);
    assert_eq!(at("registry.docker.io"), hub);
    let mirror = ("http://127.0.0.1:5000/mirror", Some("https://login.example.com/"), false);
    assert_eq!(at("registry.registry.example.com:5000"), mirror);
    assert_eq!(at("registry.localhost:5000"), ("http://localhost:5000/", None, false));
    assert_eq!(config.registries.len(), 3);
}
