//! The operator's desk: one question at a time, from asking to carrying out. Keys and shell commands go
//! through here alike, so nothing reaches an engine by another way.

use crate::model::{ActionId, Plan, Refusal, Report, Target, Time, Verb};
use crate::store::Store;

use super::Effect;
use super::guard::is_overridable;
use super::plan::{Challenge, Confirmation, REASON, Request, ask};
use super::playing::Playing;
use super::recheck::{Recheck, recheck, up_to_date};

mod several;

pub use several::{Ids, Several, WAVE, in_order};

/// What refuses when the fresh reading of a confirmed plan could not be had; no rule says it again later.
pub const UNREADABLE: &str = "engine unreadable";

/// What lies on the desk.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    /// A guard said no.
    Refused {
        /// What was asked.
        request: Request,
        /// Everything that refuses it.
        refusals: Vec<Refusal>,
        /// Whether a typed name and a reason would override all of it.
        overridable: bool,
    },
    /// A plan waits for its answer.
    Confirm {
        /// The plan and what answers it.
        confirmation: Confirmation,
        /// Why it is asked anew, when it is: the target moved.
        moved: Option<String>,
    },
    /// Confirmed; the engine is being read once more.
    Rereading {
        /// The confirmed plan.
        confirmation: Confirmation,
        /// Since when.
        since: Time,
    },
    /// It is being carried out, or was: the store knows how far.
    Following {
        /// The plan.
        plan: Box<Plan>,
        /// Since when.
        since: Time,
        /// What became of it, when it never came into the journal.
        ended: Option<Box<Report>>,
    },
    /// Several questions that one yes answers.
    Several(Several),
}

impl Dialog {
    /// Whether all that is missing is a reason.
    #[must_use]
    pub fn wants_reason(&self) -> bool {
        match self {
            Self::Refused { refusals, overridable: false, .. } => {
                !refusals.is_empty() && refusals.iter().all(|refusal| refusal.gate == REASON)
            }
            Self::Several(several) => several.unexplained() > 0,
            _ => false,
        }
    }
}

/// An operator's answer to a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The named key was pressed.
    Key,
    /// A name was typed, and Enter pressed.
    Name(String),
    /// `--yes` on the command line.
    Yes,
}

/// The operator's desk.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desk {
    operator: String,
    dialog: Option<Dialog>,
    /// The replay that is watched from it, when one is.
    pub playing: Option<Playing>,
}

impl Desk {
    /// An empty desk.
    #[must_use]
    pub fn new(operator: impl Into<String>) -> Self {
        Self { operator: operator.into(), dialog: None, playing: None }
    }

    /// Who sits at it.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// What lies on it.
    #[must_use]
    pub fn dialog(&self) -> Option<&Dialog> {
        self.dialog.as_ref()
    }

    /// Puts the question away. Never acts, and never stops what is being carried out.
    pub fn dismiss(&mut self) {
        self.dialog = None;
    }

    /// Asks for an action. A confirmed one that is still being reread is not replaced.
    pub fn ask(&mut self, store: &Store, request: Request, action: ActionId, now: Time) {
        if matches!(self.dialog, Some(Dialog::Rereading { .. })) {
            return;
        }
        self.dialog = Some(self.dialog_for(store, request, action, now, None));
    }

    /// Asks for several actions at once, each of which is a question of its own.
    pub fn ask_all(&mut self, store: &Store, requests: Vec<Request>, ids: Ids, now: Time) {
        if !matches!(self.dialog, Some(Dialog::Rereading { .. })) {
            let several = Several::ask(&self.operator, store, requests, ids, now);
            self.dialog = Some(Dialog::Several(several));
        }
    }

    fn dialog_for(
        &self,
        store: &Store,
        request: Request,
        action: ActionId,
        now: Time,
        moved: Option<String>,
    ) -> Dialog {
        match ask(store, &request, action, &self.operator, now) {
            Ok(confirmation) => Dialog::Confirm { confirmation, moved },
            Err(refusals) => refused(store, request, refusals, now),
        }
    }

