//! What a screen must not say: good of what was not read, another word than the one that counts.

use super::*;
use crate::model::*;
use crate::tui::fixture::target;

const LIVE: &str = "checkout/production";

/// The lines of a zoomed pane (or page) that have a text.
fn lines(stage: &mut Stage, text: &str) -> Vec<String> {
    let picture = stage.picture(120, 40);
    let found: Vec<String> =
        picture.lines().filter(|line| line.contains(text)).map(str::to_owned).collect();
    assert!(!found.is_empty(), "{text} in\n{picture}");
    found
}

/// A cockpit that looks at `checkout/production`, its candidate at a percentage, its error rate so.
fn stage(routed: f64, rate: impl Fn(i32) -> f64) -> Stage {
    let mut world = World::good();
    world.metrics(|i| (rate(i), 208.0));
    world.engine(LIVE, "1.4.1", "1.4.2", routed);
    let mut stage = Stage::new(world);
    stage.picture(120, 40);
    stage.keys("j");
    stage
}

#[test]
fn good_is_only_a_number_within_its_limit() {
    for (routed, rate, mark, beside) in [
        (50.0, 0.004, "✓", "max 1 %"),
        (50.0, 0.0838, "✗", "max 1 %"),
        (0.0, 0.0838, "○", "no traffic"),
        (0.0, 0.004, "○", "no traffic"),
    ] {
        let mut stage = stage(routed, |_| rate);
        stage.keys("3 z");
        let line = lines(&mut stage, "error rate").remove(0);
        assert!(line.contains(&format!("{mark} error rate")), "{line}");
        assert!(line.contains(beside), "{line}");
    }
}
