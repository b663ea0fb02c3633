//! `[[freeze]]`: windows in which targets should not be promoted.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use chrono::{NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};
use toml::Spanned;

use crate::config::error::quoted;
use crate::config::raw::{self, Moment, Text};
use crate::config::suggest::nearest;
use crate::model::freeze::{Exception, FreezeSpec, Weekly};

use super::Resolver;
use super::pattern::fits;

/// A window's last day, when it is not told by its time alone, and the time of its end.
type End = (Option<Weekday>, NaiveTime);

const WEEK: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

impl Resolver<'_, '_> {
    /// Gives each freeze to the targets it is for, which are known by now.
    pub(super) fn freezes(&mut self) {
        let mut names = BTreeSet::new();
        for freeze in &self.raw.freeze {
            let raw = freeze.get_ref();
            if let Some(name) = &raw.name
                && !names.insert(name.get_ref().clone())
            {
                self.twice(name, "freeze", "in the file");
            }
            let (spec, wanted) = (self.freeze(freeze), self.frozen_targets(raw));
            let Some(spec) = spec else { continue };
            for (target, frozen) in self.config.fleet.targets.iter_mut().zip(wanted) {
                if frozen {
                    target.rules.freezes.push(spec.clone());
                }
            }
        }
    }

    fn freeze(&mut self, freeze: &Spanned<raw::Freeze>) -> Option<FreezeSpec> {
        let raw = freeze.get_ref();
        let name = self.name(raw.name.as_ref(), freeze.span(), "weekend");
        let zone = self.zone(raw.zone.as_ref(), freeze);
        let weekly = self.weekly(raw);
        let (start, end) = (self.moment(raw.start.as_ref()), self.moment(raw.end.as_ref()));
        if let (Some(from), Some(to), Some(written)) = (start, end, &raw.end) {
            self.in_order(from, to, written);
        }
        let recurs = raw.days.is_some() || raw.from.is_some() || raw.to.is_some();
        if !recurs && (raw.start.is_none() || raw.end.is_none()) {
            let found = "found no window of time";
            let fix = "write days, from and to, or start and end";
            self.problems.at(freeze.span(), found, fix);
        }
        let except = raw.except.iter().filter_map(|except| self.except(except)).collect();
        let reason = raw.reason.as_ref().map(|reason| reason.get_ref().clone());
        Some(FreezeSpec { name: name?, zone: zone?, weekly, start, end, except, reason })
    }

    fn zone(&mut self, zone: Option<&Text>, freeze: &Spanned<raw::Freeze>) -> Option<Tz> {
        let Some(zone) = zone else {
            let fix =
                "write zone = \"Europe/Berlin\", whose clocks the times are read from, or \"UTC\"";
            self.problems.missing(freeze.span(), "zone", fix);
            return None;
        };
        if let Ok(known) = Tz::from_str(zone.get_ref()) {
            return Some(known);
        }
        let names: Vec<&str> = TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
        // a city alone is what people write
        let city = zone.get_ref().replace(' ', "_").to_lowercase();
        let of_city =
            |name: &&&str| name.rsplit('/').next().is_some_and(|own| own.to_lowercase() == city);
        let near = names.iter().find(of_city).copied().or_else(|| nearest(zone.get_ref(), &names));
        match near {
            Some(near) => self.not(zone, format!("did you mean `{near}`?")),
            None => self
                .not(zone, "write a zone of the time zone database, \"Europe/Berlin\" or \"UTC\""),
        }
        None
    }

    fn weekly(&mut self, raw: &raw::Freeze) -> Option<Weekly> {
        let days = match &raw.days {
            None => WEEK.map(|(_, day)| day).to_vec(),
            Some(days) => {
                if days.get_ref().is_empty() {
                    let fix = "write the days on which a window begins, [\"fri\", \"sat\"]";
                    self.problems.at(days.span(), "found an empty list", fix);
                }
                days.get_ref().iter().filter_map(|day| self.day(day)).collect()
            }
        };
        let (from, end) = match (&raw.from, &raw.to) {
            (None, None) if raw.days.is_none() => return None,
            (None, None) => (NaiveTime::MIN, (None, NaiveTime::MIN)),
            (Some(from), Some(to)) => {
                let (from, end) = (self.clock(from), self.end(to));
                (from?, end?)
            }
            (Some(lone), None) => {
                self.not(lone, "write `to` as well, to = \"08:00\"");
                return None;
            }
            (None, Some(lone)) => {
                self.not(lone, "write `from` as well, from = \"16:00\"");
                return None;
            }
        };
        Some(Weekly { days, from, to_day: end.0, to: end.1 })
    }

