//! What a source says of the world: the answers that feeds fold into the store.

use serde::{Deserialize, Serialize};

use super::backing::{Artifact, Checks, Environments, WorkflowFile};
use super::between::{Answer, Question};
use super::burn::Spent;
use super::comparison::Look;
use super::follow::Origin;
use super::health::{Probe, Track};
use super::ids::Target;
use super::metric::{Point, Reading, ScrapeJob};
use super::pipeline::{Deployment, Job, RefName, Run};
use super::rollout::Rollout;
use super::security::Scan;
use super::waiting::Waits;
use super::{alert::Alert, path::Link};

/// One thing that a source says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// An engine's reading.
    Rollout {
        /// Of which target.
        target: Target,
        /// The reading.
        rollout: Box<Rollout>,
    },
    /// A probe's answer.
    Health {
        /// Of which target.
        target: Target,
        /// The check's name.
        check: String,
        /// Which side it probes, as configured (two checks of one name may watch two sides).
        track: Track,
        /// The answer.
        probe: Box<Probe>,
    },
    /// Readings of a metric, oldest first.
    Metric {
        /// Of which target.
        target: Target,
        /// The metric's place in the target's list of metrics (names may repeat with other tracks).
        index: usize,
        /// New readings.
        points: Vec<Point>,
        /// Why this query alone failed, when it did.
        fault: Option<String>,
    },
    /// What was counted of both sides for the judge, oldest first.
    Looks {
        /// Of which target.
        target: Target,
        /// The comparison's place in the judge's list.
        index: usize,
        /// New looks.
        looks: Vec<Look>,
        /// Why this comparison alone failed, when it did.
        fault: Option<String>,
    },
    /// Readings of the share of traffic the candidate has, 0–100, oldest first.
    Share {
        /// Of which target.
        target: Target,
        /// New readings.
        points: Vec<Point>,
        /// Why this query alone failed, when it did.
        fault: Option<String>,
    },
    /// Expected scrape jobs.
    Scrapes {
        /// Of which target.
        target: Target,
        /// Each expected job.
        jobs: Vec<ScrapeJob>,
    },
    /// The share of errors within each window of an error budget: those not named are not known.
    Burn {
        /// Of which target.
        target: Target,
        /// What was spent.
        spent: Vec<Spent>,
    },
    /// Links of the way of a target's alerts; those not named are as they were.
    Path {
        /// Of which target.
        target: Target,
        /// The links that this source sees.
        links: Vec<Link>,
    },
    /// When the last good backup was made.
    Backup {
        /// Of which target.
        target: Target,
        /// The time in seconds since 1970, by our clock.
        made: Reading,
        /// Why it could not be asked, when it could not.
        fault: Option<String>,
    },
    /// All alerts of a target: those not named are over.
    Alerts {
        /// Of which target.
        target: Target,
        /// The alerts.
        alerts: Vec<Alert>,
        /// How many more there are that could not be read.
        #[serde(default)]
        unread: usize,
    },
    /// The newest runs of a workflow, newest first.
    Runs {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// Of which workflow (file name).
        workflow: String,
        /// The runs.
        runs: Vec<Run>,
        /// How many items could not be read at all.
        skipped: usize,
    },
    /// The jobs of a run.
    Jobs {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The run.
        run: u64,
        /// Its jobs.
        jobs: Vec<Job>,
    },
    /// The newest deployments of a repository, newest first.
    Deployments {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The deployments.
        deployments: Vec<Deployment>,
        /// How many items could not be read at all.
        #[serde(default)]
        skipped: usize,
    },
    /// One run, read by itself.
    Run {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The run.
        run: Box<Run>,
    },
    /// The protected deployments of a run: those not named wait no more.
    Waits {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The run.
        run: u64,
        /// What waits, and what was decided.
        waits: Waits,
    },
    /// What a run begins with that is started now on a branch or tag.
    Origin {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The branch or tag.
        git_ref: String,
        /// What it begins with.
        origin: Origin,
    },
    /// A workflow's file at a commit.
    WorkflowFile {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The file's name, `deploy.yml`.
        workflow: String,
        /// The commit, or the branch or tag on which it was read.
        sha: String,
        /// What it says.
        file: WorkflowFile,
    },
    /// The environments of a repository.
    Environments {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The environments.
        environments: Environments,
    },
    /// The checks of a commit.
    Checks {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The commit.
        sha: String,
        /// Its checks.
        checks: Checks,
    },
    /// What scanners found in a repository. Of what is not named nothing is said.
    Scans {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The findings.
        scans: Vec<Scan>,
    },
    /// What a run left behind.
    Artifacts {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The run.
        run: u64,
        /// Its artifacts.
        artifacts: Vec<Artifact>,
    },
    /// What GitHub remarked on a job of a run that ended before its first step.
    Remarks {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The run.
        run: u64,
        /// The remarks, in GitHub's words.
        remarks: Vec<String>,
    },
    /// The newest releases and tags of a repository, newest first.
    Releases {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// The releases.
        releases: Vec<RefName>,
        /// The tags.
        tags: Vec<RefName>,
    },
    /// What its host answered about revisions of a repository.
    Answered {
        /// `github` or `github.NAME`.
        host: String,
        /// `acme/checkout`.
        repo: String,
        /// What was asked.
        question: Question,
        /// The answer; else why there is none, in one sentence.
        answer: Result<Answer, String>,
    },
}

impl Observation {
    /// Whether it speaks of something that an action on its target may change at once.
    #[must_use]
    pub fn can_be_moved(&self) -> bool {
        !matches!(self, Self::Burn { .. } | Self::Path { .. } | Self::Backup { .. })
    }

    /// The target it speaks of; none when it speaks of a repository.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Rollout { target, .. }
            | Self::Health { target, .. }
            | Self::Metric { target, .. }
            | Self::Looks { target, .. }
            | Self::Share { target, .. }
            | Self::Scrapes { target, .. }
            | Self::Burn { target, .. }
            | Self::Path { target, .. }
            | Self::Backup { target, .. }
            | Self::Alerts { target, .. } => Some(target),
            Self::Runs { .. }
            | Self::Jobs { .. }
            | Self::Deployments { .. }
            | Self::Run { .. }
            | Self::Waits { .. }
            | Self::Origin { .. }
            | Self::WorkflowFile { .. }
            | Self::Environments { .. }
            | Self::Checks { .. }
            | Self::Scans { .. }
            | Self::Artifacts { .. }
            | Self::Remarks { .. }
            | Self::Releases { .. }
            | Self::Answered { .. } => None,
        }
    }
}
