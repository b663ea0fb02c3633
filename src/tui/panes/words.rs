//! States as glyph, word and role; lengths of time and numbers as text. The glyphs are of the oldest
//! character tables, so no special font is needed. Decides nothing: each function is a table.

use std::borrow::Cow;

use chrono::TimeDelta;

use crate::control::{Assessment, GateState, Go, Standing};
use crate::model::{
    Conclusion, FeedState, HealthState, Phase, Reading, ScrapeState, Severity, Status, Time,
};
use crate::store::LineKind;
use crate::tui::theme::Role;
use crate::tui::widgets::value;

pub use crate::control::span;

/// A standing's glyph and role.
pub fn standing(standing: Standing) -> (&'static str, Role) {
    match standing {
        Standing::Ok => ("●", Role::Ok),
        Standing::Attention => ("▲", Role::Attention),
        Standing::Unknown => ("?", Role::Unknown),
        Standing::Critical => ("✗", Role::Critical),
    }
}

/// What a line of the timeline is about: glyph, word and role.
pub fn line_kind(kind: LineKind) -> (&'static str, &'static str, Role) {
    match kind {
        LineKind::Action => ("▸", "action", Role::Progress),
        LineKind::Trouble => ("✗", "trouble", Role::Error),
        LineKind::Alert => ("▲", "alert", Role::Attention),
        LineKind::Health => ("◇", "health", Role::Text),
        LineKind::Pipeline => ("◆", "pipeline", Role::Text),
        LineKind::Feed => ("≈", "feed", Role::Attention),
        LineKind::Notice => ("!", "notice", Role::Attention),
    }
}

/// A phase in words for the operator, its glyph and role.
pub fn phase(phase: Phase) -> (&'static str, &'static str, Role) {
    match phase {
        Phase::Idle => ("●", "idle", Role::Ok),
        Phase::Progressing => ("◐", "progressing", Role::Progress),
        Phase::Paused => ("‖", "paused", Role::Attention),
        Phase::AwaitingApproval => ("▲", "waits for you", Role::Attention),
        Phase::Soaking => ("◐", "soaking", Role::Progress),
        Phase::Degraded => ("✗", "degraded", Role::Critical),
        Phase::RollingBack => ("◐", "rolling back", Role::Attention),
        Phase::RolledBack => ("▲", "rolled back", Role::Attention),
        Phase::Completed => ("●", "completed", Role::Ok),
        Phase::Unknown => ("?", "unknown", Role::Unknown),
    }
}

/// The same of what was decided about a target: who waits for a gate does not wait for you.
pub fn phase_of(seen: &Assessment) -> Option<(&'static str, Cow<'static, str>, Role)> {
    let own = seen.phase?;
    let (glyph, word, role) = phase(own);
    let no = seen.in_the_way();
    let (Phase::AwaitingApproval, [first, more @ ..]) = (own, no.as_slice()) else {
        return Some((glyph, word.into(), role));
    };
    let (glyph, role) = if seen.waits { (glyph, role) } else { ("◐", Role::Progress) };
    let more = if more.is_empty() { String::new() } else { format!(" +{}", more.len()) };
    Some((glyph, format!("waits: {first}{more}").into(), role))
}

/// What is said in the place of gates where the last step is in force.
pub const NOTHING: &str = "– nothing to promote";

/// Whether it may go on, as a label.
pub fn go(seen: &Assessment) -> (&'static str, Role) {
    match seen.go() {
        Go::Watched => ("Go?", Role::Unknown),
        Go::Nothing => ("Go –", Role::Dim),
        Go::Yes => ("Go ✓", Role::Ok),
        Go::No => ("Go?", Role::Attention),
    }
}

/// Whether a phase is one of a rollout under way.
pub fn is_moving(phase: Phase) -> bool {
    !matches!(phase, Phase::Idle | Phase::RolledBack | Phase::Completed | Phase::Unknown)
}

/// A gate's glyph and role.
pub fn gate(state: GateState) -> (&'static str, Role) {
    match state {
        GateState::Pass => ("✓", Role::Ok),
        GateState::Wait => ("…", Role::Progress),
        GateState::Fail => ("✗", Role::Critical),
        GateState::Unknown => ("?", Role::Unknown),
    }
}

/// The role of a part of the proof that a rollback helped; its glyph is its own.
pub fn proven(is_well: Option<bool>) -> Role {
    match is_well {
        Some(true) => Role::Ok,
        Some(false) => Role::Critical,
        None => Role::Unknown,
    }
}

