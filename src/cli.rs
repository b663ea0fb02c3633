//! The shell commands.
