//! The simulated world: services whose traffic, errors and alerts follow their weights, one world second
//! after another. It is a function of seed, world time and what operators did; it reads no clock and
//! knows no protocol.

use std::sync::{Arc, Mutex, PoisonError};

use crate::model::Time;
use crate::ports::Clock;

use super::app::{App, Side};
use super::backend::{Backend, Server};
use super::chance::{Chance, key};
use super::forge::Forge;
use super::rule::Rule;
use super::scenario::{Mover, Notice, Quality, Scenario, Sides, Story};
use super::scripts::Scripts;
use super::timeline::Timeline;

/// Real seconds of history before the start.
const PAST: f64 = 900.0;

/// World seconds of history before the start, at least and at most.
const PAST_WORLD: (f64, f64) = (900.0, 21_600.0);

/// Real seconds before the start at which what is not being released was started.
const OLD: f64 = 25_200.0;

/// Requests per world second in staging.
const STAGING_RATE: f64 = 2.0;

/// How a release ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The candidate got all traffic.
    Promoted,
    /// The candidate lost all traffic.
    RolledBack,
}

/// A service with its two environments.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its part in the story.
    pub story: Story,
    /// Production.
    pub backend: Backend,
    /// Staging.
    pub staging: App,
    /// How and in which world second its release ended.
    pub ending: Option<(i64, Ending)>,
}

/// Everything there is.
#[derive(Debug, Clone)]
pub struct World {
    /// How time runs.
    pub timeline: Timeline,
    /// The story that is told.
    pub scenario: Scenario,
    /// What chance depends on.
    pub seed: u64,
    /// The last world second that has happened.
    pub second: i64,
    /// The one in which everything was started that is not being released.
    pub old: i64,
    /// The services.
    pub services: Vec<Service>,
    /// Their repositories.
    pub forge: Forge,
    /// The alerting rules.
    pub rules: Vec<Rule>,
    /// Alerts without a rule.
    pub notices: Vec<Notice>,
}

impl World {
    /// A world with its past, up to just before the start.
    pub fn new(scenario: Scenario, seed: u64, timeline: Timeline) -> Self {
        let past = (PAST * timeline.speed()).clamp(PAST_WORLD.0, PAST_WORLD.1);
        let first = -(past.round() as i64);
        let old = -((OLD * timeline.speed()).round() as i64);
        let stories = scenario.services().into_iter();
        let services: Vec<_> = stories.map(|story| Service::new(story, first, old)).collect();
        let names = services.iter().map(|service| service.story.name);
        let blind = |mut rule: Rule| {
            rule.is_blind = rule.name == "HighLatency" && scenario.is_blind(rule.query.service);
            rule
        };
        let mut world = Self {
            timeline,
            scenario,
            seed,
            second: first - 1,
            old,
            rules: names.flat_map(Rule::of).map(blind).collect(),
            forge: Forge::new(services.iter().map(|own| &own.story), seed, timeline.speed()),
            services,
            notices: scenario.notices(),
        };
        for second in Forge::before(first) {
            for service in &world.services {
                world.forge.step(&service.story, second, None);
            }
        }
        world.advance_to(-1);
        world
    }

    /// Lets everything happen up to a real time. Never goes back.
    pub fn advance(&mut self, now: Time) {
        self.advance_to(self.timeline.second(now));
    }

    /// Lets everything happen up to and including a world second.
    pub fn advance_to(&mut self, second: i64) {
        while self.second < second {
            self.second += 1;
            for service in &mut self.services {
                service.step(self.seed, self.second);
                let ended = service.ended();
                if let Some(percent) = self.forge.step(&service.story, self.second, ended) {
                    service.backend.split(percent);
                }
            }
            let judged: Vec<_> =
                self.rules.iter().map(|rule| rule.judge(self, self.second)).collect();
            for (rule, (standing, value)) in self.rules.iter_mut().zip(judged) {
                rule.standing = standing;
                rule.value = value;
            }
        }
    }

    /// A service by name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.story.name == name)
    }

    /// Tells a server the port of its process.
    pub fn settle_port(&mut self, service: &str, side: Side, port: u16) {
        if let Some(backend) = self.backend_mut(service) {
            let mut servers = backend.servers.iter_mut();
            if let Some(server) = servers.find(|server| server.side == side) {
                server.port = port;
            }
        }
    }

    /// Gives a service's candidate a part of the traffic, in percent, and the rest to its stable side.
    pub fn shift(&mut self, service: &str, percent: u32) {
        if let Some(backend) = self.backend_mut(service) {
            backend.split(percent.min(100));
        }
    }

    /// Services whose traffic the load balancer moves.
    pub fn balanced(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|service| service.story.mover == Mover::Balancer)
    }

    /// A backend of the load balancer by name, to be acted on.
    pub fn balanced_mut(&mut self, name: &str) -> Option<&mut Backend> {
        let found = self.balanced().any(|service| service.story.name == name);
        found.then(|| self.backend_mut(name)).flatten()
    }

    /// A backend by name, to be acted on.
    pub fn backend_mut(&mut self, name: &str) -> Option<&mut Backend> {
        let mut backends = self.services.iter_mut().map(|service| &mut service.backend);
        backends.find(|backend| backend.name == name)
    }
}

