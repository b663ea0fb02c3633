//! Readings of a small world at GitHub.

mod shop;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::clients::github::testing::World;
use crate::config::{StageConfig, StartConfig, WayBackConfig};
use crate::model::rollout::Fate;
use crate::model::{Phase, Verb};
use shop::{GOOD, REPO, Shop, at, back, midway, run};

struct Bench {
    shop: Arc<Mutex<Shop>>,
    world: World,
    engine: GithubEngine,
}

fn stages() -> Vec<StageConfig> {
    let stage = |weight: u32| StageConfig {
        environment: format!("production-{weight}"),
        weight: f64::from(weight),
    };
    vec![stage(10), stage(50), stage(100)]
}

fn start(workflow: &str, inputs: &[(&str, &str)]) -> StartConfig {
    let inputs = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    StartConfig { workflow: workflow.into(), git_ref: "main".into(), inputs: inputs.collect() }
}

fn config() -> GithubEngineConfig {
    let inputs = [("version", "{revision}"), ("marker", "{action}")];
    GithubEngineConfig {
        host: "github".into(),
        repo: REPO.into(),
        workflow: "deploy.yml".into(),
        pattern: Some("v*".into()),
        stages: stages(),
        promote: None,
        rollback: Some(WayBackConfig::Start(start("rollback.yml", &inputs))),
        rollback_within: Duration::from_secs(60),
        every: Duration::from_secs(10),
    }
}

async fn bench(config: GithubEngineConfig, shop: Shop) -> Bench {
    let shop = Arc::new(Mutex::new(shop));
    let held = Arc::clone(&shop);
    let world = World::new(move |seen| held.lock().unwrap().answer(seen)).await;
    let (client, clock) = world.client();
    let engine = GithubEngine::new(config, Arc::new(client), clock);
    Bench { shop, world, engine }
}

/// One reading, with the calls or the refusal of a verb.
async fn read(shop: Shop) -> Rollout {
    bench(config(), shop).await.engine.observe().await.unwrap()
}

