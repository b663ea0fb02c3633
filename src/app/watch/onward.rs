//! Promotions that a watch asks for by itself: on the desk that every request lies on, confirmed beforehand by
//! `--yes`, guarded again, journaled and sent once.

use std::time::Duration;

use tokio::time::Instant;

use crate::cli::args::{Global, WatchArgs};
use crate::control::{Answer, Dialog, Intent, Request, Stays, is_ready, stays};
use crate::model::{Outcome, Refusal, Verb};
use crate::runtime::Runtime;

/// How long after a refusal it is asked for again.
const AGAIN: Duration = Duration::from_secs(5);

/// What asks for the next step.
pub(super) struct Onward {
    request: Request,
    /// Not before then.
    after: Option<Instant>,
    /// The refusal that was told last.
    told: Option<String>,
    /// What was told last of what keeps it where it is.
    stays: Option<String>,
}

impl Onward {
    pub(super) fn new(global: &Global, args: &WatchArgs) -> Self {
        let request = Request {
            reason: global.reason.clone(),
            to: args.to.clone(),
            verify: args.verify,
            ..Request::new(args.target.clone(), Verb::Promote)
        };
        Self { request, after: None, told: None, stays: None }
    }

    /// Takes what became of promotions; what the engine refused is not asked of it again.
    pub(super) fn reports(&mut self, runtime: &mut Runtime) -> Option<String> {
        let mut failed = None;
        for report in runtime.take_finished() {
            if report.verb != Verb::Promote {
                continue;
            }
            runtime.intend(Intent::Dismiss);
            match report.outcome {
                Outcome::Failed => {
                    let error = report.steps.iter().find_map(|step| step.error.clone());
                    let error = error.or_else(|| report.notes.first().cloned()).unwrap_or_default();
                    failed = Some(format!("the promotion failed: {error}"));
                }
                Outcome::Refused => self.after = Some(Instant::now() + AGAIN),
                _ => self.told = None,
            }
        }
        failed
    }

    /// What keeps it where it is, once for as long as that is the same.
    fn why(&mut self, stays: Option<Stays>) -> Option<String> {
        let mark = stays.as_ref().map(|stays| stays.mark.clone());
        let new = mark != self.stays;
        self.stays = mark;
        stays.filter(|_| new).map(|stays| stays.text)
    }

    /// Asks, or answers what was asked. A refusal is returned once.
    pub(super) fn go_on(&mut self, runtime: &mut Runtime) -> Option<String> {
        if runtime.desk().dialog().is_none() {
            let early = self.after.is_some_and(|after| Instant::now() < after);
            let (store, now) = (runtime.store(), runtime.now());
            if early {
                return None;
            }
            if !is_ready(store, &self.request, now) {
                let stays = stays(store, &self.request, now);
                return self.why(stays);
            }
            runtime.intend(Intent::Ask(self.request.clone()));
        }
        match runtime.desk().dialog()? {
            Dialog::Confirm { moved: None, .. } => {
                runtime.intend(Intent::Answer(Answer::Yes));
                None
            }
            // what was asked for is not what there is: it is looked at anew
            Dialog::Confirm { .. } => {
                runtime.intend(Intent::Dismiss);
                None
            }
            Dialog::Refused { refusals, .. } => {
                let told = sentence(refusals);
                runtime.intend(Intent::Dismiss);
                self.after = Some(Instant::now() + AGAIN);
                let new = self.told.as_ref() != Some(&told);
                self.told = Some(told.clone());
                new.then_some(told)
            }
            _ => None,
        }
    }
}

fn sentence(refusals: &[Refusal]) -> String {
    let all: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    format!("the promotion is refused by {}", all.join("; "))
}
