//! The real program against servers, files and an environment that are hostile throughout.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::bytes;
use crate::support::{Program, Pty};

/// All that a terminal can be asked for, in one text.
const TEXT: &str = "fix\u{1b}]52;c;cm0K\u{7}\u{1b}[2J\u{9b}31m\u{202e}x\u{2066}\u{200b}\u{e0041}\
    \u{1b}P$q\u{1b}\\\u{85}\u{2028}\r\n\u{0}\u{7f}e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\
    \u{301}\u{301}\u{301}\u{301}\u{301} 漢\u{1b}";

/// One server that is GitHub, Prometheus, Alertmanager, a health page and HAProxy, all hostile.
struct Stranger {
    folder: TempDir,
    port: u16,
}

impl Stranger {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        // ends with the process: nobody can join a thread that waits for connections
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || drop(answer(stream)));
            }
        });
        let stranger = Self { folder: TempDir::new().expect("a folder"), port };
        stranger.write("flightdeck.toml", &stranger.toml());
        stranger.write("token", "secret-of-ours");
        stranger
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("a file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn toml(&self) -> String {
        let (port, token) = (self.port, self.path("token"));
        format!(
            r#"version = 1
[github]
api_url = "http://127.0.0.1:{port}"
token = {{ file = "{token}" }}
[prometheus.main]
url = "http://127.0.0.1:{port}"
[alertmanager.main]
url = "http://127.0.0.1:{port}"
[[service]]
name = "checkout"
repo = "acme/checkout"
workflows = ["deploy.yml"]
  [[service.environment]]
  name = "production"
  workflow = "deploy.yml"
  prometheus = "main"
  alertmanager = "main"
  alerts = ['service="checkout"']
    [service.environment.rollout]
    engine = "haproxy"
    address = "tcp:127.0.0.1:{port}"
    backend = "checkout"
    stable = ["stable1"]
    candidate = ["canary1"]
    steps = [10, 50, 100]
    [[service.environment.health]]
    name = "api"
    url = "http://127.0.0.1:{port}/health"
    revision = "/version"
    [[service.environment.metric]]
    name = "error rate"
    query = "errors"
    max = 0.01
"#,
            token = token.display()
        )
    }

    fn program(&self, line: &str) -> Program {
        Program::new(self.folder.path())
            .env("FLIGHTDECK_STATE", self.path("state"))
            .env("FLIGHTDECK_USER", TEXT.replace('\0', ""))
            .env("FLIGHTDECK_LOG", "trace")
            .args(["--config".into(), self.path("flightdeck.toml")])
            .args(["--log".into(), self.path("log")])
            .args(["--timeout", "5s"])
            .args(line.split_whitespace())
    }
}

/// Answers one connection by what it asks for.
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let Some(path) = first.strip_prefix("GET ").or_else(|| first.strip_prefix("POST ")) else {
        // what HAProxy would be asked
        return stream.write_all(format!("# {TEXT}\n{TEXT},{TEXT}\n\n").as_bytes());
    };
    let mut length = 0;
    for line in reader.by_ref().lines() {
        let line = line?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let (status, body) = body(path.split([' ', '?']).next().unwrap_or_default());
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} x\u{9b}2J\r\ncontent-type: application/json\r\nserver: \u{202e}x\r\n\
         x-ratelimit-limit: 5000\r\nx-ratelimit-remaining: 4000\r\nx-ratelimit-reset: 1800000000\r\n\
         etag: \"a\u{e9}\"\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn body(path: &str) -> (u16, Value) {
    let when = "2026-01-01T00:00:00Z";
    match path {
        "/api/v2/alerts" => {
            let labels = json!({"alertname": TEXT, "severity": TEXT, TEXT: TEXT});
            let status = json!({"state": "active", "silencedBy": [], "inhibitedBy": []});
            let notes = json!({"summary": TEXT, "runbook_url": TEXT, TEXT: TEXT});
            let alert = json!({"labels": labels, "annotations": notes, "startsAt": when,
                "endsAt": when, "updatedAt": when, "fingerprint": TEXT, "status": status,
                "receivers": [{"name": TEXT}], "generatorURL": TEXT});
            (200, json!([alert]))
        }
        "/health" => {
            let part = json!({"status": TEXT, "details": {"error": TEXT}});
            let parts = json!({TEXT: part, "database": {"status": "DOWN", "output": TEXT}});
            (503, json!({"status": TEXT, "version": TEXT, "components": parts, "output": TEXT}))
        }
        path if path.starts_with("/api/v1/") => {
            (422, json!({"status": "error", "errorType": TEXT, "error": TEXT, "warnings": [TEXT]}))
        }
        path if path.ends_with("/runs") => {
            let person = json!({"login": TEXT});
            let run = json!({"id": 7, "name": TEXT, "path": ".github/workflows/deploy.yml",
                "run_number": 7, "run_attempt": 1, "display_title": TEXT, "head_branch": TEXT,
                "head_sha": TEXT, "event": TEXT, "status": TEXT, "conclusion": TEXT,
                "created_at": when, "updated_at": when, "run_started_at": when, "html_url": TEXT,
                "actor": person, "workflow_id": 1});
            (200, json!({"total_count": 1, "workflow_runs": [run, {"id": TEXT}]}))
        }
        path if path.ends_with("/jobs") => {
            let step = json!({"number": 1, "name": TEXT, "status": TEXT, "conclusion": TEXT});
            let job = json!({"id": 1, "run_id": 7, "name": TEXT, "status": TEXT,
                "conclusion": TEXT, "steps": [step], "html_url": TEXT});
            (200, json!({"total_count": 1, "jobs": [job]}))
        }
        path if path.ends_with("/deployments") => {
            let deployment = json!({"id": 1, "environment": TEXT, "sha": TEXT, "ref": TEXT,
                "created_at": when, "creator": {"login": TEXT}});
            (200, json!([deployment]))
        }
        path if path.ends_with("/tags") => (200, json!([{"name": TEXT, "commit": {"sha": TEXT}}])),
        _ => (404, json!({"message": TEXT, "documentation_url": TEXT})),
    }
}

