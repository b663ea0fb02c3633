//! Jobs of a run, with their steps.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Field, Item, Oddities};
use crate::model::{Conclusion, Job, JobStep, Time};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wire {
    id: Field<u64>,
    name: Field<String>,
    status: Field<String>,
    conclusion: Field<String>,
    started_at: Field<Time>,
    completed_at: Field<Time>,
    steps: Field<Vec<Box<RawValue>>>,
    html_url: Field<String>,
    runner_name: Field<String>,
    labels: Field<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireStep {
    number: Field<u64>,
    name: Field<String>,
    status: Field<String>,
    conclusion: Field<String>,
    started_at: Field<Time>,
    completed_at: Field<Time>,
}

impl Item for Job {
    const KEY: Option<&'static str> = Some("jobs");

    fn decode(json: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(json).ok()?;
        let id = wire.id.known()?;
        let mut odd = Oddities::default();
        let conclusion = odd.optional("conclusion", wire.conclusion);
        let steps = odd.optional("steps", wire.steps).unwrap_or_default();
        let steps = (1..)
            .zip(&steps)
            .filter_map(|(place, step)| decode_step(place, step.get(), &mut odd))
            .collect();
        Some(Self {
            id,
            name: odd.needed("name", wire.name).unwrap_or_default(),
            status: odd.status(wire.status, conclusion.is_some()),
            conclusion: conclusion.map(Conclusion::from),
            started_at: odd.optional("started_at", wire.started_at),
            completed_at: odd.optional("completed_at", wire.completed_at),
            steps,
            url: odd.optional("html_url", wire.html_url),
            runner: odd.optional("runner_name", wire.runner_name).filter(|name| !name.is_empty()),
            labels: odd.optional("labels", wire.labels).unwrap_or_default(),
            odd: odd.flag(),
        })
    }
}

/// One step; its oddities flag its job, since a step has no row of its own to flag.
fn decode_step(place: u64, json: &str, odd: &mut Oddities) -> Option<JobStep> {
    let Ok(wire) = serde_json::from_str::<WireStep>(json) else {
        odd.0.push(format!("step {place} cannot be read"));
        return None;
    };
    let mut own = Oddities::default();
    let conclusion = own.optional("conclusion", wire.conclusion);
    let step = JobStep {
        number: own.optional("number", wire.number).unwrap_or(place),
        name: own.optional("name", wire.name).unwrap_or_default(),
        status: own.status(wire.status, conclusion.is_some()),
        conclusion: conclusion.map(Conclusion::from),
        started_at: own.optional("started_at", wire.started_at),
        completed_at: own.optional("completed_at", wire.completed_at),
    };
    odd.0.extend(own.flag().map(|flag| format!("step {place}: {flag}")));
    Some(step)
}
