//! GitHub's REST API: who may ask, how often, what has changed, and page by page. What there is to tell
//! and to do is in the modules below.

mod act;
mod commit;
mod compare;
mod deployment;
mod environment;
mod issue;
mod job;
mod limit;
mod log;
mod page;
mod person;
mod queue;
mod quota;
mod release;
mod repository;
mod run;
mod scope;
mod security;
mod workflow;

use std::sync::{Mutex, PoisonError};

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::model::Time;

use self::limit::Limit;
pub use self::log::Storage;
use self::page::Page;
use self::quota::Quota;
use super::chance::Chance;
use super::fault::Faults;
use super::forge::repository::Repository;
use super::http::{Handler, Reply, Request, decode};
use super::quirk::{Quirks, Token};
use super::world::{Service, Shared, World};

/// The owner of all repositories.
const OWNER: &str = "acme";

/// Where limits are explained.
const LIMITS: &str = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

/// The HTTP server of GitHub.
pub struct Github {
    shared: Shared,
    base: String,
    token: String,
    /// Where logs are kept.
    storage: String,
    faults: Faults,
    quota: Mutex<Quota>,
    limit: Mutex<Limit>,
}

impl Github {
    /// A GitHub at `base` (no slash at its end) that knows one token and keeps logs at `storage`.
    pub fn new(
        shared: Shared,
        base: String,
        storage: String,
        token: String,
        faults: Faults,
    ) -> Self {
        let quota = Mutex::new(Quota::new(shared.now()));
        Self { shared, base, token, storage, faults, quota, limit: Mutex::default() }
    }

    fn is_known(&self, request: &Request) -> bool {
        let header = request.headers.get("authorization");
        let parts = header.and_then(|header| header.split_once(' '));
        parts.is_some_and(|(scheme, token)| {
            let scheme = scheme.to_ascii_lowercase();
            matches!(scheme.as_str(), "bearer" | "token") && token.trim() == self.token
        })
    }

    fn place<'a>(&'a self, world: &'a World, name: &str, now: Time) -> Option<Place<'a>> {
        Place::new(world, name, now, &self.base, self.faults.quirks())
    }

