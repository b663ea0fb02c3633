//! Workflow runs: started with a form, asked about before and after, followed to their end.

use chrono::TimeDelta;

use super::*;
use crate::control::{Answer, Dialog, Effect, Request, guard};
use crate::model::{
    ActionId, Conclusion, Event, FeedId, Observation, Outcome, Plan, RecordKind, Report, Run,
    Status, StepReport, Subject, Verb, Waiting,
};
use crate::tui::fixture::{HOSTED, WAITS, target, waiting};
use crate::tui::session::Mode;

pub(super) const SIZES: [(u16, u16); 4] = [(200, 50), (120, 40), (80, 24), (40, 12)];

/// The run in the way.
const HOLDS: u64 = 7_702;

fn form() -> Stage {
    let mut stage = Stage::new(World::hosted().with_rollback_file());
    stage.keys("G D up up");
    stage.picture(120, 40);
    stage.key("left");
    stage.picture(120, 40);
    stage
}

#[test]
fn the_form_of_a_workflow_at_every_size() {
    for (width, height) in SIZES {
        let mut stage = form();
        stage.keys("down down");
        stage.type_text("3.1.0");
        stage.keys("down down space");
        insta::assert_snapshot!(format!("form-{width}x{height}"), stage.picture(width, height));
        let mut stage = form();
        stage.keys("down down down down down ctrl-u m a n y");
        assert_eq!(stage.key("enter"), []);
        insta::assert_snapshot!(
            format!("form-errors-{width}x{height}"),
            stage.picture(width, height)
        );
    }
    let mut stage = form();
    stage.cockpit.ascii = true;
    let picture = stage.picture(80, 24);
    assert!(picture.is_ascii(), "{picture}");
    assert_eq!(form().picture(1, 1).lines().count(), 1);
    let mut free = Stage::new(World::hosted());
    free.keys("G D");
    insta::assert_snapshot!("form-free-80x24", free.picture(80, 24));
}

#[test]
fn the_form_asks_for_what_was_typed_and_keeps_it_until_it_was_sent() {
    let mut stage = form();
    stage.keys("down down");
    stage.type_text("3.1.0 P");
    stage.keys("backspace backspace down left esc");
    assert_eq!(stage.cockpit.session.mode, Mode::Browse);
    stage.key("D");
    let intents = stage.key("enter");
    let [Intent::Ask(request)] = intents.as_slice() else { panic!("{intents:?}") };
    let Some(Subject::Workflow { file, git_ref, inputs }) = &request.subject else { panic!() };
    assert_eq!((file.as_str(), git_ref.as_str()), ("rollback.yml", "main"));
    let given: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(given, ["batch=10", "dry_run=false", "region=us", "version=3.1.0"]);
    stage.world.ask(&mut stage.desk, request.clone());
    insta::assert_snapshot!("form-plan-80x24", stage.picture(80, 24));
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.key("esc"), [Intent::Dismiss]);
    stage.desk.dismiss();
    assert!(stage.picture(80, 24).contains("start a workflow"), "back in the form");
    let held = Key { repeat: true, ..Key::plain(crate::tui::keymap::Code::Enter) };
    assert_eq!(stage.input(&Input::Key(held)), []);
    stage.world.ask(&mut stage.desk, request.clone());
    stage.desk.answer(&Answer::Name(HOSTED.into()), stage.world.now);
    stage.world.carry_out(&mut stage.desk);
    stage.picture(80, 24);
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.key("enter"), [Intent::Dismiss]);
    stage.desk.dismiss();
    assert!(!stage.picture(80, 24).contains("start a workflow"), "it was sent");
    for line in ["dispatch", "dispatch storefront/production"] {
        stage.keys(":");
        stage.type_text(line);
        assert_eq!(stage.key("enter"), []);
        assert!(stage.picture(80, 24).contains("start a workflow"), "{line}");
        stage.key("esc");
    }
}

/// A form that was filled in, confirmed and handed over.
fn sent() -> (Stage, Plan) {
    let mut stage = form();
    stage.keys("down down");
    stage.type_text("3.1.0");
    let intents = stage.key("enter");
    let [Intent::Ask(request)] = intents.as_slice() else { panic!("{intents:?}") };
    stage.world.ask(&mut stage.desk, request.clone());
    stage.desk.answer(&Answer::Name(HOSTED.into()), stage.world.now);
    stage.world.carry_out(&mut stage.desk);
    stage.picture(80, 24);
    stage.world.now += TimeDelta::seconds(1);
    let plan = followed(&stage);
    (stage, plan)
}