/// A health state's glyph and role.
pub fn health(state: HealthState) -> (&'static str, Role) {
    match state {
        HealthState::Healthy => ("●", Role::Ok),
        HealthState::Degraded => ("▲", Role::Attention),
        HealthState::Unknown => ("?", Role::Unknown),
        HealthState::Unhealthy => ("✗", Role::Critical),
    }
}

/// A feed's role.
pub fn feed(state: FeedState) -> Role {
    match state {
        FeedState::Live => Role::Dim,
        FeedState::Stale => Role::Attention,
        FeedState::Lost => Role::Error,
    }
}

/// A severity's role.
pub fn severity(severity: Severity) -> Role {
    match severity {
        Severity::P0 | Severity::P1 => Role::Critical,
        Severity::P2 => Role::Attention,
        Severity::P3 => Role::Text,
    }
}

/// A scrape job's glyph, word and role.
pub fn scrape(state: ScrapeState) -> (&'static str, &'static str, Role) {
    match state {
        ScrapeState::Up => ("●", "up", Role::Ok),
        ScrapeState::Down => ("✗", "down", Role::Critical),
        ScrapeState::Absent => ("○", "absent", Role::Attention),
        ScrapeState::Unknown => ("?", "unknown", Role::Unknown),
    }
}

/// A run's, job's or step's glyph, word and role.
pub fn job<'a>(
    status: &'a Status,
    conclusion: Option<&'a Conclusion>,
) -> (&'static str, &'a str, Role) {
    match (status, conclusion) {
        (Status::Completed, Some(Conclusion::Success)) => ("✓", "", Role::Ok),
        (Status::Completed, Some(Conclusion::Skipped)) => ("○", "skipped", Role::Dim),
        (Status::Completed, Some(Conclusion::Neutral)) => ("○", "neutral", Role::Dim),
        (Status::Completed, Some(Conclusion::Cancelled)) => ("✗", "cancelled", Role::Attention),
        (Status::Completed, Some(Conclusion::Failure)) => ("✗", "failed", Role::Critical),
        (Status::Completed, Some(Conclusion::TimedOut)) => ("✗", "timed out", Role::Critical),
        (Status::Completed, Some(Conclusion::ActionRequired)) => {
            ("▲", "waits for an approval", Role::Attention)
        }
        (Status::Completed, Some(other)) => ("✗", other.word(), Role::Critical),
        (Status::Completed, None) => ("?", "ended, no conclusion", Role::Unknown),
        (Status::InProgress, _) => ("◐", "running", Role::Progress),
        (Status::Waiting, _) => ("▲", "waits for an approval", Role::Attention),
        (Status::Queued | Status::Requested, _) => ("◌", "queued", Role::Dim),
        (Status::Pending, _) => ("◌", "pending", Role::Dim),
        (Status::Other(word), _) => ("?", word, Role::Unknown),
    }
}

/// The role of a job or step whose failure may let the rest pass: its success proves nothing then, and its
/// failure is no alarm.
pub fn lax(role: Role, is_not_blocking: bool) -> Role {
    match role {
        Role::Ok if is_not_blocking => Role::Dim,
        Role::Critical if is_not_blocking => Role::Attention,
        role => role,
    }
}

/// [`span`] of seconds.
pub fn span_s(seconds: f64) -> String {
    span(TimeDelta::milliseconds((seconds * 1000.0) as i64))
}

/// What is left of the seconds that something should take, or by how much it is over them:
/// `56 s left of 60 s`, `5 s over its 60 s`.
pub fn left_of(within: f64, spent: f64) -> String {
    if spent > within {
        format!("{} over its {}", span_s(spent - within), span_s(within))
    } else {
        format!("{} left of {}", span_s((within - spent).ceil()), span_s(within))
    }
}

/// A running clock: `06:12`, `1:06:12`.
pub fn clock(delta: TimeDelta) -> String {
    let s = delta.num_seconds().max(0);
    if s < 3_600 {
        format!("{:02}:{:02}", s / 60, s % 60)
    } else {
        format!("{}:{:02}:{:02}", s / 3_600, s % 3_600 / 60, s % 60)
    }
}

/// Minutes and seconds that something took: `1:50`.
pub fn minutes(delta: TimeDelta) -> String {
    let s = delta.num_seconds().max(0);
    format!("{}:{:02}", s / 60, s % 60)
}

/// The time of day with its zone.
pub fn time_of_day(at: Time) -> String {
    at.format("%H:%M:%SZ").to_string()
}