impl Service {
    fn new(story: Story, first: i64, old: i64) -> Self {
        // a candidate is started a moment before it gets traffic
        let born = story.begin().map_or(old, |begin| begin - 20);
        let Sides { stable, candidate, share } = story.sides();
        let stable = App::new(stable, Quality::Good, old, first);
        let candidate = App::new(candidate, story.quality, born, first);
        Self {
            backend: Backend {
                name: story.name,
                servers: vec![
                    Server::new(Side::Stable, 100 - share, stable),
                    Server::new(Side::Candidate, share, candidate),
                ],
                lost: 0,
                rate: 0,
            },
            // in staging even a bad revision has too little traffic to fail
            staging: App::new(story.staging(), Quality::Good, born - 120, first),
            ending: None,
            story,
        }
    }

    /// When its release ended, and whether well.
    pub fn ended(&self) -> Option<(i64, bool)> {
        self.ending.map(|(second, ending)| (second, ending == Ending::Promoted))
    }

    fn step(&mut self, seed: u64, second: i64) {
        for (at, weight) in self.story.weights {
            if *at == second {
                self.backend.split(*weight);
            }
        }
        let mut chance = Chance::of(&[seed, key(self.story.name), second.cast_unsigned()]);
        let wave = (second as f64 / 420.0 * std::f64::consts::TAU).sin();
        let swell = 0.10f64.mul_add(wave, 1.0) + 0.05 * chance.swing();
        let requests = (self.story.rate * swell).round() as u64;
        self.backend.serve(requests, &mut chance);
        self.staging.serve(chance.count(STAGING_RATE), 0.0, &mut chance);
        if self.ending.is_none() && self.story.begin().is_some_and(|begin| second > begin) {
            let routed = self.backend.routed(Side::Candidate);
            if routed >= 100.0 {
                self.ending = Some((second, Ending::Promoted));
            } else if routed <= 0.0 {
                self.ending = Some((second, Ending::RolledBack));
            }
        }
    }
}

/// A world that several servers share, with the clock that moves it.
#[derive(Clone)]
pub struct Shared {
    world: Arc<Mutex<World>>,
    clock: Arc<dyn Clock>,
    scripts: Arc<[(&'static str, Scripts)]>,
}

impl Shared {
    /// Shares a world, and what scripts do to it.
    pub fn new(world: World, clock: Arc<dyn Clock>, scripts: Vec<(&'static str, Scripts)>) -> Self {
        Self { world: Arc::new(Mutex::new(world)), clock, scripts: scripts.into() }
    }

    /// Now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Looks at the world, or changes it, as it is now.
    pub fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let now = self.now();
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.advance(now);
        for (service, scripts) in self.scripts.iter() {
            if let Some(percent) = scripts.weight() {
                world.shift(service, percent);
            }
        }
        act(&mut world)
    }
}

#[cfg(test)]
mod tests {
    use super::super::query::{Measure, Query};
    use super::super::rule::Standing;
    use super::*;

    pub fn world(scenario: Scenario, seed: u64) -> World {
        let start = Time::from_timestamp(1_700_000_000, 0).unwrap();
        World::new(scenario, seed, Timeline::new(start, 1.0))
    }

    fn weigh(world: &mut World, name: &str, candidate: u32) {
        let backend = world.backend_mut(name).unwrap();
        backend.servers[0].weight = 100 - candidate;
        backend.servers[1].weight = candidate;
    }

    fn firing(world: &World, service: &str) -> Vec<&'static str> {
        let rules = world.rules.iter();
        rules
            .filter(|rule| matches!(rule.standing, Standing::Firing(_)))
            .filter(|rule| rule.query.service == service)
            .map(|rule| rule.name)
            .collect()
    }

    #[test]
    fn the_same_seed_time_and_actions_make_the_same_world() {
        let run = |seed, stops: &[i64]| {
            let mut world = world(Scenario::Release, seed);
            for stop in stops {
                world.advance_to(*stop);
            }
            weigh(&mut world, "checkout", 50);
            world.advance_to(200);
            format!("{:?}", world.services)
        };
        assert_eq!(run(1, &[100]), run(1, &[3, 50, 99, 100]));
        assert_ne!(run(1, &[100]), run(2, &[100]));
        assert_ne!(run(1, &[100]), run(1, &[101]));
    }

    #[test]
    fn a_bad_release_fires_and_a_rollback_resolves() {
        let mut world = world(Scenario::Release, 1);
        assert_eq!(firing(&world, "payments"), ["HighErrorRate"]);
        weigh(&mut world, "payments", 50);
        world.advance_to(150);
        assert_eq!(firing(&world, "payments"), ["HighErrorRate", "HighLatency", "ErrorBudgetBurn"]);
        weigh(&mut world, "payments", 0);
        world.advance_to(220);
        assert_eq!(firing(&world, "payments"), [""; 0]);
        let ending = world.service("payments").unwrap().ending;
        assert_eq!(ending, Some((151, Ending::RolledBack)));
        assert_eq!(firing(&world, "checkout"), [""; 0]);
    }

    #[test]
    fn good_releases_stay_within_limits_whatever_the_seed() {
        for seed in 0..10 {
            let mut world = world(Scenario::Release, seed);
            let query = Query {
                service: "checkout",
                side: Some(Side::Candidate),
                measure: Measure::ErrorRate,
            };
            world.advance_to(400);
            for second in 0..400 {
                let value = query.value(&world, second).unwrap();
                assert!(value < 0.01, "seed {seed}, second {second}: {value}");
            }
        }
    }

    #[test]
    fn quiet_is_quiet_and_an_incident_is_not() {
        let mut quiet = world(Scenario::Quiet, 1);
        quiet.advance_to(600);
        assert!(quiet.rules.iter().all(|r| r.standing == Standing::Inactive));
        let incident = world(Scenario::Incident, 1);
        assert_eq!(firing(&incident, "payments").len(), 3);
    }
}
