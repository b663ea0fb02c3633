//! The log of a job: opened, gone about in, searched, saved. The lines come from a file of the test.

use std::io::Write as _;

use super::details::deep;
use super::*;
use crate::control::Reading;
use crate::joblog::{JobLog, Way, scratch};
use crate::model::{Conclusion, JobStep, Status};
use crate::tui::session::Told;

const LOG: &str = "2026-01-01T14:30:01.0000000Z ##[group]Run ./deploy
2026-01-01T14:30:01.1000000Z shell: bash
2026-01-01T14:30:01.2000000Z ##[endgroup]
2026-01-01T14:30:02.0000000Z \u{1b}[32mall is well\u{1b}[0m \u{202e}odd
2026-01-01T14:30:05.0000000Z ##[group]Run ./smoke
2026-01-01T14:30:05.1000000Z ##[endgroup]
2026-01-01T14:30:06.0000000Z GET /search answered 500 and said at some length that there is no index of that name anywhere
2026-01-01T14:30:07.0000000Z ##[error]Process completed with exit code 1.
2026-01-01T14:30:08.0000000Z Cleaning up orphan processes
";

fn steps() -> Vec<JobStep> {
    [("Deploy", "01", Conclusion::Success), ("Smoke test", "05", Conclusion::Failure)]
        .into_iter()
        .zip(1..)
        .map(|((name, second, conclusion), number)| JobStep {
            number,
            name: name.into(),
            status: Status::Completed,
            conclusion: Some(conclusion),
            started_at: Some(format!("2026-01-01T14:30:{second}Z").parse().unwrap()),
            completed_at: None,
        })
        .collect()
}

/// A stage on which the log of a job was asked for and has come, and that answers what is asked of it.
struct Shown {
    stage: Stage,
    log: JobLog,
}

impl Shown {
    fn new() -> Self {
        let mut stage = Stage::new(deep(World::good()));
        stage.picture(120, 40);
        let asked = stage.keys("5 enter j enter L");
        let Some(Intent::Read(Reading::Open { repo, job, .. })) = asked.last() else {
            panic!("no log is asked for: {asked:?}")
        };
        assert_eq!((repo.as_str(), job.name.as_str(), job.id), ("acme/checkout", "test", 2));
        assert!(stage.picture(120, 40).contains("fetching"), "nothing false is shown meanwhile");
        let mut file = scratch().unwrap();
        file.write_all(LOG.as_bytes()).unwrap();
        let log = JobLog::open(file, &steps()).unwrap();
        stage.cockpit.log_told(Told::Ready {
            len: log.len(),
            bytes: log.bytes(),
            cut: false,
            outline: log.outline().clone(),
        });
        Self { stage, log }
    }

    fn picture(&mut self, width: u16, height: u16) -> String {
        self.stage.picture(width, height);
        if let Some(Intent::Read(Reading::Lines(ranges))) = self.stage.cockpit.log_wish() {
            let lines = ranges.into_iter().flat_map(|range| self.log.window(range).unwrap());
            self.stage.cockpit.log_told(Told::Lines(lines.collect()));
        }
        assert_eq!(self.stage.cockpit.log_wish(), None);
        self.stage.picture(width, height)
    }

    fn keys(&mut self, keys: &str) {
        for intent in self.stage.keys(keys) {
            let Intent::Read(Reading::Find { needle, from, forward }) = intent else { continue };
            let way = if forward { Way::Forward } else { Way::Backward };
            let line = self.log.find(&needle, from, way).unwrap();
            let count = self.log.count(&needle).unwrap();
            self.stage.cockpit.log_told(Told::Found { line, count, round: false });
        }
    }
}

#[test]
fn it_opens_at_the_failure_at_every_size() {
    for (width, height) in [(80, 24), (200, 50)] {
        let mut shown = Shown::new();
        let picture = shown.picture(width, height);
        insta::assert_snapshot!(format!("joblog_{width}x{height}"), picture);
        assert!(picture.contains("error: Process completed"), "{picture}");
        assert!(!picture.chars().any(|c| c != '\n' && crate::text::is_hostile(c)), "{picture}");
    }
    let mut shown = Shown::new();
    for (width, height) in [(40, 12), (20, 5), (16, 4), (8, 3), (1, 1)] {
        shown.picture(width, height);
    }
}

#[test]
fn it_folds_searches_and_wraps() {
    let mut shown = Shown::new();
    shown.picture(80, 24);
    shown.keys("-");
    let folded = shown.picture(80, 24);
    assert!(
        folded.contains("▸ 2. Smoke test  failed") && !folded.contains("exit code"),
        "{folded}"
    );
    shown.keys("/");
    shown.stage.type_text("NO INDEX");
    shown.keys("enter");
    let found = shown.picture(80, 24);
    assert!(found.contains("/NO INDEX  1 line"), "{found}");
    assert!(found.contains("GET /search") && !found.contains("anywhere"), "{found}");
    shown.keys("w");
    assert!(shown.picture(80, 24).contains("anywhere"));
    shown.keys("esc n");
    assert!(shown.picture(80, 24).contains("1 error"));
    assert_eq!(shown.stage.key("s"), [Intent::Read(Reading::Save)]);
    assert_eq!(shown.stage.key("esc"), [Intent::Read(Reading::Close)]);
    assert!(shown.picture(120, 40).contains("steps (4)"), "back on the job's page");
}

#[test]
fn a_step_opens_the_log_there_and_without_a_job_there_is_none() {
    let mut stage = Stage::new(deep(World::good()));
    stage.picture(120, 40);
    assert_eq!(stage.keys("L"), []);
    assert!(stage.picture(120, 40).contains("no failed job here"));
    let asked = stage.keys("5 enter j enter G enter");
    assert!(matches!(asked.last(), Some(Intent::Read(Reading::Open { .. }))), "{asked:?}");
    stage
        .cockpit
        .log_told(Told::Failed("GitHub has not the log of job 2: \u{1b}[31mit runs".into()));
    let picture = stage.picture(120, 40);
    assert!(picture.contains("? GitHub has not the log of job 2: it runs"), "{picture}");
    assert_eq!(stage.keys("q"), [Intent::Read(Reading::Close)]);
    assert_eq!(stage.keys("esc esc w"), []);
    assert!(stage.picture(120, 40).contains("only in the log of a job"));
}
