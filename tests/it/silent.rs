//! What answers wrongly or never: said to be so, in the time that was given, by every command that asks.

use std::time::{Duration, Instant};

use flightdeck::demo::{Mood, Peer};

use crate::support::World;

#[test]
fn a_check_that_is_dead_is_broken_to_doctor() {
    let world = World::ready();
    for mood in [Mood::Refuse, Mood::Status(500)] {
        world.faults().set(Peer::Health, mood);
        let done = world.run("doctor -o json");
        assert_eq!(done.code, Some(4), "{mood:?}: {done:?}");
        let json = done.json();
        let findings = json["findings"].as_array().expect("a list");
        let mut checks = findings
            .iter()
            .filter(|found| found["what"].as_str().is_some_and(|what| what.starts_with("health ")));
        assert!(checks.all(|check| check["verdict"] == "broken"), "{mood:?}: {json}");
    }
}

#[test]
fn a_github_that_never_answers_holds_nobody_longer_than_was_said() {
    let world = World::ready();
    world.faults().set(Peer::Github, Mood::Hang);
    let rerun = "run rerun checkout/staging --failed --yes --reason again --timeout 1s";
    for (line, said) in [
        ("doctor --timeout 1s", "no answer within"),
        ("run list checkout/staging --timeout 1s", "no answer within"),
        ("logs checkout/staging --timeout 1s", "no answer within"),
        (rerun, "nothing was heard of acme/checkout"),
    ] {
        let began = Instant::now();
        let done = world.run(line);
        assert_eq!(done.code, Some(4), "{line}: {done:?}");
        assert!(began.elapsed() < Duration::from_secs(8), "{line}: {:?}", began.elapsed());
        assert!(done.said().contains(said), "{line}: {done:?}");
    }
}
