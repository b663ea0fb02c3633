//! What a revision's image is called in a registry, and what a name there stands for. Owns the nouns and the
//! grammar of such names; must not know who asks a registry.

use serde::{Deserialize, Serialize};

use super::Time;
use super::ids::Revision;

/// What may stand in a tag for what is released.
const PLACEHOLDERS: [&str; 3] = ["{version}", "{revision}", "{commit}"];

/// Letters of a digest that name it for an operator.
const SHORT: usize = 12;

/// How the image of a revision is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSpec {
    /// The registry's host, with its port if it has one: `ghcr.io`.
    pub registry: String,
    /// The repository in it: `acme/checkout`.
    pub name: String,
    /// The tag, with placeholders: `{version}`.
    pub tag: String,
}

/// What a name stands for in a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its digest, `sha256:…`.
    pub digest: String,
}

/// What a name stood for while its revision ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The whole name.
    pub image: String,
    /// The digest then.
    pub digest: String,
    /// When that was noted.
    pub at: Time,
}

impl ImageSpec {
    /// Reads `ghcr.io/acme/checkout:{version}`.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const WHOLE: &str = "write REGISTRY/NAME:TAG, \"ghcr.io/acme/checkout:{version}\"";
        let (registry, rest) = text.split_once('/').ok_or(WHOLE)?;
        if !is_registry(registry) {
            return Err("begin with the registry's host, \"ghcr.io/acme/checkout:{version}\"");
        }
        let (name, tag) = rest.rsplit_once(':').ok_or(WHOLE)?;
        if !is_repository(name) {
            return Err(WHOLE);
        }
        let bare = PLACEHOLDERS.iter().fold(tag.to_owned(), |tag, known| tag.replace(known, "0"));
        if bare == tag {
            return Err(
                "such a tag stands for whatever was pushed last: write one with {version}, {revision} or {commit}",
            );
        }
        if !is_tag(&bare) {
            return Err(
                "a tag has letters, digits, `.`, `_`, `-`, and {version}, {revision} or {commit}",
            );
        }
        Ok(Self { registry: registry.to_owned(), name: name.to_owned(), tag: tag.to_owned() })
    }

    /// Who is asked about it: `registry.ghcr.io`.
    #[must_use]
    pub fn host(&self) -> String {
        format!("registry.{}", self.registry)
    }

    /// The tag of a revision, or its digest where it is one. `commit`: the whole commit, where it is known.
    ///
    /// # Errors
    /// Why it has none, in a few words.
    pub fn reference(&self, revision: &Revision, commit: Option<&str>) -> Result<String, String> {
        let text = revision.as_str();
        let bare =
            text.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let mut tag =
            self.tag.replace("{version}", bare.unwrap_or(text)).replace("{revision}", text);
        if tag.contains("{commit}") {
            let commit = commit.ok_or_else(|| format!("the commit of {text} is not known"))?;
            tag = tag.replace("{commit}", commit);
        }
        if is_tag(&tag) || is_digest(&tag) {
            return Ok(tag);
        }
        Err(format!("the name {text} makes no tag of an image"))
    }

    /// The whole name of what a tag or digest is.
    #[must_use]
    pub fn whole(&self, reference: &str) -> String {
        let mark = if is_digest(reference) { '@' } else { ':' };
        format!("{}/{}{mark}{reference}", self.registry, self.name)
    }
}

