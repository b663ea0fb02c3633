//! Images of the real program's ways back, by a registry that wants a token: noted while they run, there, gone,
//! moved, or not to be told.

use flightdeck::demo::{Mood, Options, Peer, Quirks};
use serde_json::Value;

use crate::support::World;
use crate::support::patience::until;

const TARGET: &str = "storefront/production";

/// What is said of a way back.
fn proof(world: &World, revision: &str) -> (Value, String) {
    let done = world.run(&format!("destinations {TARGET} -o json"));
    let told = done.json();
    let rows = told["destinations"].as_array().cloned().unwrap_or_default();
    let row = rows.into_iter().find(|row| row["revision"] == revision);
    let row = row.unwrap_or_else(|| panic!("{revision} is not in {told}"));
    (row["proven"].clone(), row["proof"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn an_image_is_a_way_back_as_long_as_it_is_what_ran() {
    let world = World::start(Options::default());
    let stable = "images.acme.example/acme/storefront:5.2.0 is sha256:";
    let (proven, text) = until("what runs to be noted", || {
        Some(proof(&world, "v5.2.0")).filter(|(_, text)| text.contains("…, as when it ran here"))
    });
    assert_eq!(proven, true, "{text}");
    assert!(text.contains(stable), "{text}");
    let (proven, text) = proof(&world, "v5.1.2");
    assert_eq!(proven, false, "{text}");
    assert!(text.contains("images.acme.example knows no"), "{text}");
    let journal = world.run("journal show");
    assert!(journal.stdout.contains(stable), "{journal:?}");
    assert!(!journal.said().contains(&world.token()));

    let moved = Quirks { moved_tag: Some("5.2.0"), ..Quirks::default() };
    world.faults().set_quirks(moved);
    let (proven, text) = proof(&world, "v5.2.0");
    assert_eq!(proven, false, "{text}");
    assert!(text.contains("storefront:5.2.0 was moved: it was sha256:"), "{text}");
    let plan = world.run(&format!("rollback {TARGET} --to v5.2.0 --dry-run"));
    assert!(plan.said().contains("! no destination: images.acme.example"), "{plan:?}");

    let moved = "! stable runs v5.2.0, which is passed over: images.acme.example";
    let plan = world.run(&format!("rollback {TARGET} --dry-run"));
    assert!(plan.stdout.contains(moved), "{plan:?}");
    let plan = world.run(&format!("rollback {TARGET} --to v9 --dry-run"));
    assert!(plan.stdout.contains("! no destination: nothing here knows v9"), "{plan:?}");

    world.faults().set_quirks(Quirks::default());
    world.faults().set(Peer::Registry, Mood::Status(503));
    let (proven, text) = proof(&world, "v5.2.0");
    assert_eq!(proven, Value::Null, "{text}");
    assert!(text.contains("registry.images.acme.example answered 503"), "{text}");
    world.verify_journal();
}

#[test]
fn doctor_asks_the_registry_who_it_is_and_whether_it_takes_the_password() {
    let world = World::start(Options::default());
    let row = |world: &World| {
        let told = world.run("doctor -o json").json();
        let rows = told["findings"].as_array().cloned().unwrap_or_default();
        let row = rows.into_iter().find(|row| row["what"] == "registry.images.acme.example");
        row.unwrap_or_else(|| panic!("no row of the registry in {told}"))
    };
    let good = row(&world);
    assert_eq!(
        (&good["verdict"], &good["detail"]),
        (&"ok".into(), &"answers, takes the password of demo".into())
    );
    world.configure(|toml| toml.replace("user = \"demo\"", "user = \"nobody\""));
    let wrong = row(&world);
    assert_eq!(wrong["verdict"], "broken", "{wrong}");
    assert!(wrong["detail"].as_str().is_some_and(|it| it.contains("answered 401")), "{wrong}");
    world.configure(|toml| toml);
    world.faults().set(Peer::Registry, Mood::Status(404));
    let other = row(&world);
    assert_eq!(other["verdict"], "broken", "{other}");
    assert!(
        other["detail"].as_str().is_some_and(|it| it.contains("as no registry does")),
        "{other}"
    );
}
