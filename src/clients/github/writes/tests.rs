//! One request each, whatever becomes of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::clients::github::testing::{self, Reply, Seen, TOKEN, World};
use crate::model::{Fault, FaultKind};
use crate::ports::{CallError, Made};

const REPO: &str = "acme/checkout";
const CANCEL: &str = "POST /repos/acme/checkout/actions/runs/5/cancel";
const DISPATCH: &str = r#"POST /repos/acme/checkout/actions/workflows/roll back.yml/dispatches {"inputs":{"version":"1.4 {x}"},"ref":"main","return_run_details":true}"#;

/// Sends to a world once, and says what came of it and what was asked.
async fn sent(
    text: &str,
    answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> (Result<Made, CallError>, Vec<Seen>) {
    let world = World::new(answer).await;
    let mut config = testing::config(&world.url);
    config.timeout = Duration::from_millis(1500);
    let (client, _) = testing::client(config);
    let sent = client.send(REPO, text).await;
    (sent, world.asked())
}

fn made(number: u64) -> Made {
    Made { number: Some(number), url: None }
}

fn failed(sent: Result<Made, CallError>) -> Fault {
    match sent.unwrap_err() {
        CallError::Failed(fault) | CallError::Refused(fault) => fault,
        CallError::Unknown(fault) => panic!("{fault} is not unknown"),
    }
}

fn unknown(sent: Result<Made, CallError>) -> Fault {
    match sent.unwrap_err() {
        CallError::Unknown(fault) => fault,
        CallError::Failed(fault) | CallError::Refused(fault) => {
            panic!("{fault} may have been taken")
        }
    }
}

#[tokio::test]
async fn a_dispatch_names_its_run() {
    let (sent, asked) = sent(DISPATCH, |_| Reply::json(&json!({"workflow_run_id": 77}))).await;
    assert_eq!(sent, Ok(made(77)));
    let [seen] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.path, "/repos/acme/checkout/actions/workflows/roll%20back.yml/dispatches");
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(body["inputs"]["version"], "1.4 {x}");
    assert_eq!(body["return_run_details"], true);
    for (name, value) in [
        ("authorization", format!("Bearer {TOKEN}")),
        ("accept", "application/vnd.github+json".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("x-github-api-version", "2022-11-28".to_owned()),
    ] {
        assert_eq!(seen.header(name), Some(value.as_str()), "{name}");
    }
}

#[tokio::test]
async fn an_older_server_is_asked_without_the_field_it_does_not_know() {
    for code in [400, 422] {
        let (sent, asked) = sent(DISPATCH, move |seen| {
            if seen.body.contains("return_run_details") {
                let text = "Invalid request.\n\n\"return_run_details\" is not a permitted key.";
                Reply::status(code, text)
            } else {
                Reply::Answer(204, vec![], String::new())
            }
        })
        .await;
        assert_eq!((sent, asked.len()), (Ok(Made::default()), 2), "{code}");
    }
    // refused for another reason: once is all
    let (sent, asked) =
        sent(DISPATCH, |_| Reply::status(422, "No ref found for: main\u{1b}[2J.")).await;
    let fault = failed(sent);
    assert!(fault.text.ends_with("(422: No ref found for: main)"), "{fault}");
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn what_is_taken_needs_no_words() {
    for reply in ["HTTP/1.1 202 x\r\ncontent-length: 900\r\n\r\n{", "HTTP/1.1 201 x\r\n\r\n{}"] {
        let (sent, asked) = sent(CANCEL, move |_| Reply::Raw(reply.to_owned())).await;
        assert_eq!((sent, asked.len()), (Ok(Made::default()), 1), "{reply}");
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_changed_nothing() {
    for (reply, kind, words) in [
        (Reply::status(401, "Bad credentials"), FaultKind::Unauthorized, "401: Bad credentials"),
        (Reply::status(403, "Must have admin"), FaultKind::Forbidden, "actions: write"),
        (
            Reply::status(403, "This workflow run cannot be retried"),
            FaultKind::Forbidden,
            "refuses it (403: This workflow run cannot be retried)",
        ),
        (Reply::status(404, "Not Found"), FaultKind::NotFound, "lacks actions: write"),
        (
            Reply::status(409, "Cannot cancel a workflow run that is completed."),
            FaultKind::Upstream,
            "cannot be done now (409: Cannot cancel a workflow run that is completed)",
        ),
        (
            Reply::status(307, "Moved").with("location", "http://127.0.0.1:1/elsewhere"),
            FaultKind::Upstream,
            "moved (307); nothing is sent there",
        ),
        (
            Reply::status(403, "You have exceeded a secondary rate limit").with("retry-after", "9"),
            FaultKind::RateLimited,
            "Retry-After",
        ),
    ] {
        let reply = std::sync::Mutex::new(Some(reply));
        let (sent, asked) = sent(CANCEL, move |_| reply.lock().unwrap().take().unwrap()).await;
        let fault = failed(sent);
        assert!(fault.kind == kind && fault.text.contains(words), "{fault}");
        assert!(!fault.text.contains(TOKEN), "{fault}");
        assert_eq!(asked.len(), 1);
    }
}

#[tokio::test]
async fn what_may_have_been_taken_is_unknown_and_never_sent_again() {
    for reply in [
        || Reply::status(500, "oh"),
        || Reply::status(502, "<html>"),
        || Reply::Hang,
        || Reply::Raw(String::new()),
        || Reply::Raw("HTTP/1.1 2".to_owned()),
    ] {
        let (sent, asked) = sent(DISPATCH, move |_| reply()).await;
        let fault = unknown(sent);
        assert!(fault.text.contains("starting roll back.yml in acme/checkout"), "{fault}");
        assert_eq!(asked.len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn nobody_there_means_that_nothing_was_sent() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let (client, _) = testing::client(testing::config(&url.parse().unwrap()));
    assert_eq!(failed(client.send(REPO, CANCEL).await).kind, FaultKind::Unreachable);
}

#[tokio::test]
async fn silence_that_github_asked_for_is_kept_and_the_reserve_is_for_this() {
    let world = World::new(|_| {
        Reply::Answer(202, vec![], "{}".to_owned())
            .with("x-ratelimit-limit", "5000")
            .with("x-ratelimit-remaining", "300")
            .with("x-ratelimit-reset", (testing::start().timestamp() + 900).to_string())
    })
    .await;
    let (client, _) = world.client();
    client.enter(REPO, Duration::from_secs(30), Duration::from_secs(5));
    assert_eq!(client.send(REPO, CANCEL).await, Ok(Made::default()));
    assert!(client.begin(REPO, 3).is_err(), "polls are held back");
    assert_eq!(client.send(REPO, CANCEL).await, Ok(Made::default()));

    let world = World::new(|_| Reply::status(429, "slow down").with("retry-after", "60")).await;
    let (client, clock) = world.client();
    let first = failed(client.send(REPO, CANCEL).await);
    assert_eq!(first.retry_at, Some(testing::start() + chrono::TimeDelta::seconds(60)));
    assert_eq!(failed(client.send(REPO, CANCEL).await).kind, FaultKind::RateLimited);
    assert_eq!(world.asked().len(), 1, "nothing is sent before that");
    clock.advance(61);
    failed(client.send(REPO, CANCEL).await);
    assert_eq!(world.asked().len(), 1);
}

#[tokio::test]
async fn only_known_requests_are_sent() {
    let decide =
        |body: &str| format!("POST /repos/acme/checkout/actions/runs/5/pending_deployments {body}");
    for text in [
        "GET /repos/acme/checkout/actions/runs/5".to_owned(),
        "POST /repos/acme/other/actions/runs/5/cancel".to_owned(),
        "POST /repos/acme/checkout/actions/runs/5/cancel {}".to_owned(),
        "POST /repos/acme/checkout/actions/runs/5/delete".to_owned(),
        "POST /repos/acme/checkout/actions/runs/../cancel".to_owned(),
        "POST /repos/acme/checkout/actions/runs/99999999999999999999/cancel".to_owned(),
        "POST /repos/acme/checkout/actions/workflows/a/b/dispatches {\"ref\":\"x\"}".to_owned(),
        "POST /repos/acme/checkout/actions/workflows/a/dispatches {\"ref\":\"\"}".to_owned(),
        "POST /repos/acme/checkout/actions/workflows/a/dispatches {\"ref\":\"x\",\"y\":1}"
            .to_owned(),
        decide(r#"{"environment_ids":[],"state":"approved","comment":""}"#),
        decide(r#"{"environment_ids":[1],"state":"maybe","comment":""}"#),
        decide(r#"{"environment_ids":[1],"state":"approved"}"#),
        decide("{"),
    ] {
        let (sent, asked) = sent(&text, |_| Reply::json(&json!({}))).await;
        let fault = failed(sent);
        assert!(fault.kind == FaultKind::Setup && asked.is_empty(), "{text}: {fault}");
    }
    let fine = decide(r#"{"environment_ids":[1,2],"state":"rejected","comment":"no"}"#);
    let (sent, _) = sent(&fine, |_| Reply::json(&json!([]))).await;
    assert_eq!(sent, Ok(Made::default()));
}

const ISSUE: &str =
    r#"POST /repos/acme/checkout/issues {"body":"it {x}","labels":["incident"],"title":"back"}"#;

#[tokio::test]
async fn an_issue_is_opened_once_and_has_a_number() {
    let (sent, asked) = sent(ISSUE, |_| Reply::json(&json!({"number": 12}))).await;
    assert_eq!(sent, Ok(made(12)));
    let [seen] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(seen.path, "/repos/acme/checkout/issues");
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(body["body"], "it {x}");
}

#[tokio::test]
async fn where_issues_are_off_it_says_so() {
    let off = |_: &Seen| Reply::status(410, "Issues are disabled");
    let (refused, asked) = sent(ISSUE, off).await;
    let fault = failed(refused);
    assert!(fault.text.contains("opening an issue") && fault.text.contains("410"), "{fault}");
    assert_eq!(asked.len(), 1);
}
