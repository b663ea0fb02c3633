//! The append-only record of actions: written, read, verified.
