//! The embedded world: loopback servers that speak the real protocols, so that the cockpit can be shown,
//! tried and tested without anyone's production. A world of its own: the real clients reach it through
//! sockets alone, and it knows nothing of them, the store, the control or the screen.

mod alertmanager;
mod app;
mod assurance;
mod backend;
mod chance;
mod configuration;
mod directory;
mod exchange;
mod fault;
mod forge;
mod github;
mod haproxy;
mod health;
mod http;
mod net;
mod prometheus;
mod query;
mod quirk;
mod registry;
mod rule;
mod scenario;
mod scripts;
#[cfg(test)]
mod tests;
mod timeline;
mod world;

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::ports::Clock;

use self::alertmanager::Alertmanager;
use self::app::Side;
use self::configuration::Addresses;
use self::directory::Directory;
use self::github::{Github, Storage};
use self::health::{Health, Process};
use self::http::Handler;
use self::prometheus::Prometheus;
use self::registry::Registry;
use self::scenario::Mover;
use self::scripts::Scripts;
use self::timeline::Timeline;
use self::world::{Shared, World};

pub use self::exchange::{Answer, Exchange, Exchanges};
pub use self::fault::{Faults, Hitch, Mood, Peer, Received};
pub use self::quirk::{Quirks, Token};
pub use self::scenario::Scenario;

/// Which world is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Its story.
    pub scenario: Scenario,
    /// World seconds per real second: divides the story, soak, `for` and grace. From 0.1 to 1000.
    pub speed: f64,
    /// What its chance depends on.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { scenario: Scenario::default(), speed: 1.0, seed: 1 }
    }
}

/// A world that runs. Its servers stop, and its files go, when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// The configuration that points at its servers.
    pub toml: String,
    /// What can be made to go wrong, and what the servers were asked.
    pub faults: Faults,
    directory: Directory,
    _servers: JoinSet<()>,
}

impl Running {
    /// The private folder that lives as long as the world: a place for its journal.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}

/// Starts a world. Must be called within a tokio runtime that can do network and time.
///
/// # Errors
/// When the speed is out of range, no port is free or the temporary folder cannot be written.
pub async fn start(options: Options, clock: Arc<dyn Clock>) -> io::Result<Running> {
    let Options { scenario, speed, seed } = options;
    if !(0.1..=1000.0).contains(&speed) {
        let text = format!("speed {speed} is out of range; give one from 0.1 to 1000");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let timeline = Timeline::new(clock.now(), speed);
    let world = World::new(scenario, seed, timeline);
    let stories: Vec<_> = world.services.iter().map(|service| service.story).collect();
    let directory = Directory::new()?;
    let scripted = stories.iter().filter(|story| story.mover == Mover::Scripts);
    let scripts = scripted
        .map(|story| Ok((story.name, Scripts::install(directory.path(), story)?)))
        .collect::<io::Result<Vec<_>>>()?;
    let shared = Shared::new(world, clock, scripts.clone());
    let token = format!("demo-{}", directory::random(32));
    let token_file = directory.write("token", &token)?;

    let (haproxy, haproxy_at) = net::listen().await?;
    let (prometheus, prometheus_at) = net::listen().await?;
    let (alertmanager, alertmanager_at) = net::listen().await?;
    let (github, github_at) = net::listen().await?;
    let (storage, storage_at) = net::listen().await?;
    let (registry, registry_at) = net::listen().await?;
    let mut addresses = Addresses {
        github: github_at,
        prometheus: prometheus_at,
        alertmanager: alertmanager_at,
        haproxy: haproxy_at,
        registry: registry_at,
        processes: Vec::new(),
        scripts,
    };

    let faults = Faults::default();
    let mut servers = JoinSet::new();
    let mut targets = Vec::new();
    for story in &stories {
        for side in [None, Some(Side::Candidate), Some(Side::Stable)] {
            let process = Process { service: story.name, side };
            let (listener, address) = net::listen().await?;
            addresses.processes.push((process, address));
            if let Some(side) = side {
                targets.push((story.name, side, address.port()));
                shared.with(|world| world.settle_port(story.name, side, address.port()));
            }
            let health = Health { shared: shared.clone(), process };
            let server =
                http::serve(listener, address, Peer::Health, faults.clone(), Arc::new(health));
            servers.spawn(server);
        }
    }
    let mut spawn = |listener: TcpListener, address, peer, handler: Arc<dyn Handler>| {
        servers.spawn(http::serve(listener, address, peer, faults.clone(), handler));
    };
    spawn(
        prometheus,
        prometheus_at,
        Peer::Prometheus,
        Arc::new(Prometheus {
            shared: shared.clone(),
            faults: faults.clone(),
            targets,
            alertmanager: alertmanager_at,
        }),
    );
    spawn(
        alertmanager,
        alertmanager_at,
        Peer::Alertmanager,
        Arc::new(Alertmanager { shared: shared.clone() }),
    );
    spawn(
        github,
        github_at,
        Peer::Github,
        Arc::new(Github::new(
            shared.clone(),
            format!("http://{github_at}"),
            format!("http://{storage_at}"),
            token.clone(),
            faults.clone(),
        )),
    );
    spawn(
        registry,
        registry_at,
        Peer::Registry,
        Arc::new(Registry {
            shared: shared.clone(),
            base: format!("http://{registry_at}"),
            password: token.clone(),
            faults: faults.clone(),
        }),
    );
    spawn(storage, storage_at, Peer::Github, Arc::new(Storage { shared: shared.clone(), token }));
    servers.spawn(haproxy::serve(haproxy, haproxy_at, faults.clone(), shared));

    let toml = configuration::write(&addresses, &token_file, &timeline, scenario, stories.iter());
    Ok(Running { toml, faults, directory, _servers: servers })
}
