//! One HTTP probe: transport, then status, then body; the worse wins and both are shown.

use std::path::Path;
use std::time::Duration;

use http::header;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Response, StatusCode};
use tokio::time::Instant;
use url::Url;

use crate::clients::http::{build, builder, check_url, explain, is_loopback, read_head, short};
use crate::model::{Fault, FaultKind, HealthState, Probe, ProbeFault, Time};

use super::body::{Rules, Said, read};
use super::{failed, silent};

/// Bytes of a body that are read.
const CAP: usize = 64 * 1024;

/// A client that connects anew for each probe: a kept connection proves nothing about the next caller's.
pub(super) fn client(
    url: &Url,
    ca_file: Option<&Path>,
    no_proxy: bool,
    limit: Duration,
    what: &str,
) -> Result<Client, Fault> {
    let named = |fault: Fault| Fault { text: format!("{what}: {}", fault.text), ..fault };
    check_url(url).map_err(named)?;
    let no_proxy = no_proxy || is_loopback(url);
    let builder = builder(ca_file, None, no_proxy, limit).map_err(named)?;
    build(builder.tls_info(true).pool_max_idle_per_host(0), what)
}

/// Asks once. Whatever happens is the answer.
pub(super) async fn probe(client: &Client, url: &Url, rules: Rules<'_>, now: Time) -> Probe {
    let begin = Instant::now();
    let request = client.get(url.clone()).header(header::CACHE_CONTROL, "no-cache");
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => {
            let (kind, text) = explain(&error);
            let fault = if error.is_dns() { ProbeFault::Dns } else { fault_of(kind) };
            return failed(begin.elapsed(), fault, text);
        }
    };
    let status = response.status();
    let cert_days = cert_days(&response, now);
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or("").to_owned();
    let probe = match read_head(response, CAP, "the health endpoint").await {
        Ok((body, whole)) => judge(begin.elapsed(), status, read(&kind, &body, whole, rules)),
        Err(fault) => failed(begin.elapsed(), fault_of(fault.kind), fault.text),
    };
    Probe { code: Some(status.as_u16()), cert_days, ..probe }
}

fn judge(latency: Duration, status: StatusCode, said: Said) -> Probe {
    let by_status = if status.is_success() { HealthState::Healthy } else { HealthState::Unhealthy };
    let by_body = said.state.unwrap_or(HealthState::Healthy);
    let mut sentences = Vec::new();
    if !status.is_success() {
        sentences.push(format!("answered {}", status.as_u16()));
    }
    match &said.word {
        Some(word) if by_body == HealthState::Healthy && !status.is_success() => {
            sentences.push(format!("yet says \"{word}\""));
        }
        Some(word) if by_body != HealthState::Healthy => sentences.push(format!("says \"{word}\"")),
        _ => {}
    }
    sentences.extend(said.notes);
    let by_body_alone = said.broken || by_body == HealthState::Unhealthy;
    let fault = if status.is_success() {
        by_body_alone.then_some(ProbeFault::Body)
    } else {
        Some(ProbeFault::Status)
    };
    Probe {
        state: by_status.max(by_body),
        fault,
        detail: (!sentences.is_empty()).then(|| short(&sentences.join("; "))),
        revision: said.revision,
        components: said.components,
        error_rate: said.error_rate,
        uptime_s: said.uptime_s,
        ..silent(latency)
    }
}

fn fault_of(kind: FaultKind) -> ProbeFault {
    match kind {
        FaultKind::Timeout => ProbeFault::Timeout,
        FaultKind::Tls => ProbeFault::Tls,
        FaultKind::Garbage => ProbeFault::Body,
        FaultKind::Upstream => ProbeFault::Status,
        _ => ProbeFault::Connect,
    }
}

/// Whole days until the server's own certificate ends.
fn cert_days(response: &Response, now: Time) -> Option<i64> {
    let der = response.extensions().get::<TlsInfo>()?.peer_certificate()?;
    days_left(der, now)
}

fn days_left(der: &[u8], now: Time) -> Option<i64> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let end = certificate.validity().not_after.timestamp();
    Some((end - now.timestamp()).div_euclid(86_400))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    /// A self-signed certificate for `localhost` that ends on 2026-03-01 at noon.
    const CERTIFICATE: &str = "MIIBEDCBtgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwHhcNMjUxMjAxMTIwMDAwWhcNMjYwMzAxMTIwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASO556NjAzJD4KI/JE1vAK2z0YE0xTZPbTPhQPRXEJqwKHVWU05Raln44ud+8S2nQ2/QxQQtFSNmhaT48pTSe2jMAoGCCqGSM49BAMCA0kAMEYCIQDzMZH+SWW6xnV0QC1f5qOMiwcOyUBX5J7SODdYYoq1MAIhAL7j6fCQjpZSO7G1BEYteOqJNwebxAPr3wb7sWUekpPm";

    #[test]
    fn days_left_are_whole_and_go_below_zero() {
        let der = base64::engine::general_purpose::STANDARD.decode(CERTIFICATE).unwrap();
        let left = |now: &str| days_left(&der, now.parse().unwrap());
        assert_eq!(left("2026-02-01T12:00:00Z"), Some(28));
        assert_eq!(left("2026-02-28T12:00:01Z"), Some(0));
        assert_eq!(left("2026-03-01T12:00:01Z"), Some(-1));
        assert_eq!(days_left(b"nonsense", "2026-03-01T12:00:01Z".parse().unwrap()), None);
    }
}
