//! Is the error budget spent too fast, in a long window and in its short one?

use std::time::Duration;

use chrono::TimeDelta;

use crate::control::phase::span;
use crate::model::burn::range;
use crate::model::{BurnSpec, Reading, Spent, Time};
use crate::stats::burn::{FEW, SPEEDS, Speed, burn, lasts};
use crate::store::{Store, TargetState};

use super::{Gate, GateState, silence};

/// What an objective speaks of.
const PERIOD: Duration = Duration::from_secs(30 * 86_400);

/// One speed, and how fast the budget is spent in its windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Burning {
    /// The speed.
    pub speed: Speed,
    /// Times the speed that spends the budget in exactly its period, over the long window; or why nobody
    /// knows.
    pub long: Result<f64, String>,
    /// Over the short one.
    pub short: Result<f64, String>,
    /// How many failures that is over the long window, where requests are counted.
    pub failures: Option<f64>,
    /// Whether it would block.
    pub blocks: bool,
}

impl Burning {
    /// Whether it is reached in both windows; none when nobody can say.
    #[must_use]
    pub fn is_reached(&self) -> Option<bool> {
        let (Ok(long), Ok(short)) = (&self.long, &self.short) else { return None };
        Some(self.speed.is_reached(*long, *short))
    }

    /// Whether it is known to stand on so few failures that chance alone may be it.
    #[must_use]
    pub fn is_chance(&self) -> bool {
        self.failures.is_some_and(|failures| failures < FEW)
    }
}

/// How fast the budget is spent, the fastest speed first; empty where none is configured.
#[must_use]
pub fn burning(state: &TargetState) -> Vec<Burning> {
    let Some(spec) = &state.spec.rules.burn else { return Vec::new() };
    let spent = state.assurances.burn.as_ref().map(|heard| heard.said.as_slice());
    let one = |speed: Speed| Burning {
        speed,
        long: within(spec, spent.unwrap_or_default(), speed.long),
        short: within(spec, spent.unwrap_or_default(), speed.short),
        failures: failures(spent.unwrap_or_default(), speed.long),
        blocks: speed.factor >= spec.block,
    };
    SPEEDS.into_iter().map(one).collect()
}

/// How many requests failed within a window; none where nobody counts them.
fn failures(spent: &[Spent], window: Duration) -> Option<f64> {
    let spent = spent.iter().find(|spent| spent.window == window)?;
    Some(spent.errors.number()? * spent.requests?.number()?)
}

fn within(spec: &BurnSpec, spent: &[Spent], window: Duration) -> Result<f64, String> {
    let name = range(window);
    let Some(spent) = spent.iter().find(|spent| spent.window == window) else {
        return Err(format!("{name} was not asked for"));
    };
    if let Some(fault) = &spent.fault {
        return Err(format!("query of {name} failed: {fault}"));
    }
    match spent.errors {
        Reading::Number(errors) => burn(errors, spec.objective)
            .filter(|burn| *burn >= 0.0)
            .ok_or_else(|| format!("{errors} over {name} is no share of errors")),
        Reading::NotANumber => Err(format!("NaN over {name} (0/0: no traffic?)")),
        Reading::Empty => Err(format!("no data over {name}: the query yields no series")),
        Reading::PlusInfinity | Reading::MinusInfinity => {
            Err(format!("an infinite share of errors over {name}"))
        }
    }
}

pub(in crate::control) fn gate(store: &Store, state: &TargetState, now: Time) -> Option<Gate> {
    let spec = state.spec.rules.burn.as_ref()?;
    let unknown = |why: String| Some(Gate::new(&spec.name, GateState::Unknown, why));
    if state.assurances.burn.is_none() {
        return unknown("not read yet".to_owned());
    }
    let all = burning(state);
    let slower = all.iter().filter(|one| !one.blocks);
    let aside: String = slower.filter_map(aside).collect();
    let reached = || all.iter().filter(|one| one.blocks && one.is_reached() == Some(true));
    if let Some(one) = reached().find(|one| !one.is_chance()) {
        let reason = format!("{}, limit {}{}", speeds(one), one.speed.factor, rest(one));
        return Some(Gate::new(&spec.name, GateState::Fail, reason + &aside));
    }
    if let Some(why) = silence(store, state.spec.prometheus.as_ref(), now) {
        return unknown(why);
    }
    let mut doubts = all.iter().filter(|one| one.blocks).flat_map(|one| [&one.short, &one.long]);
    if let Some(why) = doubts.find_map(|burn| burn.as_ref().err()) {
        return unknown(why.clone());
    }
    if let Some(one) = reached().next() {
        let (over, failures) = (range(one.speed.long), one.failures.unwrap_or_default());
        let reason = format!(
            "{}, limit {}, but by {failures:.0} failed over {over}: below {FEW:.0} it may be chance",
            speeds(one),
            one.speed.factor
        );
        return Some(Gate::new(&spec.name, GateState::Wait, reason + &aside));
    }
    let Some(nearest) =
        all.iter().filter(|one| one.blocks).max_by(|a, b| near(a).total_cmp(&near(b)))
    else {
        return unknown("no speed blocks".to_owned());
    };
    let reason = format!("{}, limit {}{}", speeds(nearest), nearest.speed.factor, rest(nearest));
    Some(Gate::new(&spec.name, GateState::Pass, reason + &aside))
}

/// How near a speed is to being reached: 1 is there.
fn near(one: &Burning) -> f64 {
    let (Ok(long), Ok(short)) = (&one.long, &one.short) else { return f64::MAX };
    long.min(*short) / one.speed.factor
}

/// How fast it is spent in both windows.
fn speeds(one: &Burning) -> String {
    let (short, long) = (range(one.speed.short), range(one.speed.long));
    match (&one.short, &one.long) {
        (Ok(fast), Ok(slow)) => {
            format!("{} × the budget over {short} and {} × over {long}", times(*fast), times(*slow))
        }
        _ => format!("unknown over {short} or {long}"),
    }
}

/// How long a whole budget lasts at the speed of the long window.
fn rest(one: &Burning) -> String {
    let lasts = one.long.as_ref().ok().and_then(|burn| lasts(*burn, PERIOD));
    match lasts.and_then(|lasts| TimeDelta::from_std(lasts).ok()) {
        Some(left) if left < TimeDelta::days(365) => {
            format!("; a budget of 30 days lasts {}", span(left))
        }
        _ => String::new(),
    }
}

/// What is worth saying of a speed that does not block.
fn aside(one: &Burning) -> Option<String> {
    let factor = one.speed.factor;
    match one.is_reached() {
        Some(true) => Some(format!("; {}, above {factor}, does not block", speeds(one))),
        Some(false) => None,
        None => Some(format!("; whether {factor} × is reached is unknown, does not block")),
    }
}

/// A speed for people.
#[must_use]
pub fn times(burn: f64) -> String {
    if burn >= 10.0 { format!("{burn:.0}") } else { format!("{burn:.1}") }
}
