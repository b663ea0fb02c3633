//! `[[service.environment]]`: one target.

use std::collections::BTreeMap;

use toml::Spanned;
use url::Url;

use crate::config::raw::{self, Text};
use crate::config::resolved::EngineConfig;
use crate::config::suggest::suggest;
use crate::model::ids::is_name;
use crate::model::spec::Hooks;
use crate::model::{FeedId, GateRules, Target, TargetSpec, Track};

use super::Resolver;
use super::service::ServiceContext;
use super::values::NAME;

/// What the parts of an environment share.
pub(super) struct Place<'r> {
    /// The target.
    pub(super) target: Target,
    /// The raw table.
    pub(super) raw: &'r raw::Environment,
    /// The key of its Prometheus; none when it has none, or one that does not exist.
    pub(super) prometheus: Option<String>,
    /// The GitHub host and the repository that its pipelines are at.
    pub(super) repo: Option<(String, String)>,
    /// The workflow whose newest run is its pipeline.
    pub(super) pipeline: Option<String>,
}

impl Resolver<'_, '_> {
    pub(super) fn environment(
        &mut self,
        service: &ServiceContext<'_>,
        environment: &Spanned<raw::Environment>,
    ) {
        let raw = environment.get_ref();
        let name = self.name(raw.name.as_ref(), environment.span(), "production");
        let Some(target) = name.and_then(|name| Target::new(&service.name, &name).ok()) else {
            return;
        };
        let prometheus = self.reference(raw.prometheus.as_ref(), "prometheus");
        let alertmanager = self.reference(raw.alertmanager.as_ref(), "alertmanager");
        let pipeline = self.pipeline(service.raw, raw);
        let repo = service.raw.repo.as_ref().map(|repo| repo.get_ref().clone());
        let repo = service.host.clone().zip(repo);
        let place = Place { target: target.clone(), raw, prometheus, repo, pipeline };
        let (group, wave) = self.group(raw);
        let (mut rollout, hooks) = match &raw.rollout {
            Some(rollout) => self.rollout(&place, rollout),
            None => (None, Hooks::default()),
        };
        let soak = rollout.as_ref().map(|rollout| rollout.soak).unwrap_or_default();
        let health = self.checks(&place);
        let mut metrics = self.metrics(&place, soak);
        self.breaker(&place, rollout.as_mut(), &mut metrics);
        let judge = self.judge(&place, soak);
        let mut rules = GateRules {
            burn: self.burn(&place),
            alert_path: self.alert_path(&place, alertmanager.as_deref()),
            backup: self.backup(&place),
            ..GateRules::default()
        };
        let scrape_jobs = self.scrape_jobs(&place);
        let actions = self.actions(raw);
        let engine = rollout.as_ref().map(|rollout| rollout.engine.as_str());
        self.at_github(&place, &service.raw.advisory, engine, &mut rules);
        rules.after = self.after(service, raw, &target);
        rules.rehearse = self.rehearse(raw);
        rules.incident = self.incident(service);
        let mut budget = service.budget.clone();
        budget.extend(self.budget(&raw.budget));
        let asked = !metrics.is_empty()
            || judge.is_some()
            || rules.asks_prometheus()
            || !scrape_jobs.is_empty()
            || rollout.as_ref().is_some_and(|rollout| rollout.has_share);
        let spec = TargetSpec {
            production: raw.production.unwrap_or(false),
            group,
            wave,
            host: service.host.clone(),
            repo: service.raw.repo.as_ref().map(|repo| repo.get_ref().clone()),
            workflow: place.pipeline,
            workflow_ref: self.git_ref(raw),
            environments: self.environments(&target),
            advisory: strings(&service.raw.advisory),
            migrations: strings(&service.raw.migrations),
            image: service.image.clone(),
            budget,
            alert_block: self.alert_block(raw),
            alerts: self.alerts(&target, raw, alertmanager),
            links: self.links(raw),
            contacts: raw.contacts.clone(),
            rollout,
            health,
            metrics,
            judge,
            rules,
            prometheus: place.prometheus.filter(|_| asked).map(FeedId::source),
            scrape_jobs,
            hooks,
            actions,
            target,
        };
        self.config.fleet.targets.push(spec);
    }

    /// What GitHub calls the environments that a target is.
    fn environments(&self, target: &Target) -> Vec<String> {
        match self.config.engines.get(target) {
            Some(EngineConfig::Github(engine)) => {
                engine.stages.iter().map(|stage| stage.environment.clone()).collect()
            }
            _ => vec![target.environment().to_owned()],
        }
    }

