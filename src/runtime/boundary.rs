//! The places between journal and call where a process may die. Listed in code, so that the tests that
//! kill at every one of them iterate this list and cannot miss one.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::time::Duration;

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

    /// Stops here while a test wants it; see [`Stop`].
    pub async fn reached(self) {
        if let Some(stop) = Stop::at(self.name()) {
            while stop.lasts() {
                tokio::time::sleep(Stop::LOOK).await;
            }
        }
    }
}

/// A place where a test wants the process to stand still: to be killed exactly there, or overtaken.
pub struct Stop(Option<OsString>);

impl Stop {
    /// How often to look whether it lasts.
    pub const LOOK: Duration = Duration::from_millis(5);

    /// In a debug build, a stop when `FLIGHTDECK_STOP_AT` names this place. Its name is then in the file
    /// that `FLIGHTDECK_STOP_FILE` names, and it lasts until that file is removed. In a release build there
    /// is none.
    #[must_use]
    pub fn at(place: &str) -> Option<Self> {
        let wanted = || std::env::var("FLIGHTDECK_STOP_AT").is_ok_and(|at| at == place);
        if !cfg!(debug_assertions) || !wanted() {
            return None;
        }
        let file = std::env::var_os("FLIGHTDECK_STOP_FILE");
        if let Some(file) = &file {
            // a test that sees no file says so itself
            let _ = std::fs::write(file, place);
        }
        Some(Self(file))
    }

    /// Whether to stand still.
    #[must_use]
    pub fn lasts(&self) -> bool {
        self.0.as_ref().is_none_or(|file| Path::new(file).exists())
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
