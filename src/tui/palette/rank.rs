//! How well entries fit what is typed: fuzzily by the line, word for word by what it does.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::Entry;

/// Entries that fit, best first: what is typed exactly, then by the line, then by what it does; those that fit
/// alike stay in their order. All of them for a blank line.
pub fn rank(typed: &str, entries: Vec<Entry>) -> Vec<Entry> {
    /// Typed exactly, by the line, how well.
    type Fit = (bool, bool, u32);
    if typed.trim().is_empty() {
        return entries;
    }
    let pattern =
        |kind| Pattern::new(typed.trim(), CaseMatching::Ignore, Normalization::Smart, kind);
    let (by_line, by_words) = (pattern(AtomKind::Fuzzy), pattern(AtomKind::Substring));
    let mut config = Config::DEFAULT;
    config.prefer_prefix = true;
    let (mut matcher, mut chars) = (Matcher::new(config), Vec::new());
    let mut score = |pattern: &Pattern, text: &str| {
        pattern.score(Utf32Str::new(text, &mut chars), &mut matcher)
    };
    let mut fits: Vec<(Reverse<Fit>, Entry)> = entries
        .into_iter()
        .filter_map(|entry| {
            let exact = entry.line == typed.trim();
            let line = score(&by_line, &entry.line).map(|score| (exact, true, score));
            let words = || score(&by_words, &entry.what).map(|score| (false, false, score));
            Some((Reverse(line.or_else(words)?), entry))
        })
        .collect();
    fits.sort_by_key(|(score, _)| *score);
    fits.into_iter().map(|(_, entry)| entry).collect()
}
