//! Environments: what they ask for before a job may deploy, and what people said.

/// Who may let a job in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewer {
    /// One person.
    User(&'static str),
    /// Whoever is in a team.
    Team(&'static str),
}

/// The one who asks.
pub const ME: &str = "demo";

/// The teams that they are in.
const MINE: [&str; 1] = ["oncall"];

/// An environment of a repository.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    /// Its name.
    pub name: &'static str,
    /// Who may let a job in; empty: nobody is asked.
    pub reviewers: &'static [Reviewer],
    /// Whether who started a run may not.
    pub forbids_self: bool,
    /// Real minutes that a job waits.
    pub timer: i64,
    /// Branches and tags that may deploy, with `*` at the end; empty: all.
    pub takes: &'static [&'static str],
}

impl Environment {
    /// An environment that asks for nothing.
    pub const fn open(name: &'static str) -> Self {
        Self { name, reviewers: &[], forbids_self: false, timer: 0, takes: &[] }
    }

    /// One of several by name; names are compared as GitHub does, whatever their case.
    pub fn find<'a>(all: &'a [Self], name: &str) -> Option<&'a Self> {
        all.iter().find(|one| one.name.eq_ignore_ascii_case(name))
    }

    /// Whether a job may have to wait.
    pub fn waits(&self) -> bool {
        !self.reviewers.is_empty() || self.timer > 0
    }

    /// Whether a branch or tag may deploy.
    pub fn takes(&self, reference: &str) -> bool {
        let fits = |pattern: &str| match pattern.strip_suffix('*') {
            Some(start) => reference.starts_with(start),
            None => reference == pattern,
        };
        self.takes.is_empty() || self.takes.iter().any(|pattern| fits(pattern))
    }

    /// Whether [`ME`] may let in what somebody started.
    pub fn is_mine(&self, by: &str) -> bool {
        let mut reviewers = self.reviewers.iter();
        let asked = reviewers.any(|reviewer| match reviewer {
            Reviewer::User(name) => *name == ME,
            Reviewer::Team(name) => MINE.contains(name),
        });
        asked && !(self.forbids_self && by == ME)
    }
}

/// What somebody said of a job that waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The environment.
    pub environment: &'static str,
    /// `approved` or `rejected`.
    pub state: &'static str,
    /// Who.
    pub user: &'static str,
    /// Why.
    pub comment: String,
    /// In which world second.
    pub at: i64,
}

impl Approval {
    /// A yes.
    pub fn yes(environment: &'static str, user: &'static str, comment: &str, at: i64) -> Self {
        Self { environment, state: "approved", user, comment: comment.to_owned(), at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_asked_and_what_may_deploy() {
        let open = Environment::open("a");
        assert!(!open.waits() && open.takes("any") && !open.is_mine("ana"));
        let team =
            Environment { reviewers: &[Reviewer::Team("oncall")], forbids_self: true, ..open };
        assert!(team.waits() && team.is_mine("ana") && !team.is_mine(ME));
        let other = Environment { reviewers: &[Reviewer::Team("platform")], ..open };
        assert!(!other.is_mine("ana"));
        let tags = Environment { takes: &["main", "v*"], ..open };
        assert!(tags.takes("v1.2") && tags.takes("main") && !tags.takes("next"));
    }
}
