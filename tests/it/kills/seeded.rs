//! kill −9 at a hundred seeded points of promotions, rollbacks and rollbacks by themselves: at a place, or
//! a little after it. Where the process died is not asked: what is true of every death is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::faults::each;
use crate::support::stop::Stopped;
use crate::support::world::GOOD;
use crate::support::{Program, World};

/// The points; `FLIGHTDECK_KILL_SEED` tries one alone, as a failure names it.
const POINTS: u64 = 100;

/// The longest time between a place and a death, in microseconds: an action is over by then.
const LONGEST: u64 = 40_000;

/// What dies.
const VERBS: [&str; 3] = ["promote", "rollback", "by itself"];

/// One death.
#[derive(Debug)]
struct Point {
    seed: u64,
    verb: &'static str,
    place: String,
    /// After the place; none: right there.
    after: Option<Duration>,
}

impl Point {
    fn of(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut draw = |most: u64| {
            state ^= state >> 29;
            state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_add(0x94d0_49bb_1331_11eb);
            (state >> 33) % most
        };
        let places = super::places();
        let place = draw(places.len() as u64);
        let place = places[usize::try_from(place).expect("a place")].clone();
        let verb = VERBS[usize::try_from(seed % 3).expect("one of three")];
        let after = (draw(2) == 0).then(|| Duration::from_micros(draw(LONGEST)));
        Self { seed, verb, place, after }
    }

    fn program(&self, world: &World) -> Program {
        match self.verb {
            "by itself" => watch(world),
            verb => world.act(verb, GOOD).arg("--force").arg("--verify=2s"),
        }
    }

    /// Starts it and kills it.
    fn die(&self, world: &World) {
        let stopped = Stopped::at(&self.place, world, self.program(world));
        match self.after {
            None => drop(stopped.kill()),
            Some(after) => {
                let running = stopped.release();
                thread::sleep(after);
                running.kill();
            }
        }
    }
}

fn watch(world: &World) -> Program {
    let words = ["watch", GOOD, "--on-breach", "rollback", "--yes", "--reason", "a test"];
    world.program(words).args(["--timeout", "5s", "-o", "json"])
}

/// The engine, and a check of the candidate's that nothing answers: it is rolled back at once by who may.
fn world() -> World {
    let world = World::ready();
    world.engines_only();
    let config = std::fs::read_to_string(world.config()).expect("it was written");
    let mut toml: toml::Table = config.parse().expect("it is TOML");
    let check = r#"
name = "port"
track = "candidate"
tcp = "127.0.0.1:1"
every = "1s"
timeout = "500ms"
grace = "0s"
fall = 1
"#;
    let check: toml::Table = check.parse().expect("a check");
    let services = toml["service"].as_array_mut().expect("services").iter_mut();
    for service in services.filter_map(toml::Value::as_table_mut) {
        for environment in service["environment"].as_array_mut().expect("environments") {
            let environment = environment.as_table_mut().expect("a table");
            environment.insert("health".into(), toml::Value::Array(vec![check.clone().into()]));
        }
    }
    std::fs::write(world.config(), toml.to_string()).expect("it is written");
    world
}

fn intents(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["kind"] == "intent").collect()
}

impl Drop for Point {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("FLIGHTDECK_KILL_SEED={} tries this death alone: {self:?}", self.seed);
        }
    }
}

/// What died is found, resolved by reading, and told; nothing is ever sent twice. What was left.
fn follow(point: &Point) -> &'static str {
    let world = world();
    point.die(&world);
    world.wait_until_taken();
    let sent = world.mutations();
    let lines = world.journal();
    let own = intents(&lines);
    assert!(own.len() <= 1, "{point:?}: {own:?}");
    let whole = super::cell::planned(own.first().copied());
    assert!(sent.is_empty() || sent == whole, "{point:?}: {sent:?} of {whole:?}");
    let over = |lines: &[Value]| {
        lines.iter().filter(|line| line["kind"] == "outcome").cloned().collect::<Vec<_>>()
    };
    let before = over(&lines);
    world.verify_journal();

    // the next start reads, and says what it found
    let state = world.target(GOOD);
    assert_eq!(world.mutations(), sent, "{point:?}: a look acted");
    let told = state["reasons"].to_string();
    let after = over(&world.journal());
    let abandoned = told.contains("abandoned by its process");
    let left = match (own.is_empty(), sent.is_empty(), before.is_empty()) {
        (true, unsent, _) => {
            assert!(unsent && after.is_empty() && !abandoned, "{point:?}: {state}");
            "nothing"
        }
        (false, true, true) => {
            assert!(abandoned && after.is_empty(), "{point:?}: {state}");
            "an intent"
        }
        (false, ..) => {
            assert!(!abandoned, "{point:?}: {state}");
            assert_eq!(after.len(), 1, "{point:?}: {after:?}");
            assert_eq!(after[0]["report"]["outcome"], "seen", "{point:?}: {after:?}");
            assert_eq!(after[0]["followed_up"] == true, before.is_empty(), "{point:?}: {after:?}");
            if before.is_empty() { "a call without an outcome" } else { "an outcome" }
        }
    };
    if point.verb == "by itself" {
        again(point, &world, own.is_empty());
    }
    world.verify_journal();
    left
}

/// Who is armed next does what was not begun, and not what was.
fn again(point: &Point, world: &World, nothing: bool) {
    let sent = world.mutations();
    let done = watch(world).run();
    let lines = world.journal();
    assert_eq!(intents(&lines).len(), 1, "{point:?}: {done:?}");
    if nothing {
        assert_eq!(world.mutations().len().div_ceil(2), 1, "{point:?}: {done:?}");
    } else {
        assert_eq!(world.mutations(), sent, "{point:?}: {done:?}");
    }
}

#[test]
fn a_hundred_deaths_leave_the_truth_and_nothing_is_sent_twice() {
    let alone = std::env::var("FLIGHTDECK_KILL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = alone.map_or_else(|| (0..POINTS).collect(), |seed| vec![seed]);
    let tally = Mutex::new(BTreeMap::<_, usize>::new());
    each(seeds.into_iter().map(Point::of).collect(), 4, |point| {
        let left = follow(&point);
        *tally.lock().unwrap().entry((point.verb, left)).or_default() += 1;
    });
    let tally = tally.into_inner().unwrap();
    println!("{tally:?}");
    let kinds: BTreeSet<_> = tally.keys().map(|(_, left)| *left).collect();
    assert!(alone.is_some() || kinds.len() == 4, "a kind of death is missing: {tally:?}");
}
