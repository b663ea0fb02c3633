//! Plain output: tables, Markdown, JSON, plans, findings, reports of bugs, complaints.

use flightdeck::cli::doctor::{Finding, Verdict};
use flightdeck::cli::inbox::Inbox;
use flightdeck::cli::status::Status;
use flightdeck::cli::{Format, Output, doctor, journal, plan, runs};
use flightdeck::control::{Request, ask, assess, guard};
use flightdeck::model::{ActionId, Report, Verb};
use flightdeck::store::RepoState;
use flightdeck::tui::terminal::clean_report;
use proptest::prelude::*;

use super::poison::{NOW, ended, store};
use super::{attack, bytes};
use crate::support::build::{at, target};

const FORMATS: [Format; 3] = [Format::Table, Format::Json, Format::Markdown];

/// Prints something in every format and examines it.
fn print(what: &str, print: impl Fn(&mut Output<&mut Vec<u8>>) -> std::io::Result<()>) {
    for format in FORMATS {
        let mut printed = Vec::new();
        print(&mut Output::new(&mut printed, format)).expect("memory takes everything");
        assert!(!printed.is_empty(), "{what}");
        bytes::plain(&format!("{what} as {format:?}"), &printed);
        if format == Format::Json {
            for line in printed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let parsed: Result<serde_json::Value, _> = serde_json::from_slice(line);
                assert!(parsed.is_ok(), "{what}: not JSON");
            }
        }
    }
}

fn examine(text: &str) {
    let now = at(NOW);
    for calm in [false, true] {
        let (store, records) = store(text, calm);
        let status = Status::of(&store, &[], now);
        print("status", |out| status.print(true, out));
        let inbox = Inbox::of(&store, now);
        print("inbox", |out| inbox.print(out));
        let repo = store.repo_of(&store.targets().next().expect("one").spec);
        let found: Vec<_> = repo.into_iter().flat_map(RepoState::all_runs).cloned().collect();
        print("run list", |out| runs::print(&target(), text, &found, now, out));
        print("journal show", |out| journal::print(&records, out));
        for verb in Verb::ALL {
            let id = || ActionId("new".into());
            let mut request = match verb {
                Verb::Do => Request::action(target(), text),
                _ => Request::new(target(), verb),
            };
            request.reason = Some(text.to_owned());
            let refusals = guard(&store, &request, now);
            let refused = Report::refused(id(), target(), verb, refusals);
            print("a refusal", |out| plan::print_report(&refused, out));
            if let Ok(confirmation) = ask(&store, &request, id(), text, now) {
                let mut shown = Vec::new();
                let mut out = Output::new(&mut shown, Format::Table);
                let seen = assess(&store, &target(), now).expect("configured");
                let (plan, seen) = (&confirmation.plan, Some(&seen));
                plan::print_plan(plan, seen, &mut out).expect("memory");
                bytes::plain("a plan", &shown);
                print("a dry run", |out| plan::print_dry_run(plan, seen, out));
            }
        }
    }
    let report = ended(text);
    print("a report", |out| plan::print_report(&report, out));
    let finding = [Finding::new(text, Verdict::Broken, text)];
    print("doctor", |out| doctor::print(&finding, out).map(|_| ()));
    let bug = format!("The application panicked.\nMessage: {text}\nLocation: {text}:1");
    bytes::plain("a panic's report", clean_report(&bug).as_bytes());
    bytes::plain(
        "a bad target",
        text.parse::<flightdeck::model::Target>()
            .map_or_else(
                |error| flightdeck::text::clean(&error.to_string()),
                |target| target.to_string(),
            )
            .as_bytes(),
    );
}

#[test]
fn the_known_attacks() {
    for (name, text) in attack::known() {
        let result = std::panic::catch_unwind(|| examine(&text));
        assert!(result.is_ok(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in attack::text()) {
        examine(&text);
    }

    #[test]
    fn cleaning_is_enough_and_does_nothing_twice(text in attack::text(), max in 0..90usize) {
        let clean = flightdeck::text::clean(&text);
        bytes::characters("clean", &clean);
        prop_assert_eq!(&flightdeck::text::clean(&clean), &clean);
        let line = flightdeck::text::line(&text, max);
        bytes::characters("line", &line);
        prop_assert!(unicode_width::UnicodeWidthStr::width(line.as_str()) <= max);
    }

    #[test]
    fn json_means_the_same_when_it_is_safe(text in attack::text()) {
        let json = serde_json::to_string(&text).expect("text is JSON");
        let safe = flightdeck::text::escape_json(&json);
        bytes::plain("JSON", safe.as_bytes());
        prop_assert_eq!(serde_json::from_str::<String>(&safe).expect("JSON"), text);
    }
}
