//! What went wrong before there was an answer, told apart and put into words.

use std::error::Error;
use std::io;

use rustls::CertificateError as Cert;

use crate::model::{Fault, FaultKind};

use super::address::place;

/// Translates a transport failure. `what` names the source, as in `prometheus.main`; the text names scheme,
/// host and port at most, never a path, a query or a credential.
#[must_use]
pub fn fault(error: &reqwest::Error, what: &str) -> Fault {
    let (kind, text) = explain(error);
    Fault::new(kind, format!("{what}: {text}"))
}

/// [`fault`] without a name in front: the kind and the sentence.
#[must_use]
pub fn explain(error: &reqwest::Error) -> (FaultKind, String) {
    let at = error.url().map_or_else(|| "the server".to_owned(), place);
    describe(error, &at)
}

fn describe(error: &reqwest::Error, at: &str) -> (FaultKind, String) {
    if error.is_timeout() {
        let text = if error.is_connect() {
            format!("no connection to {at} in time")
        } else {
            format!("{at} did not answer in time")
        };
        return (FaultKind::Timeout, text);
    }
    if error.is_dns() {
        let text = format!("the name in {at} does not resolve; check the address");
        return (FaultKind::Unreachable, text);
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return (FaultKind::Tls, format!("{at} {}", tls_words(tls)));
    }
    if error.is_redirect() {
        let why = error.source().map(ToString::to_string).unwrap_or_default();
        let text = format!("{at} was not read: {why}; configure the final address");
        return (FaultKind::Upstream, text);
    }
    if error.is_builder() {
        return (
            FaultKind::Setup,
            "the request cannot be made; check its address and headers".to_owned(),
        );
    }
    if let Some(io) = find::<io::Error>(error) {
        let text = match io.kind() {
            io::ErrorKind::ConnectionRefused => {
                format!("{at} refused the connection; is it running there?")
            }
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                format!("{at} reset the connection")
            }
            kind => format!("no connection to {at}: {kind}"),
        };
        return (FaultKind::Unreachable, text);
    }
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return (FaultKind::Garbage, format!("what {at} answered is not HTTP"));
    }
    if error.is_body() || error.is_decode() {
        return (FaultKind::Garbage, format!("the answer of {at} was cut short"));
    }
    (FaultKind::Unreachable, format!("{at} closed the connection without an answer"))
}

fn tls_words(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(reason) = error else {
        return match error {
            rustls::Error::InvalidMessage(_) => "does not speak TLS on this port".to_owned(),
            rustls::Error::AlertReceived(alert) => format!("refused the TLS handshake ({alert:?})"),
            _ => "failed the TLS handshake".to_owned(),
        };
    };
    let why = match reason {
        Cert::UnknownIssuer => {
            "comes from an authority that is not trusted here; name its file as ca_file"
        }
        Cert::Expired | Cert::ExpiredContext { .. } => "has expired",
        Cert::NotValidYet | Cert::NotValidYetContext { .. } => "is not valid yet; check the clocks",
        Cert::NotValidForName | Cert::NotValidForNameContext { .. } => "is for another name",
        Cert::Revoked => "was revoked",
        _ => "is not valid here; the file of an own authority goes into ca_file",
    };
    format!("has a certificate that {why}")
}

/// Whether any cause of an error answers yes, the ones that `io::Error` hides included.
pub(super) fn in_chain(
    error: &(dyn Error + 'static),
    yes: impl FnMut(&(dyn Error + 'static)) -> bool,
) -> bool {
    causes(error).any(yes)
}

fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // `io::Error::source` skips the error that it wraps.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}
