//! `flightdeck doctor`: looks at everything once and says what works.

mod permissions;
mod registries;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use tokio::time::Instant;

use crate::cli::args::Global;
use crate::cli::doctor::{Finding, Verdict, print};
use crate::cli::{Exit, Output};
use crate::clients::github::Permission;
use crate::config::{EngineConfig, HaproxyAddress};
use crate::journal;
use crate::model::{ActionSpec, FeedState};
use crate::process;
use crate::runtime::{Ended, Runtime, run};

use super::quiet::Quiet;
use super::reading::Hosts;
use super::setup::Setup;
use super::{look, wire};

pub(super) async fn main<W: Write>(
    global: &Global,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    let mut findings = vec![configuration(&setup), record(&setup)];
    if setup.config.fleet.inert.is_none() {
        findings.extend(addresses(&setup));
        findings.extend(programs(&setup));
        let mut runtime = setup.runtime(false);
        let hosts = wire::wire(&mut runtime, &setup).hosts;
        let deadline = Instant::now() + global.look();
        if run(&mut runtime, &mut Quiet, look::asked_once(deadline)).await? == Ended::Interrupted {
            return Ok(Exit::Interrupted);
        }
        findings.extend(feeds(&runtime));
        findings.extend(registries::registries(&setup, global.look()).await);
        findings.extend(permissions(&setup, &hosts).await);
    }
    Ok(print(&findings, out)?)
}

fn configuration(setup: &Setup) -> Finding {
    let fleet = &setup.config.fleet;
    let what = format!("configuration {}", fleet.origin);
    match &fleet.inert {
        Some(inert) => Finding::new(what, Verdict::Broken, inert.clone()),
        None => Finding::new(what, Verdict::Ok, format!("{} targets", fleet.targets.len())),
    }
}

fn record(setup: &Setup) -> Finding {
    let folder = setup.journal();
    let scope = if setup.config.fleet.shared { "shared journal" } else { "journal" };
    let what = format!("{scope} {}", folder.display());
    let clock = Arc::clone(&setup.clock);
    let operator = setup.operator.clone();
    let opened = match setup.shared() {
        Some(shared) => journal::Journal::open_shared(shared, operator, clock),
        None => journal::Journal::open(folder, operator, clock),
    };
    match opened.and_then(|_| journal::verify(folder)) {
        Err(error) => Finding::new(
            what,
            Verdict::Broken,
            format!("{error}; promotion is refused until it can be written"),
        ),
        Ok(found) => match found.problems.first() {
            None => Finding::new(what, Verdict::Ok, format!("{} lines, chain whole", found.lines)),
            Some(first) => {
                let text =
                    format!("line {}: {}; see `flightdeck journal verify`", first.line, first.text);
                Finding::new(what, Verdict::Warning, text)
            }
        },
    }
}

/// A runtime API over TCP has no authentication of its own.
fn addresses(setup: &Setup) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (target, engine) in &setup.config.engines {
        let EngineConfig::Haproxy(haproxy) = engine else { continue };
        for address in &haproxy.addresses {
            if let HaproxyAddress::Tcp(place) = address {
                let detail = format!(
                    "tcp:{place} has no authentication: whoever reaches it moves traffic; a unix socket is safer"
                );
                findings.push(Finding::new(format!("engine {target}"), Verdict::Warning, detail));
            }
        }
    }
    findings
}

/// Programs that may be run, and whether they are there. Runs none of them.
fn programs(setup: &Setup) -> Vec<Finding> {
    let mut named: Vec<(String, &[String])> = Vec::new();
    for spec in &setup.config.fleet.targets {
        let target = &spec.target;
        if let Some(EngineConfig::Command(command)) = setup.config.engines.get(target) {
            let programs = command.programs();
            named.extend(programs.map(|(key, p)| (format!("{key} {target}"), p.argv.as_slice())));
        }
        let hooks = spec.hooks.all();
        named.extend(hooks.map(|(key, hook)| (format!("{key} {target}"), hook.argv.as_slice())));
        let action = |a: &'_ ActionSpec| format!("action {} {target}", a.name);
        named.extend(spec.actions.iter().map(|a| (action(a), a.program.argv.as_slice())));
    }
    let look = |(what, argv): (String, &[String])| {
        let program = argv.first().map_or("", String::as_str);
        match process::find(program) {
            Ok(path) => Finding::new(what, Verdict::Ok, format!("{} may be run", path.display())),
            Err(why) => Finding::new(what, Verdict::Broken, why),
        }
    };
    named.into_iter().map(look).collect()
}

