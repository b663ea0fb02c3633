//! `[service.environment.rollout]`: how a target is rolled out, whatever the engine.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;

use crate::config::error::quoted;
use crate::config::raw::{self, Text};
use crate::config::resolved::{EngineConfig, QueryConfig, WayBackConfig};
use crate::config::suggest::nearest;
use crate::config::weights::{nearest_share, step_miss};
use crate::model::FeedId;
use crate::model::spec::{Hooks, RolloutSpec};

use super::Resolver;
use super::environment::Place;
use super::metric::HISTORY;

const ROLLBACK_WITHIN: Duration = Duration::from_secs(60);
const STEPS: [f64; 3] = [10.0, 50.0, 100.0];

/// The engines of this version.
const ENGINES: [&str; 3] = ["haproxy", "command", "github"];

/// Engines of the design that this version does not build.
const LATER: [&str; 2] = ["argo", "kubernetes"];

/// How far, in percentage points, the weights may miss a step.
const MISS: f64 = 0.5;

impl Resolver<'_, '_> {
    pub(super) fn rollout(
        &mut self,
        place: &Place<'_>,
        rollout: &Spanned<raw::Rollout>,
    ) -> (Option<RolloutSpec>, Hooks) {
        let raw = rollout.get_ref();
        let Some(name) = self.engine(rollout) else {
            return (None, Hooks::default());
        };
        let hooks = self.hooks(raw);
        let soak = self.duration(raw.soak.as_ref(), Duration::ZERO);
        let auto = self.auto_rollback(place, raw, name);
        if let Some(share) = &raw.share {
            self.share(place, share, soak);
        }
        self.keys_of_others(raw, name);
        let engine = match name {
            "command" => EngineConfig::Command(Box::new(self.command(place, rollout))),
            "github" => match self.github_engine(place, rollout) {
                Some(engine) => EngineConfig::Github(Box::new(engine)),
                None => return (None, hooks),
            },
            _ => EngineConfig::Haproxy(self.haproxy(rollout)),
        };
        let (mut rollback_workflow, mut reruns) = (None, false);
        let (steps, sends_pause) = match &engine {
            EngineConfig::Github(engine) => {
                rollback_workflow = engine.rollback_workflow().map(str::to_owned);
                reruns = matches!(engine.rollback, Some(WayBackConfig::Rerun));
                (engine.stages.iter().map(|stage| stage.weight).collect(), false)
            }
            EngineConfig::Haproxy(engine) => (engine.steps.clone(), false),
            EngineConfig::Command(engine) => {
                (engine.steps.clone(), engine.pause.is_some() || engine.resume.is_some())
            }
        };
        let spec = RolloutSpec {
            engine: name.to_owned(),
            feed: FeedId::part("engine", place.target.as_str()),
            steps,
            soak,
            has_share: raw.share.is_some(),
            auto,
            rollback_within: self.rollback_within(raw),
            rotate: raw.rotate.as_ref().is_some_and(|rotate| *rotate.get_ref()),
            rollback_workflow,
            reruns,
            sends_pause,
        };
        self.config.engines.insert(place.target.clone(), engine);
        (Some(spec), hooks)
    }

    pub(super) fn rollback_within(&mut self, raw: &raw::Rollout) -> Duration {
        self.pace(raw.rollback_within.as_ref(), ROLLBACK_WITHIN)
    }

