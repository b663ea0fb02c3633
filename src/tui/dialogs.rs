//! Dialogs: what they say and which keys they take. Those of the desk (a question, its answer, what came
//! of it) and the screen's own (help, actions, command line, leaving). Esc closes each and never acts.

mod actions;
mod announced;
mod answering;
mod confirm;
mod following;
mod form;
mod help;
mod hints;
mod palette;
mod quit;
mod refused;
mod several;
mod themes;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::control::Dialog;
use crate::model::Target;
use crate::store::Store;

use super::keymap::Keymap;
use super::panes::row::{self, Row};
use super::panes::{Glance, View};
use super::session::{Known, Mode, Session};
use super::theme::Role;
use super::widgets::{Look, Modal};

pub use actions::{Choice, chosen, len as actions_len};
pub use answering::{Answering, answer};
pub use themes::sheet as themes;

/// A dialog's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What it is about.
    pub title: String,
    /// Its lines; they scroll when there is no room for all.
    pub rows: Vec<Row>,
    /// Lines beneath them that never scroll: what is being typed.
    pub foot: Vec<Row>,
    /// The keys it takes.
    pub keys: String,
    /// What its frame is drawn as.
    pub role: Role,
    /// The line that must be in sight.
    pub cursor: Option<usize>,
}

/// The widest a dialog gets.
const WIDTH: u16 = 100;

/// The dialog that has the keys, if one has; `width` is the columns of its lines.
pub fn sheet(
    view: &View<'_>,
    dialog: Option<&Dialog>,
    session: &Session,
    answering: Option<&Answering>,
    known: &Known,
    keymap: &Keymap,
    width: usize,
) -> Option<Sheet> {
    let (store, now) = (view.store, view.now);
    if let Some(dialog) = dialog {
        let blank = Answering::default();
        let answering = answering.unwrap_or(&blank);
        return Some(match dialog {
            Dialog::Refused { request, refusals, overridable } => {
                refused::sheet(view, request, refusals, *overridable, answering, width)
            }
            Dialog::Confirm { confirmation, moved } => {
                let moved = moved.as_deref();
                confirm::sheet(view, confirmation, moved, answering, keymap, width)
            }
            Dialog::Rereading { confirmation, since } => {
                following::rereading(store, &confirmation.plan, *since, now, width)
            }
            Dialog::Following { plan, since, ended } => {
                following::sheet(store, plan, *since, ended.as_deref(), keymap, now, width)
            }
            Dialog::Several(asked) => {
                let here = session.selected(view).filter(|_| session.is_on_target());
                let here = here.map(Glance::target);
                several::sheet(view, asked, here, answering, keymap, width)
            }
        });
    }
    match &session.mode {
        Mode::Help(_) => Some(help::sheet(keymap, store.fleet().replay, width)),
        Mode::Actions(menu) => {
            let look = session.selected(view)?;
            Some(actions::sheet(store, look, keymap, menu, now, width))
        }
        Mode::Announced(which) => Some(announced::sheet(view, which, width)),
        Mode::Quit(since) => Some(quit::sheet(store, *since, now, width)),
        Mode::Command(prompt) => {
            Some(palette::sheet(view, session.selected(view), prompt, keymap, width))
        }
        Mode::Browse => hints::sheet(keymap, &session.pending, width),
        Mode::Form(form) => Some(form::sheet(store, form, known, width)),
        Mode::Filter | Mode::Themes(_) | Mode::Inbox | Mode::Log(_) | Mode::JobLog(_) => None,
    }
}

/// Columns of a dialog's lines on a screen of this area.
pub fn width(area: Rect) -> usize {
    usize::from(area.width.min(WIDTH).saturating_sub(if area.width >= 16 { 4 } else { 0 }))
}

/// The part of the screen for a dialog that stands on its last lines, over the keys.
pub fn at_the_foot(sheet: &Sheet, area: Rect) -> Rect {
    let lines = u16::try_from(sheet.rows.len() + sheet.foot.len()).unwrap_or(u16::MAX);
    let height = lines.saturating_add(2).min(area.height);
    Rect { y: area.bottom() - height, height, ..area }
}

