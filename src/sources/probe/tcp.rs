//! A port that accepts a connection. Proves only that something listens.

use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::model::{Probe, ProbeFault};

use super::{failed, silent};

/// Connects to `host:port` once, within `limit`.
pub(super) async fn probe(address: &str, limit: Duration) -> Probe {
    let begin = Instant::now();
    let deadline = begin + limit;
    let fail = |fault, detail| failed(begin.elapsed(), fault, detail);
    let late = || {
        let detail = format!("no connection to {address} within {} ms", limit.as_millis());
        fail(ProbeFault::Timeout, detail)
    };
    let hosts: Vec<_> = match timeout_at(deadline, lookup_host(address)).await {
        Err(_) => return late(),
        Ok(Err(_)) => {
            return fail(ProbeFault::Dns, format!("the name in {address} does not resolve"));
        }
        Ok(Ok(hosts)) => hosts.collect(),
    };
    match timeout_at(deadline, TcpStream::connect(&hosts[..])).await {
        Err(_) => late(),
        Ok(Err(error)) => {
            fail(ProbeFault::Connect, format!("no connection to {address}: {}", error.kind()))
        }
        Ok(Ok(_)) => silent(begin.elapsed()),
    }
}
