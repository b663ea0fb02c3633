//! Where a rollback can go instead: each place with why it is thought to be good and what is lost.

use crate::control::{Destination, Proof};
use crate::model::{Plan, Time};
use crate::store::Store;
use crate::tui::errands;
use crate::tui::panes::row::Row;
use crate::tui::theme::Role;

/// A line for each place, and the key that goes to the next; nothing where there is no choice.
pub(super) fn rows(store: &Store, plan: &Plan, now: Time, width: usize) -> Vec<Row> {
    let Some((all, here)) = errands::destinations(store, plan) else { return Vec::new() };
    let rows = all.iter().enumerate().map(|(at, one)| row(one, at == here, now, width));
    let passed = all.iter().enumerate().any(|(at, one)| at != here && one.is_missing());
    let another = if passed { " another; to ✗ only by `--to`" } else { " another" };
    let key = Row::new(width).gap(10).put("ctrl-t", Role::Key).put(another, Role::Dim);
    rows.chain([key]).collect()
}

/// Whether it is proven, and why it is thought to be good or is none.
fn row(one: &Destination, here: bool, now: Time, width: usize) -> Row {
    let role = if here { Role::Title } else { Role::Dim };
    let sign = if here { "goes to ▸ " } else { "          " };
    let (mark, shade, mut text) = match &one.proof {
        Proof::Shown(_) => ("✓ ", Role::Ok, one.why(now)),
        Proof::Unknown(_) => ("? ", Role::Unknown, format!("not proven; {}", one.why(now))),
        Proof::Missing(why) => ("✗ ", Role::Error, format!("no destination: {why}")),
    };
    if one.is_bad {
        text.insert_str(0, "▲ rolled back from before; ");
    }
    if !one.is_missing() {
        text.push_str(&format!("; {}", one.loss()));
    }
    let row = Row::new(width).put(sign, Role::Dim).put(mark, shade);
    let row = row.put(one.revision.as_str(), role);
    row.put("  ", Role::Dim).put(text, role).fit(width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Sure;

    fn one(proof: Proof) -> Destination {
        let between = Err("its commits are not known".to_owned());
        Destination { revision: "v1".into(), sure: Sure::Stable, is_bad: false, proof, between }
    }

    #[test]
    fn each_place_shows_whether_it_is_proven() {
        let text = |proof| row(&one(proof), false, Time::UNIX_EPOCH, 90).text();
        let shown = text(Proof::Shown("it is there".into()));
        assert!(shown.contains("✓ v1  it is what stable runs; commits lost: unknown"), "{shown}");
        let unsure = text(Proof::Unknown("nobody answered".into()));
        assert!(unsure.contains("? v1  not proven; it is what stable runs"), "{unsure}");
        let gone = text(Proof::Missing("the registry knows no v1".into()));
        assert!(gone.contains("✗ v1  no destination: the registry knows no v1"), "{gone}");
    }

    #[test]
    fn the_key_passes_over_what_is_no_destination() {
        let gone = || one(Proof::Missing("gone".into()));
        let all = [one(Proof::Shown("there".into())), gone(), one(Proof::Unknown("?".into()))];
        assert_eq!(errands::another(&all, 0), Some(&all[2]));
        assert_eq!(errands::another(&all, 2), Some(&all[0]));
        assert_eq!(errands::another(&[gone(), gone()], 0), None);
    }
}
