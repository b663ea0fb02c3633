//! Releases and tags.

use serde::Deserialize;

use super::{Field, Item};
use crate::model::{RefName, Time};

/// A release, which may not be out yet.
#[derive(Debug)]
pub(in super::super) struct Release {
    pub(in super::super) name: RefName,
    /// Nobody but its authors sees it; its tag need not exist.
    pub(in super::super) draft: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRelease {
    tag_name: Field<String>,
    name: Field<String>,
    published_at: Field<Time>,
    html_url: Field<String>,
    draft: Field<bool>,
}

impl Item for Release {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireRelease = serde_json::from_str(json).ok()?;
        let tag = wire.tag_name.known()?;
        Some(Self {
            draft: wire.draft.known().unwrap_or(false),
            name: RefName {
                title: wire.name.known().or_else(|| Some(tag.clone())),
                tag,
                sha: None,
                published_at: wire.published_at.known(),
                url: wire.html_url.known(),
            },
        })
    }
}

/// A tag.
#[derive(Debug)]
pub(in super::super) struct Tag(pub(in super::super) RefName);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireTag {
    name: Field<String>,
    commit: Field<Commit>,
}

#[derive(Debug, Deserialize)]
struct Commit {
    sha: String,
}

impl Item for Tag {
    const KEY: Option<&'static str> = None;

    fn decode(json: &str) -> Option<Self> {
        let wire: WireTag = serde_json::from_str(json).ok()?;
        Some(Self(RefName {
            tag: wire.name.known()?,
            title: None,
            sha: wire.commit.known().map(|commit| commit.sha),
            published_at: None,
            url: None,
        }))
    }
}
