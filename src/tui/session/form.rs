//! The form of a workflow that is to be started: what is typed into it, and what is wrong with that. Knows
//! nothing of where the inputs were read.

use std::collections::BTreeMap;

use crate::model::workflow::{Input, InputKind};
use crate::model::{ActionId, Subject, Target};
use crate::tui::keymap::{Code, Key};
use crate::workflow::is_one_of;

use super::{Field, moved};

/// What can be chosen and what is asked for, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// File names of the workflows that can be started.
    pub files: Vec<String>,
    /// Branches and tags, the default of the workflow that is chosen first.
    pub refs: Vec<String>,
    /// Environments of the repository.
    pub environments: Vec<String>,
    /// Whether there are no others.
    pub all_environments: bool,
    /// The inputs of the workflow that is chosen; none: its file was not read.
    pub inputs: Option<Vec<Input>>,
}

/// One input and what was typed for it. Without a known name it is a line `name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What is asked for.
    pub input: Option<Input>,
    /// What was typed or chosen.
    pub value: Field,
}

/// The form. Its rows: the workflow, the ref, then the inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// In whose name it is started.
    pub target: Target,
    /// The workflow's file name.
    pub file: String,
    /// The branch or tag.
    pub git_ref: Field,
    /// The inputs of the workflow.
    pub entries: Vec<Entry>,
    /// The environments besides which there are none; none where there may be others.
    environments: Option<Vec<String>>,
    /// The row that has the keys.
    pub row: usize,
    /// Whether what is missing is said: it was tried to go on.
    pub tried: bool,
    /// Why GitHub, or who else was asked, did not take it as it was typed.
    pub refused: Option<String>,
    /// The action that it was sent with, while nobody knows what became of it.
    pub sent: Option<ActionId>,
    /// The workflow whose default ref was filled in last, and that ref.
    filled: (String, String),
    /// What was typed for other workflows.
    others: BTreeMap<String, Vec<Entry>>,
}

/// Rows before the first input.
pub const HEAD: usize = 2;

impl Form {
    /// An empty form for a workflow.
    #[must_use]
    pub fn new(target: Target, file: String, git_ref: String) -> Self {
        Self {
            target,
            file,
            git_ref: Field::with(git_ref),
            entries: Vec::new(),
            environments: None,
            row: HEAD,
            tried: false,
            refused: None,
            sent: None,
            filled: (String::new(), String::new()),
            others: BTreeMap::new(),
        }
    }

    /// Takes in what is known by now; what was typed stays with its name.
    pub fn learn(&mut self, known: &Known) {
        self.environments = known.all_environments.then(|| known.environments.clone());
        self.fill_ref(known);
        let Some(inputs) = &known.inputs else {
            self.entries.retain(|entry| entry.input.is_none());
            let blank = |entry: &Entry| entry.value.text().is_empty();
            if !self.entries.last().is_some_and(blank) {
                self.entries.push(Entry { input: None, value: Field::default() });
            }
            return self.row = self.row.min(HEAD + self.entries.len() - 1);
        };
        let same = self.entries.len() == inputs.len()
            && self
                .entries
                .iter()
                .zip(inputs)
                .all(|(held, input)| held.input.as_ref() == Some(input));
        if same {
            return;
        }
        let held = std::mem::take(&mut self.entries);
        let entry = |input: &Input| {
            let named =
                |entry: &&Entry| entry.input.as_ref().is_some_and(|held| held.name == input.name);
            let free = || {
                let mut lines = held.iter().filter(|entry| entry.input.is_none());
                lines.find_map(|line| {
                    let (name, value) = line.value.text().split_once('=')?;
                    (name.trim() == input.name).then(|| Field::with(value.trim()))
                })
            };
            let typed = held.iter().find(named).map(|entry| entry.value.clone()).or_else(free);
            let value = typed.unwrap_or_else(|| Field::with(begins(input)));
            Entry { input: Some(input.clone()), value }
        };
        self.entries = inputs.iter().map(entry).collect();
        self.row = self.row.min(HEAD + self.entries.len().saturating_sub(1));
    }

    /// Fills in the default ref of a workflow that was not there before, over no other than a default.
    fn fill_ref(&mut self, known: &Known) {
        let (file, git_ref) = &self.filled;
        let is_new = *file != self.file || git_ref.is_empty();
        let Some(default) = known.refs.first().filter(|_| is_new) else { return };
        if self.git_ref.text() == git_ref {
            self.git_ref = Field::with(default);
            self.filled = (self.file.clone(), default.clone());
        }
    }

    /// Goes so many rows down.
    pub fn go(&mut self, by: isize, round: bool) {
        self.row = moved(self.row, by, HEAD + self.entries.len(), round);
    }

    /// Takes a key that is not about leaving; false when it means nothing here.
    pub fn key(&mut self, key: Key, known: &Known) -> bool {
        match key.code {
            Code::Down | Code::Tab => self.go(1, key.code == Code::Tab),
            Code::Up | Code::BackTab => self.go(-1, key.code == Code::BackTab),
            Code::Left => self.choose(-1, known),
            Code::Right => self.choose(1, known),
            Code::Char(' ') if self.is_switch() => self.choose(1, known),
            _ => return self.field().is_some_and(|field| field.key(key)),
        }
        true
    }

