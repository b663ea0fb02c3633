//! What lines there are, in what order, and what a filter finds.

use super::*;
use crate::control::{Board, Standing};
use crate::tui::fixture::World;

/// The overview of a world, as names: headings end in a colon, what is folded in a sign.
fn lines(world: &World, wanted: &Arrangement, filter: &str, typing: bool) -> Vec<String> {
    let mut board = Board::default();
    board.refresh(&world.store, world.now);
    let view = View::new(&world.store, &board, world.now);
    let mut overview = Overview::default();
    assert!(overview.refresh(&view, wanted, filter, typing));
    assert!(!overview.refresh(&view, wanted, filter, typing), "nothing changed since");
    let name = |index: usize| view.looks[index].target().to_string();
    let line = |line: &Line| match *line {
        Line::Waiting => format!("waiting {}:", overview.waiting()),
        Line::Waiter(index) => format!("! {}", name(index)),
        Line::Target(index) => name(index),
        Line::Group(place) => {
            let group = overview.group_at(place).unwrap();
            format!("{}{}", group.name(), if group.folded { " +" } else { ":" })
        }
    };
    overview.lines().iter().map(line).collect()
}

fn found(world: &World, filter: &str) -> Vec<String> {
    let lines = lines(world, &Arrangement::default(), filter, false);
    lines.into_iter().filter(|line| line.contains('/')).collect()
}

fn by(grouping: Grouping) -> Arrangement {
    let mut wanted = Arrangement::default();
    wanted.group_by(grouping);
    wanted
}

#[test]
fn groups_as_configured_or_the_worst_first() {
    let world = World::bad();
    let plain = lines(&world, &Arrangement::default(), "", false);
    assert_eq!(plain[..3], ["checkout:", "checkout/staging", "checkout/production"]);
    assert_eq!(plain[6..], ["search:", "search/staging", "search/production"]);

    let mut worst = Arrangement::default();
    worst.turn_order();
    let worst = lines(&world, &worst, "", false);
    assert_eq!(worst[..3], ["checkout:", "checkout/production", "checkout/staging"]);
    assert_eq!(worst[3], "search:", "what needs somebody comes before what is well");

    let states = lines(&world, &by(Grouping::State), "", false);
    let headings: Vec<&String> = states.iter().filter(|line| line.ends_with(':')).collect();
    assert_eq!(headings, ["critical:", "attention:", "ok:"]);
    assert_eq!(states[3..5], ["search/production", "search/staging"], "production first");

    let places = lines(&world, &by(Grouping::Environment), "", false);
    assert_eq!((places[0].as_str(), places[4].as_str()), ("staging:", "production:"));
    let waves = lines(&World::crowd(2, 3), &by(Grouping::Waves), "", false);
    let headings: Vec<&String> = waves.iter().filter(|line| line.ends_with(':')).collect();
    assert_eq!(headings, ["production, wave 1:", "production, wave 2:", "no group:"]);
}

#[test]
fn a_long_list_starts_with_what_is_well_folded() {
    let short = lines(&World::crowd(10, 3), &Arrangement::default(), "", false);
    assert!(!short.iter().any(|line| line.ends_with('+')), "{short:?}");
    let world = World::crowd(20, 3);
    let long = lines(&world, &Arrangement::default(), "", false);
    assert!(long.contains(&"svc-001 +".into()) && long.contains(&"svc-002:".into()), "{long:?}");
    // what the operator wants is kept, whatever becomes of the targets
    let mut wanted = Arrangement::default();
    let heading = |name: &str| Heading::Group(Grouping::Service, name.into());
    wanted.set_fold(heading("svc-001"), false);
    wanted.set_fold(heading("svc-002"), true);
    let own = lines(&world, &wanted, "", false);
    assert!(own.contains(&"svc-001:".into()) && own.contains(&"svc-002 +".into()), "{own:?}");
    let filtered = lines(&world, &wanted, "service:svc-002", false);
    assert_eq!(filtered.len(), 4, "a filter shows what it finds: {filtered:?}");
}

