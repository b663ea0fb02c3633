//! The small app that is released: its own process, speaking just enough HTTP for a load balancer, a
//! Prometheus and a health check.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::process::{Process, http};

/// What the process finds its orders in: `track version`.
const ORDERS: &str = "FLIGHTDECK_TEST_APP";
/// Upper bounds of the duration histogram, in seconds.
const BUCKETS: [f64; 4] = [0.005, 0.05, 0.5, 5.0];

/// A running app.
pub struct App {
    /// Where it listens.
    pub port: u16,
    _process: Process,
}

impl App {
    /// Starts one side of a release.
    pub fn start(track: &str, version: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["e2e::app::process", "--exact", "--ignored", "--nocapture"]);
        command.env(ORDERS, format!("{track} {version}"));
        let (process, words) = Process::start_talking(&mut command);
        let port = words
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split("listening on ").nth(1)?.trim().parse().ok())
            .expect("the app names its port");
        Self { port, _process: process }
    }

    /// How many user requests it has answered, by its own count.
    pub fn requests(&self) -> u64 {
        http(self.port, "GET", "/requests").unwrap().1.trim().parse().unwrap()
    }

    /// How many of them it has failed.
    pub fn failed(&self) -> u64 {
        http(self.port, "GET", "/failed").unwrap().1.trim().parse().unwrap()
    }

    /// Makes it answer users with errors, or well again. Its health check goes on saying healthy: that is
    /// the kind of fault that only metrics find.
    pub fn fail(&self, fails: bool) {
        let path = if fails { "/admin/fail" } else { "/admin/work" };
        assert_eq!(http(self.port, "POST", path).unwrap().0, 200);
    }
}

#[test]
#[ignore = "no test: the app process that the end-to-end tests start"]
fn process() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    let (track, version) = orders.split_once(' ').expect("track and version");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("listening on {}", listener.local_addr().unwrap().port());
    let site: &'static Site = Box::leak(Box::new(Site {
        track: track.to_owned(),
        version: version.to_owned(),
        began: Instant::now(),
        fails: AtomicBool::new(false),
        good: AtomicU64::new(0),
        bad: AtomicU64::new(0),
        slow: Default::default(),
        nanos: AtomicU64::new(0),
    }));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || site.answer(&stream));
        }
    });
    // its owner holds the other end: however that one dies, the app does not stay
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// What one app process knows.
struct Site {
    track: String,
    version: String,
    began: Instant,
    fails: AtomicBool,
    good: AtomicU64,
    bad: AtomicU64,
    slow: [AtomicU64; BUCKETS.len()],
    nanos: AtomicU64,
}

impl Site {
    fn answer(&self, mut stream: &TcpStream) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let Some(request) = lines.next() else { return };
        lines.take_while(|line| !line.is_empty()).for_each(drop);
        let began = Instant::now();
        let path = request.split(' ').nth(1).unwrap_or_default();
        let (status, kind, body) = self.page(path);
        if path == "/" {
            self.count(began.elapsed());
        }
        let head = format!(
            "HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all((head + &body).as_bytes());
    }

    fn page(&self, path: &str) -> (u16, &'static str, String) {
        let ok = |body: String| (200, "text/plain", body);
        match path {
            "/" if self.fails.load(Relaxed) => {
                self.bad.fetch_add(1, Relaxed);
                (500, "text/plain", "no".into())
            }
            "/" => {
                self.good.fetch_add(1, Relaxed);
                ok(self.version.clone())
            }
            "/health" => (200, "application/json", self.health()),
            "/metrics" => (200, "text/plain; version=0.0.4", self.metrics()),
            "/failed" => ok(self.bad.load(Relaxed).to_string()),
            "/requests" => ok((self.good.load(Relaxed) + self.bad.load(Relaxed)).to_string()),
            "/admin/fail" | "/admin/work" => {
                self.fails.store(path == "/admin/fail", Relaxed);
                ok(String::new())
            }
            _ => (404, "text/plain", String::new()),
        }
    }

    fn count(&self, took: Duration) {
        self.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(0), Relaxed);
        for (slow, _) in self.slow.iter().zip(BUCKETS).filter(|(_, le)| took.as_secs_f64() <= *le) {
            slow.fetch_add(1, Relaxed);
        }
    }

    fn health(&self) -> String {
        serde_json::json!({
            "status": "healthy",
            "version": self.version,
            "uptime": self.began.elapsed().as_secs(),
            "components": { "database": { "status": "healthy" }, "cache": { "status": "healthy" } },
        })
        .to_string()
    }

    fn metrics(&self) -> String {
        let track = &self.track;
        let (good, bad) = (self.good.load(Relaxed), self.bad.load(Relaxed));
        let mut text = String::from("# TYPE http_requests_total counter\n");
        for (code, n) in [(200, good), (500, bad)] {
            let _ = writeln!(text, r#"http_requests_total{{track="{track}",code="{code}"}} {n}"#);
        }
        text.push_str("# TYPE http_request_duration_seconds histogram\n");
        let name = "http_request_duration_seconds";
        for (slow, le) in self.slow.iter().zip(BUCKETS) {
            let n = slow.load(Relaxed);
            let _ = writeln!(text, r#"{name}_bucket{{track="{track}",le="{le}"}} {n}"#);
        }
        let seconds = Duration::from_nanos(self.nanos.load(Relaxed)).as_secs_f64();
        let _ = writeln!(text, r#"{name}_bucket{{track="{track}",le="+Inf"}} {}"#, good + bad);
        let _ = writeln!(text, r#"{name}_sum{{track="{track}"}} {seconds}"#);
        let _ = writeln!(text, r#"{name}_count{{track="{track}"}} {}"#, good + bad);
        text
    }
}
