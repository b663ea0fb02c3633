//! The integration tests, one binary: the real program, real sockets, real files.

mod architecture;
mod support;
