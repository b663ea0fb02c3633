//! The journal on a thread of its own, so that nobody but an intent or an outcome waits for the disk.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::error::JournalError;
use super::{Hook, Journal};
use crate::model::{ActionId, Plan, Record, RecordKind, Refusal, Report, Target, Time, Writer};
use crate::ports::Begun;

/// Requests that may wait. More than that means a disk that hangs.
const QUEUE: usize = 256;

type Reply<T> = oneshot::Sender<Result<T, JournalError>>;

enum Request {
    Begin(Box<Plan>, Reply<Begun>),
    Append(Box<RecordKind>, Reply<Record>),
    Note(Box<RecordKind>),
    Superseded(ActionId, Target, Reply<bool>),
    Held(Target, Time, Reply<Option<String>>),
    IsAlive(Writer, Time, Reply<bool>),
    Beat,
    Close,
}

/// The thread. Dropping it lets what was asked for be written, but does not wait for it.
#[derive(Debug)]
pub struct JournalThread {
    handle: JournalHandle,
    thread: thread::JoinHandle<()>,
}

/// What the rest of the program holds. Every method waits for the disk at most as long as the disk
/// takes: callers that cannot, put their own limit around it.
#[derive(Debug, Clone)]
pub struct JournalHandle {
    requests: mpsc::Sender<Request>,
    writer: Writer,
    notes: Arc<Mutex<Vec<String>>>,
}

impl JournalThread {
    /// Starts the thread; `hook` is called on it at every boundary of an intent or an outcome.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn spawn(mut journal: Journal, hook: Hook) -> Result<Self, JournalError> {
        journal.hook = hook;
        let (sender, requests) = mpsc::channel(QUEUE);
        let handle = JournalHandle {
            requests: sender,
            writer: journal.writer().clone(),
            notes: Arc::new(Mutex::new(journal.take_notes())),
        };
        let notes = Arc::clone(&handle.notes);
        let folder = journal.folder().to_owned();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || serve(journal, requests, &notes))
            .map_err(|error| JournalError::io("start a thread for", &folder, &error))?;
        Ok(Self { handle, thread })
    }

    /// A handle to it.
    pub fn handle(&self) -> JournalHandle {
        self.handle.clone()
    }

    /// Writes what was asked for before, then ends the thread and waits for it. Handles that remain get
    /// [`JournalError::Gone`].
    pub async fn close(self) {
        if self.handle.requests.send(Request::Close).await.is_ok() {
            let _ = tokio::task::spawn_blocking(move || self.thread.join()).await;
        }
    }
}

impl JournalHandle {
    /// This process, as its lines name it.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// What the operator should know about the journal itself; empty afterwards.
    pub fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// See [`Journal::begin`].
    ///
    /// # Errors
    /// As there, and when the thread is gone.
    pub async fn begin(&self, plan: Plan) -> Result<Begun, JournalError> {
        self.ask(|reply| Request::Begin(Box::new(plan), reply)).await
    }

    /// See [`Journal::append`]: on the disk when this returns.
    ///
    /// # Errors
    /// As there, and when the thread is gone.
    pub async fn append(&self, kind: RecordKind) -> Result<Record, JournalError> {
        self.ask(|reply| Request::Append(Box::new(kind), reply)).await
    }

    /// Appends a line that nobody waits for. What goes wrong comes with [`Self::take_notes`].
    pub fn note(&self, kind: RecordKind) {
        if self.requests.try_send(Request::Note(Box::new(kind))).is_err() {
            remember(
                &self.notes,
                "the journal does not keep up: a change of state was not written down".to_owned(),
            );
        }
    }

    /// See [`Journal::superseded`].
    ///
    /// # Errors
    /// As there, and when the thread is gone.
    pub async fn superseded(&self, action: ActionId, target: Target) -> Result<bool, JournalError> {
        self.ask(|reply| Request::Superseded(action, target, reply)).await
    }

    /// See [`Journal::held`].
    ///
    /// # Errors
    /// As there, and when the thread is gone.
    pub async fn held(&self, target: Target, since: Time) -> Result<Option<String>, JournalError> {
        self.ask(|reply| Request::Held(target, since, reply)).await
    }

    /// See [`Journal::is_alive`].
    ///
    /// # Errors
    /// When the thread is gone.
    pub async fn is_alive(&self, writer: Writer, written: Time) -> Result<bool, JournalError> {
        self.ask(|reply| Request::IsAlive(writer, written, reply)).await
    }

    /// See [`Journal::beat`]; one that finds no room is left out.
    pub fn beat(&self) {
        let _ = self.requests.try_send(Request::Beat);
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, JournalError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).await.map_err(|_| JournalError::Gone)?;
        answer.await.map_err(|_| JournalError::Gone)?
    }
}

fn serve(mut journal: Journal, mut requests: mpsc::Receiver<Request>, notes: &Mutex<Vec<String>>) {
    while let Some(request) = requests.blocking_recv() {
        // one who asked and went away gets no answer; a line is written all the same
        match request {
            Request::Begin(_, reply) if reply.is_closed() => {}
            Request::Begin(plan, reply) => {
                if let Err(Ok(Begun::Written(record))) = reply.send(journal.begin(*plan)) {
                    abandon(&mut journal, &record, notes);
                }
            }
            Request::Append(kind, reply) => drop(reply.send(journal.append(*kind))),
            Request::Note(kind) => {
                if let Err(error) = journal.append(*kind) {
                    remember(notes, error.to_string());
                }
            }
            Request::Superseded(action, target, reply) => {
                drop(reply.send(journal.superseded(&action, &target)));
            }
            Request::Held(target, since, reply) => drop(reply.send(journal.held(&target, since))),
            Request::IsAlive(writer, written, reply) => {
                drop(reply.send(Ok(journal.is_alive(&writer, written))));
            }
            Request::Beat => journal.beat(),
            Request::Close => return,
        }
        for note in journal.take_notes() {
            remember(notes, note);
        }
    }
}

/// Ends an intent that was written for one who no longer waits, so that it does not stay in flight.
fn abandon(journal: &mut Journal, intent: &Record, notes: &Mutex<Vec<String>>) {
    let RecordKind::Intent { plan } = &intent.kind else {
        return;
    };
    let refusal = Refusal::new("journal", "nobody waited for this intent to be written any more");
    let report =
        Report::refused(plan.action.clone(), plan.target.clone(), plan.verb, vec![refusal]);
    let outcome = RecordKind::Outcome { report: Box::new(report), followed_up: false };
    if let Err(error) = journal.append(outcome) {
        remember(notes, error.to_string());
    }
}

/// Keeps a sentence once, however often it is true.
fn remember(notes: &Mutex<Vec<String>>, note: String) {
    tracing::warn!(%note, "journal");
    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    if !notes.contains(&note) {
        notes.push(note);
    }
}
