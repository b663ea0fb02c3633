//! Where GitHub, and so the demo world, is known not to do as published. Each line has its reason, and the
//! tour fails when it meets none of what a line allows, so that no line outlives its need.

use super::verdict::{Part, Problem};

/// A known departure.
pub struct Departure {
    /// How it is known.
    pub why: &'static str,
    /// `GET /repos/…`; with `*` at its end, all that begin so.
    pub operation: &'static str,
    /// Its part.
    pub part: Part,
    /// Where in the part.
    pub at: &'static str,
    /// What is wrong there.
    pub what: &'static str,
}

impl Departure {
    /// Whether this is what a problem is about.
    pub fn covers(&self, problem: &Problem) -> bool {
        let operation = match self.operation.strip_suffix('*') {
            Some(begin) => problem.operation.starts_with(begin),
            None => problem.operation == self.operation,
        };
        operation && problem.part == self.part && problem.at == self.at && problem.what == self.what
    }
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
        operation: "GET *",
        part: Part::Status,
        at: "404",
        what: "is not declared",
    },
];