const NO: &str = "POST …/dispatches in acme/storefront: github.com refuses it (422: No ref found)";

/// GitHub did not take it.
fn declined(stage: &mut Stage, plan: &Plan) {
    let call = plan.calls[0].to_string();
    let step = StepReport { call, error: Some(NO.into()), ..StepReport::default() };
    let refused = Report::refused(plan.action.clone(), plan.target.clone(), plan.verb, vec![]);
    let report = Report { outcome: Outcome::Failed, steps: vec![step], ..refused };
    let kind = RecordKind::Outcome { report: Box::new(report), followed_up: false };
    stage.world.journal(0, kind);
}

#[test]
fn what_github_refused_comes_back_as_it_was_typed_with_its_reason() {
    let (mut stage, plan) = sent();
    declined(&mut stage, &plan);
    assert_eq!(stage.key("esc"), [Intent::Dismiss]);
    stage.desk.dismiss();
    for (width, height) in [(80, 24), (40, 12)] {
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("form-refused-{width}x{height}"), picture);
    }
    let intents = stage.key("enter");
    assert!(matches!(intents.as_slice(), [Intent::Ask(_)]), "it can be sent again: {intents:?}");
    assert!(!stage.picture(80, 24).contains("422"), "said once");
}

#[test]
fn what_was_put_away_unseen_comes_back_only_where_it_was_not_taken() {
    let (mut stage, plan) = sent();
    assert_eq!(stage.key("esc"), [Intent::Dismiss]);
    stage.desk.dismiss();
    assert!(!stage.picture(80, 24).contains("start a workflow"));
    declined(&mut stage, &plan);
    stage.key("D");
    let picture = stage.picture(80, 24);
    assert!(picture.contains("(422: No ref") && picture.contains("3.1.0"), "{picture}");

    let (mut stage, plan) = sent();
    stage.key("esc");
    stage.desk.dismiss();
    report(&mut stage, &plan, Outcome::Accepted, Some(7_710));
    stage.key("D");
    assert!(!stage.picture(80, 24).contains("3.1.0▏"), "it was sent: another begins empty");
    let (mut stage, plan) = sent();
    report(&mut stage, &plan, Outcome::Unknown, None);
    stage.key("esc");
    stage.desk.dismiss();
    assert!(!stage.picture(80, 24).contains("start a workflow"), "it may be there");
}

#[test]
fn a_form_that_is_opened_before_github_answers_is_filled_in_then() {
    let mut stage = Stage::new(World::loading());
    stage.key("D");
    assert!(stage.picture(80, 24).contains("no workflow is known"));
    stage.world = World::good();
    assert!(stage.picture(80, 24).contains("‹ deploy.yml ›"), "{}", stage.picture(80, 24));
}

/// The question of a rollback, in whose way a run stands.
fn rollback() -> Stage {
    let mut stage = Stage::new(World::hosted());
    stage.keys("G");
    let request = Request::new(target(HOSTED), Verb::Rollback);
    stage.world.ask(&mut stage.desk, request);
    stage.picture(120, 40);
    stage.world.now += TimeDelta::seconds(1);
    stage.world.released();
    stage
}

#[test]
fn what_stands_in_the_way_is_a_question_of_its_own_and_one_comes_back() {
    for (width, height) in SIZES {
        let picture = rollback().picture(width, height);
        insta::assert_snapshot!(format!("preflight-{width}x{height}"), picture);
    }
    let mut stage = rollback();
    let first = Request::new(target(HOSTED), Verb::Rollback);
    let end = |verb| Request {
        subject: Some(Subject::Run { run: HOLDS }),
        ..Request::new(target(HOSTED), verb)
    };
    assert_eq!(stage.key("ctrl-x"), [Intent::Ask(end(Verb::Cancel))]);
    stage.world.ask(&mut stage.desk, end(Verb::Cancel));
    insta::assert_snapshot!("preflight-cancel-80x24", stage.picture(80, 24));
    let back = [Intent::Dismiss, Intent::Ask(first.clone())];
    let mut left = Stage { desk: stage.desk.clone(), ..rollback() };
    left.cockpit.session.first = Some(first.clone());
    assert_eq!(left.key("esc"), back, "from the question");
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.key("y"), [Intent::Answer(Answer::Key)]);
    stage.desk.answer(&Answer::Key, stage.world.now);
    stage.world.carry_out(&mut stage.desk);
    let plan = followed(&stage);
    report(&mut stage, &plan, Outcome::Accepted, None);
    stage.picture(80, 24);
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.key("enter"), back, "from what became of it");
    stage.world.ask(&mut stage.desk, first.clone());
    assert!(stage.picture(120, 40).contains("ctrl-x force-cancel run 7702"));
    assert_eq!(stage.key("ctrl-x"), [Intent::Ask(end(Verb::ForceCancel))]);
    // it is over by now: nothing is left to end
    stage.world.ask(&mut stage.desk, first);
    let over = Run {
        status: Status::Completed,
        conclusion: Some(Conclusion::Cancelled),
        ..known(&stage, HOLDS)
    };
    told(&mut stage, over);
    let picture = stage.picture(120, 40);
    assert!(picture.contains("is over: cancelled") && !picture.contains("ctrl-x"), "{picture}");
    assert_eq!(stage.key("ctrl-x"), []);
}

