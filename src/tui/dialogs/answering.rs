//! What is being typed into a dialog of the desk, and which keys answer it. The answer itself is judged
//! by control; here is made sure that no accident gives one: not a key that was on its way before the
//! dialog stood, not a held key, not a paste, not Enter alone, nothing where the plan cannot be read.

use chrono::TimeDelta;

use crate::control::{Answer, Challenge, Dialog, Intent, Request, Several};
use crate::model::{Time, Verb};
use crate::tui::keymap::{Action, Code, Key, Keymap};
use crate::tui::session::Field;

/// Keys within this time after a dialog appeared were meant for something else.
const DEAF: TimeDelta = TimeDelta::milliseconds(300);

/// After a key that means nothing here, for this long none confirms: somebody types a word, and a letter of
/// it is not a yes.
const DEAF_IN_A_WORD: TimeDelta = TimeDelta::milliseconds(1_500);

/// The state of answering one dialog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answering {
    seal: String,
    /// What would be done, however it is asked for.
    plan: Option<String>,
    since: Option<Time>,
    /// When a key was pressed last that means nothing here.
    strayed: Option<Time>,
    /// The typed name.
    pub name: Field,
    /// The typed reason.
    pub reason: Field,
    /// Whether the reason takes the keys.
    pub on_reason: bool,
    /// Lines scrolled down.
    pub scroll: usize,
    /// Whether its lines had enough room to be read when they were drawn.
    pub readable: bool,
    /// Why the last key did not answer it.
    pub hint: Option<String>,
}

impl Answering {
    /// Begins anew when another dialog lies on the desk than before. A name that was typed stays where the same
    /// plan comes back with a reason.
    pub fn sync(held: &mut Option<Self>, dialog: Option<&Dialog>, now: Time) {
        let Some(dialog) = dialog else {
            *held = None;
            return;
        };
        let seal = seal(dialog);
        if held.as_ref().is_none_or(|held| held.seal != seal) {
            // what only lacks a reason is asked for one at once
            let on_reason = dialog.wants_reason();
            let plan = plan(dialog);
            let same = |held: &Self| held.on_reason && plan.is_some() && held.plan == plan;
            let name = held.take().filter(same).map(|held| held.name).unwrap_or_default();
            *held = Some(Self { seal, plan, name, since: Some(now), on_reason, ..Self::default() });
        }
    }

    /// Whether it may be confirmed: nobody says yes to what cannot be read.
    fn can_confirm(&mut self) -> bool {
        if !self.readable {
            self.hint = Some("enlarge the window to confirm".to_owned());
        }
        self.readable
    }

    /// How long it has been there.
    pub fn age(&self, now: Time) -> TimeDelta {
        self.since.map_or(TimeDelta::zero(), |since| now - since)
    }

    fn is_deaf(&self, now: Time) -> bool {
        self.since.is_none_or(|since| now - since < DEAF)
    }

    /// Whether the key belongs to a word that is being typed; such a key prolongs it.
    fn is_in_a_word(&mut self, now: Time) -> bool {
        let within = self.strayed.is_some_and(|strayed| now - strayed < DEAF_IN_A_WORD);
        if within {
            self.strayed = Some(now);
        }
        within
    }
}

/// What a question would do; none where it is no question, or is asked anew because something moved.
fn plan(dialog: &Dialog) -> Option<String> {
    let Dialog::Confirm { confirmation, moved: None } = dialog else { return None };
    let plan = &confirmation.plan;
    Some(format!("{} {} {:?} {:?}", plan.target, plan.verb, plan.to, plan.calls))
}

/// What tells one dialog from another.
fn seal(dialog: &Dialog) -> String {
    match dialog {
        Dialog::Refused { request, refusals, .. } => format!("refused {request:?} {refusals:?}"),
        Dialog::Confirm { confirmation, .. } => format!("confirm {}", confirmation.plan.action),
        Dialog::Rereading { confirmation, .. } => format!("reread {}", confirmation.plan.action),
        Dialog::Following { plan, .. } => format!("follow {}", plan.action),
        Dialog::Several(asked) => format!("several {:?}", asked.confirmed()),
    }
}

/// The key that confirms: one that asks for nothing.
pub fn confirm_key(keymap: &Keymap) -> char {
    let asks = |c: &char| keymap.action(Key::char(*c)).is_some_and(Action::mutates);
    ['y', 'c', 'x', '.'].into_iter().find(|c| !asks(c)).unwrap_or('y')
}

/// Takes a key for the dialog on the desk.
pub fn answer(
    state: &mut Answering,
    dialog: &Dialog,
    key: Key,
    keymap: &Keymap,
    now: Time,
) -> Vec<Intent> {
    state.hint = None;
    if key.code == Code::Esc || keymap.action(key) == Some(Action::Interrupt) {
        return vec![Intent::Dismiss];
    }
    if state.is_deaf(now) {
        return Vec::new();
    }
    match key.code {
        Code::Up => state.scroll = state.scroll.saturating_sub(1),
        Code::Down => state.scroll += 1,
        _ => {
            return match dialog {
                Dialog::Refused { request, overridable, .. } => {
                    refused(state, request, *overridable, key)
                }
                Dialog::Confirm { confirmation, .. } => {
                    let by_name = confirmation.challenge == Challenge::Name;
                    let has_hooks =
                        confirmation.plan.before.is_some() || confirmation.plan.after.is_some();
                    let request = &confirmation.request;
                    if state.on_reason {
                        return reason(state, request, by_name, key);
                    }
                    if key.ctrl && key.code == Code::Char('s') && has_hooks && !key.repeat {
                        return vec![Intent::Ask(Request { skip_hooks: true, ..request.clone() })];
                    }
                    if by_name {
                        name(state, confirmation.typed().as_str(), key)
                    } else {
                        by_key(state, request, confirm_key(keymap), key, now)
                    }
                }
                Dialog::Rereading { .. } => Vec::new(),
                Dialog::Following { plan, .. } => following(plan, key, keymap),
                Dialog::Several(asked) => several(state, asked, key, keymap, now),
            };
        }
    }
    Vec::new()
}

