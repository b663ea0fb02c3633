//! Authorised requests to one configured API.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::config::HttpConfig;
use crate::model::{Fault, FaultKind};

use super::{build, builder, check_url, fault, is_loopback, read_capped, status_fault};

/// One configured API. Holds the way there; its secrets are read when a [`Session`] begins.
#[derive(Debug)]
pub struct Http {
    what: String,
    config: HttpConfig,
    session: Option<Session>,
}

impl Http {
    /// An API by its source's name (`prometheus.main`); contacts and reads nothing yet.
    #[must_use]
    pub fn new(what: impl Into<String>, config: HttpConfig) -> Self {
        Self { what: what.into(), config, session: None }
    }

    /// The present session, or a new one with freshly read secrets and certificates.
    ///
    /// # Errors
    /// [`FaultKind::Setup`] for an address, a file or a secret that cannot be used.
    pub async fn session(&mut self) -> Result<Session, Fault> {
        if let Some(session) = &self.session {
            return Ok(session.clone());
        }
        let session = Session::open(&self.what, &self.config).await?;
        Ok(self.session.insert(session).clone())
    }

    /// Ends the session when a fault may be cured by reading secrets and certificates again.
    pub fn settle(&mut self, fault: &Fault) {
        use FaultKind::{Forbidden, Setup, Tls, Unauthorized};
        if matches!(fault.kind, Unauthorized | Forbidden | Tls | Setup) {
            self.session = None;
        }
    }
}

/// A client with its credentials. Cheap to clone; its Debug shows none of them.
#[derive(Debug, Clone)]
pub struct Session {
    what: String,
    base: Url,
    client: Client,
}

/// A whole answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
}

impl Session {
    async fn open(what: &str, config: &HttpConfig) -> Result<Self, Fault> {
        let named = |fault: Fault| Fault { text: format!("{what}: {}", fault.text), ..fault };
        check_url(&config.url).map_err(named)?;
        let cert = config.client_cert.as_ref();
        let client = builder(
            config.ca_file.as_deref(),
            cert.map(|(cert, key)| (cert.as_path(), key.as_path())),
            // A proxy has no business with this machine's own ports.
            config.no_proxy || is_loopback(&config.url),
            config.timeout,
        )
        .map_err(named)?
        .default_headers(headers(config).await.map_err(named)?);
        Ok(Self { what: what.to_owned(), base: config.url.clone(), client: build(client, what)? })
    }

    /// The source's name, for sentences.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Asks `path` (as `api/v1/query`) below the configured prefix; the body may have `cap` bytes.
    ///
    /// # Errors
    /// A transport [`Fault`]; an error status is an answer, see [`Answer::ok`].
    pub async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        cap: usize,
    ) -> Result<Answer, Fault> {
        self.send(self.client.get(self.url(path)).query(query), cap).await
    }

    /// Asks with a form, for queries too long for an address.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post_form(
        &self,
        path: &str,
        form: &[(&str, &str)],
        cap: usize,
    ) -> Result<Answer, Fault> {
        self.send(self.client.post(self.url(path)).form(form), cap).await
    }

    /// The configured address with `path` appended. Never `Url::join`: it would drop the prefix.
    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }

    async fn send(&self, request: RequestBuilder, cap: usize) -> Result<Answer, Fault> {
        exchange(request, cap, &self.what).await
    }
}

/// Sends a request once and reads its answer up to `cap` bytes; an error status is an answer. `what` names who
/// is asked in faults.
///
/// # Errors
/// No answer, or one of a success that is too large or breaks off.
pub async fn exchange(request: RequestBuilder, cap: usize, what: &str) -> Result<Answer, Fault> {
    let response = request.send().await.map_err(|error| fault(&error, what))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = match read_capped(response, cap, what).await {
        Ok(body) => body,
        // The status says more than the body's trouble.
        Err(_) if !status.is_success() => Bytes::new(),
        Err(fault) => return Err(fault),
    };
    Ok(Answer { status, headers, body })
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// What the status says, see [`status_fault`].
    pub fn ok(self, what: &str) -> Result<Bytes, Fault> {
        if self.status.is_success() { Ok(self.body) } else { Err(self.fault(what)) }
    }

    /// What an error status says; `Retry-After` counts from now.
    #[must_use]
    pub fn fault(&self, what: &str) -> Fault {
        status_fault(self.status, &self.headers, &self.body, what, chrono::Utc::now())
    }
}

async fn headers(config: &HttpConfig) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    for (name, value) in &config.headers {
        let pair = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
        let Some((key, mut value)) = pair else {
            let text = format!(
                "the header `{}` cannot be sent; check its name and value",
                name.escape_debug()
            );
            return Err(Fault::new(FaultKind::Setup, text));
        };
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    if let Some((user, password)) = &config.basic {
        let password = password.read().await?;
        let pair = format!("{user}:{}", password.expose_secret());
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair);
        headers.insert(header::AUTHORIZATION, credential("Basic", &encoded.into())?);
    }
    if let Some(token) = &config.bearer {
        headers.insert(header::AUTHORIZATION, credential("Bearer", &token.read().await?)?);
    }
    Ok(headers)
}

fn credential(scheme: &str, secret: &SecretString) -> Result<HeaderValue, Fault> {
    let mut value =
        HeaderValue::try_from(format!("{scheme} {}", secret.expose_secret())).map_err(|_| {
            Fault::new(FaultKind::Setup, "the credential has characters that no header can carry")
        })?;
    value.set_sensitive(true);
    Ok(value)
}
