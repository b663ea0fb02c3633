//! Deployments and what became of them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::demo::http::Request;
use crate::demo::world::Ending;
use crate::model::Time;

use super::{Place, person, rfc3339};

/// A deployment with its statuses, oldest first.
struct Deployment {
    id: u64,
    environment: &'static str,
    tag: String,
    sha: String,
    created: Time,
    statuses: Vec<(Time, &'static str, &'static str)>,
}

impl Place<'_> {
    /// Deployments that match a request's filters, newest first.
    pub fn deployments(&self, request: &Request) -> Vec<Value> {
        let deployments = self.deployed().into_iter();
        deployments
            .map(|deployment| self.show_deployment(&deployment))
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
        let mut deployments = self.deployed().into_iter();
        let found = deployments.find(|deployment| deployment.id == id)?;
        Some(self.show_deployment(&found))
    }

    /// The statuses of one, newest first.
    pub fn statuses(&self, id: u64) -> Option<Vec<Value>> {
        let mut deployments = self.deployed().into_iter();
        let found = deployments.find(|deployment| deployment.id == id)?;
        let url = self.url(&format!("/deployments/{id}"));
        let statuses = found.statuses.iter().enumerate().rev();
        let shown = statuses.map(|(index, (at, state, description))| {
            let own = id * 10 + index as u64;
            json!({
                "id": own, "url": format!("{url}/statuses/{own}"), "state": state,
                "creator": person("ana"), "description": description,
                "environment": found.environment, "environment_url": "", "target_url": "",
                "log_url": self.page("/actions"), "created_at": rfc3339(*at),
                "updated_at": rfc3339(*at), "deployment_url": url,
                "repository_url": self.url(""),
            })
        });
        Some(shown.collect())
    }

    fn deployed(&self) -> Vec<Deployment> {
        let story = &self.service.story;
        let line = &self.world.timeline;
        let base = 2_300_000_000 + self.index * 1000;
        let past = line.start() - TimeDelta::hours(7);
        let mut all = vec![
            self.ended(base, "staging", story.stable, past - TimeDelta::minutes(40)),
            self.ended(base + 1, "production", story.stable, past),
        ];
        if let Some(begin) = story.begin() {
            let (staging, begin) = (line.time(begin - 80), line.time(begin));
            all.push(self.ended(base + 2, "staging", story.candidate, staging));
            let mut statuses = vec![(begin, "in_progress", "10 % of the traffic")];
            if let Some((second, ending)) = self.service.ending {
                let at = line.time(second);
                match ending {
                    Ending::Promoted => {
                        statuses.push((at, "success", "all of the traffic"));
                        if let Some(stable) = all.get_mut(1) {
                            stable.statuses.push((at, "inactive", "replaced"));
                        }
                    }
                    Ending::RolledBack => statuses.push((at, "failure", "rolled back")),
                }
            }
            all.push(Deployment {
                statuses,
                ..self.ended(base + 3, "production", story.candidate, begin)
            });
        } else if story.staging_fails {
            let at = line.time(-1150);
            let mut failed = self.ended(base + 2, "staging", "next", at);
            "main".clone_into(&mut failed.tag);
            failed.statuses = vec![
                (at, "in_progress", "deploying"),
                (line.time(-1110), "failure", "the smoke test failed"),
            ];
            all.push(failed);
        }
        all.reverse();
        all
    }

    fn ended(&self, id: u64, environment: &'static str, revision: &str, at: Time) -> Deployment {
        Deployment {
            id,
            environment,
            tag: format!("v{revision}"),
            sha: self.sha(revision),
            created: at,
            statuses: vec![
                (at, "in_progress", "deploying"),
                (at + TimeDelta::seconds(1), "success", "deployed"),
            ],
        }
    }

    fn show_deployment(&self, deployment: &Deployment) -> Value {
        let url = self.url(&format!("/deployments/{}", deployment.id));
        let updated = deployment.statuses.last().map_or(deployment.created, |last| last.0);
        json!({
            "id": deployment.id, "node_id": format!("DE_{}", deployment.id), "url": url,
            "sha": deployment.sha, "ref": deployment.tag, "task": "deploy", "payload": {},
            "original_environment": deployment.environment, "environment": deployment.environment,
            "description": null, "creator": person("ana"),
            "created_at": rfc3339(deployment.created), "updated_at": rfc3339(updated),
            "statuses_url": format!("{url}/statuses"), "repository_url": self.url(""),
            "transient_environment": false,
            "production_environment": deployment.environment == "production",
        })
    }
}
