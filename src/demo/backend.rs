//! One balanced backend: servers, weights, and who gets the next second's requests. Knows nothing of
//! the protocol that its operators speak.

use super::app::{App, Side};
use super::chance::Chance;

/// What an operator allows a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admin {
    /// Traffic.
    Ready,
    /// Only what it has already.
    Drain,
    /// Nothing.
    Maint,
}

/// A server of a backend, and the process behind it.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name.
    pub name: &'static str,
    /// Its side.
    pub side: Side,
    /// Its process.
    pub app: App,
    /// Its weight in the balancer's configuration file.
    pub initial: u32,
    /// Its weight now, 0–256.
    pub weight: u32,
    /// Its administrative state.
    pub admin: Admin,
    /// When its state last changed, in world seconds.
    pub changed: i64,
    /// The port of its process.
    pub port: u16,
    credit: f64,
}

impl Server {
    /// A server as the configuration file has it.
    pub fn new(side: Side, initial: u32, app: App) -> Self {
        Self {
            name: side.server(),
            side,
            changed: app.born,
            app,
            initial,
            weight: initial,
            admin: Admin::Ready,
            port: 0,
            credit: 0.0,
        }
    }

    /// Whether it may get new requests.
    pub fn is_eligible(&self) -> bool {
        self.admin == Admin::Ready
    }
}

/// A backend.
#[derive(Debug, Clone)]
pub struct Backend {
    /// Its name.
    pub name: &'static str,
    /// Its servers.
    pub servers: Vec<Server>,
    /// Requests that no server could take: answered by the balancer with 503.
    pub lost: u64,
    /// Requests of the last world second.
    pub rate: u64,
}

impl Backend {
    /// The weights of the servers that may get requests, summed.
    pub fn weight(&self) -> u32 {
        let eligible = self.servers.iter().filter(|server| server.is_eligible());
        eligible.map(|server| server.weight).sum()
    }

    /// The percentage of requests that goes to a side.
    pub fn routed(&self, side: Side) -> f64 {
        let of_side = self.servers.iter().filter(|server| server.side == side);
        let eligible = of_side.filter(|server| server.is_eligible());
        let weight: u32 = eligible.map(|server| server.weight).sum();
        f64::from(weight) * 100.0 / f64::from(self.weight().max(1))
    }

    /// Gives the candidate side a weight, and the rest of a hundred to the stable side.
    pub fn split(&mut self, candidate: u32) {
        for server in &mut self.servers {
            server.weight = match server.side {
                Side::Candidate => candidate,
                Side::Stable => 100 - candidate,
            };
        }
    }

    /// The server of a side.
    pub fn side(&self, side: Side) -> Option<&Server> {
        self.servers.iter().find(|server| server.side == side)
    }

    /// Shares out the requests of one world second, as exactly as whole requests allow.
    pub fn serve(&mut self, requests: u64, chance: &mut Chance) {
        let total = f64::from(self.weight());
        self.rate = requests;
        if total <= 0.0 {
            self.lost += requests;
        }
        for server in &mut self.servers {
            let share = if server.admin == Admin::Ready && total > 0.0 {
                f64::from(server.weight) / total
            } else {
                server.credit = 0.0;
                0.0
            };
            server.credit += requests as f64 * share;
            // a sum of thirds may end a hair below the whole request it stands for
            let taken = (server.credit + 1e-6).floor();
            server.credit -= taken;
            server.app.serve(taken as u64, share, chance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Quality;
    use super::*;

    #[test]
    fn requests_follow_weights_and_are_lost_without_a_server() {
        let app = || App::new("1", Quality::Good, 0, 0);
        let mut backend = Backend {
            name: "b",
            servers: vec![
                Server::new(Side::Stable, 90, app()),
                Server::new(Side::Candidate, 10, app()),
            ],
            lost: 0,
            rate: 0,
        };
        let mut chance = Chance::of(&[1]);
        for _ in 0..100 {
            backend.serve(33, &mut chance);
        }
        let counts = |backend: &Backend| -> Vec<u64> {
            let servers = backend.servers.iter();
            servers.map(|server| server.app.total().requests).collect()
        };
        assert_eq!(counts(&backend), [2970, 330]);
        backend.servers[0].admin = Admin::Maint;
        assert!((backend.routed(Side::Candidate) - 100.0).abs() < 1e-9);
        backend.serve(33, &mut chance);
        assert_eq!(counts(&backend), [2970, 363]);
        backend.servers[1].weight = 0;
        backend.serve(33, &mut chance);
        assert_eq!((counts(&backend), backend.lost), (vec![2970, 363], 33));
    }
}
