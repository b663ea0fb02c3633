//! What runs that were looked at stand on: files, checks, artifacts, remarks.

use std::collections::{BTreeMap, VecDeque};

use crate::model::backing::{Artifact, Checks, Environments, WorkflowFile};
use crate::model::workflow::Workflow;
use crate::model::{Envelope, Run, Time};
use crate::store::caps;

/// What is known of one repository's runs besides the runs themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Backing {
    /// By file name and commit, oldest first.
    files: VecDeque<(String, String, WorkflowFile)>,
    /// By commit, oldest first.
    checks: VecDeque<(String, Checks, Time)>,
    artifacts: BTreeMap<u64, (Vec<Artifact>, Time)>,
    remarks: BTreeMap<u64, Vec<String>>,
    environments: Option<(Environments, Time)>,
}

impl Backing {
    pub(in crate::store) fn file(&mut self, workflow: &str, sha: &str, file: &WorkflowFile) {
        self.files.retain(|(held, at, _)| (held.as_str(), at.as_str()) != (workflow, sha));
        self.files.push_back((workflow.to_owned(), sha.to_owned(), file.clone()));
        while self.files.len() > caps::BACKINGS {
            self.files.pop_front();
        }
    }

    pub(in crate::store) fn checks(&mut self, sha: &str, checks: &Checks, envelope: &Envelope) {
        let asked = envelope.asked_at;
        if self.checks.iter().any(|(held, _, at)| held == sha && *at > asked) {
            return;
        }
        let mut checks = checks.clone();
        checks.all.truncate(caps::BACKED);
        // who asks for a commit alone does not ask what a branch requires of it
        if checks.required.is_none() && checks.unknown.is_none() {
            let held = self.checks.iter().find(|(held, ..)| held == sha);
            if let Some((_, held, _)) = held {
                checks.required.clone_from(&held.required);
                checks.unknown.clone_from(&held.unknown);
            }
        }
        self.checks.retain(|(held, ..)| held != sha);
        self.checks.push_back((sha.to_owned(), checks, asked));
        while self.checks.len() > caps::BACKINGS {
            self.checks.pop_front();
        }
    }

    pub(in crate::store) fn environments(&mut self, all: &Environments, envelope: &Envelope) {
        let asked = envelope.asked_at;
        if self.environments.as_ref().is_some_and(|(_, at)| *at > asked) {
            return;
        }
        let mut all = all.clone();
        all.more |= all.names.len() > caps::BACKED;
        all.names.truncate(caps::BACKED);
        self.environments = Some((all, asked));
    }

    pub(in crate::store) fn artifacts(&mut self, run: u64, all: &[Artifact], envelope: &Envelope) {
        let asked = envelope.asked_at;
        if self.artifacts.get(&run).is_some_and(|(_, at)| *at > asked) {
            return;
        }
        let kept = all.iter().take(caps::BACKED).cloned().collect();
        self.artifacts.insert(run, (kept, asked));
        while self.artifacts.len() > caps::BACKINGS {
            self.artifacts.pop_first();
        }
    }

    pub(in crate::store) fn remarks(&mut self, run: u64, remarks: &[String]) {
        self.remarks.insert(run, remarks.iter().take(caps::BACKED).cloned().collect());
        while self.remarks.len() > caps::BACKINGS {
            self.remarks.pop_first();
        }
    }

    /// The file that a run was made from; none until it was read.
    #[must_use]
    pub fn file_of(&self, run: &Run) -> Option<&WorkflowFile> {
        self.file_at(&run.workflow, &run.sha)
    }

    /// A workflow's file at a commit, or on a branch or tag; none until it was read there.
    #[must_use]
    pub fn file_at(&self, workflow: &str, place: &str) -> Option<&WorkflowFile> {
        let it = |(file, sha, _): &&(String, String, _)| file == workflow && sha == place;
        self.files.iter().rfind(it).map(|(_, _, file)| file)
    }

    /// The newest readable file of a workflow, of whatever commit; none until one was read.
    #[must_use]
    pub fn workflow(&self, file: &str) -> Option<&Workflow> {
        let mut named = self.files.iter().rev().filter(|(held, ..)| held == file);
        named.find_map(|(_, _, file)| file.workflow())
    }

    /// The environments of the repository; none until they were read.
    #[must_use]
    pub fn all_environments(&self) -> Option<&Environments> {
        self.environments.as_ref().map(|(environments, _)| environments)
    }

    /// The checks of a commit; none until they were read.
    #[must_use]
    pub fn checks_of(&self, sha: &str) -> Option<&Checks> {
        self.checks.iter().find(|(held, ..)| held == sha).map(|(_, checks, _)| checks)
    }

    /// What a run left behind; none until it was read.
    #[must_use]
    pub fn artifacts_of(&self, run: u64) -> Option<&[Artifact]> {
        self.artifacts.get(&run).map(|(artifacts, _)| artifacts.as_slice())
    }

    /// What GitHub remarked on a job of a run that did not begin.
    #[must_use]
    pub fn remarks_of(&self, run: u64) -> &[String] {
        self.remarks.get(&run).map_or(&[], Vec::as_slice)
    }
}
