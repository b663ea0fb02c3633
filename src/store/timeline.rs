//! What happened, a line each, bounded.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::model::{ActionId, Alert, Fault, FeedId, HealthState, Run, Target, TargetSpec, Time};

use super::caps;

/// What a line is about, for its glyph and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// An action of an operator.
    Action,
    /// A refusal, a failure, an open question.
    Trouble,
    /// An alert began or ended.
    Alert,
    /// A check or a state changed.
    Health,
    /// A run ended.
    Pipeline,
    /// A feed broke.
    Feed,
    /// Something to read.
    Notice,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When it happened.
    pub at: Time,
    /// To which target, when to one.
    pub target: Option<Target>,
    /// The feed it tells of, when to no target.
    pub about: Option<FeedId>,
    /// What kind of thing.
    pub kind: LineKind,
    /// The sentence; holds text from outside, to be cleaned where it is printed.
    pub text: String,
    /// The action it tells of, when it tells of one.
    pub action: Option<ActionId>,
}

/// The lines, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    lines: VecDeque<Line>,
}

impl Timeline {
    pub(super) fn push(&mut self, line: Line) {
        // facts may be told late (an alert's beginning): keep the order of time
        let place = self.lines.iter().rposition(|held| held.at <= line.at).map_or(0, |i| i + 1);
        self.lines.insert(place, line);
        if self.lines.len() > caps::LINES {
            self.lines.pop_front();
        }
    }

    pub(super) fn extend(&mut self, lines: impl IntoIterator<Item = Line>) {
        for line in lines {
            self.push(line);
        }
    }

    /// All lines, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines.iter()
    }

    /// The lines of one target, of the feeds it stands on, and of nothing in particular, oldest first.
    pub fn of<'a>(&'a self, spec: &'a TargetSpec) -> impl DoubleEndedIterator<Item = &'a Line> {
        let feeds: Vec<Cow<'a, FeedId>> = spec.feeds().collect();
        self.lines.iter().filter(move |line| match (&line.target, &line.about) {
            (Some(own), _) => *own == spec.target,
            (None, Some(feed)) => feeds.iter().any(|read| **read == *feed),
            (None, None) => true,
        })
    }
}

impl Line {
    pub(super) fn new(at: Time, target: Option<&Target>, kind: LineKind, text: String) -> Self {
        Self { at, target: target.cloned(), about: None, kind, text, action: None }
    }

    pub(super) fn notice(at: Time, text: &str) -> Self {
        Self::new(at, None, LineKind::Notice, text.to_owned())
    }

    pub(super) fn feed(at: Time, feed: &FeedId, fault: &Fault) -> Self {
        let text = format!("{feed}: {}", fault.text);
        Self { about: Some(feed.clone()), ..Self::new(at, None, LineKind::Feed, text) }
    }

    pub(super) fn health(
        at: Time,
        target: &Target,
        check: &str,
        from: HealthState,
        to: HealthState,
    ) -> Self {
        let text = format!("{check}: {} → {}", from.word(), to.word());
        Self::new(at, Some(target), LineKind::Health, text)
    }

    pub(super) fn alert(at: Time, target: &Target, alert: &Alert, began: bool) -> Self {
        let verb = if began { "began" } else { "ended" };
        let text = format!("{} {} {verb}", alert.severity, alert.name);
        Self::new(at, Some(target), LineKind::Alert, text)
    }

    pub(super) fn run(at: Time, repo_run: &Run, text: &str) -> Self {
        let text = format!("{} #{} {text}", repo_run.name, repo_run.number);
        Self::new(at, None, LineKind::Pipeline, text)
    }

    /// The same line about the feed that told it.
    pub(super) fn about(self, feed: FeedId) -> Self {
        Self { about: Some(feed), ..self }
    }
}
