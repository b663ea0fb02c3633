//! Is there a good backup that is young enough?

use chrono::TimeDelta;

use crate::control::phase::span;
use crate::model::{Reading, Time};
use crate::store::{Store, TargetState};

use super::{Gate, GateState, silence};

/// How far in the future a backup may lie: a difference of clocks.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// The gate's name.
pub(super) const NAME: &str = "backup";

pub(in crate::control) fn gate(store: &Store, state: &TargetState, now: Time) -> Option<Gate> {
    let spec = state.spec.rules.backup.as_ref()?;
    let most = TimeDelta::from_std(spec.max_age).unwrap_or(TimeDelta::MAX);
    let (answer, reason) = match made(state) {
        Err(why) => (GateState::Unknown, why),
        Ok(made) if made - now > AHEAD => {
            let reason = format!(
                "its time is {} ahead of now; the query must yield seconds",
                span(made - now)
            );
            (GateState::Unknown, reason)
        }
        Ok(made) => {
            let age = now - made;
            let told = format!("{} old, limit {}", span(age), span(most));
            match silence(store, state.spec.prometheus.as_ref(), now) {
                _ if age > most => (GateState::Fail, format!("the last good one is {told}")),
                Some(why) => (GateState::Unknown, why),
                None => (GateState::Pass, told),
            }
        }
    };
    Some(Gate::new(NAME, answer, reason))
}

/// When the last good backup was made.
///
/// # Errors
/// A sentence, when nobody knows.
pub fn made(state: &TargetState) -> Result<Time, String> {
    let Some(heard) = &state.assurances.backup else { return Err("not read yet".to_owned()) };
    match &heard.said {
        Err(fault) => Err(format!("query failed: {fault}")),
        Ok(Reading::Empty) => Err("no data: the query yields no series".to_owned()),
        Ok(Reading::NotANumber) => Err("NaN".to_owned()),
        Ok(reading) => {
            let millis = reading.number().map(|seconds| seconds * 1000.0);
            let known = millis.and_then(|millis| Time::from_timestamp_millis(millis as i64));
            known.ok_or_else(|| "the query yields no time".to_owned())
        }
    }
}
