//! A token and the octocrab client that carries it. Made when first needed, inside the runtime, and made
//! anew for another token. Must not know what is asked for, nor when a token is worth asking for again.

use http::{HeaderName, HeaderValue, Method, header};
use octocrab::Octocrab;
use secrecy::{ExposeSecret, SecretString};

use super::token::{TokenKind, fingerprint};
use crate::clients::http as stack;
use crate::config::HttpConfig;
use crate::model::{Fault, FaultKind};

/// The media type asked for.
pub(super) const ACCEPT: &str = "application/vnd.github+json";

/// The version of the API asked for, which octocrab sends by itself.
pub(super) const VERSION: &str = "2022-11-28";

/// One token's connection.
pub(super) struct Session {
    pub(super) octocrab: Octocrab,
    /// Tells tokens apart without telling them.
    pub(super) fingerprint: u64,
    pub(super) kind: TokenKind,
    token: Option<SecretString>,
}

impl Session {
    /// Reads the token and sets up the client. Contacts nobody.
    pub(super) async fn open(config: &HttpConfig, place: &str) -> Result<Self, Fault> {
        stack::check_url(&config.url)?;
        let token = token(config, place).await?;
        let unusable = |what: String| Fault::new(FaultKind::Setup, format!("{place}: {what}"));
        let client = builder(config)?.build().map_err(|error| stack::fault(&error, "github"))?;

        let mut builder = Octocrab::builder()
            .base_uri(config.url.as_str())
            .map_err(|_| unusable("the api_url cannot be used".to_owned()))?
            .add_header(header::ACCEPT, ACCEPT.to_owned());
        for (name, value) in configured(config, place)? {
            builder = builder.add_header(name, value);
        }
        if let Some(token) = &token {
            builder = builder.personal_token(token.clone());
        }
        let octocrab = builder
            .build_with_reqwest(client)
            .map_err(|_| unusable("the client cannot be set up".to_owned()))?;
        let (fingerprint, kind) = (fingerprint(token.as_ref()), TokenKind::of(token.as_ref()));
        Ok(Self { octocrab, fingerprint, kind, token })
    }

    /// A request that follows no redirect, for what is kept elsewhere and for what changes something.
    pub(super) fn unredirected(
        &self,
        config: &HttpConfig,
        place: &str,
        (method, url): (Method, &str),
    ) -> Result<reqwest::RequestBuilder, Fault> {
        let client = builder(config)?.redirect(reqwest::redirect::Policy::none());
        let mut request = stack::build(client, "github")?
            .request(method, url)
            .header(header::ACCEPT, ACCEPT)
            .header("x-github-api-version", VERSION);
        for (name, value) in configured(config, place)? {
            request = request.header(name, value);
        }
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        })
    }
}

/// A client that repeats nothing by itself.
fn builder(config: &HttpConfig) -> Result<reqwest::ClientBuilder, Fault> {
    let cert = config.client_cert.as_ref().map(|(cert, key)| (cert.as_path(), key.as_path()));
    let client = stack::builder(config.ca_file.as_deref(), cert, config.no_proxy, config.timeout)?;
    Ok(client.retry(reqwest::retry::never()))
}

/// The token. One that no header can hold is refused: octocrab would panic.
async fn token(config: &HttpConfig, place: &str) -> Result<Option<SecretString>, Fault> {
    let Some(secret) = &config.bearer else { return Ok(None) };
    let token = secret.read().await?;
    let text = token.expose_secret();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
        let origin = super::refusal::origin(config.bearer.as_ref());
        let text = format!("{place}: {origin} is empty or holds characters that no token has");
        return Err(Fault::new(FaultKind::Setup, text));
    }
    Ok(Some(token))
}

/// The headers that the configuration adds.
fn configured(config: &HttpConfig, place: &str) -> Result<Vec<(HeaderName, String)>, Fault> {
    let headers = config.headers.iter().map(|(name, value)| {
        let parsed = HeaderName::from_bytes(name.as_bytes());
        let (Ok(parsed), Ok(_)) = (parsed, HeaderValue::from_str(value)) else {
            let name = name.escape_debug();
            let text = format!("{place}: the configured header `{name}` cannot be sent");
            return Err(Fault::new(FaultKind::Setup, text));
        };
        Ok((parsed, value.clone()))
    });
    headers.collect()
}
