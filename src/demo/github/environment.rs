//! Environments, what waits for them, and what people said, as GitHub tells it.

use serde_json::{Value, json};

use crate::demo::chance::key;
use crate::demo::forge::gate::{Environment, Reviewer};
use crate::demo::quirk::Token;

use super::Place;
use super::person::{person, reviewer};

/// When all environments were set up.
const SET_UP: &str = "2024-02-01T09:00:00Z";

impl Place<'_> {
    /// All environments.
    pub fn environments(&self) -> Vec<Value> {
        self.own.environments.iter().map(|environment| self.show_environment(environment)).collect()
    }

    /// One by its name, as a path has it.
    pub fn environment(&self, name: &str) -> Option<Value> {
        Some(self.show_environment(self.find_environment(name)?))
    }

    fn find_environment(&self, name: &str) -> Option<&'static Environment> {
        let environments: &'static [Environment] = self.own.environments;
        Environment::find(environments, name)
    }

    /// An environment's id.
    pub fn environment_id(&self, name: &str) -> u64 {
        1_000_000_000 + (key(&format!("{}/{name}", self.name())) >> 40)
    }

    /// The branches and tags that may deploy to one.
    pub fn branch_policies(&self, name: &str) -> Option<Vec<Value>> {
        let environment = self.find_environment(name)?;
        let policies = environment.takes.iter().map(|pattern| {
            let id = key(&format!("{}/{name}/{pattern}", self.name())) >> 40;
            let kind = if pattern.starts_with('v') { "tag" } else { "branch" };
            json!({"id": id, "node_id": format!("GBP_{id}"), "name": pattern, "type": kind})
        });
        Some(policies.collect())
    }

    /// The apps that guard one: none do.
    pub fn custom_rules(&self, name: &str) -> Option<Vec<Value>> {
        self.find_environment(name).map(|_| Vec::new())
    }

    fn show_environment(&self, environment: &Environment) -> Value {
        let mut rules = Vec::new();
        let id = self.environment_id(environment.name);
        let rule = |kind: &str| {
            let id = id * 10 + kind.len() as u64 % 10;
            json!({"id": id, "node_id": format!("GA_{id}"), "type": kind})
        };
        if environment.timer > 0 {
            let mut timer = rule("wait_timer");
            timer["wait_timer"] = environment.timer.into();
            rules.push(timer);
        }
        if !environment.reviewers.is_empty() {
            let mut required = rule("required_reviewers");
            required["prevent_self_review"] = environment.forbids_self.into();
            required["reviewers"] = self.reviewers(environment.reviewers);
            rules.push(required);
        }
        let policy = (!environment.takes.is_empty()).then(|| {
            rules.push(rule("branch_policy"));
            json!({"protected_branches": false, "custom_branch_policies": true})
        });
        let mut shown = self.named(environment.name);
        shown["created_at"] = SET_UP.into();
        shown["updated_at"] = SET_UP.into();
        shown["can_admins_bypass"] = false.into();
        shown["protection_rules"] = rules.into();
        shown["deployment_branch_policy"] = policy.into();
        shown
    }

    fn reviewers(&self, reviewers: &[Reviewer]) -> Value {
        reviewers.iter().map(|one| reviewer(self.base, *one)).collect()
    }

    fn named(&self, name: &str) -> Value {
        let id = self.environment_id(name);
        json!({
            "id": id, "node_id": format!("EN_{id}"), "name": name,
            "url": self.url(&format!("/environments/{name}")),
            "html_url": self.page(&format!("/deployments/activity_log?environments_filter={name}")),
        })
    }

    /// What a run waits for.
    pub fn pending(&self, id: u64) -> Option<Vec<Value>> {
        let run = self.own.run(id)?;
        let waiting = self.own.waiting(run).into_iter();
        let shown = waiting.map(|(environment, since)| {
            let mine = environment.is_mine(run.by) && self.quirks.token != Token::Installation;
            json!({
                "environment": self.named(environment.name), "wait_timer": environment.timer,
                "wait_timer_started_at": (environment.timer > 0).then(|| self.at(since)),
                "current_user_can_approve": mine,
                "reviewers": self.reviewers(environment.reviewers),
            })
        });
        Some(shown.collect())
    }

    /// What people said of a run, newest first.
    pub fn approvals(&self, id: u64) -> Option<Vec<Value>> {
        let run = self.own.run(id)?;
        let shown = run.approvals.iter().rev().map(|approval| {
            let mut environment = self.named(approval.environment);
            environment["created_at"] = SET_UP.into();
            environment["updated_at"] = SET_UP.into();
            json!({
                "environments": [environment], "state": approval.state,
                "user": person(self.base, approval.user), "comment": approval.comment,
            })
        });
        Some(shown.collect())
    }
}
