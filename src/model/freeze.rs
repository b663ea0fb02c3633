//! When nothing should be promoted: windows by the clock of a time zone, and the exceptions from them.
//! Must not know what time it is, nor what a freeze stops.

use chrono::{NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A freeze, as a target is under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeSpec {
    /// Its name.
    pub name: String,
    /// Whose clocks its times are read from.
    pub zone: Tz,
    /// The windows that come back; none: its dates alone are the window.
    pub weekly: Option<Weekly>,
    /// Nothing is frozen before this time; none: no beginning.
    pub start: Option<NaiveDateTime>,
    /// Nothing is frozen from this time on; none: no end.
    pub end: Option<NaiveDateTime>,
    /// When promoting is allowed all the same.
    pub except: Vec<Exception>,
    /// Why, for the operator.
    pub reason: Option<String>,
}

/// A window that comes back every week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekly {
    /// The days on which a window begins.
    pub days: Vec<Weekday>,
    /// When it begins.
    pub from: NaiveTime,
    /// The day it ends on; none: the same one, or the next where `to` is not after `from`.
    pub to_day: Option<Weekday>,
    /// When it ends.
    pub to: NaiveTime,
}

/// A time in which a freeze does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// When it begins.
    pub start: NaiveDateTime,
    /// When it ends.
    pub end: NaiveDateTime,
}
