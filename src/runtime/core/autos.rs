//! Actions in the program's own name: asked for, confirmed, looked at again and carried out as an operator's
//! are, on a desk of their own, so that no dialog of an operator is in the way.

use crate::control::{Answer, Desk, Dialog, Request};
use crate::model::{ActionId, Event, Refusal, Report};

use super::{Runtime, action_id};

impl Runtime {
    /// Asks and confirms. What refuses it is said, once.
    pub(super) fn act(&mut self, request: Request) {
        let now = self.now();
        let operator = self.desk.operator().to_owned();
        let target = request.target.clone();
        let desk = self.autos.entry(target.clone()).or_insert_with(|| Desk::new(operator));
        desk.ask(&self.store, request, action_id(), now);
        if let Some(Dialog::Refused { refusals, .. }) = desk.dialog() {
            let text = format!("automatic rollback of {target}: {}", sentence(refusals));
            self.apply(now, Event::Notice { text });
        } else {
            let effects = desk.answer(&Answer::Yes, now);
            self.perform(effects);
        }
    }

    /// The fresh reading for one of them.
    pub(super) fn auto_reread(&mut self, action: &ActionId, fault: Option<&str>) {
        let now = self.now();
        let mut effects = Vec::new();
        let mut texts = Vec::new();
        for (target, desk) in &mut self.autos {
            let waits = matches!(desk.dialog(), Some(Dialog::Rereading { confirmation, .. })
                if confirmation.plan.action == *action);
            if !waits {
                continue;
            }
            effects.extend(desk.reread(&self.store, action, fault, action_id(), now));
            match desk.dialog() {
                Some(Dialog::Refused { refusals, .. }) => {
                    texts.push(format!("automatic rollback of {target}: {}", sentence(refusals)));
                }
                Some(Dialog::Confirm { moved: Some(moved), .. }) => {
                    texts.push(format!("automatic rollback of {target}: not done: {moved}"));
                }
                _ => {}
            }
        }
        for text in texts {
            self.apply(now, Event::Notice { text });
        }
        self.perform(effects);
    }

    /// What became of one of them.
    pub(super) fn auto_finished(&mut self, report: &Report) {
        self.autos.values_mut().for_each(|desk| desk.finished(report));
    }
}

fn sentence(refusals: &[Refusal]) -> String {
    let all: Vec<String> =
        refusals.iter().map(|refusal| format!("{}: {}", refusal.gate, refusal.reason)).collect();
    format!("refused by {}", all.join("; "))
}
