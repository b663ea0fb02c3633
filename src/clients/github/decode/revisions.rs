//! Comparisons of revisions, and releases with their assets.

use serde::Deserialize;

use super::Field;
use crate::model::between::{Asset, Between, Published};

/// Files that GitHub lists of a comparison at most.
const LISTED: usize = 300;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireComparison {
    base_commit: Field<Commit>,
    ahead_by: Field<u64>,
    behind_by: Field<u64>,
    files: Field<Vec<File>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Commit {
    sha: Field<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    filename: Field<String>,
    previous_filename: Field<String>,
}

/// A comparison of the one that is gone back to (its base) with the one that is left; none when it is not one.
pub(in crate::clients::github) fn compared(body: &[u8]) -> Option<Between> {
    let wire: WireComparison = serde_json::from_slice(body).ok()?;
    let listed = wire.files.known();
    let whole = listed.as_ref().is_some_and(|files| files.len() < LISTED);
    let names = listed.into_iter().flatten().flat_map(|file| {
        [file.filename.known(), file.previous_filename.known()].into_iter().flatten()
    });
    Some(Between {
        sha: wire.base_commit.known()?.sha.known()?,
        lost: wire.ahead_by.known()?,
        gained: wire.behind_by.known().unwrap_or_default(),
        files: names.collect(),
        whole,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRelease {
    tag_name: Field<String>,
    draft: Field<bool>,
    immutable: Field<bool>,
    assets: Field<Vec<WireAsset>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireAsset {
    name: Field<String>,
    digest: Field<String>,
    state: Field<String>,
}

/// A release with what can be fetched of it; none when it is not one, or is not out.
pub(in crate::clients::github) fn published(body: &[u8]) -> Option<Published> {
    let wire: WireRelease = serde_json::from_slice(body).ok()?;
    wire.tag_name.known()?;
    let assets = wire.assets.known().unwrap_or_default().into_iter().filter_map(|asset| {
        let is_uploaded = asset.state.known().is_none_or(|state| state == "uploaded");
        Some(Asset { name: asset.name.known()?, digest: asset.digest.known(), is_uploaded })
    });
    let immutable = wire.immutable.known().unwrap_or(false);
    let is_out = !wire.draft.known().unwrap_or(false);
    is_out.then(|| Published { immutable, assets: assets.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_read_leniently() {
        let body = br#"{"base_commit":{"sha":"aaa"},"ahead_by":12,"behind_by":null,"total_commits":12,
            "files":[{"filename":"db/migrate/2.sql"},{"filename":"b","previous_filename":"a"},{"sha":1}]}"#;
        let between = compared(body).unwrap();
        assert_eq!((between.sha.as_str(), between.lost, between.gained), ("aaa", 12, 0));
        assert_eq!(between.files, ["db/migrate/2.sql", "b", "a"]);
        assert!(between.whole);
        // without its files nobody knows which differ
        let body = br#"{"base_commit":{"sha":"aaa"},"ahead_by":0,"behind_by":0,"files":null}"#;
        assert!(!compared(body).unwrap().whole);
        assert_eq!(compared(br#"{"ahead_by":1}"#), None);
        assert_eq!(compared(b"[]"), None);
    }

    #[test]
    fn a_full_list_of_files_may_not_be_whole() {
        let files: Vec<String> = (0..LISTED).map(|n| format!(r#"{{"filename":"f{n}"}}"#)).collect();
        let body = format!(
            r#"{{"base_commit":{{"sha":"a"}},"ahead_by":1,"behind_by":0,"files":[{}]}}"#,
            files.join(",")
        );
        assert!(!compared(body.as_bytes()).unwrap().whole);
    }

    #[test]
    fn a_release_says_what_can_be_fetched() {
        let body = br#"{"tag_name":"v1","immutable":true,"draft":false,"assets":[
            {"name":"a.tgz","digest":"sha256:00","state":"uploaded"},{"name":"b","digest":null,"state":"starter"},{}]}"#;
        let published = published(body).unwrap();
        assert!(published.immutable);
        assert_eq!(published.assets.len(), 2);
        assert_eq!(published.assets[0].digest.as_deref(), Some("sha256:00"));
        assert!(!published.assets[1].is_uploaded);
    }

    #[test]
    fn a_draft_is_not_out() {
        assert_eq!(published(br#"{"tag_name":"v1","draft":true}"#), None);
    }
}
