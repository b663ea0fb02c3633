//! What lies between two revisions of a repository, and what stands behind a name: what going back loses,
//! and whether there is something to go back to. Owns the nouns; must not know when they are read.

use serde::{Deserialize, Serialize};

use super::image::Image;

/// What lies between two revisions, as the repository's host compares them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Between {
    /// The commit of the one that is gone back to.
    pub sha: String,
    /// Commits that the one that is left has, and the other has not: what is lost.
    pub lost: u64,
    /// Commits that come back although the one that is left has them not: it grew on another branch.
    pub gained: u64,
    /// Files that differ.
    pub files: Vec<String>,
    /// Whether those are all that differ: a host lists so many and no more.
    pub whole: bool,
}

/// What is published under a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Whether the host lets nobody change it any more.
    #[serde(default)]
    pub immutable: bool,
    /// What can be fetched.
    #[serde(default)]
    pub assets: Vec<Asset>,
}

/// A file of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Its name.
    pub name: String,
    /// Its checksum with the algorithm before it, `sha256:…`, where the host keeps one.
    #[serde(default)]
    pub digest: Option<String>,
    /// Whether it is there whole.
    #[serde(default)]
    pub is_uploaded: bool,
}

/// What is asked of a repository's host, or a registry, about revisions. Asked again when it could not be
/// answered; of an image also after a while, for a tag can be moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// What going back from one to the other loses; branches, tags or commits.
    Between {
        /// What is left.
        from: String,
        /// What is gone back to.
        to: String,
    },
    /// What is published under a tag.
    Published {
        /// The tag.
        tag: String,
    },
    /// What a tag or digest stands for in a registry of images.
    Image {
        /// The tag or digest.
        reference: String,
    },
}

/// What the host answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// What lies between.
    Between(Between),
    /// What is published.
    Published(Published),
    /// What it stands for.
    Image(Image),
    /// There is no such revision, or nothing is published under it.
    Nothing,
}
