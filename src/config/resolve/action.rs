//! `[[service.environment.action]]` and `[service.environment.database_rollback]`: programs that an operator may ask for by name.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;

use crate::config::raw::{self, Text, Texts};
use crate::model::{ActionSpec, Program};

use super::Resolver;

/// The time a database should be back in, where none is written.
const DATABASE_WITHIN: Duration = Duration::from_secs(300);

impl Resolver<'_, '_> {
    pub(super) fn actions(&mut self, raw: &raw::Environment) -> Vec<ActionSpec> {
        let mut names = BTreeSet::new();
        let mut actions = Vec::new();
        for action in &raw.action {
            if let Some(name) = &action.get_ref().name
                && name.get_ref() == ActionSpec::INCIDENT
            {
                let fix = "write another name: `incident` opens an issue, see `incident = { … }` of the service";
                self.not(name, fix);
            }
            if let Some(name) = &action.get_ref().name
                && !names.insert(name.get_ref())
            {
                self.twice(name, "action", "of this environment");
            }
            actions.extend(self.action(action));
        }
        if let Some(database) = &raw.database_rollback {
            let own = |name: &&Text| name.get_ref() == ActionSpec::DATABASE_ROLLBACK;
            let mut named = raw.action.iter().filter_map(|action| action.get_ref().name.as_ref());
            if let Some(name) = named.find(own) {
                self.twice(name, "action", "of this environment");
            }
            actions.push(self.database_rollback(database));
        }
        actions
    }

    fn database_rollback(&mut self, raw: &Spanned<raw::DatabaseRollback>) -> ActionSpec {
        let (span, raw) = (raw.span(), raw.get_ref());
        let within = self.pace(raw.within.as_ref(), DATABASE_WITHIN);
        // what is slower than it should be is not given up for that
        let timeout = self.pace(raw.timeout.as_ref(), within.saturating_mul(2));
        ActionSpec {
            name: ActionSpec::DATABASE_ROLLBACK.to_owned(),
            program: self.run(raw.argv.as_ref(), span, timeout, raw.env.as_ref()),
            by_name: true,
            within: Some(within),
        }
    }

    fn run(
        &mut self,
        argv: Option<&Spanned<Texts>>,
        span: Range<usize>,
        timeout: Duration,
        env: Option<&Spanned<Texts>>,
    ) -> Program {
        let env = self.env(env);
        let Some(argv) = argv else {
            let fix =
                "write [\"PROGRAM\", \"ARGUMENT\", …]; it is run as it stands, without a shell";
            self.problems.missing(span, "argv", fix);
            return Program { argv: Vec::new(), timeout, env };
        };
        self.program(argv.get_ref(), argv.span(), timeout, &env)
    }

    fn action(&mut self, action: &Spanned<raw::Action>) -> Option<ActionSpec> {
        let raw = action.get_ref();
        let name = self.name(raw.name.as_ref(), action.span(), "drain-queue");
        let by_name = match raw.confirm.as_ref().map(|confirm| confirm.get_ref().as_str()) {
            None | Some("key") => false,
            Some("name") => true,
            Some(_) => {
                if let Some(confirm) = &raw.confirm {
                    self.not(confirm, "write \"key\", or \"name\": the target's name is typed");
                }
                false
            }
        };
        let timeout = self.limit(raw.timeout.as_ref());
        let program = self.run(raw.argv.as_ref(), action.span(), timeout, raw.env.as_ref());
        let within = raw.within.as_ref().map(|within| self.pace(Some(within), DATABASE_WITHIN));
        Some(ActionSpec { name: name?, program, by_name, within })
    }
}
