//! The service that scripts move: its scripts run as the configuration has them, and the traffic follows.

use super::super::app::Side;
use super::*;

/// An argv of the scripted target's configuration.
fn argv(stage: &Stage, key: &str) -> Vec<String> {
    let config = stage.config();
    let services = config["service"].as_array().unwrap().iter();
    let mut services = services.filter(|service| service["name"].as_str() == Some("ledger"));
    let environments = services.next().unwrap()["environment"].as_array().unwrap().clone();
    let rollout = environments.iter().find_map(|environment| environment.get("rollout")).unwrap();
    let parts = rollout[key].as_array().unwrap().iter();
    parts.map(|part| part.as_str().unwrap().to_owned()).collect()
}

/// Runs it with its placeholders filled in; what it printed, or complained of.
async fn run(stage: &Stage, key: &str, weight: &str, revision: &str) -> Result<String, String> {
    let argv = argv(stage, key);
    let filled = argv.iter().skip(1).map(|part| match part.as_str() {
        "{weight}" => weight.to_owned(),
        "{revision}" => revision.to_owned(),
        other => other.to_owned(),
    });
    let run = tokio::process::Command::new(&argv[0]).args(filled).output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if run.status.success() { Ok(text(&run.stdout)) } else { Err(text(&run.stderr)) }
}

/// The scripted target as its own status tells it.
async fn status(stage: &Stage) -> Value {
    serde_json::from_str(&run(stage, "status", "", "").await.unwrap()).unwrap()
}

#[tokio::test]
async fn scripts_tell_and_move_the_rollout() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let told = status(&stage).await;
    assert_eq!((&told["routed"], &told["candidate"]), (&25.into(), &"3.2.0".into()), "{told}");
    run(&stage, "promote", "50", "3.2.0").await.unwrap();
    assert_eq!(status(&stage).await["routed"], 50);
    run(&stage, "pause", "", "").await.unwrap();
    assert_eq!(status(&stage).await["phase"], "paused");
    run(&stage, "resume", "", "").await.unwrap();
    assert_eq!(status(&stage).await["phase"], Value::Null);
    run(&stage, "rollback", "0", "3.1.4").await.unwrap();
    assert_eq!(status(&stage).await["routed"], 0);
}

#[tokio::test]
async fn scripts_refuse_what_they_cannot_do() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    for (key, weight, revision, why) in [
        ("promote", "50", "3.3.0", "the candidate is 3.2.0"),
        ("promote", "half", "3.2.0", "not a whole percentage"),
        ("promote", "101", "3.2.0", "more than there is"),
        ("rollback", "0", "2.9.9", "stable is 3.1.4"),
    ] {
        let error = run(&stage, key, weight, revision).await.unwrap_err();
        assert!(error.contains(why), "{key}: {error}");
    }
    assert_eq!(status(&stage).await["routed"], 25);
}

#[tokio::test]
async fn traffic_follows_what_the_scripts_say() {
    let stage = Stage::new(Scenario::Quiet, 1.0).await;
    assert_eq!(status(&stage).await["routed"], 0);
    let mut stories = Scenario::Release.services().into_iter();
    let story = stories.find(|story| story.mover == Mover::Scripts).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let scripts = Scripts::install(folder.path(), &story).unwrap();
    let timeline = Timeline::new(stage.clock.now(), 1.0);
    let world = World::new(Scenario::Release, 1, timeline);
    let shared = Shared::new(world, Arc::new(stage.clock.clone()), vec![(story.name, scripts)]);
    let routed =
        || shared.with(|world| world.service("ledger").unwrap().backend.routed(Side::Candidate));
    assert!((routed() - 25.0).abs() < 1e-9);
    std::fs::write(folder.path().join("ledger/weight"), "100\n").unwrap();
    assert!((routed() - 100.0).abs() < 1e-9);
    // half a file is no weight
    std::fs::write(folder.path().join("ledger/weight"), "").unwrap();
    assert!((routed() - 100.0).abs() < 1e-9);
}
