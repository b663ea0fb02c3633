//! The cockpit: what is drawn and which keys mean what. Reads the store, decides nothing, and knows
//! neither tokio nor the network.

pub mod frame;
pub mod keymap;
pub mod terminal;
pub mod theme;
