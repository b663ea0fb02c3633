//! `[[service]]`: its name, its repository and who polls that.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use globset::Glob;
use toml::Spanned;

use crate::config::error::quoted;
use crate::config::raw::{self, Incident, Text};
use crate::config::resolved::RepoConfig;
use crate::config::suggest::suggest;
use crate::model::{ImageSpec, IncidentSpec};

use super::Resolver;
use super::environment::strings;

/// What the environments of a service share.
pub(super) struct ServiceContext<'r> {
    /// Its name.
    pub(super) name: String,
    /// The GitHub host that polls its repository.
    pub(super) host: Option<String>,
    /// What its images are called.
    pub(super) image: Option<ImageSpec>,
    /// How long its jobs may take.
    pub(super) budget: BTreeMap<String, Duration>,
    /// The raw table.
    pub(super) raw: &'r raw::Service,
}

impl Resolver<'_, '_> {
    pub(super) fn services(&mut self) {
        let raw = self.raw;
        if raw.service.is_empty() {
            let fix = "write [[service]] and below it [[service.environment]]";
            self.problems.missing(0..0, "service", fix);
        }
        let mut names = BTreeSet::new();
        for service in &raw.service {
            if let Some(name) = &service.get_ref().name
                && !names.insert(name.get_ref().clone())
            {
                self.twice(name, "service", "in the file");
            }
            self.service(service);
        }
    }

    fn service(&mut self, service: &Spanned<raw::Service>) {
        let raw = service.get_ref();
        let name = self.name(raw.name.as_ref(), service.span(), "checkout");
        for workflow in raw.workflows.iter().chain(&raw.advisory) {
            self.workflow(workflow);
        }
        let host = self.host(raw);
        if raw.environment.is_empty() {
            self.problems.missing(
                service.span(),
                "environment",
                "write [[service.environment]] with name = \"production\"",
            );
        }
        self.globs(&raw.migrations);
        let image = self.image(raw.image.as_ref());
        let budget = self.budget(&raw.budget);
        let mut names = BTreeSet::new();
        let context = name.map(|name| ServiceContext { name, host, image, budget, raw });
        for environment in &raw.environment {
            if let Some(name) = &environment.get_ref().name
                && !names.insert(name.get_ref().clone())
            {
                self.twice(name, "environment", "of this service");
            }
            if let Some(context) = &context {
                self.environment(context, environment);
            }
        }
    }

    /// Where incident issues are opened: the service's own repository, or another at the same host.
    pub(super) fn incident(&mut self, service: &ServiceContext<'_>) -> Option<IncidentSpec> {
        let incident = service.raw.incident.as_ref()?;
        let Incident { labels, repo } = incident.get_ref();
        if let Some(repo) = repo.as_ref().filter(|repo| !is_repo(repo.get_ref())) {
            self.not_url(repo, "write OWNER/NAME, for example \"acme/ops\"");
        }
        for label in labels.iter().filter(|label| label.get_ref().trim().is_empty()) {
            self.not(label, "write the name of a label, \"incident\"");
        }
        let own = self.config.github.contains_key("github").then(|| "github".to_owned());
        let host = service.host.clone().or(own);
        let Some((host, repo)) = host.zip(repo.as_ref().or(service.raw.repo.as_ref())) else {
            let fix = "write repo = \"OWNER/NAME\" in it or in the service, and a [github]";
            self.problems.at(incident.span(), "found no repository to open an issue in", fix);
            return None;
        };
        Some(IncidentSpec { host, repo: repo.get_ref().clone(), labels: strings(labels) })
    }

    /// Patterns of files.
    fn globs(&mut self, globs: &[Text]) {
        for glob in globs {
            let text = glob.get_ref().as_str();
            if text.is_empty() || Glob::new(text).is_err() {
                self.not(glob, "write a pattern of files, \"db/migrate/**\"");
            } else if text.starts_with(['/', '!']) || text.starts_with("./") {
                let fix =
                    "no file is called so: write it from the repository's root, \"db/migrate/**\"";
                self.not(glob, fix);
            }
        }
    }

    /// The name stands a second time.
    pub(super) fn twice(&mut self, name: &Text, what: &str, scope: &str) {
        let found = format!("found a second {what} named {}", quoted(name.get_ref()));
        let fix = format!("give each {what} {scope} its own name");
        self.problems.at(name.span(), found, fix);
    }

