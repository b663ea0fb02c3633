//! Rolled back by itself by two processes at once: one stands still at a boundary of the code's own list
//! while the other comes. However they meet, what both see is acted on once.

use flightdeck::runtime::Boundary;

use crate::support::stop::Stopped;
use crate::support::world::BAD;
use crate::support::{Matrix, Program, World};

fn watch(world: &World, who: &str) -> Program {
    let words = ["watch", BAD, "--on-breach", "rollback", "--yes", "--reason", "a test"];
    world.program(words).args(["--timeout", "40s", "-o", "json"]).env("FLIGHTDECK_USER", who)
}

fn meet(at: Boundary) -> String {
    let world = World::ready();
    let ana = Stopped::at(at.name(), &world, watch(&world, "ana"));
    let sent = |world: &World| world.mutations().len().div_ceil(2);
    let before = sent(&world);
    // the other one cannot act beside it, and ends when there is nothing to take back any more
    let ben = watch(&world, "ben").start();
    if at == Boundary::Confirmed {
        crate::support::patience::until("the second to roll back", || {
            (sent(&world) > before).then_some(())
        });
    }
    let (ana, ben) = if at == Boundary::Confirmed {
        let ben = ben.done();
        (ana.go_on(), ben)
    } else {
        (ana.go_on(), ben.done())
    };
    let context = format!("{at}\nana: {ana:?}\nben: {ben:?}");
    assert_eq!((ana.code, ben.code), (Some(1), Some(1)), "{context}");
    assert_eq!(sent(&world), 1, "{context}");
    let journal = world.journal();
    let intents: Vec<_> = journal.iter().filter(|line| line["kind"] == "intent").collect();
    assert_eq!(intents.len(), 1, "{context}");
    let first = if at == Boundary::Confirmed { "ben" } else { "ana" };
    assert_eq!(intents[0]["operator"], first, "{context}");
    world.verify_journal();
    format!("1 sent, by {}", if first == "ben" { "the second" } else { "the first" })
}

#[test]
fn of_two_that_see_the_same_harm_one_acts() {
    let mut table = Matrix::new(
        "A second process armed alike while the first stands at a boundary",
        Boundary::ALL,
        ["rollback by itself"],
    );
    for at in Boundary::ALL {
        table.fill(&at, &"rollback by itself", meet(at));
    }
    table.write("auto-race-matrix");
}
