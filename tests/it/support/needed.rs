//! What a test needs of the machine and may be without, but not in CI.

use std::io::Write as _;

/// Says past the test runner's capture that a test did not run; where `$FLIGHTDECK_E2E` is `required`, fails.
pub fn not_run(sentence: &str) {
    assert!(std::env::var("FLIGHTDECK_E2E").as_deref() != Ok("required"), "{sentence}");
    let _ = writeln!(std::io::stderr(), "{sentence}");
}
