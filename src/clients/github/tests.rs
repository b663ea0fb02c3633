//! The client against a loopback server that also refuses, hangs, cuts and closes.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use serde_json::json;

use super::testing::{Reply, Seen, TOKEN, World, start};
use super::*;
use crate::config::Secret;
use crate::model::{FaultKind, Run};

const REPO: &str = "acme/checkout";

fn runs(ids: &[u64]) -> serde_json::Value {
    let runs: Vec<_> =
        ids.iter().map(|id| json!({"id": id, "status": "completed", "head_sha": "abc"})).collect();
    json!({ "workflow_runs": runs })
}

fn ids(answer: &Answer<List<Run>>) -> Option<Vec<u64>> {
    match answer {
        Answer::Unchanged => None,
        Answer::Fresh { value, .. } => Some(value.items.iter().map(|run| run.id).collect()),
    }
}

/// Asks a world for its runs once, and says what was refused and how often it was asked.
async fn refused(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Fault, usize) {
    let world = World::new(answer).await;
    let mut config = testing::config(&world.url);
    config.timeout = std::time::Duration::from_secs(2);
    let (client, _) = testing::client(config);
    let fault = client.runs(REPO, Some("deploy.yml")).await.unwrap_err();
    assert!(!fault.text.contains(TOKEN) && fault.text.len() < 400, "{fault}");
    (fault, world.asked().len())
}

#[tokio::test]
async fn a_request_says_who_asks_for_what() {
    let world = World::new(|_| Reply::json(&runs(&[1]))).await;
    let (client, _) = world.client_at("/api/v3");
    let answer = client.runs(REPO, Some("my deploy.yml")).await.unwrap();
    assert_eq!(ids(&answer), Some(vec![1]));
    let seen = &world.asked()[0];
    assert_eq!(
        seen.path,
        "/api/v3/repos/acme/checkout/actions/workflows/my%20deploy.yml/runs?per_page=30&exclude_pull_requests=true"
    );
    assert_eq!(seen.header("accept"), Some("application/vnd.github+json"));
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert!(seen.header("x-github-api-version").is_some());
}

#[tokio::test]
async fn an_etag_is_echoed_verbatim_once_committed() {
    let world = World::new(|seen| Reply::tagged(seen, &runs(&[1, 2]))).await;
    let (client, _) = world.client();
    for _ in 0..2 {
        // not committed: asked for whole again
        assert!(ids(&client.runs(REPO, None).await.unwrap()).is_some());
    }
    let Answer::Fresh { seen, .. } = client.runs(REPO, None).await.unwrap() else {
        panic!("nothing was committed yet");
    };
    client.commit(seen);
    assert!(ids(&client.runs(REPO, None).await.unwrap()).is_none());
    let asked = world.asked();
    assert_eq!(asked[2].header("if-none-match"), None);
    assert!(asked[3].header("if-none-match").unwrap().starts_with("W/\""));
}

#[tokio::test]
async fn a_truncated_or_unreadable_answer_commits_nothing() {
    for body in [
        "HTTP/1.1 200 x\r\netag: W/\"bad\"\r\ncontent-length: 500\r\n\r\n{\"workflow_runs\":[",
        "HTTP/1.1 200 x\r\netag: W/\"bad\"\r\ncontent-length: 2\r\n\r\n[]",
        "HTTP/1.1 200 x\r\netag: W/\"bad\"\r\ncontent-length: 6\r\n\r\n<html>",
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let world = World::new(move |seen| {
            assert_eq!(seen.header("if-none-match"), None);
            match count.fetch_add(1, Ordering::SeqCst) {
                0 => Reply::Raw(body.to_owned()),
                _ => Reply::json(&runs(&[7])),
            }
        })
        .await;
        let (client, _) = world.client();
        let fault = client.runs(REPO, None).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Garbage, "{fault}");
        assert_eq!(ids(&client.runs(REPO, None).await.unwrap()), Some(vec![7]));
    }
}

#[tokio::test]
async fn pages_are_followed_on_our_own_origin_and_bounded() {
    let world = World::new(|seen| {
        let page = seen.path.split("page=").last().unwrap().parse().unwrap_or(1);
        let page = if seen.path.contains("&page=") { page } else { 1 };
        let next = format!(
            "<https://elsewhere.invalid/repos/acme/checkout/actions/runs/5/jobs?per_page=100&page={}>; rel=\"next\"",
            page + 1
        );
        let jobs = json!({"jobs": [{"id": page, "name": "j", "status": "queued"}]});
        Reply::tagged(seen, &jobs).with("link", next)
    })
    .await;
    let (client, _) = world.client();
    let Answer::Fresh { value, seen } = client.jobs(REPO, 5, Read::IfChanged).await.unwrap() else {
        panic!("nothing was committed yet");
    };
    let found: Vec<_> = value.items.iter().map(|job| job.id).collect();
    assert_eq!((found, value.more), (vec![1, 2, 3], true));
    assert_eq!(seen.len(), 3);

    // the second page alone is new to us: the others are asked for whole, after one conditional try
    client.commit(seen.into_iter().filter(|v| !v.key.url.ends_with("&page=2")));
    world.asked();
    let Answer::Fresh { value, .. } = client.jobs(REPO, 5, Read::IfChanged).await.unwrap() else {
        panic!("one page changed");
    };
    let found: Vec<_> = value.items.iter().map(|job| job.id).collect();
    assert_eq!(found, [1, 2, 3]);
    assert_eq!(world.asked().len(), 5);
}

