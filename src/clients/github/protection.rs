//! What protects an environment, and GitHub's own reason why somebody may not let a deployment go on to it.
//! Rules change rarely: what was read of them is believed for a while.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::decode;
use super::reads::ask;
use super::{GithubClient, Permission, Read, lock};
use crate::model::{Fault, FaultKind, Run, Time, Waiting, Waits};

/// How long rules are believed.
const BELIEVED: TimeDelta = TimeDelta::minutes(5);

/// Environments whose rules are kept at most.
const ENTRIES: usize = 512;

/// What protects an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protection {
    /// Who may review: logins, and teams as `team NAME`. Empty: nobody has to.
    pub reviewers: Vec<String>,
    /// Whether who started a run must not review it.
    pub prevents_self_review: bool,
    /// Minutes that every deployment waits; 0 for none.
    pub wait_minutes: u64,
    /// Whether only some branches may deploy to it.
    pub limits_branches: bool,
    /// Apps whose own rules have to pass.
    pub apps: Vec<String>,
}

/// Rules that were read, by repository and environment, with the time.
#[derive(Debug, Default)]
pub(super) struct Protections(BTreeMap<(String, String), (Time, Option<Protection>)>);

impl Protection {
    /// Why `me` may not let the deployment go on; `actor` started its run.
    fn why_not(&self, waiting: &Waiting, actor: Option<&str>, me: Option<&str>) -> Option<String> {
        let reviewers =
            if waiting.reviewers.is_empty() { &self.reviewers } else { &waiting.reviewers };
        let these = (!reviewers.is_empty()).then(|| format!("these may: {}", reviewers.join(", ")));
        let own = actor.is_some() && actor == me;
        if self.prevents_self_review && own {
            let these = these.map_or(String::new(), |these| format!("; {these}"));
            let text = "you started this run, and its rules let nobody review their own";
            return Some(format!("{text}{these}"));
        }
        if let Some(these) = these {
            let whose = me.map_or("the owner of this token".to_owned(), str::to_owned);
            let but = if self.prevents_self_review { ", but not who started the run" } else { "" };
            return Some(format!("{whose} is no reviewer of it; {these}{but}"));
        }
        if !self.apps.is_empty() {
            return Some(format!("it waits for the rule of {}", self.apps.join(", ")));
        }
        if self.wait_minutes > 0 {
            let minutes = self.wait_minutes;
            return Some(format!("nobody has to review it; its timer holds it for {minutes} min"));
        }
        self.limits_branches.then(|| "its rules let only some branches deploy to it".to_owned())
    }
}

impl GithubClient {
    /// What protects an environment; none when it is not there or hidden.
    pub async fn protection(&self, repo: &str, name: &str) -> Result<Option<Protection>, Fault> {
        let key = (repo.to_owned(), name.to_owned());
        let now = self.clock.now();
        let known = lock(&self.protections).0.get(&key).cloned();
        if let Some((_, protection)) = known.filter(|(at, _)| now - *at < BELIEVED) {
            return Ok(protection);
        }
        let read = self.read_protection(repo, name).await?;
        let held = &mut lock(&self.protections).0;
        if held.len() >= ENTRIES {
            held.clear();
        }
        held.insert(key, (now, read.clone()));
        Ok(read)
    }

    async fn read_protection(&self, repo: &str, name: &str) -> Result<Option<Protection>, Fault> {
        let what = format!("the rules of the environment {name}");
        let ask = ask(repo, &what, Permission::Actions);
        let route = self.route(repo, &["environments", name], &[])?;
        let mut protection = match self.kept(&route, &ask, decode::protection).await {
            Ok(found) => found.as_ref().clone(),
            Err(fault) if fault.kind == FaultKind::NotFound => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let tail = ["environments", name, "deployment_protection_rules"];
        let route = self.route(repo, &tail, &[])?;
        // an older server has none, and a token that may not see them learns no more from a fault
        if let Ok(apps) = self.kept(&route, &ask, decode::apps).await {
            protection.apps.clone_from(&apps);
        }
        Ok(Some(protection))
    }

    /// The same deployments with the reason where our token may not decide. What cannot be read stays
    /// unsaid.
    pub async fn explained(&self, repo: &str, run: Option<&Run>, mut waits: Waits) -> Waits {
        for waiting in &mut waits.waiting {
            if waiting.since.is_none() {
                waiting.since = run.filter(|run| run.is_active()).and_then(|run| run.updated_at);
            }
            if waiting.may_decide {
                continue;
            }
            let (rules, me) =
                futures::join!(self.protection(repo, &waiting.environment), self.login());
            let actor = run.and_then(|run| run.actor.as_deref());
            let rules = rules.ok().flatten();
            waiting.why_not = rules.and_then(|rules| rules.why_not(waiting, actor, me.as_deref()));
        }
        waits
    }

    /// Whose token it is; none where GitHub does not say (an app's).
    pub async fn login(&self) -> Option<String> {
        let session = self.session().await.ok()?;
        let mut held = self.login.lock().await;
        if let Some((fingerprint, login)) = &*held
            && *fingerprint == session.fingerprint
        {
            return login.clone();
        }
        let route = super::Route::of_user(&self.config.url).ok()?;
        let ask = ask("", "the owner of the token", Permission::Metadata);
        let login = match self.page(&route, &ask, Read::Whole).await {
            Ok(page) => page.whole.and_then(|whole| decode::login(&whole.body)),
            // it is no user's, and will not be
            Err(fault) if matches!(fault.kind, FaultKind::Forbidden | FaultKind::NotFound) => None,
            Err(_) => return None,
        };
        *held = Some((session.fingerprint, login.clone()));
        login
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_that_holds_is_named() {
        let waiting = Waiting {
            environment_id: 1,
            environment: "production".into(),
            since: None,
            timer_ends: None,
            may_decide: false,
            why_not: None,
            reviewers: vec!["ana".into(), "team ops".into()],
        };
        let rules = Protection { prevents_self_review: true, ..Protection::default() };
        let why = |rules: &Protection, waiting: &Waiting, me| {
            rules.why_not(waiting, Some("bo"), me).unwrap_or_default()
        };
        assert!(why(&rules, &waiting, Some("bo")).starts_with("you started this run"));
        assert_eq!(
            why(&rules, &waiting, Some("cy")),
            "cy is no reviewer of it; these may: ana, team ops, but not who started the run"
        );
        assert!(why(&rules, &waiting, None).starts_with("the owner of this token is no reviewer"));
        let nobody = Waiting { reviewers: vec![], ..waiting };
        let app = Protection { apps: vec!["gatekeeper".into()], wait_minutes: 5, ..rules.clone() };
        assert_eq!(why(&app, &nobody, None), "it waits for the rule of gatekeeper");
        let timer = Protection { apps: vec![], ..app };
        assert!(why(&timer, &nobody, None).contains("for 5 min"));
        let branch = Protection { limits_branches: true, ..Protection::default() };
        assert!(why(&branch, &nobody, None).contains("branches"));
        assert_eq!(why(&Protection::default(), &nobody, None), "");
    }
}
