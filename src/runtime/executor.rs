//! A confirmed plan carried out: intent → hook → calls, each once → verify → outcome. The only place
//! that hands a call to an engine.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::control::BEFORE_HOOK;
use crate::model::{
    Call, Event, Fault, FaultKind, FeedId, HookSpec, Outcome, Plan, Record, RecordKind, Refusal,
    Report, StepReport, Verb, Writer,
};
use crate::ports::{Begun, CallError, Engine, Journal};

use super::boundary::Boundary;
use super::bus::{Bus, Message};
use super::engine_source::reading;
use super::programs;

/// How often the engine is read while a change is waited for.
const VERIFY_EVERY: Duration = Duration::from_millis(100);

/// How long a rollback lets another action's call end, so that its own comes after it.
const OVERTAKE: Duration = Duration::from_secs(2);

/// How long any other action waits for a call that is under way.
const IN_CALL: Duration = Duration::from_secs(10);

/// Why an action does not go on.
const OVERTAKEN: &str = "a rollback of this target has begun since";

/// What an execution works with.
pub(super) struct Execution {
    pub(super) plan: Plan,
    pub(super) engine: Option<(Arc<dyn Engine>, FeedId, Duration)>,
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
            Err(fault) if self.plan.verb == Verb::Rollback => {
                // rollback goes on after saying so, its record on stderr
                let text = format!(
                    "the journal cannot be written ({fault}); the rollback goes on without it"
                );
                self.report.notes.push(text.clone());
                self.bus.tell(Event::Notice { text }).await;
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
        let writer = Writer { id: String::new(), host: String::new(), pid: std::process::id() };
        Record { seq: 0, at: self.bus.now(), operator: self.operator.clone(), writer, kind }
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
        if let Err(text) = self.hook("after", &hook).await {
            self.report.notes.push(text.clone());
            self.bus.tell(Event::Notice { text }).await;
        }
    }

    async fn hook(&self, when: &str, hook: &HookSpec) -> Result<String, String> {
        let begins = if when == "before" { BEFORE_HOOK } else { "running the command after" };
        self.progress(format!("{begins}: {}", hook.argv.join(" "))).await;
        programs::hook(hook).await.map_err(|error| format!("command {when}: {error}"))
    }

    /// Sends each planned call once. A promotion stops at the first that is not accepted; a rollback
    /// tries each, whatever another answered.
    async fn calls(&mut self) {
        let engine = self.engine.as_ref().map(|(engine, ..)| engine.clone());
        for i in 0..self.plan.calls.len() {
            let call = self.plan.calls[i].clone();
            let blind = call.expect.is_empty();
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
            let (answer, output) = send(engine.as_deref(), &call).await;
            drop(sending);
            step.output = output;
            match answer {
                Ok(()) => {
                    step.sent_ms = Some(sent_ms);
                    step.accepted_ms = Some(self.elapsed_ms());
                }
                Err(CallError::Failed(fault)) => step.error = Some(fault.text),
                Err(CallError::Unknown(fault)) => {
                    step.sent_ms = Some(sent_ms);
                    step.error = Some(format!("unknown: {}", fault.text));
                }
            }
            Boundary::AfterCall.reached().await;
            self.report.steps.push(step);
        }
    }

