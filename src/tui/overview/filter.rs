//! What the operator typed to find targets: terms between blanks, all of which must match. `key:value`
//! asks for one thing, `-term` for its opposite, anything else is looked for in the name (fuzzy) and in
//! the words that say how the target is.

use crate::model::{Phase, Revision};
use crate::tui::panes::{Glance, words};

use super::fuzzy::{Finder, Needle};
use super::grid::runs;

/// The keys, as they are completed and named where another was typed.
pub const KEYS: [&str; 6] = ["state:", "env:", "service:", "phase:", "rev:", "is:"];

/// What can be asked with `is:`.
const IS: [&str; 5] = ["held", "waiting", "production", "marked", "moving"];

/// What can be asked with `state:`.
const STATES: [&str; 4] = ["ok", "attention", "unknown", "critical"];

/// A filter, understood.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    terms: Vec<Term>,
    complaint: Option<String>,
}

#[derive(Debug, Clone)]
struct Term {
    not: bool,
    ask: Ask,
}

/// What a term asks for; texts are in lower case.
#[derive(Debug, Clone)]
enum Ask {
    State(String),
    Environment(String),
    Service(String),
    Phase(String),
    Revision(String),
    Is(&'static str),
    Text(String, Needle),
}

impl Filter {
    /// Understands a text. A term that is not understood hides nothing and is complained about.
    pub fn new(text: &str) -> Self {
        let mut filter = Self::default();
        for word in text.split_whitespace() {
            let (not, word) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
            match ask(&word.to_lowercase()) {
                Ok(Some(ask)) => filter.terms.push(Term { not, ask }),
                Ok(None) => {}
                Err(complaint) => filter.complaint = Some(complaint),
            }
        }
        filter
    }

    /// What was not understood, and what would be.
    pub fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }

    /// Whether it ranks what it finds: some of it is looked for in names.
    pub fn is_fuzzy(&self) -> bool {
        self.needles().next().is_some()
    }

    /// How well a target fits, the more the better; none when it does not.
    pub fn score(&self, look: &Glance<'_>, marked: bool, finder: &mut Finder) -> Option<u32> {
        self.terms.iter().try_fold(0, |sum, term| {
            let fits = match &term.ask {
                Ask::Text(text, needle) if !term.not => {
                    let found = finder.score(needle, look.target().as_str());
                    found.or_else(|| in_words(look, text).then_some(0))
                }
                ask => (holds(ask, look, marked) != term.not).then_some(0),
            };
            Some(sum + fits?)
        })
    }

    /// Which characters of a name it found, in order.
    pub fn found(&self, name: &str, finder: &mut Finder) -> Vec<u32> {
        let mut places: Vec<u32> =
            self.needles().flat_map(|needle| finder.places(needle, name)).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    fn needles(&self) -> impl Iterator<Item = &Needle> {
        self.terms.iter().filter(|term| !term.not).filter_map(|term| match &term.ask {
            Ask::Text(_, needle) => Some(needle),
            _ => None,
        })
    }
}

fn ask(word: &str) -> Result<Option<Ask>, String> {
    let Some((key, value)) = word.split_once(':') else {
        return Ok((!word.is_empty()).then(|| Ask::Text(word.to_owned(), Needle::new(word))));
    };
    if !KEYS.iter().any(|known| known.strip_suffix(':') == Some(key)) {
        return Err(format!("`{key}:`? write {}", KEYS.join(" ")));
    }
    // nothing is asked before the value is begun
    if value.is_empty() {
        return Ok(None);
    }
    let value = value.to_owned();
    Ok(Some(match key {
        "state" => {
            let known = STATES.iter().any(|known| known.starts_with(&value));
            known
                .then_some(Ask::State(value.clone()))
                .ok_or_else(|| format!("`state:{value}`? write state:{}", STATES.join(" state:")))?
        }
        "env" => Ask::Environment(value),
        "service" => Ask::Service(value),
        "phase" => Ask::Phase(value),
        "rev" => Ask::Revision(value),
        _ => {
            let known = IS.into_iter().find(|known| known.starts_with(&value));
            Ask::Is(known.ok_or_else(|| format!("`is:{value}`? write is:{}", IS.join(" is:")))?)
        }
    }))
}

fn holds(ask: &Ask, look: &Glance<'_>, marked: bool) -> bool {
    let (target, seen) = (look.target(), look.seen);
    match ask {
        Ask::State(text) => seen.standing.word().starts_with(text),
        Ask::Environment(text) => has(target.environment(), text),
        Ask::Service(text) => has(target.service(), text),
        Ask::Phase(text) => seen.phase.is_some_and(|phase| in_phase(phase, text)),
        Ask::Revision(text) => revisions(look).any(|revision| is_revision(revision, text)),
        Ask::Is("held") => look.state.ledger.hold.is_some(),
        Ask::Is("waiting") => seen.wait.is_some(),
        Ask::Is("production") => look.state.spec.production,
        Ask::Is("moving") => seen.phase.is_some_and(words::is_moving),
        Ask::Is(_) => marked,
        Ask::Text(text, _) => has(target.as_str(), text) || in_words(look, text),
    }
}

/// Every revision that is named of a target.
fn revisions<'a>(look: &Glance<'a>) -> impl Iterator<Item = &'a Revision> {
    let evidence = &look.seen.evidence;
    [&evidence.candidate, &evidence.stable, &evidence.whole].into_iter().flatten()
}

