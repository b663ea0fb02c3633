//! Anything that may happen, in any order: events of every kind with times that are late, early and
//! repeated, and what an operator may press.

use flightdeck::control::{Answer, Request};
use flightdeck::model::{
    ActionId, Alert, AlertState, Conclusion, Deployment, Event, Fault, FaultKind, HealthState, Job,
    Observation, Outcome, Point, Reading, Record, RecordKind, RefName, Revision, Run, Severity,
    Status, Track, Verb, Writer,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::build::{alert, at, feeds, plan, probe, report, rollout, target};
use crate::support::programs::request as asked_for;

/// An event, how long ago it was asked for, and how much later it arrives than the one before.
#[derive(Debug, Clone)]
pub struct Told {
    pub event: Event,
    pub ago: i64,
    pub later: i64,
    /// Whether it is told twice.
    pub twice: bool,
}

/// Something that happens at the desk or outside it.
#[derive(Debug, Clone)]
pub enum Step {
    Tell(Told),
    Ask(Request),
    Answer(Answer),
    Dismiss,
    /// A fresh reading comes in, for the action that waits or for one that nobody waits for.
    Reread {
        stale: bool,
        fault: bool,
        routed: f64,
        late: bool,
    },
}

pub fn told() -> impl Strategy<Value = Told> {
    let toggle = any::<bool>().prop_map(|on| Event::ReadOnly { on });
    told_of(prop_oneof![12 => event(), 1 => toggle])
}

pub fn told_of(event: impl Strategy<Value = Event>) -> impl Strategy<Value = Told> {
    (event, 0..40i64, 0..8i64, any::<bool>()).prop_map(|(event, ago, later, twice)| Told {
        event,
        ago,
        later,
        twice,
    })
}

pub fn step() -> impl Strategy<Value = Step> {
    let answers = select(vec![
        Answer::Key,
        Answer::Yes,
        Answer::Name("checkout/production".into()),
        Answer::Name("checkout/staging".into()),
        Answer::Name(String::new()),
    ]);
    let reread = (prop::bool::weighted(0.2), prop::bool::weighted(0.2), weight(), any::<bool>());
    prop_oneof![
        3 => told_of(event()).prop_map(Step::Tell),
        3 => request().prop_map(Step::Ask),
        4 => answers.prop_map(Step::Answer),
        1 => Just(Step::Dismiss),
        4 => reread.prop_map(|(stale, fault, routed, late)| Step::Reread { stale, fault, routed, late }),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let reasons = select(vec![None, Some(String::new()), Some("we know".to_owned())]);
    let to =
        select(vec![None, None, None, Some(Revision::from("1.4.2")), Some(Revision::from("9"))]);
    (verb(), any::<bool>(), any::<bool>(), reasons, to).prop_map(
        |(verb, full, force, reason, to)| Request { full, force, reason, to, ..asked_for(verb) },
    )
}

fn verb() -> impl Strategy<Value = Verb> {
    select(Verb::ALL.to_vec())
}

fn weight() -> impl Strategy<Value = f64> {
    select(vec![0.0, 10.0, 50.0, 100.0])
}

fn outcome() -> impl Strategy<Value = Outcome> {
    use Outcome::{Accepted, Failed, Refused, Seen, Unknown};
    select(vec![Seen, Seen, Accepted, Refused, Failed, Unknown])
}

/// A few actions, so that lines meet: each has one plan for ever, as in a journal.
fn action() -> impl Strategy<Value = (String, Verb, f64, f64)> {
    (0..12usize).prop_map(|n| {
        let verb = Verb::ALL[n % Verb::ALL.len()];
        let (from, to) = match verb {
            Verb::Rollback => (10.0, 0.0),
            _ if n < 6 => (0.0, 10.0),
            _ => (10.0, 50.0),
        };
        (format!("a{n}"), verb, from, to)
    })
}

pub fn event() -> impl Strategy<Value = Event> {
    let feed = || select(feeds().to_vec());
    prop_oneof![
        4 => (feed(), items()).prop_map(|(feed, items)| Event::Observed {
            feed, items, budget: None, warnings: Vec::new(), next_s: 5.0,
        }),
        1 => feed().prop_map(|feed| Event::Heartbeat { feed, budget: None, next_s: 5.0 }),
        1 => feed().prop_map(|feed| Event::Failed {
            feed, fault: Fault::new(FaultKind::Timeout, "no answer within 5 s"), next_s: 5.0,
        }),
        4 => record().prop_map(|record| Event::Journaled { record: Box::new(record) }),
        1 => action().prop_map(|(id, ..)| Event::WriterGone { action: ActionId(id) }),
        1 => action().prop_map(|(id, ..)| Event::Progress {
            action: ActionId(id), target: target(), text: "sending 1 of 2".into(),
        }),
        1 => "[a-z ]{0,12}".prop_map(|text| Event::Notice { text, target: None }),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    (kind(), 0..500i64).prop_map(|(kind, s)| Record {
        seq: 1,
        at: at(s),
        operator: "ana".into(),
        writer: Writer { id: "w".into(), host: "here".into(), pid: 1 },
        kind,
    })
}

fn kind() -> impl Strategy<Value = RecordKind> {
    let planned = |(id, verb, from, to): (String, Verb, f64, f64)| plan(&id, verb, from, to);
    prop_oneof![
        3 => action().prop_map(move |a| RecordKind::Intent { plan: Box::new(planned(a)) }),
        4 => (action(), outcome(), any::<bool>()).prop_map(move |(a, outcome, followed_up)| {
            RecordKind::Outcome { report: Box::new(report(&planned(a), outcome)), followed_up }
        }),
        1 => weight().prop_map(|weight| RecordKind::FirstSight {
            target: target(), candidate: None, weight,
        }),
        1 => Just(RecordKind::Completed { target: target(), candidate: None }),
        1 => Just(RecordKind::Changed {
            target: target(), from: "ok".into(), to: "critical".into(), reasons: vec!["why".into()],
        }),
    ]
}

fn items() -> impl Strategy<Value = Vec<Observation>> {
    prop::collection::vec(item(), 1..3)
}

fn state() -> impl Strategy<Value = HealthState> {
    use HealthState::{Degraded, Healthy, Unhealthy, Unknown};
    select(vec![Healthy, Healthy, Healthy, Degraded, Unknown, Unhealthy])
}

fn readings() -> impl Strategy<Value = Vec<Point>> {
    let values = select(vec![0.0, 0.001, 0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
    let point =
        (0..500i64, values).prop_map(|(s, value)| Point { at: at(s), reading: Reading::of(value) });
    prop::collection::vec(point, 0..20)
}

fn alerts() -> impl Strategy<Value = Vec<Alert>> {
    let severities = select(vec![Severity::P0, Severity::P1, Severity::P2, Severity::P3]);
    let states = select(vec![AlertState::Firing, AlertState::Silenced, AlertState::Inhibited]);
    let one = (0..500i64, severities, states).prop_map(|(s, severity, state)| Alert {
        state,
        ..alert(&format!("A{s}"), severity, at(s))
    });
    prop::collection::vec(one, 0..6)
}

fn run() -> impl Strategy<Value = Run> {
    (0..400u64, any::<u16>(), any::<bool>()).prop_map(|(id, workflow, over)| Run {
        id,
        workflow: if workflow % 2 == 0 { "deploy.yml".into() } else { format!("w{workflow}.yml") },
        name: "deploy".into(),
        number: id,
        attempt: 1,
        title: "fix tax".into(),
        branch: Some("main".into()),
        sha: format!("{id:040x}"),
        event: "push".into(),
        status: if over { Status::Completed } else { Status::InProgress },
        conclusion: over.then_some(Conclusion::Failure),
        created_at: Some(at(i64::try_from(id).unwrap_or_default())),
        started_at: None,
        updated_at: None,
        url: "http://127.0.0.1/run".into(),
        actor: None,
        odd: None,
    })
}

fn job() -> impl Strategy<Value = Job> {
    (0..600u64).prop_map(|id| Job {
        id,
        name: format!("job {id}"),
        status: Status::Queued,
        conclusion: None,
        started_at: None,
        completed_at: None,
        steps: Vec::new(),
        url: None,
        runner: None,
        labels: vec![],
        odd: None,
    })
}

fn deployment() -> impl Strategy<Value = Deployment> {
    (0..500u64).prop_map(|id| Deployment {
        id,
        environment: "production".into(),
        sha: format!("{id:040x}"),
        git_ref: "v1.4.2".into(),
        created_at: Some(at(i64::try_from(id).unwrap_or_default())),
        state: None,
        creator: None,
        environment_url: None,
        odd: None,
    })
}

fn item() -> impl Strategy<Value = Observation> {
    let (host, repo) = ("github".to_owned(), "acme/checkout".to_owned());
    let (h, r) = (host.clone(), repo.clone());
    let (h2, r2) = (host.clone(), repo.clone());
    let (h3, r3) = (host.clone(), repo.clone());
    let track = select(vec![Track::Candidate, Track::Stable, Track::Whole]);
    let name = (0..400u32).prop_map(|n| RefName {
        tag: format!("v{n}"),
        title: None,
        sha: None,
        published_at: None,
        url: None,
    });
    prop_oneof![
        4 => weight().prop_map(|routed| Observation::Rollout {
            target: target(), rollout: Box::new(rollout(routed)),
        }),
        4 => (track, state()).prop_map(|(track, state)| {
            let revision = if track == Track::Stable { "1.4.1" } else { "1.4.2" };
            let probe = Box::new(probe(state, revision));
            Observation::Health { target: target(), check: "api".into(), track, probe }
        }),
        4 => (0..3usize, readings(), any::<bool>()).prop_map(|(index, points, bad)| {
            let fault = bad.then(|| "bad query".to_owned());
            Observation::Metric { target: target(), index, points, fault }
        }),
        2 => readings().prop_map(|points| Observation::Share { target: target(), points, fault: None }),
        2 => alerts().prop_map(|alerts| Observation::Alerts { target: target(), alerts, unread: 0 }),
        1 => prop::collection::vec(run(), 0..80).prop_map(move |runs| Observation::Runs {
            host: host.clone(), repo: repo.clone(), workflow: "deploy.yml".into(), runs, skipped: 0,
        }),
        1 => (0..90u64, prop::collection::vec(job(), 0..300)).prop_map(move |(run, jobs)| {
            Observation::Jobs { host: h.clone(), repo: r.clone(), run, jobs }
        }),
        1 => prop::collection::vec(deployment(), 0..70).prop_map(move |deployments| {
            Observation::Deployments { host: h2.clone(), repo: r2.clone(), deployments, skipped: 0 }
        }),
        1 => prop::collection::vec(name, 0..70).prop_map(move |tags| Observation::Releases {
            host: h3.clone(), repo: r3.clone(), releases: tags.clone(), tags,
        }),
    ]
}
