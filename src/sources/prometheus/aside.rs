//! What is asked beside the metrics, each at a cadence of its own: error budgets, the way of alerts, backups.

mod backup;
mod burn;
mod path;
mod rules;

use std::time::Duration;

use chrono::TimeDelta;

use crate::config::{BackupConfig, BurnConfig, PathConfig, PrometheusConfig};
use crate::model::{Fault, Observation, Time};
use crate::ports::{Clock, Polled};

use super::ask::{Asker, Trouble};

/// Everything that one Prometheus is asked so.
pub(super) struct Asides {
    all: Vec<Aside>,
    /// Whether nothing else is asked there.
    alone: bool,
}

/// A question and when it was last asked.
struct Aside {
    question: Question,
    every: Duration,
    asked: Option<Time>,
}

enum Question {
    Burn(BurnConfig),
    /// All of one Prometheus together: they have most answers in common.
    Paths(Vec<PathConfig>),
    Backup(BackupConfig),
}

impl Asides {
    pub(super) fn new(config: &PrometheusConfig) -> Self {
        let new = |question, every| Aside { question, every, asked: None };
        let burns = config.burns.iter().map(|burn| new(Question::Burn(burn.clone()), burn.every));
        let every = config.paths.iter().map(|path| path.spec.every).min();
        let paths = every.map(|every| new(Question::Paths(config.paths.clone()), every));
        let backups =
            config.backups.iter().map(|backup| new(Question::Backup(backup.clone()), backup.every));
        let all = burns.chain(paths).chain(backups).collect();
        Self { all, alone: !config.has_metrics() }
    }

    /// What was answered is lost: it is asked again.
    pub(super) fn forget(&mut self) {
        self.all.iter_mut().for_each(|aside| aside.asked = None);
    }

    /// Asks what is due, and adds what is answered; whether anybody answered.
    ///
    /// # Errors
    /// When nobody answers, neither here nor before (`answered`).
    pub(super) async fn ask(
        &mut self,
        asker: &Asker<'_>,
        clock: &dyn Clock,
        mut answered: bool,
        polled: &mut Polled,
    ) -> Result<bool, Fault> {
        // a poll that asks nothing would say that all is well
        let (alone, now) = (self.alone, clock.now());
        for aside in self.all.iter_mut().filter(|aside| alone || aside.is_due(now)) {
            aside.asked = Some(now);
            match aside.question.ask(asker, now, polled).await {
                Ok(()) => {}
                Err(Trouble::Feed(fault)) if !answered => return Err(fault),
                Err(trouble) => polled.items.extend(aside.question.failed(trouble.text())),
            }
            answered = true;
        }
        Ok(answered)
    }
}

impl Aside {
    /// Whether it is time to ask; a poll that comes a little early will do.
    fn is_due(&self, now: Time) -> bool {
        let every = TimeDelta::from_std(self.every.mul_f64(0.9)).unwrap_or_default();
        self.asked.is_none_or(|asked| now - asked >= every)
    }
}

impl Question {
    async fn ask(&self, asker: &Asker<'_>, now: Time, polled: &mut Polled) -> Result<(), Trouble> {
        match self {
            Self::Burn(config) => burn::ask(config, asker, polled).await,
            Self::Paths(configs) => path::ask(configs, asker, polled).await,
            Self::Backup(config) => backup::ask(config, asker, now, polled).await,
        }
    }

    /// What is known when nobody answered this, though others were answered.
    fn failed(&self, why: &str) -> Vec<Observation> {
        match self {
            Self::Burn(config) => vec![burn::failed(config, why)],
            Self::Paths(configs) => configs.iter().map(|one| path::failed(one, why)).collect(),
            Self::Backup(config) => vec![backup::failed(config, why)],
        }
    }
}
