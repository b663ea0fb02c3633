//! A player on a tape, with real time as a value and with tokio's paused clock.

use super::*;
use crate::model::{Envelope, Event, FeedId};
use crate::runtime::Runtime;

fn began() -> Time {
    "2026-01-01T14:30:00Z".parse().unwrap()
}

/// A heartbeat at each of these seconds, after the configuration at 0.
fn tape(seconds: &[i64]) -> Tape {
    let beat = || Event::Heartbeat { feed: FeedId::source("github"), budget: None, next_s: 1.0 };
    let configured = (0, Event::Configured(Box::default()));
    let beats = seconds.iter().map(|second| (*second, beat()));
    let envelope = |(second, event)| {
        let at = began() + TimeDelta::seconds(second);
        Envelope { seq: 7, at, asked_at: at, event }
    };
    Tape::new(std::iter::once(configured).chain(beats).map(envelope).collect()).unwrap()
}

fn s(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn clock(player: &Player, at: f64) -> f64 {
    (player.now(s(at)) - began()).as_seconds_f64()
}

#[test]
fn it_goes_as_fast_as_it_is_told_and_stays_at_the_end() {
    let mut player = Player::new(&tape(&[10, 20, 20, 40]), 2.0);
    assert_eq!((player.position(), player.due(s(0.0))), (1, Some(s(5.0))));
    player.advance(s(5.0));
    assert_eq!((player.position(), clock(&player, 6.0)), (2, 12.0));
    assert_eq!(player.due(s(6.0)), Some(s(4.0)));
    player.advance(s(10.5));
    assert_eq!((player.position(), clock(&player, 10.5)), (4, 21.0));
    player.advance(s(99.0));
    assert_eq!((player.position(), clock(&player, 200.0)), (5, 40.0));
    assert_eq!((player.playing().motion, player.due(s(200.0))), (Motion::Ended, None));
    player.play(Play::Begin, s(200.0));
    assert_eq!((player.position(), player.playing().motion), (1, Motion::Playing));
    assert!((clock(&player, 201.0) - 2.0).abs() < 1e-9);
}

#[test]
fn a_pause_and_a_change_of_speed_move_nothing() {
    let mut player = Player::new(&tape(&[10, 20]), 1.0);
    player.play(Play::Toggle, s(4.0));
    assert_eq!((clock(&player, 60.0), player.due(s(60.0))), (4.0, None));
    player.play(Play::Toggle, s(60.0));
    assert_eq!((clock(&player, 61.0), player.due(s(61.0))), (5.0, Some(s(5.0))));
    player.play(Play::Faster, s(61.0));
    player.play(Play::Faster, s(61.0));
    assert_eq!((clock(&player, 62.0), player.playing().speed), (9.0, 4.0));
    for _ in 0..40 {
        player.play(Play::Slower, s(62.0));
    }
    assert_eq!((clock(&player, 62.0), player.playing().speed), (9.0, 0.01));
}

#[test]
fn steps_and_jumps_stop_at_an_event() {
    let mut player = Player::new(&tape(&[10, 20, 30]), 1.0);
    (player.changes, player.alerts) = (vec![2, 4], vec![3]);
    let mut go = |play| {
        player.play(play, s(0.0));
        assert_ne!(player.playing().motion, Motion::Playing);
        (player.position(), clock(&player, 50.0))
    };
    assert_eq!(go(Play::Back), (1, 0.0));
    assert_eq!(go(Play::Forward), (2, 10.0));
    assert_eq!(go(Play::NextAlert), (3, 20.0));
    assert_eq!(go(Play::NextAlert), (3, 20.0));
    assert_eq!(go(Play::NextChange), (4, 30.0));
    assert_eq!(go(Play::Forward), (4, 30.0));
    assert_eq!(go(Play::PreviousChange), (2, 10.0));
    assert_eq!(go(Play::End), (4, 30.0));
}

#[test]
fn a_time_is_found_and_a_clock_set_back_is_not_followed() {
    let mut player = Player::new(&tape(&[10, 5, 20]), 1.0);
    for (second, found) in
        [(-5, (1, 0.0)), (12, (3, 12.0)), (10, (3, 10.0)), (20, (4, 20.0)), (60, (4, 20.0))]
    {
        player.seek(began() + TimeDelta::seconds(second));
        assert_eq!((player.position(), clock(&player, 99.0)), found, "{second}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_loop_folds_what_is_due_and_goes_back() {
    let mut runtime = Runtime::replay(tape(&[10, 20, 30]), 10.0);
    assert_eq!(runtime.store().seq(), 1);
    for seq in 2..=4 {
        runtime.next().await;
        runtime.advance();
        assert_eq!(runtime.store().seq(), seq);
        let passed = (runtime.now() - began()).as_seconds_f64();
        assert!((passed - 10.0 * (seq - 1) as f64).abs() < 0.1, "{passed}");
    }
    assert!(tokio::time::timeout(s(999.0), runtime.next()).await.is_err(), "it stays at its end");
    let there = runtime.store().clone();
    for _ in 0..3 {
        runtime.intend(crate::control::Intent::Play(Play::Back));
    }
    assert_eq!((runtime.store().seq(), runtime.now()), (1, began()));
    runtime.intend(crate::control::Intent::Play(Play::End));
    assert_eq!(*runtime.store(), there);
}
