//! The integration tests, one binary: the real program, real sockets, real files.

#[cfg(test)]
mod kills;
#[cfg(test)]
mod support;