/// Whether a text is a digest: an algorithm and at least 32 hexadecimal digits, of SHA-256 64.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else { return false };
    let known = match algorithm {
        "sha256" => hex.len() == 64,
        "sha512" => hex.len() == 128,
        _ => (32..=256).contains(&hex.len()),
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+._-".contains(c);
    let named = algorithm.starts_with(|c: char| c.is_ascii_lowercase());
    known && named && algorithm.chars().all(plain) && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

/// As much of a digest as an operator tells it by.
#[must_use]
pub fn short_digest(digest: &str) -> String {
    match digest.split_once(':') {
        Some((algorithm, hex)) if hex.len() > SHORT => {
            let hex: String = hex.chars().take(SHORT).collect();
            format!("{algorithm}:{hex}…")
        }
        _ => digest.to_owned(),
    }
}

/// Whether a text is the host of a registry: with a dot or a port, so that it is no part of a name.
#[must_use]
pub fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let told = host.contains('.') || port.is_some() || host == "localhost";
    let whole = host.starts_with(|c: char| c.is_ascii_alphanumeric()) && host.chars().all(plain);
    told && whole && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_repository(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |part: &str| {
        let inner = |c: char| plain(c) || matches!(c, '.' | '_' | '-');
        part.starts_with(plain) && part.ends_with(plain) && part.chars().all(inner)
    };
    text.len() <= 255 && text.split('/').all(part)
}

fn is_tag(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let inner = |c: char| plain(c) || matches!(c, '.' | '-');
    text.len() <= 128 && text.starts_with(plain) && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, revision: &str) -> Result<String, String> {
        let spec = ImageSpec::parse(text).unwrap();
        spec.reference(&revision.into(), Some("c0ffee")).map(|reference| spec.whole(&reference))
    }

    #[test]
    fn a_revision_has_its_name() {
        for (template, revision, whole) in [
            ("ghcr.io/acme/checkout:{version}", "v1.4.2", "ghcr.io/acme/checkout:1.4.2"),
            ("ghcr.io/acme/checkout:{version}", "vienna", "ghcr.io/acme/checkout:vienna"),
            ("localhost/checkout:{revision}", "v1.4.2", "localhost/checkout:v1.4.2"),
            ("127.0.0.1:5000/a/b/c:r-{commit}", "1.4.2", "127.0.0.1:5000/a/b/c:r-c0ffee"),
        ] {
            assert_eq!(of(template, revision).as_deref(), Ok(whole));
        }
        let digest = format!("sha256:{}", "0".repeat(64));
        let whole = format!("ghcr.io/acme/checkout@{digest}");
        assert_eq!(of("ghcr.io/acme/checkout:{revision}", &digest), Ok(whole));
        for odd in ["feature/x", "", "-rf", "a b", "1.4.2\u{1b}[2J", "../../x"] {
            assert!(of("ghcr.io/acme/checkout:{revision}", odd).is_err(), "{odd}");
        }
        let spec = ImageSpec::parse("ghcr.io/acme/checkout:{commit}").unwrap();
        let why = spec.reference(&"1.4.2".into(), None).unwrap_err();
        assert_eq!(why, "the commit of 1.4.2 is not known");
    }

    #[test]
    fn what_names_no_one_image_is_refused() {
        for (odd, why) in [
            ("checkout:{version}", "REGISTRY/NAME:TAG"),
            ("acme/checkout:{version}", "begin with the registry"),
            ("ghcr.io/acme/checkout", "REGISTRY/NAME:TAG"),
            ("ghcr.io/Acme/checkout:{version}", "REGISTRY/NAME:TAG"),
            ("https://ghcr.io/acme/checkout:{version}", "begin with the registry"),
            ("ana@ghcr.io/acme/checkout:{version}", "begin with the registry"),
            ("ghcr.io/acme/checkout:latest", "pushed last"),
            ("ghcr.io/acme/checkout:{tag}", "pushed last"),
            ("ghcr.io/acme/checkout:{version}{tag}", "a tag has letters"),
        ] {
            let fix = ImageSpec::parse(odd).unwrap_err();
            assert!(fix.contains(why), "{odd}: {fix}");
        }
    }

    #[test]
    fn a_digest_is_one_and_is_told_short() {
        let digest = format!("sha256:ab12cd34ef56{}", "0".repeat(52));
        assert!(is_digest(&digest));
        assert_eq!(short_digest(&digest), "sha256:ab12cd34ef56…");
        for odd in ["", "sha256:", "sha256:ab", "1.4.2", &digest[..70], "sha256:zz"] {
            assert!(!is_digest(odd), "{odd}");
        }
    }
}
