//! Which addresses may be contacted, and how one is named without what it may hide.

use url::Url;

use crate::config::is_loopback_url;
use crate::model::{Fault, FaultKind};

/// Whether an address may be contacted: HTTPS, or HTTP on loopback; never with credentials in it.
///
/// # Errors
/// [`FaultKind::Setup`] that says what to write instead.
pub fn check_url(url: &Url) -> Result<(), Fault> {
    let refuse = |why: &str| Err(Fault::new(FaultKind::Setup, format!("{}: {why}", place(url))));
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("credentials do not belong in an address; configure basic or bearer");
    }
    match url.scheme() {
        _ if url.host().is_none() => refuse("the address names no host"),
        "https" => Ok(()),
        "http" if is_loopback_url(url) => Ok(()),
        "http" => refuse("plain http is for loopback only; use https"),
        _ => refuse("the address is neither https nor http"),
    }
}

/// Scheme, host and port: all of an address that is safe to show.
#[must_use]
pub fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or("");
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_leaves_the_machine() {
        for good in [
            "https://prometheus.example/p",
            "http://127.0.0.1:9090",
            "http://127.8.9.1",
            "http://[::1]:9090/x",
            "http://localhost:1",
        ] {
            assert_eq!(check_url(&good.parse().unwrap()), Ok(()), "{good}");
        }
        for bad in [
            "http://prometheus.example",
            "http://localhost.example",
            "http://10.0.0.1:9090",
            "ftp://127.0.0.1/",
            "data:text/plain,x",
            "https://ana:hunter2@prometheus.example/?token=abc",
        ] {
            let fault = check_url(&bad.parse().unwrap()).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Setup, "{bad}");
            assert!(!fault.text.contains("hunter2") && !fault.text.contains("abc"), "{fault}");
        }
    }
}