    fn day(&mut self, text: &Text) -> Option<Weekday> {
        let day = weekday(text.get_ref());
        if day.is_none() {
            self.not(text, "write mon, tue, wed, thu, fri, sat or sun");
        }
        day
    }

    fn clock(&mut self, text: &Text) -> Option<NaiveTime> {
        let time = time_of_day(text.get_ref());
        if time.is_none() {
            self.not(text, "write a time of day, \"16:00\"");
        }
        time
    }

    /// `08:00`, or with the day it is on, `mon 08:00`.
    fn end(&mut self, text: &Text) -> Option<End> {
        let written = text.get_ref();
        let end = match written.split_once(' ') {
            Some((day, time)) => weekday(day).map(Some).zip(time_of_day(time)),
            None => time_of_day(written).map(|time| (None, time)),
        };
        if end.is_none() {
            self.not(text, "write a time of day, \"08:00\", or with its day, \"mon 08:00\"");
        }
        end
    }

    fn moment(&mut self, moment: Option<&Spanned<Moment>>) -> Option<NaiveDateTime> {
        let moment = moment?;
        let written = &moment.get_ref().0;
        let read = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(written, form).ok());
        if read.is_none() {
            let found = format!("found {}", quoted(written));
            let fix = "write a date and a time by the clocks of `zone`, 2026-12-23T16:00:00";
            self.problems.at(moment.span(), found, fix);
        }
        read
    }

    fn in_order(&mut self, from: NaiveDateTime, to: NaiveDateTime, end: &Spanned<Moment>) {
        if to <= from {
            let found = format!("found an end that is not after {from}");
            self.problems.at(end.span(), found, "write a later time");
        }
    }

    fn except(&mut self, except: &Spanned<raw::Except>) -> Option<Exception> {
        let raw::Except { start, end } = except.get_ref();
        let (Some(from), Some(to)) = (start, end) else {
            let found = "found an exception that is not whole";
            self.problems.at(except.span(), found, "write start and end");
            return None;
        };
        let (start, end) = (self.moment(Some(from))?, self.moment(Some(to))?);
        self.in_order(start, end, to);
        Some(Exception { start, end })
    }

    /// Which targets a freeze is for, in their order.
    fn frozen_targets(&mut self, raw: &raw::Freeze) -> Vec<bool> {
        let targets = &self.config.fleet.targets;
        let Some(patterns) = &raw.targets else {
            return targets.iter().map(|target| target.production).collect();
        };
        let names: Vec<String> = targets.iter().map(|spec| spec.target.to_string()).collect();
        if patterns.get_ref().is_empty() {
            let found = "found no target: nothing would be frozen";
            let fix = "write SERVICE/ENVIRONMENT, `*` stands for anything, or leave it out for all of production";
            self.problems.at(patterns.span(), found, fix);
        }
        for pattern in patterns.get_ref() {
            if names.iter().any(|name| fits(pattern.get_ref(), name)) {
                continue;
            }
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            match nearest(pattern.get_ref(), &known) {
                Some(near) => self.not(pattern, format!("did you mean `{near}`?")),
                None => self.not(
                    pattern,
                    "no target of this file is called so; write SERVICE/ENVIRONMENT, `*` stands for anything",
                ),
            }
        }
        let of = |name: &String| patterns.get_ref().iter().any(|p| fits(p.get_ref(), name));
        names.iter().map(of).collect()
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    let text = text.to_ascii_lowercase();
    WEEK.into_iter().find(|(name, _)| *name == text).map(|(_, day)| day)
}

fn time_of_day(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}
