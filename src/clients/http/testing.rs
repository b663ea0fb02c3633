//! A loopback HTTP server for tests. It answers as it is told, whole, slowly, partly or not at all, and
//! remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// A request as it came over the wire; header names in lower case.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Decoded pairs of the query, or of the form of a POST.
    pub pairs: Vec<(String, String)>,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The first pair of that name.
    pub fn pair(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Sends these bytes and closes.
    Raw(Vec<u8>),
    /// Reads the request and says nothing for ever.
    Hang,
    /// Sends these bytes and then nothing for ever.
    Stall(Vec<u8>),
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: &str) -> Self {
        Self::with(status, &[("content-type", "application/json")], body)
    }

    /// An answer with headers of its own.
    pub fn with(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut raw = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            raw.extend([name, ": ", value, "\r\n"]);
        }
        let mut raw = (raw + "connection: close\r\n\r\n").into_bytes();
        raw.extend_from_slice(body);
        Self::Raw(raw)
    }

    /// A JSON answer that ends before its announced length.
    pub fn truncated(body: &str) -> Self {
        let half = &body[..body.len() / 2];
        Self::Raw(
            format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n{half}", body.len()).into_bytes(),
        )
    }

    /// A small compressed answer that grows to `size` bytes.
    pub fn bomb(size: usize) -> Self {
        let headers = [("content-encoding", "gzip"), ("content-type", "application/json")];
        Self::with(200, &headers, gzip_of_zeros(size))
    }
}

/// A running server; ends when dropped.
#[derive(Debug)]
pub struct Server {
    /// Its address, without a path.
    pub url: Url,
    seen: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts one that answers by `reply`.
    pub async fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<Request>>>::default();
        let (log, reply) = (seen.clone(), Arc::new(reply));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, log.clone(), reply.clone()));
            }
        });
        Self { url: url.parse().unwrap(), seen, task }
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address where nobody listens.
pub async fn nobody() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap()
}

async fn serve(
    mut stream: TcpStream,
    log: Arc<Mutex<Vec<Request>>>,
    reply: Arc<impl Fn(&Request) -> Reply>,
) {
    let Some(request) = read(&mut stream).await else {
        // A TLS greeting, as any plain server answers one.
        let _ = stream.write_all(b"HTTP/1.1 400 X\r\n\r\n").await;
        return;
    };
    log.lock().unwrap().push(request.clone());
    let (bytes, stall) = match reply(&request) {
        Reply::Raw(bytes) => (bytes, false),
        Reply::Stall(bytes) => (bytes, true),
        Reply::Hang => (Vec::new(), true),
    };
    let _ = stream.write_all(&bytes).await;
    if stall {
        std::future::pending::<()>().await;
    }
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut raw = Vec::new();
    let head = loop {
        if let Some(at) = raw.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut raw).await.ok()? == 0 || !raw[0].is_ascii_alphabetic() {
            return None;
        }
    };
    let text = String::from_utf8(raw[..head].to_vec()).unwrap();
    let mut lines = text.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    while raw.len() < head + 4 + length {
        stream.read_buf(&mut raw).await.ok()?;
    }
    let form = if length > 0 { &raw[head + 4..] } else { query.as_bytes() };
    let pairs = url::form_urlencoded::parse(form).into_owned().collect();
    Some(Request { method, path: path.to_owned(), pairs, headers })
}

/// A deflate stream of one literal zero and as many longest matches as `size` needs, without a checksum:
/// nobody should read that far.
fn gzip_of_zeros(size: usize) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut byte, mut used) = (0_u8, 0);
    let mut bit = |bit: bool| {
        byte |= u8::from(bit) << used;
        used += 1;
        if used == 8 {
            out.push(byte);
            (byte, used) = (0, 0);
        }
    };
    let mut bits = |text: &str| text.bytes().for_each(|c| bit(c == b'1'));
    bits("11000110000");
    for _ in 0..size / 258 {
        bits("1100010100000");
    }
    bits("000000000000000");
    out
}
