//! How long a test waits for what must come. Only a failing test waits to the end; a slow machine gives
//! a factor in `FLIGHTDECK_TEST_PATIENCE`.

use std::thread;
use std::time::{Duration, Instant};

/// A bound, scaled by the machine's factor.
pub fn bound(seconds: u64) -> Duration {
    let factor = std::env::var("FLIGHTDECK_TEST_PATIENCE");
    let factor: f64 = factor.ok().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    Duration::from_secs(seconds).mul_f64(factor.clamp(1.0, 100.0))
}

/// Asks again and again until there is an answer; panics with `what` when the bound is over.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + bound(30);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
