//! Logs as they come, and as nobody should send them.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;

use super::*;
use crate::model::{Conclusion, Status};
use crate::text::is_hostile;

fn open(bytes: &[u8]) -> JobLog {
    with_steps(bytes, &[])
}

fn with_steps(bytes: &[u8], steps: &[JobStep]) -> JobLog {
    let mut file = scratch().unwrap();
    file.write_all(bytes).unwrap();
    JobLog::open(file, steps).unwrap()
}

fn spans(ranges: &[Range<u64>]) -> Vec<(u64, u64)> {
    ranges.iter().map(|range| (range.start, range.end)).collect()
}

fn texts(log: &JobLog) -> Vec<String> {
    log.window(0..log.len()).unwrap().into_iter().map(|line| line.text).collect()
}

fn step(number: u64, name: &str, started: &str, conclusion: Conclusion) -> JobStep {
    JobStep {
        number,
        name: name.into(),
        status: Status::Completed,
        conclusion: Some(conclusion),
        started_at: Some(format!("2026-01-01T00:00:{started}Z").parse().unwrap()),
        completed_at: None,
    }
}

const JOB: &str = "\u{feff}2026-01-01T00:00:01.1000000Z Current runner version: '2.330.0'
2026-01-01T00:00:01.2000000Z ##[group]Operating System
2026-01-01T00:00:01.3000000Z Ubuntu
2026-01-01T00:00:01.4000000Z ##[endgroup]
2026-01-01T00:00:03.9000000Z Complete job name: staging
2026-01-01T00:00:04.0100000Z still setting up
2026-01-01T00:00:04.1000000Z ##[group]Run ./smoke
2026-01-01T00:00:04.2000000Z \u{1b}[36;1m./smoke\u{1b}[0m
2026-01-01T00:00:04.3000000Z ##[endgroup]
2026-01-01T00:00:05.0000000Z 10 %\r50 %\r100 %\r
2026-01-01T00:00:06.0000000Z GET /search\t503
2026-01-01T00:00:07.0000000Z ##[error]Process completed with exit code 1.
2026-01-01T00:00:08.5000000Z ##[group]Run ./clean
2026-01-01T00:00:08.6000000Z ##[command]/usr/bin/true
";

fn job() -> JobLog {
    let steps = [
        step(1, "Set up job", "01", Conclusion::Success),
        step(2, "Smoke test", "04", Conclusion::Failure),
        step(3, "Report", "08", Conclusion::Skipped),
        step(4, "Clean up", "08", Conclusion::Success),
    ];
    with_steps(JOB.as_bytes(), &steps)
}

#[test]
fn a_log_is_its_steps_groups_and_errors() {
    let log = job();
    let outline = log.outline();
    let of = |sections: &[Section]| -> Vec<_> {
        sections.iter().map(|s| (s.name.clone(), s.lines.clone(), s.failed)).collect()
    };
    assert_eq!(
        of(&outline.steps),
        [
            ("Set up job".to_owned(), 0..6, false),
            ("Smoke test".to_owned(), 6..12, true),
            ("Clean up".to_owned(), 12..14, false),
        ]
    );
    assert_eq!(
        of(&outline.groups),
        [
            ("Operating System".to_owned(), 1..4, false),
            ("Run ./smoke".to_owned(), 6..9, false),
            ("Run ./clean".to_owned(), 12..14, false),
        ]
    );
    assert_eq!((outline.errors.as_slice(), outline.error_count), (&[11][..], 1));
    assert_eq!(outline.failure(), Some(11));
    assert_eq!(spans(&outline.failed(log.len())), [(6, 12)]);
    assert_eq!(outline.step_at(11).map(|step| step.step), Some(Some(2)));
    assert_eq!(outline.group_at(7).map(|group| group.lines.start), Some(6));
    assert_eq!(outline.group_at(9), None);
}

#[test]
fn a_line_is_shown_without_its_time_and_marks() {
    let log = job();
    let lines = log.window(0..100).unwrap();
    let shown: Vec<_> = lines.iter().map(|line| (line.kind, line.text.as_str())).collect();
    assert_eq!(shown[0], (Kind::Plain, "Current runner version: '2.330.0'"));
    assert_eq!(shown[1], (Kind::Group, "Operating System"));
    assert_eq!(shown[3], (Kind::EndGroup, ""));
    assert_eq!(shown[7], (Kind::Plain, "./smoke"));
    assert_eq!(shown[9], (Kind::Plain, "100 %"));
    assert_eq!(shown[10], (Kind::Plain, "GET /search    503"));
    assert_eq!(shown[11], (Kind::Error, "error: Process completed with exit code 1."));
    assert_eq!(shown[13], (Kind::Command, "$ /usr/bin/true"));
    assert_eq!(lines[11].at, Some("2026-01-01T00:00:07Z".parse().unwrap()));
}

#[test]
fn without_steps_the_failure_is_the_first_error() {
    let log = open(JOB.as_bytes());
    assert!(log.outline().steps.is_empty());
    assert_eq!(log.outline().failure(), Some(11));
    assert_eq!(spans(&log.outline().failed(log.len())), [(6, 14)]);
    let good = open(b"all\nwell\n");
    assert_eq!(good.outline().failure(), None);
    assert!(good.outline().failed(2).is_empty());
}

#[test]
fn a_step_without_any_line_of_its_own_does_not_shift_the_others() {
    let steps = [
        step(1, "Set up job", "01", Conclusion::Success),
        step(2, "Silent", "02", Conclusion::Success),
        step(3, "Silent too", "02", Conclusion::Failure),
        step(4, "Smoke test", "03", Conclusion::Success),
    ];
    let log = with_steps(JOB.as_bytes(), &steps);
    let names: Vec<_> = log.outline().steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["Set up job", "Silent too", "Smoke test"]);
    assert_eq!(log.outline().failure(), Some(log.outline().steps[1].lines.start));
}

#[test]
fn what_the_runner_does_afterwards_is_no_part_of_the_step_that_failed() {
    let log = format!("{JOB}2026-01-01T00:00:09.0000000Z Post job cleanup.\n");
    let steps = [step(2, "Smoke test", "04", Conclusion::Failure)];
    let log = with_steps(log.as_bytes(), &steps);
    assert_eq!(spans(&log.outline().failed(log.len())), [(5, 14)]);
    assert_eq!(log.outline().step_at(14), None);
}

#[test]
fn search_goes_both_ways_and_counts() {
    let log = job();
    assert_eq!(log.find("RUN ./", 0, Way::Forward).unwrap(), Some(6));
    assert_eq!(log.find("run ./", 7, Way::Forward).unwrap(), Some(12));
    assert_eq!(log.find("run ./", 13, Way::Forward).unwrap(), None);
    assert_eq!(log.find("run ./", 100, Way::Backward).unwrap(), Some(12));
    assert_eq!(log.find("run ./", 11, Way::Backward).unwrap(), Some(6));
    assert_eq!(log.find("run ./", 5, Way::Backward).unwrap(), None);
    assert_eq!(log.count("run ./").unwrap(), 2);
    assert_eq!(log.find("error: process", 0, Way::Forward).unwrap(), Some(11));
    // neither what is not shown nor nothing at all
    for absent in ["2026", "36;1m", "50 %", ""] {
        assert_eq!(
            (log.find(absent, 0, Way::Forward).unwrap(), log.count(absent).unwrap()),
            (None, 0)
        );
    }
    assert_eq!(open(b"").find("x", 9, Way::Backward).unwrap(), None);
}

#[test]
fn hostile_bytes_are_clean_where_shown_and_saved_as_they_came() {
    let mut bytes = Vec::new();
    for line in [
        &b"\x1b]52;c;ZXZpbA==\x07after"[..],
        b"\x9b31mred \xff\xfe\x00 end",
        b"\xe2\x80\xae reversed",
        b"##[group]\x1b[2Jname",
        b"##[error]",
        b"2026-01-01T00:00:00.0000000Z",
        b"\r\r\r",
        b"",
    ] {
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    bytes.extend(std::iter::repeat_n(b"a\x1b[31mb".as_slice(), 1_500_000).flatten());
    bytes.extend_from_slice(b"needle\nlast");
    let log = open(&bytes);
    let lines = log.window(0..20).unwrap();
    assert_eq!(lines.len(), 10);
    for line in &lines {
        assert!(!line.text.chars().any(is_hostile), "{:?}", line.text);
        assert!(line.text.len() <= 3 * SHOWN);
    }
    assert_eq!((lines[0].text.as_str(), lines[5].text.as_str()), ("after", ""));
    assert_eq!(lines[8].cut, Some(1_500_000 * 7 + 7));
    assert_eq!((lines[9].text.as_str(), lines[9].cut), ("last", None));
    assert_eq!(log.outline().groups[0].name, "name");
    assert_eq!(log.find("bneedle", 0, Way::Forward).unwrap(), Some(8));

    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("log");
    assert_eq!(log.save(&to).unwrap(), bytes.len() as u64);
    assert_eq!(std::fs::read(&to).unwrap(), bytes);
    assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(log.save(&to).is_err(), "nothing is overwritten");
    assert_eq!(std::fs::read(&to).unwrap(), bytes);
}

#[test]
fn a_match_across_pieces_of_a_long_line_is_found() {
    for before in [65_530, 65_536, 131_070] {
        let line = format!("{}needle{}\n", "x".repeat(before), "y".repeat(70_000));
        let log = open(format!("{line}short\n").as_bytes());
        assert_eq!(log.find("NEEDLE", 0, Way::Forward).unwrap(), Some(0), "{before}");
        assert_eq!(log.find("short", 0, Way::Forward).unwrap(), Some(1), "{before}");
        assert_eq!(log.count("needle").unwrap(), 1, "{before}");
    }
}

#[test]
fn the_file_has_no_name_and_heads_without_end_are_bounded() {
    let log = open("##[group]x\n##[error]y\n".repeat(20_000).as_bytes());
    let outline = log.outline();
    assert_eq!((outline.groups.len(), outline.errors.len()), (10_000, 1_000));
    assert_eq!((outline.error_count, log.len()), (20_000, 40_000));
    assert_eq!(std::os::unix::fs::MetadataExt::nlink(&log.file.metadata().unwrap()), 0);
    assert_eq!(log.window(0..40_000).unwrap().len() as u64, WINDOW);
}

fn naive(bytes: &[u8]) -> Vec<String> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    let head = |line: &&[u8]| {
        let (_, said) = line::split(&line[..line.len().min(SHOWN)]);
        line::shown(said).1.into_owned()
    };
    lines.iter().map(head).collect()
}

proptest! {
    #[test]
    fn a_window_is_what_splitting_gives(
        lines in proptest::collection::vec(
            prop_oneof![
                "[a-z ]{0,8}".prop_map(String::into_bytes),
                proptest::collection::vec(any::<u8>(), 0..40),
                (0..9_000_usize).prop_map(|len| vec![b'x'; len]),
            ],
            0..200,
        ),
        ends in any::<bool>(),
        at in 0..220_u64,
        many in 0..80_u64,
    ) {
        let mut bytes = lines.join(&b'\n');
        if ends {
            bytes.push(b'\n');
        }
        let log = open(&bytes);
        let expected = naive(&bytes);
        prop_assert_eq!(log.len(), expected.len() as u64);
        let window: Vec<_> =
            log.window(at..at + many).unwrap().into_iter().map(|line| line.text).collect();
        let from = (at as usize).min(expected.len());
        let to = ((at + many) as usize).min(expected.len());
        prop_assert_eq!(&window, &expected[from..to]);
        prop_assert!(window.iter().all(|text| !text.chars().any(is_hostile)));
    }

    #[test]
    fn a_search_is_what_looking_at_every_line_gives(
        lines in proptest::collection::vec("[abAB\r\u{1b}é#\\[\\]]{0,12}", 0..150),
        needle in "[abé]{1,3}",
        from in 0..160_u64,
    ) {
        let log = open(lines.join("\n").as_bytes());
        let hits: Vec<u64> = (0..)
            .zip(texts(&log))
            .filter(|(_, text)| text.to_lowercase().contains(&needle.to_lowercase()))
            .map(|(number, _)| number)
            .collect();
        prop_assert_eq!(log.count(&needle).unwrap(), hits.len() as u64);
        let after = hits.iter().copied().find(|hit| *hit >= from);
        prop_assert_eq!(log.find(&needle, from, Way::Forward).unwrap(), after);
        let before = hits.iter().copied().rfind(|hit| *hit <= from);
        prop_assert_eq!(log.find(&needle, from, Way::Backward).unwrap(), before);
    }
}
