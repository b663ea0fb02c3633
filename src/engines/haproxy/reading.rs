//! One reading of one HAProxy or a pair, made into a [`Rollout`]: shares, what blocks, what is worth
//! saying. Pure; must not know the wire.

use std::collections::BTreeMap;

use crate::config::HaproxyConfig;
use crate::model::{Fault, FaultKind, Rollout, Server};

use super::plan::Routed;
use super::state::{Member, ServerState};
use super::{command, plan, weights};

/// What one address answered.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// The address, as configured.
    pub address: String,
    /// What it said.
    pub member: Result<Member, Fault>,
}

/// Which side a server belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Candidate,
    Stable,
    Other,
}

impl Side {
    /// The side that the configuration gives a server.
    pub(super) fn of(config: &HaproxyConfig, server: &str) -> Self {
        if config.candidate.iter().any(|name| name == server) {
            Self::Candidate
        } else if config.stable.iter().any(|name| name == server) {
            Self::Stable
        } else {
            Self::Other
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Stable => "stable",
            Self::Other => "other",
        }
    }
}

/// The reading; a fault when no address could be read.
pub(super) fn rollout(config: &HaproxyConfig, sites: &[Site]) -> Result<Rollout, Fault> {
    let read: Vec<(&str, &Member)> = sites
        .iter()
        .filter_map(|site| Some((site.address.as_str(), site.member.as_ref().ok()?)))
        .collect();
    if read.is_empty() {
        return Err(all_lost(sites));
    }
    let mut blocks = Vec::new();
    let mut notes = Vec::new();
    for site in sites {
        match &site.member {
            Ok(member) => member_says(config, &site.address, member, &mut blocks, &mut notes),
            Err(fault) => {
                blocks.push(format!("{} of the pair cannot be read", site.address));
                notes.push(fault.text.clone());
            }
        }
    }
    let shares: Vec<(&str, Option<f64>)> = read
        .iter()
        .map(|(address, member)| (*address, share(config, member, |server| server.weight)))
        .collect();
    notes.extend(skew(&shares));
    let routed = shares.iter().filter_map(|(_, share)| *share).fold(
        None,
        |routed: Option<Routed>, share| {
            Some(Routed {
                lowest: routed.map_or(share, |routed| routed.lowest.min(share)),
                highest: routed.map_or(share, |routed| routed.highest.max(share)),
            })
        },
    );
    Ok(Rollout {
        engine: "haproxy".to_owned(),
        phase: None,
        reason: None,
        routed: routed.map(|routed| routed.highest),
        stable: None,
        candidate: None,
        since: None,
        settings: settings(config, &read),
        servers: servers(config, &read, sites.len() > 1),
        offers: plan::offers(config, sites, routed),
        blocks,
        notes,
        history: Vec::new(),
    })
}

fn all_lost(sites: &[Site]) -> Fault {
    let mut faults = sites.iter().filter_map(|site| site.member.as_ref().err());
    let mut fault = faults
        .next()
        .cloned()
        .unwrap_or_else(|| Fault::new(FaultKind::Setup, "no address of haproxy is configured"));
    for other in faults {
        fault.text = format!("{}; {}", fault.text, other.text);
    }
    fault
}

/// Percent of the weights of the servers that take traffic which are the candidate's; none when nothing
/// takes traffic.
fn share(
    config: &HaproxyConfig,
    member: &Member,
    weight: impl Fn(&ServerState) -> u32,
) -> Option<f64> {
    let mut candidate = 0_u32;
    let mut all = 0_u32;
    for server in member.servers.iter().filter(|server| server.eligible) {
        all += weight(server);
        if Side::of(config, &server.name) == Side::Candidate {
            candidate += weight(server);
        }
    }
    (all > 0).then(|| 100.0 * f64::from(candidate) / f64::from(all))
}

