//! Starts what effects ask for. The effect gate is here: nothing that acts leaves the process in
//! read-only mode or for an untrusted configuration, whatever asked for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::control::Effect;
use crate::model::{
    ActionId, Event, Follow, Outcome, Plan, Record, RecordKind, Refusal, Report, Target,
};

use crate::runtime::bus::Message;
use crate::runtime::engine_source::reading;
use crate::runtime::executor::Execution;
use crate::runtime::{programs, studies, workflows};

use super::Runtime;
use super::looks::ACTING;

/// The longest a fresh reading for a confirmed action may take.
const REREAD_LIMIT: Duration = Duration::from_secs(5);

/// The key of trying again to write what no disk took.
const UNWRITTEN: &str = "unwritten";

impl Runtime {
    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        // the guard refuses everything in a replay; whatever came here all the same goes no further
        if self.replay.is_some() {
            return;
        }
        for effect in effects {
            match effect {
                Effect::Reread { action, target, runs } => self.reread(action, &target, runs),
                Effect::Act { .. } => self.act(effect),
                Effect::Execute { plan } => self.execute(*plan),
                Effect::Look { .. } => self.look(effect),
                Effect::Study { .. } => self.ask_host(effect),
                Effect::Refresh(Some(feed)) => {
                    if let Some(refresh) = self.refresh.get(&feed) {
                        refresh.notify_one();
                    }
                }
                Effect::Refresh(None) => {
                    self.refresh.values().for_each(|refresh| refresh.notify_one());
                }
                Effect::Note(kind) => self.note(*kind),
                Effect::Hook { target, hook } => {
                    if self.store.fleet().read_only || !self.journal.is_kept() {
                        continue;
                    }
                    let bus = self.bus.clone();
                    self.tasks.spawn(async move {
                        if let Err(error) = programs::hook(&hook).await {
                            let text = format!("{target}: {error}");
                            let target = Some(target);
                            bus.tell(Event::Notice { text, target }).await;
                        }
                    });
                }
            }
        }
    }

    fn note(&mut self, kind: RecordKind) {
        let (journal, bus, poke) = (self.journal.clone(), self.bus.clone(), self.poke.clone());
        let key = note_key(&kind);
        self.noting.insert(key.clone());
        // what an operator says counts here whether or not it can be written
        let said = matches!(kind, RecordKind::Disarmed { passed: false, .. });
        let said = said.then(|| Record::unwritten(self.now(), self.desk.operator(), kind.clone()));
        self.tasks.spawn(async move {
            match journal.append(kind).await {
                Ok(_) => {
                    bus.tell(Event::Unwritten { why: None }).await;
                    poke.notify_one();
                }
                Err(fault) => {
                    bus.tell(Event::Unwritten { why: Some(fault.to_string()) }).await;
                    if let Some(record) = said {
                        bus.tell(Event::Journaled { record: Box::new(record) }).await;
                    }
                    bus.send(Message::NotNoted(key)).await;
                }
            }
        });
    }

    /// Tries again to write what no disk took.
    pub(super) fn write_late(&mut self) {
        let Some(record) = self.unwritten.first() else { return };
        if !self.journal.is_kept() || !self.looks.begin(UNWRITTEN, ACTING, Instant::now()) {
            return;
        }
        let (kind, journal) = (record.kind.clone(), self.journal.clone());
        let (bus, poke) = (self.bus.clone(), self.poke.clone());
        self.tasks.spawn(async move {
            if journal.append(kind).await.is_ok() {
                bus.tell(Event::Unwritten { why: None }).await;
                bus.send(Message::WrittenLate).await;
                poke.notify_one();
            }
            bus.send(Message::NotNoted(UNWRITTEN.to_owned())).await;
        });
    }

    /// Until it is read, not everything is found out that can be.
    fn look(&mut self, effect: Effect) {
        let key = key(&effect);
        let Effect::Look { host, follow, .. } = effect else { return };
        let Some(desk) = self.workflows.get(&host).cloned() else { return };
        self.noting.insert(key.clone());
        let bus = self.bus.clone();
        self.tasks.spawn(async move {
            // what cannot be read stays open, and is read again later
            workflows::reread(desk.as_ref(), &host, &follow, &bus, REREAD_LIMIT).await;
            bus.send(Message::Looked(key)).await;
        });
    }

    /// Until it is answered, not everything is known that can be.
    fn ask_host(&mut self, effect: Effect) {
        let key = key(&effect);
        let Effect::Study { host, repo, question } = effect else { return };
        let Some(revisions) = self.revisions.get(&host).cloned() else { return };
        self.noting.insert(key.clone());
        let bus = self.bus.clone();
        self.tasks.spawn(async move {
            studies::answer(revisions.as_ref(), (&host, &repo), &question, &bus).await;
            bus.send(Message::Looked(key)).await;
        });
    }

    fn reread(&mut self, action: ActionId, target: &Target, runs: Option<(String, Follow)>) {
        // a request about runs stands on them alone
        let wired = self.engines.get(target).filter(|_| runs.is_none()).cloned();
        let runs = runs
            .and_then(|(host, follow)| Some((self.workflows.get(&host)?.clone(), host, follow)));
        let (bus, target) = (self.bus.clone(), target.clone());
        self.tasks.spawn(async move {
            let fault = match wired {
                None => match runs {
                    Some((desk, host, follow)) => {
                        workflows::reread(desk.as_ref(), &host, &follow, &bus, REREAD_LIMIT).await
                    }
                    None => None,
                },
                Some((engine, feed, every)) => {
                    let asked_at = bus.now();
                    match tokio::time::timeout(REREAD_LIMIT, engine.observe()).await {
                        Ok(Ok(rollout)) => {
                            bus.told(asked_at, reading(&feed, &target, rollout, every)).await;
                            None
                        }
                        Ok(Err(fault)) => Some(fault.text),
                        Err(_) => Some(format!("no answer within {} s", REREAD_LIMIT.as_secs())),
                    }
                }
            };
            bus.send(Message::Reread { action, fault }).await;
        });
    }

    /// The effect gate: nothing that acts leaves the process in read-only mode or for an untrusted
    /// configuration, whatever asked for it.
    fn execute(&mut self, plan: Plan) {
        let fleet = self.store.fleet();
        let shut = if fleet.read_only {
            Some(Refusal::new("read-only", "this flightdeck is read-only"))
        } else {
            fleet.inert.clone().map(|inert| Refusal::new("trust", inert))
        };
        if let Some(refusal) = shut {
            let report = Report {
                name: plan.name,
                ..Report::refused(plan.action, plan.target, plan.verb, vec![refusal])
            };
            self.desk.finished(&report);
            self.finished.push(report);
            return;
        }
        self.running += 1;
        let report = Report {
            name: plan.name.clone(),
            from: plan.from.clone(),
            to: plan.to.clone(),
            outcome: Outcome::Seen,
            overrides: plan.overrides.clone(),
            ..Report::refused(plan.action.clone(), plan.target.clone(), plan.verb, Vec::new())
        };
        let skip = Arc::new(Notify::new());
        self.skips.insert(plan.action.clone(), skip.clone());
        let execution = Execution {
            skip,
            engine: self.engines.get(&plan.target).cloned(),
            workflows: self.workflows.clone(),
            plan,
            journal: self.journal.clone(),
            operator: self.desk.operator().to_owned(),
            bus: self.bus.clone(),
            poke: self.poke.clone(),
            began: Instant::now(),
            report,
            journaled: false,
            overtaken: false,
            held: None,
        };
        self.tasks.spawn(execution.run());
    }
}

