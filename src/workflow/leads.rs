//! Where each trigger of a workflow leads: which environments its jobs deploy to when it is pushed, tagged,
//! proposed or started by hand. Read from the file alone, so it says what is meant to happen.

mod reach;
mod refs;

use crate::model::workflow::{Input, InputKind, RefFilter, Workflow};

use super::context::{Context, Ref};
use reach::reach;
use refs::{Sample, samples};

/// A trigger and where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lead {
    /// What starts it: `tag v*`, `push to main`, `pull request`, `by hand`.
    pub trigger: String,
    /// The environments, in the order of the jobs.
    pub environments: Vec<String>,
    /// Environments whose names depend on what is not known here, as written.
    pub open: Vec<String>,
    /// Workflows it calls, whose environments are not in this file.
    pub calls: Vec<String>,
}

impl Lead {
    /// One sentence of raw text, `tag v* → production`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut to = self.environments.clone();
        to.extend(self.open.iter().map(|open| format!("the environment {open}")));
        to.extend(self.calls.iter().map(|calls| format!("what {calls} deploys to")));
        let to = if to.is_empty() { "no environment".to_owned() } else { to.join(", ") };
        format!("{} → {to}", self.trigger)
    }

    fn leads_as(&self, other: &Self) -> bool {
        (&self.environments, &self.open, &self.calls)
            == (&other.environments, &other.open, &other.calls)
    }
}

/// What is asked of the file for one trigger.
struct Asked<'a> {
    workflow: &'a Workflow,
    file: &'a str,
    repo: &'a str,
    leads: Vec<Lead>,
}

impl Asked<'_> {
    fn context(&self, event: &str, git_ref: Option<Ref<'_>>) -> Context {
        Context::of_event(self.workflow, self.file, self.repo, event, git_ref)
    }

    fn add(&mut self, trigger: String, context: &Context, inputs: &[Input]) {
        let lead = Lead { trigger, ..reach(self.workflow, context, inputs) };
        self.leads.push(lead);
    }

    /// Samples of one kind: those that lead to the same place share a line.
    fn try_on(&mut self, event: &str, kind: &str, samples: &[Sample], inputs: &[Input]) {
        let mut groups: Vec<(Lead, Vec<&Sample>)> = Vec::new();
        for sample in samples {
            let context = self.context(event, Some(sample.git_ref()));
            let lead = reach(self.workflow, &context, inputs);
            match groups.iter_mut().find(|(held, _)| held.leads_as(&lead)) {
                Some((_, held)) => held.push(sample),
                None => groups.push((lead, vec![sample])),
            }
        }
        let both = samples.iter().any(|sample| sample.tag != samples[0].tag);
        self.leads.extend(groups.into_iter().map(|(lead, held)| {
            let names = refs::names(&held, both);
            // a tag says what it is
            let is_said = names.starts_with("any tag");
            let trigger = if is_said { names } else { format!("{kind} {names}") };
            Lead { trigger, ..lead }
        }));
    }

    /// By hand it may stand on any ref: on those that make a difference, each for itself.
    fn by_hand(&mut self, inputs: &[Input]) {
        let branches = samples(self.workflow, &[], false);
        let tags = samples(self.workflow, &[], true);
        // the last of each is any other
        if branches.len() + tags.len() == 2 {
            let context = self.context("workflow_dispatch", None);
            self.add("by hand".into(), &context, inputs);
            return;
        }
        let all: Vec<Sample> = branches.into_iter().chain(tags).collect();
        self.try_on("workflow_dispatch", "by hand on", &all, inputs);
    }

    /// What GitHub runs by itself stands on the default branch, whose name the file does not tell: the first
    /// its conditions speak of, else `main`.
    fn by_itself(&mut self, event: &str, trigger: String) {
        let branches = samples(self.workflow, &[], false);
        let spoken = branches.split_last().and_then(|(_, spoken)| spoken.first());
        let name = spoken.map_or("main", |sample| &sample.name);
        let context = self.context(event, Some(Ref::Branch(name)));
        self.add(trigger, &context, &[]);
    }

    fn pull_request(&mut self, event: &str, filter: &RefFilter) {
        let into = match filter.branches.len() {
            0 => String::new(),
            _ => format!(" into {}", filter.branches.join(", ")),
        };
        // a merge that is tried, on no branch and no tag
        let merge = self.context(event, None).with("github.ref", "refs/pull/0/merge");
        let context = match event {
            "pull_request" => merge.with("github.ref_name", "0/merge"),
            _ => self.context(event, None),
        };
        self.add(format!("pull request{into}"), &context, &[]);
    }
}

/// Where each trigger of a workflow leads, in the order push, tag, pull request, hand, the rest.
#[must_use]
pub fn leads_to(workflow: &Workflow, file: &str, repo: &str) -> Vec<Lead> {
    let on = &workflow.on;
    let mut asked = Asked { workflow, file, repo, leads: Vec::new() };
    if let Some(push) = &on.push {
        let all = push.branches.is_empty() && push.tags.is_empty();
        // a filter of one kind shuts out the other, unless that has one as well
        let branches = all && push.tags_ignore.is_empty()
            || !push.branches.is_empty()
            || !push.branches_ignore.is_empty();
        let tags = all && push.branches_ignore.is_empty()
            || !push.tags.is_empty()
            || !push.tags_ignore.is_empty();
        if branches {
            asked.try_on("push", "push to", &samples(workflow, &push.branches, false), &[]);
        }
        if tags {
            asked.try_on("push", "tag", &samples(workflow, &push.tags, true), &[]);
        }
    }
    if let Some(filter) = &on.pull_request {
        asked.pull_request("pull_request", filter);
    }
    if let Some(filter) = &on.pull_request_target {
        asked.pull_request("pull_request_target", filter);
    }
    if let Some(dispatch) = &on.workflow_dispatch {
        asked.by_hand(&dispatch.inputs);
    }
    if !on.schedule.is_empty() {
        asked.by_itself("schedule", format!("on schedule {}", on.schedule.join(" and ")));
    }
    if let Some(after) = &on.workflow_run {
        asked.by_itself("workflow_run", format!("after {}", after.workflows.join(", ")));
    }
    if let Some(call) = &on.workflow_call {
        let context = asked.context("workflow_call", None);
        asked.add("called by another workflow".into(), &context, &call.inputs);
    }
    for other in &on.others {
        let context = asked.context(other, None);
        asked.add(other.replace('_', " "), &context, &[]);
    }
    asked.leads
}

/// What an input can be, when that is a short list.
fn choices(input: &Input) -> Vec<super::Value> {
    match &input.kind {
        InputKind::Choice(options) => options.iter().map(|option| option.as_str().into()).collect(),
        InputKind::Boolean => vec![true.into(), false.into()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
