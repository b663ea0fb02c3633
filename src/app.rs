//! The composition root: the only file that names concrete sources, engines and clients.
