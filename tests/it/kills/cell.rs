//! One cell: an action killed at one place, then everything that must be true of what is left.

use serde_json::Value;

use crate::support::stop::Stopped;
use crate::support::{World, world::GOOD};

/// What a killed process left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Neither intent nor call.
    Nothing,
    /// An intent; nothing was sent.
    Intent,
    /// An intent, and its call was sent.
    Unanswered,
    /// Intent, call and outcome.
    Outcome,
}

/// Kills a verb at a place and follows what the next starts make of it.
pub fn kill_at(place: &str, verb: &str) -> (Left, String) {
    let world = World::ready();
    // the engine alone answers at once: nothing else gives the follow-up time
    world.engines_only();
    let killed = Stopped::at(place, &world, world.act(verb, GOOD).arg("--force")).kill();
    assert_eq!(killed.code, None, "{verb} at {place} ended by itself: {killed:?}");

    let sent = world.mutations();
    let journal = world.journal();
    let intent = journal.iter().find(|line| line["kind"] == "intent");
    let outcome = journal.iter().find(|line| line["kind"] == "outcome");
    let left = match (intent, outcome) {
        (None, _) => Left::Nothing,
        (Some(_), None) if sent.is_empty() => Left::Intent,
        (Some(_), None) => Left::Unanswered,
        (Some(_), Some(_)) => Left::Outcome,
    };
    let whole = planned(intent);
    assert!(sent.is_empty() || sent == whole, "{place}: {sent:?} of {whole:?}");
    world.verify_journal();

    let state = world.target(GOOD);
    assert_eq!(world.mutations(), sent, "{verb} at {place}: a look acted");
    let open = state["reasons"].to_string().contains("abandoned by its process");
    assert_eq!(open, left == Left::Intent, "{verb} at {place}, {left:?}: {state}");
    let routed = state["rollout"]["routed"].as_f64().unwrap();
    let text = match left {
        Left::Nothing => nothing(&world, place),
        Left::Intent => intent_alone(&world, verb, place),
        Left::Unanswered | Left::Outcome => in_force(&world, verb, place, left, routed),
    };
    world.verify_journal();
    (left, format!("{} sent; {text}", lines(&sent)))
}

/// Commands of one line count as the one request that they are.
fn lines(sent: &[String]) -> usize {
    sent.len().div_ceil(2)
}

/// The commands of an intent, as they are sent.
pub fn planned(intent: Option<&Value>) -> Vec<String> {
    let calls = intent.and_then(|intent| intent["plan"]["calls"].as_array());
    let texts = calls.into_iter().flatten().filter_map(|call| call["text"].as_str());
    texts.flat_map(|text| text.split("; ")).map(str::to_owned).collect()
}

/// Nothing happened: the next promotion is a plain one.
fn nothing(world: &World, place: &str) -> String {
    let next = world.act("promote", GOOD).arg("--force").run();
    assert_eq!(next.code, Some(0), "{place}: {next:?}");
    assert_eq!(lines(&world.mutations()), 1);
    "nothing open; promote goes".to_owned()
}

/// An intent of a dead process: promotion waits for a person, rollback for nobody, nothing is sent again.
fn intent_alone(world: &World, verb: &str, place: &str) -> String {
    let next = world.act("promote", GOOD).arg("--force").run();
    assert_eq!(next.code, Some(3), "{place}: {next:?}");
    let report = next.json();
    let refusals = report["refusals"].as_array().unwrap();
    let open = refusals.iter().find(|refusal| refusal["gate"] == "open action");
    let reason = open.and_then(|open| open["reason"].as_str()).unwrap_or_default();
    assert!(
        reason.contains("abandoned by its process") && reason.contains("flightdeck release"),
        "{place}: {report}"
    );
    assert!(world.mutations().is_empty(), "{place}: an abandoned intent was sent");
    if verb == "rollback" {
        // the same again: it is not blocked, and answers the open question too
        let again = world.act("rollback", GOOD).run();
        assert_eq!(again.code, Some(0), "{place}: {again:?}");
        assert_eq!(lines(&world.mutations()), 1, "{place}");
        let state = world.target(GOOD);
        assert!(!state["reasons"].to_string().contains("abandoned"), "{place}: {state}");
        return "open: abandoned; promote refused; rollback goes and settles it".to_owned();
    }
    let plan = world.act("rollback", GOOD).arg("--dry-run").run();
    assert_eq!(plan.code, Some(0), "{place}: a rollback is refused: {plan:?}");
    let release = world.act("release", GOOD).run();
    assert_eq!(release.code, Some(0), "{place}: {release:?}");
    let next = world.act("promote", GOOD).arg("--force").run();
    assert_eq!(next.code, Some(0), "{place}: {next:?}");
    assert_eq!(lines(&world.mutations()), 1, "{place}");
    "open: abandoned; promote refused, rollback not; release settles it".to_owned()
}

/// Sent and in force: the next start found it by reading.
fn in_force(world: &World, verb: &str, place: &str, left: Left, routed: f64) -> String {
    let outcomes: Vec<_> =
        world.journal().into_iter().filter(|line| line["kind"] == "outcome").collect();
    let last = outcomes.last().unwrap_or_else(|| panic!("{place}: nobody followed it up"));
    assert_eq!(last["report"]["outcome"], "seen", "{place}: {last}");
    assert_eq!(last["followed_up"] == true, left == Left::Unanswered, "{place}: {last}");
    assert_eq!(outcomes.len(), 1, "{place}: {outcomes:?}");
    let how = if left == Left::Unanswered { "followed up by reading: seen" } else { "seen" };

    let before = lines(&world.mutations());
    let next = world.act("promote", GOOD).arg("--force").run();
    if verb == "promote" {
        assert!((routed - 50.0).abs() < 0.5, "{place}: {routed} % routed");
        assert_eq!(next.code, Some(0), "{place}: {next:?}");
        assert_eq!(lines(&world.mutations()), before + 1, "{place}");
        return format!("{how}; promote goes to the next step");
    }
    assert!(routed < 0.5, "{place}: {routed} % routed");
    assert_eq!(next.code, Some(3), "{place}: {next:?}");
    assert!(next.stdout.contains(r#""gate":"hold""#), "{place}: {next:?}");
    assert_eq!(lines(&world.mutations()), before, "{place}");
    format!("{how}; held, promote refused")
}
