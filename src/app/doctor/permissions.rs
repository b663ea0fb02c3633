//! Which permission each pane and key takes at GitHub, and whether the token has it. What cannot be told
//! without trying is said to be so. Must not know how GitHub is asked.

use chrono::TimeDelta;

use crate::cli::doctor::{Finding, Verdict};
use crate::clients::github::{Checked, Permission, TokenFacts, TokenKind};
use crate::model::{FaultKind, Time};

/// A token that ends sooner than this is worth a warning, where nothing brings a new one.
const SOON: TimeDelta = TimeDelta::days(7);

/// Panes and what they read.
const PANES: [(&str, Permission); 10] = [
    ("pipelines and their jobs", Permission::Actions),
    ("logs", Permission::Actions),
    ("what waits for approval", Permission::Actions),
    ("deployments", Permission::Deployments),
    ("releases and tags", Permission::Contents),
    ("pipeline as a graph, triggers", Permission::Contents),
    ("required checks", Permission::Checks),
    ("required checks, those of other services", Permission::Statuses),
    ("security gate, code scanning", Permission::SecurityEvents),
    ("security gate, secret scanning", Permission::SecretAlerts),
];

/// Keys and what they write.
const KEYS: [(&str, Permission); 2] = [
    ("approve, reject", Permission::DeploymentsWrite),
    ("re-run, cancel, dispatch", Permission::ActionsWrite),
];

/// What was found at a repository.
pub(super) type Of<'a> = (&'a str, &'a Checked);

/// The token of a host.
pub(super) fn token(host: &str, facts: &TokenFacts, now: Time) -> Finding {
    let what = format!("{host} token");
    if facts.kind == TokenKind::Absent {
        let detail = "no token: GitHub allows 60 requests an hour, reads what is public, and takes no action; write token = { command = [\"gh\", \"auth\", \"token\"] } or { env = \"GITHUB_TOKEN\" }";
        return Finding::new(what, Verdict::Warning, detail);
    }
    let scopes = match facts.scopes.as_deref() {
        None => String::new(),
        Some([]) => ", without any scope".to_owned(),
        Some(scopes) => format!(", scopes {}", scopes.join(" ")),
    };
    let (mut verdict, mut detail) =
        (Verdict::Ok, format!("{}: {}{scopes}", facts.origin, facts.kind.word()));
    if let Some(ends) = facts.ends {
        detail += &format!("; ends {}", ends.format("%Y-%m-%d %H:%M UTC"));
        if facts.may_change {
            detail += ", asked for again before";
        } else if ends - now < SOON {
            verdict = Verdict::Warning;
            detail += "; replace it";
        }
    } else if facts.kind == TokenKind::Installation {
        detail += if facts.may_change {
            "; holds for an hour, asked for again before"
        } else {
            "; holds for an hour, or as long as its workflow's job: write { command = […] } where it has to last"
        };
    }
    Finding::new(what, verdict, detail)
}

