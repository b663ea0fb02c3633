//! A confirmed plan carried out: intent → hook → calls, each once → verify → outcome. The only place
//! that hands a call to an engine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::control::{AFTER_HOOK, BEFORE_HOOK};
use crate::model::{
    Call, Event, Fault, FaultKind, FeedId, HookSpec, Outcome, Plan, Record, RecordKind, Refusal,
    Report, StepReport, Verb,
};
use crate::ports::{Begun, CallError, Engine, Journal, Workflows};
use crate::text::{line, secrets};

use super::boundary::Boundary;
use super::bus::{Bus, Message};
use super::programs;
use super::workflows::{self, Sent};

mod verify;

/// How long a rollback lets another action's call end, so that its own comes after it.
const OVERTAKE: Duration = Duration::from_secs(2);

/// How long any other action waits for a call that is under way.
const IN_CALL: Duration = Duration::from_secs(10);

/// Why an action does not go on.
const OVERTAKEN: &str = "a rollback of this target has begun since";

/// What refuses a rollback that nobody asked for, and that somebody said no to.
const HELD: &str = "held";

/// What an execution works with.
pub(super) struct Execution {
    pub(super) plan: Plan,
    pub(super) engine: Option<(Arc<dyn Engine>, FeedId, Duration)>,
    /// Who sends requests about workflow runs, by host.
    pub(super) workflows: BTreeMap<String, Arc<dyn Workflows>>,
    pub(super) journal: Arc<dyn Journal>,
    pub(super) operator: String,
    pub(super) bus: Bus,
    pub(super) poke: Arc<Notify>,
    /// Rings when the operator does not want to wait for the command before the calls.
    pub(super) skip: Arc<Notify>,
    pub(super) began: Instant,
    pub(super) report: Report,
    /// Whether the intent is in the journal: then its outcome must be too.
    pub(super) journaled: bool,
    /// Whether a rollback began after this action did.
    pub(super) overtaken: bool,
    /// Who held what nobody had asked for, before anything was sent.
    pub(super) held: Option<String>,
}

impl Execution {
    /// Carries the plan out and tells the loop what became of it.
    pub(super) async fn run(mut self) {
        Boundary::Confirmed.reached().await;
        if self.begin().await {
            Boundary::IntentSynced.reached().await;
            if self.before().await {
                Boundary::HookRun.reached().await;
                self.calls().await;
                self.verify().await;
            }
            Boundary::Verified.reached().await;
            self.finish().await;
            Boundary::OutcomeSynced.reached().await;
            self.after().await;
        }
        self.bus.send(Message::Finished(Box::new(self.report))).await;
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.report.outcome = Outcome::Refused;
        self.report.refusals.push(refusal);
        self.report.took_ms = self.elapsed_ms();
    }

    async fn progress(&self, text: impl Into<String>) {
        let (action, target) = (self.plan.action.clone(), self.plan.target.clone());
        self.bus.tell(Event::Progress { action, target, text: text.into() }).await;
    }

    /// Announces the intent. False: refused, and nothing may be sent.
    async fn begin(&mut self) -> bool {
        match self.journal.begin(self.plan.clone()).await {
            Ok(Begun::Written(_)) => {
                self.journaled = true;
                self.poke.notify_one();
                true
            }
            Ok(Begun::InFlight { plan, operator, writer }) => {
                let (verb, pid, host) = (plan.what(), writer.pid, writer.host);
                let reason = format!("{verb} by {operator} is in flight (process {pid} on {host})");
                self.refuse(Refusal::new("in flight", reason));
                false
            }
            Ok(Begun::Moved { plan, operator }) => {
                let verb = plan.what();
                let reason =
                    format!("{verb} by {operator} has begun since this was planned; look again");
                self.refuse(Refusal::new("moved", reason));
                false
            }
            Ok(Begun::Held { why }) => {
                self.refuse(Refusal::new(HELD, why));
                false
            }
            // what is done by itself stands on the journal: an operator's hold is told there
            Err(fault) if self.plan.verb == Verb::Rollback && self.plan.alarm.is_none() => {
                // rollback goes on after saying so, its record on stderr
                let text = format!(
                    "the journal cannot be written ({fault}); the rollback goes on without it"
                );
                self.report.notes.push(text);
                self.bus.tell(Event::Unwritten { why: Some(fault.to_string()) }).await;
                let record =
                    self.unwritten(RecordKind::Intent { plan: Box::new(self.plan.clone()) });
                self.bus.tell(Event::Journaled { record: Box::new(record) }).await;
                true
            }
            Err(fault) => {
                self.refuse(Refusal::new(
                    "journal",
                    format!("the intent cannot be written: {fault}"),
                ));
                false
            }
        }
    }

