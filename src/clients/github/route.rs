//! Addresses below the API's base: built from segments that are encoded, followed from `Link` headers
//! without trusting their scheme and host. Must not know what is found there.

use http::{HeaderMap, Uri, header};
use url::Url;

use crate::model::{Fault, FaultKind};

/// An address of our own origin and below our own base path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route(Url);

impl Route {
    /// `BASE/repos/OWNER/NAME/tail…?query`, each segment percent-encoded.
    pub(super) fn new(
        base: &Url,
        repo: &str,
        tail: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Self, Fault> {
        let unusable = |what: &str| {
            Fault::new(FaultKind::Setup, format!("`{}` is not {what}", repo.escape_debug()))
        };
        let owner_and_name = repo
            .split_once('/')
            .filter(|(_, name)| !name.contains('/'))
            .ok_or_else(|| unusable("a repository; write OWNER/NAME"))?;
        let (owner, name) = owner_and_name;
        let segments = || ["repos", owner, name].into_iter().chain(tail.iter().copied());
        if segments().any(|segment| matches!(segment, "" | "." | "..")) {
            return Err(unusable("a repository with a usable path"));
        }
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| unusable("reachable below this api_url"))?
            .pop_if_empty()
            .extend(segments());
        if query.is_empty() {
            url.set_query(None);
        } else {
            url.query_pairs_mut().clear().extend_pairs(query);
        }
        Ok(Self(url))
    }

    /// `BASE/user`.
    pub(super) fn of_user(base: &Url) -> Result<Self, Fault> {
        Self::below(base, "user")
    }

    /// `BASE/rate_limit`.
    pub(super) fn of_rate_limit(base: &Url) -> Result<Self, Fault> {
        Self::below(base, "rate_limit")
    }

    fn below(base: &Url, segment: &str) -> Result<Self, Fault> {
        let mut url = base.clone();
        let unusable = || Fault::new(FaultKind::Setup, "nothing is reachable below this api_url");
        url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().push(segment);
        Ok(Self(url))
    }

    /// The whole address.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address for the HTTP stack.
    pub(super) fn uri(&self) -> Result<Uri, Fault> {
        self.as_str().parse().map_err(|_| {
            Fault::new(FaultKind::Setup, format!("`{}` cannot be asked for", self.0.path()))
        })
    }

    /// Where a redirect leads.
    pub(super) fn location(&self, headers: &HeaderMap) -> Option<Url> {
        self.0.join(headers.get(header::LOCATION)?.to_str().ok()?).ok()
    }

    /// The next page that an answer names. Its path and query alone count: behind a proxy the server's
    /// own idea of its address differs from ours, and nothing may send us (or the token) elsewhere.
    pub(super) fn next(&self, headers: &HeaderMap) -> Option<Self> {
        let target = headers
            .get_all(header::LINK)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(next_of)?;
        let named = self.0.join(target).ok()?;
        let mut url = self.0.clone();
        url.set_path(named.path());
        url.set_query(named.query());
        Some(Self(url))
    }
}

/// The target of `rel="next"` in one `Link` header.
fn next_of(link: &str) -> Option<&str> {
    let mut rest = link;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let parameters = after.split_once('<').map_or(after, |(before, _)| before);
        let is_next = parameters.split([';', ',']).any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("rel")
                    && value
                        .trim()
                        .trim_matches('"')
                        .split(' ')
                        .any(|rel| rel.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            return Some(target);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(base: &str, repo: &str, tail: &[&str]) -> Result<Route, Fault> {
        Route::new(&Url::parse(base).unwrap(), repo, tail, &[("per_page", "30")])
    }

    #[test]
    fn segments_are_encoded_below_the_base() {
        let tail = ["actions", "workflows", "my file/%2e.yml", "runs"];
        let found = route("https://ghe.example/api/v3/", "acme/check?out", &tail).unwrap();
        assert_eq!(
            found.as_str(),
            "https://ghe.example/api/v3/repos/acme/check%3Fout/actions/workflows/my%20file%2F%252e.yml/runs?per_page=30"
        );
        assert!(found.uri().is_ok());
    }

    #[test]
    fn what_is_no_repository_is_refused() {
        for repo in ["", "acme", "acme/", "/x", "a/b/c", "../x", "a/.."] {
            assert!(route("https://h", repo, &["tags"]).is_err(), "{repo}");
        }
        assert!(route("https://h", "a/b", &[".."]).is_err());
    }

    #[test]
    fn the_next_page_keeps_our_origin() {
        let here = route("https://ours.example/api/v3", "a/b", &["tags"]).unwrap();
        for (link, expected) in [
            (
                r#"<https://evil.example/api/v3/x?page=2&y=1>; rel="next", <https://e/z>; rel="last""#,
                Some("https://ours.example/api/v3/x?page=2&y=1"),
            ),
            (
                r#"<https://e/z>; rel="prev", </api/v3/w?page=3>;title="a,b"; rel=next"#,
                Some("https://ours.example/api/v3/w?page=3"),
            ),
            (r#"<https://e/z>; rel="last""#, None),
            ("<unfinished", None),
            ("garbage; rel=next", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::LINK, link.parse().unwrap());
            assert_eq!(here.next(&headers).as_ref().map(Route::as_str), expected, "{link}");
        }
    }
}
