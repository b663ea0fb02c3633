//! Files, checks, branch rules and artifacts.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::{Field, Item};
use crate::model::backing::{Artifact, Check};
use crate::model::{Conclusion, Status, Time};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireFile {
    encoding: Field<String>,
    content: Field<String>,
}

/// The text of a file as the contents endpoint sends it; none when it is not one, or is sent otherwise.
pub(in crate::clients::github) fn file(body: &[u8]) -> Option<String> {
    let wire: WireFile = serde_json::from_slice(body).ok()?;
    if wire.encoding.known()? != "base64" {
        return None;
    }
    let mut packed = wire.content.known()?;
    packed.retain(|c| !c.is_ascii_whitespace());
    let bytes = BASE64_STANDARD.decode(packed).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireCheck {
    name: Field<String>,
    status: Field<String>,
    conclusion: Field<String>,
}

impl Item for Check {
    const KEY: Option<&'static str> = Some("check_runs");

    fn decode(json: &str) -> Option<Self> {
        let wire: WireCheck = serde_json::from_str(json).ok()?;
        let conclusion = wire.conclusion.known().map(Conclusion::from);
        let status = wire.status.known().map(Status::from);
        let over = || Status::Other("unknown".to_owned());
        Some(Self { name: wire.name.known()?, status: status.unwrap_or_else(over), conclusion })
    }
}

/// A commit status: the older kind of check.
pub(in crate::clients::github) struct CommitStatus(pub Check);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireStatus {
    context: Field<String>,
    state: Field<String>,
}

impl Item for CommitStatus {
    const KEY: Option<&'static str> = Some("statuses");

    fn decode(json: &str) -> Option<Self> {
        let wire: WireStatus = serde_json::from_str(json).ok()?;
        let name = wire.context.known()?;
        let (status, conclusion) = match wire.state.known()?.as_str() {
            "pending" => (Status::Pending, None),
            "success" => (Status::Completed, Some(Conclusion::Success)),
            _ => (Status::Completed, Some(Conclusion::Failure)),
        };
        Some(Self(Check { name, status, conclusion }))
    }
}

/// A rule of a branch: the checks it requires, when it is of that kind.
pub(in crate::clients::github) struct Rule(pub Vec<String>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRule {
    r#type: Field<String>,
    parameters: Field<WireParameters>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireParameters {
    required_status_checks: Field<Vec<WireRequired>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRequired {
    context: Field<String>,
}

impl Item for Rule {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireRule = serde_json::from_str(json).ok()?;
        if wire.r#type.known()? != "required_status_checks" {
            return Some(Self(Vec::new()));
        }
        let required = wire.parameters.known()?.required_status_checks.known()?;
        Some(Self(required.into_iter().filter_map(|check| check.context.known()).collect()))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireBranch {
    commit: Field<WireCommit>,
    protection: Field<WireProtection>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireCommit {
    sha: Field<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireProtection {
    required_status_checks: Field<WireContexts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireContexts {
    contexts: Field<Vec<String>>,
}

/// The newest commit of a branch.
pub(in crate::clients::github) fn head(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<WireBranch>(body).ok()?.commit.known()?.sha.known()
}

/// The checks that a branch's own protection requires; none when the answer is no branch.
pub(in crate::clients::github) fn protection(body: &[u8]) -> Option<Vec<String>> {
    let wire: WireBranch = serde_json::from_slice(body).ok()?;
    let contexts = wire.protection.known().and_then(|it| it.required_status_checks.known());
    Some(contexts.and_then(|it| it.contexts.known()).unwrap_or_default())
}

/// The name of an environment.
pub(in crate::clients::github) struct Named(pub String);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireEnvironment {
    name: Field<String>,
}

impl Item for Named {
    const KEY: Option<&'static str> = Some("environments");

    fn decode(json: &str) -> Option<Self> {
        let wire: WireEnvironment = serde_json::from_str(json).ok()?;
        wire.name.known().map(Self)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireArtifact {
    id: Field<u64>,
    name: Field<String>,
    size_in_bytes: Field<u64>,
    expired: Field<bool>,
    expires_at: Field<Time>,
}

impl Item for Artifact {
    const KEY: Option<&'static str> = Some("artifacts");

    fn decode(json: &str) -> Option<Self> {
        let wire: WireArtifact = serde_json::from_str(json).ok()?;
        Some(Self {
            id: wire.id.known()?,
            name: wire.name.known().unwrap_or_default(),
            size: wire.size_in_bytes.known().unwrap_or_default(),
            expired: wire.expired.known().unwrap_or_default(),
            expires_at: wire.expires_at.known(),
        })
    }
}

/// What GitHub remarked on a job: why it did not start, for one.
pub(in crate::clients::github) struct Remark(pub String);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRemark {
    annotation_level: Field<String>,
    message: Field<String>,
}

impl Item for Remark {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireRemark = serde_json::from_str(json).ok()?;
        let failed = wire.annotation_level.known().is_some_and(|level| level == "failure");
        let text = wire.message.known().filter(|_| failed).unwrap_or_default();
        Some(Self(text))
    }
}
