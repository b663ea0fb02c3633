//! Windows that are too small, and panes that are hidden or in another order.

use chrono::TimeDelta;

use super::*;
use crate::control::{Answer, Request};
use crate::model::Verb;
use crate::tui::fixture::target;

/// A question on the desk, long enough to be heard, on a window of a size.
fn asked(verb: Verb, (width, height): (u16, u16)) -> Stage {
    let world = if verb == Verb::Rollback { World::bad() } else { World::good() };
    let mut stage = Stage::new(world);
    stage.world.ask(&mut stage.desk, Request::new(target("checkout/production"), verb));
    stage.picture(width, height);
    stage.world.now += TimeDelta::seconds(1);
    stage
}

const TOO_SMALL: [(u16, u16); 5] = [(20, 5), (120, 4), (10, 40), (20, 1), (1, 1)];

#[test]
fn what_cannot_be_read_is_not_confirmed_by_its_key() {
    for size in TOO_SMALL {
        let mut stage = asked(Verb::Pause, size);
        assert_eq!(stage.key("y"), [], "{size:?}");
        if size == (20, 5) {
            let picture = stage.picture(20, 5);
            assert!(picture.contains("enlarge the win…"), "{picture}");
        }
        stage.picture(80, 24);
        assert_eq!(stage.key("y"), [Intent::Answer(Answer::Key)], "after {size:?}");
    }
}

#[test]
fn what_cannot_be_read_is_not_confirmed_by_its_name() {
    for size in TOO_SMALL {
        let mut stage = asked(Verb::Rollback, size);
        stage.type_text("checkout/production");
        assert_eq!(stage.key("enter"), [], "{size:?}");
        stage.picture(40, 12);
        let answer = Answer::Name("checkout/production".into());
        assert_eq!(stage.key("enter"), [Intent::Answer(answer)], "the name is kept");
    }
}

#[test]
fn on_a_small_window_the_plan_is_read_by_scrolling() {
    let mut stage = asked(Verb::Rollback, (40, 12));
    let picture = stage.picture(40, 12);
    assert!(picture.contains("more lines: down scrolls"), "{picture}");
    let mut seen = picture;
    for _ in 0..30 {
        stage.key("down");
        seen.push_str(&stage.picture(40, 12));
    }
    assert!(seen.contains("canary1 0") && seen.contains("countdown"), "{seen}");
    stage.type_text("checkout/production");
    let answer = Answer::Name("checkout/production".into());
    assert_eq!(stage.key("enter"), [Intent::Answer(answer)]);
    let mut stage = asked(Verb::Pause, (40, 12));
    assert_eq!(stage.key("y"), [Intent::Answer(Answer::Key)]);
}

fn arranged(names: &[&str]) -> Stage {
    let mut stage = Stage::new(World::bad());
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    stage.cockpit = stage.cockpit.with_panes(&names);
    stage.picture(120, 40);
    stage
}

#[test]
fn panes_are_hidden_ordered_and_numbered_as_configured() {
    let mut stage = arranged(&["rollout", "targets", "alerts", "health"]);
    let picture = stage.picture(120, 40);
    for shown in ["1 checkout", "2 Targets", "3 Alerts", "4 Health"] {
        assert!(picture.contains(shown), "{shown}: {picture}");
    }
    for hidden in ["Metrics", "Pipeline", "Timeline"] {
        assert!(!picture.contains(hidden), "{hidden}: {picture}");
    }
    stage.keys("4 z");
    assert!(stage.picture(80, 24).contains("4 checkout/staging health"));
    stage.keys("5 6 7");
    assert!(stage.picture(80, 24).contains("4 checkout/staging health"), "there is no fifth");
    stage.key("tab");
    assert!(stage.picture(80, 24).contains("1 checkout"), "it goes round");
    stage.key("shift-tab");
    assert!(stage.picture(80, 24).contains("4 checkout/staging health"));
}

#[test]
fn a_source_that_never_answered_stands_on_top() {
    let mut stage = Stage::new(World::good());
    assert!(!stage.picture(200, 60).contains("no answer yet"));
    let mut fresh = World::empty();
    let fleet = stage.world.store.fleet().clone();
    fresh.event(0, crate::model::Event::Configured(Box::new(fleet)));
    stage.world = fresh;
    let picture = stage.picture(200, 60);
    let top = picture.lines().next().unwrap();
    assert!(top.contains("prom no answer yet"), "{top}");
    assert!(top.contains("github no answer yet"), "{top}");
}
