//! The configuration's keys and the screen's actions: only here are both known, so here is said what is
//! wrong, at the place in the file.

use crate::config::{self, Config, ConfigError, Placed};
use crate::tui::keymap::{Action, Binding, Keymap, Problem};

/// The live key map of a configuration.
///
/// # Errors
/// Everything that is wrong with `[keys]`, in the order of the file.
pub(super) fn keymap(config: &Config) -> Result<Keymap, Vec<ConfigError>> {
    let bindings: Vec<Binding<'_>> = config
        .keys
        .iter()
        .map(|own| Binding {
            action: &own.action.text,
            keys: own.keys.iter().map(|key| key.text.as_str()).collect(),
        })
        .collect();
    Keymap::with(&bindings).map_err(|problems| {
        let mut errors: Vec<ConfigError> =
            problems.into_iter().filter_map(|problem| error(config, problem)).collect();
        errors.sort_by_key(|error| error.place);
        errors
    })
}

fn error(config: &Config, problem: Problem) -> Option<ConfigError> {
    let own = config.keys.get(problem.binding)?;
    let Placed { place, .. } = problem.key.map_or(Some(&own.action), |key| own.keys.get(key))?;
    let rival = problem.rival.and_then(|rival| config.keys.get(rival));
    let found = match rival {
        Some(rival) => format!("{} (line {})", problem.found, rival.action.place.0),
        None => problem.found,
    };
    let names: Vec<&str> = Action::ALL.iter().map(|action| action.name()).collect();
    let fix = match config::nearest(&own.action.text, &names) {
        Some(name) if problem.key.is_none() => format!("did you mean `{name}`?"),
        _ => problem.fix,
    };
    let key = format!("keys.{}", crate::text::line(&own.action.text, 40));
    Some(ConfigError { path: config.path.clone(), place: Some(*place), key, found, fix })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn read(text: &str) -> Config {
        let service = "[[service]]\nname = 's'\nenvironment = [{ name = 'e' }]\n";
        config::parse(&format!("version = 1\n{text}{service}"), Path::new("f.toml")).unwrap()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let text = "[keys]\nzom = 'x'\nzoom = ['f5', 'j']\nmark = 'f5'\n\
                    first = 'g g'\nhelp = 'g'\nrollback = 'ctrl-r'\nquit = ['meta-q', '']\n\
                    \"\\u001b\" = 'f6'\n";
        let errors = keymap(&read(text)).unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let forms = "write one character, or such as `ctrl-d`, `alt-x`, `space`, `f5`, `pageup`, or \
                     several behind one another: `g g`";
        assert_eq!(
            told,
            [
                "f.toml:3:1: keys.zom: there is no such action; did you mean `zoom`?",
                "f.toml:4:15: keys.zoom: `j` is also the key of `down`; choose another key, or give \
                 `down` one",
                "f.toml:5:8: keys.mark: `f5` is also the key of `zoom` (line 4); choose another key, \
                 or give `zoom` one",
                "f.toml:7:8: keys.help: `g` hides a longer one of `first` that begins with it \
                 (line 6); choose another key, or give `first` one",
                "f.toml:8:12: keys.rollback: `ctrl-r` never changes anything; choose another key",
                &format!("f.toml:9:9: keys.quit: `meta-q` is not a key; {forms}"),
                &format!("f.toml:9:19: keys.quit: found an empty key; {forms}"),
                "f.toml:10:1: keys.: there is no such action; the help (?) and the README name them \
                 all",
            ]
        );
    }

    #[test]
    fn sequences_may_be_bound() {
        let keymap = keymap(&read("keys = { first = 'g g', zoom = [] }\n")).unwrap();
        assert_eq!(keymap.hint(Action::First).as_deref(), Some("g g"));
        assert_eq!(keymap.hint(Action::Zoom), None);
    }
}
