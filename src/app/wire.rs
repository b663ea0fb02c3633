//! From a configuration to polling tasks: which source reads what, which engine acts where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::watch;

use crate::clients::github::{GithubClient, Tokens};
use crate::clients::registry::RegistryClient;
use crate::config::{Config, EngineConfig};
use crate::engines::{CommandEngine, GithubEngine, GithubWorkflows, HaproxyEngine};
use crate::model::{FeedId, Target, TargetSpec};
use crate::ports::Engine;
use crate::runtime::Runtime;
use crate::sources::alertmanager::AlertmanagerSource;
use crate::sources::github::{GithubRevisions, GithubSource, Wanted};
use crate::sources::probe::ProbeSource;
use crate::sources::prometheus::PrometheusSource;
use crate::sources::registry::RegistryRevisions;

use super::reading::Hosts;
use super::setup::Setup;

/// What the screen asks of GitHub besides what is polled.
#[derive(Default)]
pub(super) struct Watches {
    /// Which runs' jobs are wanted on screen, by GitHub host.
    pub(super) jobs: BTreeMap<String, watch::Sender<Wanted>>,
    /// Who reads the logs of jobs, by GitHub host.
    pub(super) hosts: Hosts,
}

/// Starts everything that the configuration asks to be read. An inert configuration starts nothing.
pub(super) fn wire(runtime: &mut Runtime, setup: &Setup) -> Watches {
    wire_with(&setup.tokens(), runtime, setup)
}

/// The same for a process that ends with one action: nothing that it may ask is kept from it.
pub(super) fn wire_to_act(runtime: &mut Runtime, setup: &Setup) -> Watches {
    wire_with(&setup.tokens().acting(), runtime, setup)
}

fn wire_with(tokens: &Tokens, runtime: &mut Runtime, setup: &Setup) -> Watches {
    let Setup { config, clock, .. } = setup;
    let mut watches = Watches::default();
    if config.fleet.inert.is_some() {
        return watches;
    }
    for (host, github) in &config.github {
        let (http, clock) = (github.http.clone(), clock.clone());
        let client = GithubClient::sharing(tokens, host, http, clock);
        watches.hosts.insert(host.clone(), Arc::new(client));
    }
    for spec in &config.fleet.targets {
        if let (Some(rollout), Some(engine)) = (&spec.rollout, config.engines.get(&spec.target)) {
            let (engine, every): (Arc<dyn Engine>, _) = match engine {
                EngineConfig::Haproxy(haproxy) => {
                    (Arc::new(HaproxyEngine::new(haproxy.clone())), haproxy.every)
                }
                EngineConfig::Command(command) => {
                    (Arc::new(CommandEngine::new(command.as_ref().clone())), command.every)
                }
                EngineConfig::Github(github) => {
                    let Some(client) = watches.hosts.get(&github.host) else { continue };
                    let config = github.as_ref().clone();
                    let engine = GithubEngine::new(config, client.clone(), clock.clone());
                    (Arc::new(engine), github.every)
                }
            };
            runtime.engine(&spec.target, &rollout.feed, engine, every);
        }
    }
    let asked = config.fleet.targets.iter().filter_map(|spec| Some(spec.image.as_ref()?.host()));
    for host in asked.collect::<BTreeSet<String>>() {
        let Some(registry) = config.registries.get(&host) else { continue };
        let client = RegistryClient::new(host.as_str(), registry.clone());
        let images = RegistryRevisions::new(client, clock.clone());
        runtime.revisions(&host, Arc::new(images));
    }
    for check in &config.checks {
        let spec = config.fleet.targets.iter().find(|spec| spec.target == check.target);
        let known = spec.and_then(|spec| {
            spec.health.iter().find(|known| known.name == check.name && known.track == check.track)
        });
        if let Some(known) = known {
            runtime.source(ProbeSource::new(known.feed.clone(), check.clone(), clock.clone()));
        }
    }
    for (name, prometheus) in &config.prometheus {
        if prometheus.is_asked() {
            let feed = FeedId::source(name);
            runtime.source(PrometheusSource::new(feed, prometheus.clone(), clock.clone()));
        }
    }
    for (name, alertmanager) in &config.alertmanager {
        if !alertmanager.matchers.is_empty() {
            let feed = FeedId::source(name);
            let severity = config.severity.clone();
            runtime.source(AlertmanagerSource::new(feed, alertmanager.clone(), severity));
        }
    }
    for (host, github) in &config.github {
        let Some(client) = watches.hosts.get(host).cloned() else { continue };
        let (sender, wanted) = watch::channel(Wanted::default());
        let commits = sender.clone();
        let tell = move |all| {
            commits.send_if_modified(|wanted| {
                let differs = wanted.commits != all;
                wanted.commits = all;
                differs
            });
        };
        runtime.commits(host, Box::new(tell));
        watches.jobs.insert(host.clone(), sender);
        runtime.workflows(host, Arc::new(GithubWorkflows::new(client.clone())));
        runtime.revisions(host, Arc::new(GithubRevisions::new(client.clone())));
        for repo in &github.repos {
            runtime.source(GithubSource::new(
                FeedId::part(host, &repo.name),
                client.clone(),
                host.clone(),
                repo.clone(),
                github.every,
                github.every_active,
                wanted.clone(),
            ));
        }
    }
    watches
}

