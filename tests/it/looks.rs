//! What an open question stands on is read again while it cannot be read, ever more rarely, and no more
//! once it was.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flightdeck::app::quiet::Quiet;
use flightdeck::model::follow::Effect;
use flightdeck::model::{
    ActionId, Call, Fault, FaultKind, FeedId, Follow, Observation, Outcome, Plan, Record,
    RecordKind, Sight, Status, Target, Time, Verb, Writer,
};
use flightdeck::ports::{Begun, CallError, Clock, Journal, Made, Polled, Source, Workflows};
use flightdeck::runtime::{Ended, Parts, Runtime, Tools, run};
use futures::future::{BoxFuture, ready};
use tokio::time::Instant;

use crate::support::build::{at, fleet, plan, report, spec};
use crate::support::runs::{WAITING, run as a_run};

/// Looks that fail before one tells of the run.
const FAILING: usize = 8;

#[test]
fn what_cannot_be_read_is_read_again_later() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().unwrap();
    let looked = runtime.block_on(watch(Duration::from_secs(3_600)));
    let waits: Vec<u64> = looked.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect();
    assert_eq!(waits.len(), FAILING, "once more when it is there, and then no more: {waits:?}");
    for (waited, expected) in waits.iter().zip([10, 20, 40, 80, 160, 300, 300, 300]) {
        assert!((expected..=expected + 3).contains(waited), "{waits:?}");
    }
}

/// When an action's run was looked for within a time.
async fn watch(span: Duration) -> Vec<Instant> {
    let began = Instant::now();
    let tools = Tools {
        operator: "ana".to_owned(),
        clock: Arc::new(Virtual(began)),
        journal: Arc::new(Written::new()),
        recorder: None,
        notes_changes: false,
    };
    let mut runtime = Runtime::new(Parts { fleet: fleet(spec()), tools });
    let host = Arc::new(Host::default());
    runtime.workflows("github", host.clone());
    runtime.source(Beats);
    let over = move |_: &mut Runtime| (began.elapsed() >= span).then_some(());
    let ended = run(&mut runtime, &mut Quiet, over).await;
    assert_eq!(ended.unwrap(), Ended::Answered(()));
    let looked = host.looked.lock().unwrap();
    looked.clone()
}

/// Does not answer for a while.
#[derive(Default)]
struct Host {
    looked: Mutex<Vec<Instant>>,
}

impl Workflows for Host {
    fn act<'a>(&'a self, _: &'a Call) -> BoxFuture<'a, Result<Made, CallError>> {
        Box::pin(ready(Err(CallError::Failed(fault()))))
    }

    fn look<'a>(&'a self, _: &'a Follow, _: Option<u64>) -> BoxFuture<'a, Result<Sight, Fault>> {
        let mut looked = self.looked.lock().unwrap();
        looked.push(Instant::now());
        let runs = vec![a_run(WAITING, Status::InProgress, None)];
        let told = looked.len() > FAILING;
        Box::pin(ready(if told { Ok(Sight { runs, ..Sight::default() }) } else { Err(fault()) }))
    }
}

fn fault() -> Fault {
    Fault::new(FaultKind::Upstream, "it answered 502")
}

/// A repository in which nothing is listed.
struct Beats;

impl Source for Beats {
    fn feed(&self) -> FeedId {
        FeedId::part("github", "acme/checkout")
    }

    fn every(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn poll(&mut self) -> Result<Polled, Fault> {
        let (host, repo) = ("github".to_owned(), "acme/checkout".to_owned());
        let workflow = "deploy.yml".to_owned();
        let none = Observation::Runs { host, repo, workflow, runs: Vec::new(), skipped: 0 };
        Ok(Polled { items: vec![none], ..Polled::default() })
    }
}

/// A journal in which a run was started again, and nobody knows what became of it.
struct Written(Mutex<Vec<Record>>);

impl Written {
    fn new() -> Self {
        let mut again = plan("again", Verb::Rerun, 10.0, 10.0);
        let effect = Effect::Attempt { run: WAITING, after: 1, to_end: true };
        let follow = Some(Follow { repo: "acme/checkout".into(), effect });
        again.calls = vec![Call { to: "github".into(), follow, ..Call::default() }];
        let report = Box::new(report(&again, Outcome::Unknown));
        let intent = RecordKind::Intent { plan: Box::new(again) };
        let outcome = RecordKind::Outcome { report, followed_up: false };
        let writer = Writer { id: "w".into(), host: "h".into(), pid: 1 };
        let record = |(seq, kind)| Record {
            seq,
            at: at(0),
            operator: "bo".into(),
            writer: writer.clone(),
            kind,
        };
        Self(Mutex::new((1..).zip([intent, outcome]).map(record).collect()))
    }
}

impl Journal for Written {
    fn begin(&self, _: Plan) -> BoxFuture<'_, Result<Begun, Fault>> {
        Box::pin(ready(Err(fault())))
    }

    fn append(&self, _: RecordKind) -> BoxFuture<'_, Result<Record, Fault>> {
        Box::pin(ready(Err(fault())))
    }

    fn superseded<'a>(&'a self, _: &'a ActionId, _: &'a Target) -> BoxFuture<'a, bool> {
        Box::pin(ready(true))
    }

    fn held<'a>(&'a self, _: &'a Target, _: Time) -> BoxFuture<'a, Option<String>> {
        Box::pin(ready(None))
    }

    fn sending<'a>(&'a self, _: &'a Target, _: Duration) -> BoxFuture<'a, Option<Box<dyn Send>>> {
        Box::pin(ready(None))
    }

    fn read_new(&self) -> BoxFuture<'_, Result<Vec<Record>, Fault>> {
        let records = std::mem::take(&mut *self.0.lock().unwrap());
        Box::pin(ready(Ok(records)))
    }

    fn take_notes(&self) -> Vec<String> {
        Vec::new()
    }

    fn is_alive<'a>(&'a self, _: &'a Writer, _: Time) -> BoxFuture<'a, bool> {
        Box::pin(ready(false))
    }
}

/// The runtime's own time as a wall clock.
struct Virtual(Instant);

impl Clock for Virtual {
    fn now(&self) -> Time {
        at(10) + chrono::TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
}
