//! What the header and the edges of panes keep however little room there is.

use super::*;
use crate::control::{Motion, Playing};

fn top(stage: &mut Stage, width: u16, height: u16) -> String {
    stage.picture(width, height).lines().next().unwrap().to_owned()
}

fn replayed(motion: Motion) -> Stage {
    let mut stage = Stage::new(World::bad());
    stage.desk.playing = Some(Playing { event: 23, of: 793, speed: 1.0, motion });
    stage
}

#[test]
fn the_clock_and_the_worst_count_are_never_cut() {
    let mut worlds = vec![Stage::new(World::good()), Stage::new(World::bad())];
    worlds.push(Stage::new(World::lost()));
    for motion in [Motion::Playing, Motion::Paused, Motion::Ended] {
        worlds.push(replayed(motion));
    }
    let mut guarded = Stage::new(World::loading());
    let mut fleet = guarded.world.store.fleet().clone();
    fleet.read_only = true;
    fleet.inert = Some("not trusted".into());
    guarded.world.event(0, crate::model::Event::Configured(Box::new(fleet)));
    worlds.push(guarded);
    for stage in &mut worlds {
        let clock = crate::tui::panes::words::time_of_day(stage.world.now);
        for width in 40..200 {
            let top = top(stage, width, 3);
            assert!(top.contains(&clock), "{width}: {top}");
            let worst = ["✗ 1", "? 6", "▲ 1"].iter().any(|count| top.contains(count));
            assert!(worst, "{width}: {top}");
            assert!(!top.contains('…'), "{width}: {top}");
        }
    }
}

#[test]
fn of_a_replays_header_the_date_goes_first_then_its_banner_then_the_words() {
    let mut stage = replayed(Motion::Paused);
    let tops = [200, 100, 80, 64, 40].map(|width| top(&mut stage, width, 24));
    insta::assert_snapshot!("header-of-a-replay", tops.join("\n"));
}

#[test]
fn of_sources_that_are_lost_alike_the_engine_is_told_last() {
    let mut stage = Stage::new(World::lost());
    for (width, told) in [(66, 1), (80, 2)] {
        let top = top(&mut stage, width, 24);
        assert!(top.contains("engine lost"), "{top}");
        assert_eq!(top.matches(" lost").count(), told, "{top}");
    }
}

/// The upper edges of panes and pages that say how old they are.
fn edges(stage: &mut Stage, (width, height): (u16, u16)) -> Vec<String> {
    let picture = stage.picture(width, height);
    let sign = |line: &&str| {
        let ruled = height < 20 && (line.contains("━") || line.contains("──"));
        ruled || line.contains(['┌', '├'])
    };
    picture.lines().filter(sign).map(str::to_owned).collect()
}

#[test]
fn every_pane_and_page_keeps_its_age() {
    let worlds = [(World::good(), "live"), (World::stale(), "stale"), (World::lost(), "lost")];
    for (world, word) in worlds {
        for (width, height) in [(80, 24), (40, 12)] {
            for keys in ["1", "2", "3", "4", "5", "6", "2 z", "3 z", "4 z", "5 z", "6 z", "enter"] {
                let mut stage = Stage::new(world.clone());
                stage.picture(width, height);
                stage.keys("j");
                stage.keys(keys);
                for edge in edges(&mut stage, (width, height)) {
                    let shown = edge.trim_end_matches(['┐', '┤', ' ']);
                    let told = edge.contains(word) || (word == "live" && shown.ends_with(" s"));
                    assert!(told, "{width} {keys} {word}: {edge}");
                }
            }
        }
    }
}

#[test]
fn a_pane_that_is_alone_says_whose_it_is() {
    for (size, keys) in [((120, 40), "z"), ((80, 24), "z"), ((40, 12), "")] {
        for pane in 3..=7 {
            let mut stage = Stage::new(World::good());
            stage.picture(size.0, size.1);
            stage.keys(&format!("j {pane} {keys}"));
            let picture = stage.picture(size.0, size.1);
            let edge = picture.lines().nth(1).unwrap();
            assert!(edge.contains(&format!("{pane} checkout/production ")), "{edge}");
            assert!(edge.contains('━'), "it is production's: {edge}");
            assert_eq!(edge.contains("PRODUCTION"), size.0 >= 80, "{edge}");
        }
    }
    let mut stage = Stage::new(World::good());
    stage.keys("j 3 z");
    let tops = [120, 80, 40].map(|width| {
        let picture = stage.picture(width, 12);
        picture.lines().nth(1).unwrap().to_owned()
    });
    insta::assert_snapshot!("a-pane-alone", tops.join("\n"));
}
