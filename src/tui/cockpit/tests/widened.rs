//! Where GitHub allows too little for the usual cadence, the screen says how often is asked, and when next.

use chrono::TimeDelta;

use super::details::at;
use super::*;
use crate::model::{Budget, Event};

#[test]
fn a_widened_interval_and_the_next_poll_are_on_the_screen() {
    let mut world = World::good();
    let feeds = world.store.feeds().map(|(id, _)| id.clone());
    let github: Vec<_> = feeds.filter(|id| id.source == "github").collect();
    for widened_s in [None, Some(75)] {
        for feed in github.clone() {
            let reset = world.now + TimeDelta::seconds(900);
            let budget =
                Some(Budget { remaining: 4812, limit: 5000, reset, widened_s, usual_s: None });
            world.event(3, Event::Heartbeat { feed, budget, next_s: 75.0 });
        }
        let picture = at(&world, "").picture(200, 50);
        let is_said = widened_s.is_some();
        assert!(picture.contains("github 4,812/5,000"), "{picture}");
        assert_eq!(picture.contains("4,812/5,000 every 75 s"), is_said, "{picture}");
        assert_eq!(picture.contains("live 3 s, next in 72 s"), is_said, "{picture}");
    }
}
