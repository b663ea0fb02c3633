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

#[test]
fn its_keys_answer_it_wherever_the_cursor_is() {
    let mut stage = armed();
    stage.picture(40, 12);
    stage.key("j");
    let at = target("checkout/production");
    assert_eq!(stage.key("K"), [Intent::Disarm(at.clone(), "by key".into())]);
    assert_eq!(stage.key("ctrl-y"), [Intent::Hasten(at)]);
}
