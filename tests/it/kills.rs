//! kill −9 at every boundary between journal and call: the real program, a real SIGKILL, counted at the
//! server. The places are the code's own lists, so a new one cannot be forgotten here.

mod cell;
mod seeded;

use std::sync::Mutex;
use std::thread;

use flightdeck::journal::JournalPoint;
use flightdeck::runtime::Boundary;

use crate::support::Matrix;

use cell::{Left, kill_at};

const VERBS: [&str; 2] = ["promote", "rollback"];

/// Every place where a process may die on the way of an action.
fn places() -> Vec<String> {
    let journal = JournalPoint::ALL.map(|point| format!("journal:{}", point.word()));
    Boundary::ALL.map(|boundary| boundary.name().to_owned()).into_iter().chain(journal).collect()
}

#[test]
fn a_process_killed_anywhere_leaves_the_truth_and_nothing_is_sent_twice() {
    let mut cells: Vec<_> =
        VERBS.iter().flat_map(|verb| places().into_iter().map(move |at| (at, *verb))).collect();
    let title = "kill −9 at every boundary: what the server got, and what the next start says";
    let table = Mutex::new(Matrix::new(title, places(), VERBS));
    let seen = Mutex::new(Vec::new());
    let queue = Mutex::new(std::mem::take(&mut cells));
    let work = || {
        loop {
            let Some((at, verb)) = queue.lock().unwrap().pop() else { return };
            let (left, text) = kill_at(&at, verb);
            table.lock().unwrap().fill(&at, &verb, text);
            seen.lock().unwrap().push(left);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        let panicked = workers.into_iter().find_map(|worker| worker.join().err());
        if let Some(panic) = panicked {
            std::panic::resume_unwind(panic);
        }
    });
    table.into_inner().unwrap().write("kill-matrix");
    let seen = seen.into_inner().unwrap();
    for left in [Left::Nothing, Left::Intent, Left::Unanswered, Left::Outcome] {
        assert!(seen.contains(&left), "no place leaves {left:?}: the list says too little");
    }
}
