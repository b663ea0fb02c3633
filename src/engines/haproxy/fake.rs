//! A loopback HAProxy for tests: answers like the real one, or fails in a chosen way, and keeps every
//! line it was sent.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, UnixListener};

use crate::config::{HaproxyAddress, HaproxyConfig};

use super::state::{self, Member};

/// Name, operational state, administrative state, weight, configured weight, backup, status.
pub(super) type Rows<'a> = &'a [(&'a str, u32, u32, u32, u32, u32, &'a str)];

/// A target of one backend with one server a side.
pub(super) fn config() -> HaproxyConfig {
    HaproxyConfig {
        addresses: Vec::new(),
        backend: "checkout".to_owned(),
        stable: vec!["stable1".to_owned()],
        candidate: vec!["canary1".to_owned()],
        steps: vec![10.0, 50.0, 100.0],
        every: Duration::from_secs(1),
        timeout: Duration::from_secs(20),
    }
}

/// What a reading of such rows is.
pub(super) fn member(rows: Rows<'_>) -> Member {
    state::parse(
        &answer("checkout", "roundrobin", rows),
        "checkout",
        "tcp:h:1",
    )
    .unwrap()
}

/// The text of such rows, with columns that nobody reads and a health check that answered in riddles.
pub(super) fn answer(backend: &str, algorithm: &str, rows: Rows<'_>) -> String {
    let mut states = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state \
         srv_uweight srv_iweight srv_fqdn\n"
        .to_owned();
    let mut stat =
        "# pxname,svname,status,weight,act,bck,lbtot,type,last_chk,algo,uweight,\n".to_owned();
    let mut total = 0;
    for (at, (name, op, admin, weight, initial, backup, status)) in rows.iter().enumerate() {
        writeln!(
            states,
            "3 {backend} {at} {name} 127.0.0.1 {op} {admin} {weight} {initial} -"
        )
        .unwrap();
        writeln!(
            stat,
            "{backend},{name},{status},{weight},{},{backup},{},2,\"a \"\"b\"\", c\n\nd\",,{weight},",
            1 - backup,
            1000 + at
        )
        .unwrap();
        if matches!(op, 1 | 2) && *admin == 0 && *backup == 0 {
            total += weight;
        }
    }
    writeln!(
        stat,
        "{backend},BACKEND,UP,{total},2,0,5000,1,,{algorithm},{total},"
    )
    .unwrap();
    format!("{states}\n{stat}\n")
}

/// How a fake treats a connection.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mood {
    /// Like HAProxy: reads, sets, answers.
    Serve,
    /// Takes the connection, reads nothing, stays.
    Deaf,
    /// Reads the line and never answers.
    Mute,
    /// Reads the line and closes.
    Cut,
    /// Reads the line and answers this.
    Say(String),
}

#[derive(Debug)]
struct World {
    servers: Vec<(String, u32)>,
    mood: Mood,
    lines: Vec<String>,
}

/// The handle of a running fake.
#[derive(Debug, Clone)]
pub(super) struct Fake {
    /// Where it listens.
    pub address: HaproxyAddress,
    world: Arc<Mutex<World>>,
}

impl Fake {
    /// On a free port, with stable1 at 90 and canary1 at 10.
    pub(super) async fn tcp(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = HaproxyAddress::Tcp(listener.local_addr().unwrap().to_string());
        let fake = Self::new(address, mood);
        let world = Arc::clone(&fake.world);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&world)));
            }
        });
        fake
    }

    /// On a socket in `folder`.
    pub(super) fn unix(folder: &Path, mood: Mood) -> Self {
        let path = folder.join("haproxy.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let fake = Self::new(HaproxyAddress::Unix(path), mood);
        let world = Arc::clone(&fake.world);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&world)));
            }
        });
        fake
    }

    fn new(address: HaproxyAddress, mood: Mood) -> Self {
        let servers = vec![("stable1".to_owned(), 90), ("canary1".to_owned(), 10)];
        let world = World {
            servers,
            mood,
            lines: Vec::new(),
        };
        Self {
            address,
            world: Arc::new(Mutex::new(world)),
        }
    }

    /// Every line that arrived.
    pub(super) fn lines(&self) -> Vec<String> {
        self.world.lock().unwrap().lines.clone()
    }

    /// Changes how it treats the next connection.
    pub(super) fn set_mood(&self, mood: Mood) {
        self.world.lock().unwrap().mood = mood;
    }

    /// A server's weight.
    pub(super) fn weight(&self, name: &str) -> u32 {
        let world = self.world.lock().unwrap();
        world
            .servers
            .iter()
            .find(|server| server.0 == name)
            .unwrap()
            .1
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, world: Arc<Mutex<World>>) {
    let mood = world.lock().unwrap().mood.clone();
    if mood == Mood::Deaf {
        std::future::pending::<()>().await;
    }
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    if stream.read_line(&mut line).await.is_err() {
        return;
    }
    let line = line.trim_end().to_owned();
    world.lock().unwrap().lines.push(line.clone());
    let answer = match mood {
        Mood::Mute | Mood::Deaf => std::future::pending().await,
        Mood::Cut => return,
        Mood::Say(text) => text,
        Mood::Serve => obey(&line, &mut world.lock().unwrap()),
    };
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn obey(line: &str, world: &mut World) -> String {
    if line.starts_with("show servers state checkout; show stat checkout ") {
        let rows: Vec<_> = world
            .servers
            .iter()
            .map(|(name, weight)| (name.as_str(), 2, 0, *weight, 90, 0, "UP"))
            .collect();
        return answer("checkout", "roundrobin", &rows);
    }
    line.split(';')
        .map(|part| {
            let words: Vec<&str> = part.split_whitespace().collect();
            let ["set", "weight", server, weight] = words[..] else {
                return "Unknown command.\n\n";
            };
            let name = server.trim_start_matches("checkout/");
            match world.servers.iter_mut().find(|server| server.0 == name) {
                Some(server) => {
                    server.1 = weight.parse().unwrap();
                    "\n"
                }
                None => "No such server.\n\n",
            }
        })
        .collect()
}
