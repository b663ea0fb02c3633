//! Panes in every order on every size: none off the screen, none over another, none lost that must stay.

use proptest::prelude::*;

use super::*;

fn place(area: Rect, panes: &Arrangement, focus: Pane) -> Vec<(Pane, Rect)> {
    let needs = Pane::ALL.into_iter().map(|pane| (pane, 6)).collect();
    Layout::new(area, panes, focus, false).place(&needs)
}

fn on(width: u16, height: u16, panes: &[Pane]) -> Vec<(Pane, Rect)> {
    let area = Rect::new(0, 1, width, height);
    place(area, &Arrangement::of(panes.iter().copied()), Pane::Targets)
}

fn names(placed: &[(Pane, Rect)]) -> Vec<&'static str> {
    placed.iter().map(|(pane, _)| pane.name()).collect()
}

#[test]
fn panes_stand_in_their_order() {
    let order = [Pane::Targets, Pane::Alerts, Pane::Rollout, Pane::Health, Pane::Metrics];
    let placed = on(160, 60, &order);
    assert_eq!(names(&placed), ["Targets", "Alerts", "Rollout", "Health", "Metrics"]);
    let rect = |pane| placed.iter().find(|(held, _)| *held == pane).unwrap().1;
    assert!(rect(Pane::Alerts).y < rect(Pane::Rollout).y, "and beside the targets");
    assert_eq!(rect(Pane::Alerts).x, rect(Pane::Rollout).x);
    assert_eq!(rect(Pane::Health).y, rect(Pane::Metrics).y);
    assert!(rect(Pane::Health).x < rect(Pane::Metrics).x, "the first named is on the left");
    assert_eq!(rect(Pane::Targets).bottom(), 61, "nothing lies across below");
}

#[test]
fn a_pane_alone_takes_the_room_of_two() {
    let placed = on(160, 60, &[Pane::Targets, Pane::Rollout, Pane::Metrics]);
    assert_eq!(placed[1].1.width, placed[2].1.width);
    let apart = on(160, 60, &[Pane::Targets, Pane::Metrics, Pane::Rollout, Pane::Health]);
    assert_eq!(names(&apart), ["Targets", "Metrics", "Rollout", "Health"]);
    assert_eq!(apart[1].1.width, apart[3].1.width);
}

#[test]
fn the_last_is_dropped_first() {
    let order = [Pane::Targets, Pane::Rollout, Pane::Timeline, Pane::Pipeline, Pane::Alerts];
    assert_eq!(
        names(&on(80, 40, &order)),
        ["Targets", "Rollout", "Timeline", "Pipeline", "Alerts"]
    );
    assert_eq!(names(&on(80, 12, &order)), ["Targets", "Rollout", "Timeline"]);
    let placed = place(Rect::new(0, 0, 80, 12), &Arrangement::of(order), Pane::Alerts);
    assert_eq!(names(&placed), ["Targets", "Rollout", "Alerts"], "but never the one with the keys");
}

proptest! {
    #[test]
    fn no_order_and_no_size_breaks_it(
        order in proptest::sample::subsequence(Pane::ALL.to_vec(), 0..=7).prop_shuffle(),
        width in 0u16..220,
        height in 0u16..70,
        focus in 0..7usize,
    ) {
        let panes = Arrangement::of(order);
        let focus = panes.at(focus % panes.panes().len() + 1).unwrap();
        let area = Rect::new(0, 1, width, height);
        let placed = place(area, &panes, focus);
        prop_assert_eq!(placed.iter().any(|(pane, _)| *pane == focus), !area.is_empty());
        for (at, (pane, rect)) in placed.iter().enumerate() {
            prop_assert!(panes.number(*pane).is_some());
            prop_assert_eq!(rect.intersection(area), *rect, "{:?}", pane);
            for (other, beside) in &placed[..at] {
                // neighbours share a border, and nothing else
                let shared = rect.intersection(*beside);
                prop_assert!(shared.width <= 1 || shared.height <= 1, "{:?} {:?}", pane, other);
            }
        }
    }
}
