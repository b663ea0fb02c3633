//! Verb × phase × gate × freshness. What is expected is written down from the contract, not read from
//! the code.

use std::collections::BTreeSet;

use flightdeck::control::{Challenge, Request, ask, assess, guard, is_overridable};
use flightdeck::model::{
    ActionId, Event, FeedState, Fleet, Outcome, Phase, Refusal, Revision, Verb,
};

use super::scene::{Says, Stand, build, links};
use crate::support::build::{Build, engine_feed, fleet, plan, spec, target};
use crate::support::programs::request as asked_for;

/// What must refuse a verb, by the name of the rule.
fn expected(verb: Verb, stand: Stand, says: Says, all_live: bool) -> BTreeSet<&'static str> {
    let mut rules = BTreeSet::new();
    let in_flight = matches!(stand, Stand::Promoting | Stand::RollingBack);
    // a rollback overtakes all but another rollback
    if in_flight && (verb != Verb::Rollback || stand == Stand::RollingBack) {
        rules.insert("in flight");
    }
    let held = stand == Stand::RolledBack;
    match verb {
        Verb::Promote => {
            rules.extend(says.gates(stand));
            rules.extend((!all_live).then_some("feeds"));
            rules.extend(held.then_some("hold"));
            rules.extend((stand == Stand::Paused).then_some("pause"));
            rules.extend((stand == Stand::Completed).then_some("engine"));
        }
        Verb::Pause => rules.extend((stand == Stand::Paused).then_some("pause")),
        Verb::Resume => rules.extend((stand != Stand::Paused).then_some("pause")),
        Verb::Hold => rules.extend(held.then_some("hold")),
        Verb::Release => rules.extend((!held).then_some("hold")),
        Verb::Rollback | Verb::Do => {}
        // a hold: nothing is deployed onto it; what else is started or ended it does not stop
        Verb::Approve | Verb::Rerun => rules.extend(held.then_some("hold")),
        Verb::Reject | Verb::Cancel | Verb::Dispatch => {}
        // nobody asked it to end yet
        Verb::ForceCancel => {
            rules.insert("run");
        }
    }
    rules
}

fn names(refusals: &[Refusal]) -> BTreeSet<&str> {
    refusals.iter().map(|refusal| refusal.gate.as_str()).collect()
}

fn id() -> ActionId {
    ActionId("new".into())
}

#[test]
fn every_verb_in_every_situation() {
    let gates = BTreeSet::from(["feeds", "health", "error rate", "alerts", "soak"]);
    let (mut cells, mut phases) = (0, Vec::new());
    for stand in Stand::ALL {
        for says in Says::ALL {
            // grace follows a change of weight; without one there is none
            if stand == Stand::Idle && says == Says::HealthWaits {
                continue;
            }
            for link in links() {
                let build = build(stand, says, &link);
                let (store, now) = (&build.store, build.now());
                let seen = assess(store, &target(), now).expect("it is configured");
                let phase = seen.phase.expect("it has an engine");
                if link.is_none() && says == Says::AllPass {
                    assert_eq!(phase, stand.phase(), "{stand:?}");
                }
                phases.push(phase);
                for verb in Verb::ALL {
                    cells += 1;
                    let cell = format!("{verb} {stand:?} {says:?} {link:?}");
                    let request = asked_for(verb);
                    let refusals = guard(store, &request, now);
                    let rules = expected(verb, stand, says, link.is_none());
                    assert_eq!(names(&refusals), rules, "{cell}: {refusals:?}");

                    let asked = ask(store, &request, id(), "ana", now);
                    // what was taken back in production is let go on by who says why
                    let unsaid = verb == Verb::Release && stand == Stand::RolledBack;
                    assert_eq!(asked.is_ok(), rules.is_empty() && !unsaid, "{cell}");
                    if let Ok(confirmation) = asked {
                        let name = matches!(verb, Verb::Rollback | Verb::Dispatch | Verb::Rerun);
                        let challenge = if name { Challenge::Name } else { Challenge::Key };
                        assert_eq!(confirmation.challenge, challenge, "{cell}");
                        assert!(confirmation.plan.overrides.is_empty(), "{cell}");
                        let sends = verb.is_of_runs()
                            || matches!(verb, Verb::Promote | Verb::Rollback | Verb::Do);
                        assert_eq!(confirmation.plan.calls.is_empty(), !sends, "{cell}");
                    }

                    let force =
                        Request { force: true, reason: Some("we know".into()), ..asked_for(verb) };
                    let forced = ask(store, &force, id(), "ana", now);
                    let soft = verb == Verb::Promote && rules.is_subset(&gates);
                    assert_eq!(forced.is_ok(), rules.is_empty() || soft, "{cell} forced");
                    if let Ok(confirmation) = forced.as_ref()
                        && !rules.is_empty()
                    {
                        assert_eq!(confirmation.challenge, Challenge::Name, "{cell} forced");
                        assert_eq!(names(&confirmation.plan.overrides), rules, "{cell} forced");
                        let blank = Request { reason: Some(" \t".into()), ..force };
                        assert!(ask(store, &blank, id(), "ana", now).is_err(), "{cell} blank");
                    }
                }
            }
        }
    }
    assert!(cells > 6_000, "{cells} cells");
    for phase in [
        Phase::Idle,
        Phase::Progressing,
        Phase::Paused,
        Phase::AwaitingApproval,
        Phase::Soaking,
        Phase::Degraded,
        Phase::RollingBack,
        Phase::RolledBack,
        Phase::Completed,
        Phase::Unknown,
    ] {
        assert!(phases.contains(&phase), "no situation is {}", phase.word());
    }
}

