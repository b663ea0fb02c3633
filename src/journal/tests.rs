//! The journal on real files: what is written is read back, by others too, and modes and faults.

mod chain;
mod flight;
mod lost;
mod on_thread;

use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta};
use tempfile::TempDir;

use super::*;
use crate::model::{Outcome, Plan, Report, Verb};

/// A clock that is set.
#[derive(Debug, Default)]
struct Set(AtomicI64);

impl Set {
    fn add(&self, time: TimeDelta) {
        self.0.fetch_add(time.num_seconds(), Ordering::Relaxed);
    }
}

impl Clock for Set {
    fn now(&self) -> Time {
        DateTime::from_timestamp(1_800_000_000 + self.0.load(Ordering::Relaxed), 0).unwrap()
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &TempDir) -> Journal {
    open_at(folder, &Arc::new(Set::default()))
}

fn open_at(folder: &TempDir, clock: &Arc<Set>) -> Journal {
    let clock: Arc<dyn Clock> = Arc::<Set>::clone(clock);
    Journal::open(folder.path(), "ana@desk".to_owned(), clock).unwrap()
}

fn target() -> Target {
    "checkout/production".parse().unwrap()
}

fn changed(reason: &str) -> RecordKind {
    RecordKind::Changed {
        target: target(),
        from: "ok".to_owned(),
        to: "attention".to_owned(),
        reasons: vec![reason.to_owned()],
    }
}

fn plan(action: &str, verb: Verb) -> Plan {
    Plan {
        action: ActionId(action.to_owned()),
        target: target(),
        verb,
        name: None,
        subject: None,
        full: false,
        from: Some("1.4.1".into()),
        to: Some("1.4.2".into()),
        candidate: Some("1.4.2".into()),
        from_weight: Some(10.0),
        to_weight: Some(100.0 / 3.0),
        calls: Vec::new(),
        before: None,
        after: None,
        overrides: Vec::new(),
        reason: Some("a\nb\u{1b}[31m\u{202e} ü".to_owned()),
        notes: Vec::new(),
        ahead: Vec::new(),
        read_at: None,
        alarm: None,
        verify_ms: 10_000,
        within_ms: None,
    }
}

fn outcome(action: &str, verb: Verb) -> RecordKind {
    let mut report = Report::refused(ActionId(action.to_owned()), target(), verb, Vec::new());
    report.outcome = Outcome::Seen;
    RecordKind::Outcome { report: Box::new(report), followed_up: false }
}

fn bytes(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join("journal.jsonl")).unwrap()
}

fn seqs(fresh: &Fresh) -> Vec<u64> {
    fresh.records.iter().map(|record| record.seq).collect()
}

#[test]
fn every_kind_is_written_and_read_back() {
    let folder = folder();
    let mut journal = open(&folder);
    let kinds = [
        RecordKind::Intent { plan: Box::new(plan("a", Verb::Promote)) },
        outcome("a", Verb::Promote),
        RecordKind::FirstSight { target: target(), candidate: None, weight: 12.5 },
        RecordKind::Completed { target: target(), candidate: Some("1.4.2".into()) },
        changed("P1 HighErrorRate"),
    ];
    let written: Vec<Record> =
        kinds.into_iter().map(|kind| journal.append(kind).unwrap()).collect();
    let fresh = Tail::new(folder.path()).read_new().unwrap();
    assert_eq!(fresh.records, written);
    assert_eq!(seqs(&fresh), [1, 2, 3, 4, 5]);
    assert_eq!(fresh.records[0].operator, "ana@desk");
    assert_eq!(&fresh.records[0].writer, journal.writer());
    let found = verify(folder.path()).unwrap();
    assert!(found.is_sound() && found.notes.is_empty(), "{found:?}");
    assert_eq!(found.lines, 5);
}

#[test]
fn a_tail_waits_for_the_newline_and_keeps_the_order() {
    let folder = folder();
    let mut tail = Tail::new(folder.path().join("not-there-yet"));
    assert_eq!(tail.read_new().unwrap(), Fresh::default());
    let (mut one, mut two) = (open(&folder), open(&folder));
    let mut tail = Tail::new(folder.path());
    one.append(changed("1")).unwrap();
    two.append(changed("2")).unwrap();
    assert_eq!(seqs(&tail.read_new().unwrap()), [1, 2]);
    assert_eq!(tail.read_new().unwrap(), Fresh::default());
    one.append(changed("3")).unwrap();
    let whole = bytes(&folder);
    fs::write(folder.path().join("journal.jsonl"), &whole[..whole.len() - 1]).unwrap();
    assert_eq!(tail.read_new().unwrap(), Fresh::default());
    fs::write(folder.path().join("journal.jsonl"), &whole).unwrap();
    assert_eq!(seqs(&tail.read_new().unwrap()), [3]);
}

