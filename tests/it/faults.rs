//! Every source × every way to fail, on the real program: the reason is named, promotion waits, rollback
//! does not, and whatever the server does to a change, it gets it once.

mod cockpit;
mod headless;

use std::fmt;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use flightdeck::demo::{Mood, Peer};

/// A way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    name: &'static str,
    mood: Mood,
}

impl Fault {
    /// All of them. The slow one takes longer than the world's configuration allows.
    pub const ALL: [Self; 5] = [
        Self { name: "killed", mood: Mood::Refuse },
        Self { name: "hangs", mood: Mood::Hang },
        Self { name: "slow", mood: Mood::Slow(Duration::from_secs(3)) },
        Self { name: "garbage", mood: Mood::Garbage },
        Self { name: "cut", mood: Mood::Cut },
    ];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What a feed of a server is called, where its trouble is told.
fn feed(peer: Peer) -> &'static str {
    match peer {
        Peer::Haproxy => "engine",
        other => other.name(),
    }
}

/// Does something for every item, some at once; panics with the first that panicked.
pub fn each<T: Send>(items: Vec<T>, at_once: usize, work: impl Fn(T) + Sync) {
    let queue = Mutex::new(items);
    let next = || {
        while let Some(item) = { queue.lock().unwrap().pop() } {
            work(item);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(next)).collect();
        let panicked = workers.into_iter().find_map(|worker| worker.join().err());
        if let Some(panic) = panicked {
            std::panic::resume_unwind(panic);
        }
    });
}
