//! Any series at any size.

use proptest::prelude::*;

use super::*;

fn reading() -> impl Strategy<Value = Reading> {
    prop_oneof![
        6 => any::<f64>().prop_map(Reading::of),
        6 => (-100.0..100.0).prop_map(Reading::Number),
        1 => Just(Reading::Empty),
        1 => Just(Reading::NotANumber),
    ]
}

/// Readings with the seconds since the one before.
fn samples() -> impl Strategy<Value = Vec<(Time, Value)>> {
    prop::collection::vec((0..90_i64, reading()), 0..60).prop_map(|steps| {
        let mut second = 0;
        let later = |(step, reading)| {
            second += step;
            (at(second), Value::Read(reading))
        };
        steps.into_iter().map(later).collect()
    })
}

proptest! {
    #[test]
    fn fits_its_room(
        one in samples(),
        two in prop::option::of(samples()),
        marks in prop::collection::vec((-100..700_i64, "\\PC{0,9}"), 0..9),
        limit in prop::option::of(any::<f64>()),
        (columns, lines) in (0..130_usize, 0..40_usize),
        (days, ascii) in (0..5_000_i64, any::<bool>()),
    ) {
        let traces = [Some(one), two].into_iter().flatten();
        let mut traces: Vec<_> =
            traces.map(|samples| Trace::new("名", Role::Text, 31.0, samples)).collect();
        traces[0].max = limit;
        let mark = |(second, label)| Mark { at: at(second), glyph: 'P', label, role: Role::Text };
        let marks = marks.into_iter().map(mark).collect();
        let span = Span::new(at(0) - TimeDelta::days(days), noon());
        let size = Size { columns, lines };
        show(&Chart { traces, marks, span, unit: "秒秒" }, size, ascii);
    }

    #[test]
    fn no_line_goes_through_a_hole(samples in samples(), columns in 1..130_usize, ascii: bool) {
        let span = Span::new(at(0), samples.last().map_or(noon(), |(at, _)| *at));
        let column = |at: &Time| span.column(*at, columns);
        let trace = Trace::new("whole", Role::Text, 31.0, samples.clone());
        let chart = Chart { traces: vec![trace], marks: Vec::new(), span, unit: "" };
        let look = Look { theme: &theme(), ascii };
        let canvas = chart.draw(&chart.scale(9), columns, 9, &look);
        let drawn = |x: usize| (0..9).any(|line| !canvas.is_blank(x, line));
        for pair in samples.windows(2) {
            let [(from, a), (to, b)] = pair else { unreachable!() };
            let hole = (*to - *from).num_seconds() > 31;
            let is_number = |value: &Value| matches!(value, Value::Read(Reading::Number(_)));
            if hole || !is_number(a) || !is_number(b) {
                prop_assert!((column(from) + 2..column(to).max(1) - 1).all(|x| !drawn(x)));
            }
            // and nothing that is a number is left out
            prop_assert!(!is_number(a) || (column(from).max(1) - 1..=column(from) + 1).any(drawn));
        }
    }
}
