//! What scanners found in a repository.

use super::RepoState;
use crate::model::{Danger, Envelope, Scan};
use crate::store::caps;

impl RepoState {
    pub(in crate::store) fn scans(&mut self, scans: &[Scan], envelope: &Envelope) {
        let asked = envelope.asked_at;
        for scan in scans {
            if self.scans.get(&scan.danger).is_some_and(|(_, at)| *at > asked) {
                continue;
            }
            let mut scan = scan.clone();
            scan.more |= scan.open.len() > caps::BACKED;
            scan.open.truncate(caps::BACKED);
            self.scans.insert(scan.danger, (scan, asked));
        }
    }

    /// What scanners found of one danger; none until that was asked for.
    #[must_use]
    pub fn scan(&self, danger: Danger) -> Option<&Scan> {
        self.scans.get(&danger).map(|(scan, _)| scan)
    }
}
