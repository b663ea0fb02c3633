//! The one HTTP stack: reqwest on rustls with ring. Owns deadlines, redirects, trust, size caps, what is
//! sent for an [`crate::config::HttpConfig`], and the words for what goes wrong; must not know what an
//! answer means.

mod address;
mod body;
mod failure;
mod session;
mod status;
#[cfg(test)]
pub mod testing;

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Certificate, Client, ClientBuilder, Identity};

use crate::model::{Fault, FaultKind};

pub use crate::config::is_loopback_url as is_loopback;
pub use address::{check_url, place};
pub use body::{read_capped, read_head};
use failure::in_chain;
pub use failure::{explain, fault};
pub use session::{Answer, Http, Session, exchange};
pub use status::{short, status_fault};

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Redirects followed within one origin.
const REDIRECTS: usize = 3;

/// Who we say we are.
const USER_AGENT: &str = concat!("flightdeck/", env!("CARGO_PKG_VERSION"));

/// A client with our deadlines, trust and redirect rules; `timeout` limits a whole request.
///
/// `ca_file` (PEM) is trusted besides the system's authorities; `client_cert` is a certificate and its key
/// (PEM); `no_proxy` ignores the proxies of the environment.
///
/// # Errors
/// [`FaultKind::Setup`] naming the file that cannot be read or holds no PEM.
pub fn builder(
    ca_file: Option<&Path>,
    client_cert: Option<(&Path, &Path)>,
    no_proxy: bool,
    timeout: Duration,
) -> Result<ClientBuilder, Fault> {
    install_provider();
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT.min(timeout))
        .read_timeout(timeout)
        .timeout(timeout)
        .referer(false)
        .redirect(Policy::custom(same_origin));
    if no_proxy {
        builder = builder.no_proxy();
    }
    if let Some(path) = ca_file {
        builder = builder.tls_certs_merge(authorities(path)?);
    }
    if let Some((cert, key)) = client_cert {
        builder = builder.identity(identity(cert, key)?);
    }
    Ok(builder)
}

/// Builds what [`builder`] began.
///
/// # Errors
/// [`FaultKind::Setup`], with a hint when the machine has no certificate authorities at all.
pub fn build(builder: ClientBuilder, what: &str) -> Result<Client, Fault> {
    builder.build().map_err(|error| {
        let hint = if in_chain(&error, |cause| cause.to_string().contains("No CA certificates")) {
            "this machine has no certificate authorities; install ca-certificates or set SSL_CERT_FILE"
        } else {
            "its HTTP client cannot be set up; check ca_file and client_cert"
        };
        Fault::new(FaultKind::Setup, format!("{what}: {hint}"))
    })
}

/// reqwest panics without a provider, and only the first installation counts.
fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that another part of the process was first, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}

fn same_origin(attempt: Attempt<'_>) -> Action {
    let same =
        attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if !same {
        let to = place(attempt.url());
        attempt.error(format!("it redirects to another origin, {to}"))
    } else if attempt.previous().len() > REDIRECTS {
        attempt.error("it redirects too often")
    } else {
        attempt.follow()
    }
}

fn authorities(path: &Path) -> Result<Vec<Certificate>, Fault> {
    let found = Certificate::from_pem_bundle(&read_file(path)?).unwrap_or_default();
    if found.is_empty() { Err(unusable(path, "holds no PEM certificate")) } else { Ok(found) }
}

fn identity(cert: &Path, key: &Path) -> Result<Identity, Fault> {
    let mut pem = read_file(cert)?;
    if Certificate::from_pem_bundle(&pem).unwrap_or_default().is_empty() {
        return Err(unusable(cert, "holds no PEM certificate"));
    }
    pem.push(b'\n');
    pem.extend(read_file(key)?);
    Identity::from_pem(&pem).map_err(|_| unusable(key, "holds no PEM private key"))
}

fn read_file(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path)
        .map_err(|error| unusable(path, &format!("cannot be read: {}", error.kind())))
}

fn unusable(path: &Path, why: &str) -> Fault {
    Fault::new(FaultKind::Setup, format!("{} {why}", path.display()))
}

#[cfg(test)]
mod tests;
