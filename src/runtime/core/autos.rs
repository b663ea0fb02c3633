//! Actions in the program's own name: asked for, confirmed, looked at again and carried out as an operator's
//! are, on a desk of their own, so that no dialog of an operator is in the way.

use tokio::time::Instant;

use crate::control::{Answer, Desk, Dialog, Effect};
use crate::model::{ActionId, Event, Refusal, Report, Target};

use super::perform::key;
use super::{Runtime, action_id};

/// A desk for one target, and the key of what is asked for there.
pub(super) struct Auto {
    desk: Desk,
    key: String,
}

impl Runtime {
    /// Asks and confirms. What refuses it is said, and it is asked for again as long as it is due.
    pub(super) fn act(&mut self, effect: Effect) {
        let key = key(&effect);
        let Effect::Act { request, .. } = effect else { return };
        let now = self.now();
        let mut desk = Desk::new(self.desk.operator());
        let target = request.target.clone();
        desk.ask(&self.store, *request, action_id(), now);
        let refused = match desk.dialog() {
            Some(Dialog::Refused { refusals, .. }) => Some(sentence(refusals)),
            _ => None,
        };
        let effects = desk.answer(&Answer::Yes, now);
        self.autos.insert(target.clone(), Auto { desk, key: key.clone() });
        if let Some(refused) = refused {
            self.not_done(&target, &key, &refused);
        }
        self.perform(effects);
    }

    /// The fresh reading for one of them.
    pub(super) fn auto_reread(&mut self, action: &ActionId, fault: Option<&str>) {
        let now = self.now();
        let mut effects = Vec::new();
        let mut missed = Vec::new();
        for (target, auto) in &mut self.autos {
            let waits = matches!(auto.desk.dialog(), Some(Dialog::Rereading { confirmation, .. })
                if confirmation.plan.action == *action);
            if !waits {
                continue;
            }
            effects.extend(auto.desk.reread(&self.store, action, fault, action_id(), now));
            let why = match auto.desk.dialog() {
                Some(Dialog::Refused { refusals, .. }) => sentence(refusals),
                Some(Dialog::Confirm { moved: Some(moved), .. }) => moved.clone(),
                _ => continue,
            };
            missed.push((target.clone(), auto.key.clone(), why));
        }
        for (target, key, why) in missed {
            self.not_done(&target, &key, &why);
        }
        self.perform(effects);
    }

    fn not_done(&mut self, target: &Target, key: &str, why: &str) {
        self.looks.end(key, Instant::now());
        // as long as it is due it is asked for anew
        let text = format!("automatic rollback of {target} not done now: {why}");
        self.apply(self.now(), Event::Notice { text, target: Some(target.clone()) });
    }

    /// What became of one of them, which nobody looks at in a dialog.
    pub(super) fn auto_finished(&mut self, report: &Report) {
        let mut own = false;
        for auto in self.autos.values_mut() {
            own |= matches!(auto.desk.dialog(), Some(Dialog::Following { plan, ended: None, .. })
                if plan.action == report.action);
            auto.desk.finished(report);
        }
        if own {
            let (target, outcome) = (&report.target, report.outcome.word());
            let after = report.took_ms;
            let text = format!("automatic rollback of {target}: {outcome} after {after} ms");
            self.apply(self.now(), Event::Notice { text, target: Some(target.clone()) });
        }
    }
}

fn sentence(refusals: &[Refusal]) -> String {
    let all: Vec<String> =
        refusals.iter().map(|refusal| format!("{}: {}", refusal.gate, refusal.reason)).collect();
    format!("refused by {}", all.join("; "))
}
