//! A replay as the operator sees and steers it. Data only: the runtime moves the tape.

/// How an operator moves a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Play {
    /// Stops, or goes on.
    Toggle,
    /// One event forward, and stops there. So do all jumps but that to the beginning.
    Forward,
    /// One event back.
    Back,
    /// Twice as fast.
    Faster,
    /// Half as fast.
    Slower,
    /// To the next event that changes how a target stands.
    NextChange,
    /// To the one before.
    PreviousChange,
    /// To the next event with which an alert begins.
    NextAlert,
    /// To the beginning.
    Begin,
    /// To the end.
    End,
}

/// Whether a replay moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// It goes on by itself.
    Playing,
    /// It stands still until told.
    Paused,
    /// There is no more of it.
    Ended,
}

/// Where a replay is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Playing {
    /// Events that were folded in.
    pub event: usize,
    /// Events there are.
    pub of: usize,
    /// Seconds of the recording in a second.
    pub speed: f64,
    /// Whether it moves.
    pub motion: Motion,
}