fn member_says(
    config: &HaproxyConfig,
    address: &str,
    member: &Member,
    blocks: &mut Vec<String>,
    notes: &mut Vec<String>,
) {
    let backend = &config.backend;
    for name in config.candidate.iter().chain(&config.stable) {
        if member.server(name).is_none() {
            let side = Side::of(config, name).word();
            blocks
                .push(format!("{side} server `{name}` is not in backend `{backend}` at {address}"));
        }
    }
    for server in &member.servers {
        // a backup takes nothing while anything else is up
        if Side::of(config, &server.name) == Side::Other && !server.backup {
            blocks.push(format!(
                "server `{}` of backend `{backend}` at {address} is named by neither side",
                server.name
            ));
        }
    }
    if let Some(text) = static_algorithm(member) {
        blocks.push(format!("backend `{backend}` at {address} {text}"));
    }
    match (
        share(config, member, |server| server.weight),
        share(config, member, |server| server.effective.unwrap_or(server.weight)),
    ) {
        (None, _) => notes.push(format!(
            "no server of backend `{backend}` at {address} takes traffic: it answers 503"
        )),
        (Some(set), Some(effective)) if (set - effective).abs() > weights::TOLERANCE => {
            notes.push(format!(
                "{address} still moves: {effective:.1} % in effect, {set:.1} % set (slow start)"
            ));
        }
        _ => {}
    }
    let sum: u32 = member
        .servers
        .iter()
        .filter(|server| server.eligible)
        .map(|server| server.effective.unwrap_or(server.weight))
        .sum();
    if let Some(total) = member.total.filter(|total| *total != sum) {
        notes.push(format!(
            "{address} sums backend `{backend}` up to weight {total}, its eligible servers to {sum}"
        ));
    }
}

/// Why this backend's balancing cannot be steered by weights, when it cannot.
fn static_algorithm(member: &Member) -> Option<String> {
    let algorithm = member.algorithm.as_deref()?;
    match algorithm.split('(').next().unwrap_or(algorithm) {
        "static-rr" => Some("balances by `static-rr`, which takes no new weights; use `roundrobin`".to_owned()),
        "first" => Some("balances by `first`, which ignores weights; use `roundrobin`".to_owned()),
        "source" | "uri" | "url_param" | "hdr" | "rdp-cookie" | "hash"
            // a weight between nothing and the configured one proves that the hash is a consistent one
            if member.servers.iter().all(|server| server.weight == 0 || server.weight == server.initial) =>
        {
            Some(format!("balances by `{algorithm}`, which takes new weights only with `hash-type consistent`"))
        }
        _ => None,
    }
}

fn skew(shares: &[(&str, Option<f64>)]) -> Option<String> {
    let (_, first) = shares.first()?;
    let differs = |share: &Option<f64>| match (share, first) {
        (Some(a), Some(b)) => (a - b).abs() > weights::TOLERANCE,
        (a, b) => a.is_some() != b.is_some(),
    };
    if !shares.iter().any(|(_, share)| differs(share)) {
        return None;
    }
    let said: Vec<String> = shares
        .iter()
        .map(|(address, share)| match share {
            Some(share) => format!("{address} routes {share:.1} %"),
            None => format!("{address} routes nothing"),
        })
        .collect();
    Some(format!("the pair disagrees: {}", said.join(", ")))
}

fn settings(config: &HaproxyConfig, read: &[(&str, &Member)]) -> BTreeMap<String, String> {
    read.iter()
        .flat_map(|(address, member)| {
            member.servers.iter().map(|server| {
                (
                    command::subject(address, &config.backend, &server.name),
                    server.weight.to_string(),
                )
            })
        })
        .collect()
}

