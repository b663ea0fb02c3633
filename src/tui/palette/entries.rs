//! Every line there is to choose, and what may follow a line that has begun.

use crate::control::INCIDENT;
use crate::model::Verb;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::overview::Grouping;
use crate::tui::panes::{Glance, View};
use crate::tui::session::{GO, flags, verb};

use super::revisions::revisions;
use super::{Entry, request};

/// The selected target's verbs, every action by its name, every target, and every other target's verbs.
pub fn all(view: &View<'_>, selected: Option<&Glance<'_>>, keymap: &Keymap) -> Vec<Entry> {
    let here = selected.map(Glance::target);
    let mut entries: Vec<Entry> = selected
        .into_iter()
        .flat_map(|look| verbs(look).map(|entry| with_key(entry, look, keymap)))
        .collect();
    entries.extend(Action::ALL.iter().map(|action| Entry {
        line: action.name().to_owned(),
        what: action.what().to_owned(),
        key: keymap.hint(*action),
    }));
    entries.extend(Grouping::ALL.map(|grouping| Entry {
        line: format!("{} {}", Action::GroupBy.name(), grouping.word()),
        what: "group the list so".to_owned(),
        key: None,
    }));
    entries.extend(view.looks.iter().map(|look| Entry {
        line: format!("{GO} {}", look.target()),
        what: "select it".to_owned(),
        key: None,
    }));
    let others = view.looks.iter().filter(|look| Some(look.target()) != here);
    entries.extend(others.flat_map(verbs));
    entries
}

/// The lines of one target's verbs and of its named actions.
fn verbs<'a>(look: &'a Glance<'_>) -> impl Iterator<Item = Entry> + 'a {
    let target = look.target();
    let line = move |(verb, flag): (Verb, &str)| Entry {
        line: format!("{verb} {target}{flag}"),
        what: sentence(verb, !flag.is_empty()).to_owned(),
        key: None,
    };
    let forms = [(Verb::Promote, ""), (Verb::Promote, " --full")].into_iter();
    let others = Verb::ALL.into_iter().filter(|verb| !matches!(verb, Verb::Promote | Verb::Do));
    let named = look.state.spec.actions.iter().map(move |action| Entry {
        line: format!("{} {target} {}", Verb::Do, action.name),
        what: sentence(Verb::Do, false).to_owned(),
        key: None,
    });
    let issue = look.state.spec.rules.incident.iter().map(move |_| Entry {
        line: format!("{INCIDENT} {target}"),
        what: "open an issue about it".to_owned(),
        key: None,
    });
    forms.chain(others.map(|verb| (verb, ""))).map(line).chain(named).chain(issue)
}

/// The entry with the key that asks for the same now.
fn with_key(entry: Entry, look: &Glance<'_>, keymap: &Keymap) -> Entry {
    if entry.line == format!("{} {}", Verb::Dispatch, look.target()) {
        return Entry { key: keymap.hint(Action::Dispatch), ..entry };
    }
    let same = |action: &&Action| {
        let asked = request(**action, look).map(|request| request.command());
        asked.as_deref().and_then(|command| command.strip_prefix("flightdeck "))
            == Some(&*entry.line)
    };
    let key = Action::ALL.iter().find(same).and_then(|action| keymap.hint(*action));
    Entry { key, ..entry }
}

fn sentence(verb: Verb, full: bool) -> &'static str {
    match verb {
        Verb::Promote if full => Action::PromoteFull.what(),
        Verb::Promote => Action::Promote.what(),
        Verb::Rollback => Action::Rollback.what(),
        Verb::Pause => "refuse promotion until resumed",
        Verb::Resume => "end the pause",
        Verb::Hold => "refuse promotion until released",
        Verb::Release => "end the hold, settle open actions",
        Verb::Do => "run it as configured",
        Verb::Approve => "let the deployment that waits go on",
        Verb::Reject => "end the deployment that waits",
        Verb::Rerun => "run the pipeline's run again",
        Verb::Cancel => "ask the pipeline's run to end",
        Verb::ForceCancel => "end the pipeline's run whatever its jobs say",
        Verb::Dispatch => Action::Dispatch.what(),
    }
}

/// What may follow a verb: flags not given yet, or the revisions for `--to`. None while the line is not so
/// far; nothing once a reason takes the rest of it.
pub fn arguments(line: &str, view: &View<'_>, selected: Option<&Glance<'_>>) -> Option<Vec<Entry>> {
    let (head, typing) = line.rsplit_once(char::is_whitespace)?;
    let words: Vec<&str> = head.split_whitespace().collect();
    let first = words.first()?;
    let issue = *first == INCIDENT;
    let verb = if issue { Verb::Do } else { verb(first)? };
    let named = words.get(1).filter(|word| !word.starts_with('-'));
    if words.contains(&"--reason") {
        return Some(Vec::new());
    }
    if words.last() == Some(&"--to") {
        let look = match named {
            Some(name) => view.looks.iter().find(|look| look.target().as_str() == *name),
            None => selected,
        };
        let known = look.map(|look| revisions(view, look, verb)).unwrap_or_default();
        let entry =
            |(revision, what)| Entry { line: format!("{head} {revision}"), what, key: None };
        return Some(known.into_iter().map(entry).collect());
    }
    if (words.len() == 1 || verb == Verb::Do && !issue) && !typing.starts_with('-') {
        return None;
    }
    let left = flags(verb).iter().filter(|flag| !words.contains(flag));
    let entry = |flag: &&str| Entry {
        line: format!("{head} {flag}"),
        what: explained(flag).to_owned(),
        key: None,
    };
    Some(left.map(entry).collect())
}

/// The themes behind the word for them; none while the line is not so far.
pub fn themes(line: &str, names: &[String]) -> Option<Vec<Entry>> {
    let (word, _) = line.split_once(char::is_whitespace)?;
    let entry = |name: &String| Entry {
        line: format!("{word} {name}"),
        what: "wear it until you leave".to_owned(),
        key: None,
    };
    (word == Action::Theme.name()).then(|| names.iter().map(entry).collect())
}

fn explained(flag: &str) -> &'static str {
    match flag {
        "--full" => "to 100 % at once",
        "--to" => "only if this is the revision it goes to",
        "--force" => "override gates; needs a reason",
        "--skip-hooks" => "leave out the commands around it",
        _ => "why, for the journal; takes the rest of the line",
    }
}
