//! Values that mean the same wherever they stand: names, durations, addresses, paths, secrets.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use url::Url;

use crate::config::duration::{parse_duration, show_duration};
use crate::config::error::quoted;
use crate::config::loopback::is_loopback_url;
use crate::config::raw::{SecretPlace, SecretRef, Text, Time};
use crate::config::secret::Secret;
use crate::model::ids::is_name;
use crate::model::rules::{GATES, RULES};

use super::Resolver;

/// A path without the `.` parts that it was written with.
fn normal(path: &Path) -> PathBuf {
    path.components().collect()
}

/// What a name may be.
pub(super) const NAME: &str =
    "write letters, digits, `.`, `_`, `-` and inner spaces, at most 80, not beginning with `-`";

/// The shortest cadence and limit.
const SHORTEST: Duration = Duration::from_millis(100);

impl Resolver<'_, '_> {
    /// A text that will not do.
    pub(super) fn not(&mut self, text: &Text, fix: impl Into<String>) {
        let found = format!("found {}", quoted(text.get_ref()));
        self.problems.at(text.span(), found, fix);
    }

    /// The name of a gate, which must be there and be no other's.
    pub(super) fn gate(
        &mut self,
        name: Option<&Text>,
        table: std::ops::Range<usize>,
        example: &str,
    ) -> Option<String> {
        let found = self.name(name, table, example)?;
        if let Some(written) = name
            && (GATES.contains(&found.as_str()) || RULES.contains(&found.as_str()))
        {
            self.not(
                written,
                "a gate or rule of flightdeck's own is called so; give it another name",
            );
        }
        Some(found)
    }

    /// A name that must be there.
    pub(super) fn name(
        &mut self,
        name: Option<&Text>,
        table: std::ops::Range<usize>,
        example: &str,
    ) -> Option<String> {
        let Some(name) = name else {
            let fix = format!("write name = \"{example}\"");
            self.problems.missing(table, "name", fix);
            return None;
        };
        if !is_name(name.get_ref()) {
            self.not(name, NAME);
            return None;
        }
        Some(name.get_ref().clone())
    }

    /// A duration, or its default.
    pub(super) fn duration(&mut self, text: Option<&Time>, default: Duration) -> Duration {
        let Some(text) = text else { return default };
        let written = &text.get_ref().0;
        parse_duration(written).unwrap_or_else(|fix| {
            let found = format!("found {}", quoted(written));
            self.problems.at(text.span(), found, fix);
            default
        })
    }

    /// A duration that must not be too short to be a cadence or a limit.
    pub(super) fn pace(&mut self, text: Option<&Time>, default: Duration) -> Duration {
        let pace = self.duration(text, default);
        if let Some(text) = text
            && pace < SHORTEST
        {
            let found = format!("found {}", quoted(&text.get_ref().0));
            self.problems.at(text.span(), found, "write at least \"100ms\"");
            return default;
        }
        pace
    }

    /// A cadence and the limit of one look, which must fit into it.
    pub(super) fn cadence(
        &mut self,
        every: Option<&Time>,
        timeout: Option<&Time>,
        defaults: (Duration, Duration),
    ) -> (Duration, Duration) {
        let pace = self.pace(every, defaults.0);
        let limit = self.pace(timeout, defaults.1.min(pace));
        if let Some(written) = timeout
            && limit > pace
        {
            let found = format!("found a timeout of {}", show_duration(limit));
            let fix = format!("write at most `every`, which is {}", show_duration(pace));
            self.problems.at(written.span(), found, fix);
        }
        (pace, limit)
    }

    /// An address that will be contacted: `https`, or `http` on loopback, without credentials.
    pub(super) fn url(&mut self, text: &Text) -> Option<Url> {
        let Ok(url) = Url::parse(text.get_ref()) else {
            self.not_url(text, "write a whole URL, https://HOST/…");
            return None;
        };
        if !url.username().is_empty() || url.password().is_some() {
            self.problems.at(
                text.span(),
                "found a user or a password inside a URL",
                "write the URL without them; a secret has its own key, { env = \"NAME\" }",
            );
            return None;
        }
        let fix = match url.scheme() {
            "https" => return Some(url),
            "http" if is_loopback_url(&url) => return Some(url),
            "http" => {
                "write https://… (plain http is for this machine only: 127.0.0.1, [::1], localhost)"
            }
            _ => "write https://…",
        };
        self.not_url(text, fix);
        None
    }

