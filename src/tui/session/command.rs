//! The grammar of the command line: the shell's verbs without the program's name, and every action by the
//! name that the configuration gives it. The target may be left out: the selected one is meant.

use crate::control::{INCIDENT, Request};
use crate::model::{Revision, Target, Verb};
use crate::text;
use crate::tui::keymap::Action;
use crate::tui::overview::Grouping;

/// What a command line means.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for an action.
    Ask(Request),
    /// Open the form of a workflow of that target.
    Form(Target),
    /// Select a target.
    Go(Target),
    /// What a key would do.
    Do(Action),
    /// Wear the theme of that name.
    Theme(String),
    /// Group the targets.
    Group(Grouping),
}

/// The word that selects a target.
pub const GO: &str = "go";

/// The verb of that word.
pub fn verb(word: &str) -> Option<Verb> {
    Verb::ALL.into_iter().find(|known| known.word() == word)
}

/// What may follow a verb and its target.
pub fn flags(verb: Verb) -> &'static [&'static str] {
    match verb {
        Verb::Promote => &["--full", "--to", "--force", "--skip-hooks", "--reason"],
        Verb::Rollback => &["--to", "--force", "--skip-hooks", "--reason"],
        Verb::Approve => &["--force", "--reason"],
        _ => &["--reason"],
    }
}

/// Understands a command line; nothing when it is blank.
///
/// # Errors
/// One sentence: what was not understood and what would do.
pub fn parse(
    line: &str,
    selected: Option<&Target>,
    known: &[&Target],
) -> Result<Option<Command>, String> {
    let mut words = line.split_whitespace().peekable();
    let Some(first) = words.next() else { return Ok(None) };
    let issue = first == INCIDENT;
    let verb = if issue { Some(Verb::Do) } else { verb(first) };
    if verb.is_none() && first != GO {
        let action = if first == "q" { Some(Action::Quit) } else { Action::named(first) };
        let action = action.ok_or_else(|| {
            format!("`{}` is no command; Tab completes, ctrl-p lists them", text::line(first, 30))
        })?;
        return match (action, words.next(), words.next()) {
            (_, None, _) => Ok(Some(Command::Do(action))),
            (Action::Theme, Some(name), None) => Ok(Some(Command::Theme(name.to_owned()))),
            (Action::GroupBy, Some(word), None) => grouping(word).map(Some),
            _ => Err(format!("`{first}` takes nothing more")),
        };
    }
    // `do NAME` means the selected target's
    let names =
        |word: &str| issue || verb != Some(Verb::Do) || known.iter().any(|t| t.as_str() == word);
    let target = match words.next_if(|word| !word.starts_with('-') && names(word)) {
        Some(name) => {
            let found = known.iter().find(|target| target.as_str() == name);
            let name = text::line(name, 40);
            (*found.ok_or_else(|| format!("`{name}` is no target; Tab completes"))?).clone()
        }
        None => selected.ok_or("no target is selected; name one")?.clone(),
    };
    let Some(verb) = verb else {
        return match words.next() {
            None => Ok(Some(Command::Go(target))),
            Some(_) => Err("`go` takes one target".to_owned()),
        };
    };
    if verb == Verb::Dispatch {
        return match words.next() {
            None => Ok(Some(Command::Form(target))),
            Some(_) => Err("`dispatch` takes one target: its form asks for the rest".to_owned()),
        };
    }
    let mut asked = Request::new(target, verb);
    if issue {
        asked.name = Some(INCIDENT.to_owned());
    } else if verb == Verb::Do {
        let mut name = Vec::new();
        while let Some(word) = words.next_if(|word| !word.starts_with('-')) {
            name.push(word);
        }
        let name = name.join(" ").trim_matches('\'').to_owned();
        if name.is_empty() {
            return Err("name the action: do [TARGET] ACTION".to_owned());
        }
        asked.name = Some(name);
    }
    request(asked, words).map(Command::Ask).map(Some)
}

