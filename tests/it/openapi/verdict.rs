//! An exchange held against the operation that it is: its path, query, request body, status, headers, answer.

use std::collections::BTreeSet;
use std::fmt;

use flightdeck::demo::{Answer, Exchange};
use serde_json::Value;
use url::form_urlencoded;

use super::description::{Description, Operation};
use super::schema;
use super::segments;

/// The most items on a page: said in the parameter's description alone.
const PAGE: i64 = 100;

/// The headers without which GitHub refuses, or answers as it likes.
const HEADERS: [(&str, &str); 3] = [
    ("accept", "application/vnd.github"),
    ("user-agent", ""),
    ("x-github-api-version", "2022-11-28"),
];

/// The part of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Method and path.
    Path,
    /// The query string.
    Query,
    /// The request's headers and body.
    Request,
    /// The answer's status.
    Status,
    /// The answer's headers.
    Header,
    /// The answer's body.
    Answer,
}

/// Something that is not as published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// `GET /repos/{owner}/{repo}/…`
    pub operation: String,
    /// In which part.
    pub part: Part,
    /// Where in it: a name, or a JSON pointer with `*` for every place of a list.
    pub at: String,
    /// What.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, part, at, what } = self;
        let part = format!("{part:?}").to_lowercase();
        write!(f, "{operation}: {part} {at} {what}")
    }
}

/// What is not as published in an exchange with GitHub's API.
pub fn problems(description: &Description, exchange: &Exchange) -> BTreeSet<Problem> {
    let Some(operation) = description.operation(&exchange.method, &exchange.path) else {
        return BTreeSet::from([Problem {
            operation: format!("{} {}", exchange.method, exchange.path),
            part: Part::Path,
            at: String::new(),
            what: "is no operation".to_owned(),
        }]);
    };
    let mut verdict = Verdict { description, operation, found: BTreeSet::new() };
    verdict.path(&exchange.path);
    verdict.query(&exchange.query);
    verdict.request(exchange);
    if let Some(answer) = &exchange.answer {
        verdict.answer(exchange, answer);
    }
    verdict.found
}

struct Verdict<'a> {
    description: &'a Description,
    operation: Operation<'a>,
    found: BTreeSet<Problem>,
}

