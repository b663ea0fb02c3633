//! The simulated forge: repositories whose runs, queues, environments and deployments change with world
//! time and with what people do. It reads no clock and knows no protocol.

pub mod act;
mod catalogue;
pub mod dispatch;
pub mod gate;
mod history;
pub mod place;
pub mod plan;
mod queue;
pub mod repository;
pub mod run;
pub mod step;
#[cfg(test)]
mod tests;
pub mod version;

use super::scenario::Story;

use self::history::History;
pub use self::history::sha;
use self::repository::Repository;

/// The world second with which every forge begins: before anything that a story tells of.
const FIRST: i64 = -2_000;

/// A forge: one repository for each service, in their order.
#[derive(Debug, Clone)]
pub struct Forge {
    /// Its repositories.
    pub repositories: Vec<Repository>,
    seed: u64,
    minute: i64,
}

impl Forge {
    /// A forge with its past.
    pub fn new<'a>(stories: impl Iterator<Item = &'a Story>, seed: u64, speed: f64) -> Self {
        let minute = (60.0 * speed).round().max(1.0) as i64;
        let repositories = (0..)
            .zip(stories)
            .map(|(index, story)| History { story, seed, minute }.repository(index));
        Self { repositories: repositories.collect(), seed, minute }
    }

    /// The world seconds before another, as far as it has to know them.
    pub fn before(second: i64) -> std::ops::Range<i64> {
        FIRST..second
    }

    /// Lets one world second happen to a service's repository, whose release ended then or not yet.
    /// Returns the weight that a job gave the candidate.
    pub fn step(&mut self, story: &Story, second: i64, ending: Option<(i64, bool)>) -> Option<u32> {
        let Self { repositories, seed, minute } = self;
        let own = repositories.iter_mut().find(|own| own.name == story.name)?;
        let history = History { story, seed: *seed, minute: *minute };
        if let Some(run) = history.push(own.index, second).and_then(|seed| own.grow(seed)) {
            own.admit(run);
        }
        own.step(second, ending)
    }

    /// A repository by name.
    pub fn repository(&self, name: &str) -> Option<&Repository> {
        self.repositories.iter().find(|own| own.name == name)
    }

    /// A repository by name, to be acted on.
    pub fn repository_mut(&mut self, name: &str) -> Option<&mut Repository> {
        self.repositories.iter_mut().find(|own| own.name == name)
    }
}
