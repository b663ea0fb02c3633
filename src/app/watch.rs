//! `flightdeck watch`: the runtime's loop without a screen, until a rollout ends.

mod onward;

use std::io::{self, Write};

use tokio::time::Instant;

use crate::cli::args::{Global, LOOK, OnBreach, WatchArgs};
use crate::cli::watch::{Stop, Watcher, What};
use crate::cli::{Exit, Output};
use crate::control::{Course, End};
use crate::model::spec::AutoMode;
use crate::model::{Refusal, TargetSpec};
use crate::runtime::{Ended, Runtime, run};

use super::quiet::Quiet;
use super::setup::Setup;
use super::{look, say, wire};

use onward::Onward;

pub(super) async fn main<W: Write>(
    global: &Global,
    args: &WatchArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let mut setup = match Setup::load(global) {
        Ok(setup) => setup,
        Err(exit) => return Ok(exit),
    };
    let target = &args.target;
    let mut specs = setup.config.fleet.targets.iter();
    let Some(spec) = specs.find(|spec| spec.target == *target) else {
        say(look::unknown_target(target, &setup));
        return Ok(Exit::Usage);
    };
    let blind = blind(spec);
    if let Some(why) = blind.as_ref().filter(|_| args.on_breach == OnBreach::Rollback) {
        say(why);
        return Ok(Exit::Usage);
    }
    let refusals = beforehand(&setup, global, spec, args);
    let read = wire::with_before(&setup.config, std::slice::from_ref(target));
    wire::narrow_to_ask(&mut setup.config, &read);
    arm(&mut setup.config.fleet.targets, global, args);
    let began = Instant::now();
    let mut show = Show { watcher: Watcher::new(target.clone(), setup.clock.now()), out };
    let now = setup.clock.now();
    if !refusals.is_empty() {
        return Ok(show.end(Stop::Refused, Vec::new(), refusals, now)?);
    }
    if let Some(notice) = blind {
        show.watcher.tell(&What::Notice { notice }, now, show.out)?;
    }
    let mut runtime = setup.runtime(true);
    wire::wire(&mut runtime, &setup);
    let first = look::asked_once(began + global.look().min(LOOK));
    if run(&mut runtime, &mut Quiet, first).await? == Ended::Interrupted {
        return Ok(show.end(Stop::Interrupted, Vec::new(), Vec::new(), runtime.now())?);
    }
    let state = runtime.store().target(target);
    let Some(state) = state.filter(|state| state.reading.is_some()) else {
        let is_over = global.timeout.is_some_and(|timeout| began.elapsed() >= timeout);
        if is_over && !was_asked(&runtime, args) {
            return Ok(show.end(
                Stop::Unknown,
                vec![OVER.to_owned()],
                Vec::new(),
                runtime.now(),
            )?);
        }
        let why = unreadable(&runtime, args);
        return Ok(show.end(Stop::Failed, vec![why], Vec::new(), runtime.now())?);
    };
    let armed = args.on_breach == OnBreach::Rollback;
    let mut course = Course::new(state, armed, runtime.now());
    let mut onward = Onward::new(global, args);
    let deadline = global.timeout.map(|timeout| began + timeout);
    let until = |runtime: &mut Runtime| {
        let looked = step(runtime, args, (&mut course, &mut onward, &mut show), deadline);
        looked.unwrap_or_else(|error| Some(Err(error)))
    };
    let ended = run(&mut runtime, &mut Quiet, until).await?;
    let now = runtime.now();
    show.watcher.look(runtime.store(), now, show.out)?;
    for record in runtime.take_unwritten() {
        say(serde_json::to_string(&record)?);
    }
    let (stop, evidence) = match ended {
        Ended::Answered(ended) => ended?,
        Ended::Quit | Ended::Interrupted => (Stop::Interrupted, Vec::new()),
    };
    Ok(show.end(stop, evidence, Vec::new(), now)?)
}

/// Why a watch ends that has no time left.
const OVER: &str = "it did not end within the time given to --timeout";

/// How the loop is left: how it ended, and by which evidence.
type Left = Result<(Stop, Vec<String>), io::Error>;

