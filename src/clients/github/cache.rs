//! Answers kept between processes, each with its ETag: the next process asks GitHub whether they still hold,
//! which is free where they do. What is kept is used in no other case than that GitHub has just said so.
//!
//! Owns what tells one answer from another and how one is written. Nothing here fails: what cannot be read or
//! written is as if it had never been kept. Must not know what the answers say.

mod folder;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::lock;
use super::session::VERSION;
use super::validators::Key;

use folder::Folder;

/// The largest body that is kept, in bytes.
const BODY: usize = 2 << 20;

/// How long what was written is left as it is, however often it changes: it is for the next process.
const AGAIN: Duration = Duration::from_secs(60);

/// Names noted at most, of what was written lately.
const NAMES: usize = 4096;

/// What is never kept: a server that does not know `hide_secret` would tell the secrets.
const SECRET: &str = "/secret-scanning/";

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) etag: HeaderValue,
    pub(super) body: Bytes,
    /// Its `Link`s, which a 304 does not repeat.
    pub(super) links: HeaderMap,
}

/// The first line of what is kept.
#[derive(Serialize, Deserialize)]
struct Head {
    etag: String,
    links: Vec<String>,
}

/// The answers kept in a folder, for whoever has the token that they were given to.
pub(super) struct Cache {
    folder: Arc<Folder>,
    /// When something was written last, by its name.
    written: Mutex<HashMap<String, Instant>>,
}

impl Cache {
    /// The answers kept below a state folder, which need not exist yet.
    pub(super) fn below(state: &Path) -> Self {
        Self { folder: Arc::new(Folder::new(state.join("github"))), written: Mutex::default() }
    }

    /// What was answered last, as far as it was kept.
    pub(super) async fn find(&self, key: &Key) -> Option<Kept> {
        let (folder, name) = (Arc::clone(&self.folder), name(key)?);
        let reading = tokio::task::spawn_blocking(move || read(&name, &folder.read(&name)?));
        reading.await.ok().flatten()
    }

    /// Keeps an answer with an ETag, instead of the one before.
    pub(super) async fn keep(&self, key: &Key, headers: &HeaderMap, body: &Bytes) {
        let Some(name) = name(key).filter(|_| body.len() <= BODY) else { return };
        let Some(head) = head(headers).filter(|_| self.is_due(&name)) else { return };
        let (folder, body) = (Arc::clone(&self.folder), body.clone());
        let writing = tokio::task::spawn_blocking(move || {
            let text = written(&name, &head, &body);
            folder.write(&name, &text);
        });
        // a panic there is no reason to lose the answer
        let _ = writing.await;
    }

    /// Whether something may be written again, which is noted.
    fn is_due(&self, name: &str) -> bool {
        let mut written = lock(&self.written);
        if written.get(name).is_some_and(|at| at.elapsed() < AGAIN) {
            return false;
        }
        if written.len() >= NAMES {
            written.retain(|_, at| at.elapsed() < AGAIN);
        }
        written.insert(name.to_owned(), Instant::now());
        true
    }
}

/// The name of a file, which tells nothing: of the address, of whose token it is and of what was asked for. None
/// for what is not kept.
fn name(key: &Key) -> Option<String> {
    if key.url.contains(SECRET) {
        return None;
    }
    let Key { fingerprint, url, accept } = key;
    Some(hex(&[&format!("{VERSION}\n{accept}\n{fingerprint:016x}\n{url}")]))
}

/// The line that is kept with a body; none without an ETag.
fn head(headers: &HeaderMap) -> Option<String> {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let etag = text(headers.get(header::ETAG)?)?;
    let links = headers.get_all(header::LINK).iter().filter_map(text).collect();
    serde_json::to_string(&Head { etag, links }).ok()
}

/// What a file holds: a seal, the head, the body.
fn written(name: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let seal = hex(&[name.as_bytes(), head.as_bytes(), body]);
    [seal.as_bytes(), b"\n", head.as_bytes(), b"\n", body].concat()
}

/// Reads a file; none where it is not whole, or not what its name says.
fn read(name: &str, text: &[u8]) -> Option<Kept> {
    let line = |text: &[u8]| text.iter().position(|byte| *byte == b'\n');
    let (seal, rest) = text.split_at(line(text)?);
    let rest = &rest[1..];
    let (head, body) = rest.split_at(line(rest)?);
    let body = &body[1..];
    if hex(&[name.as_bytes(), head, body]).as_bytes() != seal {
        return None;
    }
    let head: Head = serde_json::from_slice(head).ok()?;
    let value = |text: String| HeaderValue::from_str(&text).ok();
    let links = head.links.into_iter().filter_map(value).map(|link| (header::LINK, link));
    Some(Kept {
        etag: value(head.etag)?,
        body: Bytes::copy_from_slice(body),
        links: links.collect(),
    })
}

fn hex(parts: &[impl AsRef<[u8]>]) -> String {
    use std::fmt::Write as _;
    let mut hasher = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
