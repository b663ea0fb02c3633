//! The services that scripts move: small programs of this repository and the state files they work on,
//! in the world's own folder. Knows where they are; what they do stands in the scripts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::scenario::Story;

const SCRIPTS: [(&str, &str); 7] = [
    ("status.sh", include_str!("scripts/status.sh")),
    ("shift.sh", include_str!("scripts/shift.sh")),
    ("rollback.sh", include_str!("scripts/rollback.sh")),
    ("pause.sh", include_str!("scripts/pause.sh")),
    ("drain-queue.sh", include_str!("scripts/drain-queue.sh")),
    ("smoke-test.sh", include_str!("scripts/smoke-test.sh")),
    ("undo-migrations.sh", include_str!("scripts/undo-migrations.sh")),
];

/// Entries that wait in the queue at the start.
const QUEUE: u32 = 40;

/// One service's scripts and state.
#[derive(Debug, Clone)]
pub struct Scripts {
    folder: PathBuf,
}

impl Scripts {
    /// Writes a service's scripts and the state it begins with below the world's folder.
    pub fn install(world: &Path, story: &Story) -> io::Result<Self> {
        let folder = world.join(story.name);
        fs::create_dir(&folder)?;
        for (name, text) in SCRIPTS {
            fs::write(folder.join(name), text)?;
        }
        let weight = story.weights.iter().rev().find(|(second, _)| *second <= 0);
        let weight = weight.map_or(0, |(_, weight)| *weight);
        for (name, value) in [
            ("weight", weight.to_string()),
            ("stable", story.stable.to_owned()),
            ("candidate", story.candidate.to_owned()),
            ("paused", "no".to_owned()),
            ("queue", QUEUE.to_string()),
        ] {
            fs::write(folder.join(name), format!("{value}\n"))?;
        }
        Ok(Self { folder })
    }

    /// The weight that the scripts last gave the candidate, in percent.
    pub fn weight(&self) -> Option<u32> {
        fs::read_to_string(self.folder.join("weight")).ok()?.trim().parse().ok()
    }

    /// A script as an argv of the configuration.
    pub fn argv(&self, script: &str, rest: &[&str]) -> String {
        let place = |path: &Path| path.to_string_lossy().into_owned();
        let mut argv = vec!["sh".to_owned(), place(&self.folder.join(script)), place(&self.folder)];
        argv.extend(rest.iter().map(|&part| part.to_owned()));
        // a JSON list of strings is a TOML one
        serde_json::Value::from(argv).to_string()
    }
}
