//! GitHub's REST API: who may ask, how often, what has changed, and page by page. What there is to tell
//! is in the modules below.

mod deployment;
mod history;
mod log;
mod quota;
mod release;
mod run;

use std::sync::{Mutex, PoisonError};

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::model::Time;

pub use self::log::Storage;
use self::quota::Quota;
use super::chance::{Chance, key};
use super::http::{Handler, Reply, Request};
use super::world::{Service, Shared, World};

/// The owner of all repositories.
const OWNER: &str = "acme";

/// The HTTP server of GitHub.
pub struct Github {
    shared: Shared,
    base: String,
    token: String,
    /// Where logs are kept.
    storage: String,
    quota: Mutex<Quota>,
}

impl Github {
    /// A GitHub at `base` (no slash at its end) that knows one token and keeps logs at `storage`.
    pub fn new(shared: Shared, base: String, storage: String, token: String) -> Self {
        let quota = Mutex::new(Quota::new(shared.now()));
        Self { shared, base, token, storage, quota }
    }

    fn is_known(&self, request: &Request) -> bool {
        let header = request.headers.get("authorization");
        let parts = header.and_then(|header| header.split_once(' '));
        parts.is_some_and(|(scheme, token)| {
            let scheme = scheme.to_ascii_lowercase();
            matches!(scheme.as_str(), "bearer" | "token") && token.trim() == self.token
        })
    }

    fn find(&self, request: &Request, now: Time) -> Option<Answer> {
        let segments = request.segments();
        match segments.as_slice() {
            ["user"] => Some(Answer::One(json!({"login": "demo", "id": 1, "type": "User"}))),
            ["repos", OWNER, name, "actions", "jobs", job, "logs"] => {
                let job = job.parse().ok()?;
                log::find(&self.shared, name, job, now)?;
                let path = log::signed(name, job, now, &self.token);
                Some(Answer::Elsewhere(format!("{}{path}", self.storage)))
            }
            ["repos", OWNER, name, rest @ ..] => self.shared.with(|world| {
                let at = world.services.iter().position(|own| own.story.name == *name)?;
                let place = Place {
                    world,
                    service: world.services.get(at)?,
                    index: at as u64,
                    now,
                    base: &self.base,
                };
                place.find(rest, request)
            }),
            _ => None,
        }
    }
}

impl Handler for Github {
    fn answer(&self, request: &Request) -> Reply {
        let now = self.shared.now();
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if !self.is_known(request) {
            return refusal(401, "Bad credentials").with("date", date);
        }
        let mut quota = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        quota.renew(now);
        let reply = if request.path == "/rate_limit" {
            Reply::json(200, &quota.told())
        } else if quota.is_spent() {
            refusal(403, "API rate limit exceeded for user ID 1.")
        } else {
            let reply = self.reply(request, now);
            // what has not changed costs nothing
            if reply.status != 304 {
                quota.spend();
            }
            reply
        };
        let headers = quota.headers().into_iter();
        let reply = headers.fold(reply, |reply, (name, value)| reply.with(name, value));
        reply
            .with("date", date)
            .with("x-github-media-type", "github.v3; format=json")
            .with("x-github-request-id", "DEM0:0001")
    }
}

impl Github {
    fn reply(&self, request: &Request, now: Time) -> Reply {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return refusal(404, "Not Found");
        }
        let (body, link) = match self.find(request, now) {
            None => return refusal(404, "Not Found"),
            Some(Answer::Elsewhere(to)) => return Reply::text(302, "").with("location", to),
            Some(Answer::One(body)) => (body, None),
            Some(Answer::Many { list, items }) => {
                let total = items.len();
                let page = Page::of(request);
                let link = page.link(&self.base, request, total);
                let items = page.cut(items);
                let body = match list {
                    None => Value::Array(items),
                    Some(list) => json!({"total_count": total, list: items}),
                };
                (body, link)
            }
        };
        let text = body.to_string();
        let etag = format!("W/\"{}\"", Chance::of(&[key(&text)]).hex(64));
        let known = request.headers.get("if-none-match");
        let same = known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag));
        let mut reply = if same { Reply::text(304, "") } else { Reply::json(200, &body) };
        if let Some(link) = link {
            reply = reply.with("link", link);
        }
        reply
            .with("etag", etag)
            .with("cache-control", "private, max-age=60, s-maxage=60")
            .with("vary", "Accept, Authorization, Cookie")
    }
}