/// Columns and lines that a sheet's rows need at least, so that they can be read by scrolling.
const READABLE: (usize, usize) = (24, 3);

/// How a dialog was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The largest scroll that shows anything new.
    pub most: usize,
    /// Whether its lines can be read, at once or by scrolling.
    pub readable: bool,
}

/// Draws a dialog, its lines from `scroll` on.
pub fn draw(sheet: &Sheet, scroll: usize, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Shown {
    let lines = sheet.rows.len() + sheet.foot.len();
    let all = sheet.rows.iter().chain(&sheet.foot);
    let wide = all.map(Row::width).max().unwrap_or(0).max(sheet.keys.width()).max(44);
    let modal = Modal {
        title: &sheet.title,
        keys: &sheet.keys,
        width: u16::try_from(wide.min(width(area))).unwrap_or(WIDTH),
        height: u16::try_from(lines).unwrap_or(u16::MAX),
        role: sheet.role,
    };
    let inner = modal.open(area, buf, look);
    let foot = u16::try_from(sheet.foot.len()).unwrap_or(u16::MAX).min(inner.height);
    let split = inner.bottom() - foot;
    let columns = usize::from(inner.width);
    let height = usize::from(split - inner.y);
    let hidden = sheet.rows.len().saturating_sub(height);
    let first = match sheet.cursor {
        // the last line may say that there are more
        Some(cursor) if height > 0 => {
            (cursor + 1 + usize::from(height > 1)).saturating_sub(height).min(hidden)
        }
        _ => scroll.min(hidden),
    };
    let mut put = |row: &Row, y| row.clone().fit(columns).draw((inner.x, y), look.theme, None, buf);
    for (row, y) in sheet.rows.iter().skip(first).zip(inner.y..split) {
        put(row, y);
    }
    let below = hidden.saturating_sub(first);
    if below > 0 && height > 1 {
        let more = format!("… {} more lines: down scrolls", below + 1);
        let more = Row::new(columns).put(more, Role::Attention);
        let pad = more.room();
        put(&more.gap(pad), split - 1);
    }
    // what was said last is at the end, and must not be what is cut
    let cut = sheet.foot.len() - usize::from(foot);
    for (row, y) in sheet.foot.iter().skip(cut).zip(split..inner.bottom()) {
        put(row, y);
    }
    let readable = columns >= READABLE.0 && height >= READABLE.1.min(sheet.rows.len());
    Shown { most: hidden, readable }
}

/// `checkout / production  PRODUCTION`
fn headline(store: &Store, target: &Target, width: usize) -> Row {
    let row = Row::new(width)
        .put(target.service(), Role::Title)
        .put(" / ", Role::Dim)
        .put(target.environment(), Role::Title);
    if store.target(target).is_some_and(|state| state.spec.production) {
        row.gap(2).put(" PRODUCTION ", Role::Production)
    } else {
        row
    }
}

/// Lines that one entry may take: what is confirmed is shown whole.
const ENTRY_LINES: usize = 60;

/// Columns below which a label has no column of its own, and no line is left blank.
const NARROW: usize = 50;

/// A label in its column and a text beside it, whole, on as many lines as it takes.
fn entries(label: &str, text: &str, role: Role, width: usize) -> Vec<Row> {
    if width < NARROW {
        let label = if label.is_empty() { "·" } else { label };
        return row::hang(Row::new(width).put(label, Role::Dim).gap(1), text, role, ENTRY_LINES);
    }
    let lines = row::wrap(text, role, width.saturating_sub(11).max(1), ENTRY_LINES);
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    let row = |(line, label)| Row::new(width).cell(label, 10, Role::Dim).gap(1).join(line);
    lines.into_iter().zip(labels).map(row).collect()
}

/// A label in its column and a text beside it.
fn entry(label: &str, text: impl AsRef<str>, role: Role, width: usize) -> Row {
    Row::new(width).cell(label, 10, Role::Dim).gap(1).put(text, role)
}
