//! GitHub Actions as what moves traffic: a release is a run whose jobs deploy to one environment after the
//! other, and each environment stands for a part of the traffic.
//!
//! Owns reading such a release from runs and deployments, what each verb would ask for, and handing requests
//! about runs to their host. Must not know the store, or why somebody wants an action.

mod workflows;

pub use workflows::GithubWorkflows;
