//! The integration tests, one binary: the real program, real sockets, real files.

mod e2e;
mod support;
