//! The same release from the cockpit: keys in a real terminal, seen on its screen and at HAProxy.

use std::thread::sleep;
use std::time::Duration;

use super::world::{TARGET, World};
use crate::support::Pty;
use crate::support::patience::until;

/// A dialog takes no key that may have been meant for what it covers.
const DEAF: Duration = Duration::from_millis(400);

/// The cockpit of a world.
pub struct Cockpit(pub Pty);

impl Cockpit {
    /// Starts it at 120×40 and waits for its first answer from the engine.
    pub fn start(world: &World) -> Self {
        let pty = Pty::run(&world.program(), 120, 40);
        pty.wait_for("PRODUCTION");
        pty.wait_for("routed");
        Self(pty)
    }

    /// Presses a key that asks, and waits for its question.
    pub fn ask(&self, key: &str, question: &str) {
        self.0.press(key);
        self.0.wait_for(question);
        sleep(DEAF);
    }

    /// Asks, confirms with the named key, and waits until the change is seen.
    pub fn act(&self, key: &str, question: &str) {
        self.ask(key, question);
        self.0.press("y");
        self.seen();
    }

    /// Rolls back: the name is typed, then Enter.
    pub fn roll_back(&self) {
        self.name_rollback();
        self.0.press("\r");
        self.seen();
    }

    /// Everything before the Enter of a rollback.
    pub fn name_rollback(&self) {
        self.ask("B", &format!("type {TARGET}"));
        self.0.press(TARGET);
        self.0.wait_for(&format!("{TARGET}▏"));
    }

    /// Waits for the good end of an action and puts its dialog away.
    pub fn seen(&self) {
        self.0.wait_for("SEEN");
        self.0.press("\x1b");
        self.0.wait_for_absence("SEEN");
    }
}

#[test]
fn a_release_from_the_cockpit() {
    let Some(world) = World::start("a_release_from_the_cockpit", 1) else { return };
    let haproxy = &world.haproxies[0];
    let mut cockpit = Cockpit::start(&world);

    for (weights, routed) in [((90, 10), "routed  10.0 %"), ((50, 50), "routed  50.0 %")] {
        cockpit.0.wait_until_offered("P promote");
        cockpit.act("P", "y promote");
        assert_eq!(haproxy.weights(), weights);
        cockpit.0.wait_for(routed);
    }

    cockpit.act("S", "y pause");
    cockpit.0.wait_for("P promote (refused: pause");
    cockpit.act("S", "y resume");
    cockpit.0.wait_until_offered("P promote");

    world.candidate.fail(true);
    cockpit.0.wait_for("HighErrorRate");
    cockpit.0.wait_until("both gates on the screen", |screen| {
        let text = screen.contents();
        text.contains("✗ error rate") && text.contains("✗ alerts")
    });
    cockpit.ask("P", "refused: promote");
    let refusal = cockpit.0.text();
    assert!(refusal.contains("P0 HighErrorRate"), "{refusal}");
    cockpit.0.press("\x1b");
    cockpit.0.wait_for_absence("refused: promote");
    assert_eq!(haproxy.weights(), (50, 50), "a refusal sends nothing");

    // Enter alone, and a name that is not the target's, do nothing
    cockpit.ask("B", &format!("type {TARGET}"));
    cockpit.0.press("\rcheckout\r");
    cockpit.0.wait_for("whole, then Enter");
    assert_eq!(haproxy.weights(), (50, 50));
    cockpit.0.press("\x1b");
    cockpit.0.wait_for_absence("type checkout");

    let (candidate, stable) = (world.candidate.requests(), world.stable.requests());
    cockpit.roll_back();
    assert_eq!(haproxy.weights(), (100, 0));
    cockpit.0.wait_for("rolled back");
    cockpit.0.wait_for("P promote (refused: hold");
    until("users of stable", || (world.stable.requests() > stable + 100).then_some(()));
    let moved = world.candidate.requests() - candidate;
    assert!(moved < 100, "the candidate had {moved} more users");

    world.candidate.fail(false);
    // what was taken back is released with a reason
    cockpit.ask("H", "why? (journaled)");
    cockpit.0.press("it is mended");
    cockpit.ask("\r", "y release");
    cockpit.0.press("y");
    cockpit.seen();
    cockpit.0.wait_for_absence("refused: hold");
    cockpit.0.press("q");
    assert_eq!(cockpit.0.exit_code(), 0);
    journaled(&world);
}

/// What was done with keys stands in the same journal as what is done from the shell.
fn journaled(world: &World) {
    let shown = world.run("journal show");
    let count = |verb: &str| {
        let outcome = format!(r#""verb":"{verb}","outcome":"seen""#);
        shown.text.matches(&outcome).count()
    };
    assert_eq!(
        ["promote", "pause", "resume", "rollback", "release"].map(count),
        [2, 1, 1, 1, 1],
        "{}",
        shown.text
    );
    assert_eq!(world.run("journal verify").code, 0);
}
