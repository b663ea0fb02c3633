//! From the confirming Enter to the changed weight, beside a bare socket client that sends the same kind
//! of command. A figure, not a pass: `just latency`.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cockpit::Cockpit;
use super::haproxy::Haproxy;
use super::world::World;

/// How often each is measured.
const RUNS: usize = 50;

#[test]
#[ignore = "no test: a figure; `just latency` prints it"]
fn enter_to_weight() {
    let Some(world) = World::start("enter_to_weight", 1) else { return };
    let haproxy = &world.haproxies[0];
    let cockpit = Cockpit::start(&world);
    let (mut bare, mut keys) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let command = b"set weight checkout/canary1 50; set weight checkout/stable1 50\n";
        bare.push(until_weight(haproxy, 50, || {
            let mut stream = TcpStream::connect(("127.0.0.1", haproxy.api)).unwrap();
            stream.write_all(command).unwrap();
            // the connection stays until the answer was sent
            std::mem::forget(stream);
        }));
        cockpit.0.wait_for("routed  50.0 %");
        cockpit.name_rollback();
        keys.push(until_weight(haproxy, 0, || cockpit.0.press("\r")));
        cockpit.seen();
    }
    // how much of it went before the first byte: the engine read once more, the intent on the disk
    let shown = world.run("journal show -n 200").text;
    let before = shown.lines().filter_map(|line| {
        let record: Value = serde_json::from_str(line).ok()?;
        record["report"]["steps"][0]["sent_ms"].as_u64().map(Duration::from_millis)
    });
    let rows = [
        ("bare socket client", bare),
        ("cockpit, from Enter", keys),
        ("of it before sending", before.collect()),
    ];
    for (who, times) in rows {
        println!("{who}: {}", figures(times));
    }
}

/// Does it, and polls HAProxy's runtime API until the candidate's weight is there.
fn until_weight(haproxy: &Haproxy, weight: u32, act: impl FnOnce()) -> Duration {
    let began = Instant::now();
    act();
    while haproxy.weight("canary1") != weight {
        assert!(began.elapsed() < Duration::from_secs(10), "never {weight}");
        // leaves the processor to the two that are measured
        std::thread::sleep(Duration::from_micros(100));
    }
    began.elapsed()
}

fn figures(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100) - 1];
    format!(
        "p50 {:.1?}, p95 {:.1?}, longest {:.1?} of {} runs",
        at(50),
        at(95),
        at(100),
        times.len()
    )
}
