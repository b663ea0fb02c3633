//! What every command begins with: configuration, folders, operator, journal.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::Global;
use crate::cli::{Exit, Output};
use crate::clients::github::Tokens;
use crate::config::{self, Config, ConfigError, Env, Paths, Secret, Trust};
use crate::journal::Shared;
use crate::ports::{Clock, Journal, Recorder};
use crate::runtime::{Parts, Runtime, SystemClock, Tools};

use super::dry::Unwritten;
use super::{keys, record, say};

/// A configuration with everything around it.
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) paths: Paths,
    pub(super) operator: String,
    pub(super) clock: Arc<dyn Clock>,
}

impl Setup {
    /// Finds and reads the configuration; what is wrong with it is said on stderr.
    ///
    /// # Errors
    /// The exit code, when there is no usable configuration.
    pub(super) fn load(global: &Global) -> Result<Self, Exit> {
        let env = Env::of_process();
        let paths = Paths::of(&env);
        let cwd = std::env::current_dir().unwrap_or_default();
        let found =
            config::find(global.config.as_deref(), &env, &cwd).map_err(|e| complain(&[e]))?;
        let trust = Trust::of(&paths.state_dir);
        let mut config = config::load(&found, &trust).map_err(|errors| complain(&errors))?;
        keys::keymap(&config).map_err(|errors| complain(&errors))?;
        config.fleet.origin = found.path.display().to_string();
        config.fleet.read_only |= global.read_only;
        config.fleet.own_run = env.text("GITHUB_RUN_ID").and_then(|id| id.parse().ok());
        Ok(Self { config, paths, operator: operator(&env), clock: Arc::new(SystemClock) })
    }

    /// The journal's folder: one that others share, where a trusted configuration names it.
    pub(super) fn journal(&self) -> &Path {
        self.config.journal.as_deref().unwrap_or(&self.paths.state_dir)
    }

    /// The journal that others share, where there is one.
    pub(super) fn shared(&self) -> Option<Shared> {
        let folder = self.config.journal.as_deref()?;
        Some(Shared::new(folder, &self.paths.state_dir))
    }

    /// What the clients of GitHub share, with each other and with those of earlier processes.
    pub(super) fn tokens(&self) -> Tokens {
        Tokens::keeping(&self.paths.state_dir)
    }

    /// A runtime with its journal open and nothing polled yet.
    pub(super) fn runtime(&self, notes_changes: bool) -> Runtime {
        self.recorded(notes_changes, None)
    }

    /// The same for a dry run, of which nothing is written.
    pub(super) fn dry_runtime(&self) -> Runtime {
        let kept = self.opened();
        let journal = Arc::new(Unwritten::new(kept, &self.operator, self.clock.clone()));
        self.with(journal, false, None)
    }

    /// A runtime of which every envelope is kept.
    pub(super) fn recorded(
        &self,
        notes_changes: bool,
        recorder: Option<Box<dyn Recorder>>,
    ) -> Runtime {
        self.with(self.opened(), notes_changes, recorder)
    }

    fn opened(&self) -> Arc<dyn Journal> {
        record::open((self.journal(), self.shared()), &self.operator, self.clock.clone())
    }

    fn with(
        &self,
        journal: Arc<dyn Journal>,
        notes_changes: bool,
        recorder: Option<Box<dyn Recorder>>,
    ) -> Runtime {
        if self.config.fleet.inert.is_none() {
            Secret::learn(self.config.secrets.clone());
        }
        let tools = Tools {
            operator: self.operator.clone(),
            clock: self.clock.clone(),
            journal,
            recorder,
            notes_changes,
        };
        Runtime::new(Parts { fleet: self.config.fleet.clone(), tools })
    }
}

/// The journal's folder, for reading: that of the configuration, or the user's own where there is none; and what
/// this machine has seen of it, where others share it.
///
/// # Errors
/// The exit code, when the configuration that is there cannot be used, or the folder that it names is
/// not there.
pub(super) fn journal(global: &Global) -> Result<(PathBuf, Option<Shared>), Exit> {
    let env = Env::of_process();
    let cwd = std::env::current_dir().unwrap_or_default();
    let named = global.config.is_some();
    match config::find(global.config.as_deref(), &env, &cwd) {
        Err(_) if !named => Ok((Paths::of(&env).state_dir, None)),
        _ => {
            let setup = Setup::load(global)?;
            let shared = setup.shared();
            if let Some(Err(error)) = shared.as_ref().map(Shared::check) {
                say(error.to_string());
                return Err(Exit::Usage);
            }
            Ok((setup.journal().to_owned(), shared))
        }
    }
}

/// Says what is wrong with a configuration.
pub(super) fn complain(errors: &[ConfigError]) -> Exit {
    errors.iter().for_each(|error| say(error.to_string()));
    Exit::Usage
}

/// Who acts: `$FLIGHTDECK_USER`, else user@host, else the CI's actor.
pub(super) fn operator(env: &Env) -> String {
    if let Some(name) = env.text("FLIGHTDECK_USER") {
        return name.to_owned();
    }
    if let Some(user) = env.text("USER").or_else(|| env.text("LOGNAME")) {
        return format!("{user}@{}", crate::journal::host_name());
    }
    let actor = ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR"];
    actor
        .iter()
        .find_map(|name| env.text(name))
        .map_or_else(|| format!("somebody@{}", crate::journal::host_name()), str::to_owned)
}

/// `flightdeck trust`.
pub(super) fn trust<W: Write>(
    global: &Global,
    file: Option<&Path>,
    out: &mut Output<W>,
) -> io::Result<Exit> {
    let env = Env::of_process();
    let cwd = std::env::current_dir()?;
    let place = file.or(global.config.as_deref()).unwrap_or_else(|| Path::new("flightdeck.toml"));
    let trust = Trust::of(&Paths::of(&env).state_dir);
    let done = config::find(Some(place), &env, &cwd).and_then(|found| {
        let read = config::parse(&found.text, &found.path);
        if let Err(errors) = read.and_then(|config| keys::keymap(&config)) {
            complain(&errors);
            return Ok(None);
        }
        trust.trust(&found).map(|()| Some(found))
    });
    match done {
        Ok(Some(found)) => {
            out.line(format!(
                "{} is trusted as it is now; a change needs a new yes",
                found.path.display()
            ))?;
            Ok(Exit::Done)
        }
        Ok(None) => Ok(Exit::Usage),
        Err(error) => {
            say(error.to_string());
            Ok(Exit::Usage)
        }
    }
}
