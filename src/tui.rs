//! The cockpit: what is drawn and which keys mean what. Reads the store, decides nothing, and knows
//! neither tokio nor the network.

pub mod chart;
mod cockpit;
mod details;
mod dialogs;
mod errands;
#[cfg(test)]
mod fixture;
pub mod frame;
pub mod keymap;
mod layout;
mod overview;
mod palette;
mod panes;
pub mod plain;
mod session;
pub mod svg;
pub mod terminal;
pub mod theme;
pub mod widgets;

pub use cockpit::Cockpit;
pub use session::Told;
