//! Which of several announced rollbacks a key is about.

use crate::tui::keymap::Action;
use crate::tui::panes::row::Row;
use crate::tui::panes::{View, alarm};
use crate::tui::session::Which;
use crate::tui::theme::Role;

use super::Sheet;

/// The list; what is announced no more keeps its line, so that no digit comes to mean another target.
pub fn sheet(view: &View<'_>, which: &Which, width: usize) -> Sheet {
    let all = alarm::announced(view);
    let rows = which.targets.iter().enumerate().map(|(i, target)| {
        let alarm = all.iter().find(|(announced, _)| *announced == target);
        let (mark, role) = if i == which.line { ("▸ ", Role::Key) } else { ("  ", Role::Dim) };
        let row = Row::new(width).put(mark, role).cell((i + 1).to_string(), 3, Role::Key);
        let row = match alarm {
            Some((_, alarm)) => row
                .put(target.as_str(), Role::Text)
                .gap(1)
                .put(alarm::when(alarm, view.now), Role::Critical)
                .gap(2)
                .put(&alarm.why, Role::Dim),
            None => row.put(format!("{target} is announced no more"), Role::Dim),
        };
        row.select(i == which.line)
    });
    let what = if which.action == Action::KeepRelease { "hold" } else { "do now" };
    Sheet {
        title: format!("{what} which automatic rollback?"),
        rows: rows.collect(),
        foot: Vec::new(),
        keys: format!("Esc close   1-9 or Enter {what}"),
        role: Role::Attention,
        cursor: Some(which.line),
    }
}
