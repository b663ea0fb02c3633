//! The loop, polling, supervision, effects, signals, clock.
