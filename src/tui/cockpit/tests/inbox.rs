//! What waits for a person: the list, and deciding one or several of it.

use chrono::TimeDelta;

use super::*;
use crate::control::{Answer, Dialog, Effect, Request};
use crate::model::{ActionId, Event, Outcome, Plan, RecordKind, Report, StepReport, Subject, Verb};
use crate::tui::fixture::{HOSTED, WAITS, target, waiting};

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 40), (80, 24), (40, 12)];

/// A cockpit with the inbox open.
fn opened() -> Stage {
    let mut stage = Stage::new(World::hosted());
    stage.picture(120, 40);
    stage.keys("i");
    stage
}

fn approval(run: u64, environment: &str) -> Request {
    let environments = vec![environment.into()];
    Request {
        subject: Some(Subject::Waiting { run, environments }),
        ..Request::new(target(HOSTED), Verb::Approve)
    }
}

#[test]
fn the_inbox_at_every_size() {
    for (width, height) in SIZES {
        let mut stage = opened();
        stage.keys("j space");
        insta::assert_snapshot!(format!("inbox-{width}x{height}"), stage.picture(width, height));
    }
    let mut stage = opened();
    stage.keys("j");
    stage.cockpit.ascii = true;
    let picture = stage.picture(80, 24);
    assert!(picture.is_ascii(), "{picture}");
    insta::assert_snapshot!("inbox-ascii", picture);
    let mut empty = Stage::new(World::good());
    empty.keys("i");
    assert!(empty.picture(80, 24).contains("nothing waits for you"));
    assert_eq!(opened().picture(1, 1).lines().count(), 1);
}

#[test]
fn one_is_decided_by_its_own_question() {
    let mut stage = opened();
    assert_eq!(stage.keys("j A"), [Intent::Ask(approval(WAITS, "production-50"))]);
    let reject = Request { verb: Verb::Reject, ..approval(WAITS, "production-50") };
    assert_eq!(stage.key("X"), [Intent::Ask(reject)]);
    let held = Key { repeat: true, ..Key::char('A') };
    assert_eq!(stage.input(&Input::Key(held)), []);
    assert_eq!(stage.keys("q"), [], "it leaves the list, not the program");
}

#[test]
fn enter_goes_to_what_waits_and_every_line_leads_somewhere() {
    let mut stage = opened();
    stage.keys("j enter");
    let picture = stage.picture(120, 40);
    assert!(picture.contains("storefront/production › deploy #412"), "{picture}");
    stage.keys("esc");
    assert!(stage.picture(120, 40).contains("2 storefront / production"));
    stage.keys("i j enter");
    let picture = stage.picture(120, 40);
    assert!(picture.contains("› handbook #"), "the cursor was where it was: {picture}");
}

#[test]
fn a_click_and_the_wheel_move_the_cursor() {
    use crate::tui::terminal::{Mouse, MouseKind};
    let mut stage = opened();
    stage.picture(120, 40);
    let on = |stage: &mut Stage| {
        let items = crate::control::inbox(&stage.world.store, stage.world.now);
        stage.cockpit.session.inbox.place(&items).unwrap()
    };
    let lines = stage.cockpit.session.inbox.lines;
    let click = Mouse { kind: MouseKind::Click, column: lines.x + 3, row: lines.y + 2 };
    assert_eq!(stage.input(&Input::Mouse(click)), []);
    assert_eq!(on(&mut stage), 2);
    let wheel = Mouse { kind: MouseKind::WheelUp, ..click };
    stage.input(&Input::Mouse(wheel));
    assert_eq!(on(&mut stage), 1);
    let below = Mouse { row: lines.y + 9, ..click };
    stage.input(&Input::Mouse(below));
    assert_eq!(on(&mut stage), 1, "nothing stands there");
}

/// The plans that effects have carried out.
fn executed(effects: &[Effect]) -> Vec<Plan> {
    let plan = |effect: &Effect| match effect {
        Effect::Execute { plan } => Some(plan.as_ref().clone()),
        _ => None,
    };
    effects.iter().filter_map(plan).collect()
}

fn rereads(effects: &[Effect]) -> Vec<ActionId> {
    let action = |effect: &Effect| match effect {
        Effect::Reread { action, .. } => Some(action.clone()),
        _ => None,
    };
    effects.iter().filter_map(action).collect()
}

