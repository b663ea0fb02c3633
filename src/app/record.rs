//! The journal as the runtime uses it, and `flightdeck journal`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::time::Instant;

use crate::cli::args::Global;
use crate::cli::{Exit, Format, Output, journal as table};
use crate::journal::{
    self, JournalError, JournalHandle, JournalPoint, JournalThread, Shared, Tail,
};
use crate::model::{ActionId, Fault, FaultKind, Plan, Record, RecordKind, Target, Time, Writer};
use crate::ports::{Begun, Clock, Journal};
use crate::runtime::boundary::Stop;

use super::{say, setup};

/// A folder's journal; reading goes on when writing cannot.
struct Kept {
    handle: Result<JournalHandle, JournalError>,
    tail: Mutex<Tail>,
    folder: PathBuf,
    /// When this process last showed other hosts that it lives; none where there are no others.
    beat: Option<Mutex<Instant>>,
}

/// How often other hosts are shown that this process lives.
const BEAT: Duration = Duration::from_secs(30);

/// Opens the journal of a folder, which others may share. One that cannot be written is still a journal: it says so when
/// something is to be written, and reading goes on.
pub(super) fn open(
    (folder, shared): (&Path, Option<Shared>),
    operator: &str,
    clock: Arc<dyn Clock>,
) -> Arc<dyn Journal> {
    let operator = operator.to_owned();
    let beat = shared.as_ref().map(|_| Mutex::new(Instant::now()));
    let tail = shared.as_ref().map_or_else(|| Tail::new(folder), Tail::shared);
    let opened = match shared {
        Some(shared) => journal::Journal::open_shared(shared, operator, clock),
        None => journal::Journal::open(folder, operator, clock),
    };
    let spawned = opened.and_then(|journal| JournalThread::spawn(journal, Arc::new(reached)));
    let handle = spawned.map(|thread| thread.handle());
    Arc::new(Kept { handle, tail: Mutex::new(tail), folder: folder.to_owned(), beat })
}

/// Stops the journal's thread at a point where a test wants it.
fn reached(point: JournalPoint) {
    if let Some(stop) = Stop::at(&format!("journal:{}", point.word())) {
        while stop.lasts() {
            std::thread::sleep(Stop::LOOK);
        }
    }
}

fn fault(error: &JournalError) -> Fault {
    Fault::new(FaultKind::Setup, error.to_string())
}

impl Kept {
    fn handle(&self) -> Result<JournalHandle, Fault> {
        self.handle.clone().map_err(|error| fault(&error))
    }

    /// Shows other hosts that this process lives, where it is time.
    fn beat(&self) {
        let (Some(beat), Ok(handle)) = (&self.beat, &self.handle) else { return };
        let mut last = beat.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= BEAT {
            *last = Instant::now();
            handle.beat();
        }
    }
}

impl Journal for Kept {
    fn begin(&self, plan: Plan) -> BoxFuture<'_, Result<Begun, Fault>> {
        Box::pin(async move { self.handle()?.begin(plan).await.map_err(|error| fault(&error)) })
    }

    fn append(&self, kind: RecordKind) -> BoxFuture<'_, Result<Record, Fault>> {
        Box::pin(async move { self.handle()?.append(kind).await.map_err(|error| fault(&error)) })
    }

    fn superseded<'a>(&'a self, action: &'a ActionId, target: &'a Target) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Ok(handle) = self.handle() else { return false };
            // a journal that cannot be read now cannot say that nobody rolled back: stop
            handle.superseded(action.clone(), target.clone()).await.unwrap_or(true)
        })
    }

    fn held<'a>(&'a self, target: &'a Target, since: Time) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move {
            // a journal that cannot be read stops no rollback: what it is against goes on meanwhile
            self.handle().ok()?.held(target.clone(), since).await.ok()?
        })
    }

    fn sending<'a>(
        &'a self,
        target: &'a Target,
        patience: Duration,
    ) -> BoxFuture<'a, Option<Box<dyn Send>>> {
        Box::pin(async move {
            let deadline = Instant::now() + patience;
            loop {
                match journal::Sending::take(&self.folder, target) {
                    Ok(Some(sending)) => return Some(Box::new(sending) as Box<dyn Send>),
                    Ok(None) if Instant::now() < deadline => {
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                    Ok(None) | Err(_) => return None,
                }
            }
        })
    }

    fn read_new(&self) -> BoxFuture<'_, Result<Vec<Record>, Fault>> {
        Box::pin(async move {
            self.beat();
            let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(tail.read_new().map_err(|error| fault(&error))?.records)
        })
    }

    fn lost(&self) -> Option<u64> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).lost()
    }

    fn take_notes(&self) -> Vec<String> {
        self.handle.as_ref().map(JournalHandle::take_notes).unwrap_or_default()
    }

    fn is_alive<'a>(&'a self, writer: &'a Writer, written: Time) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Ok(handle) = self.handle() else { return false };
            handle.is_alive(writer.clone(), written).await.unwrap_or(false)
        })
    }
}

/// `flightdeck journal show`.
pub(super) fn show<W: Write>(
    global: &Global,
    (target, lines): (Option<&Target>, usize),
    out: &mut Output<W>,
) -> io::Result<Exit> {
    let (folder, _) = match setup::journal(global) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let fresh = match Tail::new(&folder).read_new() {
        Ok(fresh) => fresh,
        Err(error) => {
            say(error.to_string());
            return Ok(Exit::Failed);
        }
    };
    let wanted = |record: &Record| target.is_none_or(|target| record.kind.target() == target);
    let records: Vec<Record> = fresh.records.into_iter().filter(wanted).collect();
    let from = records.len().saturating_sub(lines);
    table::print(&records[from..], out)?;
    Ok(Exit::Done)
}

/// `flightdeck journal verify`.
pub(super) fn verify<W: Write>(global: &Global, out: &mut Output<W>) -> io::Result<Exit> {
    let (folder, shared) = match setup::journal(global) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let found =
        match shared.as_ref().map_or_else(|| journal::verify(&folder), journal::verify_shared) {
            Ok(found) => found,
            Err(error) => {
                say(error.to_string());
                return Ok(Exit::Failed);
            }
        };
    if out.format == Format::Json {
        out.json(&found)?;
    } else {
        for problem in &found.problems {
            out.line(format!("line {}: {}", problem.line, problem.text))?;
        }
        for note in &found.notes {
            out.line(note)?;
        }
        let last = found.last.as_deref().unwrap_or("none");
        let verdict = match found.problems.len() {
            0 => "nothing was changed, removed or torn".to_owned(),
            1 => "1 problem".to_owned(),
            n => format!("{n} problems"),
        };
        out.line(format!("{} lines, last hash {last}: {verdict}", found.lines))?;
    }
    Ok(if found.problems.is_empty() { Exit::Done } else { Exit::No })
}
