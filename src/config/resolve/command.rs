//! The keys of the engine `command`, and what every program of the operator's has in common.

use std::time::Duration;

use toml::Spanned;

use crate::config::error::quoted;
use crate::config::raw::{self, Text, Texts, Time, Way};
use crate::config::resolved::CommandConfig;
use crate::config::secret::Secret;
use crate::model::{Program, Values};
use crate::process::is_ours;

use super::Resolver;
use super::environment::{Place, strings};

const EVERY: Duration = Duration::from_secs(5);

/// Limit of one program that acts.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// The longest that a status may take: what is confirmed waits for a fresh one.
const STATUS: Duration = Duration::from_secs(5);

impl Resolver<'_, '_> {
    pub(super) fn command(
        &mut self,
        place: &Place<'_>,
        rollout: &Spanned<raw::Rollout>,
    ) -> CommandConfig {
        let raw = rollout.get_ref();
        let timeout = self.pace(raw.timeout.as_ref(), TIMEOUT);
        let env = self.env(raw.env.as_ref());
        let status = self.status(place, rollout, timeout.min(STATUS), &env);
        let mut program = |argv: &Option<Spanned<Texts>>| {
            argv.as_ref().map(|argv| self.program(argv.get_ref(), argv.span(), timeout, &env))
        };
        let (pause, resume) = (program(&raw.pause), program(&raw.resume));
        let promote = self.way(raw.promote.as_ref(), timeout, &env);
        let rollback = self.way(raw.rollback.as_ref(), timeout, &env);
        match (&raw.pause, &raw.resume) {
            (Some(_), None) => self.problems.missing(
                rollout.span(),
                "resume",
                "write it beside `pause`, or leave both out",
            ),
            (None, Some(_)) => self.problems.missing(
                rollout.span(),
                "pause",
                "write it beside `resume`, or leave both out",
            ),
            _ => {}
        }
        let steps = self.steps(raw, 0, 0);
        let every = self.pace(raw.every.as_ref(), EVERY);
        CommandConfig { status, promote, pause, resume, rollback, steps, every }
    }

    /// What is asked for a reading knows its target, and nothing of what it is asked for.
    fn status(
        &mut self,
        place: &Place<'_>,
        rollout: &Spanned<raw::Rollout>,
        timeout: Duration,
        env: &[String],
    ) -> Program {
        let Some(written) = &rollout.get_ref().status else {
            let fix =
                "write the command that prints the rollout as JSON, [\"./status\", \"{target}\"]";
            self.problems.missing(rollout.span(), "status", fix);
            return Program { argv: Vec::new(), timeout, env: Vec::new() };
        };
        let program = self.program(written.get_ref(), written.span(), timeout, env);
        for part in written.get_ref().iter().skip(1) {
            if ["{revision}", "{weight}"].iter().any(|place| part.get_ref().contains(place)) {
                self.not(part, "only {target} is known when the status is asked for");
            }
        }
        let values =
            Values { target: &place.target, revision: None, weight: None, action: "", comment: "" };
        program.filled(&values).unwrap_or(program)
    }

    /// A verb's program.
    fn way(
        &mut self,
        way: Option<&Spanned<Way>>,
        timeout: Duration,
        env: &[String],
    ) -> Option<Program> {
        let way = way?;
        let found = match way.get_ref() {
            Way::Argv(argv) => return Some(self.program(argv, way.span(), timeout, env)),
            Way::Word(word) => format!("found {}", quoted(word)),
            Way::Start(_) => "found a workflow".to_owned(),
        };
        let fix = "write [\"PROGRAM\", \"ARGUMENT\", …], which the engine \"command\" runs";
        self.problems.at(way.span(), found, fix);
        None
    }

    /// A command's argv with its bounds.
    pub(super) fn program(
        &mut self,
        argv: &[Text],
        at: std::ops::Range<usize>,
        timeout: Duration,
        env: &[String],
    ) -> Program {
        for part in argv {
            self.placeholders(part);
        }
        if let Some(first) = argv.first().filter(|first| first.get_ref().contains('{')) {
            self.not(first, "write the program itself; only its arguments are filled in");
        }
        Program { argv: self.argv(argv, at), timeout, env: env.to_vec() }
    }

    /// The limit of a program that acts.
    pub(super) fn limit(&mut self, timeout: Option<&Time>) -> Duration {
        self.pace(timeout, TIMEOUT)
    }

    /// Names of variables that a program gets. A secret of this file is not one of them.
    pub(super) fn env(&mut self, names: Option<&Spanned<Texts>>) -> Vec<String> {
        let Some(names) = names else { return Vec::new() };
        let secrets = self.secret_variables();
        for name in names.get_ref() {
            let text = name.get_ref();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
                self.not(name, "write the name of a variable");
            } else if !text.chars().all(plain) {
                // a value may have been written in place of a name
                let found = "found something that is not the name of a variable";
                self.problems.at(name.span(), found, "write its name alone, \"KUBECONFIG\"");
            } else if is_ours(text) || secrets.contains(text) {
                self.not(name, "leave it out: a token of flightdeck's is not handed to a command");
            }
        }
        strings(names.get_ref())
    }

    /// The variables that hold secrets of this file.
    fn secret_variables(&self) -> Vec<String> {
        let config = &self.config;
        let github = config.github.values().map(|server| &server.http);
        let prometheus = config.prometheus.values().map(|server| &server.http);
        let alertmanager = config.alertmanager.values().map(|server| &server.http);
        let servers = github.chain(prometheus).chain(alertmanager);
        let secrets = servers.flat_map(|http| {
            http.bearer.iter().chain(http.basic.as_ref().map(|(_, password)| password))
        });
        let name = |secret: &Secret| match secret {
            Secret::Env(name) => Some(name.clone()),
            Secret::File(_) | Secret::Command(_) => None,
        };
        secrets.filter_map(name).collect()
    }
}
