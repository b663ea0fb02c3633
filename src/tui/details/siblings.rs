//! What stands beside a thing: the others of its kind, in the order its list shows them.

use super::{Detail, Scene};
use crate::tui::panes::{metrics, rollout};

/// All things of this kind, itself among them while it is there.
#[must_use]
pub fn siblings(detail: &Detail, scene: &Scene<'_>) -> Vec<Detail> {
    let state = scene.look.state;
    match detail {
        Detail::Target => Vec::new(),
        Detail::Gate(_) => rollout::gates(scene.look)
            .into_iter()
            .map(|gate| Detail::Gate(gate.name.clone()))
            .collect(),
        Detail::Metric(..) => metrics::items(state),
        Detail::Check(..) => state
            .checks
            .iter()
            .map(|check| Detail::Check(check.spec.name.clone(), check.spec.track))
            .collect(),
        Detail::Run(run) => {
            let workflow = scene.run(*run).map(|run| run.workflow.as_str());
            let repo = scene.store.repo_of(&state.spec);
            let all = repo.into_iter().flat_map(crate::store::RepoState::workflows);
            all.filter(|(name, _)| Some(*name) == workflow)
                .flat_map(|(_, runs)| runs)
                .map(|run| Detail::Run(run.id))
                .collect()
        }
        Detail::Job(run, _) | Detail::Jobs(run, _) => {
            scene.jobs(*run).iter().map(|job| Detail::Job(*run, job.id)).collect()
        }
        Detail::Alert(_) => {
            state.alerts.list.iter().map(|a| Detail::Alert(a.fingerprint.clone())).collect()
        }
        Detail::Action(_) => {
            let entries = state.ledger.entries.iter().rev();
            entries.map(|entry| Detail::Action(entry.plan.action.clone())).collect()
        }
        Detail::Happening(_) => {
            let lines = scene.store.timeline().of(&scene.look.state.spec).rev();
            lines.map(|line| Detail::Happening(Box::new(line.clone())).opened()).collect()
        }
    }
}
