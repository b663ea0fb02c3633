//! Two processes that ask the same of GitHub at once: one request, whoever comes first. First every
//! meeting at the code's own boundaries, the first process standing still there; then at full speed.

use std::sync::Mutex;
use std::time::Duration;

use flightdeck::demo::{Mood, Peer};
use flightdeck::runtime::Boundary;

use crate::faults::each;
use crate::support::Matrix;
use crate::support::program::Started;
use crate::support::stop::Stopped;

use super::ask::{Ask, VERBS};
use super::{sent, world};

/// Who meets whom: each verb itself, and the two answers to one question each other.
fn pairs() -> Vec<[&'static str; 2]> {
    let same = VERBS.into_iter().map(|verb| [verb, verb]);
    same.chain([["approve", "reject"], ["reject", "approve"]]).collect()
}

/// Where the first is under way. After its outcome they come one after the other.
fn places() -> impl Iterator<Item = Boundary> {
    Boundary::ALL.into_iter().filter(|at| *at < Boundary::OutcomeSynced)
}

#[test]
fn a_second_process_sends_nothing_while_the_first_is_under_way() {
    let name = |[first, second]: [&str; 2]| format!("{first}, then {second}");
    let title = "A second process asks the same of GitHub while the first stands at a boundary";
    let table = Mutex::new(Matrix::new(title, places(), pairs().into_iter().map(name)));
    let cells = places().flat_map(|at| pairs().into_iter().map(move |pair| (at, pair))).collect();
    each(cells, 4, |(at, pair)| {
        let text = meet(at, pair);
        table.lock().unwrap().fill(&at, &name(pair), text);
    });
    table.into_inner().unwrap().write("action-race-matrix");
}

fn meet(at: Boundary, [first, second]: [&str; 2]) -> String {
    let world = world();
    let asks = [first, second].map(|verb| Ask::new(&world, verb));
    let program = |ask: &Ask, who| ask.program(&world).env("FLIGHTDECK_USER", who);
    let ana = Stopped::at(at.name(), &world, program(&asks[0], "ana"));
    let pid = ana.pid().to_string();
    let ben = program(&asks[1], "ben").run();
    let between = sent(&world);
    let ana = ana.go_on();
    let context = format!("{first} at {at}, then {second}\nana: {ana:?}\nben: {ben:?}");
    let after = sent(&world);
    world.verify_journal();

    if at > Boundary::Confirmed {
        assert_eq!((ana.code, ben.code), (Some(0), Some(3)), "{context}");
        assert_eq!(after, [asks[0].path.as_str()], "{context}");
        assert!(ben.stdout.contains("ana") && ben.stdout.contains(&pid), "{context}");
        return "1: the second is refused and told who".to_owned();
    }
    // nothing announced: the second goes first
    assert_eq!((ben.code, between.len()), (Some(0), 1), "{context}");
    assert_eq!((ana.code, after.len()), (Some(3), 1), "{context}");
    "1: the second goes first, and the first is refused".to_owned()
}

#[test]
fn of_two_at_full_speed_one_is_heard() {
    let cells = VERBS.into_iter().flat_map(|verb| [0, 40].map(|slow| (verb, slow))).collect();
    each(cells, 2, |(verb, slow)| {
        let world = world();
        let ask = Ask::new(&world, verb);
        world.faults().set(Peer::Github, Mood::Slow(Duration::from_millis(slow)));
        let both = ["ana", "ben"]
            .map(|who| ask.program(&world).env("FLIGHTDECK_USER", who).start())
            .map(Started::done);
        world.faults().set(Peer::Github, Mood::Ok);
        let acted = both.iter().filter(|done| done.code == Some(0)).count();
        let refused = both.iter().filter(|done| done.code == Some(3)).count();
        assert_eq!(acted + refused, 2, "{verb}: {both:?}");
        assert_eq!(sent(&world).len(), acted, "{verb}: {both:?}");
        // two runs are what two people asked for, when the one was done before the other began
        let most = if verb == "dispatch" { 2 } else { 1 };
        assert!((1..=most).contains(&acted), "{verb}: {both:?}");
        world.verify_journal();
    });
}
