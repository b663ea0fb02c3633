//! Every cap on memory, in one place.

/// Points a series keeps.
pub const POINTS: usize = 240;
/// Looks of the judge that are kept of each comparison; older ones are put together.
pub const LOOKS: usize = 360;
/// Workflows a repository keeps, those with the newest runs.
pub const WORKFLOWS: usize = 100;
/// Runs a workflow keeps.
pub const RUNS: usize = 50;
/// Runs whose jobs are kept, per repository.
pub const RUNS_WITH_JOBS: usize = 30;
/// Jobs a run keeps.
pub const JOBS: usize = 256;
/// Runs that were read by themselves, and runs whose protected deployments are kept, per repository.
pub const RUNS_APART: usize = 40;
/// Workflow files, commits with checks, and runs with artifacts or remarks that a repository keeps, each.
pub const BACKINGS: usize = 30;
/// Checks, artifacts and remarks kept of each, and environments of a repository.
pub const BACKED: usize = 300;
/// Deployments, releases, tags, and refs that something may be started on, that a repository keeps, each.
pub const REFS: usize = 50;
/// Probes a check keeps.
pub const PROBES: usize = 120;
/// Alerts a target keeps, worst and newest first.
pub const ALERTS: usize = 5_000;
/// Lines of the timeline.
pub const LINES: usize = 2_000;
/// Sentences kept until seen.
pub const NOTICES: usize = 100;
/// Actions a target's ledger remembers.
pub const ACTIONS: usize = 50;
