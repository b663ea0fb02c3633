//! The command line: the shell's verbs without the program's name. The target may be left out: the
//! selected one is meant.

use crate::control::Request;
use crate::model::{Target, Verb};
use crate::tui::overview::Grouping;

/// What a command line means.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for an action.
    Ask(Request),
    /// Select a target.
    Go(Target),
    /// Group the targets.
    Group(Grouping),
    /// Compare the environments.
    Matrix,
    /// Ask every source again.
    Refresh,
    /// Show the keys.
    Help,
    /// Leave.
    Quit,
}

const WORDS: [&str; 6] = ["go", "group", "matrix", "refresh", "help", "quit"];

/// Understands a command line.
///
/// # Errors
/// One sentence: what was not understood and what would do.
pub fn parse(
    line: &str,
    selected: Option<&Target>,
    known: &[&Target],
) -> Result<Option<Command>, String> {
    let mut words = line.split_whitespace().peekable();
    let Some(verb) = words.next() else { return Ok(None) };
    match verb {
        "q" | "quit" => return Ok(Some(Command::Quit)),
        "refresh" => return Ok(Some(Command::Refresh)),
        "help" => return Ok(Some(Command::Help)),
        "matrix" => return Ok(Some(Command::Matrix)),
        "group" => return grouping(words.next()).map(Some),
        _ => {}
    }
    let named = words.next_if(|word| !word.starts_with("--"));
    let target = match named {
        Some(name) => {
            let found = known.iter().find(|target| target.as_str() == name);
            (*found.ok_or_else(|| format!("`{name}` is no target; Tab completes"))?).clone()
        }
        None => selected.ok_or("no target is selected; name one")?.clone(),
    };
    if verb == "go" {
        return Ok(Some(Command::Go(target)));
    }
    let verb = Verb::ALL
        .into_iter()
        .find(|known| known.word() == verb)
        .ok_or_else(|| format!("`{verb}` is no command; write {}", all().join(", ")))?;
    let mut request = Request::new(target, verb);
    while let Some(flag) = words.next() {
        match flag {
            "--full" if verb == Verb::Promote => request.full = true,
            "--force" => request.force = true,
            "--skip-hooks" => request.skip_hooks = true,
            "--reason" => {
                let rest: Vec<&str> = words.by_ref().collect();
                request.reason = Some(rest.join(" "));
            }
            other => {
                return Err(format!(
                    "`{other}` is not known; write --full, --force, --skip-hooks or --reason TEXT"
                ));
            }
        }
    }
    Ok(Some(Command::Ask(request)))
}

fn grouping(word: Option<&str>) -> Result<Command, String> {
    let known = Grouping::ALL.map(Grouping::word).join(", ");
    let grouping = word.and_then(Grouping::named).ok_or_else(|| format!("group by {known}"))?;
    Ok(Command::Group(grouping))
}

fn all() -> Vec<&'static str> {
    Verb::ALL.into_iter().map(Verb::word).chain(WORDS).collect()
}

/// Completes the last word: the command, or a target.
pub fn complete(line: &str, known: &[&Target]) -> String {
    let (head, last) = line.rsplit_once(' ').map_or(("", line), |(head, last)| (head, last));
    let candidates: Vec<&str> = if head.trim().is_empty() {
        all()
    } else if head.trim() == "group" {
        Grouping::ALL.map(Grouping::word).to_vec()
    } else {
        known.iter().map(|target| target.as_str()).collect()
    };
    let fits: Vec<&str> = candidates.into_iter().filter(|word| word.starts_with(last)).collect();
    let Some(first) = fits.first() else { return line.to_owned() };
    let common = fits.iter().fold(first.len(), |common, word| {
        first.bytes().zip(word.bytes()).take(common).take_while(|(a, b)| a == b).count()
    });
    let end = if fits.len() == 1 { " " } else { "" };
    let joint = if head.is_empty() { "" } else { " " };
    format!("{head}{joint}{}{end}", &first[..common])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_it_means_and_what_it_does_not() {
        let (a, b): (Target, Target) = ("a/prod".parse().unwrap(), "a/stage".parse().unwrap());
        let known = [&a, &b];
        let Ok(Some(Command::Ask(request))) =
            parse("promote a/stage --full --force --reason it is fine", Some(&a), &known)
        else {
            panic!("a request");
        };
        assert_eq!((request.target.as_str(), request.full, request.force), ("a/stage", true, true));
        assert_eq!(request.reason.as_deref(), Some("it is fine"));
        let Ok(Some(Command::Ask(request))) = parse("rollback", Some(&a), &known) else {
            panic!("a request");
        };
        assert_eq!((request.target, request.verb), (a.clone(), Verb::Rollback));
        assert_eq!(parse("q", None, &known), Ok(Some(Command::Quit)));
        assert_eq!(parse("  ", None, &known), Ok(None));
        for bad in ["fly", "promote x/y", "rollback --full", "promote --what"] {
            assert!(parse(bad, Some(&a), &known).is_err(), "{bad}");
        }
        assert_eq!(parse("group state", None, &known), Ok(Some(Command::Group(Grouping::State))));
        assert!(parse("group rows", None, &known).is_err());
        assert!(parse("promote", None, &known).is_err());
        assert_eq!(complete("pro", &known), "promote ");
        assert_eq!(complete("p", &known), "p");
        assert_eq!(complete("go a", &known), "go a/");
        assert_eq!(complete("go a/s", &known), "go a/stage ");
        assert_eq!(complete("group e", &known), "group environment ");
        assert_eq!(complete("go zz", &known), "go zz");
    }
}