    fn find(&self, request: &Request, now: Time) -> Option<Answer> {
        let segments = request.segments();
        match segments.as_slice() {
            ["user"] => Some(Answer::One(person::myself(&self.base))),
            ["repos", OWNER, name, "actions", "jobs", job, "logs"] => {
                let job = job.parse().ok()?;
                log::find(&self.shared, name, job, now)?;
                let path = log::signed(name, job, now, &self.token);
                Some(Answer::Elsewhere(format!("{}{path}", self.storage)))
            }
            ["repos", OWNER, name, rest @ ..] => {
                self.shared.with(|world| self.place(world, name, now)?.find(rest, request))
            }
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
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        let quirks = self.faults.quirks();
        quota.renew(now, quirks.used_elsewhere);
        let reply = if !limit.allows(&request.method, &request.path, now) {
            too_fast()
        } else if request.path == "/rate_limit" && quirks.no_limits {
            refusal(404, "Rate limiting is not enabled.")
        } else if request.path == "/rate_limit" {
            // free, and told when nothing is left, too
            Reply::json(200, &quota.told())
        } else if quota.is_spent() && !quirks.no_limits {
            refused(403, "API rate limit exceeded for user ID 1.", LIMITS)
        } else {
            let reply = self.reply(request, now);
            // what has not changed costs nothing
            if reply.status != 304 {
                quota.spend();
            }
            reply
        };
        let told = quota.headers().into_iter().filter(|_| !quirks.no_limits);
        let headers = told.chain(self.scopes(request));
        let reply = headers.fold(reply, |reply, (name, value)| reply.with(name, value));
        reply
            .with("date", date)
            .with("x-github-media-type", "github.v3; format=json")
            .with("x-github-request-id", "DEM0:0001")
    }
}

impl Github {
    fn reply(&self, request: &Request, now: Time) -> Reply {
        if request.path == "/user" && self.faults.quirks().token == Token::Installation {
            return refusal(403, "Resource not accessible by integration");
        }
        if request.method == "POST" {
            return match request.segments().as_slice() {
                ["repos", OWNER, name, ..] => {
                    let done = self.shared.with(|world| self.act(world, name, request, now));
                    done.unwrap_or_else(|| refusal(404, "Not Found"))
                }
                _ => refusal(404, "Not Found"),
            };
        }
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return refusal(404, "Not Found");
        }
        let (body, link) = match self.find(request, now) {
            None => return refusal(404, "Not Found"),
            Some(Answer::Elsewhere(to)) => return Reply::text(302, "").with("location", to),
            Some(Answer::One(body)) => (body, None),
            Some(Answer::Many { list, items }) => {
                let total = items.len();
                listed(list, total, Page::of(request).cut(items), request, &self.base)
            }
            Some(Answer::Page { list, total, items }) => {
                listed(Some(list), total, items, request, &self.base)
            }
        };
        let text = body.to_string();
        let etag = format!("W/\"{}\"", Chance::of(&[digest(&text)]).hex(64));
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

/// What tells one answer from another: `key`, but fast for long texts in a program that is not optimized.
fn digest(text: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hasher::write(&mut hasher, text.as_bytes());
    std::hash::Hasher::finish(&hasher)
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
    /// The part of a list that was asked for.
    Page {
        /// The list's name.
        list: &'static str,
        /// How many there are.
        total: usize,
        /// Newest first.
        items: Vec<Value>,
    },
}

/// A page of a list with the links to the others.
fn listed(
    list: Option<&str>,
    total: usize,
    items: Vec<Value>,
    request: &Request,
    base: &str,
) -> (Value, Option<String>) {
    let link = Page::of(request).link(base, request, total);
    match list {
        None => (Value::Array(items), link),
        Some(list) => (json!({"total_count": total, list: items}), link),
    }
}

/// One repository at one time.
struct Place<'a> {
    world: &'a World,
    service: &'a Service,
    own: &'a Repository,
    now: Time,
    base: &'a str,
    quirks: Quirks,
}

impl<'a> Place<'a> {
    fn new(world: &'a World, name: &str, now: Time, base: &'a str, quirks: Quirks) -> Option<Self> {
        let service = world.service(name)?;
        let own = world.forge.repository(name)?;
        Some(Self { world, service, own, now, base, quirks })
    }
}

impl Place<'_> {
    fn find(&self, path: &[&str], request: &Request) -> Option<Answer> {
        let bare = |items| Answer::Many { list: None, items };
        let list = |list, items| Answer::Many { list: Some(list), items };
        let number = |text: &str| text.parse::<u64>().ok();
        Some(match path {
            [] => Answer::One(self.repository()),
            ["actions", rest @ ..] => return self.find_action(rest, request),
            ["environments"] => list("environments", self.environments()),
            ["environments", name] => Answer::One(self.environment(&decode(name))?),
            ["environments", name, "deployment_protection_rules"] => {
                list("custom_deployment_protection_rules", self.custom_rules(&decode(name))?)
            }
            ["environments", name, "deployment-branch-policies"] => {
                list("branch_policies", self.branch_policies(&decode(name))?)
            }
            ["contents", ".github", "workflows"] => bare(self.folder(request)?),
            ["contents", path @ ..] => {
                Answer::One(self.content(&decode(&path.join("/")), request)?)
            }
            ["check-runs", id, "annotations"] => bare(self.remarks(number(id)?)?),
            ["commits", reference @ .., "check-runs"] => {
                list("check_runs", self.checks(&decode(&reference.join("/")), request)?)
            }
            ["commits", reference @ .., "status"] => {
                Answer::One(self.status(&decode(&reference.join("/")))?)
            }
            ["commits", reference @ ..] => {
                Answer::One(self.commit(&self.commit_of(&decode(&reference.join("/")))?))
            }
            ["branches"] => bare(self.branches()),
            ["branches", name @ ..] => Answer::One(self.branch(&decode(&name.join("/")))?),
            ["rules", "branches", name @ ..] => bare(self.rules(&decode(&name.join("/")))),
            ["code-scanning", "alerts"] => bare(self.code_alerts(request)?),
            ["secret-scanning", "alerts"] => bare(self.secret_alerts(request)?),
            ["deployments"] => bare(self.deployments(request)),
            ["deployments", id] => Answer::One(self.deployment(number(id)?)?),
            ["deployments", id, "statuses"] => bare(self.statuses(number(id)?)?),
            ["compare", basehead @ ..] => {
                Answer::One(self.comparison(&decode(&basehead.join("/")), request)?)
            }
            ["releases"] => bare(self.releases()),
            ["releases", "tags", tag @ ..] => Answer::One(self.release(&decode(&tag.join("/")))?),
            ["tags"] => bare(self.tags()),
            _ => return None,
        })
    }

