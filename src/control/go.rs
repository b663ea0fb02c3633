//! May it go on? One answer, of which every place is made that gives it: the go line, the questions, the table,
//! a dry run, the inbox. It is what the guard says of a plain promotion, but for what concerns all of this program.

use serde::Serialize;

use super::assess::Assessment;
use super::gates::{Gate, GateState};

/// Whether a target's rollout may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Go {
    /// Nobody asks: no engine moves its traffic.
    Watched,
    /// The last step is in force: nothing is left to promote.
    Nothing,
    /// It may.
    Yes,
    /// Something is in the way.
    No,
}

impl Assessment {
    /// Whether it may go on.
    #[must_use]
    pub fn go(&self) -> Go {
        if self.phase.is_none() {
            Go::Watched
        } else if self.is_at_the_end {
            Go::Nothing
        } else if self.in_the_way().is_empty() {
            Go::Yes
        } else {
            Go::No
        }
    }

    /// Everything that is in the way of the next promotion, by name: what refuses it, and gates that do not
    /// pass.
    #[must_use]
    pub fn in_the_way(&self) -> Vec<&str> {
        let gates = self.gates.iter().filter(|gate| gate.state != GateState::Pass);
        let names = self.refusals.iter().map(|refusal| refusal.gate.as_str());
        let mut all: Vec<&str> = Vec::new();
        for name in names.chain(gates.map(|gate| gate.name.as_str())) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }

    /// What refuses the next promotion besides its gates, each as a gate that fails; none where nothing is left
    /// to promote, for then that is the reason. That the engine was not read its gate says.
    #[must_use]
    pub fn barriers(&self) -> Vec<Gate> {
        let refusals = self.refusals.iter().filter(|_| self.go() != Go::Nothing);
        refusals
            .filter(|refusal| refusal.gate != "engine unreadable")
            .map(|refusal| Gate::new(&refusal.gate, GateState::Fail, refusal.reason.clone()))
            .collect()
    }
}
