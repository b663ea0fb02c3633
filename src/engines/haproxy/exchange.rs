//! One exchange: connect, write one line, read to the end. Owns the deadline, the size cap and the one
//! distinction that acting needs: whether a byte may have left. Must not know what an answer means.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::HaproxyAddress;
use crate::model::{Fault, FaultKind};

/// Bytes of one answer.
const ANSWER_MAX: u64 = 1024 * 1024;

/// How an exchange failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ExchangeError {
    /// Nothing was written: HAProxy cannot have seen it.
    Unsent(Fault),
    /// A byte may have left, and no whole answer came back.
    Sent(Fault),
}

impl ExchangeError {
    /// The fault alone, for a reading: there it does not matter how far it got.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Unsent(fault) | Self::Sent(fault) => fault,
        }
    }
}

/// Sends one line, once, and returns the whole answer.
pub(super) async fn exchange(
    address: &HaproxyAddress,
    line: &str,
    limit: Duration,
) -> Result<String, ExchangeError> {
    if line.contains(['\n', '\r']) {
        return Err(ExchangeError::Unsent(Fault::new(
            FaultKind::Setup,
            "a haproxy command cannot span lines",
        )));
    }
    let mut written = 0;
    match timeout(limit, talk(address, line, &mut written)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(fault)) => Err(placed(written, fault)),
        Err(_) => {
            let doing = if written == 0 {
                "could not be reached"
            } else {
                "did not answer"
            };
            Err(placed(
                written,
                Fault::new(
                    FaultKind::Timeout,
                    format!("haproxy at {address} {doing} within {limit:?}"),
                ),
            ))
        }
    }
}

fn placed(written: usize, fault: Fault) -> ExchangeError {
    if written == 0 {
        ExchangeError::Unsent(fault)
    } else {
        ExchangeError::Sent(fault)
    }
}

async fn talk(address: &HaproxyAddress, line: &str, written: &mut usize) -> Result<String, Fault> {
    let connecting = |error: io::Error| connect_fault(address, &error);
    match address {
        HaproxyAddress::Tcp(host) => {
            let stream = TcpStream::connect(host).await.map_err(connecting)?;
            over(stream, address, line, written).await
        }
        #[cfg(unix)]
        HaproxyAddress::Unix(path) => {
            let stream = tokio::net::UnixStream::connect(path)
                .await
                .map_err(connecting)?;
            over(stream, address, line, written).await
        }
        #[cfg(not(unix))]
        HaproxyAddress::Unix(_) => Err(Fault::new(
            FaultKind::Setup,
            format!("{address} needs a system with unix sockets; use tcp:host:port"),
        )),
    }
}

async fn over(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    address: &HaproxyAddress,
    line: &str,
    written: &mut usize,
) -> Result<String, Fault> {
    let bytes = [line.as_bytes(), b"\n"].concat();
    while *written < bytes.len() {
        match stream.write(&bytes[*written..]).await {
            Ok(0) => return Err(lost(address, "it closed the connection")),
            Ok(count) => *written += count,
            Err(error) => return Err(lost(address, &error.to_string())),
        }
    }
    let mut answer = Vec::new();
    stream
        .take(ANSWER_MAX + 1)
        .read_to_end(&mut answer)
        .await
        .map_err(|error| lost(address, &error.to_string()))?;
    if answer.len() as u64 > ANSWER_MAX {
        return Err(Fault::new(
            FaultKind::Garbage,
            format!("haproxy at {address} answered more than 1 MiB"),
        ));
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn lost(address: &HaproxyAddress, why: &str) -> Fault {
    Fault::new(
        FaultKind::Unreachable,
        format!("the connection to haproxy at {address} was lost: {why}"),
    )
}

fn connect_fault(address: &HaproxyAddress, error: &io::Error) -> Fault {
    let (kind, hint) = match error.kind() {
        io::ErrorKind::PermissionDenied => (
            FaultKind::Forbidden,
            "; the socket's mode or group does not let this user in",
        ),
        io::ErrorKind::NotFound => (
            FaultKind::Unreachable,
            "; is haproxy running, and is `stats socket` set to this path?",
        ),
        io::ErrorKind::ConnectionRefused => (
            FaultKind::Unreachable,
            "; is haproxy running, and does `stats socket` listen there?",
        ),
        _ => (FaultKind::Unreachable, ""),
    };
    Fault::new(
        kind,
        format!("cannot connect to haproxy at {address}: {error}{hint}"),
    )
}