    /// Answers the confirmation on the desk. The right answer sends for a fresh reading of the engine;
    /// a wrong one changes nothing.
    pub fn answer(&mut self, answer: &Answer, now: Time) -> Vec<Effect> {
        if let Some(Dialog::Several(several)) = &mut self.dialog {
            return several.answer(answer, now);
        }
        let Some(Dialog::Confirm { confirmation, .. }) = &self.dialog else { return Vec::new() };
        let plan = &confirmation.plan;
        let right = match (answer, confirmation.challenge) {
            (Answer::Yes, _) | (Answer::Key, Challenge::Key) => true,
            (Answer::Name(name), Challenge::Name) => name.trim() == confirmation.typed().as_str(),
            _ => false,
        };
        if !right {
            return Vec::new();
        }
        let runs = plan.calls.iter().filter(|_| plan.verb.is_of_runs());
        let mut runs = runs.filter_map(|call| Some((call.to.clone(), call.follow.clone()?)));
        let (action, target) = (plan.action.clone(), plan.target.clone());
        let effect = Effect::Reread { action, target, runs: runs.next() };
        self.dialog = Some(Dialog::Rereading { confirmation: confirmation.clone(), since: now });
        vec![effect]
    }

    /// The fresh reading is folded in (or could not be had: `fault`). Guards again on the newest facts,
    /// and hands the plan to be carried out, or asks anew under `again`.
    pub fn reread(
        &mut self,
        store: &Store,
        action: &ActionId,
        fault: Option<&str>,
        again: ActionId,
        now: Time,
    ) -> Vec<Effect> {
        let confirmation = match &mut self.dialog {
            Some(Dialog::Several(several)) => {
                return several.reread(store, action, fault, &again, now);
            }
            Some(Dialog::Rereading { confirmation, .. }) if confirmation.plan.action == *action => {
                confirmation.clone()
            }
            // dismissed meanwhile: confirmed and not begun is not done
            _ => return Vec::new(),
        };
        let verb = confirmation.plan.verb;
        let reads_engine = matches!(verb, Verb::Promote | Verb::Rollback) || verb.is_of_runs();
        if let Some(fault) = fault.filter(|_| reads_engine) {
            let refusals = vec![Refusal::new(UNREADABLE, fault)];
            self.dialog = Some(refused(store, confirmation.request, refusals, now));
            return Vec::new();
        }
        match recheck(store, &confirmation, now) {
            Ok(()) => {
                let plan = Box::new(up_to_date(store, confirmation, now));
                self.dialog =
                    Some(Dialog::Following { plan: plan.clone(), since: now, ended: None });
                vec![Effect::Execute { plan }]
            }
            Err(Recheck::Refused(refusals)) => {
                self.dialog = Some(refused(store, confirmation.request, refusals, now));
                Vec::new()
            }
            Err(Recheck::Moved(why)) => {
                let dialog = self.dialog_for(store, confirmation.request, again, now, Some(why));
                self.dialog = Some(dialog);
                Vec::new()
            }
        }
    }

    /// An action of this process is over. The store tells most of it; what was refused before the
    /// journal knew of it only the report does.
    pub fn finished(&mut self, report: &Report) {
        match &mut self.dialog {
            Some(Dialog::Following { plan, ended, .. }) if plan.action == report.action => {
                *ended = Some(Box::new(report.clone()));
            }
            Some(Dialog::Several(several)) => several.finished(report),
            _ => {}
        }
    }

    /// Of several that were confirmed, begins those whose turn it is by now.
    pub fn go_on(&mut self, store: &Store, ids: Ids, now: Time) -> Vec<Effect> {
        match &mut self.dialog {
            Some(Dialog::Several(several)) => several.go_on(store, ids, now),
            _ => Vec::new(),
        }
    }

    /// The target of the question on the desk; none where it is about several.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self.dialog.as_ref()? {
            Dialog::Refused { request, .. } => Some(&request.target),
            Dialog::Confirm { confirmation, .. } | Dialog::Rereading { confirmation, .. } => {
                Some(&confirmation.plan.target)
            }
            Dialog::Following { plan, .. } => Some(&plan.target),
            Dialog::Several(_) => None,
        }
    }
}

fn refused(store: &Store, request: Request, refusals: Vec<Refusal>, now: Time) -> Dialog {
    let overridable = !request.force
        && !refusals.is_empty()
        && refusals.iter().all(|refusal| is_overridable(store, &request, refusal, now));
    Dialog::Refused { request, refusals, overridable }
}
