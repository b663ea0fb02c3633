//! The cockpit: the runtime's loop with a terminal for a screen.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::StreamExt;

use crate::cli::Exit;
use crate::cli::args::{CockpitArgs, Global};
use crate::config::Paths;
use crate::control::{Desk, Intent};
use crate::journal::recording::{Limits, RecordingError, RecordingWriter};
use crate::model::{Event, Time};
use crate::ports::Recorder;
use crate::runtime::{Bus, Ended, Runtime, Screen, run};
use crate::store::Store;
use crate::tui::frame::{Cause, FrameGate, Ticks};
use crate::tui::keymap::Keymap;
use crate::tui::terminal::{self, Input, Inputs, Terminal};
use crate::tui::theme::{DEFAULT, Depth, Shelf, Theme};
use crate::tui::widgets::is_ascii_locale;
use crate::tui::{Cockpit, Told};

use super::reading::Desk as LogDesk;
use super::setup::{Setup, complain};
use super::wire::Watches;
use super::{keys, panic, say, wire};

/// `flightdeck` without a command.
pub(super) async fn main(global: &Global, args: &CockpitArgs) -> color_eyre::Result<Exit> {
    match Setup::load(global) {
        Ok(setup) => show(global, args, &setup).await,
        Err(exit) => Ok(exit),
    }
}

