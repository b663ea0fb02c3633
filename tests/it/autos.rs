//! Rolled back by itself by two processes at once: one stands still at a boundary of the code's own list
//! while the other comes. However they meet, what both see is acted on once. And held by an operator while it
//! stands there: before its first call it sends nothing, after that it goes on and says so.

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

/// How a rollback by itself ends that an operator holds while it stands at a boundary.
fn hold(at: Boundary) -> String {
    let world = World::ready();
    let before = world.mutations().len();
    let ana = Stopped::at(at.name(), &world, watch(&world, "ana"));
    let disarm = world.program(["disarm", BAD, "--reason", "we-know", "-o", "json"]);
    let disarm = disarm.env("FLIGHTDECK_USER", "ben").start();
    let is_over = at == Boundary::OutcomeSynced;
    let line = |kind: &str| world.journal().into_iter().find(|line| line["kind"] == kind);
    if !is_over {
        crate::support::patience::until("the hold to be written", || line("disarmed"));
    }
    let (disarm, ana) = if is_over {
        let disarm = disarm.done();
        (disarm, ana.go_on())
    } else {
        let ana = ana.go_on();
        (disarm.done(), ana)
    };
    let context = format!("{at}\nana: {ana:?}\nben: {disarm:?}");
    let is_sent = world.mutations().len() > before;
    assert_eq!(is_sent, at >= Boundary::AfterCall, "{context}");
    assert_eq!(line("intent").is_some(), at != Boundary::Confirmed, "{context}");
    let report = line("outcome").map(|line| line["report"].clone()).unwrap_or_default();
    let told =
        report["notes"].to_string().contains("too late, it was sent and goes on: ben held it");
    world.verify_journal();
    match at {
        Boundary::Confirmed => assert_eq!(disarm.code, Some(0), "{context}"),
        Boundary::IntentSynced | Boundary::HookRun | Boundary::BeforeCall => {
            assert_eq!(disarm.code, Some(0), "{context}");
            assert_eq!(report["refusals"][0]["gate"], "held", "{context}\n{report}");
            assert_eq!(report["refusals"][0]["reason"], "ben held it: we-know", "{report}");
        }
        Boundary::AfterCall | Boundary::Verified => {
            assert_eq!(disarm.code, Some(4), "{context}");
            assert!(told, "{context}\n{report}");
        }
        Boundary::OutcomeSynced => assert_eq!(disarm.code, Some(3), "{context}"),
    }
    if is_sent { "sent" } else { "nothing sent" }.to_owned()
}

#[test]
fn who_holds_it_before_its_first_call_has_stopped_it() {
    use Boundary::{AfterCall, BeforeCall, Confirmed, IntentSynced, OutcomeSynced};
    let boundaries = [Confirmed, IntentSynced, BeforeCall, AfterCall, OutcomeSynced];
    let mut table = Matrix::new(
        "An operator holds it while it stands at a boundary",
        boundaries,
        ["rollback by itself"],
    );
    for at in boundaries {
        table.fill(&at, &"rollback by itself", hold(at));
    }
    table.write("auto-hold-matrix");
}
