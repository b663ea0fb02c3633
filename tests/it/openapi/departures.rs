//! Where GitHub, and so the demo world, is known not to do as published. Each line has its reason, and the
//! tour fails when it meets none of what a line allows, so that no line outlives its need.

use std::collections::BTreeSet;

use super::verdict::{Part, Problem};

/// A known departure.
pub struct Departure {
    /// How it is known.
    pub why: &'static str,
    /// `GET /repos/…`; with `*` at its end, all that begin so.
    pub operation: &'static str,
    /// Its part.
    pub part: Part,
    /// Where in the part; with `*` at its begin, all that end so.
    pub at: &'static str,
    /// What is wrong there.
    pub what: &'static str,
}

impl Departure {
    /// Whether this is what a problem is about.
    pub fn covers(&self, problem: &Problem) -> bool {
        let Problem { operation, part, at, what } = problem;
        let is_there = match self.operation.strip_suffix('*') {
            Some(begin) => operation.starts_with(begin),
            None => operation == self.operation,
        };
        // a pointer begins with a slash
        let is_that = match self.at.strip_prefix('*') {
            Some(end) => at.ends_with(end),
            None => at == self.at,
        };
        is_there && is_that && *part == self.part && what == self.what
    }
}

/// Departures of which none of these problems is an instance.
pub fn unmet(problems: &BTreeSet<Problem>) -> impl Iterator<Item = &'static Departure> {
    let covers = |departure: &Departure| problems.iter().any(|problem| departure.covers(problem));
    DEPARTURES.iter().filter(move |departure| !covers(departure))
}

/// Every known departure.
pub const DEPARTURES: &[Departure] = &[
    Departure {
        why: "any GET that names the version it has is answered 304 while that holds: GitHub's best \
              practices for the REST API, not its description of each operation",
        operation: "GET *",
        part: Part::Status,
        at: "304",
        what: "is not declared",
    },
    Departure {
        why: "a token that GitHub does not know is 401 everywhere: its page on authentication",
        operation: "GET *",
        part: Part::Status,
        at: "401",
        what: "is not declared",
    },
    Departure {
        why: "what is not there, or hidden from the token, is 404 everywhere: its page on troubleshooting",
        operation: "*",
        part: Part::Status,
        at: "404",
        what: "is not declared",
    },
    Departure {
        why: "a run that goes on, that never started, or that is older than 30 days cannot be run again: 403, \
              with the reason as message",
        operation: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun*",
        part: Part::Status,
        at: "403",
        what: "is not declared",
    },
    Departure {
        why: "a dispatch of a workflow that is not started by hand, on a reference that is none, or with inputs \
              that it does not take, is 422 with the reason as message",
        operation: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        part: Part::Status,
        at: "422",
        what: "is not declared",
    },
    Departure {
        why: "a server from before `return_run_details` refuses the parameter as it refuses any that it does not \
              know: the description is of today's",
        operation: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        part: Part::Status,
        at: "400",
        what: "is not declared",
    },
    Departure {
        why: "a decision on what does not wait is 422: no pending deployment requests to approve or reject",
        operation: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
        part: Part::Status,
        at: "422",
        what: "is not declared",
    },
    Departure {
        why: "what is not valid is told with its status in the body, as every other refusal is",
        operation: "POST /repos/{owner}/{repo}/issues",
        part: Part::Answer,
        at: "/status",
        what: "is not declared",
    },
    Departure {
        why: "the first status of a deployment that waits for an approval: in GitHub's own webhook examples, \
              and what made clients with a closed list of states fail",
        operation: "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
        part: Part::Answer,
        at: "/*/state",
        what: "is \"waiting\", none of its values",
    },
    Departure {
        why: "environments say whether administrators may go round their rules, as the settings page does",
        operation: "GET /repos/{owner}/{repo}/environments*",
        part: Part::Answer,
        at: "*/can_admins_bypass",
        what: "is not declared",
    },
    Departure {
        why: "lists are told page by page, with links to the others: its page on pagination",
        operation: "GET /repos/{owner}/{repo}/code-scanning/alerts",
        part: Part::Header,
        at: "link",
        what: "is not declared",
    },
    Departure {
        why: "a refusal has a message, here as everywhere",
        operation: "GET /repos/{owner}/{repo}/secret-scanning/*",
        part: Part::Answer,
        at: "",
        what: "is there, and none is declared",
    },
    Departure {
        why: "each allowance is told with the name of its resource, as in the headers",
        operation: "GET /rate_limit",
        part: Part::Answer,
        at: "*/resource",
        what: "is not declared",
    },
];
