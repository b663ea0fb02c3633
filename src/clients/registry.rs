//! A registry of images, asked what a tag stands for. Source: OCI Distribution Specification v1.1, "Checking
//! if content exists in the registry", and the token protocol that its registries share.
//!
//! Owns the questions, the token and how long none may be asked; must not know why somebody wants to know. Its
//! user and password go to the registry's own origin and to the one that is configured, and nowhere else.

mod challenge;
mod check;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use url::Url;

use crate::clients::http::{
    Answer, build, builder, check_url, exchange, is_loopback, place, status_fault,
};
use crate::config::RegistryConfig;
use crate::model::image::is_digest;
use crate::model::{Fault, FaultKind, Time};

use challenge::Challenge;
pub use check::Access;

/// What an image may be: of one platform or of several, in the words of OCI and of Docker.
const KINDS: &str = "application/vnd.oci.image.index.v1+json, \
                     application/vnd.oci.image.manifest.v1+json, \
                     application/vnd.docker.distribution.manifest.list.v2+json, \
                     application/vnd.docker.distribution.manifest.v2+json";

/// The header that names what an answer is the content of.
const DIGEST: &str = "docker-content-digest";

/// The header by which a registry says that it is one.
const VERSION: &str = "docker-distribution-api-version";

/// The largest manifest that registries take, in bytes.
const MANIFEST: usize = 4 * 1024 * 1024;

/// The largest answer with a token.
const TOKEN: usize = 256 * 1024;

/// One registry.
#[derive(Debug)]
pub struct RegistryClient {
    /// `registry.ghcr.io`, for sentences.
    what: String,
    config: RegistryConfig,
    /// One question at a time.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    client: Option<Client>,
    /// By repository.
    tokens: BTreeMap<String, SecretString>,
    /// It asked for silence until then.
    silent: Option<Fault>,
}

impl RegistryClient {
    /// By the name of who is asked (`registry.ghcr.io`); contacts and reads nothing yet.
    #[must_use]
    pub fn new(what: impl Into<String>, config: RegistryConfig) -> Self {
        Self { what: what.into(), config, state: Mutex::default() }
    }

    /// The digest of what a tag or digest of a repository stands for; none: there is no such image.
    ///
    /// # Errors
    /// What kept it from being told.
    pub async fn digest(
        &self,
        name: &str,
        reference: &str,
        now: Time,
    ) -> Result<Option<String>, Fault> {
        let mut state = self.state.lock().await;
        let told = state.silent.clone().filter(|fault| fault.retry_at.is_some_and(|at| at > now));
        if let Some(silent) = told {
            return Err(silent);
        }
        let digest = self.ask(&mut state, name, reference, now).await;
        state.silent = digest.as_ref().err().filter(|fault| fault.retry_at.is_some()).cloned();
        let digest = digest?;
        if is_digest(reference) && digest.as_deref().is_some_and(|digest| digest != reference) {
            return Err(self.odd("answered with another image than it was asked for"));
        }
        Ok(digest)
    }

    async fn ask(
        &self,
        state: &mut State,
        name: &str,
        reference: &str,
        now: Time,
    ) -> Result<Option<String>, Fault> {
        let url = self.url(&format!("v2/{name}/manifests/{reference}"));
        let head = self.manifest(state, Method::HEAD, (&url, name), now).await?;
        if head.status == StatusCode::OK
            && let Some(digest) = text(&head.headers, DIGEST)
        {
            return is_digest(digest)
                .then(|| Some(digest.to_owned()))
                .ok_or_else(|| self.odd("told a digest that is none"));
        }
        // the header is nobody's duty, and a question without an answer's body does not say what is missing
        let whole = self.manifest(state, Method::GET, (&url, name), now).await?;
        match whole.status {
            StatusCode::OK => Ok(Some(format!("sha256:{:x}", Sha256::digest(&whole.body)))),
            _ if is_a_registrys(&whole) => Ok(None),
            _ => Err(self.foreign(whole.status.as_u16())),
        }
    }

