//! The operator's bindings: what they may say, and what is wrong with them. Knows no file; who read the
//! bindings knows where each stands.

use super::action::Action;
use super::key::{Code, Key};
use super::trie::{Clash, Sequence, Trie};

/// Keys that change the world in some neighbouring tool and never may here.
const HARMLESS: [Key; 3] = [Key::ctrl('r'), Key::ctrl('d'), Key::char('R')];

/// An action's keys in place of its defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding<'a> {
    /// The action's name.
    pub action: &'a str,
    /// Its keys, `"g g"` for a sequence; none: it has no key.
    pub keys: Vec<&'a str>,
}

/// What is wrong with a binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which binding.
    pub binding: usize,
    /// Which of its keys; none: the action's name.
    pub key: Option<usize>,
    /// What was found.
    pub found: String,
    /// The binding that it clashes with, when that is the operator's too.
    pub rival: Option<usize>,
    /// What would do.
    pub fix: String,
}

/// Puts bindings together.
#[derive(Debug, Default)]
pub(super) struct Binder {
    pub(super) trie: Trie,
    pub(super) bound: Vec<(Action, Vec<Sequence>)>,
    pub(super) problems: Vec<Problem>,
}

impl Binder {
    /// An action on the keys it has by itself.
    pub(super) fn defaults(&mut self, action: Action) {
        let keys = action.default_keys().iter();
        let sequences: Vec<Sequence> = keys.filter_map(|text| read(text).ok()).collect();
        for sequence in &sequences {
            // a test holds that the defaults do not clash
            let _ = self.trie.insert(sequence, action);
        }
        self.bound.push((action, sequences));
    }

    /// The operator's binding at a place among all of them.
    pub(super) fn own(&mut self, place: usize, binding: &Binding<'_>, all: &[Binding<'_>]) {
        let problem = |key, (found, fix, rival)| Problem { binding: place, key, found, rival, fix };
        let Some(action) = Action::named(binding.action) else {
            let found = "there is no such action".to_owned();
            let fix = "the help (?) and the README name them all".to_owned();
            self.problems.push(problem(None, (found, fix, None)));
            return;
        };
        let mut sequences = Vec::new();
        for (number, text) in binding.keys.iter().enumerate() {
            match self.bind(text, action, all) {
                Ok(sequence) => sequences.push(sequence),
                Err(wrong) => self.problems.push(problem(Some(number), wrong)),
            }
        }
        self.bound.push((action, sequences));
    }

    fn bind(
        &mut self,
        text: &str,
        action: Action,
        all: &[Binding<'_>],
    ) -> Result<Sequence, (String, String, Option<usize>)> {
        let sequence = read(text).map_err(|(found, fix)| (found, fix, None))?;
        let keys = super::text(&sequence);
        if let Some((found, fix)) = reserved(&sequence, action) {
            return Err((found, fix, None));
        }
        let Err(clash) = self.trie.insert(&sequence, action) else { return Ok(sequence) };
        let (Clash::Taken(other) | Clash::Behind(other) | Clash::Before(other)) = clash;
        let name = other.name();
        let found = match clash {
            Clash::Taken(_) if other == action => format!("`{keys}` is named twice"),
            Clash::Taken(_) => format!("`{keys}` is also the key of `{name}`"),
            Clash::Behind(_) => {
                format!("`{keys}` cannot be reached: it begins with a key of `{name}`")
            }
            Clash::Before(_) => {
                format!("`{keys}` hides a longer one of `{name}` that begins with it")
            }
        };
        let fix = if other == action {
            "remove one of them".to_owned()
        } else {
            format!("choose another key, or give `{name}` one")
        };
        let rival = all.iter().position(|own| own.action == name).filter(|_| other != action);
        Err((found, fix, rival))
    }
}

/// A binding's keys.
fn read(text: &str) -> Result<Sequence, (String, String)> {
    let sequence: Sequence = text
        .split_whitespace()
        .map(|key| {
            key.parse().map_err(|_: String| {
                let found = format!("`{}` is not a key", crate::text::line(key, 40));
                (found, FORMS.to_owned())
            })
        })
        .collect::<Result<_, _>>()?;
    if sequence.is_empty() {
        return Err(("found an empty key".to_owned(), FORMS.to_owned()));
    }
    Ok(sequence)
}

/// How keys are written.
const FORMS: &str = "write one character, or such as `ctrl-d`, `alt-x`, `space`, `f5`, `pageup`, or several \
                     behind one another: `g g`";

/// Why an action may not be on these keys, whoever else is.
fn reserved(sequence: &[Key], action: Action) -> Option<(String, String)> {
    let another = "choose another key".to_owned();
    let esc = |key: &&Key| key.code == Code::Esc;
    if sequence.len() > 1 && sequence.iter().any(|key| esc(&key)) {
        return Some(("`esc` ends every unfinished sequence".to_owned(), another));
    }
    let harmless = |key: &&Key| HARMLESS.contains(key) || esc(key);
    let key = sequence.iter().find(harmless).filter(|_| action.mutates())?;
    Some((format!("`{key}` never changes anything"), another))
}
