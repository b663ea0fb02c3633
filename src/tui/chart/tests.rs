//! Charts as text.

mod any;
mod subjects;

use chrono::TimeDelta;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;
use crate::model::Reading;
use crate::tui::theme::{Depth, Theme};
use trace::Value;

const WIDE: Size = Size { columns: 80, lines: 14 };

fn noon() -> Time {
    "2026-01-01T14:32:07Z".parse().unwrap()
}

/// Lines as the screen shows them.
fn buffer(rows: &[Row], size: Size) -> Buffer {
    assert!(rows.len() <= size.lines, "{} lines of {}", rows.len(), size.lines);
    let mut buf = Buffer::empty(Rect::new(0, 0, size.columns as u16, size.lines as u16));
    for (y, row) in rows.iter().enumerate() {
        assert!(row.width() <= size.columns);
        row.draw((0, y as u16), &theme(), None, &mut buf);
    }
    buf
}

fn theme() -> Theme {
    Theme::built_in(Depth::True)
}

fn picture(rows: &[Row], size: Size) -> String {
    let buf = buffer(rows, size);
    let line = |y| -> String {
        (0..size.columns as u16).map(|x| buf.cell((x, y)).unwrap().symbol()).collect()
    };
    (0..rows.len() as u16).map(|y| line(y).trim_end().to_owned() + "\n").collect()
}

fn show(chart: &Chart<'_>, size: Size, ascii: bool) -> String {
    picture(&chart.rows(size, &Look { theme: &theme(), ascii }), size)
}

fn at(second: i64) -> Time {
    noon() - TimeDelta::seconds(600 - second)
}

/// Readings every ten seconds of ten minutes, by their number; none where there was none.
fn trace<R: Into<Option<Reading>>>(name: &str, of: impl Fn(i32) -> R) -> Trace {
    let read = |n| Some((at(i64::from(n) * 10), Value::Read(of(n).into()?)));
    let samples = (0..=60).filter_map(read);
    let role = if name == "stable" { Role::Stable } else { Role::Candidate };
    Trace::new(name, role, 31.0, samples)
}

fn chart(traces: Vec<Trace>) -> Chart<'static> {
    Chart { traces, marks: Vec::new(), span: Span::new(at(0), noon()), unit: "ratio" }
}

fn limited<R: Into<Option<Reading>>>(of: impl Fn(i32) -> R) -> Trace {
    let mut trace = trace("candidate", of);
    trace.max = Some(0.01);
    trace
}

fn wave(n: i32) -> Reading {
    Reading::Number(0.004 + 0.002 * (f64::from(n) / 5.0).sin())
}

fn stable() -> Trace {
    trace("stable", |n| Reading::Number(0.001 + 0.0002 * f64::from(n % 3)))
}

fn bad(n: i32) -> Reading {
    Reading::Number(if n < 30 { 0.003 } else { 0.003 + 0.0008 * f64::from(n - 30) })
}

#[test]
fn good_and_bad() {
    insta::assert_snapshot!("good", show(&chart(vec![limited(wave), stable()]), WIDE, false));
    let mut released = chart(vec![limited(bad), stable()]);
    let mark = |at, glyph, label: &str| Mark { at, glyph, label: label.into(), role: Role::Text };
    released.marks = vec![
        mark(at(-50), 'P', "long ago"),
        mark(at(280), 'P', "promote 50 %"),
        mark(at(430), '!', "P1 HighErrorRate"),
    ];
    insta::assert_snapshot!("bad", show(&released, WIDE, false));
    insta::assert_snapshot!("bad-ascii", show(&released, WIDE, true));
    assert!(show(&released, WIDE, true).is_ascii());
}

#[test]
fn what_is_missing_is_not_drawn_and_has_a_name() {
    let holes = limited(|n| match n {
        10..=18 => None,
        25..=32 => Some(Reading::NotANumber),
        40..=42 => Some(Reading::PlusInfinity),
        48 => Some(Reading::MinusInfinity),
        52.. => Some(Reading::Empty),
        _ => Some(wave(n)),
    });
    let holes = chart(vec![holes, stable()]);
    insta::assert_snapshot!("holes", show(&holes, WIDE, false));
    insta::assert_snapshot!("holes-ascii", show(&holes, WIDE, true));
    let ended = chart(vec![trace("whole", |n| (n < 40).then_some(Reading::Number(0.0)))]);
    insta::assert_snapshot!("zero-then-nothing", show(&ended, WIDE, false));
}

#[test]
fn a_single_reading_and_a_constant_are_seen() {
    let single = chart(vec![trace("whole", |n| (n == 59).then_some(Reading::Number(0.2)))]);
    insta::assert_snapshot!("single", show(&single, WIDE, false));
    let constant = chart(vec![trace("whole", |_| Reading::Number(0.004))]);
    insta::assert_snapshot!("constant", show(&constant, WIDE, false));
}

#[test]
fn nothing_to_draw_is_said_in_words() {
    let say =
        |of: &dyn Fn(i32) -> Option<Reading>| show(&chart(vec![trace("whole", of)]), WIDE, false);
    let mut failed = trace("whole", |_| None);
    failed.fault = Some("502 from prometheus".into());
    insta::assert_snapshot!(
        "silence",
        [
            say(&|_| None),
            say(&|_| Some(Reading::Empty)),
            say(&|_| Some(Reading::NotANumber)),
            say(&|n| Some(if n % 2 == 0 { Reading::NotANumber } else { Reading::Empty })),
            show(&chart(vec![failed]), WIDE, false),
            show(&chart(Vec::new()), WIDE, false),
        ]
        .concat()
    );
}

#[test]
fn what_there_is_no_room_for_goes_in_order() {
    let chart = chart(vec![limited(bad), stable()]);
    let mut all = String::new();
    for (columns, lines) in [(40, 9), (24, 6), (16, 4), (12, 3), (10, 2), (6, 1), (1, 1)] {
        let size = Size { columns, lines };
        all += &format!("{columns}x{lines}\n{}", show(&chart, size, false));
    }
    insta::assert_snapshot!("sizes", all);
}

#[test]
fn two_limits_and_a_long_unit() {
    let mut both = limited(wave);
    both.min = Some(0.0099);
    let mut both = chart(vec![both]);
    both.unit = "requests per second";
    insta::assert_snapshot!("two-limits", show(&both, WIDE, false));
}

#[test]
fn only_what_breaks_the_limit_is_critical() {
    let chart = chart(vec![limited(bad)]);
    let rows = chart.rows(WIDE, &Look { theme: &theme(), ascii: false });
    let buf = buffer(&rows, WIDE);
    let critical: Style = theme().style(Role::Critical);
    let is_critical = |x, y| buf.cell((x, y)).unwrap().style().fg == critical.fg;
    let columns: Vec<u16> = (0..80).filter(|x| (0..11).any(|y| is_critical(*x, y))).collect();
    // 0.01 is passed between the 38th and the 39th reading of sixty
    assert_eq!(columns, (columns[0]..80).collect::<Vec<u16>>());
    let share = f64::from(columns[0] - 8) / 71.0;
    assert!((0.62..0.67).contains(&share), "{share}");
}
