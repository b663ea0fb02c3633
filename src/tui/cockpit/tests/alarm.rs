//! The banner of an automatic rollback: what it says at every size, and its keys.

use chrono::TimeDelta;

use super::*;
use crate::model::RecordKind;
use crate::tui::fixture::target;

const WHY: &str = "the judge: errors: 4.07 % against 0.12 %, at least 3.1 × as many";

/// A bad release that is rolled back in 23 seconds.
fn armed() -> Stage {
    let mut world = World::bad();
    let candidate = Some("1.4.2".into());
    let (target, acts_at) = (target("checkout/production"), world.now + TimeDelta::seconds(23));
    world.journal(
        7,
        RecordKind::Alarm { target, candidate, why: WHY.to_owned(), acts_at, release: None },
    );
    Stage::new(world)
}

#[test]
fn the_banner_at_every_size() {
    for (width, height) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        let picture = armed().picture(width, height);
        let banner: Vec<&str> = picture.lines().take(4).collect();
        insta::assert_snapshot!(format!("banner-{width}x{height}"), banner.join("\n"));
    }
}

#[test]
fn the_time_left_and_the_keys_are_read_on_small_windows() {
    for size in [(40, 12), (40, 6), (40, 4), (32, 8), (30, 4)] {
        let picture = armed().picture(size.0, size.1);
        for said in ["00:23", "K hold it", "now"] {
            assert!(picture.contains(said), "{said} at {size:?}:\n{picture}");
        }
    }
    for size in [(20, 5), (9, 3), (3, 12), (1, 40), (40, 1), (1, 1)] {
        assert_eq!(armed().picture(size.0, size.1).lines().count(), usize::from(size.1));
    }
}

/// So many more that are announced, in 40 seconds and later.
fn several(more: usize) -> Stage {
    let mut stage = armed();
    let names = ["payments/production", "search/production", "search/staging"];
    for (name, later) in names.into_iter().zip(40..).take(more) {
        stage.world.engine(name, "1", "2", 50.0);
        let acts_at = stage.world.now + TimeDelta::seconds(later);
        let kind = RecordKind::Alarm {
            target: target(name),
            candidate: Some("2".into()),
            why: WHY.to_owned(),
            acts_at,
            release: None,
        };
        stage.world.journal(7, kind);
    }
    stage
}

fn held(name: &str) -> Vec<Intent> {
    vec![Intent::Disarm(target(name), "by key".into())]
}

fn goes(stage: &mut Stage, to: &str) {
    stage.cockpit.session.select(target(to));
}

fn later(stage: &mut Stage) {
    stage.picture(80, 24);
    stage.world.now += TimeDelta::milliseconds(500);
}

#[test]
fn the_keys_answer_the_only_one_wherever_the_cursor_is() {
    let mut stage = armed();
    stage.picture(40, 12);
    stage.key("j");
    assert_eq!(stage.key("K"), held("checkout/production"));
    assert_eq!(stage.key("ctrl-y"), [Intent::Hasten(target("checkout/production"))]);
}

#[test]
fn every_announced_target_is_named_and_the_one_the_keys_act_on_is_marked() {
    let mut stage = several(3);
    goes(&mut stage, "search/staging");
    for (width, height) in [(120, 40), (80, 24), (40, 12), (40, 6)] {
        let picture = stage.picture(width, height);
        let banner: Vec<&str> = picture.lines().take(5).collect();
        insta::assert_snapshot!(format!("several-{width}x{height}"), banner.join("\n"));
    }
}

#[test]
fn the_keys_act_on_the_selected_one_and_ask_where_none_is() {
    let mut stage = several(1);
    goes(&mut stage, "payments/production");
    later(&mut stage);
    assert_eq!(stage.key("ctrl-y"), [Intent::Hasten(target("payments/production"))]);
    goes(&mut stage, "search/staging");
    later(&mut stage);
    assert_eq!(stage.key("K"), []);
    let picture = stage.picture(80, 24);
    assert!(picture.contains("hold which automatic rollback?"), "{picture}");
    assert!(picture.contains("2  payments/production in 00:3"), "{picture}");
    // a digit keeps its meaning when another one is answered meanwhile
    let first = target("checkout/production");
    let over = RecordKind::Disarmed { target: first, why: "known".into(), passed: false };
    stage.world.journal(0, over);
    assert_eq!(stage.key("1"), []);
    assert!(stage.picture(80, 24).contains("no rollback of checkout/production is announced"));
    assert_eq!(stage.key("K"), held("payments/production"));
}

#[test]
fn a_key_that_was_meant_for_another_target_does_nothing() {
    let mut stage = several(1);
    goes(&mut stage, "checkout/production");
    later(&mut stage);
    assert_eq!(stage.key("K"), held("checkout/production"));
    let target = target("checkout/production");
    stage.world.journal(0, RecordKind::Disarmed { target, why: "by key".into(), passed: false });
    stage.picture(80, 24);
    stage.world.now += TimeDelta::milliseconds(499);
    assert_eq!(stage.key("K"), []);
    let picture = stage.picture(80, 24);
    assert!(picture.contains("the banner has just changed to payments/production: press again"));
    stage.world.now += TimeDelta::milliseconds(1);
    assert_eq!(stage.key("K"), held("payments/production"));
}

#[test]
fn what_a_key_did_is_said_when_it_is_known() {
    let mut stage = armed();
    let says = |stage: &mut Stage, text: &str| {
        let picture = stage.picture(120, 40);
        assert!(picture.contains(text), "{text}:\n{picture}");
    };
    stage.key("esc");
    stage.key("K");
    says(&mut stage, "checkout/production: this is being written into the journal");
    stage.world.now += TimeDelta::seconds(3);
    says(&mut stage, "checkout/production: nothing is changed yet: it is not in the journal");
    let at = target("checkout/production");
    let kind = RecordKind::Disarmed { target: at, why: "by key".into(), passed: false };
    stage.world.journal(0, kind);
    says(&mut stage, "checkout/production is held by ana: nothing is rolled back there by itself");
    stage.keys("j");
    says(&mut stage, "held by ana since 14:32:10Z for this release: by key");
    stage.key("enter");
    says(&mut stage, "automatic rollback held by ana since");
}

#[test]
fn a_read_only_cockpit_refuses_and_says_that_it_will_not_do_it() {
    let mut stage = armed();
    stage.world.event(0, crate::model::Event::ReadOnly { on: true });
    for size in [(120, 40), (80, 24), (40, 12)] {
        let picture = stage.picture(size.0, size.1);
        assert!(picture.contains("read-only: this cockpit will not do it"), "{picture}");
        assert!(!picture.contains("hold it"), "{picture}");
    }
    for key in ["K", "ctrl-y"] {
        assert_eq!(stage.key(key), []);
        assert!(stage.picture(80, 24).contains("refused: read-only"), "{key}");
    }
}
