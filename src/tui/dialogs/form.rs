//! The form of a workflow to start: a row for each input, what is wrong beside it.

use crate::model::workflow::InputKind;
use crate::store::Store;
use crate::tui::panes::row::{Row, wrap};
use crate::tui::session::{Entry, Form, HEAD, Known};
use crate::tui::theme::Role;

use super::{Sheet, headline};

/// The form.
pub fn sheet(store: &Store, form: &Form, known: &Known, width: usize) -> Sheet {
    let mut rows = vec![headline(store, &form.target, width)];
    if let Some(why) = &form.refused {
        rows.extend(wrap(&format!("✗ {why}"), Role::Error, width, 4));
    }
    rows.push(Row::new(width));
    let label = form.entries.iter().map(|entry| name(entry).chars().count() + 2);
    let label = label.max().unwrap_or(0).clamp(10, (width / 3).max(10));
    let before = rows.len();
    for row in 0..HEAD + form.entries.len() {
        rows.push(line(form, known, row, label, width));
    }
    let mut foot = vec![Row::new(width)];
    let told = told(form, known);
    foot.extend(wrap(&told, Role::Dim, width, 3));
    let short = width < 60;
    let keys = if short {
        "Esc leave   Enter go on"
    } else {
        "Esc leave, kept   Enter plan   Tab next   ← → choose   Space switch"
    };
    Sheet {
        title: "start a workflow".to_owned(),
        rows,
        foot,
        keys: keys.to_owned(),
        role: Role::BorderFocus,
        cursor: Some(before + form.row),
    }
}

fn name(entry: &Entry) -> &str {
    entry.input.as_ref().map_or("input", |input| &input.name)
}

/// `▸ version *   3.1.0▏        ✗ required`
fn line(form: &Form, known: &Known, row: usize, label: usize, width: usize) -> Row {
    let here = row == form.row;
    let entry = row.checked_sub(HEAD).and_then(|at| form.entries.get(at));
    let input = entry.and_then(|entry| entry.input.as_ref());
    let (name, text, choices) = match row {
        0 => ("workflow", form.file.as_str(), known.files.len()),
        1 => ("ref", form.git_ref.text(), known.refs.len()),
        _ => {
            let choices = match input.map(|input| &input.kind) {
                Some(InputKind::Choice(options)) => options.len(),
                Some(InputKind::Environment) => known.environments.len(),
                _ => 0,
            };
            (entry.map_or("", name), entry.map_or("", |entry| entry.value.text()), choices)
        }
    };
    let required = row == 1 || input.is_some_and(|input| input.required);
    let name = if required { format!("{name} *") } else { name.to_owned() };
    let role = if here { Role::Title } else { Role::Dim };
    let head = Row::new(width).put(if here { "▸ " } else { "  " }, Role::Key);
    let head = head.cell(name, label, role).gap(1);
    let kind = input.map(|input| &input.kind);
    let fixed = row == 0 || input.is_some_and(|input| form.choices(input).is_some());
    let value = Row::new(width);
    let value = match kind {
        Some(InputKind::Boolean) => {
            let sign = if text == "true" { "[x] " } else { "[ ] " };
            value.put(sign, Role::Key).put(text, Role::Text)
        }
        _ if fixed => value.put("‹ ", Role::Key).put(text, Role::Text).put(" ›", Role::Key),
        _ => value.put(text, Role::Text).put(if here { "▏" } else { "" }, Role::Key),
    };
    let aside = match form.wrong(row) {
        Some(wrong) => Row::new(width / 2).put(format!("✗ {wrong}"), Role::Error),
        None if here && choices > 1 => {
            Row::new(width / 2).put(format!("← → {choices} known"), Role::Dim)
        }
        None => Row::new(0),
    };
    let room = head.room().saturating_sub(if aside.width() > 0 { aside.width() + 2 } else { 0 });
    head.join(value.fit(room)).right(aside)
}

/// What the row under the cursor is for.
fn told(form: &Form, known: &Known) -> String {
    let entry = form.row.checked_sub(HEAD).and_then(|at| form.entries.get(at));
    match (form.row, entry.map(|entry| &entry.input)) {
        (0, _) if known.inputs.is_none() => {
            format!("the file of {} was not read: write its inputs as name=value", form.file)
        }
        (0, _) => "the workflow that is started".to_owned(),
        (1, _) => "the branch or tag whose file is run".to_owned(),
        (_, Some(Some(input))) => {
            let what = match &input.kind {
                InputKind::String => "a text",
                InputKind::Boolean => "a switch",
                InputKind::Number => "a number",
                InputKind::Choice(_) => "one of several",
                InputKind::Environment => "an environment",
            };
            let needed = if input.required { ", required" } else { "" };
            let default = input.default.as_ref();
            let default = default.map_or(String::new(), |text| format!(", else {text}"));
            let about = input.description.as_ref();
            let about = about.map_or(String::new(), |text| format!("{text} "));
            format!("{about}({what}{needed}{default})")
        }
        _ => {
            "its file was not read: write name=value, one a line; GitHub says what is wrong".into()
        }
    }
}