    /// The engine, when it is one that can be resolved; if not, its other keys are not looked at.
    fn engine(&mut self, rollout: &Spanned<raw::Rollout>) -> Option<&'static str> {
        let Some(engine) = &rollout.get_ref().engine else {
            let fix = "write engine = \"haproxy\", engine = \"command\" or engine = \"github\"";
            self.problems.missing(rollout.span(), "engine", fix);
            return None;
        };
        let name = engine.get_ref().as_str();
        if let Some(known) = ENGINES.into_iter().find(|known| *known == name) {
            return Some(known);
        }
        self.problems.forgive_below(&rollout.span());
        if LATER.contains(&name) {
            let found = format!("the engine {} is not in this version", quoted(name));
            let fix = "this version has \"haproxy\", \"command\" and \"github\"";
            self.problems.at(engine.span(), found, fix);
        } else if let Some(near) = nearest(name, &ENGINES) {
            self.not(engine, format!("did you mean `{near}`?"));
        } else {
            self.not(
                engine,
                "write \"haproxy\", \"command\" or \"github\", the engines of this version",
            );
        }
        None
    }

    /// A key that only another engine reads would be silently without effect.
    fn keys_of_others(&mut self, raw: &raw::Rollout, engine: &str) {
        fn at<T>(
            key: &'static str,
            value: Option<&Spanned<T>>,
        ) -> Option<(&'static str, Range<usize>)> {
            value.map(|value| (key, value.span()))
        }
        let haproxy = [
            at("address", raw.address.as_ref()),
            at("insecure", raw.insecure.as_ref()),
            at("backend", raw.backend.as_ref()),
            at("stable", raw.stable.as_ref()),
            at("candidate", raw.candidate.as_ref()),
            at("rotate", raw.rotate.as_ref()),
        ];
        let command = [
            at("status", raw.status.as_ref()),
            at("pause", raw.pause.as_ref()),
            at("resume", raw.resume.as_ref()),
            at("env", raw.env.as_ref()),
        ];
        let github = [at("workflow", raw.workflow.as_ref()), at("stages", raw.stages.as_ref())];
        // both of these engines are told how, each in its own way
        let told = [at("promote", raw.promote.as_ref()), at("rollback", raw.rollback.as_ref())];
        // stages say how far each goes, and a host has its own timeout
        let staged = [at("steps", raw.steps.as_ref()), at("timeout", raw.timeout.as_ref())];
        let mut found = Vec::new();
        let mut add = |owner, keys: Vec<Option<(&'static str, Range<usize>)>>| {
            found.extend(keys.into_iter().flatten().map(|(key, span)| (owner, key, span)));
        };
        if engine != "haproxy" {
            add("haproxy", haproxy.into());
        }
        if engine != "command" {
            add("command", command.into());
        }
        if engine != "github" {
            add("github", github.into());
        }
        match engine {
            "haproxy" => add("command", told.into()),
            "github" => add("haproxy", staged.into()),
            _ => {}
        }
        for (owner, key, span) in found {
            let text = format!("found `{key}`, a key of the engine {}", quoted(owner));
            self.problems.at(span, text, format!("take it away, or write engine = \"{owner}\""));
        }
    }

    fn share(&mut self, place: &Place<'_>, share: &Text, soak: Duration) {
        if share.get_ref().trim().is_empty() {
            self.not(share, "write an expression that yields 0 to 1, or leave it out");
        } else if place.raw.prometheus.is_none() {
            self.needs(share.span(), "prometheus");
        }
        let query = QueryConfig {
            target: place.target.clone(),
            metric: None,
            limits: (None, None),
            query: share.get_ref().clone(),
            history: soak.max(HISTORY),
        };
        self.ask(place, query);
    }

    pub(super) fn steps(
        &mut self,
        raw: &raw::Rollout,
        candidates: usize,
        stables: usize,
    ) -> Vec<f64> {
        let Some(written) = &raw.steps else {
            for step in STEPS {
                if let Some((found, fix)) = missed(step, candidates, stables)
                    && let Some(side) = &raw.candidate
                {
                    let fix = format!("{fix}: write steps = […] that they reach");
                    self.problems.at(side.span(), found, fix);
                }
            }
            return STEPS.to_vec();
        };
        if written.get_ref().is_empty() {
            let fix = "write percentages that rise, [10, 50, 100]";
            self.problems.at(written.span(), "found an empty list", fix);
        }
        let mut before = 0.0;
        for step in written.get_ref() {
            let percent = *step.get_ref();
            if !(percent > 0.0 && percent <= 100.0) {
                let found = format!("found {percent}");
                self.problems.at(step.span(), found, "write a percentage above 0 and up to 100");
            } else if percent <= before {
                let found = format!("found {percent} after {before}");
                self.problems.at(step.span(), found, "write percentages that rise");
            } else if let Some((found, fix)) = missed(percent, candidates, stables) {
                self.problems.at(step.span(), found, fix);
            }
            before = percent;
        }
        // a rollout ends at 100 %, written or not
        let end = (before < 100.0).then_some(100.0);
        written.get_ref().iter().map(|step| *step.get_ref()).chain(end).collect()
    }
}

/// What to say of a step that the weights miss by too much.
fn missed(step: f64, candidates: usize, stables: usize) -> Option<(String, String)> {
    if candidates == 0 || stables == 0 || step_miss(step, candidates, stables) <= MISS {
        return None;
    }
    let near = (nearest_share(step, candidates, stables) * 10.0).round() / 10.0;
    Some((
        format!(
            "found {step} %, which weights of 0 to 256 miss with candidate and stable servers \
             {candidates} to {stables}"
        ),
        format!("the nearest is {near} %"),
    ))
}