fn ids() -> ActionId {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    ActionId(format!("several-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// All three of the list, asked for at once.
fn asked() -> Stage {
    let mut stage = opened();
    let intents = stage.keys("g space space space A");
    let [Intent::AskAll(requests)] = intents.as_slice() else { panic!("{intents:?}") };
    assert_eq!(requests.len(), 3, "{requests:?}");
    stage.desk.ask_all(&stage.world.store, requests.clone(), ids, stage.world.now);
    stage.picture(120, 40);
    stage
}

fn several(stage: &Stage) -> &crate::control::Several {
    match stage.desk.dialog() {
        Some(Dialog::Several(several)) => several,
        other => panic!("{other:?}"),
    }
}

#[test]
fn several_are_decided_by_one_yes_each_on_its_own_way() {
    let mut stage = asked();
    for (width, height) in SIZES {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("inbox-several-{width}x{height}"), picture);
    }
    assert_eq!(several(&stage).ready(), 2, "one may not be decided from here");
    assert_eq!(stage.keys("y"), [], "it was on its way before the dialog stood");
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.keys("enter A P"), []);
    stage.world.now += TimeDelta::seconds(2);
    stage.world.released();
    stage.picture(80, 24);
    assert_eq!(stage.keys("y"), [Intent::Answer(Answer::Key)]);
    // both are of one target: the second waits until the first is over
    let effects = stage.desk.answer(&Answer::Key, stage.world.now);
    assert_eq!(stage.desk.answer(&Answer::Key, stage.world.now), [], "a second yes");
    let [first] = &rereads(&effects)[..] else { panic!("{effects:?}") };
    let store = &stage.world.store;
    let plans = executed(&stage.desk.reread(store, first, None, ids(), stage.world.now));
    let [plan] = plans.as_slice() else { panic!("{}", stage.picture(120, 40)) };
    assert_eq!(stage.desk.go_on(store, ids, stage.world.now), []);
    insta::assert_snapshot!("inbox-several-under-way", stage.picture(80, 24));
    finish(&mut stage, plan);
    let effects = stage.desk.go_on(&stage.world.store, ids, stage.world.now);
    let [second] = &rereads(&effects)[..] else { panic!("{effects:?}") };
    let store = &stage.world.store;
    let plans = executed(&stage.desk.reread(store, second, None, ids(), stage.world.now));
    finish(&mut stage, &plans[0]);
    assert_eq!(stage.desk.go_on(&stage.world.store, ids, stage.world.now), []);
    insta::assert_snapshot!("inbox-several-done", stage.picture(80, 24));
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.keys("enter"), [Intent::Dismiss]);
}

/// An action of this process is over, and was seen.
fn finish(stage: &mut Stage, plan: &Plan) {
    stage.world.journal(0, RecordKind::Intent { plan: Box::new(plan.clone()) });
    let step = |call: &crate::model::Call| StepReport {
        call: call.to_string(),
        sent_ms: Some(3),
        accepted_ms: Some(212),
        seen_ms: Some(1_730),
        ..StepReport::default()
    };
    let report = Report {
        outcome: Outcome::Seen,
        steps: plan.calls.iter().map(step).collect(),
        took_ms: 1_730,
        ..Report::refused(plan.action.clone(), plan.target.clone(), plan.verb, vec![])
    };
    let kind = RecordKind::Outcome { report: Box::new(report.clone()), followed_up: false };
    stage.world.journal(0, kind);
    stage.desk.finished(&report);
}

