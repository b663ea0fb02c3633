//! The loop. With a terminal or with a null screen, it is this one.

use std::time::Duration;

use tokio::time::Instant;

use crate::control::{Desk, Intent};
use crate::model::Time;
use crate::store::Store;

use super::core::{Next, Runtime};
use super::signals::{Asked, Signals};

/// Messages folded in before input and frame get their turn again.
const DRAIN: usize = 64;
/// How long an action may still take when the program is told to end.
const GRACE: Duration = Duration::from_secs(10);

/// Where the picture goes and where input comes from.
pub trait Screen {
    /// The next input, as intents; an empty list changed only the view. None: there is no more input
    /// (the terminal is gone). Safe to drop.
    fn next(&mut self) -> impl Future<Output = Option<()>>;

    /// Takes what `next` announced and turns it into intents. Changes only view state.
    fn intents(&mut self, store: &Store, desk: &Desk, now: Time) -> Vec<Intent>;

    /// Draws what has visibly changed, now or when the next frame is due (then: in how long).
    ///
    /// # Errors
    /// When the terminal cannot be written.
    fn draw(&mut self, store: &Store, desk: &Desk, now: Time) -> std::io::Result<Option<Duration>>;

    /// Does what belongs to the terminal or to what it shows: open, copy, suspend, redraw, watch.
    ///
    /// # Errors
    /// When the terminal cannot be had back.
    fn perform(&mut self, intent: &Intent) -> std::io::Result<()>;

    /// Tells, after the terminal was left, that an action under way is waited for, at most so long.
    fn waits(&mut self, _most: Duration) {}

    /// Leaves the terminal; `gone` when there is none to write to any more.
    fn leave(&mut self, gone: bool);
}

/// How the loop ended.
#[derive(Debug, PartialEq)]
pub enum Ended<T> {
    /// The caller's question was answered.
    Answered(T),
    /// The operator left.
    Quit,
    /// A signal, or the terminal went away.
    Interrupted,
}

/// Runs until `until` answers, the operator leaves, or a signal says so.
///
/// # Errors
/// When signals cannot be listened to, the screen fails, or a task panicked (its report is printed by
/// the panic hook; the error says where).
pub async fn run<S: Screen, T>(
    runtime: &mut Runtime,
    screen: &mut S,
    mut until: impl FnMut(&mut Runtime) -> Option<T>,
) -> std::io::Result<Ended<T>> {
    let mut signals = Signals::listen()?;
    let ended = loop {
        if let Some(answer) = until(runtime) {
            break Ended::Answered(answer);
        }
        let now = runtime.now();
        let due = screen.draw(runtime.store(), runtime.desk(), now)?;
        let frame = due.map(|wait| Instant::now() + wait);
        tokio::select! {
            biased;
            asked = signals.next() => match asked {
                Asked::Suspend => {
                    screen.perform(&Intent::Suspend)?;
                    // what is shown is as old as the pause was long
                    runtime.intend(Intent::Refresh(None));
                }
                Asked::End | Asked::HangUp => {
                    finish(runtime, screen, asked == Asked::HangUp).await;
                    break Ended::Interrupted;
                }
            },
            input = screen.next() => {
                if input.is_none() {
                    finish(runtime, screen, true).await;
                    break Ended::Interrupted;
                }
                let intents = screen.intents(runtime.store(), runtime.desk(), runtime.now());
                let mut quit = false;
                for intent in intents {
                    match intent {
                        Intent::Quit => quit = true,
                        Intent::Open(_) | Intent::Copy(_) | Intent::Redraw | Intent::Read(_) => {
                            screen.perform(&intent)?;
                        }
                        Intent::Suspend => {
                            screen.perform(&intent)?;
                            runtime.intend(Intent::Refresh(None));
                        }
                        Intent::Watch(..) => {
                            screen.perform(&intent)?;
                            runtime.intend(intent);
                        }
                        other => runtime.intend(other),
                    }
                }
                if quit {
                    finish(runtime, screen, false).await;
                    break Ended::Quit;
                }
            }
            next = runtime.next() => {
                fold(runtime, next)?;
                for _ in 0..DRAIN {
                    match runtime.received() {
                        Some(message) => runtime.handle(message),
                        None => break,
                    }
                }
            }
            () = sleep_until(frame) => {}
        }
    };
    Ok(ended)
}

/// Waits for a moment; none: for ever.
pub(super) async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// A task that panicked ends the program: a cockpit with a dead feed would lie.
fn fold(runtime: &mut Runtime, next: Next) -> std::io::Result<()> {
    match next {
        Next::Message(message) => {
            runtime.handle(message);
            Ok(())
        }
        Next::Ended(Err(error)) if error.is_panic() => {
            Err(std::io::Error::other("a task panicked; this is a bug of flightdeck"))
        }
        Next::Due => {
            runtime.advance();
            Ok(())
        }
        Next::Ended(_) => Ok(()),
    }
}

/// Gives the terminal back at once; an action in flight gets its time to end and be journaled.
async fn finish<S: Screen>(runtime: &mut Runtime, screen: &mut S, gone: bool) {
    screen.leave(gone);
    if runtime.running() > 0 && !gone {
        screen.waits(GRACE);
    }
    let deadline = Instant::now() + GRACE;
    while runtime.running() > 0 {
        tokio::select! {
            next = runtime.next() => {
                let _ = fold(runtime, next);
            }
            () = tokio::time::sleep_until(deadline) => break,
        }
    }
}
