//! What stays on this machine: 127.0.0.0/8, `::1`, `localhost`. One rule for whoever asks.

use std::net::IpAddr;

use url::{Host, Url};

/// Whether a URL stays on this machine.
#[must_use]
pub fn is_loopback_url(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => is_loopback(IpAddr::V6(address)),
        None => false,
    }
}

/// Whether a host, by its name or address without brackets, is this machine.
pub(super) fn is_loopback_host(host: &str) -> bool {
    is_localhost(host) || host.parse().is_ok_and(is_loopback)
}

fn is_localhost(name: &str) -> bool {
    name.trim_end_matches('.').eq_ignore_ascii_case("localhost")
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
