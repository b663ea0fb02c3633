//! `after` and `rehearse`: what has to have been before, elsewhere or here.

use std::time::Duration;

use toml::Spanned;

use crate::config::raw::{self, After, Text};
use crate::config::suggest::suggest;
use crate::model::Target;
use crate::model::rules::AfterSpec;

use super::Resolver;
use super::service::ServiceContext;

/// How long an environment where mistakes hurt nobody may go without a rollback.
const REHEARSE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Resolver<'_, '_> {
    pub(super) fn after(
        &mut self,
        service: &ServiceContext<'_>,
        raw: &raw::Environment,
        target: &Target,
    ) -> Option<AfterSpec> {
        let after = raw.after.as_ref()?;
        let at = after.span();
        if raw.rollout.is_none() {
            let found = "found a condition where nothing is rolled out";
            self.problems.at(at.clone(), found, "write [service.environment.rollout] too");
        }
        if let Some(workflow) = after.get_ref().workflow() {
            self.workflow(workflow);
            if service.raw.repo.is_none() {
                self.not(workflow, "write repo = \"OWNER/NAME\" in the service too");
            }
        }
        let Some(name) = after.get_ref().environment() else {
            let fix = "write environment = \"staging\"";
            self.problems.missing(at, "environment", fix);
            return None;
        };
        let own = target.environment();
        let names = service.raw.environment.iter().filter_map(|one| named(one.get_ref()));
        let known: Vec<&str> = names.filter(|known| *known != own).collect();
        let text: Text = Spanned::new(at, name.to_owned());
        if name == own {
            self.not(&text, "write another environment: no revision is here before it is here");
            return None;
        }
        let is_unread = |one: &Spanned<raw::Environment>| named(one.get_ref()).is_none();
        if service.raw.environment.iter().any(is_unread) && !known.contains(&name) {
            // it may be the one whose own name is wrong, which is said there
            return None;
        }
        if !known.contains(&name) {
            let fix = suggest(name, known, "this service has no other environment");
            self.not(&text, fix);
            return None;
        }
        if comes_back(service.raw, own) {
            self.not(&text, format!("take one away: {own} and {name} would wait for each other"));
            return None;
        }
        let workflow = after.get_ref().workflow().map(|workflow| workflow.get_ref().clone());
        Some(AfterSpec { target: Target::new(&service.name, name).ok()?, workflow })
    }

    /// How long it may go without a rollback; none: nobody is reminded.
    pub(super) fn rehearse(&mut self, raw: &raw::Environment) -> Option<Duration> {
        let rehearsed = raw.rollout.is_some() && !raw.production.unwrap_or(false);
        let default = if rehearsed { REHEARSE } else { Duration::ZERO };
        let rehearse = self.duration(raw.rehearse.as_ref(), default);
        if let Some(written) = &raw.rehearse
            && raw.rollout.is_none()
        {
            let found = "found a rehearsal where nothing is rolled out";
            self.problems.at(written.span(), found, "write [service.environment.rollout] too");
        }
        Some(rehearse).filter(|rehearse| !rehearse.is_zero())
    }
}

fn named(environment: &raw::Environment) -> Option<&str> {
    environment.name.as_ref().map(|name| name.get_ref().as_str())
}

/// Whether an environment comes after itself, by way of others.
fn comes_back(service: &raw::Service, own: &str) -> bool {
    let environments = || service.environment.iter().map(Spanned::get_ref);
    let before = |name: &str| {
        let one = environments().find(|one| named(one) == Some(name))?;
        one.after.as_ref().map(Spanned::get_ref).and_then(After::environment)
    };
    let way = std::iter::successors(before(own), |name| before(name));
    way.take(service.environment.len()).any(|name| name == own)
}
