//! Durations as people write them: `500ms`, `30s`, `1h30m`.

use std::fmt::Write as _;
use std::time::Duration;

/// The longest that is taken: a year.
const LONGEST_MS: u64 = 366 * 24 * 60 * 60 * 1000;

/// Reads `500ms`, `5s`, `15m`, `1h30m`, `7d`: whole numbers with units, the larger unit first.
///
/// # Errors
/// A sentence that says what would do.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a duration such as \"500ms\", \"30s\", \"15m\" or \"1h30m\"".to_owned();
    let mut rest = text.trim();
    let mut total: u64 = 0;
    let mut last = u64::MAX;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let (unit, tail) = tail.split_at(letters);
        let scale = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        if scale >= last {
            return Err(wrong());
        }
        let part = number.parse::<u64>().map_err(|_| wrong())?;
        total = part
            .checked_mul(scale)
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= LONGEST_MS)
            .ok_or("write at most a year, \"366d\"")?;
        last = scale;
        rest = tail;
    }
    Ok(Duration::from_millis(total))
}

/// Writes a duration the way it is read, exact to the millisecond.
#[must_use]
pub fn show_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut out = String::new();
    for (unit, scale) in
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
    {
        if rest >= scale {
            let _ = write!(out, "{}{unit}", rest / scale);
            rest %= scale;
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, ms) in [
            ("0s", 0),
            ("500ms", 500),
            ("5s", 5000),
            ("15m", 900_000),
            ("1h30m", 5_400_000),
            ("1d2h3m4s5ms", 93_784_005),
            (" 2s ", 2000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(ms)), "{text}");
            assert_eq!(show_duration(Duration::from_millis(ms)), text.trim());
        }
        for bad in [
            "",
            "5",
            "s",
            "5 s",
            "-5s",
            "1.5h",
            "5x",
            "1m1h",
            "1s1s",
            "5S",
            "400d",
            "99999999999999999999s",
            "１s",
        ] {
            assert!(parse_duration(bad).is_err(), "{bad:?}");
        }
    }
}
