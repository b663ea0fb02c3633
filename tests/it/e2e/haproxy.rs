//! A real HAProxy with one backend of two servers, and what its own runtime API says of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process::{Process, free_port};
use crate::support::patience::until;

/// The weights that its configuration gives the two sides, and that a reload brings back.
pub const CONFIGURED: (u32, u32) = (100, 0);

/// A running HAProxy.
pub struct Haproxy {
    /// Where users come in.
    pub web: u16,
    /// The runtime API over TCP.
    pub api: u16,
    /// The runtime API over a unix socket.
    pub socket: PathBuf,
    process: Process,
}

/// What the statistics say of one server.
#[derive(Debug, PartialEq, Eq)]
pub struct ServerStat {
    /// Its effective weight.
    pub weight: u32,
    /// Sessions that it was given, in all.
    pub sessions: u64,
    /// `UP`, `DRAIN` …
    pub status: String,
}

impl Haproxy {
    /// Starts one in `folder`, in front of a stable and a candidate server.
    pub fn start(folder: &Path, name: &str, stable: u16, candidate: u16) -> Self {
        let (web, api) = (free_port(), free_port());
        let socket = folder.join(format!("{name}.sock"));
        let (on, off) = CONFIGURED;
        let text = format!(
            "global
    stats socket ipv4@127.0.0.1:{api} level admin
    stats socket {} level admin mode 600
    hard-stop-after 1s
defaults
    mode http
    option http-server-close
    timeout connect 1s
    timeout client 5s
    timeout server 5s
frontend web
    bind 127.0.0.1:{web}
    default_backend checkout
backend checkout
    balance roundrobin
    server stable1 127.0.0.1:{stable} weight {on}
    server canary1 127.0.0.1:{candidate} weight {off}
",
            socket.display()
        );
        let file = folder.join(format!("{name}.cfg"));
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new("haproxy");
        // a master with a worker, so that it can be reloaded as systemd would
        command.args(["-W", "-db", "-f"]).arg(&file);
        let process = Process::start(&mut command, &folder.join(format!("{name}.log")));
        let haproxy = Self { web, api, socket, process };
        until("haproxy answers", || {
            TcpStream::connect(("127.0.0.1", api)).ok()?;
            haproxy.try_ask("show info")
        });
        haproxy
    }

    /// What a configuration calls its runtime API over TCP.
    pub fn address(&self) -> String {
        format!("tcp:127.0.0.1:{}", self.api)
    }

    /// What a configuration calls its unix socket.
    pub fn unix_address(&self) -> String {
        format!("unix:{}", self.socket.display())
    }

    /// Reads its configuration anew: a new worker, with the weights that are written there.
    pub fn reload(&self) {
        let worker = || self.fact("Pid");
        let old = worker();
        rustix::process::kill_process(
            rustix::process::Pid::from_raw(self.process.id()).unwrap(),
            rustix::process::Signal::USR2,
        )
        .unwrap();
        until("a new worker", || (worker()? != *old.as_ref()?).then_some(()));
    }

    /// The weights of stable and candidate.
    pub fn weights(&self) -> (u32, u32) {
        (self.weight("stable1"), self.weight("canary1"))
    }

    /// The weight of one server.
    pub fn weight(&self, server: &str) -> u32 {
        let answer = self.ask(&format!("get weight checkout/{server}"));
        answer.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// One server, by its statistics.
    pub fn stat(&self, server: &str) -> ServerStat {
        let csv = self.ask("show stat");
        let mut lines = csv.lines();
        let head: Vec<&str> = lines.next().unwrap().trim_start_matches("# ").split(',').collect();
        let row: Vec<&str> = lines
            .map(|line| line.split(',').collect::<Vec<_>>())
            .find(|row| row[0] == "checkout" && row[1] == server)
            .unwrap();
        let cell = |name: &str| row[head.iter().position(|head| *head == name).unwrap()];
        ServerStat {
            weight: cell("weight").parse().unwrap(),
            sessions: cell("stot").parse().unwrap(),
            status: cell("status").to_owned(),
        }
    }

    /// Sends a command over the unix socket and reads the answer.
    pub fn ask(&self, command: &str) -> String {
        self.try_ask(command).unwrap_or_else(|| panic!("haproxy does not answer `{command}`"))
    }

    fn try_ask(&self, command: &str) -> Option<String> {
        let mut stream = UnixStream::connect(&self.socket).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        stream.write_all(format!("{command}\n").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    fn fact(&self, name: &str) -> Option<String> {
        let info = self.try_ask("show info")?;
        info.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
    }
}
