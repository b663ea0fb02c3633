//! The keys of the engine `github`.

use std::collections::BTreeMap;
use std::time::Duration;

use toml::Spanned;

use crate::config::error::quoted;
use crate::config::raw::{self, Start, Way};
use crate::config::resolved::{GithubEngineConfig, StageConfig, StartConfig, WayBackConfig};

use super::Resolver;
use super::environment::Place;

const EVERY: Duration = Duration::from_secs(10);

/// The most inputs that GitHub takes.
const INPUTS: usize = 25;

/// The words that inputs may hold.
const PLACEHOLDERS: [&str; 4] = ["target", "revision", "weight", "action"];

impl Resolver<'_, '_> {
    /// The engine; none when it has no repository to ask.
    pub(super) fn github_engine(
        &mut self,
        place: &Place<'_>,
        rollout: &Spanned<raw::Rollout>,
    ) -> Option<GithubEngineConfig> {
        let raw = rollout.get_ref();
        let workflow = self.release_workflow(place, rollout);
        let stages = self.stages(rollout);
        let promote = self.promote(raw);
        let rollback = self.way_back(raw, &workflow);
        let rollback_within = self.rollback_within(raw);
        let every = self.pace(raw.every.as_ref(), EVERY);
        let Some((host, repo)) = place.repo.clone() else {
            let found = "found no repository at GitHub that the engine could ask";
            let fix = "write repo = \"OWNER/NAME\" in the service, and [github] with a token";
            self.problems.at(rollout.span(), found, fix);
            return None;
        };
        let pattern = place.raw.git_ref.as_ref().map(|pattern| pattern.get_ref().clone());
        Some(GithubEngineConfig {
            host,
            repo,
            workflow,
            pattern,
            stages,
            promote,
            rollback,
            rollback_within,
            every,
        })
    }

    fn release_workflow(&mut self, place: &Place<'_>, rollout: &Spanned<raw::Rollout>) -> String {
        if let Some(workflow) = &rollout.get_ref().workflow {
            self.workflow(workflow);
            return workflow.get_ref().clone();
        }
        place.pipeline.clone().unwrap_or_else(|| {
            let fix = "write the file name of the workflow that deploys, \"deploy.yml\"";
            self.problems.missing(rollout.span(), "workflow", fix);
            String::new()
        })
    }

    fn stages(&mut self, rollout: &Spanned<raw::Rollout>) -> Vec<StageConfig> {
        const EXAMPLE: &str = "write stages = [{ environment = \"production\", weight = 100 }]";
        let Some(written) = &rollout.get_ref().stages else {
            self.problems.missing(rollout.span(), "stages", EXAMPLE);
            return Vec::new();
        };
        if written.get_ref().is_empty() {
            self.problems.at(written.span(), "found an empty list", EXAMPLE);
        }
        let mut stages: Vec<StageConfig> = Vec::new();
        for stage in written.get_ref() {
            let before = stages.last().map_or(0.0, |stage| stage.weight);
            let raw = stage.get_ref();
            let Some(environment) = &raw.environment else {
                let fix = "write the environment's name at GitHub";
                self.problems.missing(stage.span(), "environment", fix);
                continue;
            };
            let name = environment.get_ref();
            if name.trim().is_empty() || name.chars().any(char::is_control) {
                self.not(environment, "write the environment's name at GitHub");
            } else if stages.iter().any(|stage| stage.environment.eq_ignore_ascii_case(name)) {
                self.not(environment, "name each environment once");
            }
            let Some(weight) = &raw.weight else {
                let fix = "write the percentage that it stands for";
                self.problems.missing(stage.span(), "weight", fix);
                continue;
            };
            let percent = *weight.get_ref();
            if !(percent > 0.0 && percent <= 100.0) {
                let fix = "write a percentage above 0 and up to 100";
                self.problems.at(weight.span(), format!("found {percent}"), fix);
            } else if percent <= before {
                let found = format!("found {percent} after {before}");
                self.problems.at(weight.span(), found, "write percentages that rise");
            }
            stages.push(StageConfig { environment: name.clone(), weight: percent });
        }
        let last = written.get_ref().last().and_then(|stage| stage.get_ref().weight.as_ref());
        if let Some(last) = last.filter(|last| *last.get_ref() < 100.0) {
            let found = format!("found {} in the last stage", last.get_ref());
            self.problems.at(last.span(), found, "write 100: a release ends with all the traffic");
        }
        stages
    }

    fn promote(&mut self, raw: &raw::Rollout) -> Option<StartConfig> {
        let way = raw.promote.as_ref()?;
        let found = match way.get_ref() {
            Way::Word(word) if word == "approve" => return None,
            Way::Start(start) => return Some(self.start(start, way.span())),
            Way::Word(word) => format!("found {}", quoted(word)),
            Way::Argv(_) => "found a command".to_owned(),
        };
        let fix =
            "write \"approve\", or { workflow = \"promote.yml\", ref = \"main\", inputs = { … } }";
        self.problems.at(way.span(), found, fix);
        None
    }

    fn way_back(&mut self, raw: &raw::Rollout, releases: &str) -> Option<WayBackConfig> {
        let way = raw.rollback.as_ref()?;
        let found = match way.get_ref() {
            Way::Word(word) if word == "rerun" => return Some(WayBackConfig::Rerun),
            Way::Start(start) => {
                let own = start.workflow.as_ref().filter(|name| name.get_ref() == releases);
                if let Some(name) = own {
                    let fix =
                        "name another workflow than the one that releases, or write \"rerun\"";
                    self.not(name, fix);
                }
                return Some(WayBackConfig::Start(self.start(start, way.span())));
            }
            Way::Word(word) => format!("found {}", quoted(word)),
            Way::Argv(_) => "found a command".to_owned(),
        };
        let fix =
            "write \"rerun\", or { workflow = \"rollback.yml\", ref = \"main\", inputs = { … } }";
        self.problems.at(way.span(), found, fix);
        None
    }

    fn start(&mut self, start: &Start, at: std::ops::Range<usize>) -> StartConfig {
        let workflow = start.workflow.as_ref().map(|workflow| {
            self.workflow(workflow);
            workflow.get_ref().clone()
        });
        let workflow = workflow.unwrap_or_else(|| {
            let fix = "write the file name of the workflow to start";
            self.problems.missing(at.clone(), "workflow", fix);
            String::new()
        });
        let git_ref = start.git_ref.as_ref().map(|git_ref| {
            let name = git_ref.get_ref();
            let plain =
                |c: char| !c.is_whitespace() && !c.is_control() && !"{}*?[~^:\\".contains(c);
            if name.is_empty() || name.starts_with("refs/") || !name.chars().all(plain) {
                self.not(git_ref, "write the name of a branch or a tag, \"main\"");
            }
            name.clone()
        });
        let git_ref = git_ref.unwrap_or_else(|| {
            self.problems.missing(at.clone(), "ref", "write the branch it is started on, \"main\"");
            String::new()
        });
        if start.inputs.len() > INPUTS {
            let found = format!("found {} inputs", start.inputs.len());
            self.problems.at(at, found, format!("write {INPUTS} at most: GitHub takes no more"));
        }
        let mut inputs = BTreeMap::new();
        for (name, value) in &start.inputs {
            self.known_placeholders(value, &PLACEHOLDERS);
            inputs.insert(name.get_ref().clone(), value.get_ref().clone());
        }
        StartConfig { workflow, git_ref, inputs }
    }
}
