//! A GitHub that counts: repositories of which a tenth has a run in progress at any time, weak `ETag`s, the
//! hour's limit and the minute's. Time is the caller's.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Milliseconds that a tenth of the repositories is active before the next tenth is.
pub const SLOT_MS: u64 = 360_000;
/// Milliseconds between two changes of a run in progress.
const STAGE_MS: u64 = 20_000;
/// Requests an hour.
const LIMIT: usize = 5000;
/// Requests a minute.
const MINUTE: usize = 900;

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// When, since the beginning.
    pub ms: u64,
    /// Of which repository.
    pub repo: usize,
    /// The end of its path: `runs`, `jobs`, `deployments` …
    pub what: String,
    /// What was answered.
    pub status: u16,
}

/// The server's memory.
#[derive(Debug, Default)]
pub struct Log {
    /// Every request.
    pub asked: Vec<Asked>,
    /// Those that the hour's limit counts: all but the unchanged.
    pub counted: usize,
    /// How often what is left of the hour was asked for, which is free.
    pub looks: usize,
}

/// When the world begins.
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}

/// Milliseconds of the runtime's own time, which may stand still.
pub fn since(began: tokio::time::Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap()
}

/// In which slot a repository's newest run is or was in progress, and how far that is; none before its first.
pub fn newest_run(repo: usize, repos: usize, ms: u64) -> Option<(u64, Option<u64>)> {
    let group = (repo * 10 / repos) as u64;
    let slot = ms / SLOT_MS;
    let own = (0..=slot).rev().find(|slot| slot % 10 == group)?;
    Some((own, (own == slot).then_some(ms % SLOT_MS / STAGE_MS)))
}

/// Serves until it is dropped with its runtime.
pub async fn serve(repos: usize, began: tokio::time::Instant) -> (String, Arc<Mutex<Log>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let log = Arc::<Mutex<Log>>::default();
    let kept = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, repos, began, kept.clone()));
        }
    });
    (url, log)
}

async fn talk(stream: TcpStream, repos: usize, began: tokio::time::Instant, log: Arc<Mutex<Log>>) {
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    let (mut line, mut path, mut etag) = (String::new(), String::new(), None);
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let text = line.trim_end();
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("get ") {
            path = text.split(' ').nth(1).unwrap().to_owned();
            etag = None;
        } else if lower.starts_with("if-none-match: ") {
            etag = Some(text["if-none-match: ".len()..].to_owned());
        } else if text.is_empty() {
            let answer = answer(&path, etag.as_deref(), repos, since(began), &log);
            if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
        line.clear();
    }
}

fn answer(path: &str, etag: Option<&str>, repos: usize, ms: u64, log: &Mutex<Log>) -> String {
    if path == "/rate_limit" {
        let mut log = log.lock().unwrap();
        log.looks += 1;
        return left(LIMIT - log.counted);
    }
    let parts: Vec<&str> = path.split('?').next().unwrap().trim_matches('/').split('/').collect();
    let repo: usize = parts[2].trim_start_matches("service-").parse().unwrap();
    let what = (*parts.last().unwrap()).to_owned();
    let body = body(&what, newest_run(repo, repos, ms)).to_string();
    let hash = body.bytes().fold(7_u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)));
    let tag = format!("W/\"{hash:x}\"");

    let mut log = log.lock().unwrap();
    let lately = log.asked.iter().rev().take_while(|asked| asked.ms + 60_000 > ms).count();
    let (status, more, body) = if lately >= MINUTE {
        let told = json!({"message": "secondary", "documentation_url": "#secondary-rate-limits"});
        (403, "retry-after: 60\r\n".to_owned(), told.to_string())
    } else if etag == Some(&tag) {
        (304, String::new(), String::new())
    } else if log.counted >= LIMIT {
        (403, String::new(), json!({"message": "API rate limit exceeded"}).to_string())
    } else {
        log.counted += 1;
        (200, String::new(), body)
    };
    log.asked.push(Asked { ms, repo, what, status });
    let left = LIMIT - log.counted;
    let reset = start().timestamp() + 3600;
    let length = match status {
        304 => String::new(),
        _ => format!("content-length: {}\r\n", body.len()),
    };
    format!(
        "HTTP/1.1 {status} x\r\netag: {tag}\r\nx-ratelimit-limit: {LIMIT}\r\n\
         x-ratelimit-remaining: {left}\r\nx-ratelimit-reset: {reset}\r\n\
         x-ratelimit-resource: core\r\n{more}{length}\r\n{body}"
    )
}

/// What is left of the hour.
fn left(remaining: usize) -> String {
    let reset = start().timestamp() + 3600;
    let core = json!({"limit": LIMIT, "remaining": remaining, "reset": reset});
    let body = json!({"resources": {"core": core}, "rate": core}).to_string();
    format!("HTTP/1.1 200 x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn body(what: &str, newest: Option<(u64, Option<u64>)>) -> Value {
    let (slot, stage) = newest.unwrap_or((999, None));
    let id = 1000 + slot;
    let (status, conclusion) = match stage {
        Some(_) => ("in_progress", Value::Null),
        None => ("completed", json!("success")),
    };
    let time = |s: u64| (start() + chrono::TimeDelta::seconds(s as i64)).to_rfc3339();
    let updated = time(stage.unwrap_or(30) * 20);
    let run = json!({"id": id, "status": status, "conclusion": conclusion, "head_sha": "abc",
        "path": ".github/workflows/deploy.yml", "run_attempt": 1, "updated_at": updated});
    match what {
        "runs" => json!({"workflow_runs": [run]}),
        "jobs" => json!({"jobs": [{"id": id, "name": "deploy", "status": status,
            "conclusion": conclusion, "steps": [{"name": updated, "number": 1, "status": status}]}]}),
        "deployments" => json!([{"id": id, "environment": "production", "sha": "abc"}]),
        "statuses" => json!([{"id": id, "created_at": time(0),
            "state": if stage.is_some() { "in_progress" } else { "success" }}]),
        "releases" => json!([{"tag_name": "v1", "draft": false}]),
        _ => json!([{"name": "v1", "commit": {"sha": "abc"}}]),
    }
}
