//! One thing opened for itself, a level deeper than its pane: what it is called, all that is known of
//! it, what lies under it and beside it. Things are known by identity, never by row. Reads the store,
//! decides nothing, and must not know keys or where on the screen it is drawn.

mod action;
mod after;
mod alert;
mod assurance;
mod at_github;
mod backing;
mod check;
mod gate;
mod graph;
mod happening;
mod job;
mod judge;
mod metric;
mod page;
mod run;
mod siblings;
mod target;

use crate::model::{ActionId, Job, Run, Time, Track};
use crate::store::{Entry, Line, Store};

use super::panes::{Glance, words};
use super::widgets::Look;

pub use action::{outcome_sign, stages};
pub use page::Page;
pub use siblings::siblings;

/// A thing of the selected target that can be opened.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// The target itself.
    Target,
    /// A gate, by its name.
    Gate(String),
    /// A metric, by its place in the configuration and its side.
    Metric(usize, Track),
    /// A health check, by its name and its side.
    Check(String, Track),
    /// A run, by GitHub's id.
    Run(u64),
    /// A job, by its run's id and its own.
    Job(u64, u64),
    /// Jobs of a run that are one node of its graph, by the node's id; Enter shows or hides them.
    Jobs(u64, String),
    /// An alert, by its fingerprint.
    Alert(String),
    /// An action, by its id.
    Action(ActionId),
    /// A line of the timeline.
    Happening(Box<Line>),
}

/// All that a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// What is known.
    pub store: &'a Store,
    /// Of which target, and what is decided about it.
    pub look: &'a Glance<'a>,
    /// The time.
    pub now: Time,
    /// How things are drawn.
    pub style: &'a Look<'a>,
}

impl<'a> Scene<'a> {
    /// A run of the target's repository.
    fn run(&self, id: u64) -> Option<&'a Run> {
        let repo = self.store.repo_of(&self.look.state.spec)?;
        repo.workflows().flat_map(|(_, runs)| runs).find(|run| run.id == id)
    }

    /// The jobs of a run; empty until they were read.
    fn jobs(&self, run: u64) -> &'a [Job] {
        self.store.repo_of(&self.look.state.spec).map_or(&[], |repo| repo.jobs_of(run))
    }

    /// An action of the target.
    fn entry(&self, id: &ActionId) -> Option<&'a Entry> {
        self.look.state.ledger.entries.iter().find(|entry| entry.plan.action == *id)
    }

    /// A moment and how long ago it was: `2026-01-01 14:32:07Z, 12 m ago`.
    fn moment(&self, at: Time) -> String {
        let day = at.format("%Y-%m-%d %H:%M:%SZ");
        if at > self.now {
            format!("{day}, in {}", words::span(at - self.now))
        } else {
            format!("{day}, {} ago", words::span(self.now - at))
        }
    }
}

impl Detail {
    /// What it is called on the way to it; none when it is gone.
    #[must_use]
    pub fn name(&self, scene: &Scene<'_>) -> Option<String> {
        match self {
            Self::Target => Some(scene.look.target().to_string()),
            Self::Gate(name) => gate::find(scene, name).map(|gate| format!("gate {}", gate.name)),
            Self::Metric(index, _) => metric::name(scene, *index),
            Self::Check(name, track) => check::name(scene, name, *track),
            Self::Run(run) => scene.run(*run).map(|run| format!("{} #{}", run.name, run.number)),
            Self::Job(run, job) => job::find(scene, *run, *job).map(|job| job.name.clone()),
            Self::Jobs(_, node) => Some(node.clone()),
            Self::Alert(print) => alert::find(scene, print).map(|alert| alert.name.clone()),
            Self::Action(id) => scene.entry(id).map(action::name),
            Self::Happening(line) => Some(line.at.format("%H:%M:%SZ").to_string()),
        }
    }

    /// Writes all that is known of it; what is gone says so in words.
    #[must_use]
    pub fn write(&self, scene: &Scene<'_>, mut page: Page) -> Page {
        let written = match self {
            Self::Target => {
                target::write(scene, &mut page);
                Some(())
            }
            Self::Gate(name) => gate::write(scene, name, &mut page),
            Self::Metric(index, track) => metric::write(scene, *index, *track, &mut page),
            Self::Check(name, track) => check::write(scene, name, *track, &mut page),
            Self::Run(run) | Self::Jobs(run, _) => run::write(scene, *run, &mut page),
            Self::Job(run, job) => job::write(scene, *run, *job, &mut page),
            Self::Alert(print) => alert::write(scene, print, &mut page),
            Self::Action(id) => action::write(scene, id, &mut page),
            Self::Happening(line) => happening::write(scene, line, &mut page),
        };
        if written.is_none() {
            page.gone(self.gone());
        }
        page
    }

    /// What is said of it when it is not there any more.
    fn gone(&self) -> &'static str {
        match self {
            Self::Target => "this target is not configured any more",
            Self::Gate(_) => "this gate is not among those of this target any more",
            Self::Metric(..) => "this metric is not configured any more",
            Self::Check(..) => "this check is not configured any more",
            Self::Run(_) | Self::Jobs(..) => {
                "this run is not among those that GitHub names, or that are kept"
            }
            Self::Job(..) => "this job is not among those that GitHub names for its run",
            Self::Alert(_) => {
                "this alert is over: Alertmanager does not name it any more; \
                 the timeline says when it ended"
            }
            Self::Action(_) => "this action is older than those that are kept; the journal has it",
            Self::Happening(_) => "this line is older than those that are kept",
        }
    }

    /// Where its page in the browser is, if it has one.
    #[must_use]
    pub fn link(&self, scene: &Scene<'_>) -> Option<String> {
        match self {
            Self::Run(run) | Self::Jobs(run, _) => Some(scene.run(*run)?.url.clone()),
            Self::Job(run, job) => {
                let own = job::find(scene, *run, *job).and_then(|job| job.url.clone());
                own.or_else(|| Some(scene.run(*run)?.url.clone()))
            }
            Self::Alert(print) => {
                let alert = alert::find(scene, print)?;
                alert.runbook.clone().or_else(|| alert.generator.clone())
            }
            _ => scene.look.state.spec.links.values().next().cloned(),
        }
    }

    /// What names it elsewhere: its page, its id, or the query.
    #[must_use]
    pub fn id(&self, scene: &Scene<'_>) -> String {
        let own = match self {
            Self::Run(_) | Self::Job(..) | Self::Jobs(..) => self.link(scene),
            Self::Alert(print) => self.link(scene).or_else(|| Some(print.clone())),
            Self::Action(id) => Some(id.0.clone()),
            Self::Metric(index, _) => {
                scene.look.state.spec.metrics.get(*index).map(|metric| metric.query.clone())
            }
            Self::Happening(line) => Some(line.text.clone()),
            Self::Target | Self::Gate(_) | Self::Check(..) => None,
        };
        own.unwrap_or_else(|| scene.look.target().to_string())
    }

    /// The shell command that shows the same.
    #[must_use]
    pub fn command(&self, scene: &Scene<'_>) -> String {
        let target = scene.look.target();
        match self {
            Self::Action(_) | Self::Happening(_) => format!("flightdeck journal show {target}"),
            _ => format!("flightdeck status {target}"),
        }
    }

    /// What Enter leads to: itself, or what stands behind it.
    #[must_use]
    pub fn opened(self) -> Self {
        match self {
            Self::Happening(line) => match line.action.clone() {
                Some(action) => Self::Action(action),
                None => Self::Happening(line),
            },
            other => other,
        }
    }
}