/// Adds what stands behind the target.
fn request<'a>(
    mut request: Request,
    mut words: impl Iterator<Item = &'a str>,
) -> Result<Request, String> {
    let flags = flags(request.verb);
    while let Some(word) = words.next() {
        let Some(flag) = flags.iter().find(|flag| **flag == word) else {
            let (word, verb) = (text::line(word, 30), request.verb);
            return Err(format!("`{word}` is nothing of {verb}; write {}", flags.join(", ")));
        };
        match *flag {
            "--full" => request.full = true,
            "--force" => request.force = true,
            "--skip-hooks" => request.skip_hooks = true,
            "--to" => {
                let revision = words.next().filter(|word| !word.starts_with('-'));
                request.to = Some(Revision::from(revision.ok_or("`--to` needs a revision")?));
            }
            _ => {
                let rest: Vec<&str> = words.by_ref().collect();
                if rest.is_empty() {
                    return Err("`--reason` needs a text; it takes the rest of the line".to_owned());
                }
                request.reason = Some(rest.join(" "));
            }
        }
    }
    Ok(request)
}

fn grouping(word: &str) -> Result<Command, String> {
    let known = Grouping::ALL.map(Grouping::word).join(", ");
    Grouping::named(word).map(Command::Group).ok_or_else(|| format!("group by {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_it_means_and_what_it_does_not() {
        let (a, b): (Target, Target) = ("a/prod".parse().unwrap(), "a/stage".parse().unwrap());
        let known = [&a, &b];
        let read = |line: &str| parse(line, Some(&a), &known);
        let full = Request {
            full: true,
            force: true,
            to: Some(Revision::from("1.4.2")),
            reason: Some("it is fine --full".into()),
            ..Request::new(b.clone(), Verb::Promote)
        };
        assert_eq!(
            read("promote a/stage --full --to 1.4.2 --force --reason it is fine --full"),
            Ok(Some(Command::Ask(full)))
        );
        let plain = Request::new(a.clone(), Verb::Rollback);
        assert_eq!(read("rollback"), Ok(Some(Command::Ask(plain.clone()))));
        let named = |name: &str| Ok(Some(Command::Ask(Request::action(b.clone(), name))));
        assert_eq!(read("do a/stage drain-queue"), named("drain-queue"));
        assert_eq!(read("do a/stage 'drain the queue'"), named("drain the queue"));
        assert_eq!(
            read("do drain --reason x"),
            Ok(Some(Command::Ask(Request {
                reason: Some("x".into()),
                ..Request::action(a.clone(), "drain")
            })))
        );
        let issue =
            Request { reason: Some("it is bad".into()), ..Request::action(b.clone(), INCIDENT) };
        assert_eq!(read("incident a/stage --reason it is bad"), Ok(Some(Command::Ask(issue))));
        assert_eq!(read("incident"), Ok(Some(Command::Ask(Request::action(a.clone(), INCIDENT)))));
        let skips = Request { skip_hooks: true, ..plain };
        assert_eq!(read(" rollback --skip-hooks "), Ok(Some(Command::Ask(skips))));
        assert_eq!(read("q"), Ok(Some(Command::Do(Action::Quit))));
        assert_eq!(read("go a/stage"), Ok(Some(Command::Go(b.clone()))));
        assert_eq!(read("  "), Ok(None));
        assert_eq!(read("theme light"), Ok(Some(Command::Theme("light".to_owned()))));
        for bad in [
            "fly",
            "zoom in",
            "go a/stage now",
            "promote x/y",
            "rollback --full",
            "pause --force",
            "hold --to 1",
            "promote --what",
            "promote --to",
            "promote --to --force",
            "promote --reason",
            "do",
            "do a/stage",
            "incident x/y",
            "incident a/stage now",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert_eq!(read("group state"), Ok(Some(Command::Group(Grouping::State))));
        assert!(read("group rows").is_err());
        assert!(parse("promote", None, &known).is_err());
    }

    #[test]
    fn every_action_has_its_word() {
        for action in Action::ALL {
            let target: Target = "a/b".parse().unwrap();
            let meant = parse(action.name(), Some(&target), &[&target]).unwrap().unwrap();
            match meant {
                Command::Do(done) => assert_eq!(done, *action),
                Command::Ask(request) => assert_eq!(request.verb.word(), action.name()),
                Command::Form(_) => assert_eq!(*action, Action::Dispatch),
                Command::Go(_) | Command::Theme(_) | Command::Group(_) => panic!("{action:?}"),
            }
        }
    }
}
