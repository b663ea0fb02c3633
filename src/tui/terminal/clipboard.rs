//! Copying through the terminal (OSC 52), which works over ssh too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest text that is copied, in bytes; terminals drop more anyway.
pub const COPY_MAX: usize = 100_000;

/// The sequence that puts `text` into the clipboard; none when it is too long.
pub(super) fn osc52(text: &str) -> Option<String> {
    (text.len() <= COPY_MAX).then(|| format!("\u{1b}]52;c;{}\u{1b}\\", STANDARD.encode(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_copied_is_plain_ascii_on_the_way() {
        let sequence = osc52("checkout/production \u{1b}\\ \u{7}").unwrap();
        let body = sequence.strip_prefix("\u{1b}]52;c;").unwrap().strip_suffix("\u{1b}\\").unwrap();
        assert!(body.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)), "{body}");
        assert_eq!(osc52(&"x".repeat(COPY_MAX + 1)), None);
    }
}
