//! Readings of a small world at GitHub.
