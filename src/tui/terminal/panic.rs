//! What a panic leaves on the terminal: first our modes are undone, then the report is printed, clean.

use std::io::Write as _;

use color_eyre::config::{HookBuilder, Theme};

/// How much of a report is printed.
const LINES: usize = 300;
const COLUMNS: usize = 400;

/// Installs the hooks for panics and for error reports. Before the terminal is entered, and once.
///
/// # Errors
/// When another hook for reports is installed already.
pub fn install_panic_hook() -> color_eyre::Result<()> {
    let (panic, report) = HookBuilder::new()
        .theme(Theme::new())
        .display_env_section(false)
        .panic_section(
            "this is a bug in flightdeck; actions that were under way are in the journal",
        )
        .into_hooks();
    report.install()?;
    std::panic::set_hook(Box::new(move |info| {
        super::leave_for_panic();
        let text = clean_report(&panic.panic_report(info).to_string());
        // Nothing is left to tell when even this fails.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }));
    Ok(())
}

/// A report, of a panic or an error, whose text may come from outside: safe to print, and bounded.
#[must_use]
pub fn clean_report(report: &str) -> String {
    let mut out: String = report
        .lines()
        .take(LINES)
        .flat_map(|line| [crate::text::line(line, COLUMNS), "\n".to_owned()])
        .collect();
    if report.lines().nth(LINES).is_some() {
        out.push_str("…\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_cannot_speak_to_the_terminal() {
        let report =
            "The application panicked\nMessage: \u{1b}]52;c;ZXZpbA==\u{7}bad \u{202e}name\r\n";
        let clean = clean_report(report);
        assert_eq!(clean, "The application panicked\nMessage: bad \u{fffd}name\n");
        let long = clean_report(&"x\n".repeat(100_000));
        assert_eq!(long.lines().count(), LINES + 1);
    }
}