    /// An address that will not do; not shown where it may hold a password or a token.
    pub(super) fn not_url(&mut self, text: &Text, fix: &str) {
        if text.get_ref().contains(['@', '?', '#']) {
            let found = "found an address that will not do";
            self.problems.at(text.span(), found, fix);
        } else {
            self.not(text, fix);
        }
    }

    /// The address of an API: a URL to which paths are added.
    pub(super) fn base_url(&mut self, text: &Text) -> Option<Url> {
        let url = self.url(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            self.problems.at(
                text.span(),
                "found a `?` or `#` in the address of an API",
                "write the URL up to its path",
            );
            return None;
        }
        Some(url)
    }

    /// A file; relative ones start at the configuration's folder.
    pub(super) fn file(&mut self, text: &Text) -> Option<PathBuf> {
        let written = text.get_ref();
        if written.is_empty() || written.starts_with('~') {
            self.not(text, "write a path, whole or from this file's folder (`~` is not filled in)");
            return None;
        }
        Some(normal(&self.folder.join(written)))
    }

    /// A command's argv; a program with a `/` in it starts at the configuration's folder.
    pub(super) fn argv(&mut self, argv: &[Text], at: std::ops::Range<usize>) -> Vec<String> {
        let mut argv: Vec<String> = argv.iter().map(|part| part.get_ref().clone()).collect();
        match argv.first_mut() {
            Some(program) if !program.trim().is_empty() => {
                if program.contains('/') && !Path::new(program.as_str()).is_absolute() {
                    *program = normal(&self.folder.join(&*program)).display().to_string();
                }
            }
            _ => self.problems.at(
                at,
                "found no program to run",
                "write [\"PROGRAM\", \"ARGUMENT\", …]; it is run as it stands, without a shell",
            ),
        }
        argv
    }

    /// Where a secret is.
    pub(super) fn secret(&mut self, secret: &Spanned<SecretRef>) -> Option<Secret> {
        const FIX: &str = "write { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"gh\", \"auth\", \"token\"] }";
        let place = match secret.get_ref() {
            SecretRef::Literal => {
                self.problems.at(
                    secret.span(),
                    "found a literal secret",
                    format!("{FIX}, and replace that secret: it was in a file"),
                );
                return None;
            }
            SecretRef::Place(place) => place,
        };
        let found = match place {
            SecretPlace { env: Some(name), file: None, command: None } => {
                let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
                if name.get_ref().is_empty() || !name.get_ref().chars().all(fine) {
                    // what is not a name may be the secret itself
                    self.problems.at(
                        name.span(),
                        "found something that is not the name of a variable",
                        "write its name alone, as in { env = \"GITHUB_TOKEN\" }",
                    );
                    return None;
                }
                Some(Secret::Env(name.get_ref().clone()))
            }
            SecretPlace { env: None, file: Some(path), command: None } => {
                self.file(path).map(Secret::File)
            }
            SecretPlace { env: None, file: None, command: Some(argv) } => {
                Some(Secret::Command(self.argv(argv, secret.span())))
            }
            SecretPlace { env: None, file: None, command: None } => {
                self.problems.at(secret.span(), "found no place of a secret", FIX);
                None
            }
            _ => {
                self.problems.at(secret.span(), "found more than one place of a secret", FIX);
                None
            }
        };
        self.config.secrets.extend(found.clone());
        found
    }
}

/// Splits `host:port`, `[::1]:port`; none when it is not that.
pub(super) fn host_and_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match bracketed {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().ok().map(|_| (inner, port)),
        None => (!host.is_empty() && host.chars().all(plain)).then_some((host, port)),
    }
}