/// Panes and keys, over all repositories of a host.
pub(super) fn uses(
    host: &str,
    facts: &TokenFacts,
    found: &[Of<'_>],
    read_only: bool,
) -> Vec<Finding> {
    let panes = PANES.into_iter().filter_map(|(pane, permission)| {
        let answers = found.iter().map(|(repo, checked)| (*repo, read(permission, checked)));
        let answers: Vec<_> = answers.filter(|(_, may)| *may != May::Unasked).collect();
        let what = format!("{host} pane: {pane}");
        (!answers.is_empty() || found.is_empty()).then(|| sum(what, permission, answers))
    });
    let keys =
        KEYS.map(|(name, permission)| key(host, (name, permission), facts, found, read_only));
    panes.into_iter().chain(keys).collect()
}

/// Opening incident issues, over all repositories in which that is to be done.
pub(super) fn incidents(
    host: &str,
    facts: &TokenFacts,
    found: &[Of<'_>],
    read_only: bool,
) -> Finding {
    key(host, ("open an incident issue", Permission::IssuesWrite), facts, found, read_only)
}

fn key(
    host: &str,
    (name, permission): (&str, Permission),
    facts: &TokenFacts,
    found: &[Of<'_>],
    read_only: bool,
) -> Finding {
    let what = format!("{host} key: {name}");
    if read_only {
        let needs = needs(permission);
        return Finding::new(what, Verdict::Ok, "read-only: not used").needing(needs);
    }
    let answers = found.iter().map(|(repo, checked)| (*repo, write(permission, facts, checked)));
    sum(what, permission, answers.collect())
}

/// An answer to: may the token do this?
#[derive(Debug, Clone, PartialEq, Eq)]
enum May {
    Yes(&'static str),
    No(String),
    Untold(String),
    /// Nothing there needs it.
    Unasked,
}

fn read(permission: Permission, checked: &Checked) -> May {
    let access = checked.reads.iter().find(|access| access.permission == permission);
    match access.map(|access| &access.fault) {
        Some(None) => May::Yes("granted"),
        Some(Some(fault))
            if matches!(
                fault.kind,
                FaultKind::Forbidden | FaultKind::NotFound | FaultKind::Unauthorized
            ) =>
        {
            let scans = [Permission::SecurityEvents, Permission::SecretAlerts];
            let off = if scans.contains(&permission) { ", or it is off there" } else { "" };
            May::No(format!("not granted{off}"))
        }
        Some(Some(fault)) => May::Untold(format!("cannot be told: {fault}")),
        None => May::Unasked,
    }
}

fn write(permission: Permission, facts: &TokenFacts, checked: &Checked) -> May {
    let approves = permission == Permission::DeploymentsWrite;
    if facts.kind == TokenKind::Absent {
        return May::No("no: GitHub takes no action without a token".to_owned());
    }
    if approves && facts.kind == TokenKind::Installation {
        return May::No("no: GitHub takes approvals only from the token of a user".to_owned());
    }
    if let Some(scopes) = &facts.scopes {
        let has = |scope: &str| scopes.iter().any(|held| held == scope);
        let is_public = checked.is_private == Some(false);
        let is_enough = has("repo") || (is_public && has("public_repo"));
        if !is_enough {
            let scope = if is_public { "public_repo" } else { "repo" };
            return May::No(format!("no: the token lacks the scope {scope}"));
        }
    }
    let opens = permission == Permission::IssuesWrite;
    if opens && checked.has_issues == Some(false) {
        return May::No("no: issues are turned off there".to_owned());
    }
    if opens && checked.may_push == Some(false) && facts.scopes.is_some() {
        return May::Yes("granted, without its labels: its user may not write there");
    }
    // a reviewer needs no more than to read
    if !approves && checked.may_push == Some(false) && facts.kind != TokenKind::Installation {
        return May::No("no: its user may not write there".to_owned());
    }
    if facts.scopes.is_none() {
        let word = permission.word();
        return May::Untold(format!(
            "cannot be told without trying: it takes {word}, and GitHub answers 403 without"
        ));
    }
    match (approves, checked.may_push) {
        (true, _) => May::Yes("granted, where its user is a required reviewer"),
        (false, Some(_)) => May::Yes("granted"),
        (false, None) => May::Untold("cannot be told: not whether its user may write".to_owned()),
    }
}

/// One finding of the answers of all repositories.
fn sum(what: String, permission: Permission, answers: Vec<(&str, May)>) -> Finding {
    let mut groups: Vec<(May, Vec<&str>)> = Vec::new();
    for (repo, may) in answers {
        match groups.iter_mut().find(|(known, _)| *known == may) {
            Some((_, repos)) => repos.push(repo),
            None => groups.push((may, vec![repo])),
        }
    }
    // what is wrong comes first
    groups.sort_by_key(|(may, _)| match may {
        May::No(_) => 0,
        May::Untold(_) => 1,
        May::Yes(_) | May::Unasked => 2,
    });
    let fine = groups.iter().all(|(may, _)| matches!(may, May::Yes(_)));
    let verdict = if fine && !groups.is_empty() { Verdict::Ok } else { Verdict::Warning };
    let is_one = groups.len() == 1;
    let words = groups.iter().map(|(may, repos)| {
        let word = match may {
            May::Yes(word) => word,
            May::No(word) | May::Untold(word) => word.as_str(),
            May::Unasked => "not needed",
        };
        let place = match repos.as_slice() {
            [one] => format!(" ({one})"),
            _ if is_one => format!(" (all {} repositories)", repos.len()),
            [first, second] => format!(" ({first}, {second})"),
            [first, rest @ ..] => format!(" ({first} and {} more)", rest.len()),
            [] => String::new(),
        };
        format!("{word}{place}")
    });
    let words: Vec<String> = words.collect();
    let detail = if words.is_empty() { "no repository".to_owned() } else { words.join("; ") };
    let needs = needs(permission);
    Finding::new(what, verdict, format!("takes {needs}: {detail}")).needing(needs)
}

fn needs(permission: Permission) -> String {
    let word = permission.word();
    let acts = matches!(
        permission,
        Permission::ActionsWrite | Permission::DeploymentsWrite | Permission::IssuesWrite
    );
    if acts {
        format!("{word} (classic: repo, for public ones public_repo)")
    } else {
        format!("{word} (classic: repo, for public ones none)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::github::Access;
    use crate::model::Fault;

    fn facts(kind: TokenKind, scopes: Option<&[&str]>) -> TokenFacts {
        TokenFacts {
            kind,
            origin: "the token from $T".to_owned(),
            scopes: scopes.map(|scopes| scopes.iter().map(|&scope| scope.to_owned()).collect()),
            ends: None,
            may_change: false,
        }
    }

    fn checked(is_private: bool, may_push: bool) -> Checked {
        let all = PANES.iter().map(|(_, permission)| *permission);
        let reads = all.map(|permission| Access { permission, fault: None }).collect();
        let (is_private, may_push) = (Some(is_private), Some(may_push));
        Checked { reads, is_private, may_push, has_issues: Some(true) }
    }

    fn detail(found: &[Finding], what: &str) -> String {
        let found = found.iter().find(|finding| finding.what.ends_with(what)).unwrap();
        let (_, detail) = found.detail.split_once("): ").unwrap();
        format!("{:?}: {detail}", found.verdict)
    }

    #[test]
    fn keys_by_kind_of_token() {
        let classic = |scopes| facts(TokenKind::Classic, Some(scopes));
        let fine = facts(TokenKind::FineGrained, None);
        let app = facts(TokenKind::Installation, None);
        let private = checked(true, true);
        let (public, reader) = (checked(false, true), checked(true, false));
        for (facts, checked, approve, act) in [
            (
                classic(&["repo"]),
                &private,
                "Ok: granted, where its user is a required",
                "Ok: granted (a/b)",
            ),
            (
                classic(&["repo"]),
                &reader,
                "Ok: granted, where",
                "Warning: no: its user may not write",
            ),
            (classic(&["public_repo"]), &public, "Ok: granted, where", "Ok: granted"),
            (
                classic(&["public_repo"]),
                &private,
                "Warning: no: the token lacks the scope repo",
                "Warning: no: the token lacks the scope repo",
            ),
            (
                classic(&["workflow"]),
                &public,
                "Warning: no: the token lacks the scope public_repo",
                "Warning: no: the token lacks",
            ),
            (
                fine.clone(),
                &private,
                "Warning: cannot be told without trying: it takes deployments: write",
                "Warning: cannot be told without trying: it takes actions: write",
            ),
            (fine, &reader, "Warning: cannot be told", "Warning: no: its user may not write"),
            (
                app,
                &private,
                "Warning: no: GitHub takes approvals only from the token of a user",
                "Warning: cannot be told",
            ),
            (
                facts(TokenKind::Absent, None),
                &public,
                "Warning: no: GitHub takes no action",
                "Warning: no: GitHub takes no action",
            ),
        ] {
            let found = uses("github", &facts, &[("a/b", checked)], false);
            for (key, expected) in [("approve, reject", approve), ("re-run, cancel, dispatch", act)]
            {
                let detail = detail(&found, key);
                assert!(detail.starts_with(expected), "{key}: {detail}");
            }
        }
    }

    #[test]
    fn incident_issues_take_a_permission_of_their_own_and_a_place() {
        let classic = facts(TokenKind::Classic, Some(&["repo"]));
        let fine = facts(TokenKind::FineGrained, None);
        let off = Checked { has_issues: Some(false), ..checked(true, true) };
        for (facts, checked, said) in [
            (&classic, checked(true, true), "Ok: granted (a/b)"),
            (&classic, checked(true, false), "Ok: granted, without its labels"),
            (&classic, off.clone(), "Warning: no: issues are turned off there"),
            (&fine, checked(true, true), "Warning: cannot be told without trying: it takes issues"),
            (&fine, checked(true, false), "Warning: no: its user may not write there"),
            (&fine, off, "Warning: no: issues are turned off there"),
        ] {
            let found = [incidents("github", facts, &[("a/b", &checked)], false)];
            let detail = detail(&found, "key: open an incident issue");
            assert!(detail.starts_with(said), "{detail}");
            assert!(
                found[0].detail.starts_with("takes issues: write (classic: repo,"),
                "{found:?}"
            );
        }
        let asked = incidents("github", &fine, &[], true);
        assert_eq!(asked.detail, "read-only: not used");
    }

    #[test]
    fn repositories_that_are_alike_are_said_together() {
        let fine = checked(true, true);
        let mut lacks = checked(true, true);
        lacks.reads[3].fault = Some(Fault::new(FaultKind::Forbidden, "403"));
        let mut slow = fine.clone();
        slow.reads[3].fault = Some(Fault::new(FaultKind::Timeout, "no answer"));
        let token = facts(TokenKind::Classic, Some(&["repo"]));
        let all = [("a/1", &fine), ("a/2", &fine), ("a/3", &fine), ("a/4", &lacks), ("a/5", &slow)];
        let found = uses("github", &token, &all, true);
        assert_eq!(detail(&found, "pane: logs"), "Ok: granted (all 5 repositories)");
        assert_eq!(
            detail(&found, "pane: deployments"),
            "Warning: not granted (a/4); cannot be told: no answer (a/5); granted (a/1 and 2 more)"
        );
        assert_eq!(found[11].detail, "read-only: not used");
        assert!(found.iter().all(|finding| finding.needs.is_some()));
    }

    #[test]
    fn a_token_that_ends_soon_is_a_warning_where_nobody_brings_another() {
        let now = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let mut facts = facts(TokenKind::FineGrained, None);
        facts.ends = Some(now + TimeDelta::days(3));
        let finding = token("github", &facts, now);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.detail,
            "the token from $T: a fine-grained token; ends 2023-11-17 22:13 UTC; replace it"
        );
        facts.may_change = true;
        assert_eq!(token("github", &facts, now).verdict, Verdict::Ok);
        facts.kind = TokenKind::Absent;
        assert!(token("github", &facts, now).detail.contains("gh"));
    }
}
