//! Several targets by one answer: promotions in turn, wave by wave, until one is not seen; rollbacks all at
//! once, whatever becomes of one. Each goes its own way past the guard.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use flightdeck::control::{Answer, Desk, Dialog, Effect, Request, Several, WAVE};
use flightdeck::model::{
    ActionId, FeedId, Fleet, Observation, Outcome, Plan, Report, Target, TargetSpec, Verb,
};

use crate::support::build::{Build, rollout, spec};

/// As they are configured: the second wave, none, the first.
const ALL: [(&str, Option<u32>); 3] = [("a/live", Some(2)), ("b/live", None), ("c/live", Some(1))];

fn target(name: &str) -> Target {
    name.parse().expect("a target")
}

fn feed(name: &str) -> FeedId {
    FeedId::part("engine", name)
}

/// A target of the group that nothing but its engine watches.
fn member(name: &str, wave: Option<u32>) -> TargetSpec {
    let mut spec = TargetSpec {
        target: target(name),
        group: Some("production".into()),
        wave,
        host: None,
        repo: None,
        workflow: None,
        prometheus: None,
        alerts: None,
        health: Vec::new(),
        metrics: Vec::new(),
        ..spec()
    };
    if let Some(rollout) = &mut spec.rollout {
        rollout.feed = feed(name);
        rollout.soak = Duration::ZERO;
    }
    spec
}

