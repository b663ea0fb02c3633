//! What each verb would send from a reading: exact lines, as data. Pure; sends nothing and decides
//! nothing.

use crate::config::HaproxyConfig;
use crate::model::{Call, Offer, Verb};

use super::command;
use super::order::{self, Move};
use super::reading::{Side, Site};
use super::state::{Member, ServerState};
use super::weights::{self, TOLERANCE};

/// What a stable server gets when its configured weight is nothing.
const RESTORED: u32 = 100;

/// What is routed now, in percent: the same twice for a pair that agrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Routed {
    /// The lowest of all that could be read.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

/// One offer for every verb that an engine is asked for.
pub(super) fn offers(config: &HaproxyConfig, sites: &[Site], routed: Option<Routed>) -> Vec<Offer> {
    let still = |verb| Offer {
        verb,
        full: false,
        weight: routed.map_or(0.0, |routed| routed.highest),
        calls: Vec::new(),
        refused: None,
        forcible: false,
        notes: Vec::new(),
        ahead: Vec::new(),
        unread: None,
    };
    vec![
        promote(config, sites, routed, false),
        promote(config, sites, routed, true),
        still(Verb::Pause),
        still(Verb::Resume),
        rollback(config, sites),
    ]
}

fn promote(config: &HaproxyConfig, sites: &[Site], routed: Option<Routed>, full: bool) -> Offer {
    let mut offer = Offer {
        verb: Verb::Promote,
        full,
        weight: routed.map_or(0.0, |routed| routed.highest),
        calls: Vec::new(),
        refused: None,
        forcible: false,
        notes: Vec::new(),
        ahead: Vec::new(),
        unread: None,
    };
    match next(config, routed, full) {
        Ok(step) => {
            offer.weight = step;
            match promotion(config, sites, step) {
                Ok(calls) => offer.calls = calls,
                Err(reason) => offer.refused = Some(reason),
            }
        }
        Err(reason) => offer.refused = Some(reason),
    }
    offer
}

/// The percentage a promotion goes to: the next step, or for a pair that disagrees the step that the
/// further one has reached.
fn next(config: &HaproxyConfig, routed: Option<Routed>, full: bool) -> Result<f64, String> {
    let Some(Routed { lowest, highest }) = routed else {
        return Err(
            "no server takes traffic: roll back to restore the stable side first".to_owned()
        );
    };
    if lowest >= 100.0 - TOLERANCE {
        return Err("already at 100 %".to_owned());
    }
    if full {
        return Ok(100.0);
    }
    let agrees = highest - lowest <= TOLERANCE;
    config
        .steps
        .iter()
        .copied()
        .find(
            |step| {
                if agrees { *step > highest + TOLERANCE } else { *step >= highest - TOLERANCE }
            },
        )
        .ok_or_else(|| format!("already past the last step: {highest:.1} % are routed"))
}

fn promotion(config: &HaproxyConfig, sites: &[Site], step: f64) -> Result<Vec<Call>, String> {
    let mut calls = Vec::new();
    for site in sites {
        let address = &site.address;
        let member = site.member.as_ref().map_err(|_| format!("{address} cannot be read"))?;
        let eligible = |side| eligible(config, member, side);
        let (candidates, stable) = (eligible(Side::Candidate), eligible(Side::Stable));
        if candidates == 0 {
            return Err(format!("no candidate server at {address} takes traffic"));
        }
        if let Some(reason) = weights::miss(step, candidates, stable) {
            return Err(format!("{address}: {reason}"));
        }
        let Some(pair) = weights::nearest(step, candidates, stable) else {
            return Err(format!("{address}: {step} % cannot be set"));
        };
        let stable = moves(member, &config.stable, pair.stable);
        let candidate = moves(member, &config.candidate, pair.candidate);
        for line in order::promotion(stable, candidate) {
            calls.extend(command::set_weights(address, &config.backend, &line));
        }
    }
    Ok(calls)
}

