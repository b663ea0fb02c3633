//! Lines of the journal, ours and other processes', as events in the journal's order; and who of their
//! writers is gone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::model::{ActionId, Event, RecordKind, Time, Writer};
use crate::ports::Journal;

use super::bus::{Bus, Message};

/// How often other processes' lines are looked for.
const EVERY: Duration = Duration::from_millis(500);

/// Reads for ever. `poke` reads at once.
pub(super) async fn follow(journal: Arc<dyn Journal>, bus: Bus, poke: Arc<Notify>) {
    let mut feed = Feed { journal, bus, unfinished: BTreeMap::new(), broken: false };
    feed.read().await;
    feed.bury().await;
    feed.bus.send(Message::JournalRead).await;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = poke.notified() => {}
        }
        feed.read().await;
        feed.bury().await;
    }
}

/// The journal as far as it was read.
struct Feed {
    journal: Arc<dyn Journal>,
    bus: Bus,
    /// Intents without an outcome: who wrote them, and when.
    unfinished: BTreeMap<ActionId, (Writer, Time)>,
    /// Whether the last reading failed.
    broken: bool,
}

impl Feed {
    /// Tells what is new.
    async fn read(&mut self) {
        match self.journal.read_new().await {
            Ok(records) => {
                self.broken = false;
                for record in records {
                    match &record.kind {
                        RecordKind::Intent { plan } => {
                            let written = (record.writer.clone(), record.at);
                            self.unfinished.insert(plan.action.clone(), written);
                        }
                        RecordKind::Outcome { report, .. } => {
                            self.unfinished.remove(&report.action);
                        }
                        _ => {}
                    }
                    let at = record.at;
                    self.bus.told(at, Event::Journaled { record: Box::new(record) }).await;
                }
            }
            Err(fault) => {
                if !std::mem::replace(&mut self.broken, true) {
                    self.bus.tell(Event::Notice { text: format!("journal: {fault}") }).await;
                }
            }
        }
        for text in self.journal.take_notes() {
            self.bus.tell(Event::Notice { text: format!("journal: {text}") }).await;
        }
    }

    /// Tells whose writers are gone.
    async fn bury(&mut self) {
        let mut gone = Vec::new();
        for (action, (writer, written)) in &self.unfinished {
            if !self.journal.is_alive(writer, *written).await {
                gone.push(action.clone());
            }
        }
        if gone.is_empty() {
            return;
        }
        // its last line may have come between our reading and its end
        self.read().await;
        if self.broken {
            return;
        }
        for action in gone {
            if self.unfinished.remove(&action).is_some() {
                self.bus.tell(Event::WriterGone { action }).await;
            }
        }
    }
}
