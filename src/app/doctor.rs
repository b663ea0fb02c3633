//! `flightdeck doctor`: looks at everything once and says what works.

mod permissions;
mod registries;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

use futures::{StreamExt, stream};
use tokio::time::Instant;

use crate::cli::args::Global;
use crate::cli::doctor::{Finding, Verdict, print};
use crate::cli::{Exit, Output};
use crate::clients::github::{Checked, Permission};
use crate::config::{EngineConfig, HaproxyAddress};
use crate::journal;
use crate::model::{ActionSpec, FeedState, HealthState, ProbeFault};
use crate::process;
use crate::runtime::{Ended, Runtime, run};
use crate::store::Check;

use super::quiet::Quiet;
use super::reading::Hosts;
use super::setup::Setup;
use super::{look, wire};

/// What is said of what did not answer.
const LATE: &str = "no answer within the time of `--timeout`";

/// Repositories that are tried at once.
const AT_ONCE: usize = 4;

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
        let checked = RefCell::new(None);
        let checks = async {
            let repos = checked_repos(&setup, &hosts, deadline);
            let registries = registries::registries(&setup, global.look());
            *checked.borrow_mut() = Some(tokio::join!(repos, registries));
            std::future::pending::<()>().await;
        };
        let mut asked = look::asked_once(deadline);
        let over = |runtime: &mut Runtime| asked(runtime).filter(|()| checked.borrow().is_some());
        let mut screen = Quiet;
        let ended = tokio::select! {
            ended = run(&mut runtime, &mut screen, over) => ended?,
            () = checks => Ended::Answered(()),
        };
        if ended == Ended::Interrupted {
            return Ok(Exit::Interrupted);
        }
        findings.extend(feeds(&runtime));
        let (repos, registries) = checked.take().unwrap_or_default();
        findings.extend(registries);
        findings.extend(permissions(&setup, &hosts, &repos));
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
    let verify =
        || setup.shared().as_ref().map_or_else(|| journal::verify(folder), journal::verify_shared);
    match opened.and_then(|journal| journal.try_write()).and_then(|()| verify()) {
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
    let silent = store.silent_feeds().map(|id| Finding::new(id.to_string(), Verdict::Broken, LATE));
    store
        .feeds()
        .map(|(id, feed)| {
            let view = feed.view(now);
            let what = id.to_string();
            if view.state != FeedState::Live {
                return Finding::new(what, Verdict::Broken, view.reason());
            }
            let mut checks = store.targets().flat_map(|state| &state.checks);
            if let Some(check) = checks.find(|check| check.spec.feed == *id)
                && let Some(finding) = probed(&what, check)
            {
                return finding;
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

/// What is wrong with what a health check was told. That it is asked is no answer.
fn probed(what: &str, check: &Check) -> Option<Finding> {
    let probe = check.last.as_ref().filter(|probe| probe.state != HealthState::Healthy)?;
    let verdict = match probe.fault {
        None | Some(ProbeFault::Body) => Verdict::Warning,
        Some(_) => Verdict::Broken,
    };
    let why = probe.detail.as_deref().map_or(String::new(), |detail| format!(": {detail}"));
    Some(Finding::new(what, verdict, format!("{}{why}", probe.state.word())))
}

/// A repository, by its host and name.
type Place = (String, String);

/// What the tokens may do in each repository, all tried at once; none where that took too long.
async fn checked_repos(
    setup: &Setup,
    hosts: &Hosts,
    deadline: Instant,
) -> BTreeMap<Place, Option<Checked>> {
    let nothing = BTreeSet::new();
    let mut wanted = BTreeMap::new();
    for (host, github) in &setup.config.github {
        for repo in incidents(setup, host) {
            wanted.insert((host.clone(), repo.to_owned()), &nothing);
        }
        for repo in &github.repos {
            wanted.insert((host.clone(), repo.name.clone()), &repo.security);
        }
    }
    let checks = wanted.into_iter().filter_map(|(place, security)| {
        let client = hosts.get(&place.0)?;
        Some(async move {
            let checked = client.check(&place.1, security);
            let checked = tokio::time::timeout_at(deadline, checked).await.ok();
            (place, checked)
        })
    });
    stream::iter(checks).buffered(AT_ONCE).collect().await
}

/// What the tokens are, and which of the permissions that panes and keys need they have.
fn permissions(
    setup: &Setup,
    hosts: &Hosts,
    checked: &BTreeMap<Place, Option<Checked>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (host, github) in &setup.config.github {
        let Some(client) = hosts.get(host) else { continue };
        let of = |repo: &str| checked.get(&(host.clone(), repo.to_owned()))?.as_ref();
        let mut found: Vec<permissions::Of<'_>> = Vec::new();
        for repo in &github.repos {
            let Some(checked) = of(&repo.name) else {
                let what = format!("{host} {}", repo.name);
                findings.push(Finding::new(what, Verdict::Broken, LATE));
                continue;
            };
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
        findings.extend(permissions::uses(host, &facts, &found, read_only));
        let issues = incidents(setup, host).into_iter();
        let at: Vec<permissions::Of<'_>> =
            issues.filter_map(|repo| Some((repo, of(repo)?))).collect();
        if !at.is_empty() {
            findings.push(permissions::incidents(host, &facts, &at, read_only));
        }
    }
    findings
}

/// The repositories of a host in which incident issues are to be opened.
fn incidents<'s>(setup: &'s Setup, host: &str) -> BTreeSet<&'s str> {
    let specs = setup.config.fleet.targets.iter().filter_map(|spec| spec.rules.incident.as_ref());
    specs.filter(|spec| spec.host == host).map(|spec| spec.repo.as_str()).collect()
}
