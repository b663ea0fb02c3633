//! A guard said no: everything that refuses it, and what could be done about that.

use crate::control::{GateState, Request, UNREADABLE, ask};
use crate::model::{ActionId, Refusal};
use crate::tui::panes::footer::title;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::panes::{View, words};
use crate::tui::theme::Role;

use super::{Answering, ENTRY_LINES, Sheet, entry, headline};

/// What a gate that refuses says: no, not yet, or that it does not know. Rules that are no gates say no.
fn state(view: &View<'_>, request: &Request, refusal: &Refusal) -> GateState {
    let look = view.looks.iter().find(|look| *look.target() == request.target);
    let gates = look.map_or(&[][..], |look| &look.seen.gates);
    let state = gates.iter().find(|gate| gate.name == refusal.gate).map(|gate| gate.state);
    state.filter(|state| *state != GateState::Pass).unwrap_or(GateState::Fail)
}

/// What refuses it by now, and what was said when it was asked and is not any more.
fn by_now<'a>(
    view: &View<'_>,
    request: &Request,
    then: &'a [Refusal],
) -> (Vec<Refusal>, Vec<&'a Refusal>) {
    let asked = ask(view.store, request, ActionId(String::new()), "", view.now);
    let mut now = asked.err().unwrap_or_default();
    let place = |gate: &str| then.iter().position(|refusal| refusal.gate == gate);
    now.sort_by_key(|refusal| place(&refusal.gate).unwrap_or(usize::MAX));
    let gone = |old: &&Refusal| now.iter().all(|refusal| refusal.gate != old.gate);
    let gone = then.iter().filter(gone).collect();
    (now, gone)
}

fn said(reason: &str, width: usize) -> Vec<Row> {
    let lines = wrap(reason, Role::Text, width.saturating_sub(2), ENTRY_LINES);
    lines.into_iter().map(|line| Row::new(width).gap(2).join(line)).collect()
}

/// The refusal of a request, as it is now.
pub fn sheet(
    view: &View<'_>,
    request: &Request,
    refusals: &[Refusal],
    overridable: bool,
    answering: &Answering,
    width: usize,
) -> Sheet {
    let what = title(request.verb, request.full, request.name.as_deref());
    let mut rows = vec![headline(view.store, &request.target, width), Row::new(width)];
    let (refused, gone) = by_now(view, request, refusals);
    for refusal in &refused {
        let (glyph, role) = words::gate(state(view, request, refusal));
        rows.push(Row::new(width).put(format!("{glyph} {}", refusal.gate), role));
        rows.extend(said(&refusal.reason, width));
    }
    let ago = words::span(answering.age(view.now));
    let over = gone.iter().all(|refusal| refusal.gate != UNREADABLE) && refused.is_empty();
    for refusal in gone {
        let (glyph, role) =
            if refusal.gate == UNREADABLE { ("✗", Role::Critical) } else { ("·", Role::Dim) };
        rows.push(Row::new(width).put(format!("{glyph} {}, {ago} ago", refusal.gate), role));
        rows.extend(said(&refusal.reason, width));
    }
    if over {
        let text = "none of it refuses any more: r tries again";
        rows.push(Row::new(width).put(text, Role::Text));
    }
    let mut foot = vec![Row::new(width)];
    let keys = if answering.on_reason {
        let why = if overridable {
            "why is it overridden? (journaled, and stays visible)"
        } else {
            "why? (journaled)"
        };
        foot.push(Row::new(width).put(why, Role::Text));
        foot.push(entry("reason", format!("{}▏", answering.reason.text()), Role::Key, width));
        foot.extend(answering.hint.iter().map(|h| Row::new(width).put(h, Role::Attention)));
        "Esc cancel   Enter go on to the plan"
    } else if overridable {
        let text = "nothing was sent; it can be overridden with a reason";
        foot.push(Row::new(width).put(text, Role::Dim));
        "Esc close   r try again   O override …   Y copy command"
    } else {
        let text = "nothing was sent, and it cannot be overridden";
        foot.push(Row::new(width).put(text, Role::Dim));
        "Esc close   r try again   Y copy command"
    };
    Sheet {
        title: format!("refused: {what}"),
        rows,
        foot,
        keys: keys.to_owned(),
        role: Role::Critical,
        cursor: None,
    }
}
