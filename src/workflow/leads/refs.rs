//! Names of branches and tags to try on a workflow: its filters', and those its conditions speak of.

use super::super::context::Ref;
use super::super::glob;
use crate::model::workflow::Workflow;

/// A branch or tag to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// As the operator reads it: a name, or a pattern.
    pub shown: String,
    /// A name that it takes.
    pub name: String,
    pub tag: bool,
    /// Whether it stands for all that no other one takes.
    pub any: bool,
}

impl Sample {
    pub(super) fn git_ref(&self) -> Ref<'_> {
        if self.tag { Ref::Tag(&self.name) } else { Ref::Branch(&self.name) }
    }
}

/// What to call samples that lead to one place: one that stands for any covers the others of its kind.
pub(super) fn names(samples: &[&Sample], both: bool) -> String {
    let covered = |one: &Sample| samples.iter().any(|it| it.any && it.tag == one.tag);
    let kept = samples.iter().filter(|sample| sample.any || !covered(sample));
    let name = |sample: &&&Sample| {
        let tag = if both && sample.tag && !sample.any { "tag " } else { "" };
        format!("{tag}{}", sample.shown)
    };
    kept.map(|sample| name(&sample)).collect::<Vec<_>>().join(", ")
}

/// Samples at most.
const SAMPLES: usize = 16;

const FOLDERS: [&str; 2] = ["refs/heads/", "refs/tags/"];

/// What to try for a filter of branches, or of tags; an empty filter takes any name.
pub(super) fn samples(workflow: &Workflow, filter: &[String], tag: bool) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    let mut add = |shown: &str, name: String, any: bool| {
        if (any || samples.len() < SAMPLES) && samples.iter().all(|held| held.shown != shown) {
            samples.push(Sample { shown: shown.to_owned(), name, tag, any });
        }
    };
    let wanted = |name: &str| filter.is_empty() || glob::takes(filter, name);
    for spoken in spoken(workflow) {
        if spoken.tag == tag && wanted(&sample(&spoken.shown)) {
            add(&spoken.shown, sample(&spoken.shown), false);
        }
    }
    for pattern in filter.iter().filter(|pattern| !pattern.starts_with('!')) {
        add(pattern, sample(pattern), false);
    }
    if filter.is_empty() {
        add(if tag { "any tag" } else { "any branch" }, "x".to_owned(), true);
    }
    samples
}

/// A name that a pattern takes, for the patterns people write.
fn sample(pattern: &str) -> String {
    if !glob::is_pattern(pattern) {
        return pattern.to_owned();
    }
    let mut name = pattern.replace("**", "x").replace('*', "x");
    while let Some((before, rest)) = name.split_once('[') {
        let Some((set, after)) = rest.split_once(']') else { break };
        let one = set.chars().next().unwrap_or('x');
        name = format!("{before}{one}{}", after.trim_start_matches(['+', '?']));
    }
    name.replace(['+', '?'], "")
}

/// A ref that a condition or an environment's name speaks of.
struct Spoken {
    tag: bool,
    shown: String,
}

fn spoken(workflow: &Workflow) -> Vec<Spoken> {
    let conditions = workflow.jobs.iter().flat_map(|job| [&job.condition, &job.environment]);
    let handed = workflow.jobs.iter().flat_map(|job| job.with.values());
    let mut found = Vec::new();
    for text in conditions.flatten().chain(handed) {
        // every second piece stands between quotes
        let pieces: Vec<&str> = text.split('\'').collect();
        for at in (1..pieces.len()).step_by(2).take(SAMPLES) {
            found.extend(one(pieces[at - 1], pieces[at]));
        }
    }
    found
}

/// What a text in quotes names, by what stands before it.
fn one(before: &str, quoted: &str) -> Option<Spoken> {
    let call = before.rsplit(['(', ')']).next().unwrap_or_default();
    let is_prefix = before.trim_end().ends_with(',')
        && before[..before.len() - call.len()].to_lowercase().ends_with("startswith(");
    let shown = |name: &str| if is_prefix { format!("{name}*") } else { name.to_owned() };
    for (at, folder) in FOLDERS.into_iter().enumerate() {
        if let Some(name) = quoted.strip_prefix(folder).filter(|name| is_prefix || !name.is_empty())
        {
            return Some(Spoken { tag: at == 1, shown: shown(name) });
        }
    }
    // `github.ref_name == 'main'`
    let compared = before.trim_end().trim_end_matches(['=', '!', ',']).trim_end();
    let named = compared.ends_with("github.ref_name") && !quoted.is_empty();
    named.then(|| Spoken { tag: false, shown: shown(quoted) })
}
