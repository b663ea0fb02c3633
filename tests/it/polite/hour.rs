//! Many repositories polled through the whole stack, but for the screen, on a clock that is moved by hand as
//! soon as every request is answered: an hour takes seconds.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use flightdeck::clients::github::GithubClient;
use flightdeck::config::{HttpConfig, RepoConfig};
use flightdeck::control::{Desk, Intent};
use flightdeck::model::{
    ActionId, Fault, FeedId, FeedState, Fleet, Plan, Record, RecordKind, Target, Time, Writer,
};
use flightdeck::ports::{Begun, Clock, Journal, Polled, Source};
use flightdeck::runtime::{Ended, Parts, Runtime, Screen, Tools, run};
use flightdeck::sources::github::{GithubSource, Wanted};
use flightdeck::store::Store;
use futures::future::{BoxFuture, ready};

use super::server::{self, Log, SLOT_MS};

/// How often an idle repository is asked, and one with an active run: the defaults.
const EVERY: Duration = Duration::from_secs(60);
const EVERY_ACTIVE: Duration = Duration::from_secs(5);
/// How far the clock moves at once.
const STEP: Duration = Duration::from_millis(250);

/// What it took.
#[derive(Debug)]
pub struct Figures {
    /// Requests sent, those that the hour's limit counted, and those that were refused.
    pub sent: usize,
    pub counted: usize,
    pub refused: usize,
    /// The most within a minute.
    pub minute: usize,
    /// What polling everything each 5 s would have sent, and would have been counted: what the first poll of
    /// each repository asks for, again and again. And what asking for the lists of runs alone would have.
    pub naive: usize,
    pub lists: usize,
    /// The longest time, in seconds, that a run in progress was not looked at: since it began, and after it
    /// was first seen.
    pub unseen_s: f64,
    pub oldest_s: f64,
    /// Feeds that were not live at some time after their first answer.
    pub stale: BTreeSet<String>,
    /// What the operator was told.
    pub told: Vec<String>,
    /// The longest interval on screen, in seconds, where one was widened.
    pub widened_s: Option<u64>,
}

/// Polls so many repositories for so long.
pub fn run_for(repos: usize, span: Duration) -> Figures {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(hour(repos, span))
}

async fn hour(repos: usize, span: Duration) -> Figures {
    let began = tokio::time::Instant::now();
    let (url, log) = server::serve(repos, began).await;
    let clock: Arc<dyn Clock> = Arc::new(Virtual(began));
    let tools = Tools {
        operator: "bench".to_owned(),
        clock: clock.clone(),
        journal: Arc::new(Blank),
        recorder: None,
        notes_changes: false,
    };
    let mut runtime = Runtime::new(Parts { fleet: Fleet::default(), tools });
    let config = HttpConfig {
        bearer: Some(flightdeck::config::Secret::Env("CARGO_PKG_NAME".to_owned())),
        ..HttpConfig::plain(url.parse().unwrap(), Duration::from_secs(10))
    };
    let client = Arc::new(GithubClient::new(config, clock));
    {
        // asked once and first, while the clock stands still: of nobody's repository, so that nothing is booked
        let _still = Still::new();
        client.ready("nobody/none").await;
    }
    let (_wanted, receiver) = tokio::sync::watch::channel(Wanted::default());
    let polls = Arc::new(AtomicUsize::new(0));
    for n in 0..repos {
        let name = format!("acme/service-{n}");
        let workflows = vec!["deploy.yml".to_owned()];
        let repo = RepoConfig { name: name.clone(), workflows, ..RepoConfig::default() };
        let (feed, host) = (FeedId::part("github", name), "github".to_owned());
        let wanted = receiver.clone();
        let source =
            GithubSource::new(feed, client.clone(), host, repo, EVERY, EVERY_ACTIVE, wanted);
        runtime.source(Watched { source, polls: polls.clone() });
    }

    let over = Arc::new(AtomicBool::new(false));
    let driver = tokio::spawn(drive(began, span, polls, over.clone()));
    let (mut stale, mut widened_s, mut told) = (BTreeSet::new(), None, Vec::new());
    let mut looked = 0;
    let mut screen = Blank;
    let ended = run(&mut runtime, &mut screen, |runtime| {
        let (store, now) = (runtime.store(), runtime.now());
        // once a second is enough
        if server::since(began) / 1000 > looked {
            looked = server::since(began) / 1000;
            for (id, feed) in store.feeds() {
                if feed.good_at.is_some() && store.feed_state(id, now) != FeedState::Live {
                    stale.insert(id.to_string());
                }
                widened_s = widened_s.max(feed.budget.as_ref().and_then(|b| b.widened_s));
            }
        }
        let is_over = over.load(Ordering::SeqCst);
        is_over.then(|| told = store.notices().iter().map(|line| line.text.clone()).collect())
    });
    assert_eq!(ended.await.unwrap(), Ended::Answered(()));
    driver.await.unwrap();
    let log = log.lock().unwrap();
    figures(&log, repos, Figures { stale, told, widened_s, ..blank() })
}

