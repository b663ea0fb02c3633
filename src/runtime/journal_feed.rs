//! Lines of the journal, ours and other processes', as events in the journal's order.

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
    let mut unfinished: BTreeMap<ActionId, (Writer, Time)> = BTreeMap::new();
    let mut broken = false;
    let mut first = true;
    loop {
        match journal.read_new().await {
            Ok(lines) => {
                broken = false;
                for (record, alive) in lines {
                    match &record.kind {
                        RecordKind::Intent { plan } if alive => {
                            unfinished
                                .insert(plan.action.clone(), (record.writer.clone(), record.at));
                        }
                        RecordKind::Outcome { report, .. } => {
                            unfinished.remove(&report.action);
                        }
                        _ => {}
                    }
                    let at = record.at;
                    bus.told(at, Event::Journaled { record: Box::new(record), alive }).await;
                }
            }
            Err(fault) if !broken => {
                broken = true;
                bus.tell(Event::Notice { text: format!("journal: {fault}") }).await;
            }
            Err(_) => {}
        }
        if std::mem::take(&mut first) {
            bus.send(Message::JournalRead).await;
        }
        for text in journal.take_notes() {
            bus.tell(Event::Notice { text: format!("journal: {text}") }).await;
        }
        let mut gone = Vec::new();
        for (action, (writer, written)) in &unfinished {
            if !journal.is_alive(writer, *written).await {
                gone.push(action.clone());
            }
        }
        for action in gone {
            unfinished.remove(&action);
            bus.tell(Event::WriterGone { action }).await;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = poke.notified() => {}
        }
    }
}