/// A reading with its unit; a ratio is shown in percent. No data, NaN and zero are different words.
pub fn reading(reading: Reading, unit: &str) -> String {
    match reading {
        Reading::Number(number) => value(Some(number), unit),
        Reading::NotANumber => "NaN".to_owned(),
        Reading::PlusInfinity => "+Inf".to_owned(),
        Reading::MinusInfinity => "-Inf".to_owned(),
        Reading::Empty => "no data".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::panes::row::Row;
    use crate::tui::theme::{Depth, Theme};
    use crate::tui::widgets::to_ascii;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    #[test]
    fn a_countdown_goes_on_above_its_time() {
        for (spent, told) in
            [(0.0, "60 s left of 60 s"), (5.4, "55 s left of 60 s"), (65.4, "5 s over its 60 s")]
        {
            assert_eq!(left_of(60.0, spent), told);
        }
    }

    #[test]
    fn lengths_of_time() {
        assert_eq!(clock(TimeDelta::seconds(372)), "06:12");
        assert_eq!(clock(TimeDelta::seconds(3_972)), "1:06:12");
        assert_eq!(span(TimeDelta::seconds(-3)), "0 s");
        assert_eq!(span(TimeDelta::seconds(200)), "3 m");
        assert_eq!(reading(Reading::Empty, "ms"), "no data");
        assert_eq!(reading(Reading::Number(0.0), "ratio"), "0 %");
    }

    /// A sign and a word as a terminal without colours and with ASCII only shows them.
    fn plain(sign: &str, word: &str) -> String {
        let row = Row::new(40).put(sign, Role::Text).gap(1).put(word, Role::Text);
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
        row.draw((0, 0), &Theme::built_in(Depth::Mono), None, &mut buf);
        to_ascii(buf.area, &mut buf);
        buf.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
    }

    #[test]
    fn every_state_has_a_sign_and_a_word_without_colour_and_beyond_ascii() {
        use {Conclusion as C, Phase as P, Standing as S, Status as T};
        let done = T::Completed;
        let ends = [
            C::Failure,
            C::Cancelled,
            C::Skipped,
            C::TimedOut,
            C::ActionRequired,
            C::Neutral,
            C::Stale,
            C::StartupFailure,
            C::Other("novel".into()),
        ];
        let going = [
            T::Queued,
            T::InProgress,
            T::Waiting,
            T::Requested,
            T::Pending,
            T::Other("odd".into()),
        ];
        let mut states: Vec<(&str, &str)> = Vec::new();
        states.extend(
            [S::Ok, S::Attention, S::Unknown, S::Critical].map(|s| (standing(s).0, s.word())),
        );
        states.extend(
            [
                P::Idle,
                P::Progressing,
                P::Paused,
                P::AwaitingApproval,
                P::Soaking,
                P::Degraded,
                P::RollingBack,
                P::RolledBack,
                P::Completed,
                P::Unknown,
            ]
            .map(|p| (phase(p).0, phase(p).1)),
        );
        let healths = [
            HealthState::Healthy,
            HealthState::Degraded,
            HealthState::Unknown,
            HealthState::Unhealthy,
        ];
        states.extend(healths.map(|h| (health(h).0, h.word())));
        let scrapes =
            [ScrapeState::Up, ScrapeState::Down, ScrapeState::Absent, ScrapeState::Unknown];
        states.extend(scrapes.map(|s| (scrape(s).0, scrape(s).1)));
        states.extend(ends.iter().map(|end| {
            let (sign, word, _) = job(&done, Some(end));
            (sign, word)
        }));
        states.extend(going.iter().map(|status| {
            let (sign, word, _) = job(status, None);
            (sign, word)
        }));
        for (sign, word) in states {
            let shown = plain(sign, word);
            assert!(shown.is_ascii() && !shown.starts_with(' '), "{sign} {word}: {shown}");
            assert!(!word.is_empty() && shown.contains(word), "{sign} {word}: {shown}");
            // a question mark is what is not known, nothing else
            let unknown = ["unknown", "odd", "ended, no conclusion"].contains(&word);
            assert_eq!(shown.starts_with('?'), unknown, "{sign} {word}: {shown}");
        }
        // gates have their reason for a word; their signs differ
        let gates = [GateState::Pass, GateState::Wait, GateState::Fail, GateState::Unknown];
        let signs: std::collections::BTreeSet<String> =
            gates.into_iter().map(|state| plain(gate(state).0, "")).collect();
        assert_eq!(signs.len(), gates.len());
    }
}
