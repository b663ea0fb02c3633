//! How long things take, as people say it.

/// How long something took, from milliseconds: `0.4 ms`, `34 ms`, `1.24 s`.
#[must_use]
pub fn millis(ms: f64) -> String {
    if ms >= 999.5 {
        format!("{} s", super::number(ms / 1000.0))
    } else if ms >= 9.95 {
        format!("{ms:.0} ms")
    } else {
        format!("{} ms", super::number((ms * 10.0).round() / 10.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds() {
        for (ms, text) in [
            (0.0, "0 ms"),
            (0.44, "0.4 ms"),
            (9.96, "10 ms"),
            (34.2, "34 ms"),
            (999.4, "999 ms"),
            (999.6, "1 s"),
            (1_240.0, "1.24 s"),
            (f64::NAN, "NaN ms"),
        ] {
            assert_eq!(millis(ms), text);
        }
    }
}