    fn find_action(&self, path: &[&str], request: &Request) -> Option<Answer> {
        let list = |list, items| Answer::Many { list: Some(list), items };
        let bare = |items| Answer::Many { list: None, items };
        let number = |text: &str| text.parse::<u64>().ok();
        let runs = |(total, items)| Answer::Page { list: "workflow_runs", total, items };
        let queues = !self.quirks.no_concurrency;
        Some(match path {
            ["jobs", id] => Answer::One(self.job(number(id)?)?),
            ["workflows"] => list("workflows", self.workflows()),
            ["workflows", workflow] => Answer::One(self.one_workflow(&decode(workflow))?),
            ["workflows", workflow, "runs"] => {
                let workflow = self.workflow(&decode(workflow))?;
                runs(self.runs(request, Some(workflow)))
            }
            ["runs"] => runs(self.runs(request, None)),
            ["runs", id] => Answer::One(self.run(number(id)?)?),
            ["runs", id, "attempts", attempt] => {
                Answer::One(self.attempt(number(id)?, attempt.parse().ok()?)?)
            }
            ["runs", id, "attempts", attempt, "jobs"] => {
                list("jobs", self.jobs_of(number(id)?, attempt.parse().ok()?)?)
            }
            ["runs", id, "jobs"] => {
                list("jobs", self.jobs(number(id)?, request.get("filter") == Some("all"))?)
            }
            ["runs", id, "artifacts"] => list("artifacts", self.artifacts(number(id)?)?),
            ["runs", id, "pending_deployments"] => bare(self.pending(number(id)?)?),
            ["runs", id, "approvals"] => bare(self.approvals(number(id)?)?),
            ["runs", id, "concurrency_groups"] if queues => {
                list("concurrency_groups", self.groups_of(number(id)?)?)
            }
            ["concurrency_groups"] if queues => list("concurrency_groups", self.groups()),
            ["concurrency_groups", name] if queues => {
                Answer::One(self.group(&decode(name), request)?)
            }
            _ => return None,
        })
    }

    fn name(&self) -> &'static str {
        self.own.name
    }

    /// What a clock shows at a world second.
    fn at(&self, second: i64) -> String {
        rfc3339(self.world.timeline.time(second))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/repos/{OWNER}/{}{path}", self.base, self.name())
    }

    fn page(&self, path: &str) -> String {
        format!("https://github.com/{OWNER}/{}{path}", self.name())
    }

    /// The file of a workflow by its place.
    fn file(&self, workflow: usize) -> Option<&'static str> {
        self.own.workflows.get(workflow).map(|own| own.file)
    }
}

fn too_fast() -> Reply {
    let text =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let page = format!("{LIMITS}#about-secondary-rate-limits");
    refused(403, text, &page).with("retry-after", "60")
}

fn refusal(status: u16, message: &str) -> Reply {
    refused(status, message, "https://docs.github.com/rest")
}

fn refused(status: u16, message: &str, page: &str) -> Reply {
    let body = json!({
        "message": message, "documentation_url": page, "status": status.to_string(),
    });
    Reply::json(status, &body)
}

fn rfc3339(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
