//! What tells a registry from another server, and a password that is taken from one that is not.

use super::*;

async fn check(config: RegistryConfig) -> Result<Access, Fault> {
    RegistryClient::new("registry.r.example", config).check(Some(NAME), now()).await
}

async fn answering(reply: fn() -> Reply) -> Result<Access, Fault> {
    let server = Server::start(move |_| reply()).await;
    let checked = check(config(&server.url)).await;
    assert_eq!(server.seen()[0].path, "/v2/");
    checked
}

#[tokio::test]
async fn a_registry_is_known_by_its_answer() {
    let version = [("docker-distribution-api-version", "registry/2.0")];
    let open: [fn() -> Reply; 3] =
        [|| Reply::json(200, "{}"), || Reply::with(200, &[], ""), || Reply::json(200, " {}\n")];
    for reply in open {
        assert_eq!(answering(reply).await, Ok(Access::Open));
    }
    let server = Server::start(move |_| Reply::with(401, &version, "")).await;
    assert_eq!(check(config(&server.url)).await, Ok(Access::Public));
    let coded = || Reply::json(401, r#"{"errors":[{"code":"UNAUTHORIZED"}]}"#);
    assert_eq!(answering(coded).await, Ok(Access::Public));

    let other: [fn() -> Reply; 4] = [
        || Reply::with(200, &[], "<html>welcome</html>"),
        || Reply::with(401, &[], "<html>log in</html>"),
        || Reply::json(404, r#"{"errors":[{"code":"UNSUPPORTED"}]}"#),
        || Reply::json(200, r#"{"status":"ok"}"#),
    ];
    for reply in other {
        let fault = answering(reply).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound);
        assert!(fault.text.ends_with("as no registry does; check its `url`"), "{fault}");
    }
    let fault = answering(|| Reply::with(503, &[], "")).await.unwrap_err();
    assert_eq!((fault.kind, fault.text.contains("503")), (FaultKind::Upstream, true), "{fault}");
    let mut gone = config(&"http://127.0.0.1:1/".parse().unwrap());
    gone.http.timeout = Duration::from_millis(500);
    assert!(check(gone).await.is_err());
}

#[tokio::test]
async fn a_password_is_taken_or_not() {
    let known = format!("Basic {}", base64_of("ana:s3cret"));
    let by_token = move |right: bool| {
        let known = known.clone();
        move |request: &Request| match request.path.as_str() {
            "/token" if right && request.header("authorization") == Some(known.as_str()) => {
                Reply::json(200, r#"{"token":"t0ken"}"#)
            }
            "/token" => Reply::with(401, &[], ""),
            _ => {
                let host = request.header("host").unwrap_or_default();
                let wants = format!(r#"Bearer realm="http://{host}/token",service="r""#);
                Reply::with(401, &[("www-authenticate", &wants)], "")
            }
        }
    };
    let server = Server::start(by_token(true)).await;
    assert_eq!(
        check(config(&server.url)).await,
        Ok(Access::Public),
        "nothing is told, nothing asked"
    );
    assert_eq!(server.seen().len(), 1);
    let checked = check(with_password(config(&server.url))).await;
    assert_eq!(checked, Ok(Access::User("ana".into())));
    assert_eq!(server.seen()[2].pair("scope"), Some("repository:acme/checkout:pull"));
    let wrong = Server::start(by_token(false)).await;
    let fault = check(with_password(config(&wrong.url))).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unauthorized, "{fault}");
    assert!(!fault.text.contains("s3cret"));

    let basic = Server::start(|request| match request.header("authorization") {
        Some(_) => Reply::json(200, "{}"),
        None => Reply::with(401, &[("www-authenticate", "Basic realm=\"r\"")], ""),
    })
    .await;
    let checked = check(with_password(config(&basic.url))).await;
    assert_eq!(checked, Ok(Access::User("ana".into())));
    let wants = [("www-authenticate", "Basic realm=\"r\"")];
    let closed = Server::start(move |_| Reply::with(401, &wants, "")).await;
    let fault = check(with_password(config(&closed.url))).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unauthorized, "{fault}");
}
