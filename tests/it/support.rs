//! What several tests lean on: a world to look at, the real program, a terminal to run it in.

pub mod build;
pub mod matrix;
pub mod needed;
pub mod patience;
pub mod program;
pub mod programs;
pub mod pty;
pub mod runs;
pub mod stop;
pub mod world;

pub use matrix::Matrix;
pub use needed::not_run;
pub use program::{Done, Program};
pub use pty::Pty;
pub use world::World;