fn is_revision(revision: &Revision, text: &str) -> bool {
    let name = revision.as_str().to_lowercase();
    name.starts_with(text) || name.strip_prefix('v').is_some_and(|bare| bare.starts_with(text))
}

fn in_phase(phase: Phase, text: &str) -> bool {
    has(phase.word(), text) || has(words::phase(phase).1, text)
}

/// Whether a text is in the words that say how the target is.
fn in_words(look: &Glance<'_>, text: &str) -> bool {
    let seen = look.seen;
    has(seen.standing.word(), text)
        || (look.state.spec.production && has("production", text))
        || (look.state.ledger.hold.is_some() && has("held", text))
        || seen.phase.is_some_and(|phase| in_phase(phase, text))
        || revisions(look).any(|revision| has(revision.as_str(), text))
}

/// Whether `text` (in lower case) is in `all`.
fn has(all: &str, text: &str) -> bool {
    all.contains(text) || all.to_lowercase().contains(text)
}

/// Completes the last term: a key, or a value as far as it is certain. Also says what it could become.
pub fn complete(text: &str, looks: &[Glance<'_>]) -> (String, Vec<String>) {
    let (head, last) = text.rsplit_once(' ').map_or(("", text), |(head, last)| (head, last));
    let (sign, word) = last.strip_prefix('-').map_or(("", last), |rest| ("-", rest));
    let (key, begun) = word.split_once(':').map_or(("", word), |(key, value)| (key, value));
    let names = |pick: fn(&Glance<'_>) -> String| looks.iter().map(pick).collect();
    let all: Vec<String> = match key {
        "" => KEYS.map(str::to_owned).to_vec(),
        "state" => STATES.map(str::to_owned).to_vec(),
        "is" => IS.map(str::to_owned).to_vec(),
        "env" => names(|look| look.target().environment().to_owned()),
        "service" => names(|look| look.target().service().to_owned()),
        "phase" => looks.iter().filter_map(|l| Some(l.seen.phase?.word().to_owned())).collect(),
        "rev" => looks.iter().filter_map(|l| Some(runs(l)?.as_str().to_owned())).collect(),
        _ => Vec::new(),
    };
    // a term ends at a blank: of a name with one, the first word
    let mut fits: Vec<String> = all
        .into_iter()
        .filter_map(|value| value.split(' ').next().map(str::to_owned))
        .filter(|value| value.starts_with(begun))
        .collect();
    fits.sort_unstable();
    fits.dedup();
    let Some(first) = fits.first() else { return (text.to_owned(), fits) };
    let common = fits.iter().fold(first.clone(), |common, value| {
        common.chars().zip(value.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    });
    let joint = if head.is_empty() { "" } else { " " };
    let colon = if key.is_empty() { "" } else { ":" };
    let end = if fits.len() == 1 && !key.is_empty() { " " } else { "" };
    (format!("{head}{joint}{sign}{key}{colon}{common}{end}"), fits)
}
