//! Runs that people start: what they may say, and what comes of it.

use std::collections::BTreeMap;

use super::gate::{Environment, ME};
use super::plan::{Input, Kind, Workflow};
use super::repository::{Repository, Seed};

/// Inputs that one run may have.
const INPUTS: usize = 25;

/// World seconds after which lists name a new run.
const LAG: i64 = 2;

/// Why a run is not started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalid {
    /// Nobody may start this workflow.
    NotManual,
    /// There is no such branch or tag.
    Reference(String),
    /// The workflow does not ask for these.
    Unexpected(Vec<String>),
    /// The workflow asks for this.
    Missing(&'static str),
    /// This is not among the values of the input.
    Value(&'static str, String),
    /// There are more than any workflow may ask for.
    TooMany,
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The branch or tag, without `refs/`.
    pub reference: String,
    /// Its commit; none where there is no such reference.
    pub sha: Option<String>,
    /// Values by name.
    pub inputs: BTreeMap<String, String>,
    /// Whether the workflow stands in the queue of deployments, whatever its file says.
    pub shares: bool,
}

impl Repository {
    /// Starts a workflow by its place. Returns the run's id.
    pub fn dispatch(&mut self, workflow: usize, wish: Wish, now: i64) -> Result<u64, Invalid> {
        let Some(own) = self.workflows.get(workflow) else { return Err(Invalid::NotManual) };
        if !own.is_manual() {
            return Err(Invalid::NotManual);
        }
        let Some(sha) = wish.sha else { return Err(Invalid::Reference(wish.reference)) };
        let values = check(own, self.environments, wish.inputs)?;
        let title = own.title.map(|title| fill(title, &values));
        let name = own.name.to_owned();
        let file = own.file;
        let shared = self.workflows.iter().find(|own| own.file == "deploy.yml");
        let shared = shared.and_then(|own| own.queue).filter(|_| wish.shares);
        let seed = Seed {
            file,
            created: now,
            event: "workflow_dispatch",
            title: title.unwrap_or(name),
            branch: wish.reference.clone(),
            release: wish.reference,
            message: format!("Commit {}", sha.get(..7).unwrap_or_default()),
            sha,
            actor: ME,
            approver: None,
            plan: None,
        };
        let Some(mut run) = self.grow(seed) else { return Err(Invalid::NotManual) };
        run.listed = now + LAG;
        run.queue = shared.or(run.queue);
        Ok(self.admit(run))
    }
}

/// Values with defaults, when they are what the workflow asks for.
fn check(
    workflow: &Workflow,
    environments: &[Environment],
    mut given: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Invalid> {
    if given.len() > INPUTS {
        return Err(Invalid::TooMany);
    }
    let known = |name: &String| workflow.inputs.iter().any(|input| input.name == name);
    let unexpected: Vec<_> = given.keys().filter(|name| !known(name)).cloned().collect();
    if !unexpected.is_empty() {
        return Err(Invalid::Unexpected(unexpected));
    }
    for input in workflow.inputs {
        match given.get(input.name).filter(|value| !value.is_empty()) {
            Some(value) if !fits(input, value, environments) => {
                return Err(Invalid::Value(input.name, value.clone()));
            }
            Some(_) => {}
            None => match input.default {
                Some(default) => {
                    given.insert(input.name.to_owned(), default.to_owned());
                }
                None if input.required => return Err(Invalid::Missing(input.name)),
                None => {}
            },
        }
    }
    Ok(given)
}

fn fits(input: &Input, value: &str, environments: &[Environment]) -> bool {
    match input.kind {
        Kind::Text => true,
        Kind::Boolean => matches!(value, "true" | "false"),
        Kind::Number => value.parse::<f64>().is_ok(),
        Kind::Choice(choices) => choices.contains(&value),
        Kind::Environment => Environment::find(environments, value).is_some(),
    }
}

fn fill(title: &str, values: &BTreeMap<String, String>) -> String {
    values
        .iter()
        .fold(title.to_owned(), |title, (name, value)| title.replace(&format!("{{{name}}}"), value))
}