#[tokio::test]
async fn refusals_name_token_repository_and_permission() {
    for (reply, kind, words) in [
        (
            Reply::status(401, "Bad credentials"),
            FaultKind::Unauthorized,
            vec!["401: Bad credentials"],
        ),
        (
            Reply::status(403, "Resource not accessible by personal access token"),
            FaultKind::Forbidden,
            vec!["lacks the permission", "not accessible"],
        ),
        (
            Reply::status(404, "Not Found"),
            FaultKind::NotFound,
            vec!["404", "deploy.yml", "the same way"],
        ),
    ] {
        let reply = Mutex::new(Some(reply));
        let (fault, asked) = refused(move |_| lock(&reply).take().unwrap_or(Reply::Hang)).await;
        assert_eq!((fault.kind, asked), (kind, 1), "{fault}");
        for word in words.into_iter().chain(["$CARGO_PKG_NAME", REPO, "actions: read"]) {
            assert!(fault.text.contains(word), "{word}: {fault}");
        }
    }
}

#[tokio::test]
async fn nothing_is_ever_sent_twice() {
    let page = format!("<html>\u{1b}[31m{}</html>", "x".repeat(20_000));
    let (fault, asked) = refused(move |_| Reply::Answer(502, vec![], page.clone())).await;
    assert_eq!((fault.kind, asked), (FaultKind::Upstream, 1));
    assert!(fault.text.contains("502") && !fault.text.contains("html"), "{fault}");

    let (fault, asked) = refused(|_| Reply::Raw(String::new())).await;
    assert_eq!((fault.kind, asked), (FaultKind::Unreachable, 1), "{fault}");

    let (fault, asked) = refused(|_| Reply::Hang).await;
    assert_eq!((fault.kind, asked), (FaultKind::Timeout, 1), "{fault}");

    let (fault, asked) = refused(|_| Reply::status(503, "down").with("retry-after", "40")).await;
    assert_eq!((fault.kind, asked), (FaultKind::Upstream, 1));
    assert_eq!(fault.retry_at, Some(start() + TimeDelta::seconds(40)));
}

#[tokio::test]
async fn a_limit_is_honoured_by_silence() {
    let secondary = json!({"message": "slow down", "documentation_url":
        "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"});
    let reset = (start() + TimeDelta::seconds(90)).timestamp().to_string();
    for (reply, wait) in [
        (Reply::status(429, "x").with("retry-after", "45"), 45),
        (
            Reply::status(403, "API rate limit exceeded")
                .with("x-ratelimit-remaining", "0")
                .with("x-ratelimit-limit", "5000")
                .with("x-ratelimit-reset", reset),
            90,
        ),
        (Reply::Answer(403, vec![], secondary.to_string()), 60),
        (Reply::status(429, "x"), 60),
    ] {
        let reply = Mutex::new(Some(reply));
        let world = World::new(move |_| {
            let first = lock(&reply).take();
            first.unwrap_or_else(|| Reply::json(&runs(&[1])))
        })
        .await;
        let (client, clock) = world.client();
        let until = start() + TimeDelta::seconds(wait);
        for _ in 0..3 {
            let fault = client.runs(REPO, None).await.unwrap_err();
            assert_eq!(fault.kind, FaultKind::RateLimited, "{fault}");
            assert_eq!(fault.retry_at, Some(until), "{fault}");
        }
        assert_eq!(world.asked().len(), 1);
        clock.advance(wait);
        assert!(client.runs(REPO, None).await.is_ok());
    }
}

#[tokio::test]
async fn the_budget_is_what_the_newest_answer_says() {
    let world = World::new(|_| {
        Reply::json(&runs(&[]))
            .with("x-ratelimit-remaining", "4812")
            .with("x-ratelimit-limit", "5000")
            .with("x-ratelimit-reset", "1700003600")
            .with("x-ratelimit-resource", "core")
    })
    .await;
    let (client, _) = world.client();
    assert_eq!(client.budget(), None);
    client.runs(REPO, None).await.unwrap();
    let budget = client.budget().unwrap();
    assert_eq!((budget.remaining, budget.limit), (4812, 5000));
}

