//! Names of things. A target is the key of everything; never a row number, never a bare name.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A service in an environment, written `checkout/production`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Target(Arc<str>);

/// Why a text is not a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotATarget(pub String);

impl fmt::Display for NotATarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a target; write SERVICE/ENVIRONMENT, for example checkout/production",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for NotATarget {}

impl Target {
    /// Joins a service and an environment.
    ///
    /// # Errors
    /// When either is empty, contains `/`, or contains a character that has no place in a name.
    pub fn new(service: &str, environment: &str) -> Result<Self, NotATarget> {
        if is_name(service) && is_name(environment) {
            Ok(Self(format!("{service}/{environment}").into()))
        } else {
            Err(NotATarget(format!("{service}/{environment}")))
        }
    }

    /// The part before the slash.
    #[must_use]
    pub fn service(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(service, _)| service)
    }

    /// The part after the slash.
    #[must_use]
    pub fn environment(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, environment)| environment)
    }

    /// The whole, `checkout/production`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` may name a service, an environment or a check: `[A-Za-z0-9._-]`, spaces inside, no
/// leading `-` (a name may become an argument of a command).
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && !text.starts_with(['-', ' '])
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ' '))
}

impl FromStr for Target {
    type Err = NotATarget;

    fn from_str(text: &str) -> Result<Self, NotATarget> {
        let (service, environment) =
            text.split_once('/').ok_or_else(|| NotATarget(text.to_owned()))?;
        Self::new(service, environment)
    }
}

impl TryFrom<String> for Target {
    type Error = NotATarget;

    fn try_from(text: String) -> Result<Self, NotATarget> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.0.as_ref().to_owned()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What runs: a version, tag, image or commit, as the engine or else the health check names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub String);

impl Revision {
    /// The text as it was reported.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Revision {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Correlates one action in journal, timeline and JSON. Time-ordered (a version 7 UUID).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionId(pub String);

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_two_named_parts() {
        let target: Target = "checkout/production-eu".parse().unwrap();
        assert_eq!((target.service(), target.environment()), ("checkout", "production-eu"));
        for bad in ["", "checkout", "/x", "x/", "a/b/c", "-x/y", "a/\u{202e}b", "a/b\n"] {
            assert!(bad.parse::<Target>().is_err(), "{bad:?}");
        }
    }
}