#[test]
fn what_moved_since_the_yes_is_not_sent() {
    let mut stage = asked();
    let effects = stage.desk.answer(&Answer::Key, stage.world.now);
    let [first] = &rereads(&effects)[..] else { panic!("{effects:?}") };
    // somebody else approved it meanwhile
    stage.world.waits("acme/storefront", WAITS, vec![]);
    stage.world.waits("acme/storefront", 7_703, vec![]);
    let store = &stage.world.store;
    assert_eq!(stage.desk.reread(store, first, None, ids(), stage.world.now), []);
    let effects = stage.desk.go_on(store, ids, stage.world.now);
    let [second] = &rereads(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(stage.desk.reread(store, second, None, ids(), stage.world.now), []);
    let picture = stage.picture(120, 40);
    assert_eq!(picture.matches("refused, not sent").count(), 3, "{picture}");
}

#[test]
fn nothing_is_sent_when_it_became_read_only_or_cannot_be_read() {
    let mut stage = asked();
    let effects = stage.desk.answer(&Answer::Key, stage.world.now);
    let [first] = &rereads(&effects)[..] else { panic!("{effects:?}") };
    stage.world.event(0, Event::ReadOnly { on: true });
    let store = &stage.world.store;
    assert_eq!(stage.desk.reread(store, first, None, ids(), stage.world.now), []);
    let mut stage = asked();
    let effects = stage.desk.answer(&Answer::Key, stage.world.now);
    let [first] = &rereads(&effects)[..] else { panic!("{effects:?}") };
    let now = stage.world.now;
    let reread = stage.desk.reread(&stage.world.store, first, Some("no answer"), ids(), now);
    assert_eq!(reread, []);
    let picture = stage.picture(120, 40);
    assert!(picture.contains("engine unreadable: no answer"), "{picture}");
}

#[test]
fn what_waits_in_one_run_is_decided_with_one_call() {
    let mut stage = opened();
    let two = ["production-50", "production-100"];
    let two = two.map(|name| waiting(&stage.world, name, 60)).to_vec();
    stage.world.waits("acme/storefront", WAITS, two);
    stage.key("esc");
    stage.keys("i g j j space space A");
    let marked = stage.keys("A");
    let [Intent::Ask(request)] = marked.as_slice() else { panic!("{marked:?}") };
    let Some(Subject::Waiting { environments, .. }) = &request.subject else { panic!() };
    assert_eq!(environments.len(), 2);
}

#[test]
fn the_overview_says_what_waits_and_which_key_leads_there() {
    let mut stage = Stage::new(World::hosted());
    stage.keys("G");
    for (width, height) in [(200, 50), (80, 24)] {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("inbox-overview-{width}x{height}"), picture);
    }
    assert_eq!(stage.key("A"), [Intent::Ask(Request::new(target(HOSTED), Verb::Approve))]);
    assert_eq!(stage.key("X"), [Intent::Ask(Request::new(target(HOSTED), Verb::Reject))]);
    // on the page of the run, of that run
    stage.keys("enter G enter");
    stage.cockpit.session.trail.clear();
    stage.keys("5 enter");
    assert!(stage.picture(120, 40).contains("› deploy #412"));
    assert_eq!(stage.key("A"), [Intent::Ask(approval(WAITS, "production-50"))]);
}

#[test]
fn the_menu_says_what_can_be_done_about_runs() {
    for (width, height) in SIZES {
        let mut stage = Stage::new(World::hosted());
        stage.keys("G 5 a");
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("menu-run-{width}x{height}"), picture);
    }
    let mut stage = Stage::new(World::hosted());
    let request =
        |verb, subject| Request { subject: Some(subject), ..Request::new(target(HOSTED), verb) };
    for (downs, wanted) in [
        (7, approval(WAITS, "production-50")),
        (9, request(Verb::Rerun, Subject::FailedJobs { run: WAITS })),
        (10, request(Verb::Rerun, Subject::Run { run: WAITS })),
        (11, request(Verb::Cancel, Subject::Run { run: WAITS })),
        (12, request(Verb::ForceCancel, Subject::Run { run: WAITS })),
    ] {
        stage.picture(120, 40);
        stage.keys("G 5 a");
        stage.keys(&"j ".repeat(downs));
        assert_eq!(stage.key("enter"), [Intent::Ask(wanted)], "{downs}");
        stage.keys("1");
    }
}

#[test]
fn what_refuses_a_promotion_stands_before_the_gates() {
    let mut stage = opened();
    assert!(!stage.picture(200, 50).contains("✗ pause"));
    stage.world.did(HOSTED, Verb::Pause, 60);
    let on = |line: &str| line.contains("Go?") && line.contains("✗ pause: paused by ana");
    let told = |stage: &mut Stage| stage.picture(200, 50).lines().any(on);
    stage.keys("g");
    let found = (0..4).any(|_| {
        let found = told(&mut stage);
        stage.keys("j");
        found
    });
    assert!(found, "{}", stage.picture(200, 50));
}

#[test]
fn what_is_marked_and_held_is_released_by_one_question() {
    let mut stage = Stage::new(World::good());
    for name in ["search/staging", "payments/production"] {
        stage.world.hold(name, 600);
    }
    stage.picture(120, 40);
    let intents = stage.keys("i g space space H");
    let [Intent::AskAll(requests)] = intents.as_slice() else { panic!("{intents:?}") };
    let mut asked: Vec<_> = requests.iter().map(|it| (it.verb, it.target.as_str())).collect();
    asked.sort_by_key(|(_, target)| *target);
    let wanted = ["payments/production", "search/staging"].map(|name| (Verb::Release, name));
    assert_eq!(asked, wanted);
}
