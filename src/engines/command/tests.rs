//! Readings of small programs, good and bad.

use std::time::Duration;

use super::*;
use crate::model::{Call, Phase, Program, Target, Values, Verb};

fn program(argv: &[&str]) -> Program {
    let argv = argv.iter().map(|&part| part.to_owned()).collect();
    Program { argv, timeout: Duration::from_secs(20), env: Vec::new() }
}

fn config(status: &str) -> CommandConfig {
    CommandConfig {
        status: program(&["sh", "-c", status]),
        promote: Some(program(&["./roll", "to", "{weight}", "{revision}"])),
        pause: None,
        resume: None,
        rollback: Some(program(&["./roll", "back", "{target}", "{revision}"])),
        steps: vec![25.0, 50.0, 100.0],
        every: Duration::from_secs(5),
    }
}

fn rollout(json: &str, config: &CommandConfig) -> Rollout {
    Status::parse(json).unwrap().into_rollout(config)
}

fn at(routed: &str) -> String {
    format!(r#"{{"routed":{routed},"stable":"1","candidate":"2"}}"#)
}

async fn fault(status: &str) -> Fault {
    CommandEngine::new(config(status)).observe().await.unwrap_err()
}

#[tokio::test]
async fn a_status_is_read() {
    let script = r#"cat <<'E'
{"phase":"awaiting-approval","weight":25,"routed":25.0,"share":null,"step":1,"steps":3,"stable":"3.1.4",
 "candidate":"3.2.0","since":"2026-01-01T00:00:00+01:00","reason":"step 1","more":{"x":[1]}}
E
"#;
    let rollout = CommandEngine::new(config(script)).observe().await.unwrap();
    assert_eq!(
        (rollout.engine.as_str(), rollout.phase),
        ("command", Some(Phase::AwaitingApproval))
    );
    assert_eq!((rollout.routed, rollout.reason.as_deref()), (Some(25.0), Some("step 1")));
    assert_eq!(rollout.since.unwrap().to_rfc3339(), "2025-12-31T23:00:00+00:00");
    assert_eq!(rollout.stable.unwrap().as_str(), "3.1.4");
    assert!(rollout.blocks.is_empty());
    // nothing is said, and nothing is made up
    let silent = CommandEngine::new(config("echo '{}'")).observe().await.unwrap();
    assert_eq!((silent.phase, silent.routed, silent.since), (None, None, None));
    assert!(silent.offer(Verb::Promote, false).unwrap().refused.is_some());
}

#[tokio::test]
async fn what_is_no_status_is_a_fault_that_shows_what_was_found() {
    for (script, kind, words) in [
        (
            "echo no such rollout >&2; exit 3",
            FaultKind::Upstream,
            "exit status: 3): no such rollout",
        ),
        ("echo fine, thanks", FaultKind::Garbage, "not JSON"),
        ("true", FaultKind::Garbage, "not JSON"),
        ("echo '[1]'", FaultKind::Garbage, "the answer is `[1]`; print an object"),
        (r#"echo '{"routed":"10"}'"#, FaultKind::Garbage, "`routed` is `\"10\"`; print a number"),
        (r#"echo '{"routed":110}'"#, FaultKind::Garbage, "`routed` is `110`"),
        (r#"echo '{"stable":3}'"#, FaultKind::Garbage, "`stable` is `3`; print text or null"),
        (r#"echo '{"phase":true}'"#, FaultKind::Garbage, "`phase` is `true`"),
        (r#"echo '{"since":"noon"}'"#, FaultKind::Garbage, "`since` is `\"noon\"`"),
        (r"printf '\033[2J{'; printf 'x\033]0;t\007' >&2", FaultKind::Garbage, "not JSON"),
        (
            "while :; do echo 0123456789012345678901234567890123456789; done | head -c 90000",
            FaultKind::Garbage,
            "not JSON",
        ),
    ] {
        let fault = fault(script).await;
        assert!(fault.kind == kind && fault.text.contains(words), "{script}: {fault:?}");
        assert!(!fault.text.chars().any(crate::text::is_hostile), "{fault:?}");
        assert!(fault.text.chars().count() < 400, "{fault:?}");
    }
}

#[tokio::test]
async fn a_status_that_hangs_or_is_not_there_is_a_fault() {
    let mut hangs = config("sleep 30");
    hangs.status.timeout = Duration::from_millis(200);
    let fault = CommandEngine::new(hangs).observe().await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.text.as_str()),
        (FaultKind::Timeout, "status: no answer within 0.2 s")
    );
    let gone = CommandConfig { status: program(&["/nonexistent/at-all"]), ..config("") };
    let fault = CommandEngine::new(gone).observe().await.unwrap_err();
    assert_eq!((fault.kind, fault.text.contains("was not found")), (FaultKind::Setup, true));
}

#[test]
fn promotion_goes_to_the_next_step_and_is_seen_there() {
    let config = config("");
    for (routed, step) in
        [("0", Some(25.0)), ("24.6", Some(50.0)), ("60", Some(100.0)), ("100", None)]
    {
        let rollout = rollout(&at(routed), &config);
        let offer = rollout.offer(Verb::Promote, false).unwrap();
        assert_eq!(offer.refused.is_none().then_some(offer.weight), step, "from {routed}");
        let Some(call) = offer.calls.first() else { continue };
        assert!(!rollout.shows(call), "not yet at {routed}");
        let there = super::tests::rollout(&at(&step.unwrap().to_string()), &config);
        assert!(there.shows(call), "there");
    }
    let full = rollout(&at("25"), &config);
    assert_eq!(full.offer(Verb::Promote, true).unwrap().weight.to_bits(), 100_f64.to_bits());
    let by_itself = CommandConfig { promote: Some(program(&["./next"])), ..config.clone() };
    let rolling = rollout(&at("25"), &by_itself);
    assert!(rolling.offer(Verb::Promote, false).unwrap().refused.is_none());
    assert!(
        rolling.offer(Verb::Promote, true).unwrap().refused.as_ref().unwrap().contains("{weight}")
    );
}

#[test]
fn completed_by_word_alone_counts_for_the_end() {
    let config = config("");
    let last = rollout(&at("50"), &config);
    let call = &last.offer(Verb::Promote, false).unwrap().calls[0];
    assert!(rollout(r#"{"phase":"completed","stable":"1"}"#, &config).shows(call));
    assert!(rollout(r#"{"phase":"completed","routed":0}"#, &config).shows(call));
    let first = rollout(&at("0"), &config);
    let call = &first.offer(Verb::Promote, false).unwrap().calls[0];
    assert!(
        !rollout(r#"{"phase":"completed","routed":0}"#, &config).shows(call),
        "the last release"
    );
}

fn filled(call: &Call, revision: Option<&str>, weight: f64) -> Result<Call, String> {
    let target: Target = "ledger/production".parse().unwrap();
    call.filled(&Values {
        target: &target,
        revision,
        weight: Some(weight),
        action: "",
        comment: "",
    })
}

#[test]
fn a_rollback_is_seen_when_the_candidate_has_nothing() {
    let config = config("");
    let rolling = rollout(&at("50"), &config);
    let call = &rolling.offer(Verb::Rollback, false).unwrap().calls[0];
    let call = filled(call, Some("1"), 0.0).unwrap();
    assert_eq!(call.text, "./roll back ledger/production 1");
    assert!(!rolling.shows(&call));
    assert!(rollout(&at("0"), &config).shows(&call));
    assert!(rollout(r#"{"phase":"rolled-back","stable":"1"}"#, &config).shows(&call));
    assert!(rollout(r#"{"stable":"1"}"#, &config).shows(&call), "stable alone");
    let told = r#"{"phase":"rolled-back","stable":"1","routed":50}"#;
    assert!(!rollout(told, &config).shows(&call), "half the traffic is not nothing");
    assert!(!rollout(r#"{"stable":"1","routed":0.4}"#, &config).shows(&call));
    // another one than asked for
    assert!(!rollout(r#"{"routed":0,"stable":"0.9"}"#, &config).shows(&call));
    assert!(!rollout(r#"{"stable":"1","candidate":"2"}"#, &config).shows(&call));
}

#[test]
fn what_is_not_configured_is_refused_by_name_and_a_pause_is_journaled() {
    let none = CommandConfig { promote: None, rollback: None, ..config("") };
    let rolling = rollout(&at("25"), &none);
    for (verb, word) in [(Verb::Promote, "`promote`"), (Verb::Rollback, "`rollback`")] {
        assert!(rolling.offer(verb, false).unwrap().refused.as_ref().unwrap().contains(word));
    }
    for verb in [Verb::Pause, Verb::Resume] {
        let offer = rolling.offer(verb, false).unwrap();
        assert!(offer.calls.is_empty() && offer.refused.is_none());
    }
    let pause = Some(program(&["./roll", "pause"]));
    let able = CommandConfig { pause: pause.clone(), resume: pause, ..none };
    let blind = rollout(&at("25"), &able);
    assert!(
        blind.offer(Verb::Pause, false).unwrap().calls[0].expect.is_empty(),
        "no phase, no sight"
    );
    let sees = rollout(r#"{"phase":"progressing","routed":25}"#, &able);
    let call = &sees.offer(Verb::Pause, false).unwrap().calls[0];
    assert!(!sees.shows(call));
    let paused = rollout(r#"{"phase":"paused","routed":25,"reason":"by hand"}"#, &able);
    assert!(paused.shows(call));
    assert_eq!(paused.blocks, ["its status is paused: by hand"]);
}

#[test]
fn an_unknown_phase_blocks_promotion_alone() {
    let odd = rollout(r#"{"phase":"baking","routed":25}"#, &config(""));
    assert_eq!(odd.phase, Some(Phase::Unknown));
    assert!(odd.blocks[0].contains("`baking`"), "{:?}", odd.blocks);
    assert!(odd.offer(Verb::Rollback, false).unwrap().refused.is_none());
}
