//! Which job of the file a job of a run belongs to. A run names its jobs as they are shown: matrices write
//! their values behind or into the name, a called workflow's jobs stand behind the caller's name.

use super::expression::literals;
use crate::model::workflow::{Workflow, WorkflowJob, WorkflowStep};

/// A run's job by the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a> {
    /// The job of the file.
    pub job: &'a WorkflowJob,
    /// The values of its matrix, as shown (`linux, 1.80`).
    pub variant: Option<String>,
    /// The job of the called workflow, when it calls one.
    pub inner: Option<&'a str>,
}

/// Between a caller's name and the name of a job it called.
const CALLED: &str = " / ";

/// The job of the file that `name`, a job of a run, belongs to; none when none fits, or several equally
/// well.
#[must_use]
pub fn named<'a>(workflow: &'a Workflow, name: &'a str) -> Option<Named<'a>> {
    let mut best: Option<(usize, Option<Named<'a>>)> = None;
    for job in &workflow.jobs {
        let splits = name.match_indices(CALLED).filter(|_| job.uses.is_some());
        let splits = splits.map(|(at, _)| (&name[..at], Some(&name[at + CALLED.len()..])));
        for (outer, inner) in std::iter::once((name, None)).chain(splits) {
            let Some((score, variant)) = fit(job, outer) else { continue };
            match &mut best {
                Some((held, _)) if *held > score => {}
                Some((held, found)) if *held == score => {
                    // the same job split elsewhere: the first split stays
                    if found.as_ref().is_some_and(|found| !std::ptr::eq(found.job, job)) {
                        *found = None;
                    }
                }
                _ => best = Some((score, Some(Named { job, variant, inner }))),
            }
        }
    }
    best?.1
}

/// The step of the file that `name`, a step of a run's job, is; none when none fits (GitHub adds steps of
/// its own).
#[must_use]
pub fn step<'a>(job: &'a WorkflowJob, name: &str) -> Option<&'a WorkflowStep> {
    let exact = job.steps.iter().find(|step| step.name == name);
    exact.or_else(|| {
        let fits = |step: &&WorkflowStep| {
            let pieces = literals(&step.name);
            pieces.len() > 1
                && pieces.iter().any(|piece| !piece.trim().is_empty())
                && between(&pieces, name).is_some()
        };
        job.steps.iter().find(fits)
    })
}

/// How well a name fits a job, with what stands for its matrix.
fn fit(job: &WorkflowJob, name: &str) -> Option<(usize, Option<String>)> {
    let label = job.label();
    if name == label {
        return Some((usize::MAX, None));
    }
    let pieces = literals(label);
    let shown = pieces.iter().map(|piece| piece.len()).sum::<usize>() * 2;
    if pieces.len() > 1
        && let Some(variant) = between(&pieces, name)
    {
        return Some((shown + 1, Some(variant)));
    }
    job.matrix.as_ref()?;
    let (head, values) = name.strip_suffix(')')?.rsplit_once(" (")?;
    let fits = head == label || pieces.len() > 1 && between(&pieces, head).is_some();
    fits.then(|| (shown, Some(values.to_owned())))
}

/// What stands between pieces in a text that has them all, in their order.
fn between(pieces: &[&str], text: &str) -> Option<String> {
    let (first, rest) = pieces.split_first()?;
    let (last, middle) = rest.split_last()?;
    let mut left = text.strip_prefix(first)?.strip_suffix(last)?;
    let mut found = Vec::new();
    for piece in middle {
        let (before, after) = if piece.is_empty() { ("", left) } else { left.split_once(piece)? };
        found.push(before);
        left = after;
    }
    found.push(left);
    found.retain(|part| !part.is_empty());
    Some(found.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    const FILE: &str = "jobs:\n\
        \x20 build: { strategy: { matrix: { os: [linux], rust: ['1.80'] } } }\n\
        \x20 build-docs: { name: Docs }\n\
        \x20 test: { name: \"Test ${{ matrix.os }} on ${{ matrix.cpu }}\", strategy: { matrix: { os: [a] } } }\n\
        \x20 deploy: { uses: ./.github/workflows/go.yml }\n\
        \x20 each: { uses: ./x.yml, strategy: { matrix: { region: [eu, us] } } }\n\
        \x20 slash: { name: lint / all }\n";

    fn found(name: &str) -> Option<(String, Option<String>, Option<String>)> {
        let workflow = parse(FILE).unwrap();
        let named = named(&workflow, name)?;
        Some((named.job.id.clone(), named.variant, named.inner.map(str::to_owned)))
    }

    #[test]
    fn names_of_a_run_lead_to_jobs_of_the_file() {
        let some = |text: &str| Some(text.to_owned());
        for (name, id, variant, inner) in [
            ("build (linux, 1.80)", "build", Some("linux, 1.80"), None),
            ("build", "build", None, None),
            ("Docs", "build-docs", None, None),
            ("Test mac on arm64", "test", Some("mac, arm64"), None),
            ("deploy / publish", "deploy", None, Some("publish")),
            ("deploy / publish / push", "deploy", None, Some("publish / push")),
            ("deploy", "deploy", None, None),
            ("each (eu) / roll out (10)", "each", Some("eu"), Some("roll out (10)")),
            ("lint / all", "slash", None, None),
        ] {
            assert_eq!(
                found(name),
                Some((id.into(), variant.and_then(some), inner.and_then(some))),
                "{name}"
            );
        }
        for name in ["", "other", "Docs (x)", "build-docs", "lint / some"] {
            assert_eq!(found(name), None, "{name}");
        }
    }

    #[test]
    fn two_jobs_that_fit_alike_are_none() {
        let workflow = parse(
            "jobs: { a: { name: '${{ x }}' }, b: { name: '${{ y }}' }, c: { name: 'c ${{ z }}' } }",
        );
        let workflow = workflow.unwrap();
        assert_eq!(named(&workflow, "anything"), None);
        assert_eq!(named(&workflow, "c 1").unwrap().job.id, "c");
    }
}
