//! Exchanges that are not as published, one by one, against a description of a few lines: each is told, and
//! nothing else is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flightdeck::demo::{Answer, Exchange, Peer};
use serde_json::{Value, json};

use super::description::Description;
use super::verdict;

/// Two operations in the manner of GitHub's.
static SMALL: LazyLock<Description> = LazyLock::new(|| {
    let page = json!({"name": "per_page", "in": "query", "schema": {"type": "integer"}});
    let state = json!({"name": "status", "in": "query",
        "schema": {"type": "string", "enum": ["queued", "completed"]}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let run = json!({"type": "object", "required": ["id", "status"], "properties": {
        "id": {"type": "integer"},
        "status": {"type": "string", "nullable": true, "enum": ["queued", "completed"]},
        "since": {"type": "string", "format": "date-time"},
        "url": {"type": "string", "format": "uri"},
        "note": {"type": "string", "maxLength": 3},
        "rule": {"anyOf": [{"$ref": "#/components/schemas/timer"}, {"$ref": "#/components/schemas/plain"}]},
    }});
    let order = json!({"type": "object", "required": ["state"], "additionalProperties": false,
        "properties": {"state": {"type": "string", "enum": ["approved", "rejected"]}}});
    let json = |schema: &Value| json!({"application/json": {"schema": schema}});
    Description::new(json!({
        "openapi": "3.0.3",
        "paths": {
            "/runs": {"get": {
                "parameters": [page, state],
                "responses": {"200": {
                    "headers": {"Link": {}},
                    "content": json(&json!({"type": "array", "items": {"$ref": "#/components/schemas/run"}})),
                }, "304": {}},
            }},
            "/runs/{id}": {
                "get": {"parameters": [id], "responses": {
                    "200": {"content": json(&json!({"$ref": "#/components/schemas/run"}))},
                    "302": {"headers": {"Location": {}}},
                }},
                "post": {
                    "parameters": [id],
                    "requestBody": {"required": true, "content": json(&order)},
                    "responses": {"204": {}},
                },
            },
        },
        "components": {"schemas": {
            "run": run,
            "timer": {"type": "object", "required": ["minutes"],
                "properties": {"minutes": {"type": "integer", "maximum": 60}}},
            "plain": {"type": "object", "properties": {"name": {"type": "string"}}},
            "basic-error": {"type": "object", "properties": {"message": {"type": "string"}}},
        }},
    }))
});

/// `GET /runs?per_page=2`, with headers as they must be.
fn asked(request: &str, status: u16, answer: &str) -> Exchange {
    let (method, uri) = request.split_once(' ').unwrap();
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let headers = [
        ("accept", "application/vnd.github+json"),
        ("user-agent", "octocrab"),
        ("x-github-api-version", "2022-11-28"),
        ("content-type", "application/json"),
    ];
    let kind = ("content-type", "application/json; charset=utf-8".to_owned());
    Exchange {
        peer: Peer::Github,
        method: method.to_owned(),
        path: path.to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: String::new(),
        answer: Some(Answer { status, headers: vec![kind], body: answer.to_owned() }),
    }
}

fn said(body: &str) -> Exchange {
    Exchange { body: body.to_owned(), ..asked("POST /runs/1", 204, "") }
}

fn told(exchange: &Exchange) -> Vec<String> {
    let problems = verdict::problems(&SMALL, exchange).into_iter();
    problems.map(|problem| problem.to_string()).collect()
}

#[test]
fn what_is_as_published_is_let_pass() {
    let run = r#"[{"id":1,"status":null,"since":"2026-01-01T00:00:00Z","url":"https://x/","rule":{"minutes":5}},
        {"id":2,"status":"queued","rule":{"name":"x"}}]"#;
    for exchange in [
        asked("GET /runs", 200, "[]"),
        asked("GET /runs?per_page=100&status=queued", 200, run),
        asked("GET /runs/1", 200, r#"{"id":1,"status":"completed"}"#),
        said(r#"{"state":"approved"}"#),
        Exchange { answer: None, ..asked("GET /runs", 500, "") },
    ] {
        assert_eq!(told(&exchange), [""; 0], "{exchange:?}");
    }
}

#[test]
fn what_is_not_is_told() {
    for (exchange, expected) in [
        (asked("GET /walks", 200, ""), "GET /walks: path  is no operation"),
        (asked("PUT /runs", 200, ""), "PUT /runs: path  is no operation"),
        (asked("GET /runs/1/2", 200, ""), "GET /runs/1/2: path  is no operation"),
        (asked("GET /runs?sort=up", 200, "[]"), "GET /runs: query sort is not declared"),
        (
            asked("GET /runs?per_page=x", 200, "[]"),
            "GET /runs: query per_page is a string, not integer",
        ),
        (
            asked("GET /runs?per_page=101", 200, "[]"),
            "GET /runs: query per_page is not from 1 to 100",
        ),
        (
            asked("GET /runs?per_page=1&per_page=1", 200, "[]"),
            "GET /runs: query per_page is there twice",
        ),
        (
            asked("GET /runs?status=new", 200, "[]"),
            "GET /runs: query status is \"new\", none of its values",
        ),
        (asked("GET /runs", 404, r#"{"message":"no"}"#), "GET /runs: status 404 is not declared"),
        (
            asked("GET /runs", 304, ""),
            "GET /runs: status 304 answers a request that names no version",
        ),
        (asked("GET /runs", 200, "[{"), "GET /runs: answer  is no JSON"),
        (asked("GET /runs", 200, "{}"), "GET /runs: answer  is an object, not array"),
        (asked("GET /runs", 200, r#"[{"id":1}]"#), "GET /runs: answer /*/status is missing"),
    ] {
        assert_eq!(told(&exchange), [expected], "{exchange:?}");
    }
    let one = |field: &str| {
        asked("GET /runs/1", 200, &format!(r#"{{"id":1,"status":"queued",{field}}}"#))
    };
    for (field, expected) in [
        (r#""id":"1""#, "/id is a string, not integer"),
        (r#""id":1.5"#, "/id is a number, not integer"),
        (r#""id":null"#, "/id is null, not integer"),
        (r#""status":"waiting""#, "/status is \"waiting\", none of its values"),
        (r#""since":"yesterday""#, "/since is no date-time"),
        (r#""url":"/runs/1""#, "/url is no uri"),
        (r#""note":"long""#, "/note breaks maxLength 3"),
        (r#""more":1"#, "/more is not declared"),
        (r#""rule":{"minutes":61}"#, "/rule/minutes breaks maximum 60"),
        (r#""rule":{"name":1}"#, "/rule/name is a number, not string"),
        (r#""rule":{"name":"x","more":1}"#, "/rule/more is not declared"),
    ] {
        assert_eq!(told(&one(field)), [format!("GET /runs/{{id}}: answer {expected}")]);
    }
    for (body, expected) in [
        ("", " is missing"),
        ("{", " is no JSON"),
        ("{}", "/state is missing"),
        (r#"{"state":"maybe"}"#, "/state is \"maybe\", none of its values"),
        (r#"{"state":"approved","why":"x"}"#, "/why is not declared"),
    ] {
        assert_eq!(told(&said(body)), [format!("POST /runs/{{id}}: request {expected}")]);
    }
}

#[test]
fn headers_count() {
    let mut bare = asked("GET /runs", 200, "[]");
    bare.headers = BTreeMap::new();
    assert_eq!(told(&bare).len(), 3, "{:?}", told(&bare));

    let mut untyped = said(r#"{"state":"approved"}"#);
    untyped.headers.remove("content-type");
    assert_eq!(told(&untyped), ["POST /runs/{id}: request content-type is None"]);

    let mut talkative = asked("GET /runs", 200, "[]");
    talkative.body = "{}".to_owned();
    assert_eq!(told(&talkative), ["GET /runs: request  is there, and none is declared"]);

    let nowhere = asked("GET /runs/1", 302, "");
    assert_eq!(told(&nowhere), ["GET /runs/{id}: header location is missing"]);

    let mut linked = asked("GET /runs/1", 200, r#"{"id":1,"status":"queued"}"#);
    let answer = linked.answer.as_mut().unwrap();
    answer.headers.push(("link", "</runs?page=2>; rel=\"next\"".to_owned()));
    assert_eq!(told(&linked), ["GET /runs/{id}: header link is not declared"]);
    linked.answer.as_mut().unwrap().headers = vec![("content-type", "text/html".to_owned())];
    assert_eq!(told(&linked), ["GET /runs/{id}: header content-type is `text/html`"]);

    let chatty = asked("GET /runs/1", 302, "there");
    assert_eq!(told(&chatty).len(), 2, "a redirect without a place and with a body");
}
