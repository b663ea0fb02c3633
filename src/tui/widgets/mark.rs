//! A state as a glyph, a word and a role, so that no state is told by colour alone.

use ratatui::text::Span;

use super::Look;
use crate::model::HealthState;
use crate::tui::theme::Role;

/// A state that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Well.
    Ok,
    /// Under way.
    Progress,
    /// Someone has to look.
    Attention,
    /// Bad.
    Critical,
    /// Not known.
    Unknown,
    /// Waits, and the time will come.
    Waiting,
    /// A question answered with yes; a step that is done.
    Pass,
    /// A question answered with no; a step that failed.
    Fail,
    /// Left out, cancelled.
    Skipped,
    /// Not configured, so not watched.
    Unwatched,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Progress,
        Self::Attention,
        Self::Critical,
        Self::Unknown,
        Self::Waiting,
        Self::Pass,
        Self::Fail,
        Self::Skipped,
        Self::Unwatched,
    ];

    /// Its glyph, one column wide.
    #[must_use]
    pub fn glyph(self, ascii: bool) -> &'static str {
        let (glyph, plain) = match self {
            Self::Ok => ("●", "o"),
            Self::Progress => ("◐", "~"),
            Self::Attention => ("▲", "!"),
            Self::Critical => ("✗", "X"),
            Self::Unknown => ("?", "?"),
            Self::Waiting => ("…", ":"),
            Self::Pass => ("✓", "+"),
            Self::Fail => ("✗", "x"),
            Self::Skipped => ("–", "-"),
            Self::Unwatched => ("·", "."),
        };
        if ascii { plain } else { glyph }
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Progress => "in progress",
            Self::Attention => "attention",
            Self::Critical => "critical",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
            Self::Unwatched => "not watched",
        }
    }

    /// Its role.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Ok | Self::Pass => Role::Ok,
            Self::Progress | Self::Waiting => Role::Progress,
            Self::Attention => Role::Attention,
            Self::Critical | Self::Fail => Role::Critical,
            Self::Unknown => Role::Unknown,
            Self::Skipped | Self::Unwatched => Role::Dim,
        }
    }

    /// The glyph, styled.
    #[must_use]
    pub fn span(self, look: &Look<'_>) -> Span<'static> {
        Span::styled(self.glyph(look.ascii), look.style(self.role()))
    }
}

impl From<HealthState> for Mark {
    fn from(state: HealthState) -> Self {
        match state {
            HealthState::Healthy => Self::Ok,
            HealthState::Degraded => Self::Attention,
            HealthState::Unknown => Self::Unknown,
            HealthState::Unhealthy => Self::Critical,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn every_mark_is_one_column_and_none_looks_like_another() {
        for (at, mark) in Mark::ALL.into_iter().enumerate() {
            assert_eq!(mark.glyph(false).width(), 1, "{mark:?}");
            assert_eq!(mark.glyph(true).len(), 1, "{mark:?}");
            for other in &Mark::ALL[at + 1..] {
                assert_ne!(mark.word(), other.word());
                assert_ne!(mark.glyph(true), other.glyph(true), "{mark:?} {other:?}");
            }
        }
    }
}
