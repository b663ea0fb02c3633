//! `required_checks`, `security` and what else of GitHub decides whether a target may go on.

use toml::Spanned;

use crate::config::raw::{Text, Texts};
use crate::model::{Danger, GateRules};

use super::Resolver;
use super::environment::Place;

impl Resolver<'_, '_> {
    /// The gates whose evidence is at GitHub; what they stand on is asked for from now on.
    pub(super) fn at_github(
        &mut self,
        place: &Place<'_>,
        advisory: &[Text],
        engine: Option<&str>,
        rules: &mut GateRules,
    ) {
        let raw = place.raw;
        let written = [&raw.required_checks, &raw.security].into_iter().flatten();
        for list in written {
            if list.get_ref().is_empty() {
                self.problems.at(
                    list.span(),
                    "found an empty list",
                    "leave it out: then it is no gate",
                );
            } else if place.repo.is_none() {
                let fix = "write repo = \"OWNER/NAME\" in the service too";
                self.problems.at(list.span(), "found no repository to ask about", fix);
            } else if engine.is_none() {
                let fix = "write [service.environment.rollout] too, or leave it out";
                self.problems.at(list.span(), "found a gate where nothing is promoted", fix);
            }
        }
        rules.required_checks = self.names(raw.required_checks.as_ref().map(Spanned::get_ref));
        rules.security = self.dangers(raw.security.as_ref().map(Spanned::get_ref));
        let shown_only = |name: &str| advisory.iter().any(|text| text.get_ref() == name);
        rules.pipeline = place.repo.is_some()
            && engine.is_some()
            && !place.pipeline.as_deref().is_some_and(shown_only);
        rules.queue = engine == Some("github");
        let Some((host, name)) = &place.repo else { return };
        let repos = self.config.github.get_mut(host).map(|github| &mut github.repos);
        let Some(repo) = repos.and_then(|all| all.iter_mut().find(|repo| repo.name == *name))
        else {
            return;
        };
        repo.required.extend(rules.required_checks.iter().cloned());
        repo.security.extend(&rules.security);
    }

    fn names(&mut self, written: Option<&Texts>) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in written.into_iter().flatten() {
            if name.get_ref().trim().is_empty() {
                self.not(name, "write the name of a check as GitHub shows it, \"build\"");
            } else if !names.contains(name.get_ref()) {
                names.push(name.get_ref().clone());
            }
        }
        names
    }

    fn dangers(&mut self, written: Option<&Texts>) -> Vec<Danger> {
        let mut dangers = Vec::new();
        for word in written.into_iter().flatten() {
            match word.get_ref().parse() {
                Ok(danger) if dangers.contains(&danger) => {}
                Ok(danger) => dangers.push(danger),
                Err(()) => self
                    .not(word, "write \"critical\", \"high\", \"medium\", \"low\" or \"secrets\""),
            }
        }
        dangers
    }
}
