//! The journal behind its thread.

use std::sync::Mutex;

use super::*;

#[tokio::test]
async fn an_action_passes_every_boundary_in_order() {
    let folder = folder();
    let reached = Arc::new(Mutex::new(Vec::new()));
    let hook: Hook = {
        let reached = Arc::clone(&reached);
        Arc::new(move |point| reached.lock().unwrap().push(point))
    };
    let thread = JournalThread::spawn(open(&folder), hook).unwrap();
    let handle = thread.handle();
    handle.note(changed("noise passes no boundary"));
    let begun = handle.begin(plan("a", Verb::Promote)).await.unwrap();
    let Begun::Written(intent) = begun else {
        panic!("nothing was in flight");
    };
    assert_eq!(&intent.writer, handle.writer());
    let alive = handle.is_alive(intent.writer.clone(), intent.at).await;
    assert!(alive.unwrap());
    let superseded = handle.superseded(ActionId("a".to_owned()), target()).await.unwrap();
    assert!(!superseded);
    handle.append(outcome("a", Verb::Promote)).await.unwrap();
    assert_eq!(*reached.lock().unwrap(), JournalPoint::ALL);

    handle.note(changed("written before it closes"));
    thread.close().await;
    assert_eq!(handle.append(changed("too late")).await, Err(JournalError::Gone));
    assert_eq!(verify(folder.path()).unwrap().lines, 4);
    assert!(handle.take_notes().is_empty());
}

#[tokio::test]
async fn one_of_many_presses_at_once_wins() {
    let folder = folder();
    let threads: Vec<JournalThread> =
        (0..4).map(|_| JournalThread::spawn(open(&folder), Arc::new(|_| ())).unwrap()).collect();
    let presses = threads.iter().enumerate().map(|(number, thread)| {
        let handle = thread.handle();
        async move { handle.begin(plan(&number.to_string(), Verb::Rollback)).await.unwrap() }
    });
    let begun = futures::future::join_all(presses).await;
    let written = begun.iter().filter(|begun| matches!(begun, Begun::Written(_)));
    assert_eq!(written.count(), 1);
}

#[tokio::test]
async fn an_intent_that_nobody_waits_for_does_not_stay_in_flight() {
    let folder = folder();
    let (reached, at_intent) = tokio::sync::oneshot::channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let gates = Mutex::new((Some(reached), wait));
    let hook: Hook = Arc::new(move |point| {
        let mut gates = gates.lock().unwrap();
        if point == JournalPoint::BeforeIntent
            && let Some(reached) = gates.0.take()
        {
            reached.send(()).unwrap();
            gates.1.recv().unwrap();
        }
    });
    let thread = JournalThread::spawn(open(&folder), hook).unwrap();
    let handle = thread.handle();
    let asked = tokio::spawn({
        let handle = handle.clone();
        async move { handle.begin(plan("a", Verb::Promote)).await }
    });
    at_intent.await.unwrap();
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    let begun = handle.begin(plan("b", Verb::Promote)).await.unwrap();
    assert!(matches!(begun, Begun::Written(_)), "{begun:?}");
    assert_eq!(verify(folder.path()).unwrap().lines, 3);
}

#[tokio::test]
async fn trouble_with_a_note_is_said_once() {
    let folder = folder();
    let thread = JournalThread::spawn(open(&folder), Arc::new(|_| ())).unwrap();
    let handle = thread.handle();
    fs::create_dir(folder.path().join("journal.head.new")).unwrap();
    handle.note(changed("1"));
    handle.note(changed("2"));
    assert!(handle.append(changed("3")).await.is_err());
    assert_eq!(handle.take_notes().len(), 1);
}