fn examine(what: &str, program: Program) {
    let done = program.run();
    bytes::plain(&format!("{what} on stdout"), done.stdout.as_bytes());
    bytes::plain(&format!("{what} on stderr"), done.stderr.as_bytes());
    assert!(!done.said().contains("secret-of-ours"), "{what}");
    assert!(!done.said().is_empty(), "{what} says nothing");
    assert_ne!(done.code, Some(101), "{what}: {done:?}");
}

fn examine_file(path: &Path) {
    let text = std::fs::read(path).expect("it was written");
    bytes::plain(&path.display().to_string(), &text);
    assert!(!String::from_utf8_lossy(&text).contains("secret-of-ours"));
}

#[test]
fn every_command_keeps_its_countenance() {
    let stranger = Stranger::new();
    for line in [
        "status",
        "status -o json",
        "status -o markdown",
        "doctor",
        "doctor -o json",
        "promote checkout/production --yes",
        "rollback checkout/production --yes",
        "hold checkout/production --yes",
        "pause checkout/production --yes -o json",
        "journal show",
        "journal show -o json",
        "journal verify",
        "status nobody/\u{9b}2Jnowhere",
        "status checkout/\u{202e}production",
        "promote checkout/production --to \u{9b}31mx --yes",
        "\u{9b}2J",
        "status --\u{9b}2J",
        "status -o \u{202e}json",
        "demo --scenario \u{9b}2J",
    ] {
        examine(line, stranger.program(line));
    }
    let reason =
        stranger.program("hold checkout/production --yes -o json").args(["--reason", "a\u{9b}2J"]);
    examine("a hostile reason", reason);
    assert_ne!(std::fs::read(stranger.path("log")).expect("it was written"), b"");
    examine_file(&stranger.path("log"));
}

#[test]
fn a_hostile_configuration_is_quoted_clean() {
    let stranger = Stranger::new();
    let escaped = TEXT.chars().fold(String::new(), |mut text, c| {
        let _ = write!(text, "\\U{:08X}", u32::from(c));
        text
    });
    let good = stranger.toml();
    for toml in [
        format!("{good}\"{escaped}\" = 1\n"),
        good.replace("name = \"production\"", &format!("name = \"{escaped}\"")),
        good.replace("steps = [10, 50, 100]", &format!("steps = [\"{escaped}\"]")),
        good.replace("http://127.0.0.1", &format!("{escaped}://127.0.0.1")),
        good.replace(
            "alerts = ['",
            &format!("links = {{ \"{escaped}\" = \"{escaped}\" }}\n  alerts = ['"),
        ),
        format!("{good}{TEXT}"),
        "\u{9b}2J = \"\u{202e}".to_owned(),
    ] {
        stranger.write("flightdeck.toml", &toml);
        examine("a hostile configuration", stranger.program("status"));
        examine("a hostile configuration", stranger.program("doctor"));
    }
    let missing =
        Program::new(stranger.folder.path()).args(["--config", "a\u{9b}2J\u{202e}.toml", "status"]);
    examine("a hostile path", missing);
}

#[test]
fn the_cockpit_in_a_terminal_sends_only_its_own_sequences() {
    let stranger = Stranger::new();
    let mut pty = Pty::run(&stranger.program(""), 120, 40);
    // the run's title, or what is left of it
    pty.wait_for("fix");
    // the Escape key as terminals send it that tell it from the beginning of a sequence
    let escape = "\u{1b}[27u";
    for key in ["j", "?", escape, "z", "z", "P", escape, "B", escape, "a", escape, "/", "x"] {
        pty.press(key);
    }
    // a paste is text, never keys and never echoed raw
    pty.press("\u{1b}[200~\u{9b}2J\u{202e}\u{1b}]52;c;eA==\u{7}\u{1b}[201~");
    pty.press(escape);
    pty.press("q");
    let code = pty.exit_code();
    assert_eq!(code, 0, "{}", pty.text());
    bytes::drawn("the cockpit", &pty.log());
    examine_file(&stranger.path("log"));
}
