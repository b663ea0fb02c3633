//! A process that stands still at one of the code's own boundaries.

use std::path::PathBuf;

use super::patience;
use super::program::{Done, Program, Started};
use super::world::World;

/// A started program that stands at a place.
pub struct Stopped {
    started: Started,
    file: PathBuf,
}

impl Stopped {
    /// Starts a program and waits until it stands at the place.
    pub fn at(place: &str, world: &World, program: Program) -> Self {
        let folder = world.folder().join("stopped");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).expect("a folder");
        let file = folder.join("at");
        let program = program.env("FLIGHTDECK_STOP_AT", place);
        let started = program.env("FLIGHTDECK_STOP_FILE", &file).start();
        patience::until(&format!("the program to reach {place}"), || {
            std::fs::read_to_string(&file).ok().filter(|reached| reached == place)
        });
        Self { started, file }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.started.pid()
    }

    /// SIGKILL, right there.
    pub fn kill(self) -> Done {
        self.started.kill()
    }

    /// Lets it go on, also where it comes to the place once more.
    pub fn release(self) -> Started {
        let folder = self.file.parent().expect("the folder of the file");
        std::fs::remove_dir_all(folder).expect("the file of a program that stands");
        self.started
    }

    /// Lets it go on to its end.
    pub fn go_on(self) -> Done {
        self.release().done()
    }
}