/// What a path names.
enum Answer {
    /// A thing.
    One(Value),
    /// A thing that is kept at another address.
    Elsewhere(String),
    /// A list, bare or under a name beside its count.
    Many {
        /// The name.
        list: Option<&'static str>,
        /// Newest first.
        items: Vec<Value>,
    },
}

/// One repository at one time.
#[derive(Clone, Copy)]
struct Place<'a> {
    world: &'a World,
    service: &'a Service,
    index: u64,
    now: Time,
    base: &'a str,
}

impl Place<'_> {
    fn find(&self, path: &[&str], request: &Request) -> Option<Answer> {
        let bare = |items| Answer::Many { list: None, items };
        let runs = |items| Answer::Many { list: Some("workflow_runs"), items };
        let number = |text: &str| text.parse::<u64>().ok();
        Some(match path {
            [] => Answer::One(self.repository()),
            ["actions", "jobs", id] => Answer::One(self.job(number(id)?)?),
            ["actions", "runs"] => runs(self.runs(request, None)),
            ["actions", "workflows", workflow, "runs"] => {
                let workflow = run::Workflow::find(workflow)?;
                runs(self.runs(request, Some(workflow)))
            }
            ["actions", "runs", id] => Answer::One(self.run(number(id)?)?),
            ["actions", "runs", id, "jobs"] => {
                Answer::Many { list: Some("jobs"), items: self.jobs(number(id)?)? }
            }
            ["deployments"] => bare(self.deployments(request)),
            ["deployments", id] => Answer::One(self.deployment(number(id)?)?),
            ["deployments", id, "statuses"] => bare(self.statuses(number(id)?)?),
            ["releases"] => bare(self.releases()),
            ["tags"] => bare(self.tags()),
            _ => return None,
        })
    }

    fn name(&self) -> &'static str {
        self.service.story.name
    }

    fn url(&self, path: &str) -> String {
        format!("{}/repos/{OWNER}/{}{path}", self.base, self.name())
    }

    fn page(&self, path: &str) -> String {
        format!("https://github.com/{OWNER}/{}{path}", self.name())
    }

    fn repository(&self) -> Value {
        json!({
            "id": 700_000_000 + self.index, "name": self.name(),
            "full_name": format!("{OWNER}/{}", self.name()), "private": true,
            "owner": {"login": OWNER, "id": 2, "type": "Organization"},
            "html_url": self.page(""), "url": self.url(""), "default_branch": "main",
            "archived": false, "disabled": false, "visibility": "private",
            "permissions": {"admin": false, "push": true, "pull": true},
        })
    }

    /// The commit that a revision was built from.
    fn sha(&self, revision: &str) -> String {
        Chance::of(&[key(self.name()), key(revision)]).hex(40)
    }
}

/// Which part of a list is wanted.
struct Page {
    size: usize,
    number: usize,
}

impl Page {
    fn of(request: &Request) -> Self {
        let number = |name| request.get(name).and_then(|text| text.parse::<usize>().ok());
        Self {
            size: number("per_page").filter(|size| *size > 0).unwrap_or(30).min(100),
            number: number("page").unwrap_or(1).max(1),
        }
    }

    fn cut(&self, items: Vec<Value>) -> Vec<Value> {
        let skipped = (self.number - 1).saturating_mul(self.size);
        items.into_iter().skip(skipped).take(self.size).collect()
    }

    fn link(&self, base: &str, request: &Request, total: usize) -> Option<String> {
        let last = total.div_ceil(self.size).max(1);
        let mut links = Vec::new();
        let mut link = |page: usize, rel: &str| {
            let pairs = request.pairs.iter().filter(|(name, _)| name != "page");
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .append_pair("page", &page.to_string())
                .finish();
            links.push(format!("<{base}{}?{query}>; rel=\"{rel}\"", request.path));
        };
        if self.number > 1 {
            link((self.number - 1).min(last), "prev");
        }
        if self.number < last {
            link(self.number + 1, "next");
            link(last, "last");
        }
        if self.number > 1 {
            link(1, "first");
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}

fn refusal(status: u16, message: &str) -> Reply {
    let body = json!({
        "message": message, "documentation_url": "https://docs.github.com/rest",
        "status": status.to_string(),
    });
    Reply::json(status, &body)
}

fn person(login: &str) -> Value {
    json!({"login": login, "id": key(login) >> 40, "type": "User", "site_admin": false})
}

fn rfc3339(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
