//! A loopback HTTP server for tests: a script of raw answers.