/// What tells one chore from another.
pub(super) fn key(effect: &Effect) -> String {
    match effect {
        Effect::Note(kind) => note_key(kind),
        other => format!("{other:?}"),
    }
}

/// What tells one noted line from another, before and after it was read back.
pub(super) fn note_key(kind: &RecordKind) -> String {
    match kind {
        RecordKind::Outcome { report, .. } => format!("follow {}", report.action),
        RecordKind::FirstSight { target, candidate, weight } => {
            let name = candidate.as_ref().map_or("", |candidate| candidate.as_str());
            format!("sight {target} {weight:.0} {name}")
        }
        // its times and numbers differ at each look
        RecordKind::Alarm { target, .. } => format!("alarm {target}"),
        RecordKind::Disarmed { target, passed: true, .. } => format!("over {target}"),
        RecordKind::Changed { target, from, to, .. } => format!("changed {target} {from} {to}"),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::clock::SystemClock;
    use crate::runtime::core::{Next, Tools};
    use crate::runtime::replay::NoJournal;

    fn sight(weight: f64) -> RecordKind {
        let target = "a/b".parse().unwrap();
        RecordKind::FirstSight { target, candidate: None, weight }
    }

    async fn note(runtime: &mut Runtime, weights: &[f64]) -> usize {
        let notes = weights.iter().map(|weight| Effect::Note(Box::new(sight(*weight))));
        runtime.perform(notes.collect());
        settle(runtime).await;
        runtime.store().notices().len()
    }

    async fn settle(runtime: &mut Runtime) {
        while !runtime.settled() {
            if let Next::Message(message) = runtime.next().await {
                runtime.handle(message);
            }
        }
    }

    /// Whose journal takes nothing.
    fn speechless() -> Runtime {
        Runtime::bare(Tools {
            operator: "ana".into(),
            clock: Arc::new(SystemClock),
            journal: Arc::new(NoJournal),
            recorder: None,
            notes_changes: true,
        })
    }

    #[tokio::test]
    async fn a_journal_that_takes_nothing_is_complained_about_once() {
        let mut runtime = speechless();
        assert_eq!(note(&mut runtime, &[1.0, 2.0, 3.0]).await, 1);
        assert_eq!(note(&mut runtime, &[4.0, 5.0]).await, 1);
        runtime.apply(runtime.now(), Event::Unwritten { why: None });
        assert_eq!(note(&mut runtime, &[7.0, 8.0]).await, 3, "it had been writable meanwhile");
    }

    #[tokio::test]
    async fn an_operators_hold_counts_here_even_where_no_disk_takes_it() {
        let mut runtime = speechless();
        let said = |passed| RecordKind::Disarmed {
            target: "a/b".parse().unwrap(),
            why: "by key".into(),
            passed,
        };
        runtime.perform(vec![Effect::Note(Box::new(said(true)))]);
        runtime.perform(vec![Effect::Note(Box::new(said(false)))]);
        settle(&mut runtime).await;
        let kept: Vec<RecordKind> =
            runtime.take_unwritten().into_iter().map(|record| record.kind).collect();
        assert_eq!(kept, [said(false)], "told to the store, and to be written when it can be");
    }
}
