//! The runtime on a tape instead of the world: its messages are the tape's events, applied as they were
//! recorded. No source, no engine, no journal, no chores; nothing leaves the process.

use std::time::Duration;

use tokio::time::Instant;

use crate::control::Play;
use crate::model::{Envelope, Event, Time};
use crate::runtime::clock::SystemClock;
use crate::runtime::replay::{NoJournal, Player, Tape};

use super::{Runtime, Tools};

/// A tape that is being played.
pub(super) struct Replay {
    tape: Tape,
    player: Player,
    began: Instant,
    /// Events that the store holds.
    folded: usize,
}

impl Replay {
    /// The recording's time.
    pub(super) fn now(&self) -> Time {
        self.player.now(self.began.elapsed())
    }

    /// When the next event is due.
    pub(super) fn due(&self) -> Option<Instant> {
        // a little late rather than a little early and again
        let wait = self.player.due(self.began.elapsed())? + Duration::from_millis(1);
        Some(Instant::now() + wait)
    }
}

impl Runtime {
    /// Plays a tape, with so many seconds of it in a second.
    #[must_use]
    pub fn replay(tape: Tape, speed: f64) -> Self {
        let mut runtime = Self::bare(Tools {
            operator: tape.operator().unwrap_or("nobody").to_owned(),
            clock: std::sync::Arc::new(SystemClock),
            journal: std::sync::Arc::new(NoJournal),
            recorder: None,
            notes_changes: false,
        });
        let player = Player::new(&tape, speed);
        runtime.replay = Some(Replay { tape, player, began: Instant::now(), folded: 0 });
        runtime.wind();
        runtime
    }

    /// Goes to a time of the tape and stops there.
    pub fn seek(&mut self, time: Time) {
        if let Some(replay) = &mut self.replay {
            replay.player.seek(time);
        }
        self.wind();
    }

    /// Moves the tape as the operator wants.
    pub(super) fn play(&mut self, play: Play) {
        if let Some(replay) = &mut self.replay {
            replay.player.play(play, replay.began.elapsed());
        }
        self.wind();
    }

    /// Goes on with what is due.
    pub(in crate::runtime) fn advance(&mut self) {
        if let Some(replay) = &mut self.replay {
            replay.player.advance(replay.began.elapsed());
        }
        self.wind();
    }

    /// Brings store and desk to where the player is.
    fn wind(&mut self) {
        if let Some(replay) = &mut self.replay {
            let position = replay.player.position();
            replay.tape.fold(&mut self.store, replay.folded, position);
            replay.folded = position;
            self.desk.playing = replay.tape.is_marked().then(|| replay.player.playing());
        }
    }

    /// Shows what the screen itself has to say (an address was copied); it is no part of the tape.
    pub(super) fn remark(&mut self, event: Event) {
        let (seq, at) = (self.store.seq(), self.now());
        if matches!(event, Event::Notice { .. }) {
            self.store.apply(&Envelope { seq, at, asked_at: at, event });
        }
    }
}
