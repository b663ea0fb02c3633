//! Which configurations lying in a working folder the operator said yes to: by place and content.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::error::ConfigError;
use super::find::{Found, Origin};

/// The operator's answers, one small file for each place, in the state folder.
#[derive(Debug, Clone)]
pub struct Trust {
    folder: PathBuf,
}

impl Trust {
    /// The answers kept in a state folder, which need not exist yet.
    #[must_use]
    pub fn of(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("trust") }
    }

    /// Why a configuration must stay inert; none when it may be used.
    #[must_use]
    pub fn objection(&self, found: &Found) -> Option<String> {
        if found.origin != Origin::WorkingFolder {
            return None;
        }
        let path = found.path.display();
        if let Some(stranger) = stranger(&found.path) {
            return Some(format!(
                "{path} {stranger}, so it is not used; to use it all the same, give it with --config"
            ));
        }
        let known = self.record(&found.path).and_then(|record| fs::read_to_string(record).ok());
        match known {
            Some(known) if known.lines().next() == Some(&digest(found.text.as_bytes())) => None,
            Some(_) => Some(format!(
                "{path} changed since it was trusted: read it, then run `flightdeck trust`"
            )),
            None => Some(format!(
                "{path} was merely found in the working folder: read it, then run `flightdeck trust`"
            )),
        }
    }

    /// Whether a configuration may be used.
    #[must_use]
    pub fn is_trusted(&self, found: &Found) -> bool {
        self.objection(found).is_none()
    }

    /// Remembers the operator's yes to exactly this content at this place.
    ///
    /// # Errors
    /// When others can change the file, or the answer cannot be kept.
    pub fn trust(&self, found: &Found) -> Result<(), ConfigError> {
        if let Some(stranger) = stranger(&found.path) {
            let fix = "make it yours alone (chown, chmod go-w), or give it with --config";
            return Err(ConfigError::file(&found.path, format!("it {stranger}"), fix));
        }
        let cannot = |error: &dyn std::fmt::Display| {
            ConfigError::file(
                &self.folder,
                format!("the answer cannot be kept: {error}"),
                "make the folder writable, or set $FLIGHTDECK_STATE",
            )
        };
        let record = self.record(&found.path).ok_or_else(|| cannot(&"the file is gone"))?;
        let answer = format!("{}\n{}\n", digest(found.text.as_bytes()), found.path.display());
        write_private(&self.folder, &record, &answer).map_err(|error| cannot(&error))
    }

    /// Where the answer for a place is kept.
    fn record(&self, path: &Path) -> Option<PathBuf> {
        let whole = path.canonicalize().ok()?;
        Some(self.folder.join(digest(whole.as_os_str().as_encoded_bytes())))
    }
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whole or not at all, readable by the user alone.
fn write_private(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        builder.mode(0o700);
        options.mode(0o600);
    }
    builder.recursive(true).create(folder)?;
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut out = options.write(true).create(true).truncate(true).open(&draft)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(&draft, file)
}

/// What makes a file not the user's alone: `belongs to another user`, `can be changed by …`.
#[cfg(unix)]
fn stranger(path: &Path) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = fs::metadata(path) else {
        return Some("cannot be looked at");
    };
    let own = rustix::process::geteuid().as_raw();
    // root can change everything anyway
    if metadata.uid() != own && metadata.uid() != 0 {
        return Some("belongs to another user");
    }
    (metadata.mode() & 0o002 != 0).then_some("can be changed by every user")
}

#[cfg(not(unix))]
fn stranger(_: &Path) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lying(path: &Path, text: &str) -> Found {
        fs::write(path, text).unwrap();
        Found { path: path.to_owned(), text: text.to_owned(), origin: Origin::WorkingFolder }
    }

    #[test]
    fn trust_is_for_one_content_at_one_place() {
        let root = tempfile::tempdir().unwrap();
        let trust = Trust::of(&root.path().join("state"));
        let found = lying(&root.path().join("flightdeck.toml"), "version = 1");
        assert!(trust.objection(&found).unwrap().contains("flightdeck trust"));

        trust.trust(&found).unwrap();
        assert!(trust.is_trusted(&found));

        let changed = lying(&found.path, "version = 1 # changed");
        assert!(trust.objection(&changed).unwrap().contains("changed since"));
        trust.trust(&changed).unwrap();
        assert!(trust.is_trusted(&changed) && !trust.is_trusted(&found));

        let elsewhere = lying(&root.path().join("other.toml"), &changed.text);
        assert!(!trust.is_trusted(&elsewhere));
        let named = Found { origin: Origin::Explicit, ..elsewhere };
        assert!(trust.is_trusted(&named));
    }

    #[cfg(unix)]
    #[test]
    fn what_everybody_can_change_is_never_trusted() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let trust = Trust::of(root.path());
        let found = lying(&root.path().join("flightdeck.toml"), "version = 1");
        trust.trust(&found).unwrap();
        fs::set_permissions(&found.path, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(trust.objection(&found).unwrap().contains("every user"));
        assert!(trust.trust(&found).unwrap_err().to_string().contains("every user"));
    }
}
