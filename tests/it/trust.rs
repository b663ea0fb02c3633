//! A configuration that was merely found is inert until it is trusted, by its content.

use crate::cli::contacts;
use crate::support::patience::until;
use crate::support::world::GOOD;
use crate::support::{Done, Program, World};

/// The program as started in the world's folder, where `flightdeck.toml` lies, and not told of it.
fn found(world: &World, line: &str) -> Done {
    let program = Program::new(world.folder()).env("FLIGHTDECK_STATE", world.state());
    program.args(line.split_whitespace()).run()
}

const PROMOTE: &str = "promote checkout/production --yes --reason x -o json";

#[test]
fn found_is_inert_trusted_works_changed_is_inert_again() {
    let world = World::ready();
    let ran = world.folder().join("ran");
    world.configure(|toml| {
        // nothing is run either, not even for a secret
        let token = toml.lines().find(|line| line.starts_with("token = ")).expect("a token");
        let touch = format!("token = {{ command = [\"touch\", \"{}\"] }}", ran.display());
        toml.replace(token, &touch)
    });
    let status = found(&world, "status");
    assert_eq!(status.code, Some(4), "{status:?}");
    assert!(status.said().contains("flightdeck trust"), "{status:?}");
    assert!(status.stdout.contains(GOOD), "it is shown: {}", status.stdout);
    for line in [PROMOTE, "rollback checkout/production --yes --reason x -o json"] {
        let done = found(&world, line);
        assert_eq!(done.code, Some(3), "{done:?}");
        assert!(done.stdout.contains("\"gate\":\"trust\""), "{done:?}");
    }
    found(&world, "doctor");
    assert_eq!(contacts(&world), 0);
    assert!(!ran.exists(), "a command of it was run");

    world.configure(|toml| toml);
    let trusted = found(&world, "trust");
    assert_eq!(trusted.code, Some(0), "{trusted:?}");
    assert_eq!(contacts(&world), 0, "trusting contacts nobody");
    let status = found(&world, "status");
    assert_eq!(status.code, Some(1), "{status:?}");
    assert!(contacts(&world) > 0);
    // a step is young for its first second
    until("a promotion", || (found(&world, PROMOTE).code == Some(0)).then_some(()));

    world.configure(|toml| toml.replace("alert_block = \"P1\"", "alert_block = \"P0\""));
    let (before, sent) = (contacts(&world), world.mutations());
    let done = found(&world, PROMOTE);
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(done.stdout.contains("changed since it was trusted"), "{done:?}");
    assert_eq!((contacts(&world), world.mutations()), (before, sent));
}

#[test]
fn what_is_named_is_trusted() {
    let world = World::ready();
    let program = Program::new(world.folder()).env("FLIGHTDECK_STATE", world.state());
    let named = program.env("FLIGHTDECK_CONFIG", world.config()).args(["status", GOOD]).run();
    assert!(contacts(&world) > 0, "{named:?}");
    let before = contacts(&world);
    assert_ne!(world.run(&format!("status {GOOD}")).code, Some(4));
    assert!(contacts(&world) > before);
}

#[test]
fn a_broken_configuration_is_not_trusted() {
    let world = World::ready();
    world.configure(|_| "version = ".to_owned());
    let done = found(&world, "trust");
    assert_eq!(done.code, Some(2), "{done:?}");
}