fn servers(config: &HaproxyConfig, read: &[(&str, &Member)], several: bool) -> Vec<Server> {
    read.iter()
        .flat_map(|(address, member)| {
            member.servers.iter().map(move |server| Server {
                name: if several {
                    format!("{} at {address}", server.name)
                } else {
                    server.name.clone()
                },
                side: Side::of(config, &server.name).word().to_owned(),
                weight: server.weight,
                eligible: server.eligible,
                state: server.status.clone(),
                requests: server.requests,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Rows, config, member};
    use super::*;

    fn site(address: &str, rows: Rows<'_>) -> Site {
        Site { address: address.to_owned(), member: Ok(member(rows)) }
    }

    const STABLE: (&str, u32, u32, u32, u32, u32, &str) = ("stable1", 2, 0, 90, 90, 0, "UP");
    const CANARY: (&str, u32, u32, u32, u32, u32, &str) = ("canary1", 2, 0, 10, 10, 0, "UP");

    #[test]
    fn a_clean_reading_blocks_nothing() {
        let rollout = rollout(&config(), &[site("tcp:a:1", &[STABLE, CANARY])]).unwrap();
        assert_eq!(rollout.routed, Some(10.0));
        assert!(rollout.blocks.is_empty() && rollout.notes.is_empty(), "{rollout:?}");
        assert_eq!(rollout.settings["tcp:a:1 checkout/canary1 weight"], "10");
        assert_eq!(rollout.servers[1].name, "canary1");
        assert_eq!(rollout.servers[1].side, "candidate");
        assert_eq!(rollout.offers.len(), 5);
    }

    #[test]
    fn foreign_servers_count_and_block_and_a_foreign_backup_does_not() {
        let rows = [STABLE, CANARY, ("other1", 2, 0, 100, 100, 0, "UP")];
        let reading = rollout(&config(), &[site("tcp:a:1", &rows)]).unwrap();
        assert_eq!(reading.routed, Some(5.0));
        assert!(reading.blocks[0].contains("`other1`"), "{:?}", reading.blocks);
        let rows = [STABLE, CANARY, ("sorry", 2, 0, 1, 1, 1, "no check")];
        let reading = rollout(&config(), &[site("tcp:a:1", &rows)]).unwrap();
        assert_eq!(reading.routed, Some(10.0));
        assert!(reading.blocks.is_empty());
    }

    #[test]
    fn missing_servers_are_named() {
        let reading = rollout(&config(), &[site("tcp:a:1", &[STABLE])]).unwrap();
        assert_eq!(
            reading.blocks,
            ["candidate server `canary1` is not in backend `checkout` at tcp:a:1"]
        );
    }

    #[test]
    fn algorithms_that_weights_cannot_steer_block() {
        for (algorithm, weight, blocks) in [
            ("roundrobin", 10, false),
            ("leastconn", 10, false),
            ("static-rr", 10, true),
            ("first", 10, true),
            ("source", 10, true),
            ("hdr(host)", 10, true),
            // 33 is neither nothing nor the configured 10: weights do move
            ("source", 33, false),
        ] {
            let mut site = site("tcp:a:1", &[STABLE, ("canary1", 2, 0, weight, 10, 0, "UP")]);
            if let Ok(member) = &mut site.member {
                member.algorithm = Some(algorithm.to_owned());
            }
            let reading = rollout(&config(), &[site]).unwrap();
            assert_eq!(!reading.blocks.is_empty(), blocks, "{algorithm} {weight}");
        }
    }

    #[test]
    fn a_pair_shows_skew_and_the_highest() {
        let sites = [
            site("tcp:a:1", &[STABLE, CANARY]),
            site(
                "tcp:b:1",
                &[("stable1", 2, 0, 50, 90, 0, "UP"), ("canary1", 2, 0, 50, 10, 0, "UP")],
            ),
        ];
        let reading = rollout(&config(), &sites).unwrap();
        assert_eq!(reading.routed, Some(50.0));
        assert_eq!(
            reading.notes,
            ["the pair disagrees: tcp:a:1 routes 10.0 %, tcp:b:1 routes 50.0 %"]
        );
        assert_eq!(reading.servers[2].name, "stable1 at tcp:b:1");
        assert!(reading.blocks.is_empty());
    }

    #[test]
    fn a_silent_member_blocks_and_two_are_a_fault() {
        let silent = |address: &str| Site {
            address: address.to_owned(),
            member: Err(Fault::new(FaultKind::Timeout, format!("{address} is silent"))),
        };
        let sites = [site("tcp:a:1", &[STABLE, CANARY]), silent("tcp:b:1")];
        let reading = rollout(&config(), &sites).unwrap();
        assert_eq!(reading.blocks, ["tcp:b:1 of the pair cannot be read"]);
        assert_eq!(reading.notes, ["tcp:b:1 is silent"]);
        let fault = rollout(&config(), &[silent("tcp:a:1"), silent("tcp:b:1")]).unwrap_err();
        assert_eq!(fault.text, "tcp:a:1 is silent; tcp:b:1 is silent");
        assert!(rollout(&config(), &[]).is_err());
    }

    #[test]
    fn nothing_routed_is_unknown_and_a_slow_start_is_said() {
        let rows = [("stable1", 2, 8, 90, 90, 0, "DRAIN"), ("canary1", 0, 1, 10, 10, 0, "MAINT")];
        let reading = rollout(&config(), &[site("tcp:a:1", &rows)]).unwrap();
        assert_eq!(reading.routed, None);
        assert!(reading.notes[0].contains("503"));
        let mut slow = site("tcp:a:1", &[STABLE, ("canary1", 1, 0, 50, 10, 0, "UP")]);
        if let Ok(member) = &mut slow.member {
            member.servers[1].effective = Some(1);
            member.total = Some(91);
        }
        let reading = rollout(&config(), &[slow]).unwrap();
        assert_eq!(
            reading.notes,
            ["tcp:a:1 still moves: 1.1 % in effect, 35.7 % set (slow start)"]
        );
    }
}