    /// The text that is being typed; none where something is chosen.
    pub fn field(&mut self) -> Option<&mut Field> {
        match self.row {
            0 => None,
            1 => Some(&mut self.git_ref),
            row => {
                let entry = self.entries.get_mut(row - HEAD)?;
                let typed = match entry.input.as_ref().map(|input| &input.kind) {
                    Some(InputKind::Boolean | InputKind::Choice(_)) => false,
                    Some(InputKind::Environment) => self.environments.is_none(),
                    _ => true,
                };
                typed.then_some(&mut entry.value)
            }
        }
    }

    /// What an input takes and nothing else; none where anything may be typed.
    #[must_use]
    pub fn choices<'a>(&'a self, input: &'a Input) -> Option<&'a [String]> {
        match &input.kind {
            InputKind::Choice(options) => Some(options),
            InputKind::Environment => self.environments.as_deref(),
            InputKind::String | InputKind::Boolean | InputKind::Number => None,
        }
    }

    fn is_switch(&self) -> bool {
        let entry = self.row.checked_sub(HEAD).and_then(|at| self.entries.get(at));
        let input = entry.and_then(|entry| entry.input.as_ref());
        input.is_some_and(|input| input.kind == InputKind::Boolean)
    }

    /// Goes to the next of what can be chosen in the row.
    fn choose(&mut self, by: isize, known: &Known) {
        let next = |held: &str, all: &[String]| {
            let here = all.iter().position(|one| one == held);
            let place = here.map_or(0, |here| moved(here, by, all.len(), true));
            all.get(place).cloned()
        };
        match self.row {
            0 => {
                let Some(file) = next(&self.file, &known.files) else { return };
                let before = std::mem::replace(&mut self.file, file);
                let entries = self.others.remove(&self.file).unwrap_or_default();
                self.others.insert(before, std::mem::replace(&mut self.entries, entries));
                self.tried = false;
            }
            1 => {
                let chosen = next(self.git_ref.text(), &known.refs);
                self.git_ref = chosen.map_or_else(|| self.git_ref.clone(), Field::with);
            }
            row => {
                let Some(entry) = self.entries.get_mut(row - HEAD) else { return };
                let Some(input) = &entry.input else { return };
                let held = entry.value.text();
                let chosen = match &input.kind {
                    InputKind::Boolean => Some((held != "true").to_string()),
                    InputKind::Choice(options) => next(held, options),
                    InputKind::Environment => next(held, &known.environments),
                    InputKind::String | InputKind::Number => None,
                };
                if let Some(chosen) = chosen {
                    entry.value = Field::with(chosen);
                }
            }
        }
    }

    /// What is wrong in a row. What is merely missing is said after the first try.
    #[must_use]
    pub fn wrong(&self, row: usize) -> Option<String> {
        self.wrong_in(row, self.tried)
    }

    fn wrong_in(&self, row: usize, missing: bool) -> Option<String> {
        let required = || missing.then(|| "required".to_owned());
        match row {
            0 if self.file.is_empty() => Some("no workflow is known".to_owned()),
            0 => None,
            1 => match self.git_ref.text() {
                "" => required(),
                text if text.starts_with('-') || text.contains(char::is_whitespace) => {
                    Some("no branch or tag is called so".to_owned())
                }
                _ => None,
            },
            row => {
                let entry = self.entries.get(row - HEAD)?;
                let text = entry.value.text().trim();
                let Some(input) = &entry.input else {
                    let named =
                        text.split_once('=').is_some_and(|(name, _)| !name.trim().is_empty());
                    return (!text.is_empty() && !named).then(|| "write name=value".to_owned());
                };
                match &input.kind {
                    _ if text.is_empty() => required().filter(|_| input.required),
                    InputKind::Number if text.parse::<f64>().is_err() => {
                        Some("not a number".to_owned())
                    }
                    InputKind::Boolean if !matches!(text, "true" | "false") => {
                        Some("true or false".to_owned())
                    }
                    InputKind::Environment => self.choices(input).and_then(|known| {
                        let wrong = !is_one_of(known, text);
                        wrong.then(|| format!("one of {}", known.join(", ")))
                    }),
                    InputKind::Choice(options) if !options.iter().any(|option| option == text) => {
                        Some(format!("one of {}", options.join(", ")))
                    }
                    _ => None,
                }
            }
        }
    }

    /// What is to be started; none when something is wrong, to which the cursor goes.
    pub fn subject(&mut self) -> Option<Subject> {
        self.tried = true;
        let rows = 0..HEAD + self.entries.len();
        let wrong = rows.clone().find(|row| self.wrong_in(*row, true).is_some());
        if let Some(wrong) = wrong {
            self.row = wrong;
            return None;
        }
        let given = |entry: &Entry| {
            let text = entry.value.text().trim();
            let (name, value) = match &entry.input {
                Some(input) => (input.name.as_str(), text),
                None => text.split_once('=')?,
            };
            let known = entry.input.is_some();
            let given = !known || !value.is_empty();
            given.then(|| (name.trim().to_owned(), value.trim().to_owned()))
        };
        Some(Subject::Workflow {
            file: self.file.clone(),
            git_ref: self.git_ref.text().trim().to_owned(),
            inputs: self.entries.iter().filter_map(given).collect(),
        })
    }
}

/// What an input is before anything was typed.
fn begins(input: &Input) -> String {
    let own = input.default.clone();
    match &input.kind {
        InputKind::Boolean => own.unwrap_or_else(|| "false".to_owned()),
        // GitHub's own form begins with the first, too
        InputKind::Choice(options) => own.or_else(|| options.first().cloned()).unwrap_or_default(),
        InputKind::String | InputKind::Number | InputKind::Environment => own.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
