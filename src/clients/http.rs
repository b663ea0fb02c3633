//! The one HTTP stack: reqwest on rustls with ring.

use std::path::Path;
use std::time::Duration;

use url::Url;

use crate::model::{Fault, FaultKind};

/// A client builder with our deadlines and redirect rules.
pub fn builder(
    _ca_file: Option<&Path>,
    _client_cert: Option<(&Path, &Path)>,
    no_proxy: bool,
    timeout: Duration,
) -> Result<reqwest::ClientBuilder, Fault> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder =
        reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::custom(|attempt| {
                let same = attempt
                    .previous()
                    .first()
                    .is_some_and(|first| first.origin() == attempt.url().origin());
                if same && attempt.previous().len() <= 3 {
                    attempt.follow()
                } else {
                    attempt.error("it redirects to another origin")
                }
            }));
    Ok(if no_proxy {
        builder.no_proxy()
    } else {
        builder
    })
}

/// The words for what went wrong with a request.
pub fn fault(error: &reqwest::Error, what: &str) -> Fault {
    if error.is_timeout() {
        Fault::new(
            FaultKind::Timeout,
            format!("{what}: it did not answer in time"),
        )
    } else if error.is_redirect() {
        Fault::new(
            FaultKind::Upstream,
            format!("{what}: it redirects to another origin"),
        )
    } else {
        Fault::new(
            FaultKind::Unreachable,
            format!("{what}: it cannot be reached, or closed the connection"),
        )
    }
}

/// Refuses what must not be contacted.
pub fn check_url(url: &Url) -> Result<(), Fault> {
    if url.host().is_some() {
        Ok(())
    } else {
        Err(Fault::new(FaultKind::Setup, "an address without a host"))
    }
}