#[test]
fn a_tail_survives_a_shorter_file_a_new_one_and_lines_that_are_none() {
    let folder = folder();
    let path = folder.path().join("journal.jsonl");
    let mut journal = open(&folder);
    let mut tail = Tail::new(folder.path());
    for reason in ["1", "2", "3"] {
        journal.append(changed(reason)).unwrap();
    }
    assert_eq!(seqs(&tail.read_new().unwrap()), [1, 2, 3]);
    let whole = bytes(&folder);
    let end_of_two = whole[..whole.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    fs::write(&path, &whole[..end_of_two]).unwrap();
    let fresh = tail.read_new().unwrap();
    assert!(fresh.shrunk && fresh.records.is_empty());
    journal.append(changed("4")).unwrap();
    assert_eq!(seqs(&tail.read_new().unwrap()), [4]);

    let mut garbled = bytes(&folder);
    garbled.extend(b"not a record\n");
    fs::write(&path, &garbled).unwrap();
    assert_eq!(tail.read_new().unwrap().unreadable, [4]);

    fs::remove_file(&path).unwrap();
    fs::remove_file(folder.path().join("journal.head")).unwrap();
    assert!(tail.read_new().unwrap().shrunk);
    journal.append(changed("a new one")).unwrap();
    assert_eq!(seqs(&tail.read_new().unwrap()), [1]);
}

#[test]
fn many_threads_write_one_chain() {
    const WRITERS: u64 = 4;
    const LINES: u64 = 15;
    let folder = folder();
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let mut journal = open(&folder);
                for number in 0..LINES {
                    journal.append(changed(&number.to_string())).unwrap();
                }
            });
        }
    });
    let fresh = Tail::new(folder.path()).read_new().unwrap();
    let expected: Vec<u64> = (1..=WRITERS * LINES).collect();
    assert_eq!(seqs(&fresh), expected);
    let found = verify(folder.path()).unwrap();
    assert!(found.is_sound() && found.notes.is_empty(), "{found:?}");
    let writers = fs::read_dir(folder.path().join("writers")).unwrap();
    assert_eq!(writers.count(), 0, "each removed its own file");
}

#[test]
fn what_cannot_be_read_back_is_not_written() {
    let folder = folder();
    let mut journal = open(&folder);
    let endless = RecordKind::FirstSight { target: target(), candidate: None, weight: f64::NAN };
    assert!(matches!(journal.append(endless), Err(JournalError::Unwritable { .. })));
    journal.append(changed("1")).unwrap();
    assert!(verify(folder.path()).unwrap().is_sound());
}

#[test]
fn a_head_that_cannot_be_written_takes_the_line_back() {
    let folder = folder();
    let mut journal = open(&folder);
    journal.append(changed("1")).unwrap();
    let before = bytes(&folder);
    // a folder in the way of the temporary file stands for a full disk, for every user
    let way = folder.path().join("journal.head.new");
    fs::create_dir(&way).unwrap();
    let error = journal.begin(plan("a", Verb::Promote)).unwrap_err();
    assert!(error.to_string().contains("journal.head"), "{error}");
    assert_eq!(bytes(&folder), before);
    fs::remove_dir(&way).unwrap();
    assert!(matches!(journal.begin(plan("b", Verb::Promote)), Ok(Begun::Written(_))));
    assert!(verify(folder.path()).unwrap().is_sound());
}

#[test]
fn a_place_that_is_no_folder_is_an_error_with_its_path() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Set::default());
    let error = Journal::open(&file, "ana".to_owned(), clock).err().unwrap();
    assert!(error.to_string().contains(file.to_str().unwrap()));
    assert!(serde_json::to_string(&error).unwrap().starts_with(r#"{"io":"#));
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = folder();
    let path = parent.path().join("state/flightdeck");
    let clock: Arc<dyn Clock> = Arc::new(Set::default());
    let mut journal = Journal::open(&path, "ana".to_owned(), clock).unwrap();
    journal.append(changed("1")).unwrap();
    let mode = |name: &str| fs::metadata(path.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("."), mode("writers")), (0o700, 0o700));
    for name in ["journal.jsonl", "journal.head", "journal.lock"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
}
