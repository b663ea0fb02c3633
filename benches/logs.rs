//! What a large log costs: one of 200 MB is fetched over a socket, opened, looked at, searched both ways and
//! saved, in a process of its own. `cargo bench --profile dev --bench logs`; fails when its memory was ever
//! above 64 MiB. No timing: the figure is the same on every machine but for the allocator's rounding.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a bench")]

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use flightdeck::clients::github::GithubClient;
use flightdeck::config::HttpConfig;
use flightdeck::joblog::{JobLog, Way, scratch};
use flightdeck::runtime::SystemClock;

/// Bytes of the log.
const LOG: u64 = 200 << 20;
/// The most memory that reading it may take at any time, in KiB.
const PEAK: u64 = 64 << 10;

fn main() {
    // a child: what the server and this bench hold is not the reader's
    match std::env::var("FLIGHTDECK_BENCH_LOGS") {
        Ok(address) => read(&address),
        Err(_) => serve(),
    }
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let to = format!("{address}/elsewhere");
    std::thread::spawn(move || {
        let head = format!("HTTP/1.1 302 x\r\nlocation: {to}\r\ncontent-length: 0\r\n");
        let redirect = format!("{head}connection: close\r\n\r\n");
        answer(&listener, |stream| stream.write_all(redirect.as_bytes()));
        answer(&listener, |stream| {
            write!(stream, "HTTP/1.1 200 x\r\ncontent-length: {LOG}\r\nconnection: close\r\n\r\n")?;
            write(stream)
        });
    });
    let own = std::env::current_exe().unwrap();
    let child = Command::new(own).env("FLIGHTDECK_BENCH_LOGS", address).status().unwrap();
    assert!(child.success(), "a log of 200 MB is not read within 64 MiB of memory");
}

fn answer(
    listener: &TcpListener,
    reply: impl FnOnce(&mut std::net::TcpStream) -> std::io::Result<()>,
) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut head = [0; 4_096];
    std::io::Read::read(&mut stream, &mut head).unwrap();
    reply(&mut stream).unwrap();
}

/// Lines like those of a build, colours and groups included, one of 10 MB, and an error at the end.
fn write(to: &mut impl std::io::Write) -> std::io::Result<()> {
    let end = b"\n2026-01-01T02:00:00.0000000Z ##[error]Process completed with exit code 1.\n";
    let mut left = LOG - end.len() as u64;
    let mut block = String::new();
    let mut number = 0_u64;
    while left > 0 {
        block.clear();
        for _ in 0..500 {
            let stamp =
                format!("2026-01-01T01:{:02}:{:02}.0000000Z", number / 60 % 60, number % 60);
            block.push_str(&match number % 100 {
                0 => format!("{stamp} ##[group]Run step {number}\n"),
                9 => format!("{stamp} ##[endgroup]\n"),
                n if n % 7 == 0 => format!("{stamp} \u{1b}[32mtest {number}\u{1b}[0m ... ok\n"),
                _ => format!("{stamp} compiling part {number} of a large program, nothing odd\n"),
            });
            number += 1;
        }
        if number == 500 {
            block.push_str(&"x".repeat(10 << 20));
            block.push('\n');
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        to.write_all(&block.as_bytes()[..most])?;
        left -= most as u64;
    }
    to.write_all(end)
}

fn read(address: &str) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = HttpConfig {
        url: address.parse().unwrap(),
        headers: std::collections::BTreeMap::new(),
        bearer: None,
        basic: None,
        ca_file: None,
        client_cert: None,
        timeout: Duration::from_secs(60),
        no_proxy: true,
    };
    let file = scratch().unwrap();
    let into = file.try_clone().unwrap();
    let fetched = runtime.block_on(async {
        let client = GithubClient::new(config, Arc::new(SystemClock));
        client.job_log("acme/search", 1, into, |_, _| {}).await.unwrap()
    });
    assert_eq!((fetched.bytes, fetched.cut), (LOG, false));
    println!("fetched {} MiB, peak {} KiB", fetched.bytes >> 20, peak_kib());

    let log = JobLog::open(file, &[]).unwrap();
    let last = log.len() - 1;
    println!("opened {} lines, peak {} KiB", log.len(), peak_kib());
    assert_eq!(log.outline().failure(), Some(last));
    for from in [0, 480, log.len() / 2, last - 100] {
        assert!(!log.window(from..from + 200).unwrap().is_empty());
    }
    assert_eq!(log.find("EXIT CODE 1", 0, Way::Forward).unwrap(), Some(last));
    assert_eq!(log.find("run step 0", last, Way::Backward).unwrap(), Some(0));
    println!("searched: {} lines have \"odd\", peak {} KiB", log.count("odd").unwrap(), peak_kib());
    let to = std::env::temp_dir().join(format!("flightdeck-bench-{}", std::process::id()));
    let saved = log.save(&to);
    std::fs::remove_file(&to).unwrap();
    assert_eq!(saved.unwrap(), LOG);
    let peak = peak_kib();
    println!("saved, peak {peak} KiB");
    assert!(peak > 0, "this system does not tell");
    assert!(peak <= PEAK, "a log of 200 MB took {peak} KiB");
}

/// The most memory of this process that was ever in use, in KiB; 0 where the system does not tell.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}