fn ids() -> ActionId {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    ActionId(format!("wave-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// A group with something half out everywhere, and the desk that acts on it.
struct Stage {
    build: Build,
    desk: Desk,
}

impl Stage {
    fn new() -> Self {
        Self::of(Fleet {
            targets: ALL.iter().map(|(name, wave)| member(name, *wave)).collect(),
            origin: "a test".into(),
            ..Fleet::default()
        })
    }

    fn of(fleet: Fleet) -> Self {
        let mut stage = Self { build: Build::new(fleet), desk: Desk::new("an operator") };
        stage.build.till(100);
        for (name, _) in ALL {
            stage.reads(name, 10.0);
        }
        stage
    }

    fn reads(&mut self, name: &str, routed: f64) {
        let reading = Box::new(rollout(routed));
        let seen = Observation::Rollout { target: target(name), rollout: reading };
        self.build.says(&feed(name), vec![seen]);
    }

    fn ask(&mut self, verb: Verb, names: &[&str]) {
        let requests = names.iter().map(|name| Request::new(target(name), verb)).collect();
        self.desk.ask_all(&self.build.store, requests, ids, self.build.now());
    }

    fn several(&self) -> &Several {
        match self.desk.dialog() {
            Some(Dialog::Several(several)) => several,
            other => panic!("{other:?}"),
        }
    }

    /// What each shows: the plan's target, or the gates that refuse it.
    fn shown(&self) -> Vec<String> {
        let shown = |dialog: &Dialog| match dialog {
            Dialog::Refused { request, refusals, .. } => {
                let gates: Vec<&str> = refusals.iter().map(|one| one.gate.as_str()).collect();
                format!("{} refused: {}", request.target, gates.join(", "))
            }
            Dialog::Confirm { confirmation, moved: None } => {
                format!("{} waits", confirmation.plan.target)
            }
            Dialog::Confirm { confirmation, .. } => format!("{} moved", confirmation.plan.target),
            Dialog::Rereading { confirmation, .. } => {
                format!("{} is read", confirmation.plan.target)
            }
            Dialog::Following { plan, ended: None, .. } => format!("{} goes", plan.target),
            Dialog::Following { plan, ended: Some(report), .. } => {
                format!("{} {}", plan.target, report.outcome.word())
            }
            Dialog::Several(_) => "several".to_owned(),
        };
        self.several().dialogs().map(shown).collect()
    }

    fn answer(&mut self, answer: &Answer) -> Vec<ActionId> {
        rereads(&self.desk.answer(answer, self.build.now()))
    }

    fn go_on(&mut self) -> Vec<ActionId> {
        rereads(&self.desk.go_on(&self.build.store, ids, self.build.now()))
    }

    /// The engine was read once more: what is carried out then.
    fn reread(&mut self, action: &ActionId) -> Option<Plan> {
        let (store, now) = (&self.build.store, self.build.now());
        match self.desk.reread(store, action, None, ids(), now).pop() {
            Some(Effect::Execute { plan }) => Some(*plan),
            _ => None,
        }
    }

    fn finish(&mut self, plan: &Plan, outcome: Outcome) -> Vec<ActionId> {
        let (action, target) = (plan.action.clone(), plan.target.clone());
        let report = Report::refused(action, target, plan.verb, Vec::new());
        self.desk.finished(&Report { outcome, ..report });
        self.go_on()
    }

    /// Carries the next one out.
    fn carry(&mut self, actions: &[ActionId], outcome: Outcome) -> (Plan, Vec<ActionId>) {
        let [action] = actions else { panic!("one after the other: {actions:?}") };
        let plan = self.reread(action).expect("it is carried out");
        assert_eq!(self.go_on(), [], "one goes at a time");
        let next = self.finish(&plan, outcome);
        (plan, next)
    }
}

fn rereads(effects: &[Effect]) -> Vec<ActionId> {
    let action = |effect: &Effect| match effect {
        Effect::Reread { action, .. } => Some(action.clone()),
        Effect::Execute { .. } => panic!("an answer alone acts"),
        _ => None,
    };
    effects.iter().filter_map(action).collect()
}

const NAMES: [&str; 3] = ["a/live", "b/live", "c/live"];

#[test]
fn promotions_go_wave_by_wave_and_what_goes_is_what_was_confirmed() {
    let mut stage = Stage::new();
    stage.ask(Verb::Promote, &NAMES);
    assert_eq!(stage.shown(), ["c/live waits", "a/live waits", "b/live waits"]);
    assert_eq!(stage.several().waves().collect::<Vec<_>>(), [Some(1), Some(2), None]);
    let plans: Vec<Plan> = stage
        .several()
        .dialogs()
        .map(|dialog| match dialog {
            Dialog::Confirm { confirmation, .. } => confirmation.plan.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(stage.answer(&Answer::Name("c/live".into())), [], "a key answers it");
    let mut next = stage.answer(&Answer::Key);
    assert_eq!(stage.answer(&Answer::Key), [], "a second yes");
    for plan in plans {
        let (done, following) = stage.carry(&next, Outcome::Seen);
        assert_eq!((&done.action, &done.calls), (&plan.action, &plan.calls));
        next = following;
    }
    assert_eq!(next, []);
    assert_eq!(stage.shown(), ["c/live seen", "a/live seen", "b/live seen"]);
}

#[test]
fn a_promotion_stops_at_the_first_that_is_not_seen() {
    for outcome in [Outcome::Accepted, Outcome::Refused, Outcome::Failed, Outcome::Unknown] {
        let mut stage = Stage::new();
        stage.ask(Verb::Promote, &NAMES);
        let first = stage.answer(&Answer::Key);
        let (_, second) = stage.carry(&first, Outcome::Seen);
        let (_, third) = stage.carry(&second, outcome);
        assert_eq!(third, [], "{outcome:?}");
        let shown = [
            "c/live seen".to_owned(),
            format!("a/live {}", outcome.word()),
            "b/live refused: wave".to_owned(),
        ];
        assert_eq!(stage.shown(), shown);
        let Some(Dialog::Refused { refusals, overridable, .. }) = stage.several().dialogs().nth(2)
        else {
            panic!("it is refused")
        };
        assert_eq!(refusals[0].to_string(), format!("{WAVE}: stopped: a/live was not seen"));
        assert!(!overridable);
    }
}

#[test]
fn one_that_moved_meanwhile_or_lost_its_engine_is_not_sent_and_stops_the_rest() {
    let mut stage = Stage::new();
    stage.ask(Verb::Promote, &NAMES);
    let first = stage.answer(&Answer::Key);
    stage.reads("a/live", 50.0);
    let (_, second) = stage.carry(&first, Outcome::Seen);
    assert_eq!(stage.reread(&second[0]), None);
    assert_eq!(stage.go_on(), []);
    assert_eq!(stage.shown(), ["c/live seen", "a/live moved", "b/live refused: wave"]);

    let mut stage = Stage::new();
    stage.ask(Verb::Promote, &NAMES);
    let first = stage.answer(&Answer::Key);
    let now = stage.build.now();
    let fault = Some("no answer within 5 s");
    assert_eq!(stage.desk.reread(&stage.build.store, &first[0], fault, ids(), now), []);
    assert_eq!(stage.go_on(), []);
    let shown =
        ["c/live refused: engine unreadable", "a/live refused: wave", "b/live refused: wave"];
    assert_eq!(stage.shown(), shown);
}

#[test]
fn what_is_refused_when_it_is_asked_stops_what_comes_after_it_and_what_is_there_does_not() {
    let mut stage = Stage::new();
    stage.build.fails(&feed("a/live"));
    stage.build.till(400);
    stage.reads("b/live", 10.0);
    stage.reads("c/live", 10.0);
    stage.ask(Verb::Promote, &NAMES);
    assert_eq!(stage.several().ready(), 1, "{:?}", stage.shown());
    assert_eq!(stage.shown()[2], "b/live refused: wave");
    let first = stage.answer(&Answer::Key);
    assert_eq!(stage.carry(&first, Outcome::Seen).1, []);

    let mut stage = Stage::new();
    stage.reads("c/live", 100.0);
    stage.ask(Verb::Promote, &NAMES);
    assert_eq!(stage.several().ready(), 2, "{:?}", stage.shown());
    let first = stage.answer(&Answer::Key);
    let (done, _) = stage.carry(&first, Outcome::Seen);
    assert_eq!(done.target, target("a/live"));
}

#[test]
fn rollbacks_begin_at_once_and_go_on_whatever_becomes_of_one() {
    let mut stage = Stage::new();
    stage.ask(Verb::Rollback, &NAMES);
    assert_eq!(stage.several().word(), Some("production"), "it is the whole group");
    for wrong in [Answer::Key, Answer::Name("a/live".into()), Answer::Name(String::new())] {
        assert_eq!(stage.answer(&wrong), [], "{wrong:?}");
    }
    let all = stage.answer(&Answer::Name("production".into()));
    assert_eq!(all.len(), 3);
    let fault = Some("no answer within 5 s");
    let now = stage.build.now();
    assert_eq!(stage.desk.reread(&stage.build.store, &all[0], fault, ids(), now), []);
    let plans: Vec<Plan> = all[1..].iter().filter_map(|action| stage.reread(action)).collect();
    assert_eq!(plans.len(), 2);
    assert_eq!(stage.finish(&plans[0], Outcome::Failed), []);
    assert_eq!(stage.finish(&plans[1], Outcome::Seen), []);
    let shown = ["a/live refused: engine unreadable", "b/live failed", "c/live seen"];
    assert_eq!(stage.shown(), shown);

    let mut stage = Stage::new();
    stage.ask(Verb::Rollback, &NAMES[1..]);
    assert_eq!(stage.several().word(), Some("b/live"), "of some, the first is named");
    assert_eq!(stage.answer(&Answer::Yes).len(), 2);
}

#[test]
fn read_only_refuses_all() {
    for verb in [Verb::Promote, Verb::Rollback] {
        let mut stage = Stage::of(Fleet {
            targets: ALL.iter().map(|(name, wave)| member(name, *wave)).collect(),
            origin: "a test".into(),
            read_only: true,
            ..Fleet::default()
        });
        stage.ask(verb, &NAMES);
        assert_eq!(stage.several().ready(), 0);
        assert!(stage.shown().iter().all(|one| one.contains("refused")), "{:?}", stage.shown());
        for answer in [Answer::Key, Answer::Yes, Answer::Name("production".into())] {
            assert_eq!(stage.answer(&answer), []);
        }
        assert_eq!(stage.go_on(), []);
    }
}
