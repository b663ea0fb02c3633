//! The environment as a value, and the user's folders by it. Must not read the process's environment
//! except in [`Env::of_process`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The variables of an environment. Handed in, so that nothing below depends on the process.
#[derive(Debug, Clone, Default)]
pub struct Env(BTreeMap<OsString, OsString>);

impl Env {
    /// The variables of this process; `HOME` from the system when it is not set.
    #[must_use]
    pub fn of_process() -> Self {
        let mut env = Self(std::env::vars_os().collect());
        if env.path("HOME").is_none()
            && let Ok(home) = etcetera::home_dir()
        {
            env.0.insert("HOME".into(), home.into());
        }
        env
    }

    /// A variable as text; none when unset, empty or not Unicode.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str()
    }

    /// A variable as a path; none when unset or empty.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    fn get(&self, name: &str) -> Option<&OsStr> {
        let value = self.0.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }

    /// An XDG folder: the variable if it is a whole path, else `fallback` below the home folder.
    fn xdg(&self, name: &str, fallback: &str) -> PathBuf {
        self.path(name)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(self.path("HOME")?.join(fallback)))
            .unwrap_or_else(|| PathBuf::from(fallback))
            .join("flightdeck")
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// The user's folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Where the user's configuration is: `$XDG_CONFIG_HOME/flightdeck`, else `~/.config/flightdeck`.
    pub config_dir: PathBuf,
    /// Where the journal, trust and GitHub's answers are kept: `$FLIGHTDECK_STATE`, else `$XDG_STATE_HOME/flightdeck`, else
    /// `~/.local/state/flightdeck`.
    pub state_dir: PathBuf,
}

impl Paths {
    /// The folders that an environment names. None of them need exist.
    #[must_use]
    pub fn of(env: &Env) -> Self {
        Self {
            config_dir: env.xdg("XDG_CONFIG_HOME", ".config"),
            state_dir: env
                .path("FLIGHTDECK_STATE")
                .unwrap_or_else(|| env.xdg("XDG_STATE_HOME", ".local/state")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(pairs: &[(&str, &str)]) -> (String, String) {
        let Paths { config_dir, state_dir } = Paths::of(&pairs.iter().copied().collect());
        (config_dir.display().to_string(), state_dir.display().to_string())
    }

    #[cfg(unix)]
    #[test]
    fn folders_follow_the_environment() {
        assert_eq!(
            paths(&[("HOME", "/home/ana")]),
            ("/home/ana/.config/flightdeck".into(), "/home/ana/.local/state/flightdeck".into())
        );
        assert_eq!(
            paths(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "not/whole")]),
            ("/c/flightdeck".into(), "/h/.local/state/flightdeck".into())
        );
        assert_eq!(
            paths(&[("HOME", "/h"), ("FLIGHTDECK_STATE", "/s"), ("XDG_CONFIG_HOME", "")]),
            ("/h/.config/flightdeck".into(), "/s".into())
        );
    }
}
