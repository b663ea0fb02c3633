//! Reading an answer's body, whole or not at all.

use bytes::Bytes;
use reqwest::Response;

use crate::model::{Fault, FaultKind};

use super::failure::fault;

/// Reads a body of at most `cap` bytes, counted after decompression.
///
/// # Errors
/// [`FaultKind::Garbage`] for a body that is larger, cut short or badly compressed;
/// [`FaultKind::Timeout`] for one that does not end.
pub async fn read_capped(response: Response, cap: usize, what: &str) -> Result<Bytes, Fault> {
    let (body, whole) = read_head(response, cap, what).await?;
    if whole {
        return Ok(body);
    }
    let text = format!("{what}: the answer is larger than {} KiB", cap / 1024);
    Err(Fault::new(FaultKind::Garbage, text))
}

/// Reads the first `cap` bytes of a body, and whether that is all of it.
///
/// # Errors
/// As [`read_capped`], except for a body that is larger.
pub async fn read_head(
    mut response: Response,
    cap: usize,
    what: &str,
) -> Result<(Bytes, bool), Fault> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = cap - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    return Ok((body.into(), false));
                }
            }
            Ok(None) => return Ok((body.into(), true)),
            Err(error) if error.is_timeout() => return Err(fault(&error, what)),
            // Whatever ended it, what we have is not the answer.
            Err(_) => {
                let text = format!("{what}: the answer was cut short or is not what it says it is");
                return Err(Fault::new(FaultKind::Garbage, text));
            }
        }
    }
}
