//! The ETags we hold: which answers need not be sent to us again. Bounded; must not know HTTP or what the
//! answers say.
//!
//! An ETag is a promise of ours to have kept what it stands for. So the client hands out a [`Validator`]
//! with each answer that was read and parsed whole, and only its reader commits it, at the moment when what
//! it read goes out: a poll that is dropped half way is simply asked again.

use http::HeaderValue;

/// Entries kept at most.
const ENTRIES: usize = 2048;

/// Bytes kept at most, addresses included.
const BYTES: usize = 1 << 20;

/// What an answer depends on besides the server's state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Of the token: ETags differ between tokens.
    pub(super) fingerprint: u64,
    /// The whole address.
    pub(super) url: String,
    /// The media type asked for.
    pub(super) accept: &'static str,
}

/// An answer's ETag on its way into the store; see
/// [`GithubClient::commit`](super::GithubClient::commit).
#[derive(Debug, Clone)]
#[must_use = "an answer that is not committed is sent again"]
pub struct Validator {
    pub(super) key: Key,
    /// As it came, weak ones included: it has to be echoed byte by byte.
    pub(super) etag: HeaderValue,
    /// The page after it, which a 304 does not repeat.
    pub(super) next: Option<super::Route>,
}

impl Validator {
    fn bytes(&self) -> usize {
        let next = self.next.as_ref().map_or(0, |next| next.as_str().len());
        self.key.url.len() + self.etag.len() + next
    }
}

/// The ETags held, least recently used first.
#[derive(Debug, Default)]
pub(super) struct Validators {
    held: Vec<Validator>,
    bytes: usize,
}

impl Validators {
    /// The ETag to send for `key`, which counts as a use.
    pub(super) fn find(&mut self, key: &Key) -> Option<&Validator> {
        let at = self.held.iter().position(|held| held.key == *key)?;
        let found = self.held.remove(at);
        self.held.push(found);
        self.held.last()
    }

    /// Forgets what other tokens than this one were given.
    pub(super) fn keep_only(&mut self, fingerprint: u64) {
        self.held.retain(|held| held.key.fingerprint == fingerprint);
        self.bytes = self.held.iter().map(Validator::bytes).sum();
    }

    /// Keeps an ETag, and forgets the ones used longest ago when there are too many.
    pub(super) fn keep(&mut self, validator: Validator) {
        self.held.retain(|held| held.key != validator.key);
        self.held.push(validator);
        self.bytes = self.held.iter().map(Validator::bytes).sum();
        while self.held.len() > ENTRIES || self.bytes > BYTES {
            self.bytes -= self.held.remove(0).bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validator(fingerprint: u64, url: &str) -> Validator {
        Validator {
            key: Key { fingerprint, url: url.to_owned(), accept: "json" },
            etag: HeaderValue::from_static("W/\"x\""),
            next: None,
        }
    }

    #[test]
    fn a_token_never_uses_the_etags_of_another() {
        let mut validators = Validators::default();
        validators.keep(validator(1, "/a"));
        assert!(validators.find(&validator(1, "/a").key).is_some());
        assert!(validators.find(&validator(2, "/a").key).is_none());
        validators.keep_only(2);
        assert_eq!((validators.held.len(), validators.bytes), (0, 0));
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut validators = Validators::default();
        for n in 0..ENTRIES {
            validators.keep(validator(1, &n.to_string()));
        }
        assert!(validators.find(&validator(1, "0").key).is_some());
        validators.keep(validator(1, "one more"));
        assert!(validators.find(&validator(1, "0").key).is_some());
        assert!(validators.find(&validator(1, "1").key).is_none());

        validators.keep(validator(1, &"x".repeat(BYTES - 100)));
        assert!(validators.bytes <= BYTES && validators.held.len() < ENTRIES);
        validators.keep(validator(1, &"y".repeat(BYTES + 1)));
        assert_eq!((validators.held.len(), validators.bytes), (0, 0));
    }
}
