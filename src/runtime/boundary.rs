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

    /// In a debug build, stops for ever here when `FLIGHTDECK_STOP_AT` names this boundary, after writing
    /// its name to the file that `FLIGHTDECK_STOP_FILE` names: a test then kills the process exactly here.
    /// In a release build this is nothing.
    pub async fn reached(self) {
        #[cfg(debug_assertions)]
        if std::env::var("FLIGHTDECK_STOP_AT").is_ok_and(|at| at == self.name()) {
            if let Ok(file) = std::env::var("FLIGHTDECK_STOP_FILE") {
                let _ = std::fs::write(file, self.name());
            }
            std::future::pending::<()>().await;
        }
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
