//! `[service.environment.rollout]`: how a target is rolled out, whatever the engine.

use std::time::Duration;

use toml::Spanned;

use crate::config::error::quoted;
use crate::config::raw::{self, Text};
use crate::config::resolved::{EngineConfig, QueryConfig};
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
const ENGINES: [&str; 2] = ["haproxy", "command"];

/// Engines of the design that this version does not build.
const LATER: [&str; 3] = ["github", "argo", "kubernetes"];

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
        self.auto_rollback(raw);
        if let Some(share) = &raw.share {
            self.share(place, share, soak);
        }
        self.keys_of_others(raw, name);
        let engine = match name {
            "command" => EngineConfig::Command(Box::new(self.command(place, rollout))),
            _ => EngineConfig::Haproxy(self.haproxy(rollout)),
        };
        let (steps, sends_pause) = match &engine {
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
            rollback_within: self.pace(raw.rollback_within.as_ref(), ROLLBACK_WITHIN),
            rotate: raw.rotate.as_ref().is_some_and(|rotate| *rotate.get_ref()),
            sends_pause,
        };
        self.config.engines.insert(place.target.clone(), engine);
        (Some(spec), hooks)
    }

    /// The engine, when it is one that can be resolved; if not, its other keys are not looked at.
    fn engine(&mut self, rollout: &Spanned<raw::Rollout>) -> Option<&'static str> {
        let Some(engine) = &rollout.get_ref().engine else {
            let fix = "write engine = \"haproxy\" or engine = \"command\"";
            self.problems.missing(rollout.span(), "engine", fix);
            return Some(ENGINES[0]);
        };
        let name = engine.get_ref().as_str();
        if let Some(known) = ENGINES.into_iter().find(|known| *known == name) {
            return Some(known);
        }
        self.problems.forgive_below(&rollout.span());
        if LATER.contains(&name) {
            let found = format!("the engine {} is not in this version", quoted(name));
            let fix = "this version has \"haproxy\" and \"command\"";
            self.problems.at(engine.span(), found, fix);
        } else if let Some(near) = nearest(name, &ENGINES) {
            self.not(engine, format!("did you mean `{near}`?"));
        } else {
            self.not(engine, "write \"haproxy\" or \"command\", the engines of this version");
        }
        None
    }

    /// A key that only another engine reads would be silently without effect.
    fn keys_of_others(&mut self, raw: &raw::Rollout, engine: &str) {
        let texts = |key: &'static str, value: &Option<Spanned<raw::Texts>>| {
            value.as_ref().map(|value| (key, value.span()))
        };
        let (owner, found) = if engine == "command" {
            let found = [
                raw.address.as_ref().map(|value| ("address", value.span())),
                raw.insecure.as_ref().map(|value| ("insecure", value.span())),
                raw.backend.as_ref().map(|value| ("backend", value.span())),
                texts("stable", &raw.stable),
                texts("candidate", &raw.candidate),
                raw.rotate.as_ref().map(|value| ("rotate", value.span())),
            ];
            ("haproxy", found)
        } else {
            let found = [
                texts("status", &raw.status),
                texts("promote", &raw.promote),
                texts("pause", &raw.pause),
                texts("resume", &raw.resume),
                texts("rollback", &raw.rollback),
                texts("env", &raw.env),
            ];
            ("command", found)
        };
        for (key, span) in found.into_iter().flatten() {
            let text = format!("found `{key}`, a key of the engine {}", quoted(owner));
            self.problems.at(span, text, format!("take it away, or write engine = \"{owner}\""));
        }
    }

    fn auto_rollback(&mut self, raw: &raw::Rollout) {
        let Some(written) = &raw.auto_rollback else {
            return;
        };
        match written.get_ref().as_str() {
            "off" => {}
            "ask" | "on" => self.problems.at(
                written.span(),
                format!("auto_rollback = {} is not in this version", quoted(written.get_ref())),
                "write \"off\"",
            ),
            _ => self.not(written, "write \"off\" (\"ask\" and \"on\" are not in this version)"),
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
        written.get_ref().iter().map(|step| *step.get_ref()).collect()
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
