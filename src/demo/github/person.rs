//! People, teams and apps, with every field that GitHub tells.

use serde_json::{Value, json};

use crate::demo::chance::key;
use crate::demo::forge::gate::{ME, Reviewer};

use super::OWNER;

fn id(login: &str) -> u64 {
    if login == ME { 1 } else { key(login) >> 40 }
}

/// A user, or the organization.
pub fn person(base: &str, login: &str) -> Value {
    let id = id(login);
    let url = format!("{base}/users/{login}");
    let kind = if login == OWNER { "Organization" } else { "User" };
    json!({
        "login": login, "id": id, "node_id": format!("U_{id}"),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
        "gravatar_id": "", "url": url, "html_url": format!("https://github.com/{login}"),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"), "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": kind, "user_view_type": "public", "site_admin": false,
    })
}

/// The one who asks.
pub fn myself(base: &str) -> Value {
    let mut user = person(base, ME);
    let more = json!({
        "name": "Demo", "company": null, "blog": "", "location": null, "email": null,
        "hireable": null, "bio": null, "twitter_username": null, "notification_email": null,
        "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "created_at": "2020-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
    });
    if let (Value::Object(user), Value::Object(more)) = (&mut user, more) {
        user.extend(more);
    }
    user
}

/// A reviewer of an environment.
pub fn reviewer(base: &str, reviewer: Reviewer) -> Value {
    match reviewer {
        Reviewer::User(login) => json!({"type": "User", "reviewer": person(base, login)}),
        Reviewer::Team(slug) => json!({"type": "Team", "reviewer": team(base, slug)}),
    }
}

fn team(base: &str, slug: &str) -> Value {
    let id = id(slug);
    let url = format!("{base}/organizations/2/team/{id}");
    json!({
        "id": id, "node_id": format!("T_{id}"), "name": slug, "slug": slug, "description": null,
        "privacy": "closed", "notification_setting": "notifications_enabled", "permission": "push",
        "url": url, "html_url": format!("https://github.com/orgs/{OWNER}/teams/{slug}"),
        "members_url": format!("{url}/members{{/member}}"),
        "repositories_url": format!("{url}/repos"), "type": "organization",
        "organization_id": 2, "parent": null,
    })
}

/// The app that runs the checks.
pub fn actions(base: &str) -> Value {
    json!({
        "id": 15368, "slug": "github-actions", "node_id": "MDM6QXBwMTUzNjg=",
        "client_id": "Iv1.05c79e9ad1f6bdfa", "owner": person(base, "github"),
        "name": "GitHub Actions", "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": "https://github.com/apps/github-actions",
        "created_at": "2018-07-30T09:30:17Z", "updated_at": "2024-04-10T20:33:16Z",
        "permissions": {"actions": "write", "checks": "write", "deployments": "write", "metadata": "read"},
        "events": ["check_run", "check_suite", "workflow_run"],
    })
}