fn rollback(config: &HaproxyConfig, sites: &[Site]) -> Offer {
    let mut calls = Vec::new();
    let mut refused = None;
    for site in sites {
        let address = &site.address;
        let member = site.member.as_ref().ok();
        // an address that cannot be read is told what its twin would be told
        let exists = |name: &&String| member.is_none_or(|member| member.server(name).is_some());
        let now = |name: &str| member.and_then(|member| member.server(name)).map(|it| it.weight);
        let stable: Vec<Move<'_>> = config
            .stable
            .iter()
            .filter(exists)
            .map(|name| {
                let to = restored(sites, member, name);
                Move { server: name, now: now(name), to, eligible: true }
            })
            .collect();
        let candidate = config.candidate.iter().filter(exists).map(String::as_str);
        let sets = order::rollback(order::raised(stable), candidate.collect());
        calls.extend(command::set_weights(address, &config.backend, &sets));
        if member.is_some_and(|member| eligible(config, member, Side::Stable) == 0) {
            refused.get_or_insert_with(|| {
                format!("no stable server at {address} can take traffic: a rollback there would answer 503")
            });
        }
    }
    if calls.is_empty() {
        refused = Some(format!("backend `{}` has none of the configured servers", config.backend));
    }
    Offer {
        verb: Verb::Rollback,
        full: false,
        weight: 0.0,
        forcible: refused.is_some() && !calls.is_empty(),
        calls,
        refused,
        notes: Vec::new(),
        ahead: Vec::new(),
        unread: None,
    }
}

/// The weight a stable server is brought back to: its configured one.
fn restored(sites: &[Site], member: Option<&Member>, name: &str) -> u32 {
    let twins = sites.iter().filter_map(|site| site.member.as_ref().ok());
    member
        .into_iter()
        .chain(twins)
        .find_map(|member| member.server(name))
        .map(|server| server.initial)
        .filter(|weight| *weight > 0)
        .unwrap_or(RESTORED)
}

fn eligible(config: &HaproxyConfig, member: &Member, side: Side) -> usize {
    member
        .servers
        .iter()
        .filter(|server| server.eligible && Side::of(config, &server.name) == side)
        .count()
}

