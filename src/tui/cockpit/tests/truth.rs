//! What a screen must not say: good of what was not read, another word than the one that counts.

use super::*;
use crate::model::freeze::FreezeSpec;
use crate::model::*;
use crate::tui::fixture::{alert, plan, probe, spec};

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
    type Rate = fn(i32) -> f64;
    let cases: [(f64, Rate, &str, &str); 5] = [
        (50.0, |_| 0.004, "✓", "max 1 %"),
        (50.0, |_| 0.0838, "✗", "max 1 %"),
        // not yet for as long as it takes
        (50.0, |i| if i == 59 { 0.196 } else { 0.004 }, "…", "max 1 %"),
        (0.0, |_| 0.0838, "○", "not judged"),
        (0.0, |_| f64::NAN, "○", "not judged"),
    ];
    for (routed, rate, mark, beside) in cases {
        let mut stage = stage(routed, rate);
        stage.keys("3 z");
        let line = lines(&mut stage, "error rate").remove(0);
        assert!(line.contains(&format!("{mark} error rate")), "{line}");
        assert!(line.contains(beside), "{line}");
    }
}

#[test]
fn what_harms_comes_before_how_far_it_got() {
    let mut world = World::good();
    world.alerts(vec![alert("new", "HighErrorRate", Severity::P1, 180)]);
    let back = Plan {
        from: Some("1.4.2".into()),
        to: Some("1.4.1".into()),
        ..plan("back", Verb::Rollback, 50.0, 0.0)
    };
    let report = Report {
        outcome: Outcome::Seen,
        ..Report::refused(back.action.clone(), back.target.clone(), back.verb, vec![])
    };
    world.journal(60, RecordKind::Intent { plan: Box::new(back) });
    world.journal(60, RecordKind::Outcome { report: Box::new(report), followed_up: false });
    world.engine(LIVE, "1.4.1", "1.4.2", 0.0);
    let mut stage = Stage::new(world);
    stage.picture(120, 40);
    stage.keys("j 2 z");
    assert!(lines(&mut stage, "rolled back").iter().any(|l| l.contains("✗ critical, rolled back")));
    assert!(!stage.picture(120, 40).contains("▲ rolled back"));
}

/// A target that is only watched, by one check of the whole.
fn watched() -> World {
    let mut world = World::empty();
    let mut only = spec("catalog", "production");
    only.rollout = None;
    only.alerts = None;
    only.health.truncate(1);
    only.health[0].track = Track::Whole;
    let fleet = Fleet { targets: vec![only, spec("cart", "production")], ..Fleet::default() };
    world.event(9, Event::Configured(Box::new(fleet)));
    world.probe("catalog/production", Track::Whole, 8, probe("1.4.2"));
    world
}

#[test]
fn what_a_check_of_the_whole_names_is_what_runs_there() {
    let mut stage = Stage::new(watched());
    assert!(stage.picture(120, 40).contains("1.4.2   only watched"));
    stage.keys("t");
    let row = lines(&mut stage, "catalog").into_iter().find(|line| !line.contains(" / "));
    assert!(row.as_ref().is_some_and(|row| row.contains("1.4.2")), "{row:?}");
    let mut stage = Stage::new(watched());
    stage.picture(120, 40);
    stage.keys("enter");
    let page = stage.picture(120, 40);
    assert!(page.lines().any(|line| line.contains("runs") && line.contains("1.4.2")), "{page}");
    assert!(!page.contains("candidate   ") && !page.contains("stable   "), "{page}");
    let mut stage = Stage::new(watched());
    stage.picture(120, 40);
    stage.keys("/");
    stage.type_text("rev:1.4");
    let found = stage.picture(120, 40);
    assert!(found.contains("catalog") && !found.contains("cart"), "{found}");
}

#[test]
fn what_inhibits_an_alert_has_its_name() {
    let mut world = World::good();
    let quiet = Alert {
        state: AlertState::Inhibited,
        quiet_by: vec!["6e724d0bd46e3b25".into(), "gone".into()],
        ..alert("slow", "SlowAnswers", Severity::P1, 100)
    };
    let loud = alert("6e724d0bd46e3b25", "NoDatabase", Severity::P0, 100);
    world.alerts(vec![quiet, loud]);
    let mut stage = Stage::new(world);
    stage.picture(120, 40);
    stage.keys("j 6 j enter");
    let line = lines(&mut stage, "inhibited by").remove(0);
    assert!(line.contains("NoDatabase (6e724d0bd46e3b25), gone"), "{line}");
}

#[test]
fn go_is_said_only_where_nothing_refuses_it() {
    let mut world = World::good();
    let pause = plan("pause", Verb::Pause, 50.0, 50.0);
    let report = Report {
        outcome: Outcome::Seen,
        ..Report::refused(pause.action.clone(), pause.target.clone(), pause.verb, vec![])
    };
    world.journal(40, RecordKind::Intent { plan: Box::new(pause) });
    world.journal(39, RecordKind::Outcome { report: Box::new(report), followed_up: false });
    let mut paused = Stage::new(world);
    paused.picture(120, 40);
    paused.keys("j");
    let line = lines(&mut paused, "✗ pause").remove(0);
    assert!(line.contains("Go?"), "{line}");
}

#[test]
fn a_freeze_in_the_header_names_whose_it_is() {
    let mut world = World::empty();
    let mut frozen = spec("catalog", "production");
    let freeze = FreezeSpec {
        name: "holidays".into(),
        zone: chrono_tz::Tz::UTC,
        weekly: None,
        start: None,
        end: chrono::NaiveDate::from_ymd_opt(2999, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0)),
        except: Vec::new(),
        reason: None,
    };
    frozen.rules.freezes = vec![freeze];
    let fleet = Fleet { targets: vec![frozen, spec("cart", "production")], ..Fleet::default() };
    world.event(9, Event::Configured(Box::new(fleet)));
    let mut stage = Stage::new(world);
    let header = stage.picture(160, 40).lines().next().unwrap_or_default().to_owned();
    assert!(header.contains("freeze catalog until"), "{header}");
}
