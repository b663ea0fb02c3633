//! The engine against loopback fakes, over TCP and a unix socket.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::net::TcpListener;

use super::fake::{Fake, Mood, config};
use super::*;
use crate::model::Verb;

const READ: &str = "show servers state checkout; show stat checkout 6 -1";

fn engine(fakes: &[&Fake]) -> HaproxyEngine {
    let mut config = config();
    config.addresses = fakes.iter().map(|fake| fake.address.clone()).collect();
    HaproxyEngine::new(config)
}

/// One whose exchanges give up soon, for fakes that hang.
fn hasty(fakes: &[&Fake]) -> HaproxyEngine {
    let mut engine = engine(fakes);
    engine.config.timeout = Duration::from_secs(1);
    engine
}

fn call(to: &HaproxyAddress) -> Call {
    Call {
        to: to.to_string(),
        text: "set weight checkout/canary1 50; set weight checkout/stable1 50".to_owned(),
        expect: BTreeMap::new(),
        run: None,
        follow: None,
    }
}

async fn promote_and_roll_back(fake: Fake) {
    let engine = engine(&[&fake]);
    let reading = engine.observe().await.unwrap();
    assert_eq!(reading.routed, Some(10.0));
    let promote = reading.offer(Verb::Promote, false).unwrap();
    assert!(!reading.shows(&promote.calls[0]));
    engine.act(&promote.calls[0]).await.unwrap();
    let reading = engine.observe().await.unwrap();
    assert_eq!(reading.routed, Some(50.0));
    assert!(reading.shows(&promote.calls[0]));

    let rollback = reading.offer(Verb::Rollback, false).unwrap();
    engine.act(&rollback.calls[0]).await.unwrap();
    assert_eq!((fake.weight("stable1"), fake.weight("canary1")), (90, 0));
    let lines = fake.lines();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!([&lines[0], &lines[2]], [READ, READ]);
}

#[tokio::test]
async fn a_whole_release_over_tcp() {
    promote_and_roll_back(Fake::tcp(Mood::Serve).await).await;
}

#[tokio::test]
async fn a_whole_release_over_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    promote_and_roll_back(Fake::unix(folder.path(), Mood::Serve)).await;
}

#[tokio::test]
async fn nobody_listening_is_a_failure_and_not_a_question() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config();
    config.addresses = vec![
        HaproxyAddress::Tcp(free.local_addr().unwrap().to_string()),
        HaproxyAddress::Unix("/nonexistent/haproxy.sock".into()),
    ];
    drop(free);
    let addresses = config.addresses.clone();
    let engine = HaproxyEngine::new(config);
    for address in &addresses {
        let Err(CallError::Failed(fault)) = engine.act(&call(address)).await else {
            panic!("nothing was sent to {address}");
        };
        assert_eq!(fault.kind, FaultKind::Unreachable);
    }
    assert_eq!(engine.observe().await.unwrap_err().kind, FaultKind::Unreachable);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_nothing_is_sent_twice() {
    for (mood, kind) in [
        (Mood::Deaf, FaultKind::Timeout),
        (Mood::Mute, FaultKind::Timeout),
        (Mood::Cut, FaultKind::Garbage),
        (Mood::Say("\n".to_owned()), FaultKind::Garbage),
        (Mood::Say("\u{1b}]0;x\u{7}\n\n\n".to_owned()), FaultKind::Upstream),
        (Mood::Say("x".repeat(2 << 20)), FaultKind::Garbage),
    ] {
        let fake = Fake::tcp(mood.clone()).await;
        let Err(CallError::Unknown(fault)) = hasty(&[&fake]).act(&call(&fake.address)).await else {
            panic!("{mood:?} leaves a question open");
        };
        assert_eq!(fault.kind, kind, "{fault}");
        assert!(fault.text.chars().count() < 400);
        assert!(fake.lines().len() <= 1, "sent once");
    }
}

#[tokio::test]
async fn a_denial_is_a_failure_that_names_the_cure() {
    let denied = Mood::Say("Permission denied\n\nPermission denied\n\n".to_owned());
    let fake = Fake::tcp(denied).await;
    let engine = engine(&[&fake]);
    let Err(CallError::Refused(fault)) = engine.act(&call(&fake.address)).await else {
        panic!("nothing changed");
    };
    assert_eq!(fault.kind, FaultKind::Forbidden);
    assert!(fault.text.contains("level admin"));
    assert_eq!(engine.observe().await.unwrap_err().kind, FaultKind::Forbidden);
}

#[tokio::test]
async fn a_pair_is_read_at_once_and_survives_a_lost_member() {
    let (one, two) = (Fake::tcp(Mood::Serve).await, Fake::tcp(Mood::Mute).await);
    let engine = hasty(&[&one, &two]);
    let reading = engine.observe().await.unwrap();
    assert_eq!(reading.routed, Some(10.0));
    assert_eq!(reading.blocks.len(), 1);
    let rollback = reading.offer(Verb::Rollback, false).unwrap();
    assert_eq!(rollback.calls.len(), 2);
    two.set_mood(Mood::Serve);
    for call in &rollback.calls {
        engine.act(call).await.unwrap();
    }
    assert_eq!((one.weight("canary1"), two.weight("canary1")), (0, 0));
    let reading = engine.observe().await.unwrap();
    assert!(rollback.calls.iter().all(|call| reading.shows(call)));
}

#[tokio::test]
async fn what_cannot_be_a_command_is_never_sent() {
    let fake = Fake::tcp(Mood::Serve).await;
    let mut config = config();
    config.addresses = vec![fake.address.clone()];
    config.candidate = vec!["c; shutdown sessions server".to_owned()];
    let engine = HaproxyEngine::new(config);
    assert_eq!(engine.observe().await.unwrap_err().kind, FaultKind::Setup);
    let mut elsewhere = call(&fake.address);
    elsewhere.to = "tcp:192.0.2.1:1".to_owned();
    let mut two_lines = call(&fake.address);
    two_lines.text.push_str("\nshow info");
    for call in [elsewhere, two_lines] {
        assert!(matches!(engine.act(&call).await, Err(CallError::Failed(_))));
    }
    assert!(fake.lines().is_empty());
}

#[tokio::test]
async fn sides_that_changed_places_are_read_and_planned_the_other_way_round() {
    let fake = Fake::tcp(Mood::Serve).await;
    let engine = engine(&[&fake]);
    engine.exchange(true);
    let reading = engine.observe().await.unwrap();
    assert_eq!(reading.routed, Some(90.0));
    assert_eq!(reading.servers[0].side, "candidate");
    let rollback = reading.offer(Verb::Rollback, false).unwrap();
    assert_eq!(
        rollback.calls[0].text,
        "set weight checkout/canary1 90; set weight checkout/stable1 0"
    );
    engine.exchange(false);
    assert_eq!(engine.observe().await.unwrap().routed, Some(10.0));
}