impl Verdict<'_> {
    fn say(&mut self, part: Part, at: &str, what: impl Into<String>) {
        let operation = self.operation.name();
        self.found.insert(Problem { operation, part, at: at.to_owned(), what: what.into() });
    }

    fn hold(&mut self, part: Part, schema: &Value, value: &Value) {
        for finding in schema::check(self.description, schema, value) {
            self.say(part, &finding.at, finding.what);
        }
    }

    /// Text as whatever the schema wants to see in it.
    fn hold_text(&mut self, part: Part, name: &str, schema: &Value, text: &str) {
        let number = text.parse::<i64>().ok().map(Value::from);
        let truth = text.parse::<bool>().ok().map(Value::from);
        let read = [Some(Value::from(text)), number, truth];
        let tried =
            read.into_iter().flatten().map(|value| schema::check(self.description, schema, &value));
        let nearest = tried.min_by_key(BTreeSet::len);
        for finding in nearest.into_iter().flatten() {
            self.say(part, name, finding.what);
        }
    }

    fn path(&mut self, path: &str) {
        let bound = self.description.bind(self.operation, &segments(path)).expect("it was found");
        let (description, operation) = (self.description, self.operation);
        for (name, value) in bound {
            let mut parameters = description.parameters(operation);
            let declared = parameters.find(|one| one["in"] == "path" && one["name"] == name);
            let Some(declared) = declared else {
                self.say(Part::Path, &name, "is not declared");
                continue;
            };
            self.hold_text(Part::Path, &name, &declared["schema"], &decoded(&value.join("/")));
        }
    }

    fn query(&mut self, pairs: &[(String, String)]) {
        let (description, operation) = (self.description, self.operation);
        let declared: Vec<_> =
            description.parameters(operation).filter(|one| one["in"] == "query").collect();
        for (at, (name, text)) in pairs.iter().enumerate() {
            if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
                self.say(Part::Query, name, "is there twice");
            }
            let Some(declared) = declared.iter().find(|one| one["name"] == **name) else {
                self.say(Part::Query, name, "is not declared");
                continue;
            };
            self.hold_text(Part::Query, name, &declared["schema"], text);
            let size = text.parse::<i64>().ok().filter(|_| name == "per_page");
            if size.is_some_and(|size| !(1..=PAGE).contains(&size)) {
                self.say(Part::Query, name, format!("is not from 1 to {PAGE}"));
            }
        }
        for declared in declared {
            let name = declared["name"].as_str().unwrap_or_default();
            if declared["required"] == true && !pairs.iter().any(|(own, _)| own == name) {
                self.say(Part::Query, name, "is missing");
            }
        }
    }

    fn request(&mut self, exchange: &Exchange) {
        for (name, begin) in HEADERS {
            let header = exchange.headers.get(name);
            if !header.is_some_and(|text| !text.is_empty() && text.starts_with(begin)) {
                self.say(Part::Request, name, format!("is {header:?}"));
            }
        }
        let body = &self.operation.value["requestBody"];
        let declared = self.description.resolve(body);
        let schema = &declared["content"]["application/json"]["schema"];
        if exchange.body.is_empty() {
            if declared["required"] == true {
                self.say(Part::Request, "", "is missing");
            }
            return;
        }
        if schema.is_null() {
            return self.say(Part::Request, "", "is there, and none is declared");
        }
        let kind = exchange.headers.get("content-type");
        if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
            self.say(Part::Request, "content-type", format!("is {kind:?}"));
        }
        match serde_json::from_str(&exchange.body) {
            Ok(value) => self.hold(Part::Request, schema, &value),
            Err(_) => self.say(Part::Request, "", "is no JSON"),
        }
    }

    fn answer(&mut self, exchange: &Exchange, answer: &Answer) {
        let status = answer.status.to_string();
        let conditional = exchange.headers.contains_key("if-none-match");
        if status == "304" && !conditional {
            self.say(Part::Status, &status, "answers a request that names no version");
        }
        let declared = self.operation.value["responses"].get(&status);
        let Some(declared) = declared.map(|one| self.description.resolve(one)) else {
            self.say(Part::Status, &status, "is not declared");
            // what all refusals look like
            if answer.status >= 400 {
                self.body(self.description.schema("basic-error"), &answer.body);
            } else {
                self.empty(&answer.body);
            }
            return;
        };
        self.headers(declared, answer);
        match declared["content"].as_object() {
            None => self.empty(&answer.body),
            Some(content) => {
                let kind = header(answer, "content-type").unwrap_or_default();
                let kind = kind.split(';').next().unwrap_or_default();
                match content.get(kind) {
                    Some(content) => self.body(&content["schema"], &answer.body),
                    None => self.say(Part::Header, "content-type", format!("is `{kind}`")),
                }
            }
        }
    }

    fn headers(&mut self, declared: &Value, answer: &Answer) {
        let listed = declared["headers"].as_object().into_iter().flatten();
        let listed: Vec<_> = listed.map(|(name, _)| name.to_ascii_lowercase()).collect();
        for name in ["link", "location"] {
            let is_listed = listed.iter().any(|own| own == name);
            match (header(answer, name), is_listed) {
                (Some(_), false) => self.say(Part::Header, name, "is not declared"),
                // a list that fits on a page has no link
                (None, true) if name != "link" => self.say(Part::Header, name, "is missing"),
                _ => {}
            }
        }
    }

    fn body(&mut self, schema: &Value, body: &str) {
        match serde_json::from_str(body) {
            Ok(value) => self.hold(Part::Answer, schema, &value),
            Err(_) => self.say(Part::Answer, "", "is no JSON"),
        }
    }

    fn empty(&mut self, body: &str) {
        if !body.is_empty() {
            self.say(Part::Answer, "", "is there, and none is declared");
        }
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut headers = answer.headers.iter();
    headers.find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
}

fn decoded(text: &str) -> String {
    // a plus is itself in a path
    let text = text.replace('+', "%2B");
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
