//! What a person can ask of GitHub about runs: the line that asks for it, and the request that it makes.

use crate::support::{Program, World};

use super::{BUSY, WAITS, newest};

/// Every verb that is one request to GitHub.
pub const VERBS: [&str; 5] = ["approve", "reject", "dispatch", "rerun", "cancel"];

/// One verb in one world.
pub struct Ask {
    /// The command line, without how it is confirmed.
    line: String,
    /// What GitHub is to receive, below `/actions/`.
    pub path: String,
}

impl Ask {
    /// The request for a verb where it can be asked for.
    pub fn new(world: &World, verb: &str) -> Self {
        let run = |target, file, status| newest(world, target, file, status);
        match verb {
            "approve" | "reject" => {
                let run = run(WAITS, "deploy.yml", "waiting");
                Self {
                    line: format!("{verb} {WAITS} --environment production-50"),
                    path: format!("runs/{run}/pending_deployments"),
                }
            }
            "dispatch" => Self {
                line: format!(
                    "run dispatch {WAITS} rollback.yml --ref main --input version=5.2.0 \
                     --input marker={{action}}"
                ),
                path: "workflows/rollback.yml/dispatches".to_owned(),
            },
            "rerun" => {
                let run = run(BUSY, "ci.yml", "completed");
                Self {
                    line: format!("run rerun {BUSY} --run {run}"),
                    path: format!("runs/{run}/rerun"),
                }
            }
            "cancel" => {
                let run = run(WAITS, "deploy.yml", "waiting");
                Self {
                    line: format!("run cancel {WAITS} --run {run}"),
                    path: format!("runs/{run}/cancel"),
                }
            }
            other => panic!("{other} is no request about runs"),
        }
    }

    /// The program that asks, confirmed beforehand; it follows for three seconds.
    pub fn program(&self, world: &World) -> Program {
        let program = world.program(self.line.split_whitespace());
        program.args(["--yes", "--reason", "a test", "--verify", "3s", "-o", "json"])
    }
}
