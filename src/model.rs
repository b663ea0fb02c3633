//! The nouns of flightdeck: what sources say, what the store holds, what actions are made of.
//!
//! Owns plain data with serde derives and the few rules that belong to one noun alone. Must not know
//! where data comes from, how it is folded, judged, drawn or stored. Everything here can travel in an
//! [`event::Envelope`], so everything here can be recorded and replayed.

pub mod action;
pub mod alert;
pub mod backing;
pub mod backup;
pub mod between;
pub mod burn;
pub mod comparison;
pub mod event;
pub mod feed;
pub mod follow;
pub mod freeze;
pub mod health;
pub mod ids;
pub mod image;
pub mod metric;
pub mod observation;
pub mod path;
pub mod pipeline;
pub mod program;
pub mod record;
pub mod report;
pub mod rollout;
pub mod rules;
pub mod security;
pub mod spec;
pub mod subject;
pub mod waiting;
pub mod workflow;

pub use action::{Call, Plan, Refusal, Verb};
pub use alert::{Alert, AlertState, Severity};
pub use backup::BackupSpec;
pub use burn::{BurnSpec, Spent};
pub use comparison::{ComparisonSpec, JudgeSpec, Look, Tally};
pub use event::{Envelope, Event};
pub use feed::{Budget, Fault, FaultKind, FeedId, FeedState};
pub use follow::{Follow, Progress, Sight};
pub use health::{Component, HealthState, Probe, ProbeFault, Track};
pub use ids::{ActionId, Revision, Target};
pub use image::{Image, ImageSpec};
pub use metric::{Point, Reading, ScrapeJob, ScrapeState};
pub use observation::Observation;
pub use path::{Link, LinkKind, LinkState, PathSpec};
pub use pipeline::{Conclusion, Deployment, Job, JobStep, RefName, Run, Status};
pub use program::{Program, Values};
pub use record::{JournalTrouble, Record, RecordKind, Writer};
pub use report::{Outcome, Report, StepReport};
pub use rollout::{Offer, Phase, Rollout, Server};
pub use rules::{GateRules, IncidentSpec};
pub use security::{Danger, Finding, Scan};
pub use spec::{ActionSpec, AlertSpec, CheckSpec, Fleet, HookSpec, MetricSpec, TargetSpec};
pub use subject::Subject;
pub use waiting::{Decision, Waiting, Waits};

/// Wall-clock time, always UTC; a value that is handed in, never read here.
pub type Time = chrono::DateTime<chrono::Utc>;