#[test]
fn read_only_and_distrust_refuse_everything_and_are_never_overridden() {
    let locks = [
        ("read-only", Fleet { read_only: true, ..fleet(spec()) }),
        ("trust", Fleet { inert: Some("found, not trusted".into()), ..fleet(spec()) }),
    ];
    for (rule, fleet) in locks {
        for stand in Stand::ALL {
            let open = build(stand, Says::AllPass, &None);
            let mut shut = Build::new(fleet.clone());
            for envelope in open.log.iter().skip(1) {
                shut.till(Build::second(envelope.at));
                shut.told(Build::second(envelope.asked_at), envelope.event.clone());
            }
            for verb in Verb::ALL {
                let request =
                    Request { force: true, reason: Some("we know".into()), ..asked_for(verb) };
                let refusals = guard(&shut.store, &request, shut.now());
                assert!(names(&refusals).contains(rule), "{verb} {stand:?}");
                let refusal = Refusal::new(rule, "");
                assert!(!is_overridable(&shut.store, &request, &refusal, shut.now()));
                assert!(ask(&shut.store, &request, id(), "ana", shut.now()).is_err());
            }
        }
    }
}

#[test]
fn an_open_question_blocks_promotion_alone_until_it_is_seen_or_released() {
    for open in [Some(Outcome::Accepted), Some(Outcome::Unknown), None] {
        for verb in [Verb::Promote, Verb::Rollback] {
            let mut build = build(Stand::Ready, Says::AllPass, &None);
            let old = plan("old", verb, 10.0, 50.0);
            build.begins(&old);
            match open {
                Some(outcome) => build.ends(&old, outcome),
                None => build.tell(Event::WriterGone { action: old.action.clone() }),
            };
            build.till(super::scene::NOW + 1);
            let now = build.now();
            let refused = |build: &Build, verb| {
                let request = asked_for(verb);
                guard(&build.store, &request, now).iter().any(|r| r.gate == "open action")
            };
            for asked in Verb::ALL {
                assert_eq!(refused(&build, asked), asked == Verb::Promote, "{open:?} {asked}");
            }
            let force = Request {
                force: true,
                reason: Some("we know".into()),
                ..Request::new(target(), Verb::Promote)
            };
            assert!(ask(&build.store, &force, id(), "ana", now).is_err(), "{open:?}");
            let back = Request::new(target(), Verb::Rollback);
            let back = ask(&build.store, &back, id(), "ana", now).expect("never blocked");
            assert!(
                back.plan.notes.iter().any(|note| note.starts_with("still open")),
                "the next confirmation names it: {:?}",
                back.plan.notes
            );
            build.acts("free", Verb::Release, 0.0, 0.0, Outcome::Seen);
            assert!(!refused(&build, Verb::Promote), "{open:?} released");
        }
    }
}

#[test]
fn without_a_reading_nothing_that_moves_traffic_is_planned() {
    let mut build = Build::plain();
    build.till(1).beats(&engine_feed());
    for verb in [Verb::Promote, Verb::Rollback] {
        let refusals = guard(&build.store, &Request::new(target(), verb), build.now());
        assert_eq!(names(&refusals), BTreeSet::from(["engine unreadable"]), "{verb}");
    }
}

#[test]
fn a_rollback_stands_on_the_engine_alone() {
    for state in [FeedState::Stale, FeedState::Lost] {
        let mut build = build(Stand::Ready, Says::MetricFails, &None);
        let failures = if state == FeedState::Lost { 3 } else { 1 };
        for feed in crate::support::build::feeds() {
            (0..failures).for_each(|_| {
                build.fails(&feed);
            });
        }
        build.acts("h", Verb::Hold, 0.0, 0.0, Outcome::Seen);
        build.acts("s", Verb::Pause, 0.0, 0.0, Outcome::Seen);
        let request = Request::new(target(), Verb::Rollback);
        assert_eq!(guard(&build.store, &request, build.now()), []);
        let plan = ask(&build.store, &request, id(), "ana", build.now()).expect("no refusal").plan;
        assert_eq!(plan.within_ms, Some(60_000));
        assert_eq!(plan.from.as_ref().map(Revision::as_str), Some("1.4.2"));
        assert_eq!(plan.to.as_ref().map(Revision::as_str), Some("1.4.1"));
    }
}

#[test]
fn a_metric_named_like_a_rule_makes_the_rule_no_weaker() {
    for rule in ["pause", "open action", "trust", "hold", "in flight"] {
        let mut named = spec();
        named.metrics[0].name = rule.into();
        let mut build = Build::new(fleet(named));
        for envelope in build_ready().log.iter().skip(1) {
            build.till(Build::second(envelope.at));
            build.told(Build::second(envelope.asked_at), envelope.event.clone());
        }
        build.acts("s", Verb::Pause, 10.0, 10.0, Outcome::Seen);
        let force = Request {
            force: true,
            reason: Some("we know".into()),
            ..Request::new(target(), Verb::Promote)
        };
        assert!(ask(&build.store, &force, id(), "ana", build.now()).is_err(), "{rule}");
    }
}

fn build_ready() -> Build {
    build(Stand::Ready, Says::AllPass, &None)
}