/// Leaves out everything that is of no use to what is asked of some targets. The other targets of their
/// repositories stay by name, though nothing is read for them: a run may be theirs too.
pub(super) fn narrow_to_ask(config: &mut Config, targets: &[Target]) {
    let all = config.fleet.targets.clone();
    narrow(config, targets);
    let known = &mut config.fleet.targets;
    let place = |spec: &TargetSpec| (spec.host.clone(), spec.repo.clone());
    let places: Vec<_> = known.iter().filter(|spec| spec.repo.is_some()).map(place).collect();
    let beside =
        |spec: &TargetSpec| !targets.contains(&spec.target) && places.contains(&place(spec));
    known.extend(all.into_iter().filter(beside));
}

/// Some targets, with those that their promotions come after: what runs there decides, too.
pub(super) fn with_before(config: &Config, targets: &[Target]) -> Vec<Target> {
    let specs = config.fleet.targets.iter().filter(|spec| targets.contains(&spec.target));
    let before = specs.filter_map(|spec| spec.rules.after.as_ref()).map(|after| &after.target);
    let before = before.filter(|target| !targets.contains(*target));
    targets.iter().chain(before).cloned().collect()
}

/// Leaves out everything that is of no use to some targets; none named: keeps all.
pub(super) fn narrow(config: &mut Config, targets: &[Target]) {
    if targets.is_empty() {
        return;
    }
    let wanted = |target: &Target| targets.contains(target);
    config.fleet.targets.retain(|spec| wanted(&spec.target));
    config.engines.retain(|target, _| wanted(target));
    config.checks.retain(|check| wanted(&check.target));
    for prometheus in config.prometheus.values_mut() {
        prometheus.queries.retain(|query| wanted(&query.target));
        prometheus.comparisons.retain(|comparison| wanted(&comparison.target));
        prometheus.burns.retain(|burn| wanted(&burn.target));
        prometheus.paths.retain(|path| wanted(&path.target));
        prometheus.backups.retain(|backup| wanted(&backup.target));
        prometheus.scrape_jobs.retain(|(target, _)| wanted(target));
    }
    for alertmanager in config.alertmanager.values_mut() {
        alertmanager.matchers.retain(|(target, _)| wanted(target));
        alertmanager.watchdogs.retain(|(target, _)| wanted(target));
    }
    let used = |host: &String, repo: &str| {
        let mut specs = config.fleet.targets.iter();
        specs.any(|s| s.host.as_ref() == Some(host) && s.repo.as_deref() == Some(repo))
    };
    for (host, github) in &mut config.github {
        github.repos.retain(|repo| used(host, &repo.name));
    }
}