    /// A record that no disk took: for the screen, and for stderr when the program ends.
    fn unwritten(&self, kind: RecordKind) -> Record {
        Record::unwritten(self.bus.now(), &self.operator, kind)
    }

    /// Runs the command before the calls. False: it was required and failed.
    async fn before(&mut self) -> bool {
        let Some(hook) = self.plan.before.clone() else { return true };
        let ended = tokio::select! {
            ended = self.hook("before", &hook) => ended,
            () = self.skip.notified() => {
                self.report.notes.push("the operator went on without the command before".into());
                return true;
            }
        };
        let stops = ended.is_err() && hook.required;
        if let Err(error) = ended {
            self.report.notes.push(error.clone());
            if stops {
                self.report.outcome = Outcome::Failed;
                self.report.refusals.push(Refusal::new("before hook", error));
            }
        }
        !stops
    }

    async fn after(&mut self) {
        let done = matches!(self.report.outcome, Outcome::Seen | Outcome::Accepted);
        let Some(hook) = self.plan.after.clone().filter(|_| done) else { return };
        match self.hook("after", &hook).await {
            Ok(said) => {
                let said = said.lines().rev().find(|line| !line.trim().is_empty());
                let said = said.map_or(String::new(), |said| format!(": {}", line(said, 200)));
                let name = hook.argv.join(" ");
                self.report.notes.push(format!("command after: `{name}` ended well{said}"));
            }
            Err(text) => {
                self.report.notes.push(text.clone());
                let target = Some(self.plan.target.clone());
                self.bus.tell(Event::Notice { text, target }).await;
            }
        }
    }

    async fn hook(&self, when: &str, hook: &HookSpec) -> Result<String, String> {
        let begins = if when == "before" { BEFORE_HOOK } else { AFTER_HOOK };
        self.progress(format!("{begins}: {}", hook.argv.join(" "))).await;
        programs::hook(hook).await.map_err(|error| format!("command {when}: {error}"))
    }

    /// Sends each planned call once. A promotion stops at the first that is not accepted; a rollback
    /// tries each, whatever another answered.
    async fn calls(&mut self) {
        for i in 0..self.plan.calls.len() {
            let call = self.plan.calls[i].clone();
            let blind = call.expect.is_empty() && call.follow.is_none();
            let mut step = StepReport { call: call.to_string(), blind, ..StepReport::default() };
            let word = if call.run.is_some() { "running" } else { "sending" };
            self.progress(format!("{word} {} of {}", i + 1, self.plan.calls.len())).await;
            Boundary::BeforeCall.reached().await;
            let patience = if self.plan.verb == Verb::Rollback { OVERTAKE } else { IN_CALL };
            let sending = self.journal.sending(&self.plan.target, patience).await;
            // at the last moment: what is not sent cannot undo a rollback that began meanwhile
            if let Some(why) = self.stops(sending.is_some()).await {
                step.error = Some(format!("not sent: {why}"));
                self.report.steps.push(step);
                continue;
            }
            let sent_ms = self.elapsed_ms();
            let Sent { answer, output, github_run } = self.send(&call).await;
            drop(sending);
            step.output = output;
            step.github_run = github_run;
            match answer {
                Ok(()) => {
                    step.sent_ms = Some(sent_ms);
                    step.accepted_ms = Some(self.elapsed_ms());
                }
                Err(CallError::Failed(fault)) => step.error = Some(fault.text),
                Err(CallError::Refused(fault)) => {
                    step.sent_ms = Some(sent_ms);
                    step.refused = true;
                    step.error = Some(fault.text);
                }
                Err(CallError::Unknown(fault)) => {
                    step.sent_ms = Some(sent_ms);
                    step.error = Some(format!("unknown: {}", fault.text));
                }
            }
            Boundary::AfterCall.reached().await;
            self.report.steps.push(step);
        }
    }

