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
pub async fn read_capped(mut response: Response, cap: usize, what: &str) -> Result<Bytes, Fault> {
    let announced = response.content_length().unwrap_or(0);
    if announced > cap as u64 {
        return Err(too_large(cap, what));
    }
    let mut body = Vec::with_capacity(announced as usize);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > cap => return Err(too_large(cap, what)),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.into()),
            Err(error) if error.is_timeout() => return Err(fault(&error, what)),
            // Whatever ended it, what we have is not the answer.
            Err(_) => {
                let text = format!("{what}: the answer was cut short or is not what it says it is");
                return Err(Fault::new(FaultKind::Garbage, text));
            }
        }
    }
}

fn too_large(cap: usize, what: &str) -> Fault {
    let text = format!("{what}: the answer is larger than {} KiB", cap / 1024);
    Fault::new(FaultKind::Garbage, text)
}