    /// The file name of a workflow.
    pub(super) fn workflow(&mut self, workflow: &Text) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let text = workflow.get_ref();
        let yaml = [".yml", ".yaml"].iter().any(|end| text.ends_with(end));
        if !yaml || !text.chars().all(plain) || text.starts_with(['-', '.']) {
            self.not(workflow, "write the workflow's file name alone, \"deploy.yml\"");
        }
    }

    /// The host that polls a service's repository, which is added to what it polls.
    fn host(&mut self, raw: &raw::Service) -> Option<String> {
        if let Some(repo) = &raw.repo
            && !is_repo(repo.get_ref())
        {
            self.not_url(repo, "write OWNER/NAME, for example \"acme/checkout\"");
        }
        let hosts: Vec<&str> = self.raw.hosts.keys().map(|name| name.get_ref().as_str()).collect();
        let key = match (&raw.github, &raw.repo) {
            (Some(name), _) if !hosts.contains(&name.get_ref().as_str()) => {
                let fix = suggest(name.get_ref(), hosts, "there is no [github.NAME] in this file");
                self.not(name, fix);
                return None;
            }
            (Some(name), None) => {
                self.not(name, "write repo = \"OWNER/NAME\" too: there is nothing to poll there");
                return None;
            }
            (Some(name), Some(_)) => format!("github.{}", name.get_ref()),
            (None, Some(repo)) if self.raw.github.is_none() && !hosts.is_empty() => {
                let fix = format!("write github = \"{}\" in this service, or a [github]", hosts[0]);
                let found = "found a repository, and more than one place it could be at";
                self.problems.at(repo.span(), found, fix);
                return None;
            }
            (None, _) => "github".to_owned(),
        };
        let repo = raw.repo.as_ref()?.get_ref().clone();
        let github = self.config.github.get_mut(&key)?;
        merge(&mut github.repos, repo, watched(raw));
        Some(key)
    }
}

/// Every workflow that must be polled; none named: all.
fn watched(raw: &raw::Service) -> Vec<String> {
    if raw.workflows.is_empty() {
        return Vec::new();
    }
    let environments = raw.environment.iter().map(Spanned::get_ref);
    let mut names: Vec<String> = Vec::new();
    let named = environments.flat_map(|environment| {
        let rollout = environment.rollout.as_ref().map(Spanned::get_ref);
        let own = rollout.into_iter().flat_map(workflows_of);
        let after = environment.after.as_ref().and_then(|after| after.get_ref().workflow());
        environment.workflow.iter().chain(own).chain(after)
    });
    for name in raw.workflows.iter().chain(&raw.advisory).chain(named) {
        if !names.contains(name.get_ref()) {
            names.push(name.get_ref().clone());
        }
    }
    names
}

/// The workflows that an engine follows.
fn workflows_of(rollout: &raw::Rollout) -> impl Iterator<Item = &Text> {
    let started = [&rollout.promote, &rollout.rollback].into_iter().flatten();
    let started = started.filter_map(|way| match way.get_ref() {
        raw::Way::Start(start) => start.workflow.as_ref(),
        raw::Way::Word(_) | raw::Way::Argv(_) => None,
    });
    rollout.workflow.iter().chain(started)
}

/// Two services may share a repository: it is polled once, for both.
fn merge(repos: &mut Vec<RepoConfig>, name: String, workflows: Vec<String>) {
    let Some(known) = repos.iter_mut().find(|repo| repo.name == name) else {
        repos.push(RepoConfig { name, workflows, ..RepoConfig::default() });
        return;
    };
    if known.workflows.is_empty() || workflows.is_empty() {
        known.workflows.clear();
        return;
    }
    for workflow in workflows {
        if !known.workflows.contains(&workflow) {
            known.workflows.push(workflow);
        }
    }
}

fn is_repo(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let part =
        |part: &str| !part.is_empty() && !part.starts_with(['-', '.']) && part.chars().all(plain);
    text.split_once('/').is_some_and(|(owner, name)| {
        part(owner) && !name.is_empty() && name.chars().all(plain) && !matches!(name, "." | "..")
    })
}
