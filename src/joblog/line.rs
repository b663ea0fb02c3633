//! One line as it is shown: without its time, its marks and whatever a terminal would act on.

use std::borrow::Cow;

use crate::model::Time;
use crate::text;

/// Bytes of a line that are shown.
pub const SHOWN: usize = 4 << 10;

/// Columns of a tab.
const TAB: &str = "    ";

/// What a line is, by GitHub's mark at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Without a mark.
    Plain,
    /// The head of a group.
    Group,
    /// The end of a group; it shows nothing.
    EndGroup,
    /// What failed.
    Error,
    /// A warning.
    Warning,
    /// A notice.
    Notice,
    /// A note for who looks closer.
    Debug,
    /// What was run.
    Command,
    /// The head of a part.
    Section,
}

impl Kind {
    const MARKS: [(&'static [u8], Self); 8] = [
        (b"##[group]", Self::Group),
        (b"##[endgroup]", Self::EndGroup),
        (b"##[error]", Self::Error),
        (b"##[warning]", Self::Warning),
        (b"##[notice]", Self::Notice),
        (b"##[debug]", Self::Debug),
        (b"##[command]", Self::Command),
        (b"##[section]", Self::Section),
    ];

    /// What is written in front, so that nothing depends on colours.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error: ",
            Self::Warning => "warning: ",
            Self::Notice => "notice: ",
            Self::Debug => "debug: ",
            Self::Command => "$ ",
            Self::Plain | Self::Group | Self::EndGroup | Self::Section => "",
        }
    }

    /// The mark of a line, and what is behind it.
    pub(super) fn split(said: &[u8]) -> (Self, &[u8]) {
        if !said.starts_with(b"##[") {
            return (Self::Plain, said);
        }
        let found = Self::MARKS
            .iter()
            .find_map(|(mark, kind)| said.strip_prefix(*mark).map(|rest| (*kind, rest)));
        found.unwrap_or((Self::Plain, said))
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place, from 0.
    pub number: u64,
    /// When it was written, as the log says.
    pub at: Option<Time>,
    /// What it is.
    pub kind: Kind,
    /// What it says, clean; of a progress bar, its last state.
    pub text: String,
    /// Bytes it has in all, when they are not all shown.
    pub cut: Option<u64>,
}

impl Line {
    /// Reads the first bytes of a line that has so many in all.
    pub(super) fn read(number: u64, head: &[u8], bytes: u64) -> Self {
        let (stamp, said) = split(head);
        let (kind, text) = shown(said);
        let at = stamp.and_then(|stamp| std::str::from_utf8(stamp).ok()?.parse().ok());
        let cut = (bytes > head.len() as u64 + 1).then_some(bytes);
        Self { number, at, kind, text: text.into_owned(), cut }
    }
}

/// The time in front of a line, as `2026-01-01T00:00:00.0000000Z`, and what is behind it.
pub(super) fn split(raw: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let raw = raw.strip_prefix("\u{feff}".as_bytes()).unwrap_or(raw);
    let fits = raw.len() >= 20
        && raw[..19].iter().zip(b"dddd-dd-ddTdd:dd:dd").all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            other => byte == other,
        });
    if !fits {
        return (None, raw);
    }
    let Some(z) = raw[19..raw.len().min(34)].iter().position(|byte| *byte == b'Z') else {
        return (None, raw);
    };
    if !raw[19..19 + z].iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
        return (None, raw);
    }
    let (stamp, rest) = raw.split_at(20 + z);
    (Some(stamp), rest.strip_prefix(b" ").unwrap_or(rest))
}

/// What a line says, clean, with the word for its mark in front.
pub(super) fn shown(said: &[u8]) -> (Kind, Cow<'_, str>) {
    let (kind, said) = Kind::split(said);
    (kind, words(kind, said))
}

fn words(kind: Kind, said: &[u8]) -> Cow<'_, str> {
    if kind == Kind::EndGroup {
        return Cow::Borrowed("");
    }
    let text = cleaned(last_state(said));
    match kind.word() {
        "" => text,
        word => Cow::Owned(format!("{word}{text}")),
    }
}

/// Text from a log, clean.
pub(super) fn cleaned(said: &[u8]) -> Cow<'_, str> {
    if let Some(plain) = plain(said) {
        return Cow::Borrowed(plain);
    }
    let text = String::from_utf8_lossy(said);
    let text = if text.contains('\t') { Cow::Owned(text.replace('\t', TAB)) } else { text };
    Cow::Owned(text::clean(&text))
}

/// What is clean as it is.
pub(super) fn plain(said: &[u8]) -> Option<&str> {
    if said.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        std::str::from_utf8(said).ok()
    } else {
        None
    }
}

/// What a terminal would show in the end of a line that was written over and over.
fn last_state(said: &[u8]) -> &[u8] {
    if !said.contains(&b'\r') {
        return said;
    }
    let mut states = said.rsplit(|byte| *byte == b'\r');
    states.find(|state| !state.trim_ascii().is_empty()).unwrap_or_default()
}