    /// Why nothing more is sent. Nothing stops a rollback but, where nobody asked for it, an operator who
    /// held it before its first call.
    async fn stops(&mut self, may_send: bool) -> Option<String> {
        if self.plan.verb == Verb::Rollback {
            if self.report.steps.is_empty() {
                self.held = self.held_by().await;
            }
            return self.held.clone();
        }
        if self.report.steps.last().is_some_and(|step| step.accepted_ms.is_none()) {
            return Some("the call before it was not accepted".to_owned());
        }
        if self.is_overtaken().await {
            return Some(OVERTAKEN.to_owned());
        }
        let busy = "another process is sending to this target and does not end";
        (!may_send).then(|| busy.to_owned())
    }

    /// Who held what nobody had asked for.
    async fn held_by(&self) -> Option<String> {
        self.journal.held(&self.plan.target, self.plan.alarm?).await
    }

    async fn is_overtaken(&mut self) -> bool {
        self.overtaken |= self.plan.verb != Verb::Rollback
            && self.journaled
            && self.journal.superseded(&self.plan.action, &self.plan.target).await;
        self.overtaken
    }

    /// Hands a call over, once: a program is run here, a request about runs is its host's to send, anything
    /// else the engine's.
    async fn send(&self, call: &Call) -> Sent {
        if let Some(program) = &call.run {
            let (answer, output) = programs::call(program).await;
            return Sent { answer, output, github_run: None };
        }
        if call.is_at_github() {
            return workflows::send(self.workflows.get(&call.to), call).await;
        }
        let answer = if let Some((engine, ..)) = &self.engine {
            engine.act(call).await
        } else {
            let fault = Fault::new(FaultKind::Setup, "no engine is configured to send it");
            Err(CallError::Failed(fault))
        };
        Sent { answer, output: None, github_run: None }
    }

    /// Nothing that is told or kept has a secret in it, whoever said it.
    fn hide(&mut self) {
        let Report { steps, refusals, notes, .. } = &mut self.report;
        let of_steps = steps.iter_mut().flat_map(|step| {
            std::iter::once(&mut step.call).chain(&mut step.error).chain(&mut step.output)
        });
        let of_refusals = refusals.iter_mut().map(|refusal| &mut refusal.reason);
        for text in of_steps.chain(of_refusals).chain(notes) {
            *text = secrets::hide(text);
        }
    }

    /// A rollback that no journal took down holds nothing beyond this process.
    fn not_held(&mut self) {
        if self.plan.verb == Verb::Rollback && self.report.outcome != Outcome::Refused {
            self.report.notes.push(format!(
                "the hold is not written yet: until it is, others may promote {0}; make sure of it by `flightdeck hold {0} --reason …`",
                self.plan.target
            ));
        }
    }

    async fn finish(&mut self) {
        if self.report.was_sent()
            && let Some(why) = self.held_by().await
        {
            self.report.notes.push(format!("too late, it was sent and goes on: {why}"));
        }
        self.report.took_ms = self.elapsed_ms();
        self.hide();
        if !self.journaled {
            self.not_held();
        }
        let kind =
            RecordKind::Outcome { report: Box::new(self.report.clone()), followed_up: false };
        let written =
            if self.journaled { Some(self.journal.append(kind.clone()).await) } else { None };
        match written {
            Some(Ok(_)) => self.poke.notify_one(),
            other => {
                if let Some(Err(fault)) = other {
                    self.report.notes.push(format!("the outcome cannot be journaled: {fault}"));
                    self.not_held();
                }
                let record = self.unwritten(kind);
                self.bus.tell(Event::Journaled { record: Box::new(record) }).await;
            }
        }
    }
}
