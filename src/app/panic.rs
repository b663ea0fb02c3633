//! Panics on request, in debug builds: tests look at what is left of the terminal. In a release build this
//! is nothing.

use std::time::Duration;

use crate::model::{Fault, FeedId};
use crate::ports::{Polled, Source};
use crate::runtime::Runtime;

/// Whether `FLIGHTDECK_PANIC` asks for a panic of this part: `loop` or `task`.
fn is_wanted(part: &str) -> bool {
    cfg!(debug_assertions) && std::env::var("FLIGHTDECK_PANIC").is_ok_and(|wanted| wanted == part)
}

/// Panics in the loop, on the thread that draws.
pub(super) fn in_loop() {
    assert!(!is_wanted("loop"), "a test asked for a panic in the loop");
}

/// Starts a task that panics.
pub(super) fn in_task(runtime: &mut Runtime) {
    if is_wanted("task") {
        runtime.source(Panicking);
    }
}

struct Panicking;

impl Source for Panicking {
    fn feed(&self) -> FeedId {
        FeedId::source("panic")
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        // not before the first picture: it is the terminal that must be left
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!is_wanted("task"), "a test asked for a panic in a task");
        Ok(Polled::default())
    }
}
