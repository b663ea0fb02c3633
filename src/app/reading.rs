//! The log of a job for the cockpit: fetched, searched and saved in a task, never by the loop.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::clients::github::GithubClient;
use crate::control::Reading;
use crate::joblog::{JobLog, Line, Way, scratch};
use crate::model::{Event, Job, Status};
use crate::runtime::Bus;
use crate::tui::Told;

/// How often progress is told.
const OFTEN: Duration = Duration::from_millis(200);

/// Files with the same name that may be there already.
const COPIES: u32 = 100;

/// Clients by GitHub host.
pub(super) type Hosts = BTreeMap<String, Arc<GithubClient>>;

/// Reads one log at a time.
pub(super) struct Desk {
    hosts: Hosts,
    bus: Bus,
    asks: Option<mpsc::UnboundedSender<Reading>>,
    told: Option<mpsc::Receiver<Told>>,
    task: Option<JoinHandle<()>>,
}

impl Desk {
    pub(super) fn new(hosts: Hosts, bus: Bus) -> Self {
        Self { hosts, bus, asks: None, told: None, task: None }
    }

    /// What is told next; never, while there is no log. Safe to drop.
    pub(super) async fn next(&mut self) -> Told {
        match &mut self.told {
            Some(told) => match told.recv().await {
                Some(told) => told,
                None => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    }

    /// Has something done, later.
    pub(super) fn ask(&mut self, wanted: &Reading) {
        match wanted {
            Reading::Open { host, repo, job } => {
                self.open(host, repo.clone(), job.as_ref().clone());
            }
            Reading::Close => self.close(),
            other => {
                if let Some(asks) = &self.asks {
                    // the task has ended: it has told why
                    let _ = asks.send(other.clone());
                }
            }
        }
    }

    fn close(&mut self) {
        (self.asks, self.told) = (None, None);
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }

    fn open(&mut self, host: &str, repo: String, job: Job) {
        self.close();
        let (tell, told) = mpsc::channel(16);
        let (asks, asked) = mpsc::unbounded_channel();
        (self.asks, self.told) = (Some(asks), Some(told));
        let client = self.hosts.get(host).cloned();
        let bus = self.bus.clone();
        self.task = Some(tokio::spawn(async move {
            let Some(client) = client else {
                let why = "nothing is read from GitHub here, so there is no log";
                let _ = tell.send(Told::Failed(why.to_owned())).await;
                return;
            };
            if let Err(why) = serve(&client, &repo, job, asked, &tell, &bus).await {
                let _ = tell.send(Told::Failed(why)).await;
            }
        }));
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.close();
    }
}

/// Fetches a log and answers what is asked of it, until nobody asks any more.
async fn serve(
    client: &GithubClient,
    repo: &str,
    job: Job,
    mut asked: mpsc::UnboundedReceiver<Reading>,
    tell: &mpsc::Sender<Told>,
    bus: &Bus,
) -> Result<(), String> {
    let broken = |error: io::Error| format!("the log cannot be kept or read: {error}");
    let file = scratch().map_err(broken)?;
    let mut last = Instant::now();
    let into = file.try_clone().map_err(broken)?;
    let fetched = client.job_log(repo, job.id, into, |bytes, total| {
        if last.elapsed() >= OFTEN {
            last = Instant::now();
            // one that is not taken is followed by another
            let _ = tell.try_send(Told::Progress(bytes, total));
        }
    });
    let fetched = fetched.await.map_err(|fault| match job.status {
        Status::Completed => fault.text,
        _ => format!("the job is still running; {}", fault.text),
    })?;
    let (id, steps) = (job.id, job.steps);
    let log = off(move || JobLog::open(file, &steps)).await.map_err(broken)?;
    let log = Arc::new(log);
    let (len, bytes, outline) = (log.len(), log.bytes(), log.outline().clone());
    let ready = Told::Ready { len, bytes, cut: fetched.cut, outline };
    if tell.send(ready).await.is_err() {
        return Ok(());
    }
    let mut counted = (String::new(), 0);
    while let Some(mut wanted) = asked.recv().await {
        // of places passed while the file was read, only the last one is looked at
        while let Reading::Lines(_) = wanted {
            match asked.try_recv() {
                Ok(next) => wanted = next,
                Err(_) => break,
            }
        }
        let log = Arc::clone(&log);
        let answer = match wanted {
            Reading::Lines(ranges) => off(move || lines(&log, &ranges)).await.map(Told::Lines),
            Reading::Find { needle, from, forward } => {
                let known = (counted.0 == needle).then_some(counted.1);
                let sought = needle.clone();
                let found = off(move || find(&log, &sought, from, forward, known)).await;
                if let Ok(Told::Found { count, .. }) = &found {
                    counted = (needle, *count);
                }
                found
            }
            Reading::Save => {
                let text = match off(move || save(&log, id)).await {
                    Ok(path) => format!(
                        "saved to {}, as it came: its escape sequences are in it",
                        path.display()
                    ),
                    Err(error) => format!("the log was not saved: {error}"),
                };
                bus.tell(Event::Notice { text, target: None }).await;
                continue;
            }
            Reading::Open { .. } | Reading::Close => return Ok(()),
        };
        if tell.send(answer.map_err(broken)?).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Does what reads the disk where nobody waits for it.
async fn off<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn lines(log: &JobLog, ranges: &[Range<u64>]) -> io::Result<Vec<Line>> {
    let mut found = Vec::new();
    for range in ranges {
        found.extend(log.window(range.clone())?);
    }
    Ok(found)
}

fn find(
    log: &JobLog,
    needle: &str,
    from: u64,
    forward: bool,
    known: Option<u64>,
) -> io::Result<Told> {
    let count = match known {
        Some(count) => count,
        None => log.count(needle)?,
    };
    let (way, other) = if forward { (Way::Forward, 0) } else { (Way::Backward, u64::MAX) };
    let line = if count == 0 { None } else { log.find(needle, from, way)? };
    let round = count > 0 && line.is_none();
    let line = if round { log.find(needle, other, way)? } else { line };
    Ok(Told::Found { line, count, round })
}

/// Writes a copy into the working folder, under a name that is not taken.
fn save(log: &JobLog, job: u64) -> io::Result<PathBuf> {
    let folder = std::env::current_dir()?;
    for copy in 1..=COPIES {
        let copy = if copy == 1 { String::new() } else { format!("-{copy}") };
        let path = folder.join(format!("flightdeck-job-{job}{copy}.log"));
        match log.save(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}