/// One look: tells what changed, goes on where that may be, and finds the end.
fn step<W: Write>(
    runtime: &mut Runtime,
    args: &WatchArgs,
    (course, onward, show): (&mut Course, &mut Onward, &mut Show<'_, W>),
    deadline: Option<Instant>,
) -> io::Result<Option<Left>> {
    let now = runtime.now();
    show.watcher.look(runtime.store(), now, show.out)?;
    let end = course.look(runtime.store(), &args.target, now);
    if let Some(failed) = onward.reports(runtime) {
        return Ok(Some(Ok((Stop::Failed, vec![failed]))));
    }
    // what is under way is waited for, and what was found out is written
    if runtime.running() > 0 {
        return Ok(None);
    }
    if let Some(end) = end.filter(|_| runtime.settled()) {
        return Ok(Some(Ok(match end {
            End::Completed => (Stop::Completed, Vec::new()),
            End::Breached(evidence) => (Stop::Breached, evidence),
            End::RolledBack(evidence) => (Stop::RolledBack, evidence),
            End::Lost(why) => (Stop::Unknown, vec![why]),
        })));
    }
    if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
        return Ok(Some(Ok((Stop::Unknown, vec![OVER.to_owned()]))));
    }
    if args.promote_when_ready
        && let Some(told) = onward.go_on(runtime)
    {
        show.watcher.tell(&What::Notice { notice: told }, now, show.out)?;
    }
    Ok(None)
}

/// Where the lines go.
struct Show<'o, W: Write> {
    watcher: Watcher,
    out: &'o mut Output<W>,
}

impl<W: Write> Show<'_, W> {
    /// The last line, and the exit code that it names.
    fn end(
        &mut self,
        result: Stop,
        evidence: Vec<String>,
        refusals: Vec<Refusal>,
        now: crate::model::Time,
    ) -> io::Result<Exit> {
        let exit = match result {
            Stop::Completed => Exit::Done,
            Stop::Breached | Stop::RolledBack => Exit::No,
            Stop::Failed => Exit::Failed,
            Stop::Unknown => Exit::Unknown,
            Stop::Refused => Exit::Refused,
            Stop::Interrupted => Exit::Interrupted,
        };
        let what = What::End { result, exit: exit.code(), evidence, refusals };
        self.watcher.tell(&what, now, self.out)?;
        Ok(exit)
    }
}

/// Why no harm could be told, nor anything be armed.
fn blind(spec: &TargetSpec) -> Option<String> {
    let target = &spec.target;
    let rollout = spec.rollout.as_ref()?;
    rollout.auto.is_none().then(|| {
        format!(
            "nothing could tell that {target} harms: configure a judge, or a metric with a limit or a health check with track = \"candidate\""
        )
    })
}

/// What refuses a watch before anything is contacted.
fn beforehand(setup: &Setup, global: &Global, spec: &TargetSpec, args: &WatchArgs) -> Vec<Refusal> {
    if spec.rollout.is_none() {
        let reason = "no engine is configured; there is no rollout to watch";
        return vec![Refusal::new("engine", reason)];
    }
    if !args.acts() {
        return Vec::new();
    }
    let blank = global.reason.as_ref().is_none_or(|reason| reason.trim().is_empty());
    let fleet = &setup.config.fleet;
    let refusals = [
        (fleet.read_only, "read-only", "this flightdeck is read-only"),
        (!global.yes, "confirmation", "nobody is asked while it watches: it needs --yes"),
        (
            spec.production && blank,
            "reason",
            "to act in production it needs a --reason that is not blank",
        ),
    ];
    let refusals = refusals.into_iter().filter(|(refuses, ..)| *refuses);
    let refusals = refusals.map(|(_, gate, reason)| Refusal::new(gate, reason));
    refusals.chain(fleet.inert.iter().map(|why| Refusal::new("trust", why))).collect()
}

/// Arms what is watched, or nothing: this process does by itself what it was told to, and no more.
fn arm(targets: &mut [TargetSpec], global: &Global, args: &WatchArgs) {
    for spec in targets {
        let armed = args.on_breach == OnBreach::Rollback && spec.target == args.target;
        if let Some(auto) = spec.rollout.as_mut().and_then(|rollout| rollout.auto.as_mut()) {
            auto.mode = if armed { AutoMode::On } else { AutoMode::Off };
            // it ends with the release
            auto.watch_after = std::time::Duration::ZERO;
            auto.said = global.reason.clone().filter(|said| armed && !said.trim().is_empty());
        }
    }
}

/// Whether the engine has answered, well or badly.
fn was_asked(runtime: &Runtime, args: &WatchArgs) -> bool {
    let store = runtime.store();
    let rollout = store.target(&args.target).and_then(|state| state.spec.rollout.as_ref());
    store.fleet().inert.is_some()
        || rollout.is_some_and(|rollout| store.feed(&rollout.feed).is_some())
}

/// Why the engine could not be read.
fn unreadable(runtime: &Runtime, args: &WatchArgs) -> String {
    let store = runtime.store();
    if let Some(inert) = &store.fleet().inert {
        return format!("nothing is read: {inert}");
    }
    let rollout = store.target(&args.target).and_then(|state| state.spec.rollout.as_ref());
    let view = rollout.map(|rollout| store.feed_view(&rollout.feed, runtime.now()));
    let why = view.map_or(String::new(), |view| view.reason());
    format!("the engine cannot be read: {why}")
}
