//! Deployments and what became of them, as GitHub tells them.

use serde_json::{Value, json};

use crate::demo::forge::place::Deployment;
use crate::demo::http::Request;

use super::person::person;
use super::{OWNER, Place, job};

impl Place<'_> {
    /// Deployments that match a request's filters, newest first.
    pub fn deployments(&self, request: &Request) -> Vec<Value> {
        let deployments = self.own.deployments.all.iter().rev();
        deployments
            .map(|deployment| self.show_deployment(deployment))
            .filter(|deployment| {
                ["sha", "ref", "task", "environment"].iter().all(|filter| {
                    let wanted = request.get(filter);
                    wanted.is_none_or(|wanted| deployment[filter] == wanted)
                })
            })
            .collect()
    }

    /// One deployment.
    pub fn deployment(&self, id: u64) -> Option<Value> {
        Some(self.show_deployment(self.own.deployments.get(id)?))
    }

    /// The statuses of one, newest first.
    pub fn statuses(&self, id: u64) -> Option<Vec<Value>> {
        let found = self.own.deployments.get(id)?;
        let url = self.url(&format!("/deployments/{id}"));
        let log = self.log_page(found);
        let statuses = found.statuses.iter().enumerate().rev();
        let shown = statuses.map(|(index, (at, state, description))| {
            let own = id * 100 + index as u64;
            json!({
                "id": own, "node_id": format!("DES_{own}"), "url": format!("{url}/statuses/{own}"),
                "state": state, "creator": person(self.base, found.creator),
                "description": description, "environment": found.environment,
                "environment_url": format!("https://{}.{OWNER}.example", self.name()),
                "target_url": log, "log_url": log, "created_at": self.at(*at),
                "updated_at": self.at(*at), "deployment_url": url,
                "repository_url": self.url(""), "performed_via_github_app": null,
            })
        });
        Some(shown.collect())
    }

    /// The page of the job that deploys.
    fn log_page(&self, deployment: &Deployment) -> String {
        let run = self.own.run(deployment.run);
        let job = run.and_then(|run| {
            let past = run.past.iter().flat_map(|past| past.jobs.iter().enumerate());
            let mut jobs = run.jobs.iter().enumerate().chain(past);
            let (at, job) = jobs.find(|(_, job)| job.deployment == Some(deployment.id))?;
            Some(job::id_of(run, at, job))
        });
        let run = deployment.run;
        match job {
            Some(job) => self.page(&format!("/actions/runs/{run}/job/{job}")),
            None => self.page(&format!("/actions/runs/{run}")),
        }
    }

    /// A deployment.
    pub fn show_deployment(&self, deployment: &Deployment) -> Value {
        let url = self.url(&format!("/deployments/{}", deployment.id));
        let updated = deployment.statuses.last().map_or(deployment.created, |last| last.0);
        json!({
            "id": deployment.id, "node_id": format!("DE_{}", deployment.id), "url": url,
            "sha": deployment.sha, "ref": deployment.reference, "task": "deploy", "payload": {},
            "original_environment": deployment.environment, "environment": deployment.environment,
            "description": null, "creator": person(self.base, deployment.creator),
            "created_at": self.at(deployment.created), "updated_at": self.at(updated),
            "statuses_url": format!("{url}/statuses"), "repository_url": self.url(""),
            "transient_environment": false,
            "production_environment": deployment.environment.starts_with("production"),
            "performed_via_github_app": null,
        })
    }
}
