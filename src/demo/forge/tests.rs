//! What the files say is what the jobs do.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::workflows;
use super::plan::Workflow;
use crate::demo::scenario::Scenario;

/// What a file says of one job.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    needs: Vec<String>,
    environment: Option<String>,
    always: bool,
    lenient: bool,
    steps: Vec<String>,
}

/// The jobs of a file of ours, which is written in one way throughout.
fn read(text: &str) -> BTreeMap<String, Said> {
    let mut jobs: BTreeMap<String, Said> = BTreeMap::new();
    let mut job = String::new();
    for line in text.split("\njobs:\n").nth(1).unwrap().lines() {
        let depth = line.len() - line.trim_start().len();
        let said = jobs.entry(job.clone()).or_default();
        match line.trim().split_once(':').map(|(key, value)| (key, value.trim())) {
            Some((key, "")) if depth == 2 => {
                key.clone_into(&mut job);
                jobs.entry(job.clone()).or_default();
            }
            Some(("needs", list)) if depth == 4 => {
                let list = list.trim_matches(['[', ']']).split(", ");
                said.needs = list.map(ToOwned::to_owned).collect();
            }
            Some(("environment", name)) if depth == 4 => said.environment = Some(name.to_owned()),
            Some(("if", "always()")) => said.always = true,
            Some(("continue-on-error", "true")) if depth == 4 => said.lenient = true,
            Some(("- name", name)) => said.steps.push(name.to_owned()),
            _ => {}
        }
    }
    jobs.remove("");
    jobs
}

fn line<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim().strip_prefix(start)).map(str::trim)
}

fn check(own: &Workflow, all: &[Workflow]) {
    let file = own.file;
    assert_eq!(line(own.text, "name:"), Some(own.name), "{file}");
    assert_eq!(line(own.text, "group:"), own.queue.map(|queue| queue.name), "{file}");
    for event in own.events {
        assert!(own.text.contains(&format!("\n  {event}:")), "{file}: {event}");
    }
    for input in own.inputs {
        assert!(own.text.contains(&format!("\n      {}:\n", input.name)), "{file}: {}", input.name);
    }
    assert_eq!(own.text.contains("run-name:"), own.title.is_some(), "{file}");
    let said = read(own.text);
    let planned: BTreeSet<_> = own.jobs.iter().map(|job| job.id).collect();
    if !planned.is_empty() {
        assert!(said.keys().map(String::as_str).eq(planned), "{file}: {said:?}");
    }
    for job in &own.jobs {
        let said = &said[job.id];
        assert_eq!(said.needs, job.needs, "{file}: {}", job.id);
        assert_eq!(said.environment.as_deref(), job.environment, "{file}: {}", job.id);
        assert_eq!((said.always, said.lenient), (job.always, job.lenient), "{file}: {}", job.id);
        let steps: Vec<_> = job.steps.iter().map(|(name, _)| *name).collect();
        match job.name.split_once(" / ") {
            None => assert_eq!(said.steps, steps, "{file}: {}", job.id),
            Some((_, inner)) => {
                let called = all.iter().find(|other| other.file == "checks.yml").unwrap();
                let inner = inner.split(" (").next().unwrap();
                assert_eq!(read(called.text)[inner].steps, steps, "{file}: {}", job.name);
            }
        }
    }
}

#[test]
fn files_say_what_jobs_do() {
    for story in Scenario::Release.services() {
        let all = workflows(&story);
        all.iter().for_each(|own| check(own, &all));
    }
}
