//! Protocol clients that sources and engines share. Owns deadlines, size caps, TLS, proxies and the
//! translation of failures into [`crate::model::Fault`]s; must not know the store, the screen, or what an
//! answer means for a release.

pub mod github;
pub mod http;
pub mod registry;
