//! Lines of the journal, ours and other processes', as events in the journal's order; and who of their
//! writers is gone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::model::{ActionId, Event, JournalTrouble, RecordKind, Time, Writer};
use crate::ports::Journal;

use super::bus::{Bus, Message};

/// How often other processes' lines are looked for.
const EVERY: Duration = Duration::from_millis(500);

/// Reads for ever. `poke` reads at once.
pub(super) async fn follow(journal: Arc<dyn Journal>, bus: Bus, poke: Arc<Notify>) {
    let mut feed = Feed { journal, bus, unfinished: BTreeMap::new(), trouble: None };
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
    /// Why the last reading did not bring all that was written down.
    trouble: Option<JournalTrouble>,
}

impl Feed {
    /// Tells what is new.
    async fn read(&mut self) {
        match self.journal.read_new().await {
            Ok(records) => {
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
                self.stands(self.journal.lost().map(|upto| JournalTrouble::Lost { upto })).await;
            }
            Err(fault) => {
                self.stands(Some(JournalTrouble::Unread { why: fault.to_string() })).await;
            }
        }
        for text in self.journal.take_notes() {
            self.bus.tell(Event::Notice { text: format!("journal: {text}"), target: None }).await;
        }
    }

    /// Tells whether the journal says all, when that changed.
    async fn stands(&mut self, trouble: Option<JournalTrouble>) {
        if self.trouble == trouble {
            return;
        }
        let text = match &trouble {
            None => "all of it can be read again".to_owned(),
            Some(JournalTrouble::Unread { why }) => why.clone(),
            Some(JournalTrouble::Lost { upto }) => format!(
                "lines up to number {upto} are missing or cannot be read; see `flightdeck journal verify`"
            ),
        };
        self.trouble.clone_from(&trouble);
        self.bus.tell(Event::Journal { trouble }).await;
        self.bus.tell(Event::Notice { text: format!("journal: {text}"), target: None }).await;
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
        if matches!(self.trouble, Some(JournalTrouble::Unread { .. })) {
            return;
        }
        for action in gone {
            if self.unfinished.remove(&action).is_some() {
                self.bus.tell(Event::WriterGone { action }).await;
            }
        }
    }
}
