//! The places between journal and call where a process may die. Listed in code, so that the tests that
//! kill at every one of them iterate this list and cannot miss one.

use std::fmt;

/// A place where dying must leave a truth that the next start can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boundary {
    /// Confirmed, nothing written.
    Confirmed,
    /// The intent is written and synced; nothing sent.
    IntentSynced,
    /// The command before the calls has ended.
    HookRun,
    /// Just before a call's first byte.
    BeforeCall,
    /// The call was answered; nothing read back.
    AfterCall,
    /// The change was read back; the outcome is not written.
    Verified,
    /// The outcome is written and synced.
    OutcomeSynced,
}

impl Boundary {
    /// Every boundary, in order.
    pub const ALL: [Self; 7] = [
        Self::Confirmed,
        Self::IntentSynced,
        Self::HookRun,
        Self::BeforeCall,
        Self::AfterCall,
        Self::Verified,
        Self::OutcomeSynced,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::IntentSynced => "intent-synced",
            Self::HookRun => "hook-run",
            Self::BeforeCall => "before-call",
            Self::AfterCall => "after-call",
            Self::Verified => "verified",
            Self::OutcomeSynced => "outcome-synced",
        }
    }

    /// Stops for ever here when a test wants it; see [`stops_at`].
    pub async fn reached(self) {
        if stops_at(self.name()) {
            std::future::pending::<()>().await;
        }
    }
}

/// In a debug build, whether `FLIGHTDECK_STOP_AT` names this place; then its name is written to the file
/// that `FLIGHTDECK_STOP_FILE` names. The caller stops for ever, and a test kills the process exactly there.
/// In a release build always false.
#[must_use]
pub fn stops_at(place: &str) -> bool {
    let wanted = || std::env::var("FLIGHTDECK_STOP_AT").is_ok_and(|at| at == place);
    let stops = cfg!(debug_assertions) && wanted();
    if stops && let Ok(file) = std::env::var("FLIGHTDECK_STOP_FILE") {
        // a test that sees no file says so itself
        let _ = std::fs::write(file, place);
    }
    stops
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
