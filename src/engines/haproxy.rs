//! HAProxy's runtime API as an engine: one address or a pair, weights of the servers of one backend.
//!
//! Owns the order of one reading (ask every address at once, parse, judge, plan) and of one call. Must
//! not know why a call is made, nor what the reading means for a release.

mod command;
mod csv;
mod exchange;
mod order;
mod plan;
mod reading;
mod reply;
mod state;
mod weights;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::{BoxFuture, FutureExt as _, join_all};

use crate::config::{HaproxyAddress, HaproxyConfig};
use crate::model::{Call, Fault, FaultKind, Rollout};
use crate::ports::{CallError, Engine};

pub use command::is_name;
pub use weights::step_error;

use reading::Site;
use state::Member;

/// One backend behind one HAProxy or a pair of them. Holds no connection: every exchange has its own.
#[derive(Debug)]
pub struct HaproxyEngine {
    config: HaproxyConfig,
    exchanged: AtomicBool,
}

impl HaproxyEngine {
    /// An engine for one target's backend. Contacts nothing.
    #[must_use]
    pub fn new(config: HaproxyConfig) -> Self {
        Self { config, exchanged: AtomicBool::new(false) }
    }

    /// The configuration with the sides as they stand now.
    fn sides(&self) -> Cow<'_, HaproxyConfig> {
        if !self.exchanged.load(Ordering::Relaxed) {
            return Cow::Borrowed(&self.config);
        }
        let mut config = self.config.clone();
        std::mem::swap(&mut config.stable, &mut config.candidate);
        Cow::Owned(config)
    }

    async fn read(&self, address: &HaproxyAddress) -> Result<Member, Fault> {
        let line = command::read(&self.config.backend);
        let answer = exchange::exchange(address, &line, self.config.timeout)
            .await
            .map_err(exchange::ExchangeError::into_fault)?;
        state::parse(&answer, &self.config.backend, &address.to_string())
    }

    async fn observe_all(&self) -> Result<Rollout, Fault> {
        command::check_names(&self.config)?;
        let sites: Vec<Site> = join_all(self.config.addresses.iter().map(async |address| Site {
            address: address.to_string(),
            member: self.read(address).await,
        }))
        .await;
        reading::rollout(&self.sides(), &sites)
    }

    async fn send(&self, call: &Call) -> Result<(), CallError> {
        let Some(address) =
            self.config.addresses.iter().find(|address| address.to_string() == call.to)
        else {
            return Err(CallError::Failed(Fault::new(
                FaultKind::Setup,
                format!("`{}` is not an address of this target's haproxy", call.to.escape_debug()),
            )));
        };
        match exchange::exchange(address, &call.text, self.config.timeout).await {
            Ok(answer) => reply::judge(&answer, &call.text, &call.to),
            Err(exchange::ExchangeError::Unsent(fault)) => Err(CallError::Failed(fault)),
            Err(exchange::ExchangeError::Sent(fault)) => Err(CallError::Unknown(fault)),
        }
    }
}

impl Engine for HaproxyEngine {
    fn observe(&self) -> BoxFuture<'_, Result<Rollout, Fault>> {
        self.observe_all().boxed()
    }

    fn act<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<(), CallError>> {
        self.send(call).boxed()
    }

    fn exchange(&self, exchanged: bool) {
        self.exchanged.store(exchanged, Ordering::Relaxed);
    }
}
