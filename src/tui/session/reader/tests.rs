//! Going about in a log of two steps with a group each.

use super::*;
use crate::joblog::Kind;

fn section(name: &str, step: Option<u64>, failed: bool, lines: Range<u64>) -> Section {
    Section { name: name.into(), step, failed, lines }
}

fn reader(step: Option<&str>) -> Reader {
    let mut reader = Reader::new("staging", step.map(str::to_owned));
    reader.size = (80, 6);
    let outline = Outline {
        steps: vec![
            section("Deploy", Some(1), false, 0..10),
            section("Smoke", Some(2), true, 10..40),
        ],
        groups: vec![section("env", None, false, 2..6), section("get", None, false, 20..30)],
        errors: vec![38],
        error_count: 1,
    };
    reader.told(Told::Ready { len: 42, bytes: 999, cut: false, outline });
    reader
}

fn spot(line: u64, is_line: bool) -> Place {
    Place { line, is_line }
}

#[test]
fn it_opens_at_the_failure_with_something_of_what_led_there() {
    let mut log = reader(None);
    assert_eq!((log.cursor, log.top), (spot(38, true), spot(34, true)));
    let wish = log.wish().unwrap();
    assert_eq!((wish.len(), wish[0].clone()), (1, 28..42));
    assert_eq!(log.wish(), None, "asked for already");
    assert_eq!(reader(Some("Deploy")).top, spot(0, false));
    assert_eq!(reader(Some("Smoke")).cursor, spot(38, true));
}

#[test]
fn going_there_and_back_passes_the_same_places() {
    let mut log = reader(None);
    for folds in [false, true] {
        if folds {
            log.cursor = spot(3, true);
            log.fold();
            assert_eq!(log.cursor, spot(2, true));
        }
        let first = spot(0, false);
        let down: Vec<Place> = std::iter::successors(Some(first), |at| log.below(*at)).collect();
        let last = *down.last().unwrap();
        let mut up: Vec<Place> = std::iter::successors(Some(last), |at| log.above(*at)).collect();
        up.reverse();
        assert_eq!(down, up);
        assert_eq!(down.len(), if folds { 44 - 3 } else { 44 });
    }
}

#[test]
fn folds_hide_and_a_jump_opens_them() {
    let mut log = reader(None);
    log.fold_all();
    assert_eq!(log.sight().collect::<Vec<_>>().len(), 3, "a head, two lines of no step");
    assert_eq!(log.cursor, spot(10, false));
    log.go(1);
    assert_eq!(log.cursor, spot(40, true));
    log.next_error(true);
    assert_eq!(log.cursor, spot(38, true));
    assert!(!log.is_folded(spot(10, false)) && log.is_folded(spot(0, false)));
    log.go_to_end(false);
    assert_eq!(log.cursor, spot(0, false));
    log.fold();
    log.go_to_end(true);
    assert_eq!(log.cursor, spot(41, true));
}

#[test]
fn lines_come_when_they_come() {
    let mut log = reader(None);
    let line = |number| Line { number, at: None, kind: Kind::Plain, text: "x".into(), cut: None };
    let wish = log.wish().unwrap();
    log.told(Told::Lines(wish.into_iter().flatten().map(line).collect()));
    assert!(log.line(38).is_some() && log.line(3).is_none());
    assert_eq!(log.wish(), None);
    log.go(-3);
    assert_eq!(log.wish(), None, "what is near has come too");
    log.told(Told::Found { line: Some(21), count: 2, round: true });
    assert_eq!((log.cursor, log.found.as_str()), (spot(21, true), "2 lines, went round the end"));
    assert!(log.wish().is_some());
    log.told(Told::Failed("gone".into()));
    assert_eq!(log.sight().count(), 0);
}
