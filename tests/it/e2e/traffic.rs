//! Users: a fixed number of requests a second, that end by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::process::http;

/// Requests a second.
const RATE: u32 = 40;
/// However long a test takes, no more than this.
const MOST: u32 = RATE * 240;

/// Users that come until this is dropped, or until there were enough.
pub struct Traffic {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Traffic {
    /// Lets users come to these ports in turn.
    pub fn start(ports: Vec<u16>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let told = over.clone();
        let thread = std::thread::spawn(move || {
            let began = Instant::now();
            for (n, port) in (1..=MOST).zip(ports.iter().cycle()) {
                if told.load(Relaxed) {
                    return;
                }
                let _ = http(*port, "GET", "/");
                let due = Duration::from_secs(1) * n / RATE;
                std::thread::sleep(due.saturating_sub(began.elapsed()));
            }
        });
        Self { over, thread: Some(thread) }
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
