//! A loopback GitHub for tests: counts what it is asked, answers what a test says, and can hang, cut or
//! close.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::GithubClient;
use crate::config::{HttpConfig, Secret};
use crate::model::Time;
use crate::ports::Clock;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `GET` or `POST`.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// By lower-case name.
    pub(crate) headers: HashMap<String, String>,
    /// What was sent with it.
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What to answer.
pub(crate) enum Reply {
    /// Status, extra headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// These bytes, then the end of the connection.
    Raw(String),
    /// Nothing, for ever.
    Hang,
}

impl Reply {
    pub(crate) fn json(body: &Value) -> Self {
        Self::Answer(200, Vec::new(), body.to_string())
    }

    pub(crate) fn status(code: u16, message: &str) -> Self {
        let body = serde_json::json!({ "message": message });
        Self::Answer(code, Vec::new(), body.to_string())
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Answer(_, headers, _) = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    /// The body under an ETag made from it: 304 when the request names it.
    pub(crate) fn tagged(seen: &Seen, body: &Value) -> Self {
        let text = body.to_string();
        let hash = text
            .bytes()
            .fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let etag = format!("W/\"{hash:x}\"");
        if seen.header("if-none-match") == Some(&etag) {
            return Self::Answer(304, vec![("etag", etag)], String::new());
        }
        Self::Answer(200, vec![("etag", etag)], text)
    }

    fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Hang => None,
            Self::Raw(text) => Some(text.into_bytes()),
            Self::Answer(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} x\r\nconnection: close\r\n");
                for (name, value) in headers {
                    let _ = write!(head, "{name}: {value}\r\n");
                }
                if status != 304 {
                    let _ = write!(head, "content-length: {}\r\n", body.len());
                }
                Some(format!("{head}\r\n{body}").into_bytes())
            }
        }
    }
}

/// The server; gone when dropped.
pub(crate) struct World {
    /// Its origin.
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl World {
    pub(crate) async fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let answer = Arc::new(answer);
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&log)));
            }
        });
        Self { url: url.parse().unwrap(), seen, task }
    }

    /// What was asked since the last look.
    pub(crate) fn asked(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// The paths asked since the last look, sorted.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<_> = self.asked().into_iter().map(|seen| seen.path).collect();
        paths.sort();
        paths
    }

    /// A client of this world, with [`TOKEN`] and a clock that stands still.
    pub(crate) fn client(&self) -> (GithubClient, Arc<Hand>) {
        self.client_at("")
    }

    /// The same, below a path.
    pub(crate) fn client_at(&self, path: &str) -> (GithubClient, Arc<Hand>) {
        let mut config = config(&self.url);
        config.url.set_path(path);
        client(config)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The token that every test client sends.
pub(crate) const TOKEN: &str = env!("CARGO_PKG_NAME");

/// A client with a clock that stands still.
pub(crate) fn client(config: HttpConfig) -> (GithubClient, Arc<Hand>) {
    let clock = Arc::new(Hand(Mutex::new(start())));
    let client = GithubClient::new(config, clock.clone());
    super::lock(&client.shared().scheduler).steady();
    (client, clock)
}

/// How a test client reaches `url`. The token is the value of a variable that cargo always sets for tests.
pub(crate) fn config(url: &Url) -> HttpConfig {
    let bearer = Some(Secret::Env("CARGO_PKG_NAME".to_owned()));
    HttpConfig { bearer, ..HttpConfig::plain(url.clone(), Duration::from_secs(60)) }
}

/// A clock that a test moves.
pub(crate) struct Hand(pub(crate) Mutex<Time>);

impl Hand {
    pub(crate) fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += chrono::TimeDelta::seconds(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

/// When every test begins.
pub(crate) fn start() -> Time {
    chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

async fn serve(
    mut stream: TcpStream,
    answer: Arc<impl Fn(&Seen) -> Reply>,
    log: Arc<Mutex<Vec<Seen>>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut request = lines.next().unwrap().split(' ').map(str::to_owned);
    let (method, path) = (request.next().unwrap(), request.next().unwrap());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    if stream.read_exact(&mut body).await.is_err() {
        return;
    }
    let seen = Seen { method, path, headers, body: String::from_utf8(body).unwrap() };
    let reply = answer(&seen).bytes();
    log.lock().unwrap().push(seen);
    match reply {
        Some(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        None => std::future::pending().await,
    }
}