#[test]
fn a_name_is_typed_whatever_stands_in_the_way() {
    let mut stage = rollback();
    stage.picture(80, 24);
    stage.type_text(HOSTED);
    assert_eq!(stage.key("enter"), [Intent::Answer(Answer::Name(HOSTED.into()))]);
}

pub(super) fn known(stage: &Stage, id: u64) -> Run {
    let state = stage.world.store.target(&target(HOSTED)).unwrap();
    stage.world.store.repo_of(&state.spec).unwrap().run(id).unwrap().clone()
}

/// GitHub tells of a run, now.
pub(super) fn told(stage: &mut Stage, run: Run) {
    let (host, repo) = ("github".to_owned(), "acme/storefront".to_owned());
    let feed = FeedId::part(&host, &repo);
    let run = Box::new(run);
    stage.world.observe(feed, 0, vec![Observation::Run { host, repo, run }]);
}

fn followed(stage: &Stage) -> Plan {
    match stage.desk.dialog() {
        Some(Dialog::Following { plan, .. }) => plan.as_ref().clone(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn report(stage: &mut Stage, plan: &Plan, outcome: Outcome, run: Option<u64>) {
    let step = |call: &crate::model::Call| StepReport {
        call: call.to_string(),
        sent_ms: Some(4),
        accepted_ms: Some(310),
        github_run: run,
        ..StepReport::default()
    };
    let report = Report {
        outcome,
        steps: plan.calls.iter().map(step).collect(),
        took_ms: 10_004,
        ..Report::refused(plan.action.clone(), plan.target.clone(), plan.verb, vec![])
    };
    let kind = RecordKind::Outcome { report: Box::new(report), followed_up: false };
    stage.world.journal(0, kind);
}

/// A rollback that was sent; its run waits for an approval.
pub(super) fn under_way() -> (Stage, Plan) {
    let mut stage = rollback();
    stage.desk.answer(&Answer::Name(HOSTED.into()), stage.world.now);
    stage.world.carry_out(&mut stage.desk);
    let plan = followed(&stage);
    let run = Run {
        id: 7_710,
        number: 421,
        title: "roll back to 3.1.0, by ana".into(),
        event: "workflow_dispatch".into(),
        status: Status::Pending,
        created_at: Some(stage.world.now),
        started_at: Some(stage.world.now),
        ..known(&stage, HOLDS)
    };
    told(&mut stage, run);
    let (action, of) = (plan.action.clone(), plan.target.clone());
    let text = "run 7710 is pending".into();
    stage.world.event(0, Event::Progress { action, target: of, text });
    stage.world.now += TimeDelta::seconds(4);
    (stage, plan)
}

#[test]
fn a_rollback_is_followed_to_its_run_which_is_opened_and_approved() {
    for (width, height) in SIZES {
        let (mut stage, _) = under_way();
        let picture = stage.picture(width, height);
        insta::assert_snapshot!(format!("following-{width}x{height}"), picture);
    }
    let (mut stage, plan) = under_way();
    stage.picture(80, 24);
    stage.world.now += TimeDelta::seconds(1);
    let page = "https://github.com/acme/storefront/actions/runs/7702".to_owned();
    assert_eq!(stage.key("o"), [Intent::Open(page)]);
    report(&mut stage, &plan, Outcome::Accepted, Some(7_710));
    let picture = stage.picture(80, 24);
    insta::assert_snapshot!("following-accepted-80x24", picture);
    assert_eq!(stage.key("A"), [], "nothing waits");
    let here = waiting(&stage.world, "rollback", 0);
    stage.world.waits("acme/storefront", 7_710, vec![here]);
    let picture = stage.picture(80, 24);
    assert!(picture.contains("rollback of run 7710 waits for an approval"), "{picture}");
    let subject = Subject::Waiting { run: 7_710, environments: vec!["rollback".into()] };
    let approve = Request { subject: Some(subject), ..Request::new(target(HOSTED), Verb::Approve) };
    let refused = guard(&stage.world.store, &approve, stage.world.now);
    let asks = if refused.is_empty() { vec![Intent::Ask(approve)] } else { vec![] };
    assert_eq!(stage.key("A"), asks, "{refused:?}");
    let other = Waiting { may_decide: false, ..waiting(&stage.world, "rollback", 0) };
    stage.world.waits("acme/storefront", 7_710, vec![other]);
    assert!(!stage.picture(80, 24).contains("you may give it"));
    assert_eq!(stage.key("A"), [], "it is not yours to give");
}

#[test]
fn a_run_that_was_replaced_in_its_queue_is_a_failure_that_stays() {
    let (mut stage, plan) = under_way();
    let run = Run {
        status: Status::Completed,
        conclusion: Some(Conclusion::Cancelled),
        updated_at: Some(stage.world.now),
        ..known(&stage, 7_710)
    };
    told(&mut stage, run);
    stage.world.waits("acme/storefront", 7_710, vec![]);
    let run = Run {
        status: Status::Completed,
        conclusion: Some(Conclusion::Cancelled),
        updated_at: Some(stage.world.now),
        ..known(&stage, 7_710)
    };
    told(&mut stage, run);
    let error = "run 7710 ended: cancelled, perhaps replaced in its concurrency group";
    let step = StepReport {
        call: plan.calls[0].to_string(),
        sent_ms: Some(4),
        accepted_ms: Some(310),
        error: Some(error.into()),
        github_run: Some(7_710),
        failed: true,
        ..StepReport::default()
    };
    let report = Report {
        outcome: Outcome::Failed,
        steps: vec![step],
        took_ms: 6_120,
        ..Report::refused(plan.action.clone(), plan.target.clone(), plan.verb, vec![])
    };
    let kind = RecordKind::Outcome { report: Box::new(report), followed_up: true };
    stage.world.journal(0, kind);
    insta::assert_snapshot!("following-replaced-80x24", stage.picture(80, 24));
    stage.world.now += TimeDelta::seconds(1);
    assert_eq!(stage.keys("enter"), [Intent::Dismiss]);
    stage.desk.dismiss();
    stage.keys("i g");
    while !stage.picture(120, 40).contains("storefront/production: rollback") {
        stage.key("j");
    }
    let picture = stage.picture(120, 40);
    assert!(picture.contains("perhaps replaced in its concurrency group"), "{picture}");
}

#[test]
fn promote_of_a_release_at_github_is_the_approval_of_its_next_stage() {
    let mut stage = Stage::new(World::hosted());
    stage.keys("G");
    let intents = stage.key("P");
    let [Intent::Ask(request)] = intents.as_slice() else { panic!("{intents:?}") };
    stage.world.ask(&mut stage.desk, request.clone());
    let picture = stage.picture(80, 24);
    assert!(picture.contains("/runs/7701/pending_deployments"), "{picture}");
    insta::assert_snapshot!("hosted-promote-80x24", picture);
    stage.desk.answer(&Answer::Key, stage.world.now);
    let again = ActionId("a-2".into());
    let effects = stage.desk.reread(
        &stage.world.store,
        &ActionId("a-1".into()),
        None,
        again,
        stage.world.now,
    );
    assert!(matches!(effects[..], [Effect::Execute { .. }]), "{effects:?}");
    stage.desk.dismiss();
    stage.world.ask(&mut stage.desk, Request::new(target(HOSTED), Verb::Approve));
    insta::assert_snapshot!("hosted-approve-80x24", stage.picture(80, 24));
    stage.world.ask(&mut stage.desk, Request::new(target(HOSTED), Verb::Pause));
    assert!(stage.picture(80, 24).contains("withholds the approval"));
    assert!(known(&stage, WAITS).is_active());
}