    /// A manifest that is there or is not. Gets the token that it is asked for, once.
    async fn manifest(
        &self,
        state: &mut State,
        method: Method,
        (url, name): (&Url, &str),
        now: Time,
    ) -> Result<Answer, Fault> {
        let client = self.client(state)?;
        let ask = |token: Option<&SecretString>| {
            let request = client.request(method.clone(), url.clone()).header(header::ACCEPT, KINDS);
            match token {
                Some(token) => Ok(request.header(header::AUTHORIZATION, self.bearer(token)?)),
                None => Ok(request),
            }
        };
        let mut answer = self.send(ask(state.tokens.get(name))?, MANIFEST).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            state.tokens.remove(name);
            answer = match Challenge::of(&answer.headers) {
                Some(Challenge::Bearer { realm, service }) => {
                    let token = self.token(&client, (&realm, service), Some(name), now).await?;
                    let answer = self.send(ask(Some(&token))?, MANIFEST).await?;
                    state.tokens.insert(name.to_owned(), token);
                    answer
                }
                Some(Challenge::Basic) => {
                    self.send(self.with_basic(ask(None)?).await?, MANIFEST).await?
                }
                None => answer,
            };
        }
        match answer.status {
            StatusCode::OK | StatusCode::NOT_FOUND => Ok(answer),
            _ => Err(status_fault(answer.status, &answer.headers, &answer.body, &self.what, now)),
        }
    }

    /// A token that reads one repository, or nothing: no more is asked for, whatever the registry names.
    async fn token(
        &self,
        client: &Client,
        (realm, service): (&str, Option<String>),
        name: Option<&str>,
        now: Time,
    ) -> Result<SecretString, Fault> {
        let realm = Url::parse(realm).map_err(|_| self.odd("names no place to get a token"))?;
        let named =
            |fault: Fault| Fault { text: format!("{}: {}", self.what, fault.text), ..fault };
        check_url(&realm).map_err(named)?;
        if is_loopback(&realm) && !is_loopback(&self.config.http.url) {
            return Err(self.odd("sends us to this machine for a token"));
        }
        let scope = name.map(|name| ("scope", format!("repository:{name}:pull")));
        let service = service.map(|service| ("service", service));
        let query: Vec<_> = service.into_iter().chain(scope).collect();
        let mut request = client.get(realm.clone()).query(&query);
        if self.config.http.basic.is_some() {
            let known = [Some(&self.config.http.url), self.config.auth.as_ref()];
            if !known.into_iter().flatten().any(|own| own.origin() == realm.origin()) {
                let at = place(&realm);
                let text = format!(
                    "{} wants its password told to {at}; where that is right, write auth = \"{at}\"",
                    self.what
                );
                return Err(Fault::new(FaultKind::Setup, text));
            }
            request = self.with_basic(request).await?;
        }
        let answer = self.send(request, TOKEN).await?;
        if answer.status != StatusCode::OK {
            return Err(status_fault(
                answer.status,
                &answer.headers,
                &answer.body,
                &format!("{}, asked for a token,", self.what),
                now,
            ));
        }
        let given: Option<Given> = serde_json::from_slice(&answer.body).ok();
        let token = given.and_then(|given| given.token.or(given.access_token));
        let token = token.filter(|token| !token.is_empty());
        token.map(SecretString::from).ok_or_else(|| self.odd("gave out no token"))
    }

    async fn with_basic(&self, request: RequestBuilder) -> Result<RequestBuilder, Fault> {
        let Some((user, password)) = &self.config.http.basic else { return Ok(request) };
        let password = password.read().await?;
        Ok(request.basic_auth(user, Some(password.expose_secret())))
    }

    fn bearer(&self, token: &SecretString) -> Result<HeaderValue, Fault> {
        let value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
        let mut value = value.map_err(|_| self.odd("gave out a token that no header can carry"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn client(&self, state: &mut State) -> Result<Client, Fault> {
        if let Some(client) = &state.client {
            return Ok(client.clone());
        }
        let http = &self.config.http;
        let named =
            |fault: Fault| Fault { text: format!("{}: {}", self.what, fault.text), ..fault };
        check_url(&http.url).map_err(named)?;
        let no_proxy = http.no_proxy || is_loopback(&http.url);
        let builder =
            builder(http.ca_file.as_deref(), None, no_proxy, http.timeout).map_err(named)?;
        Ok(state.client.insert(build(builder, &self.what)?).clone())
    }

    async fn send(&self, request: RequestBuilder, cap: usize) -> Result<Answer, Fault> {
        exchange(request, cap, &self.what).await
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.config.http.url.clone();
        url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        url
    }

    fn odd(&self, what: &str) -> Fault {
        Fault::new(FaultKind::Garbage, format!("{} {what}", self.what))
    }
}

/// Whether an answer says, in a registry's way, what is missing.
fn is_a_registrys(answer: &Answer) -> bool {
    let mut unknown = codes(answer).filter(|code| code.ends_with("UNKNOWN") || code == "NOT_FOUND");
    unknown.next().is_some() || answer.body.is_empty() && text(&answer.headers, VERSION).is_some()
}

/// What an answer says in the words of registries.
fn codes(answer: &Answer) -> impl Iterator<Item = String> {
    let said: Option<Said> = serde_json::from_slice(&answer.body).ok();
    said.into_iter().flat_map(|said| said.errors).filter_map(|error| error.code)
}

#[derive(Deserialize)]
struct Given {
    token: Option<String>,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    errors: Vec<Coded>,
}

#[derive(Deserialize)]
struct Coded {
    code: Option<String>,
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
