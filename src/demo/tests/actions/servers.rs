//! What goes wrong with one request, what tokens may do, and how often.

use super::*;

#[tokio::test]
async fn one_request_can_go_wrong_and_is_counted_once() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let faults = &stage.running.faults;
    let path = format!("{STOREFRONT}/actions/workflows/rollback.yml/dispatches");
    let wish = json!({"ref": "main", "inputs": {"version": "5.2.0"}});
    let count = async || {
        stage.pass(3);
        let path = format!("{STOREFRONT}/actions/workflows/rollback.yml/runs");
        stage.see(&path).await["total_count"].as_u64().unwrap()
    };
    let before = count().await;
    faults.once(Peer::Github, "POST", "/dispatches", Hitch::Before(502));
    assert_eq!(stage.post(&path, wish.clone()).await.0, 502);
    assert_eq!(count().await, before);
    faults.once(Peer::Github, "POST", "/dispatches", Hitch::After(500));
    assert_eq!(stage.post(&path, wish.clone()).await.0, 500);
    assert_eq!(count().await, before + 1);
    let base = stage.setting("github/api_url");
    let token = std::fs::read_to_string(stage.setting("github/token/file")).unwrap();
    let client =
        reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_millis(300));
    let client = client.build().unwrap();
    for hitch in [Hitch::Hang, Hitch::Close] {
        faults.once(Peer::Github, "POST", "/dispatches", hitch);
        let request =
            client.post(format!("{base}{path}")).bearer_auth(&token).body(wish.to_string());
        let error = request.send().await.unwrap_err();
        assert_eq!(error.is_timeout(), hitch == Hitch::Hang, "{error:?}");
    }
    assert_eq!(count().await, before + 3);
    assert_eq!(faults.received().len(), 4);
    assert_eq!(faults.received()[3].body, wish.to_string());
    assert_eq!(stage.post(&path, wish).await.0, 204, "once is once");
}

#[tokio::test]
async fn tokens_tell_what_they_may() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let faults = &stage.running.faults;
    let run = stage.newest(STOREFRONT, DEPLOY).await;
    let path = format!("{STOREFRONT}/actions/runs/{}/pending_deployments", run["id"]);
    let base = stage.setting("github/api_url");
    let token = std::fs::read_to_string(stage.setting("github/token/file")).unwrap();
    let header = async |path: &str, name: &str| {
        let answer =
            stage.client.get(format!("{base}{path}")).bearer_auth(&token).send().await.unwrap();
        answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header("/user", "x-oauth-scopes").await.unwrap(), "read:org, repo, workflow");
    faults.set_quirks(Quirks { token: Token::FineGrained, reads_only: true, ..Quirks::default() });
    assert_eq!(header(&path, "x-accepted-github-permissions").await.unwrap(), "actions=read");
    assert_eq!(header(&path, "x-oauth-scopes").await, None);
    assert_eq!(stage.post(&path, json!({})).await.0, 403);
    faults.set_quirks(Quirks { token: Token::Installation, ..Quirks::default() });
    assert_eq!(stage.see(&path).await[0]["current_user_can_approve"], false);
    assert_eq!(
        message(&stage.post(&path, json!({})).await.1),
        "Resource not accessible by integration"
    );
    assert_eq!(stage.send("GET", "/user", None).await.0, 403);
}

#[tokio::test]
async fn writes_have_a_limit_of_their_own() {
    let stage = Stage::new(Scenario::Quiet, 1.0).await;
    let path = format!("{STOREFRONT}/actions/workflows/none.yml/dispatches");
    for _ in 0..80 {
        assert_eq!(stage.post(&path, json!({"ref": "main"})).await.0, 404);
    }
    let (status, answer) = stage.post(&path, json!({})).await;
    assert_eq!(status, 403);
    assert!(answer["documentation_url"].as_str().unwrap().ends_with("secondary-rate-limits"));
    stage.pass(61);
    assert_eq!(stage.post(&path, json!({"ref": "main"})).await.0, 404);
}
