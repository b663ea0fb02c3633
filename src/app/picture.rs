//! Pictures of the cockpit for documents: the real runtime, sources and screen on the embedded world,
//! drawn into a buffer in place of a terminal.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::eyre;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::time::Instant;

use crate::config::{self, Paths};
use crate::control::Intent;
use crate::demo;
use crate::model::Time;
use crate::ports::Clock;
use crate::runtime::{Ended, Runtime, SystemClock, run};
use crate::tui::Cockpit;
use crate::tui::keymap::{Key, Keymap};
use crate::tui::terminal::Input;
use crate::tui::theme::{Depth, Theme};

use super::cockpit::watch;
use super::quiet::Quiet;
use super::setup::Setup;
use super::wire::{self, Watches};

/// One picture.
#[derive(Debug, Clone, Copy)]
pub struct Shot<'a> {
    /// Columns and lines.
    pub size: (u16, u16),
    /// A built-in theme.
    pub theme: &'a str,
    /// What the operator does before it.
    pub steps: &'a [Step<'a>],
}

/// What an operator does.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Presses a key, as the configuration writes it.
    Press(&'a str),
    /// Lets the world go on.
    Wait(Duration),
}

/// Where the pictures are taken.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// The world.
    pub world: demo::Options,
    /// What its clock shows at the beginning.
    pub begin: Time,
}

/// Between a key and a look at what it did, and again until the next key: dialogs are deaf when they
/// have just appeared.
const PAUSE: Duration = Duration::from_millis(500);

/// Takes pictures, one after the other, of one running world.
///
/// # Errors
/// When the world cannot be started, a key cannot be read, or this is interrupted.
pub async fn take(scene: &Scene, shots: &[Shot<'_>]) -> color_eyre::Result<Vec<Buffer>> {
    // as in [`super::main`]; a provider that is there already is as good
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock: Arc<dyn Clock> = Arc::new(Shifted { by: scene.begin - SystemClock.now() });
    let world = demo::start(scene.world, clock.clone()).await?;
    let folder = world.directory().to_owned();
    let mut config = config::parse(&world.toml, &folder.join("flightdeck.toml"))
        .map_err(|errors| eyre!("the world's configuration: {errors:?}"))?;
    config.fleet.banner = Some("DEMO".into());
    let paths = Paths { config_dir: folder.clone(), state_dir: folder };
    let setup = Setup { config, paths, operator: "ana".into(), clock };
    let mut runtime = setup.runtime(true);
    let watches = wire::wire(&mut runtime, &setup.config, &setup.clock);

    let mut pictures = Vec::with_capacity(shots.len());
    for shot in shots {
        let theme = Theme::load(shot.theme, None, Depth::True)?;
        let mut booth =
            Booth { cockpit: Cockpit::new(Keymap::default(), theme, false), watches: &watches };
        for step in shot.steps {
            match step {
                Step::Press(key) => booth.press(&mut runtime, key).await?,
                Step::Wait(time) => booth.wait(&mut runtime, *time).await?,
            }
        }
        pictures.push(booth.picture(&runtime, shot.size));
        runtime.intend(Intent::Dismiss);
    }
    Ok(pictures)
}

/// A cockpit without a terminal.
struct Booth<'a> {
    cockpit: Cockpit,
    watches: &'a Watches,
}

impl Booth<'_> {
    fn picture(&mut self, runtime: &Runtime, (width, height): (u16, u16)) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let (now, area) = (runtime.now(), buffer.area);
        self.cockpit.render(runtime.store(), runtime.desk(), now, area, &mut buffer);
        buffer
    }

    async fn press(&mut self, runtime: &mut Runtime, key: &str) -> color_eyre::Result<()> {
        // what is answered was on the screen
        self.picture(runtime, (120, 40));
        self.wait(runtime, PAUSE).await?;
        let key: Key = key.parse().map_err(|error: String| eyre!(error))?;
        let (input, now) = (Input::Key(key), runtime.now());
        for intent in self.cockpit.input(&input, runtime.store(), runtime.desk(), now) {
            runtime.intend(intent);
        }
        self.wait(runtime, PAUSE).await
    }

    /// Lets the world go on, with the loop of the cockpit.
    async fn wait(&mut self, runtime: &mut Runtime, time: Duration) -> color_eyre::Result<()> {
        let end = Instant::now() + time;
        let until = |runtime: &mut Runtime| {
            let now = runtime.now();
            if let Some(Intent::Watch(host, repo, run)) = self.cockpit.watch(runtime.store(), now) {
                watch(self.watches, &host, repo.clone(), run);
                runtime.intend(Intent::Watch(host, repo, run));
            }
            (Instant::now() >= end).then_some(())
        };
        match run(runtime, &mut Quiet, until).await? {
            Ended::Answered(()) => Ok(()),
            Ended::Quit | Ended::Interrupted => Err(eyre!("interrupted")),
        }
    }
}

/// The real clock, as if today were another day.
struct Shifted {
    by: chrono::TimeDelta,
}

impl Clock for Shifted {
    fn now(&self) -> Time {
        SystemClock.now() + self.by
    }
}
