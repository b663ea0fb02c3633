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
    /// What is pressed before, as the configuration writes keys.
    pub keys: &'a [&'a str],
}

/// Where the pictures are taken.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// The world.
    pub world: demo::Options,
    /// What its clock shows at the beginning.
    pub begin: Time,
    /// How long it is watched before the first picture.
    pub settle: Duration,
}

/// How long an answer to keys may take.
const ANSWER: Duration = Duration::from_secs(2);

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
    let mut wait = scene.settle;
    for shot in shots {
        let theme = Theme::load(shot.theme, None, Depth::True)?;
        let mut cockpit = Cockpit::new(Keymap::default(), theme, false);
        look(&mut runtime, &mut cockpit, &watches, wait).await?;
        for key in shot.keys {
            let key: Key = key.parse().map_err(|error: String| eyre!(error))?;
            let now = runtime.now();
            for intent in cockpit.input(&Input::Key(key), runtime.store(), runtime.desk(), now) {
                runtime.intend(intent);
            }
        }
        look(&mut runtime, &mut cockpit, &watches, ANSWER).await?;
        let area = Rect::new(0, 0, shot.size.0, shot.size.1);
        let mut buffer = Buffer::empty(area);
        let now = runtime.now();
        cockpit.render(runtime.store(), runtime.desk(), now, area, &mut buffer);
        pictures.push(buffer);
        runtime.intend(Intent::Dismiss);
        wait = ANSWER;
    }
    Ok(pictures)
}

/// Lets the world go on for a while, with the loop of the cockpit.
async fn look(
    runtime: &mut Runtime,
    cockpit: &mut Cockpit,
    watches: &Watches,
    time: Duration,
) -> color_eyre::Result<()> {
    let end = Instant::now() + time;
    let until = |runtime: &mut Runtime| {
        if let Some(Intent::Watch(host, repo, run)) = cockpit.watch(runtime.store(), runtime.now())
        {
            watch(watches, &host, repo.clone(), run);
            runtime.intend(Intent::Watch(host, repo, run));
        }
        (Instant::now() >= end).then_some(())
    };
    match run(runtime, &mut Quiet, until).await? {
        Ended::Answered(()) => Ok(()),
        Ended::Quit | Ended::Interrupted => Err(eyre!("interrupted")),
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
