//! `[[service.environment.action]]`: programs that an operator may ask for by name.

use std::collections::BTreeSet;

use toml::Spanned;

use crate::config::raw;
use crate::model::{ActionSpec, Program};

use super::Resolver;

impl Resolver<'_, '_> {
    pub(super) fn actions(&mut self, raw: &raw::Environment) -> Vec<ActionSpec> {
        let mut names = BTreeSet::new();
        let mut actions = Vec::new();
        for action in &raw.action {
            if let Some(name) = &action.get_ref().name
                && !names.insert(name.get_ref())
            {
                self.twice(name, "action", "of this environment");
            }
            actions.extend(self.action(action));
        }
        actions
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
        let env = self.env(raw.env.as_ref());
        let program = if let Some(argv) = &raw.argv {
            self.program(argv.get_ref(), argv.span(), timeout, &env)
        } else {
            let fix =
                "write [\"PROGRAM\", \"ARGUMENT\", …]; it is run as it stands, without a shell";
            self.problems.missing(action.span(), "argv", fix);
            Program { argv: Vec::new(), timeout, env }
        };
        Some(ActionSpec { name: name?, program, by_name })
    }
}