    /// The key of the server that an environment names, `prometheus.main`.
    fn reference(&mut self, name: Option<&Text>, kind: &str) -> Option<String> {
        let name = name?;
        let servers = match kind {
            "prometheus" => &self.raw.prometheus,
            _ => &self.raw.alertmanager,
        };
        let known: Vec<&str> = servers.keys().map(|key| key.get_ref().as_str()).collect();
        if known.contains(&name.get_ref().as_str()) {
            return Some(format!("{kind}.{}", name.get_ref()));
        }
        let none = format!("there is no [{kind}.NAME] in this file");
        let fix = suggest(name.get_ref(), known, &none);
        self.not(name, fix);
        None
    }

    /// Something is asked of a server that the environment does not name.
    pub(super) fn needs(&mut self, what: std::ops::Range<usize>, kind: &str) {
        let found = format!("found no {kind} in this environment to ask");
        let fix = format!("write {kind} = \"NAME\", one of the [{kind}.NAME] of this file");
        self.problems.at(what, found, fix);
    }

    fn group(&mut self, raw: &raw::Environment) -> (Option<String>, Option<u32>) {
        if let Some(group) = &raw.group
            && !is_name(group.get_ref())
        {
            self.not(group, NAME);
        }
        let group = raw.group.as_ref().map(|group| group.get_ref().clone());
        let wave = raw.wave.as_ref().and_then(|wave| {
            let number = u32::try_from(*wave.get_ref()).ok().filter(|number| *number > 0);
            if number.is_none() {
                let found = format!("found the number {}", wave.get_ref());
                self.problems.at(wave.span(), found, "write 1, 2, …");
            } else if group.is_none() {
                let found = "found a wave without a group";
                self.problems.at(wave.span(), found, "write group = \"NAME\" too");
            }
            number
        });
        (group, wave)
    }

    fn pipeline(&mut self, service: &raw::Service, raw: &raw::Environment) -> Option<String> {
        if let Some(workflow) = &raw.workflow {
            self.workflow(workflow);
            if service.repo.is_none() {
                self.not(workflow, "write repo = \"OWNER/NAME\" in the service too");
            }
        }
        let engine = raw.rollout.as_ref().and_then(|rollout| rollout.get_ref().workflow.as_ref());
        let default = service.workflows.last();
        raw.workflow.as_ref().or(engine).or(default).map(|name| name.get_ref().clone())
    }

    fn git_ref(&mut self, raw: &raw::Environment) -> Option<String> {
        let pattern = raw.git_ref.as_ref()?;
        let text = pattern.get_ref();
        if text.is_empty() || text.matches('*').count() > 1 {
            self.not(pattern, "write a branch or a tag, with one `*` at most: \"main\", \"v*\"");
        }
        Some(text.clone())
    }

    fn links(&mut self, raw: &raw::Environment) -> BTreeMap<String, String> {
        let mut links = BTreeMap::new();
        for (name, link) in &raw.links {
            if is_link(link.get_ref()) {
                links.insert(name.get_ref().clone(), link.get_ref().clone());
            } else {
                let found = "found something that is not a link";
                self.problems.at(link.span(), found, "write https://… without a password in it");
            }
        }
        links
    }

    fn scrape_jobs(&mut self, place: &Place<'_>) -> Vec<String> {
        let Some(jobs) = &place.raw.scrape_jobs else {
            return Vec::new();
        };
        let names = strings(jobs.get_ref());
        if place.raw.prometheus.is_none() && !names.is_empty() {
            self.needs(jobs.span(), "prometheus");
        }
        let server = place.prometheus.as_ref().and_then(|key| self.config.prometheus.get_mut(key));
        if let Some(server) = server
            && !names.is_empty()
        {
            server.scrape_jobs.push((place.target.clone(), names.clone()));
        }
        names
    }

    /// Which side of a rollout a check or a metric speaks of.
    pub(super) fn track(&mut self, place: &Place<'_>, track: Option<&Text>) -> Track {
        let Some(written) = track else {
            return Track::Whole;
        };
        let track = match written.get_ref().as_str() {
            "candidate" => Track::Candidate,
            "stable" => Track::Stable,
            _ => {
                self.not(written, "write candidate or stable, or leave it out: the whole target");
                return Track::Whole;
            }
        };
        if place.raw.rollout.is_none() {
            self.not(written, "leave it out: there is no rollout here that has two sides");
        }
        track
    }
}

/// The texts alone.
pub(super) fn strings(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.get_ref().clone()).collect()
}

/// Whether a browser may be sent there. Never contacted from here, so a host need not make sense.
fn is_link(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let open =
        Url::parse(text).map_or(true, |url| url.username().is_empty() && url.password().is_none());
    web && clean && open
}