    /// Why nothing more is sent. Nothing stops a rollback.
    async fn stops(&mut self, may_send: bool) -> Option<&'static str> {
        if self.plan.verb == Verb::Rollback {
            return None;
        }
        if self.report.steps.last().is_some_and(|step| step.accepted_ms.is_none()) {
            return Some("the call before it was not accepted");
        }
        if self.is_overtaken().await {
            return Some(OVERTAKEN);
        }
        (!may_send).then_some("another process is sending to this target and does not end")
    }

    async fn is_overtaken(&mut self) -> bool {
        self.overtaken |= self.plan.verb != Verb::Rollback
            && self.journaled
            && self.journal.superseded(&self.plan.action, &self.plan.target).await;
        self.overtaken
    }

    /// Reads until every call's effect is in force, or the time is over.
    async fn verify(&mut self) {
        let deadline = Instant::now() + Duration::from_millis(self.plan.verify_ms);
        let sent = |step: &StepReport| step.sent_ms.is_some();
        if let Some((engine, feed, every)) = self.engine.clone() {
            self.progress("reading back").await;
            let waits = |step: &StepReport| sent(step) && step.seen_ms.is_none() && !step.blind;
            while self.report.steps.iter().any(waits) {
                let asked_at = self.bus.now();
                let left = deadline.saturating_duration_since(Instant::now());
                if let Ok(Ok(rollout)) = tokio::time::timeout(left, engine.observe()).await {
                    let now = self.elapsed_ms();
                    for (step, call) in self.report.steps.iter_mut().zip(&self.plan.calls) {
                        if sent(step) && step.seen_ms.is_none() && rollout.shows(call) {
                            step.seen_ms = Some(now);
                        }
                    }
                    let event = reading(&feed, &self.plan.target, rollout, every);
                    self.bus.told(asked_at, event).await;
                }
                if Instant::now() >= deadline || self.is_overtaken().await {
                    break;
                }
                if self.report.steps.iter().any(waits) {
                    tokio::time::sleep(VERIFY_EVERY.min(left)).await;
                }
            }
        }
        self.report.outcome = judge(&self.report.steps);
        if self.overtaken && !self.report.was_sent() {
            self.refuse(Refusal::new("overtaken", OVERTAKEN));
        } else if self.overtaken {
            self.report.notes.push(OVERTAKEN.into());
        }
    }

    async fn finish(&mut self) {
        self.report.took_ms = self.elapsed_ms();
        let kind =
            RecordKind::Outcome { report: Box::new(self.report.clone()), followed_up: false };
        let written =
            if self.journaled { Some(self.journal.append(kind.clone()).await) } else { None };
        match written {
            Some(Ok(_)) => self.poke.notify_one(),
            other => {
                if let Some(Err(fault)) = other {
                    self.report.notes.push(format!("the outcome cannot be journaled: {fault}"));
                }
                let record = self.unwritten(kind);
                self.bus.tell(Event::Journaled { record: Box::new(record) }).await;
            }
        }
    }
}

/// Hands a call over, once: a program is run here, anything else is the engine's to send.
async fn send(engine: Option<&dyn Engine>, call: &Call) -> (Result<(), CallError>, Option<String>) {
    match (&call.run, engine) {
        (Some(program), _) => programs::call(program).await,
        (None, Some(engine)) => (engine.act(call).await, None),
        (None, None) => {
            let fault = Fault::new(FaultKind::Setup, "no engine is configured to send it");
            (Err(CallError::Failed(fault)), None)
        }
    }
}

/// The outcome of all calls together. What was read back counts, whatever the answer was.
fn judge(steps: &[StepReport]) -> Outcome {
    let seen = |step: &StepReport| step.seen_ms.is_some();
    let unknown =
        |step: &StepReport| !seen(step) && step.sent_ms.is_some() && step.accepted_ms.is_none();
    if steps.iter().all(seen) {
        Outcome::Seen
    } else if steps.iter().any(unknown) {
        Outcome::Unknown
    } else if steps.iter().any(|step| step.sent_ms.is_none()) {
        Outcome::Failed
    } else {
        Outcome::Accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(sent: bool, accepted: bool, seen: bool) -> StepReport {
        let ms = |yes: bool| yes.then_some(1);
        StepReport {
            call: String::new(),
            sent_ms: ms(sent),
            accepted_ms: ms(accepted),
            seen_ms: ms(seen),
            ..StepReport::default()
        }
    }

    #[test]
    fn any_unknown_makes_the_whole_unknown() {
        let (seen, accepted) = (step(true, true, true), step(true, true, false));
        let (unknown, failed) = (step(true, false, false), step(false, false, false));
        assert_eq!(judge(&[]), Outcome::Seen);
        assert_eq!(judge(&[seen.clone(), seen.clone()]), Outcome::Seen);
        assert_eq!(judge(&[seen.clone(), accepted.clone()]), Outcome::Accepted);
        assert_eq!(judge(&[seen.clone(), failed.clone()]), Outcome::Failed);
        assert_eq!(judge(&[failed, unknown]), Outcome::Unknown);
        assert_eq!(judge(&[step(true, false, true)]), Outcome::Seen);
    }
}