fn refused(rollout: &Rollout, verb: Verb, full: bool) -> &str {
    let offer = rollout.offer(verb, full).unwrap();
    assert!(offer.calls.is_empty() || offer.refused.is_none());
    offer.refused.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn a_release_that_waits_is_promoted_by_approving_its_next_stage() {
    let rollout = read(midway()).await;
    assert_eq!(rollout.phase, Some(Phase::AwaitingApproval));
    assert_eq!(rollout.reason.as_deref(), Some("run 2 waits at production-50 for ana"));
    assert_eq!(rollout.routed, Some(10.0));
    let names = [&rollout.candidate, &rollout.stable].map(|name| name.as_ref().unwrap().as_str());
    assert_eq!(names, ["v2.0", "v1.0"]);
    assert_eq!(rollout.since.unwrap().to_rfc3339(), at(125));
    let rows: Vec<_> =
        rollout.servers.iter().map(|row| (row.side.as_str(), row.state.as_str())).collect();
    assert_eq!(rows, [("candidate", "success"), ("stable", "waiting"), ("stable", "not deployed")]);

    let offer = rollout.offer(Verb::Promote, false).unwrap();
    assert_eq!((offer.weight, offer.refused.as_ref()), (50.0, None));
    assert_eq!(
        offer.calls[0].text,
        "POST /repos/acme/shop/actions/runs/2/pending_deployments \
         {\"comment\":\"{comment}\",\"environment_ids\":[13],\"state\":\"approved\"}"
    );
    assert!(refused(&rollout, Verb::Promote, true).contains("production-50 comes first"));
    assert!(rollout.offer(Verb::Pause, false).unwrap().calls.is_empty());
    let back = rollout.offer(Verb::Rollback, false).unwrap();
    assert!(back.calls[0].text.starts_with(
        "POST /repos/acme/shop/actions/workflows/rollback.yml/dispatches {\"inputs\":{\"marker\":\"{action}\",\"version\":\"{revision}\"},"
    ));
    assert_eq!(
        back.notes,
        [
            "a rollback run needs an approval: production-rollback, by ana or team ops; you may approve it",
            "no rollback run is known: how long it takes nobody can tell"
        ]
    );
}

#[tokio::test]
async fn a_release_that_we_may_not_let_go_on_says_who_may() {
    let rollout = read(Shop { waits: vec![(2, "production-50", false)], ..midway() }).await;
    assert_eq!(rollout.phase, Some(Phase::AwaitingApproval));
    let why = refused(&rollout, Verb::Promote, false);
    assert!(why.contains("production-50: ana is no reviewer of it; these may: ana"), "{why}");
}

#[tokio::test]
async fn a_release_that_goes_on_fails_or_ends_says_so() {
    let with = |state: (&str, Option<&str>), more: Vec<_>| {
        let mut shop = midway();
        shop.runs[1] = run(2, "v2.0", state, (100, 180));
        shop.deployed.extend(more);
        Shop { waits: vec![], ..shop }
    };
    let going =
        read(with(("in_progress", None), vec![(22, 2, "production-50", "in_progress", 150)])).await;
    assert_eq!(going.phase, Some(Phase::Progressing));
    assert_eq!(going.reason.as_deref(), Some("run 2 deploys to production-50"));
    assert_eq!(going.routed, Some(10.0));
    let why = refused(&going, Verb::Promote, false);
    assert_eq!(why, "run 2 does not wait at production-50 yet: it is in_progress");

    let failed = ("completed", Some("failure"));
    let failed = read(with(failed, vec![(22, 2, "production-50", "failure", 150)])).await;
    assert_eq!(failed.phase, Some(Phase::Degraded));
    assert_eq!(failed.reason.as_deref(), Some("run 2 ended before production-50: failure"));
    assert!(refused(&failed, Verb::Promote, false).contains("is over (failure)"));

    let more =
        vec![(22, 2, "production-50", "success", 150), (23, 2, "production-100", "success", 170)];
    let done = read(with(GOOD, more)).await;
    assert_eq!((done.phase, done.routed), (None, Some(100.0)));
    assert_eq!(done.stable.as_ref().unwrap().as_str(), "v1.0");
    assert_eq!(refused(&done, Verb::Promote, false), "already at 100 %");

    let built =
        read(Shop { runs: vec![run(1, "v1.0", ("queued", None), (0, 1))], ..Shop::default() })
            .await;
    assert_eq!((built.phase, built.routed), (Some(Phase::Progressing), Some(0.0)));
    let nothing = read(Shop::default()).await;
    assert_eq!((nothing.phase, nothing.routed, nothing.candidate.clone()), (None, Some(0.0), None));
    assert!(refused(&nothing, Verb::Promote, false).contains("no release by deploy.yml"));
}

#[tokio::test]
async fn a_rollback_is_followed_and_what_it_left_is_not_stable_any_more() {
    let mut shop = midway();
    shop.backs = vec![back(3, ("waiting", None), (200, 210)), back(0, GOOD, (10, 58))];
    shop.waits.push((3, "production-rollback", true));
    let going = read(shop).await;
    assert_eq!(going.phase, Some(Phase::RollingBack));
    assert_eq!(
        going.reason.as_deref(),
        Some("rollback run 3 waits at production-rollback for ana")
    );
    assert_eq!(going.blocks, ["rollback run 3 is under way"]);
    let notes = &going.offer(Verb::Rollback, false).unwrap().notes;
    assert_eq!(notes[1], "usually takes 48 s (median of 1)");

    let back_at = |ended, more: Option<Value>| {
        let mut shop = midway();
        shop.runs[1] = run(2, "v2.0", GOOD, (100, 180));
        shop.runs.splice(0..1, more);
        // it deploys to a stage itself, which is no release
        shop.deployed.push((31, 3, "production-100", "success", 205));
        shop.deployed.push((23, 2, "production-100", "inactive", 170));
        Shop { backs: vec![back(3, ended, (200, 290))], waits: vec![], ..shop }
    };
    let done = read(back_at(GOOD, None)).await;
    assert_eq!((done.phase, done.routed), (Some(Phase::RolledBack), Some(0.0)));
    assert!(
        done.offer(Verb::Rollback, false).unwrap().notes[1]
            .contains("90 s (median of 1), longer than the target time of 60 s")
    );
    // the next one replaces what was there before
    let next = run(4, "v4.0", ("in_progress", None), (400, 410));
    let next = read(back_at(GOOD, Some(next))).await;
    let names = [&next.candidate, &next.stable].map(|name| name.as_ref().unwrap().as_str());
    assert_eq!((names, next.routed), (["v4.0", "v1.0"], Some(0.0)));

    // it was let go on after that: it is as far as that brought it
    let mut shop = midway();
    shop.runs[1] = run(2, "v2.0", ("waiting", None), (100, 400));
    shop.deployed.push((22, 2, "production-50", "success", 300));
    shop.waits = vec![(2, "production-100", true)];
    let on = read(Shop { backs: vec![back(3, GOOD, (200, 290))], ..shop }).await;
    assert_eq!((on.phase, on.routed), (Some(Phase::AwaitingApproval), Some(50.0)));

    let dropped = read(back_at(("completed", Some("cancelled")), None)).await;
    assert_eq!((dropped.phase, dropped.routed), (None, Some(100.0)));
    assert_eq!(
        dropped.notes,
        ["rollback run 3 ended: cancelled, perhaps replaced in its queue; it took nothing back"]
    );
}

#[tokio::test]
async fn what_was_taken_back_goes_on_step_by_step_or_not_at_all() {
    let taken = |run: Value| {
        let mut shop = midway();
        shop.runs[1] = run;
        Shop { backs: vec![back(3, GOOD, (200, 290))], ..shop }
    };
    // its run still waits at the next stage: to let it go on is a leap
    let mut shop = taken(run(2, "v2.0", ("waiting", None), (100, 180)));
    shop.waits = vec![(2, "production-50", true)];
    let waits = read(shop).await;
    assert_eq!((waits.phase, waits.routed), (Some(Phase::RolledBack), Some(0.0)));
    assert!(refused(&waits, Verb::Promote, false).contains("taken back"));

    // run again it begins anew
    let mut again = run(2, "v2.0", ("in_progress", None), (100, 400));
    again["run_attempt"] = json!(2);
    again["run_started_at"] = json!(at(350));
    let mut shop = taken(again);
    let anew = read(shop.clone()).await;
    assert_eq!((anew.phase, anew.routed), (Some(Phase::Progressing), Some(0.0)));
    shop.deployed.push((24, 2, "production-10", "success", 380));
    let anew = read(shop).await;
    assert_eq!((anew.phase, anew.routed), (Some(Phase::AwaitingApproval), Some(10.0)));
}

#[tokio::test]
async fn two_ways_back_at_once_there_are_not() {
    let mut shop = midway();
    shop.backs = vec![back(3, ("waiting", None), (200, 210))];
    let going = read(shop).await;
    assert!(refused(&going, Verb::Rollback, false).contains("run 3 is going back already"));
}

#[tokio::test]
async fn a_release_may_be_run_again_to_go_back_for_thirty_days() {
    let rerun = || GithubEngineConfig { rollback: Some(WayBackConfig::Rerun), ..config() };
    let rollout = bench(rerun(), midway()).await.engine.observe().await.unwrap();
    let offer = rollout.offer(Verb::Rollback, false).unwrap();
    assert_eq!(offer.calls[0].text, "POST /repos/acme/shop/actions/runs/1/rerun");
    assert_eq!(offer.notes, ["it runs with the rights of who started it first"]);

    let mut old = midway();
    old.runs[2]["created_at"] = json!(at(-31 * 86_400));
    let rollout = bench(rerun(), old).await.engine.observe().await.unwrap();
    assert!(refused(&rollout, Verb::Rollback, false).contains("31 d old"));

    let mut again = midway();
    again.runs[2]["run_attempt"] = json!(2);
    again.runs[2]["run_started_at"] = json!(at(300));
    again.runs[2]["updated_at"] = json!(at(360));
    let rollout = bench(rerun(), again).await.engine.observe().await.unwrap();
    assert_eq!((rollout.phase, rollout.routed), (Some(Phase::RolledBack), Some(0.0)));
    assert_eq!(rollout.stable.unwrap().as_str(), "v1.0");
}

#[tokio::test]
async fn stages_may_be_started_by_a_workflow() {
    let promote = Some(start("promote.yml", &[("to", "{weight}")]));
    let config = GithubEngineConfig { promote, ..config() };
    let mut shop = midway();
    shop.runs[1] = run(2, "v2.0", GOOD, (100, 180));
    // by another run, on another commit
    shop.deployed.push((22, 77, "production-50", "success", 500));
    let rollout = bench(config.clone(), shop).await.engine.observe().await.unwrap();
    assert_eq!((rollout.phase, rollout.routed), (None, Some(50.0)));
    for (full, weight) in [(false, 100.0), (true, 100.0)] {
        let offer = rollout.offer(Verb::Promote, full).unwrap();
        assert!(
            offer.calls[0]
                .text
                .contains("promote.yml/dispatches {\"inputs\":{\"to\":\"{weight}\"}")
        );
        assert!((offer.weight - weight).abs() < 0.01);
    }
    let blind = GithubEngineConfig { promote: Some(start("promote.yml", &[])), ..config };
    let rollout = bench(blind, midway()).await.engine.observe().await.unwrap();
    assert!(refused(&rollout, Verb::Promote, true).contains("{weight}"));
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_rollback_is_told_or_inferred() {
    let members = json!([{"run_id": 7, "run_name": "deploy: other", "status": "in_progress"},
        {"run_id": 8, "run_name": "deploy: more", "job_name": "send", "status": "pending"}]);
    let told = read(Shop { members: Some(members), ..midway() }).await;
    let ahead = &told.offer(Verb::Rollback, false).unwrap().ahead;
    let seen: Vec<_> =
        ahead.iter().map(|it| (it.run, it.name.as_str(), it.fate, it.told)).collect();
    assert_eq!(
        seen,
        [
            (7, "deploy: other", Fate::OursWaits, true),
            (8, "deploy: more: send", Fate::ItIsDropped, true),
            // the release itself, in no queue with it
            (2, "deploy.yml #2", Fate::GoesOn, true)
        ]
    );
    assert!(ahead.iter().take(2).all(|it| it.group == "deploy-main"));

    // a server that tells of no groups: another rollback on the same branch is known to be in it
    let mut shop = midway();
    shop.backs = vec![back(3, ("in_progress", None), (200, 210))];
    let inferred = read(shop).await;
    let ahead = &inferred.offer(Verb::Rollback, false).unwrap().ahead;
    assert_eq!(ahead.len(), 2, "{ahead:?}");
    assert_eq!((ahead[0].run, ahead[0].fate, ahead[0].told), (3, Fate::OursWaits, false));
}

#[tokio::test]
async fn nothing_new_is_asked_for_little_and_conditionally() {
    let mut quiet = midway();
    quiet.runs = vec![run(1, "v1.0", GOOD, (0, 60))];
    let bench = bench(config(), quiet).await;
    let first = bench.engine.observe().await.unwrap();
    bench.world.asked();
    assert_eq!(bench.engine.observe().await.unwrap(), first);
    let asked = bench.world.asked();
    assert!(asked.iter().all(|seen| seen.header("if-none-match").is_some()));
    assert_eq!(asked.len(), 2, "{asked:?}");
    bench.shop.lock().unwrap().runs.insert(0, run(2, "v2.0", ("queued", None), (100, 100)));
    assert_eq!(bench.engine.observe().await.unwrap().candidate.unwrap().as_str(), "v2.0");
}

#[tokio::test]
async fn a_workflow_file_that_cannot_be_read_is_tried_again_ever_more_rarely() {
    let bench = bench(config(), Shop { no_files: true, ..midway() }).await;
    let unread = |rollout: &Rollout| rollout.offer(Verb::Promote, false).unwrap().unread.clone();
    let mut tried = Vec::new();
    for reading in 0..20 {
        let why = unread(&bench.engine.observe().await.unwrap()).expect("it is not known");
        assert!(why.contains("deploy.yml could not be read") && why.contains("502"), "{why}");
        assert!(why.contains("since ") && why.contains(" UTC"), "{why}");
        let asked = bench.world.asked();
        if asked.iter().any(|seen| seen.path.contains("deploy.yml?ref")) {
            tried.push(reading);
        }
    }
    assert_eq!(tried, [0, 1, 3, 7, 15]);
    bench.shop.lock().unwrap().no_files = false;
    let mut readings = 0;
    while unread(&bench.engine.observe().await.unwrap()).is_some() {
        readings += 1;
        assert!(readings < 16);
    }
}