fn feeds(runtime: &Runtime) -> Vec<Finding> {
    let now = runtime.now();
    let store = runtime.store();
    let silent = store.silent_feeds().map(|id| {
        Finding::new(id.to_string(), Verdict::Broken, "no answer within the time of `--timeout`")
    });
    store
        .feeds()
        .map(|(id, feed)| {
            let view = feed.view(now);
            let what = id.to_string();
            if view.state != FeedState::Live {
                return Finding::new(what, Verdict::Broken, view.reason());
            }
            if let Some(warning) = feed.warnings.first() {
                return Finding::new(what, Verdict::Warning, warning.clone());
            }
            let budget = view.budget.map_or(String::new(), |budget| {
                format!(", budget {} of {}", budget.remaining, budget.limit)
            });
            Finding::new(what, Verdict::Ok, format!("answers{budget}"))
        })
        .chain(silent)
        .collect()
}

/// What the tokens are, and which of the permissions that panes and keys need they have.
async fn permissions(setup: &Setup, hosts: &Hosts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (host, github) in &setup.config.github {
        let Some(client) = hosts.get(host) else { continue };
        let mut found = Vec::new();
        for repo in &github.repos {
            let checked = client.check(&repo.name, &repo.security).await;
            let what = |word: &str| format!("{host} {} {word}", repo.name);
            findings.extend(checked.reads.iter().filter_map(|access| {
                let word = access.permission.word();
                // they are worth knowing, and only a gate waits for them
                let is_extra = matches!(
                    access.permission,
                    Permission::Checks
                        | Permission::Statuses
                        | Permission::SecurityEvents
                        | Permission::SecretAlerts
                );
                let finding = match &access.fault {
                    None if is_extra => return None,
                    None => Finding::new(what(word), Verdict::Ok, "granted"),
                    Some(fault) => {
                        let verdict = if is_extra { Verdict::Warning } else { Verdict::Broken };
                        Finding::new(what(word), verdict, fault.text.clone())
                    }
                };
                Some(finding.needing(word))
            }));
            found.push((repo.name.as_str(), checked));
        }
        let Some(facts) = client.token().filter(|_| !found.is_empty()) else { continue };
        findings.push(permissions::token(host, &facts, setup.clock.now()));
        let read_only = setup.config.fleet.read_only;
        let of: Vec<permissions::Of<'_>> = found.iter().map(|(name, c)| (*name, c)).collect();
        findings.extend(permissions::uses(host, &facts, &of, read_only));
        let issues = incidents(setup, host);
        if issues.is_empty() {
            continue;
        }
        let mut at = Vec::new();
        for repo in issues {
            let known = found.iter().find(|(name, _)| *name == repo).map(|(_, c)| c.clone());
            let checked = match known {
                Some(checked) => checked,
                // what nothing else is read from
                None => client.check(repo, &BTreeSet::new()).await,
            };
            at.push((repo, checked));
        }
        let at: Vec<permissions::Of<'_>> = at.iter().map(|(name, c)| (*name, c)).collect();
        findings.push(permissions::incidents(host, &facts, &at, read_only));
    }
    findings
}

/// The repositories of a host in which incident issues are to be opened.
fn incidents<'s>(setup: &'s Setup, host: &str) -> BTreeSet<&'s str> {
    let specs = setup.config.fleet.targets.iter().filter_map(|spec| spec.rules.incident.as_ref());
    specs.filter(|spec| spec.host == host).map(|spec| spec.repo.as_str()).collect()
}
