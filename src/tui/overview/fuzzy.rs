//! Finding letters in order, not side by side, and how well they fit: for the filter of the list.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Matcher, Utf32Str};

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle(Atom);

impl Needle {
    /// Letters to be found in this order, whatever their case.
    pub fn new(text: &str) -> Self {
        let (case, marks) = (CaseMatching::Ignore, Normalization::Smart);
        Self(Atom::new(text, case, marks, AtomKind::Fuzzy, false))
    }
}

/// Finds needles. Its scratch memory is large: made when first needed, and kept.
#[derive(Debug, Clone, Default)]
pub struct Finder {
    matcher: Option<Box<Matcher>>,
    letters: Vec<char>,
}

impl Finder {
    /// How well a needle fits, the more the better; none when it is not there.
    pub fn score(&mut self, needle: &Needle, text: &str) -> Option<u32> {
        let matcher = self.matcher.get_or_insert_default();
        let text = Utf32Str::new(text, &mut self.letters);
        needle.0.score(text, matcher).map(u32::from)
    }

    /// Which characters of the text are the needle's.
    pub fn places(&mut self, needle: &Needle, text: &str) -> Vec<u32> {
        let matcher = self.matcher.get_or_insert_default();
        let text = Utf32Str::new(text, &mut self.letters);
        let mut places = Vec::new();
        needle.0.indices(text, matcher, &mut places);
        places
    }
}
