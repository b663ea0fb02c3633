//! Whether what was sent is in force: read, never sent again. The engine tells of its settings, GitHub of
//! its runs.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Outcome, Progress, Refusal, StepReport};
use crate::runtime::engine_source::reading;
use crate::runtime::workflows;

use super::{Execution, HELD, OVERTAKEN};

/// How often the engine is read while a change is waited for.
const VERIFY_EVERY: Duration = Duration::from_millis(100);

impl Execution {
    /// Reads until every call's effect is in force, or the time is over.
    pub(super) async fn verify(&mut self) {
        let deadline = Instant::now() + Duration::from_millis(self.plan.verify_ms);
        let sent = |step: &StepReport| step.sent_ms.is_some();
        let taken = |step: &StepReport| sent(step) && !step.refused;
        self.follow(deadline).await;
        if let Some((engine, feed, every)) = self.engine.clone() {
            self.progress("reading back").await;
            let followed: BTreeSet<usize> = self.followed().collect();
            let waits = |(i, step): (usize, &StepReport)| {
                taken(step) && step.seen_ms.is_none() && !step.blind && !followed.contains(&i)
            };
            while self.report.steps.iter().enumerate().any(waits) {
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
                if self.report.steps.iter().enumerate().any(waits) {
                    tokio::time::sleep(VERIFY_EVERY.min(left)).await;
                }
            }
        }
        self.report.outcome = judge(&self.report.steps);
        if let Some(why) = self.held.take() {
            self.refuse(Refusal::new(HELD, why));
        } else if self.overtaken && !self.report.was_sent() {
            self.refuse(Refusal::new("overtaken", OVERTAKEN));
        } else if self.overtaken {
            self.report.notes.push(OVERTAKEN.into());
        }
    }

    /// The calls whose effect is looked for at GitHub.
    fn followed(&self) -> impl Iterator<Item = usize> + '_ {
        let calls = self.plan.calls.iter().enumerate();
        calls.filter(|(_, call)| call.follow.is_some()).map(|(i, _)| i)
    }

    /// Reads at GitHub until every request's effect is there, or will not come, or the time is over.
    async fn follow(&mut self, deadline: Instant) {
        let calls: Vec<usize> = self.followed().collect();
        for i in calls {
            let call = self.plan.calls[i].clone();
            let Some(host) = self.workflows.get(&call.to).cloned() else { continue };
            let Some(sent_ms) =
                self.report.steps.get(i).filter(|step| !step.refused).and_then(|step| step.sent_ms)
            else {
                continue;
            };
            let mut follower = workflows::Follower::new(host, &call, self.bus.clone());
            let elapsed = i64::try_from(self.elapsed_ms().saturating_sub(sent_ms));
            let elapsed = chrono::TimeDelta::milliseconds(elapsed.unwrap_or_default());
            let sent = self.bus.now() - elapsed;
            let mut doubt = None;
            loop {
                let known = self.report.steps[i].github_run;
                let left = deadline.saturating_duration_since(Instant::now());
                let found = follower.look(known, sent, left).await;
                let now = self.elapsed_ms();
                let step = &mut self.report.steps[i];
                match found {
                    Some(Progress::Seen(run)) => {
                        doubt = None;
                        step.github_run = run.or(step.github_run);
                        step.seen_ms = Some(now);
                        break;
                    }
                    Some(Progress::Failed(run, why)) => {
                        doubt = None;
                        step.github_run = run.or(step.github_run);
                        step.error = Some(why);
                        step.failed = true;
                        break;
                    }
                    Some(Progress::Ambiguous(runs)) => {
                        doubt = Some(workflows::ambiguous(&runs));
                    }
                    Some(Progress::Waiting(run, text)) => {
                        doubt = None;
                        step.github_run = run.or(step.github_run);
                        self.progress(text).await;
                    }
                    None => {}
                }
                if Instant::now() >= deadline || self.is_overtaken().await {
                    break;
                }
                let left = deadline.saturating_duration_since(Instant::now());
                tokio::time::sleep(workflows::LOOK_EVERY.min(left)).await;
            }
            if doubt.is_some() {
                self.report.steps[i].error = doubt;
            }
        }
    }
}

/// The outcome of all calls together. What was read back counts, whatever the answer was.
fn judge(steps: &[StepReport]) -> Outcome {
    let seen = |step: &StepReport| step.seen_ms.is_some();
    if steps.iter().any(|step| step.failed) {
        return Outcome::Failed;
    }
    let unknown = |step: &StepReport| {
        !seen(step) && !step.refused && step.sent_ms.is_some() && step.accepted_ms.is_none()
    };
    if steps.iter().all(seen) {
        Outcome::Seen
    } else if steps.iter().any(unknown) {
        Outcome::Unknown
    } else if steps.iter().any(|step| !seen(step) && (step.refused || step.sent_ms.is_none())) {
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
        assert_eq!(judge(&[failed, unknown.clone()]), Outcome::Unknown);
        let refused = StepReport { refused: true, ..unknown.clone() };
        assert_eq!(judge(&[refused.clone(), unknown]), Outcome::Unknown);
        assert_eq!(judge(&[seen.clone(), refused]), Outcome::Failed);
        assert_eq!(judge(&[step(true, false, true)]), Outcome::Seen);
    }
}