fn refused(state: &mut Answering, request: &Request, overridable: bool, key: Key) -> Vec<Intent> {
    if state.on_reason {
        if key.code == Code::Enter && !key.repeat {
            if state.reason.text().trim().is_empty() {
                let what = if overridable { "an override" } else { "it" };
                state.hint = Some(format!("{what} needs a reason"));
                return Vec::new();
            }
            let reason = Some(state.reason.text().trim().to_owned());
            let force = request.force || overridable;
            return vec![Intent::Ask(Request { force, reason, ..request.clone() })];
        }
        state.reason.key(key);
        return Vec::new();
    }
    match key.typed() {
        Some('O') if overridable => state.on_reason = true,
        Some('r') if !key.repeat => return vec![Intent::Dismiss, Intent::Ask(request.clone())],
        Some('Y') => return vec![Intent::Copy(request.command())],
        _ => {}
    }
    Vec::new()
}

fn reason(state: &mut Answering, request: &Request, by_name: bool, key: Key) -> Vec<Intent> {
    match key.code {
        Code::Tab | Code::BackTab if by_name => state.on_reason = false,
        Code::Enter if !key.repeat => {
            let typed = state.reason.text().trim();
            if typed.is_empty() {
                state.on_reason = false;
                return Vec::new();
            }
            let reason = Some(typed.to_owned());
            return vec![Intent::Ask(Request { reason, ..request.clone() })];
        }
        _ => {
            state.reason.key(key);
        }
    }
    Vec::new()
}

fn name(state: &mut Answering, wanted: &str, key: Key) -> Vec<Intent> {
    match key.code {
        Code::Tab | Code::BackTab => state.on_reason = true,
        Code::Enter if key.repeat || !state.can_confirm() => {}
        Code::Enter if state.name.text().trim() == wanted => {
            return vec![Intent::Answer(Answer::Name(state.name.text().trim().to_owned()))];
        }
        Code::Enter => state.hint = Some(format!("type {wanted} whole, then Enter")),
        _ => {
            state.name.key(key);
        }
    }
    Vec::new()
}

fn by_key(
    state: &mut Answering,
    request: &Request,
    confirms: char,
    key: Key,
    now: Time,
) -> Vec<Intent> {
    let in_a_word = state.is_in_a_word(now);
    match key.typed() {
        Some(c) if c == confirms && !key.repeat && !in_a_word => {
            if state.can_confirm() {
                return vec![Intent::Answer(Answer::Key)];
            }
        }
        Some('r') if !in_a_word => state.on_reason = true,
        Some('Y') if !in_a_word => return vec![Intent::Copy(request.command())],
        _ => {
            state.strayed = Some(now);
            let text = if in_a_word {
                format!("no name is asked for here; pause, then `{confirms}` confirms, Esc cancels")
            } else {
                format!("`{confirms}` confirms, Esc cancels; nothing else does")
            };
            state.hint = Some(text);
        }
    }
    Vec::new()
}

/// One key, or one typed word, says yes to all that can be done; a reason is every one's.
fn several(
    state: &mut Answering,
    asked: &Several,
    key: Key,
    keymap: &Keymap,
    now: Time,
) -> Vec<Intent> {
    if asked.confirmed().is_some() {
        let closes = key.code == Code::Enter && !key.repeat && asked.ready() == 0;
        return if closes { vec![Intent::Dismiss] } else { Vec::new() };
    }
    let word = asked.word();
    if state.on_reason {
        if matches!(key.code, Code::Tab | Code::BackTab) && word.is_some() {
            state.on_reason = false;
            return Vec::new();
        }
        if key.code != Code::Enter || key.repeat {
            state.reason.key(key);
            return Vec::new();
        }
        state.on_reason = false;
        let typed = state.reason.text().trim().to_owned();
        let with = |request: &Request| Request { reason: Some(typed.clone()), ..request.clone() };
        let requests = asked.requests().map(with).collect();
        return if typed.is_empty() { Vec::new() } else { vec![Intent::AskAll(requests)] };
    }
    if let Some(word) = word {
        return name(state, word, key);
    }
    let Some(request) = asked.requests().next() else { return Vec::new() };
    match by_key(state, request, confirm_key(keymap), key, now) {
        // a command is one request's
        intents if matches!(intents[..], [Intent::Copy(_)]) => Vec::new(),
        intents => intents,
    }
}

/// A rollback overtakes what is being followed; anything else waits until it is put away.
fn following(plan: &crate::model::Plan, key: Key, keymap: &Keymap) -> Vec<Intent> {
    match keymap.action(key) {
        Some(Action::Rollback) if plan.verb != Verb::Rollback && !key.repeat => {
            vec![Intent::Dismiss, Intent::Ask(Request::new(plan.target.clone(), Verb::Rollback))]
        }
        Some(Action::CopyId) => vec![Intent::Copy(plan.action.to_string())],
        // while its command runs: go on without waiting for it
        _ if key.ctrl && key.code == Code::Char('s') && plan.before.is_some() && !key.repeat => {
            vec![Intent::SkipHook(plan.action.clone())]
        }
        _ if key.code == Code::Enter && !key.repeat => vec![Intent::Dismiss],
        _ => Vec::new(),
    }
}
