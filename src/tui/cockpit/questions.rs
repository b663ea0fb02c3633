//! Keys beside the answer of a question: what stands in its way is a question of its own, after which one
//! comes back; of what is being followed, its run is opened or approved.

use crate::control::{Dialog, Intent};
use crate::model::Verb;
use crate::store::Store;
use crate::tui::dialogs::Answering;
use crate::tui::errands;
use crate::tui::keymap::{Action, Code, Key};
use crate::tui::panes::View;

use super::Cockpit;

/// The key that ends what stands in the way: no letter, for names are typed there.
const CLEAR: Key = Key::ctrl('x');

/// The key that goes to another revision, for the same reason no letter.
const OTHER: Key = Key::ctrl('t');

impl Cockpit {
    /// What a key does beside the dialog on the desk; none when the dialog takes it.
    pub(super) fn at_question(
        &mut self,
        key: Key,
        dialog: &Dialog,
        answering: &Answering,
        view: &View<'_>,
    ) -> Option<Vec<Intent>> {
        match dialog {
            Dialog::Confirm { confirmation, .. } if key == CLEAR => {
                let (request, refused) =
                    errands::clearing(view.store, &confirmation.plan, view.now)?;
                if refused.is_some() {
                    return Some(Vec::new());
                }
                let mut first = confirmation.request.clone();
                // what was typed is not typed twice; the name is, for it says yes
                let typed = answering.reason.text().trim();
                if !typed.is_empty() {
                    first.reason = Some(typed.to_owned());
                }
                self.session.first = Some(first);
                Some(vec![Intent::Ask(request)])
            }
            Dialog::Confirm { confirmation, .. } if key == OTHER => {
                let (all, here) = errands::destinations(view.store, &confirmation.plan)?;
                let next = errands::another(&all, here)?;
                let mut request = confirmation.request.clone();
                request.to = Some(next.revision.clone());
                let typed = answering.reason.text().trim();
                if !typed.is_empty() {
                    request.reason = Some(typed.to_owned());
                }
                Some(vec![Intent::Ask(request)])
            }
            Dialog::Following { plan, .. } if !key.repeat && key.code != Code::Esc => {
                let digit = key.typed().and_then(|c| c.to_digit(10)).unwrap_or_default() as usize;
                let runs = errands::candidates(view.store, plan);
                if let Some(run) = digit.checked_sub(1).and_then(|at| runs.get(at)) {
                    return Some(vec![Intent::Pick(plan.action.clone(), *run)]);
                }
                match self.keymap.action(key) {
                    Some(Action::OpenBrowser) => {
                        let run = errands::followed(view.store, plan)?;
                        Some(self.browse_to(Some(run.url.clone())))
                    }
                    Some(Action::Approve) => {
                        let (request, refused) = errands::own_approval(view.store, plan, view.now)?;
                        let asks = refused.is_none();
                        Some(asks.then_some(Intent::Ask(request)).into_iter().collect())
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Where an answer leads: from what stood in the way back to the question it stood in the way of.
    pub(super) fn led_back(
        &mut self,
        mut intents: Vec<Intent>,
        dialog: &Dialog,
        store: &Store,
    ) -> Vec<Intent> {
        let dismissed = intents == [Intent::Dismiss];
        if let Dialog::Following { plan, ended, .. } = dialog
            && dismissed
            && plan.verb == Verb::Dispatch
        {
            self.form_done(store, plan, ended.as_deref());
        }
        let ends = |verb: Verb| matches!(verb, Verb::Cancel | Verb::ForceCancel);
        let verb = match dialog {
            Dialog::Refused { request, .. } => request.verb,
            Dialog::Confirm { confirmation, .. } | Dialog::Rereading { confirmation, .. } => {
                confirmation.plan.verb
            }
            Dialog::Following { plan, .. } => plan.verb,
            Dialog::Several(_) => return intents,
        };
        let asks = |intent: &Intent| match intent {
            Intent::Ask(request) => !ends(request.verb),
            _ => false,
        };
        if intents.iter().any(asks) || !ends(verb) {
            self.session.first = None;
        } else if dismissed && let Some(first) = self.session.first.take() {
            intents.push(Intent::Ask(first));
        }
        intents
    }
}
