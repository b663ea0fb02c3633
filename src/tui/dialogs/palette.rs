//! The command line and the palette: what can be chosen, why not where it is refused, and the shell command
//! that the line equals.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::control::{Request, guard};
use crate::model::Refusal;
use crate::tui::keymap::Keymap;
use crate::tui::palette::{self, Entry};
use crate::tui::panes::row::{Row, wrap};
use crate::tui::panes::{Glance, View};
use crate::tui::session::Prompt;
use crate::tui::theme::Role;

use super::Sheet;

/// Lines of the list.
const LINES: usize = 10;

/// Below this many columns an entry says what it is and not what it does.
const ROOMY: usize = 60;

/// The list, the line, and what it means.
pub fn sheet(
    view: &View<'_>,
    selected: Option<&Glance<'_>>,
    prompt: &Prompt,
    keymap: &Keymap,
    width: usize,
) -> Sheet {
    let typed = prompt.field.text();
    let offer = palette::offer(prompt, view, selected, keymap);
    let chosen = prompt.chosen(offer.len());
    let first = chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(LINES));
    let shown = || offer.iter().enumerate().skip(first).take(LINES);
    let longest = shown().map(|(_, entry)| entry.line.width()).max().unwrap_or(0);
    let room = (longest.min(width * 3 / 5), width);
    let rows =
        shown().map(|(place, entry)| row(view, selected, entry, chosen == Some(place), room));
    let rows = rows.collect();
    let line = chosen.and_then(|place| offer.get(place)).map_or(typed, |entry| &entry.line);
    let name = if prompt.choosing { "palette" } else { "command" };
    let only = offer.iter().all(|entry| entry.line == typed.trim());
    let told = if only && palette::stands_alone(typed, view, selected) {
        "as typed".to_owned()
    } else {
        fits(offer.len())
    };
    Sheet {
        title: format!("{name}: {told}"),
        rows,
        foot: foot(view, selected, prompt, line, width),
        keys: "Esc cancel   Enter do   Tab complete   ↑ ↓ choose".to_owned(),
        role: Role::BorderFocus,
        cursor: chosen.map(|chosen| chosen - first),
    }
}

fn fits(count: usize) -> String {
    match count {
        0 => "nothing fits".to_owned(),
        1 => "1 fits".to_owned(),
        n => format!("{n} fit"),
    }
}

fn row(
    view: &View<'_>,
    selected: Option<&Glance<'_>>,
    entry: &Entry,
    here: bool,
    (longest, width): (usize, usize),
) -> Row {
    let meaning = palette::meaning(&entry.line, view, selected).ok().flatten();
    let refusals = meaning.and_then(|meaning| meaning.request);
    let refusals = refusals.map_or_else(Vec::new, |request| refused(view, &request));
    let (role, key_role) = if refusals.is_empty() {
        (Role::Text, Role::Key)
    } else {
        (Role::KeyDisabled, Role::KeyDisabled)
    };
    let key = Row::new(14).put(entry.key.as_deref().unwrap_or_default(), key_role);
    let row = Row::new(width).put(if here { "▸ " } else { "  " }, Role::Key);
    let row = if width < ROOMY {
        row.put(&entry.line, role)
    } else {
        let what = match refusals.first() {
            None => entry.what.clone(),
            Some(first) => format!("no: {first}"),
        };
        let room = row.room().saturating_sub(key.width() + 2);
        let text =
            Row::new(room).cell(&entry.line, longest.min(room), role).gap(2).put(what, Role::Dim);
        row.join(text)
    };
    row.right_tight(key).select(here)
}

fn refused(view: &View<'_>, request: &Request) -> Vec<Refusal> {
    guard(view.store, request, view.now)
}

/// The line, the shell command, and one thing to know: never more and never fewer lines.
fn foot(
    view: &View<'_>,
    selected: Option<&Glance<'_>>,
    prompt: &Prompt,
    line: &str,
    width: usize,
) -> Vec<Row> {
    let typed = Row::new(width).put(":", Role::Key);
    let typed = typed.put(tail(prompt.field.text(), width.saturating_sub(2)), Role::Text);
    let (shell, (told, role)) = match palette::meaning(line, view, selected) {
        Ok(None) => (String::new(), (String::new(), Role::Dim)),
        Err(_) if prompt.error.is_none() => (String::new(), (String::new(), Role::Dim)),
        Err(error) => (String::new(), (error, Role::Error)),
        Ok(Some(meaning)) => {
            let refusals = meaning.request.map_or_else(Vec::new, |request| refused(view, &request));
            let told = match refusals.as_slice() {
                [] => String::new(),
                [first] => format!("refused: {first}"),
                [first, more @ ..] => format!("refused: {first} (+{} more)", more.len()),
            };
            let shell = meaning.shell.map_or_else(
                || "no shell command: it is about this screen".to_owned(),
                |shell| format!("$ {shell}"),
            );
            (shell, (told, Role::Attention))
        }
    };
    let mut told = wrap(&told, role, width, 2);
    told.resize(2, Row::new(width));
    let typed = typed.put("▏", Role::Key);
    let rest = typed.room();
    let rows = [typed.gap(rest), Row::new(width).put(shell, Role::Dim)];
    rows.into_iter().chain(told).collect()
}

/// The end of a text: what is being typed stays in sight.
fn tail(text: &str, columns: usize) -> &str {
    let mut room = columns;
    let kept = text.char_indices().rev().take_while(|(_, c)| {
        let fits = c.width().unwrap_or(0) <= room;
        room = room.saturating_sub(c.width().unwrap_or(0));
        fits
    });
    kept.last().map_or("", |(at, _)| &text[at..])
}
