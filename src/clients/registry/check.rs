//! Whether something is a registry, and takes the password that is configured: OCI Distribution Specification
//! v1.1, "Determining Support". Asks for no image.

use http::StatusCode;

use crate::clients::http::{Answer, status_fault};
use crate::model::{Fault, FaultKind, Time};

use super::{Challenge, RegistryClient, TOKEN, VERSION, codes, text};

/// What a registry wants of who asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Open,
    /// It names a way in, and no password is configured for it: what is public may be read.
    Public,
    /// It takes the password of that user.
    User(String),
}

impl RegistryClient {
    /// Asks whether it is a registry, and where a password is configured and asked for, whether that is taken;
    /// `name`: a repository to ask it for, as it would be asked for later.
    ///
    /// # Errors
    /// That it cannot be reached, is no registry, or does not take the password.
    pub async fn check(&self, name: Option<&str>, now: Time) -> Result<Access, Fault> {
        let mut state = self.state.lock().await;
        let client = self.client(&mut state)?;
        let ping = || client.get(self.url("v2/"));
        let answer = self.send(ping(), TOKEN).await?;
        if !is_registry(&answer) {
            let status = answer.status.as_u16();
            return match answer.status {
                StatusCode::OK | StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => {
                    Err(self.foreign(status))
                }
                _ => Err(self.refused(&answer, now)),
            };
        }
        if answer.status == StatusCode::OK {
            return Ok(Access::Open);
        }
        let Some((user, _)) = &self.config.http.basic else { return Ok(Access::Public) };
        match Challenge::of(&answer.headers) {
            Some(Challenge::Bearer { realm, service }) => {
                self.token(&client, (&realm, service), name, now).await?;
            }
            Some(Challenge::Basic) => {
                let answer = self.send(self.with_basic(ping()).await?, TOKEN).await?;
                if answer.status != StatusCode::OK {
                    return Err(self.refused(&answer, now));
                }
            }
            None => {
                let what = "asks for a way in that is neither a token nor a password";
                return Err(Fault::new(FaultKind::Setup, format!("{} {what}", self.what)));
            }
        }
        Ok(Access::User(user.clone()))
    }

    /// That whoever answered is none.
    pub(super) fn foreign(&self, status: u16) -> Fault {
        let text = format!("{} answered {status} as no registry does; check its `url`", self.what);
        Fault::new(FaultKind::NotFound, text)
    }

    fn refused(&self, answer: &Answer, now: Time) -> Fault {
        status_fault(answer.status, &answer.headers, &answer.body, &self.what, now)
    }
}

/// Whether a registry gave an answer: it says so in a header, in its own words, or by what it asks for. An older
/// one has no header, and answers with an empty object or nothing.
fn is_registry(answer: &Answer) -> bool {
    let body = answer.body.trim_ascii();
    match answer.status {
        StatusCode::OK => {
            text(&answer.headers, VERSION).is_some() || body.is_empty() || body == b"{}"
        }
        StatusCode::UNAUTHORIZED => {
            text(&answer.headers, VERSION).is_some()
                || Challenge::of(&answer.headers).is_some()
                || codes(answer).next().is_some()
        }
        _ => false,
    }
}
