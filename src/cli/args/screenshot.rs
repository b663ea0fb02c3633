//! Arguments of `screenshot`, and the sizes it takes.

use std::path::PathBuf;

use clap::Args;

use super::moment::{Moment, moment};

/// Arguments of `screenshot`.
#[derive(Debug, Clone, Args)]
pub struct ScreenshotArgs {
    /// The recording.
    pub file: PathBuf,
    /// Which moment of it: 14:32:07, 2026-01-01T14:32:07Z, or +1m30s after its beginning [default: its end].
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<Moment>,
    /// Columns and lines.
    #[arg(long, value_name = "COLUMNSxLINES", default_value = "120x40", value_parser = size)]
    pub size: (u16, u16),
    /// The theme, as of the cockpit.
    #[arg(long, value_name = "NAME", default_value = "dark")]
    pub theme: String,
    /// Keys that are pressed before, as the configuration writes them, with blanks between them; `text:WORD`
    /// types a word: `B text:checkout/production`.
    #[arg(long, value_name = "KEYS", default_value = "", hide_default_value = true)]
    pub keys: String,
    /// Plain text in place of SVG.
    #[arg(long)]
    pub text: bool,
    /// Write it to this file, which is replaced.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The largest side of a picture.
const LARGEST: u16 = 1_000;

fn size(text: &str) -> Result<(u16, u16), String> {
    let sides = text.split_once(['x', '×']);
    let side = |side: &str| side.parse().ok().filter(|n| (1..=LARGEST).contains(n));
    sides.and_then(|(columns, lines)| side(columns).zip(side(lines))).ok_or_else(|| {
        let text = text.escape_debug();
        format!("`{text}` is not a size; write columns and lines, each up to {LARGEST}: 120x40")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("80x24"), Ok((80, 24)));
        assert_eq!(size("1×1000"), Ok((1, 1_000)));
        for bad in ["", "80", "x", "0x24", "80x", "80x24x1", "1001x1", "-1x5", "80x24 "] {
            assert!(size(bad).unwrap_err().contains("is not a size"), "{bad}");
        }
    }
}