#[test]
fn what_waits_is_counted_and_the_longest_of_it_is_shown() {
    let mut world = World::good();
    for (name, ago_s) in [("search/staging", 60), ("payments/staging", 600)] {
        world.hold(name, ago_s);
    }
    let top = lines(&world, &Arrangement::default(), "", false);
    assert_eq!(top[..3], ["waiting 2:", "! payments/staging", "! search/staging"]);
    let mut wanted = Arrangement::default();
    wanted.set_fold(Heading::Waiting, true);
    assert_eq!(lines(&world, &wanted, "", false)[..2], ["waiting 2:", "checkout:"]);
    let filtered = lines(&world, &Arrangement::default(), "is:waiting", false);
    assert_eq!(filtered[0], "payments:", "a filter asks for something else");

    let many = lines(&World::crowd(250, 4), &Arrangement::default(), "", false);
    assert_eq!(many.iter().filter(|line| line.starts_with('!')).count(), WAITERS);
}

#[test]
fn terms_of_a_filter() {
    let mut world = World::bad();
    world.hold("payments/staging", 60);
    for (filter, expected) in [
        ("state:critical", vec!["checkout/production"]),
        ("STATE:crit", vec!["checkout/production"]),
        ("env:prod service:pay", vec!["payments/production"]),
        ("phase:degr", vec!["checkout/production"]),
        ("rev:7.3 is:production", vec!["search/production"]),
        ("rev:1.4.1", vec!["checkout/production"]),
        ("is:held", vec!["payments/staging"]),
        ("is:wait", vec!["payments/staging"]),
        ("is:marked", vec![]),
        ("-is:production -env:x -pay", vec!["checkout/staging", "search/staging"]),
        ("srchprd", vec!["search/production"]),
        ("degraded", vec!["checkout/production"]),
        ("no such thing", vec![]),
    ] {
        assert_eq!(found(&world, filter), expected, "{filter}");
    }
    for all in ["", "  ", "-", "env:", "stat:critical", "state:bogus", "is:what", ":", "-:"] {
        assert_eq!(found(&world, all).len(), if all.trim().is_empty() { 7 } else { 6 }, "{all:?}");
    }
    let states = "state:ok state:attention";
    for (bad, hint) in
        [("stat:x", "state: env:"), ("state:bogus", states), ("is:what", "is:held is:waiting")]
    {
        assert!(Filter::new(bad).complaint().unwrap().contains(hint), "{bad}");
    }
    assert_eq!(Filter::new("env:x is: pay").complaint(), None);
}

#[test]
fn the_best_match_is_first_while_one_types() {
    let world = World::crowd(20, 3);
    let typed = lines(&world, &Arrangement::default(), "us 1", true);
    assert_eq!(typed.len(), 20, "no headings: {typed:?}");
    // a name with the letter comes before a revision with it
    assert_eq!(
        (typed[0].as_str(), typed[11].as_str()),
        ("svc-001/production-us", "svc-000/production-us")
    );
    assert!(typed.iter().all(|line| line.ends_with("production-us")), "{typed:?}");
    let kept = lines(&world, &Arrangement::default(), "us 1", false);
    assert_eq!(kept[..2], ["svc-000:", "svc-000/production-us"]);
    let mut finder = Finder::default();
    assert_eq!(Filter::new("ab -c").found("a-bc", &mut finder), [0, 2]);
}

#[test]
fn terms_are_completed_as_far_as_they_are_certain() {
    let world = World::good();
    let mut board = Board::default();
    board.refresh(&world.store, world.now);
    let view = View::new(&world.store, &board, world.now);
    for (typed, completed, ways) in [
        ("st", "state:", 1),
        ("-se", "-service:", 1),
        ("state:c", "state:critical ", 1),
        ("pay is:m", "pay is:m", 2),
        ("env:p", "env:production ", 1),
        ("service:", "service:", 3),
        ("what:x", "what:x", 0),
        ("", "", 6),
    ] {
        let (text, all) = complete(typed, &view.looks);
        assert_eq!((text.as_str(), all.len()), (completed, ways), "{typed}");
    }
}

#[test]
fn a_group_knows_its_worst_and_adds_up() {
    let world = World::crowd(20, 3);
    let mut board = Board::default();
    board.refresh(&world.store, world.now);
    let view = View::new(&world.store, &board, world.now);
    let mut overview = Overview::default();
    overview.refresh(&view, &by(Grouping::Environment), "", false);
    for group in overview.groups() {
        let Counts { ok, moving, attention, unknown, critical } = group.counts;
        assert_eq!(ok + moving + attention + unknown + critical, group.members.len());
        assert_eq!(view.looks[group.lead].seen.standing, group.worst);
    }
    assert_eq!(overview.groups()[0].worst, Standing::Critical);
}
