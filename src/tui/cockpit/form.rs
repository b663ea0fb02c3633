//! The form of a workflow to start: opened for a target, kept when one leaves, and what it asks for.

use crate::control::{Intent, Request};
use crate::model::{ActionId, Outcome, Plan, Report, Target, TargetSpec, Verb};
use crate::store::Store;
use crate::tui::errands;
use crate::tui::keymap::{Action, Code, Key};
use crate::tui::panes::View;
use crate::tui::session::{Form, Known, Mode};

use super::Cockpit;

impl Cockpit {
    /// Opens the form for the selected target, as it was left.
    pub(super) fn open_form(&mut self, view: &View<'_>) {
        let Some(look) = self.session.selected(view) else { return };
        let spec = &look.state.spec;
        if spec.repo.is_none() {
            let text = format!("{} has no repository at GitHub", spec.target);
            self.session.flash = Some(text);
            return;
        }
        let kept = self.session.drafts.remove(&spec.target).and_then(|kept| back(view.store, kept));
        let blank = || Form::new(spec.target.clone(), String::new(), String::new());
        let mut form = kept.unwrap_or_else(blank);
        learn(view.store, spec, &mut form);
        self.session.mode = Mode::Form(Box::new(form));
    }

    /// A key while the form has them.
    pub(super) fn fill_form(&mut self, key: Key, view: &View<'_>) -> Vec<Intent> {
        let leaves = key.code == Code::Esc || self.keymap.action(key) == Some(Action::Interrupt);
        let Mode::Form(form) = &mut self.session.mode else { return Vec::new() };
        if leaves {
            let form = form.as_ref().clone();
            self.session.drafts.insert(form.target.clone(), form);
            self.session.mode = Mode::Browse;
            return Vec::new();
        }
        let Some(spec) = spec(view, form) else { return Vec::new() };
        let known = learn(view.store, spec, form);
        if key.code != Code::Enter {
            form.key(key, &known);
            learn(view.store, spec, form);
            return Vec::new();
        }
        let Some(subject) = form.subject().filter(|_| !key.repeat) else { return Vec::new() };
        form.refused = None;
        let request = Request::new(form.target.clone(), Verb::Dispatch);
        vec![Intent::Ask(Request { subject: Some(subject), ..request })]
    }

    /// What is known of the workflow in the form.
    pub(super) fn form_known(&mut self, view: &View<'_>) -> Known {
        let Mode::Form(form) = &mut self.session.mode else { return Known::default() };
        let Some(spec) = spec(view, form) else { return Known::default() };
        learn(view.store, spec, form)
    }

    /// What became of it was put away: what was typed comes back where it was not taken, and is kept while
    /// nobody knows; else it is not wanted any more.
    pub(super) fn form_done(&mut self, store: &Store, plan: &Plan, ended: Option<&Report>) {
        let Mode::Form(form) = &mut self.session.mode else { return };
        match came(store, &plan.target, &plan.action, ended) {
            Came::Nothing(why) => return form.refused = Some(why),
            Came::Unseen => {
                form.sent = Some(plan.action.clone());
                self.session.drafts.insert(form.target.clone(), form.as_ref().clone());
            }
            Came::Something => {}
        }
        self.session.mode = Mode::Browse;
    }
}

/// What came of a request.
enum Came {
    /// Nobody knows yet.
    Unseen,
    /// It was sent, and not refused.
    Something,
    /// It was not taken: why.
    Nothing(String),
}

fn came(store: &Store, target: &Target, action: &ActionId, ended: Option<&Report>) -> Came {
    let entries = store.target(target).map(|state| &state.ledger.entries);
    let entry = entries.and_then(|all| all.iter().find(|entry| entry.plan.action == *action));
    let Some(report) = entry.and_then(|entry| entry.report.as_ref()).or(ended) else {
        return Came::Unseen;
    };
    if report.was_sent() || !matches!(report.outcome, Outcome::Failed | Outcome::Refused) {
        return Came::Something;
    }
    let errors = report.steps.iter().filter_map(|step| step.error.clone());
    let refusals = report.refusals.iter().map(ToString::to_string);
    Came::Nothing(errors.chain(refusals).collect::<Vec<_>>().join("; "))
}

/// A form that was left, with what has become of it since; none where that was sent.
fn back(store: &Store, mut form: Form) -> Option<Form> {
    let Some(action) = &form.sent else { return Some(form) };
    match came(store, &form.target, action, None) {
        Came::Unseen => {}
        Came::Something => return None,
        Came::Nothing(why) => (form.refused, form.sent) = (Some(why), None),
    }
    Some(form)
}

fn spec<'a>(view: &View<'a>, form: &Form) -> Option<&'a TargetSpec> {
    view.store.target(&form.target).map(|state| &state.spec)
}

/// Takes in what is known of the repository and of the form's workflow by now.
fn learn(store: &Store, spec: &TargetSpec, form: &mut Form) -> Known {
    if form.file.is_empty() {
        begin(store, spec, form);
    }
    let known = errands::known(store, spec, &form.file);
    form.learn(&known);
    known
}

/// Chooses the target's own workflow where that can be started.
fn begin(store: &Store, spec: &TargetSpec, form: &mut Form) {
    let known = errands::known(store, spec, "");
    let own = spec.workflow.clone().filter(|own| known.files.contains(own));
    // one that is there to be started by hand, before one that nobody has read yet
    let back = spec.rollout.as_ref().and_then(|rollout| rollout.rollback_workflow.clone());
    let own = own.or_else(|| back.filter(|back| known.files.contains(back)));
    form.file = own.or_else(|| known.files.first().cloned()).unwrap_or_default();
}
