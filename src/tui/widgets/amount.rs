//! Numbers as people read them. No data, zero and NaN are three different texts.

/// A count with separators: `4,812`.
#[must_use]
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// About three digits: `0.0042`, `1.24`, `212`, `12,345`. Not rounded to zero.
#[must_use]
pub fn number(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if value.is_nan() => return "NaN".to_owned(),
        _ if value.is_infinite() => return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        _ if size >= 1e15 || (size < 0.0001 && size > 0.0) => return format!("{value:.1e}"),
        _ if size >= 99.95 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.0995 => 2,
        _ if size >= 0.00995 => 3,
        _ => 4,
    };
    let text = format!("{size:.decimals$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    let sign = if value < 0.0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{rest}", grouped(whole))
}

/// A percentage, from 0–100: `0.42 %`, `50 %`. Not rounded to 100 either.
#[must_use]
pub fn percent(percent: f64) -> String {
    if (99.9..100.0).contains(&percent) {
        return "99.9 %".to_owned();
    }
    format!("{} %", number(percent))
}

/// A metric's value in its unit: `ratio` is a percentage, anything else a suffix.
#[must_use]
pub fn value(value: Option<f64>, unit: &str) -> String {
    match (value, unit) {
        (None, _) => "no data".to_owned(),
        (Some(value), "ratio") => percent(value * 100.0),
        (Some(value), "") => number(value),
        (Some(value), unit) => format!("{} {}", number(value), crate::text::line(unit, 8)),
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (n, text) in [(0, "0"), (999, "999"), (4_812, "4,812"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), text);
        }
    }

    #[test]
    fn numbers() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.42, "0.42"),
            (0.0042, "0.0042"),
            (0.01, "0.01"),
            (0.099_9, "0.1"),
            (0.000_05, "5.0e-5"),
            (1.0, "1"),
            (1.239, "1.24"),
            (9.999, "10"),
            (12.34, "12.3"),
            (99.97, "100"),
            (212.4, "212"),
            (12_345.6, "12,346"),
            (-1_500.0, "-1,500"),
            (1e20, "1.0e20"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn percentages_do_not_promise_too_much() {
        for (value, text) in
            [(0.0, "0 %"), (0.42, "0.42 %"), (49.21, "49.2 %"), (99.97, "99.9 %"), (100.0, "100 %")]
        {
            assert_eq!(percent(value), text);
        }
    }

    #[test]
    fn values_in_their_units() {
        assert_eq!(value(Some(0.0042), "ratio"), "0.42 %");
        assert_eq!(value(Some(212.0), "ms"), "212 ms");
        assert_eq!(value(Some(3.0), ""), "3");
        assert_eq!(value(Some(f64::NAN), "ratio"), "NaN %");
        assert_eq!(value(None, "ms"), "no data");
        assert_eq!(value(Some(1.0), "\u{1b}[2Jx\u{202e}"), "1 x\u{fffd}");
    }
}