/// Moves the clock on, as soon as nobody waits for an answer.
async fn drive(
    began: tokio::time::Instant,
    span: Duration,
    polls: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
) {
    let still = Still::new();
    while began.elapsed() < span {
        tokio::time::advance(STEP).await;
        let mut calm = 0;
        while calm < 4 {
            tokio::task::yield_now().await;
            calm = if polls.load(Ordering::SeqCst) == 0 { calm + 1 } else { 0 };
        }
    }
    over.store(true, Ordering::SeqCst);
    drop(still);
}

/// Until it is dropped, the clock does not move by itself: it does not while a blocking task runs.
struct Still(#[expect(dead_code, reason = "held until it is dropped")] mpsc::Sender<()>);

impl Still {
    fn new() -> Self {
        let (done, wait) = mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || wait.recv().unwrap_err());
        Self(done)
    }
}

fn blank() -> Figures {
    Figures {
        sent: 0,
        counted: 0,
        refused: 0,
        minute: 0,
        naive: 0,
        lists: 0,
        unseen_s: 0.0,
        oldest_s: 0.0,
        stale: BTreeSet::new(),
        told: Vec::new(),
        widened_s: None,
    }
}

fn figures(log: &Log, repos: usize, seen: Figures) -> Figures {
    let asked = &log.asked;
    let end = asked.last().map_or(0, |last| last.ms);
    let minute = |i: usize| asked.partition_point(|other| other.ms < asked[i].ms + 60_000) - i;
    let (mut everything, mut unseen, mut oldest) = (0, 0, 0);
    for repo in 0..repos {
        let own: Vec<_> = asked.iter().filter(|asked| asked.repo == repo).collect();
        let first = own[0].ms;
        everything += own.iter().filter(|asked| asked.ms == first).count();
        let looks = own.iter().filter(|asked| asked.what == "runs").map(|asked| asked.ms);
        let looks: Vec<u64> = looks.collect();
        let mut begins: Vec<u64> = (0..=end / SLOT_MS).map(|slot| slot * SLOT_MS).collect();
        begins.retain(|ms| {
            server::newest_run(repo, repos, *ms).is_some_and(|(_, stage)| stage.is_some())
        });
        for begin in begins {
            let over = (begin + SLOT_MS).min(end);
            let within = looks.iter().copied().filter(|ms| (begin..over).contains(ms));
            let mut last = begin;
            for (n, ms) in within.chain([over]).enumerate() {
                let worst = if n == 0 { &mut unseen } else { &mut oldest };
                *worst = (*worst).max(ms - last);
                last = ms;
            }
        }
    }
    Figures {
        sent: asked.len() + log.looks,
        counted: log.counted,
        refused: asked.iter().filter(|asked| matches!(asked.status, 403 | 429)).count(),
        minute: (0..asked.len()).map(minute).max().unwrap_or(0),
        naive: everything * (end as usize + 250) / 5000,
        lists: repos * (end as usize + 250) / 5000,
        unseen_s: unseen as f64 / 1000.0,
        oldest_s: oldest as f64 / 1000.0,
        ..seen
    }
}

/// The runtime's own time as a wall clock.
struct Virtual(tokio::time::Instant);

impl Clock for Virtual {
    fn now(&self) -> Time {
        server::start() + chrono::TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
}

/// A source whose polls under way are counted.
struct Watched {
    source: GithubSource,
    polls: Arc<AtomicUsize>,
}

impl Source for Watched {
    fn feed(&self) -> FeedId {
        self.source.feed()
    }

    fn every(&self) -> Duration {
        self.source.every()
    }

    async fn ready(&mut self) {
        self.source.ready().await;
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        let polled = self.source.poll().await;
        self.polls.fetch_sub(1, Ordering::SeqCst);
        polled
    }
}

/// No screen, and a journal of nothing.
struct Blank;

impl Screen for Blank {
    async fn next(&mut self) -> Option<()> {
        std::future::pending().await
    }

    fn intents(&mut self, _: &Store, _: &Desk, _: Time) -> Vec<Intent> {
        Vec::new()
    }

    fn draw(&mut self, _: &Store, _: &Desk, _: Time) -> std::io::Result<Option<Duration>> {
        Ok(Some(STEP))
    }

    fn perform(&mut self, _: &Intent) -> std::io::Result<()> {
        Ok(())
    }

    fn leave(&mut self, _: bool) {}
}

impl Journal for Blank {
    fn begin(&self, _: Plan) -> BoxFuture<'_, Result<Begun, Fault>> {
        Box::pin(std::future::pending())
    }

    fn append(&self, _: RecordKind) -> BoxFuture<'_, Result<Record, Fault>> {
        Box::pin(std::future::pending())
    }

    fn superseded<'a>(&'a self, _: &'a ActionId, _: &'a Target) -> BoxFuture<'a, bool> {
        Box::pin(ready(false))
    }

    fn held<'a>(&'a self, _: &'a Target, _: Time) -> BoxFuture<'a, Option<String>> {
        Box::pin(ready(None))
    }

    fn sending<'a>(&'a self, _: &'a Target, _: Duration) -> BoxFuture<'a, Option<Box<dyn Send>>> {
        Box::pin(ready(None))
    }

    fn read_new(&self) -> BoxFuture<'_, Result<Vec<Record>, Fault>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn take_notes(&self) -> Vec<String> {
        Vec::new()
    }

    fn is_alive<'a>(&'a self, _: &'a Writer, _: Time) -> BoxFuture<'a, bool> {
        Box::pin(ready(false))
    }
}
