//! Deployments that wait at an environment, reviews of them, and the rules behind both.

use serde::Deserialize;

use super::super::Protection;
use super::{Field, Item, User};
use crate::model::{Decision, Time, Waiting};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WirePending {
    environment: Field<Environment>,
    wait_timer: Field<i64>,
    wait_timer_started_at: Field<Time>,
    current_user_can_approve: Field<bool>,
    reviewers: Field<Vec<WireReviewer>>,
}

#[derive(Debug, Deserialize)]
struct Environment {
    #[serde(default)]
    id: Option<u64>,
    name: String,
}

/// Somebody who may review, wrapped in its type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireReviewer {
    reviewer: Field<Reviewer>,
}

/// A user or a team.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reviewer {
    login: Option<String>,
    slug: Option<String>,
    name: Option<String>,
}

/// Logins, and teams as `team NAME`.
fn names(reviewers: Field<Vec<WireReviewer>>) -> Vec<String> {
    let each = reviewers.known().unwrap_or_default().into_iter();
    let name = |reviewer: Reviewer| {
        let team = || reviewer.slug.or(reviewer.name).map(|team| format!("team {team}"));
        reviewer.login.or_else(team)
    };
    each.filter_map(|each| each.reviewer.known().and_then(name)).collect()
}

impl Item for Waiting {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WirePending = serde_json::from_str(json).ok()?;
        let environment = wire.environment.known()?;
        let since = wire.wait_timer_started_at.known();
        let minutes = wire.wait_timer.known().filter(|minutes| *minutes > 0);
        let timer = minutes.and_then(chrono::TimeDelta::try_minutes);
        Some(Self {
            // without an id nobody can decide on it
            may_decide: wire.current_user_can_approve.known().unwrap_or(false)
                && environment.id.is_some(),
            environment_id: environment.id.unwrap_or_default(),
            environment: environment.name,
            since,
            timer_ends: since.zip(timer).and_then(|(since, timer)| since.checked_add_signed(timer)),
            why_not: None,
            reviewers: names(wire.reviewers),
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireDecision {
    environments: Field<Vec<Environment>>,
    state: Field<String>,
    user: Field<User>,
    comment: Field<String>,
}

impl Item for Decision {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireDecision = serde_json::from_str(json).ok()?;
        let environments = wire.environments.known().unwrap_or_default();
        Some(Self {
            environments: environments.into_iter().map(|each| each.name).collect(),
            state: wire.state.known()?,
            by: wire.user.known().map(|user| user.login),
            comment: wire.comment.known().unwrap_or_default(),
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireEnvironment {
    protection_rules: Field<Vec<WireRule>>,
    deployment_branch_policy: Field<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRule {
    prevent_self_review: Field<bool>,
    wait_timer: Field<u64>,
    reviewers: Field<Vec<WireReviewer>>,
}

/// The rules of an environment; none when the answer is none.
pub(in crate::clients::github) fn protection(body: &[u8]) -> Option<Protection> {
    let wire: WireEnvironment = serde_json::from_slice(body).ok()?;
    let branches = wire.deployment_branch_policy.known().is_some();
    let mut protection = Protection { limits_branches: branches, ..Protection::default() };
    for rule in wire.protection_rules.known().unwrap_or_default() {
        protection.prevents_self_review |= rule.prevent_self_review.known().unwrap_or(false);
        protection.wait_minutes += rule.wait_timer.known().unwrap_or(0);
        protection.reviewers.extend(names(rule.reviewers));
    }
    Some(protection)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireApps {
    custom_deployment_protection_rules: Field<Vec<WireApp>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireApp {
    enabled: Field<bool>,
    app: Field<App>,
}

#[derive(Debug, Deserialize)]
struct App {
    slug: String,
}

/// The apps whose own rules an environment has.
pub(in crate::clients::github) fn apps(body: &[u8]) -> Option<Vec<String>> {
    let wire: WireApps = serde_json::from_slice(body).ok()?;
    let rules = wire.custom_deployment_protection_rules.known().unwrap_or_default().into_iter();
    let on = rules.filter(|rule| !matches!(rule.enabled, Field::Is(false)));
    Some(on.filter_map(|rule| rule.app.known().map(|app| app.slug)).collect())
}

/// Who the owner of a token is.
pub(in crate::clients::github) fn login(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<User>(body).ok().map(|user| user.login)
}
