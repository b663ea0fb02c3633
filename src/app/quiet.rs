//! The null screen: the same loop without a terminal.

use std::io;
use std::time::Duration;

use crate::control::{Desk, Intent};
use crate::model::Time;
use crate::runtime::Screen;
use crate::store::Store;

use super::say;

/// Shows nothing and is asked nothing. Wakes the loop now and then, so that its caller can look at the
/// clock.
pub struct Quiet;

/// How often the caller's question is asked again when nothing happens.
const LOOK: Duration = Duration::from_millis(50);

impl Screen for Quiet {
    async fn next(&mut self) -> Option<()> {
        std::future::pending().await
    }

    fn intents(&mut self, _: &Store, _: &Desk, _: Time) -> Vec<Intent> {
        Vec::new()
    }

    fn draw(&mut self, _: &Store, _: &Desk, _: Time) -> io::Result<Option<Duration>> {
        Ok(Some(LOOK))
    }

    fn perform(&mut self, intent: &Intent) -> io::Result<()> {
        if *intent == Intent::Suspend {
            // what TSTP does to a process without a terminal of its own
            signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        }
        Ok(())
    }

    fn waits(&mut self, most: Duration) {
        let most = most.as_secs();
        say(format!("leaving: the action under way is waited for, {most} s at most"));
    }

    fn leave(&mut self, _: bool) {}
}
