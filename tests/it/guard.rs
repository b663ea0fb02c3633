//! The guard, the desk and what they stand on, from outside: every verb in every situation, and what
//! holds whatever happens in whatever order.

mod after;
mod again;
mod assurance;
mod at_github;
mod auto;
mod barriers;
mod course;
mod desk;
mod destinations;
mod evidence;
mod foreign;
mod freeze;
mod images;
mod incident;
mod judge;
mod ledger;
mod matrix;
mod names;
mod picked;
mod programs;
mod queue;
mod random;
mod recovered;
mod rehearsal;
mod reserved;
mod scene;
mod store;
mod untold;
mod waits;
mod waves;
mod way_back;
mod week;
mod whole;