/// Shows the cockpit of a configuration until the operator leaves.
pub(super) async fn show(
    global: &Global,
    args: &CockpitArgs,
    setup: &Setup,
) -> color_eyre::Result<Exit> {
    if !terminal::is_interactive() {
        say("the cockpit needs a terminal for input and output; use `flightdeck status` here");
        return Ok(Exit::Refused);
    }
    let keymap = match keys::keymap(&setup.config) {
        Ok(keymap) => keymap,
        Err(errors) => return Ok(complain(&errors)),
    };
    let screen = &setup.config.screen;
    let name = args.theme.as_deref().or(screen.theme.as_deref());
    let wardrobe = Wardrobe::open(global, name, &setup.paths);
    let recorder = match args.record.as_deref().map(|path| record(path, setup)).transpose() {
        Ok(recorder) => recorder,
        Err(error) => {
            say(error.to_string());
            return Ok(Exit::Usage);
        }
    };
    let mut runtime = setup.recorded(true, recorder);
    let watches = wire::wire(&mut runtime, setup);
    panic::in_task(&mut runtime);
    if let Some(text) = wardrobe.broken {
        runtime.bus().tell(Event::Notice { text, target: None }).await;
    }
    let ascii = screen.ascii.unwrap_or_else(|| is_ascii_locale(variable));
    let cockpit = Cockpit::new(keymap, wardrobe.theme, ascii)
        .with_themes(wardrobe.shelf)
        .with_panes(&screen.panes);
    let ended = on_terminal(&mut runtime, cockpit, screen.mouse, watches).await;
    for record in runtime.take_unwritten() {
        say(serde_json::to_string(&record)?);
    }
    Ok(exit(&ended?))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What a cockpit can wear on this terminal.
pub(super) struct Wardrobe {
    pub(super) theme: Theme,
    pub(super) shelf: Shelf,
    /// What is wrong with the theme asked for, when another takes its place.
    pub(super) broken: Option<String>,
}

impl Wardrobe {
    /// Reads all themes, and chooses the one of that name.
    pub(super) fn open(global: &Global, name: Option<&str>, paths: &Paths) -> Self {
        let depth = if global.no_color { Depth::Mono } else { Depth::detect(variable) };
        let folder = paths.config_dir.join("themes");
        let name = name.unwrap_or(DEFAULT);
        let (theme, broken) = Theme::load_or_default(name, Some(&folder), depth);
        let broken = broken.map(|error| format!("{}; {} is worn", error.brief(), theme.name()));
        Self { theme, shelf: Shelf::load(Some(&folder), depth), broken }
    }
}

fn record(path: &Path, setup: &Setup) -> Result<Box<dyn Recorder>, RecordingError> {
    let writer = RecordingWriter::create(path, setup.clock.now(), Limits::default())?;
    Ok(Box::new(writer))
}

/// Plays a replay until the operator leaves.
pub(super) async fn play(runtime: &mut Runtime, wardrobe: Wardrobe) -> io::Result<Exit> {
    let ascii = is_ascii_locale(variable);
    let cockpit = Cockpit::new(Keymap::default(), wardrobe.theme, ascii);
    let cockpit = cockpit.with_themes(wardrobe.shelf);
    Ok(exit(&on_terminal(runtime, cockpit, false, Watches::default()).await?))
}

fn exit(ended: &Ended<Never>) -> Exit {
    match ended {
        Ended::Answered(never) => match *never {},
        Ended::Quit => Exit::Done,
        Ended::Interrupted => Exit::Interrupted,
    }
}

/// Runs whose jobs are read because they were looked at, for each host.
const WATCHED: usize = 8;

/// The loop never answers by itself.
enum Never {}

async fn on_terminal(
    runtime: &mut Runtime,
    cockpit: Cockpit,
    mouse: bool,
    watches: Watches,
) -> io::Result<Ended<Never>> {
    let terminal = Terminal::enter(mouse)?;
    let inputs = Inputs::open(cockpit.alts())?;
    let mut screen = TerminalScreen {
        terminal: Some(terminal),
        inputs: Some(inputs),
        input: None,
        cockpit,
        logs: LogDesk::new(watches.hosts.clone(), runtime.bus()),
        told: None,
        watches,
        bus: runtime.bus(),
        gate: FrameGate::default(),
        began: Instant::now(),
        seq: None,
        desk: Desk::default(),
        ticks: Ticks::default(),
        stale: false,
    };
    run(runtime, &mut screen, |_| None).await
}

/// The terminal as the loop's screen.
struct TerminalScreen {
    terminal: Option<Terminal>,
    inputs: Option<Inputs>,
    input: Option<Input>,
    cockpit: Cockpit,
    logs: LogDesk,
    /// What was told of a log, until the loop takes it.
    told: Option<Told>,
    watches: Watches,
    bus: Bus,
    gate: FrameGate,
    began: Instant,
    /// The newest event that was drawn.
    seq: Option<u64>,
    /// The desk as it was drawn.
    desk: Desk,
    ticks: Ticks,
    /// Whether the terminal may show something else than was drawn.
    stale: bool,
}

impl TerminalScreen {
    fn tell(&self, text: String) {
        let bus = self.bus.clone();
        tokio::spawn(async move { bus.tell(Event::Notice { text, target: None }).await });
    }

    fn suspend(&mut self) -> io::Result<()> {
        if !terminal::can_suspend() {
            self.tell("nothing would take over the terminal if flightdeck stopped here".into());
            return Ok(());
        }
        if let (Some(terminal), Some(inputs)) = (&mut self.terminal, self.inputs.take()) {
            self.inputs = Some(terminal.suspend(inputs)?);
        }
        self.gate.request(Cause::Key);
        Ok(())
    }
}

impl Screen for TerminalScreen {
    async fn next(&mut self) -> Option<()> {
        let next = async {
            match &mut self.inputs {
                Some(inputs) => inputs.next().await,
                None => None,
            }
        };
        self.input = tokio::select! {
            biased;
            input = next => input,
            told = self.logs.next() => {
                self.told = Some(told);
                return Some(());
            }
        };
        match &self.input {
            None | Some(Input::Ended) => None,
            Some(_) => Some(()),
        }
    }

    fn intents(&mut self, store: &Store, desk: &Desk, now: Time) -> Vec<Intent> {
        if let Some(told) = self.told.take() {
            self.cockpit.log_told(told);
            self.gate.request(Cause::Data);
            return Vec::new();
        }
        let Some(input) = self.input.take() else { return Vec::new() };
        match input {
            Input::FocusGained => self.ticks.focus(true),
            Input::FocusLost => self.ticks.focus(false),
            _ => {}
        }
        // a terminal that shrank and grew again has lost cells, even where the size is what it was
        self.stale |= input == Input::Resize;
        self.gate.request(Cause::Key);
        self.cockpit.input(&input, store, desk, now)
    }

    fn draw(&mut self, store: &Store, desk: &Desk, now: Time) -> io::Result<Option<Duration>> {
        if let Some(Intent::Watch(host, repo, run)) = self.cockpit.watch(store, now) {
            watch(&self.watches, &host, repo, run);
        }
        let at = self.began.elapsed();
        if self.ticks.due(at) || self.seq != Some(store.seq()) || self.desk != *desk {
            self.gate.request(Cause::Data);
        }
        if self.gate.due(at) {
            if let Some(terminal) = &mut self.terminal {
                if std::mem::take(&mut self.stale) {
                    terminal.repaint()?;
                }
                let cockpit = &mut self.cockpit;
                terminal.draw(|frame| {
                    let area = frame.area();
                    cockpit.render(store, desk, now, area, frame.buffer_mut());
                })?;
            }
            // what is in sight is known only now
            if let Some(Intent::Read(wanted)) = self.cockpit.log_wish() {
                self.logs.ask(&wanted);
            }
            self.gate.drawn(at);
            panic::in_loop();
            if self.seq != Some(store.seq()) {
                follow(&self.watches, store);
            }
            self.seq = Some(store.seq());
            self.desk.clone_from(desk);
            self.ticks.drawn(at, self.cockpit.next_tick(now));
        }
        Ok(match (self.gate.wait(at), self.ticks.wait(at)) {
            (Some(frame), Some(tick)) => Some(frame.min(tick)),
            (frame, tick) => frame.or(tick),
        })
    }

    fn perform(&mut self, intent: &Intent) -> io::Result<()> {
        match intent {
            Intent::Open(address) => {
                let told = match open::that_detached(address) {
                    Ok(()) => format!("opened {address}"),
                    Err(error) => format!("no browser here ({error}); the address is {address}"),
                };
                self.tell(told);
            }
            Intent::Copy(text) => {
                let copied = match &mut self.terminal {
                    Some(terminal) => terminal.copy(text)?,
                    None => false,
                };
                self.tell(if copied {
                    format!("copied: {text}")
                } else {
                    "too long to copy".to_owned()
                });
            }
            Intent::Suspend => self.suspend()?,
            Intent::Redraw => {
                if let Some(terminal) = &mut self.terminal {
                    terminal.repaint()?;
                }
                self.gate.request(Cause::Key);
            }
            Intent::Read(wanted) => self.logs.ask(wanted),
            Intent::Watch(host, repo, run) => watch(&self.watches, host, repo.clone(), *run),
            _ => {}
        }
        Ok(())
    }

    fn waits(&mut self, most: Duration) {
        let most = most.as_secs();
        say(format!("leaving: the action under way is waited for, {most} s at most"));
    }

    fn leave(&mut self, _gone: bool) {
        // a terminal that is gone takes the farewell without complaint, or not at all
        self.inputs = None;
        self.terminal = None;
    }
}

/// Has the jobs of a run read from now on.
fn watch(watches: &Watches, host: &str, repo: String, run: u64) {
    if let Some(wanted) = watches.jobs.get(host) {
        wanted.send_if_modified(|wanted| {
            while wanted.runs.len() >= WATCHED {
                wanted.runs.pop_first();
            }
            wanted.runs.insert((repo, run))
        });
    }
}

/// Has the repositories of targets that have a rollout under way asked before all others.
fn follow(watches: &Watches, store: &Store) {
    for (host, wanted) in &watches.jobs {
        let moving = store.targets().filter(|state| {
            let routed = state.reading.as_ref().and_then(|reading| reading.rollout.routed);
            state.ledger.in_flight().next().is_some()
                || routed.is_some_and(|percent| percent > 0.0 && percent < 100.0)
        });
        let moving = moving.filter(|state| state.spec.host.as_ref() == Some(host));
        let moving: BTreeSet<String> = moving.filter_map(|s| s.spec.repo.clone()).collect();
        wanted.send_if_modified(|wanted| {
            let differs = wanted.moving != moving;
            wanted.moving = moving;
            differs
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_knows_every_pane_by_its_name() {
        assert!(Cockpit::pane_names().eq(crate::config::PANES));
    }
}