#[tokio::test]
async fn redirects_stay_at_home_and_so_does_the_token() {
    let other = World::new(|_| Reply::json(&runs(&[666]))).await;
    let away = format!("{}repos/x/y", other.url);
    let code = |path: &str| path.split(['/', '-']).find_map(|part| part.parse().ok()).unwrap();
    let world = World::new(move |seen| match seen.path.as_str() {
        path if path.starts_with("/repos/old/") => {
            Reply::status(code(path), "Moved").with("location", "/repositories/x/actions/runs")
        }
        path if path.starts_with("/repositories/x") => Reply::json(&runs(&[12])),
        path => Reply::status(code(path), "Found").with("location", away.clone()),
    })
    .await;
    let (client, _) = world.client();
    for code in [301, 302, 307, 308] {
        let renamed = client.runs(&format!("old/name-{code}"), None).await.unwrap();
        assert_eq!(ids(&renamed), Some(vec![12]), "{code}");
        let asked = world.asked();
        assert_eq!(asked.len(), 2);
        assert!(asked.iter().all(|seen| seen.header("authorization").is_some()));

        let fault = client.runs(&format!("moved/away-{code}"), None).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Upstream, "{fault}");
        assert_eq!(world.asked().len(), 1);
        assert_eq!(other.asked().len(), 0, "{code}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let (fault, asked) =
        refused(|_| Reply::Answer(200, vec![], format!("[{}", " ".repeat(9 << 20)))).await;
    assert_eq!((fault.kind, asked), (FaultKind::Garbage, 1), "{fault}");
    assert!(fault.text.contains("8 MiB"));
}

#[tokio::test]
async fn a_token_is_read_again_after_it_was_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let world = World::new(|seen| match seen.header("authorization") {
        Some("Bearer new") => Reply::json(&runs(&[1])),
        _ => Reply::status(401, "Bad credentials"),
    })
    .await;
    let mut config = testing::config(&world.url);
    config.bearer = Some(Secret::File(file.path().to_owned()));
    let (client, _) = testing::client(config);
    for (text, expected) in [
        ("", Err(FaultKind::Setup)),
        ("two words\n", Err(FaultKind::Setup)),
        ("old\n", Err(FaultKind::Unauthorized)),
        ("new\n", Ok(())),
    ] {
        std::fs::write(file.path(), text).unwrap();
        let answer = client.runs(REPO, None).await;
        if let Err(fault) = &answer {
            assert!(!fault.text.contains("two"), "{fault}");
        }
        assert_eq!(answer.map(drop).map_err(|fault| fault.kind), expected, "{text}");
    }
    assert_eq!(world.asked().len(), 2);
}

#[tokio::test]
async fn the_doctor_hears_which_permission_is_missing() {
    let world = World::new(|seen| match seen.path.as_str() {
        path if path.contains("/deployments") => Reply::status(403, "Resource not accessible"),
        "/repos/acme/checkout" => Reply::json(
            &json!({"private": true, "default_branch": "main", "permissions": {"push": false}}),
        )
        .with("x-oauth-scopes", "repo, read:org"),
        _ => Reply::json(&json!([])),
    })
    .await;
    let (client, _) = world.client();
    assert_eq!(client.token(), None);
    let checked = client.check(REPO, &[].into()).await;
    assert_eq!((checked.is_private, checked.may_push), (Some(true), Some(false)));
    let facts = client.token().unwrap();
    assert_eq!(facts.scopes.unwrap(), ["repo", "read:org"]);
    assert_eq!(facts.origin, "the token from $CARGO_PKG_NAME");
    let missing: Vec<_> = checked
        .reads
        .into_iter()
        .filter_map(|access| Some((access.permission, access.fault?.kind)))
        .collect();
    assert_eq!(missing, [(Permission::Deployments, FaultKind::Forbidden)]);
    assert_eq!(
        world.paths(),
        [
            "/repos/acme/checkout",
            "/repos/acme/checkout/actions/runs?per_page=1",
            "/repos/acme/checkout/commits/main/check-runs?per_page=1",
            "/repos/acme/checkout/commits/main/status?per_page=1",
            "/repos/acme/checkout/deployments?per_page=1",
            "/repos/acme/checkout/releases?per_page=1",
        ]
    );
}

#[tokio::test]
async fn no_more_than_four_requests_are_under_way() {
    let (came, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let world = World::new(move |_| {
        came.send(()).unwrap();
        Reply::Hang
    })
    .await;
    let (client, _) = world.client();
    let asks = (0..9).map(|n| client.jobs(REPO, n, Read::Whole));
    let four = async {
        for _ in 0..4 {
            arrivals.recv().await.unwrap();
        }
        assert_eq!(client.shared().permits.available_permits(), 0);
    };
    tokio::select! {
        _ = futures::future::join_all(asks) => panic!("nothing answers"),
        () = four => assert_eq!(world.asked().len(), 4),
    }
}