/// The configured servers that exist at an address; a missing one would only earn an error.
fn moves<'a>(member: &'a Member, names: &'a [String], to: u32) -> Vec<Move<'a>> {
    let present = names.iter().filter_map(|name| member.server(name));
    let set = |server: &'a ServerState| Move {
        server: &server.name,
        now: Some(server.weight),
        to,
        eligible: server.eligible,
    };
    present.map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Rows, config, member};
    use super::*;
    use crate::model::{Fault, FaultKind};

    const ONE: &str = "tcp:10.0.0.1:9999";
    const TWO: &str = "tcp:10.0.0.2:9999";

    fn site(address: &str, rows: Rows<'_>) -> Site {
        Site { address: address.to_owned(), member: Ok(member(rows)) }
    }

    fn lost(address: &str) -> Site {
        Site { address: address.to_owned(), member: Err(Fault::new(FaultKind::Timeout, "silent")) }
    }

    fn at(percent: f64) -> Routed {
        Routed { lowest: percent, highest: percent }
    }

    fn weighed(
        candidate: u32,
        stable: u32,
    ) -> [(&'static str, u32, u32, u32, u32, u32, &'static str); 2] {
        [("stable1", 2, 0, stable, 90, 0, "UP"), ("canary1", 2, 0, candidate, 10, 0, "UP")]
    }

    fn find(offers: &[Offer], verb: Verb, full: bool) -> &Offer {
        offers.iter().find(|offer| offer.verb == verb && offer.full == full).unwrap()
    }

    fn texts(offer: &Offer) -> Vec<&str> {
        offer.calls.iter().map(|call| call.text.as_str()).collect()
    }

    #[test]
    fn a_promotion_lowers_stable_first_and_a_rollback_restores_it_first() {
        let offers = offers(&config(), &[site(ONE, &weighed(10, 90))], Some(at(10.0)));
        let promote = find(&offers, Verb::Promote, false);
        assert_eq!(promote.weight.to_bits(), 50_f64.to_bits());
        assert_eq!(
            texts(promote),
            ["set weight checkout/stable1 50; set weight checkout/canary1 50"]
        );
        assert_eq!(promote.calls[0].expect[&format!("{ONE} checkout/stable1 weight")], "50");
        let full = find(&offers, Verb::Promote, true);
        assert_eq!(texts(full), ["set weight checkout/canary1 100; set weight checkout/stable1 0"]);
        let rollback = find(&offers, Verb::Rollback, false);
        assert_eq!(
            texts(rollback),
            ["set weight checkout/stable1 90; set weight checkout/canary1 0"]
        );
        assert!(!rollback.forcible && rollback.refused.is_none());
        for verb in [Verb::Pause, Verb::Resume] {
            let offer = find(&offers, verb, false);
            assert!(offer.calls.is_empty() && offer.refused.is_none());
        }
    }

    #[test]
    fn steps_are_strictly_above_what_is_routed() {
        let sites = [site(ONE, &weighed(10, 90))];
        for (routed, step) in [
            (0.0, Some(10.0)),
            (9.4, Some(10.0)),
            (9.6, Some(50.0)),
            (50.2, Some(100.0)),
            (99.4, Some(100.0)),
            (99.6, None),
            (100.0, None),
        ] {
            let offers = offers(&config(), &sites, Some(at(routed)));
            let promote = find(&offers, Verb::Promote, false);
            assert_eq!(
                promote.refused.is_none().then_some(promote.weight),
                step,
                "from {routed}: {promote:?}"
            );
        }
        let none = offers(&config(), &sites, None);
        assert!(find(&none, Verb::Promote, true).refused.is_some());
        assert!(find(&none, Verb::Rollback, false).refused.is_none());
    }

    #[test]
    fn only_eligible_servers_count_and_all_are_set() {
        let rows = [
            ("stable1", 2, 0, 90, 90, 0, "UP"),
            ("canary1", 2, 0, 10, 0, 0, "UP"),
            ("canary2", 2, 8, 10, 0, 0, "DRAIN"),
        ];
        let mut config = config();
        config.candidate.push("canary2".to_owned());
        let offers = offers(&config, &[site(ONE, &rows)], Some(at(10.0)));
        assert_eq!(
            texts(find(&offers, Verb::Promote, false)),
            [
                "set weight checkout/stable1 50; set weight checkout/canary1 50; set weight checkout/canary2 50"
            ]
        );
    }

    #[test]
    fn a_rollback_without_a_stable_server_needs_force() {
        let rows = [("stable1", 0, 0, 0, 0, 0, "DOWN"), ("canary1", 2, 0, 100, 0, 0, "UP")];
        let offers = offers(&config(), &[site(ONE, &rows)], Some(at(100.0)));
        let rollback = find(&offers, Verb::Rollback, false);
        assert!(rollback.forcible && rollback.refused.is_some());
        assert_eq!(
            texts(rollback),
            ["set weight checkout/stable1 100; set weight checkout/canary1 0"]
        );
    }

    #[test]
    fn a_missing_candidate_refuses_promotion_only() {
        let rows = [("stable1", 2, 0, 90, 90, 0, "UP")];
        let offers = offers(&config(), &[site(ONE, &rows)], Some(at(0.0)));
        assert!(find(&offers, Verb::Promote, false).refused.is_some());
        assert_eq!(texts(find(&offers, Verb::Rollback, false)), ["set weight checkout/stable1 90"]);
        let offers = super::offers(&config(), &[site(ONE, &[])], None);
        let rollback = find(&offers, Verb::Rollback, false);
        assert!(rollback.refused.is_some() && !rollback.forcible);
    }

    #[test]
    fn a_rollback_goes_to_every_address_even_a_silent_one() {
        let sites = [site(ONE, &weighed(50, 50)), lost(TWO)];
        let offers = offers(&config(), &sites, Some(at(50.0)));
        let rollback = find(&offers, Verb::Rollback, false);
        assert_eq!(
            rollback.calls.iter().map(|call| call.to.as_str()).collect::<Vec<_>>(),
            [ONE, TWO]
        );
        assert_eq!(texts(rollback)[0], texts(rollback)[1]);
        assert!(rollback.refused.is_none());
        assert!(find(&offers, Verb::Promote, true).refused.is_some());
    }

    #[test]
    fn a_pair_that_disagrees_finishes_its_step_first() {
        let sites = [site(ONE, &weighed(50, 50)), site(TWO, &weighed(10, 90))];
        for (lowest, highest, step) in [(10.0, 50.0, 50.0), (50.0, 100.0, 100.0), (0.0, 30.0, 50.0)]
        {
            let routed = Some(Routed { lowest, highest });
            let offers = offers(&config(), &sites, routed);
            let promote = find(&offers, Verb::Promote, false);
            assert_eq!(promote.weight.to_bits(), f64::to_bits(step));
            assert_eq!(promote.calls.len(), 2);
        }
    }

    #[test]
    fn a_step_that_integers_miss_is_refused() {
        let mut config = config();
        config.stable = (1..=9).map(|n| format!("s{n}")).collect();
        config.steps = vec![99.0];
        let names = config.stable.clone();
        let mut rows: Vec<_> =
            names.iter().map(|name| (name.as_str(), 2, 0, 10, 10, 0, "UP")).collect();
        rows.push(("canary1", 2, 0, 0, 0, 0, "UP"));
        let offers = offers(&config, &[site(ONE, &rows)], Some(at(0.0)));
        let refused = find(&offers, Verb::Promote, false).refused.clone().unwrap();
        assert!(refused.contains("no nearer than 96.6 %"), "{refused}");
        assert!(find(&offers, Verb::Promote, true).refused.is_none());
    }
}
