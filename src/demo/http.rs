//! The servers' HTTP: a request as values, a reply as values, and what faults do to both.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Collected, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use super::fault::{Faults, Hitch, Mood, Peer};
use super::net;

/// The largest body that is read.
const FORM: usize = 256 * 1024;

/// What was asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// The path.
    pub path: String,
    /// The query string's pairs, then those of a form.
    pub pairs: Vec<(String, String)>,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Request {
    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs.iter();
        let found = pairs.find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let pairs = self.pairs.iter();
        let found = pairs.filter(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// The path's segments.
    pub fn segments(&self) -> Vec<&str> {
        self.path.trim_matches('/').split('/').collect()
    }
}

/// A part of a path as it is meant: `%2F` is a slash.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = escaped.and_then(|two| u8::from_str_radix(two, 16).ok());
        if let Some(byte) = byte.filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".into())],
            body: body.to_string(),
        }
    }

    /// A plain answer.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type", "text/plain; charset=utf-8".into())],
            body: body.into(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one.
    fn answer(&self, request: &Request) -> Reply;
}

/// Serves HTTP until dropped.
pub async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    peer: Peer,
    faults: Faults,
    handler: Arc<dyn Handler>,
) {
    let mood = faults.mood(peer);
    net::accept(listener, address, mood, |stream| {
        converse(stream, peer, faults.clone(), Arc::clone(&handler))
    })
    .await;
}

async fn converse(stream: TcpStream, peer: Peer, faults: Faults, handler: Arc<dyn Handler>) {
    let service = service_fn(|request| respond(request, peer, &faults, handler.as_ref()));
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // a peer that went away is its own affair
    let _ = connection.await;
}

async fn respond(
    request: hyper::Request<Incoming>,
    peer: Peer,
    faults: &Faults,
    handler: &dyn Handler,
) -> io::Result<hyper::Response<BoxBody<Bytes, io::Error>>> {
    faults.count(peer);
    let mood = *faults.mood(peer).borrow();
    let request = read(request).await;
    let heard = faults.exchanges().asked(peer, &request);
    faults.receive(peer, &request.method, &request.path, &request.body);
    let hitch = faults.hitch(peer, &request.method, &request.path);
    if let Some(Hitch::Before(status)) = hitch {
        return Ok(whole(Reply::text(status, "the demo world was told to say this\n")));
    }
    let answer = || {
        let reply = handler.answer(&request);
        faults.exchanges().answered(heard, &reply);
        reply
    };
    let reply = match mood {
        Mood::Ok | Mood::Cut => answer(),
        Mood::Slow(by) => {
            tokio::time::sleep(by).await;
            answer()
        }
        Mood::Refuse | Mood::Hang => std::future::pending().await,
        Mood::Garbage => Reply::text(200, "\u{1b}]0;garbage\u{7}{\"status\": \u{0}<html>")
            .with("x-garbage", "yes"),
        Mood::Status(status) => Reply::text(status, "the demo world was told to say this\n"),
    };
    let reply = match hitch {
        None | Some(Hitch::Before(_)) => reply,
        Some(Hitch::After(status)) => Reply::text(status, "the demo world was told to say this\n"),
        Some(Hitch::Hang) => std::future::pending().await,
        // the connection ends without a word
        Some(Hitch::Close) => return Err(io::ErrorKind::ConnectionAborted.into()),
    };
    if mood != Mood::Cut {
        return Ok(whole(reply));
    }
    let head = head(&reply);
    let body = Bytes::from(reply.body);
    let body = {
        let half = body.slice(..body.len() / 2);
        let end = async {
            // what is ready together is not sent at all: the half goes out while this waits
            tokio::task::yield_now().await;
            Err(io::Error::from(io::ErrorKind::ConnectionAborted))
        };
        let half = stream::once(async { Ok(Frame::data(half)) });
        let frames = half.chain(stream::once(end));
        BodyExt::boxed(StreamBody::new(frames))
    };
    Ok(hyper::Response::from_parts(head, body))
}

fn whole(reply: Reply) -> hyper::Response<BoxBody<Bytes, io::Error>> {
    let head = head(&reply);
    let body = Full::new(Bytes::from(reply.body)).map_err(|never| match never {}).boxed();
    hyper::Response::from_parts(head, body)
}

async fn read(request: hyper::Request<Incoming>) -> Request {
    let (head, body) = request.into_parts();
    let decode = |bytes: &[u8]| -> Vec<(String, String)> {
        let pairs = url::form_urlencoded::parse(bytes);
        pairs.map(|(k, v)| (k.into(), v.into())).collect()
    };
    let headers: BTreeMap<_, _> = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let mut pairs = decode(head.uri.query().unwrap_or_default().as_bytes());
    let form = "application/x-www-form-urlencoded";
    let kind = headers.get("content-type");
    let body = Limited::new(body, FORM).collect().await;
    let body = body.map(Collected::to_bytes).unwrap_or_default();
    if kind.is_some_and(|kind| kind.starts_with(form)) {
        pairs.extend(decode(&body));
    }
    Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        pairs,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

fn head(reply: &Reply) -> http::response::Parts {
    let mut response = http::Response::new(());
    *response.status_mut() =
        http::StatusCode::from_u16(reply.status).unwrap_or(http::StatusCode::IM_A_TEAPOT);
    let bodiless = matches!(reply.status, 204 | 304);
    let length = (!bodiless).then(|| ("content-length", reply.body.len().to_string()));
    for (name, value) in reply.headers.iter().cloned().chain(length) {
        if let Ok(value) = http::HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response.into_parts().0
}
