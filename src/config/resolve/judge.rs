//! `[service.environment.judge]`.

use std::collections::BTreeSet;
use std::time::Duration;

use toml::Spanned;

use crate::config::raw;
use crate::config::resolved::{ComparisonConfig, CountersConfig, SidesConfig};
use crate::model::{ComparisonSpec, JudgeSpec};

use super::Resolver;
use super::environment::Place;
use super::metric::HISTORY;

/// What is right where nothing is written.
const ALPHA: f64 = 0.05;
const WARM_UP: Duration = Duration::from_secs(30);
const EVERY: Duration = Duration::from_secs(5);
const POINTS: f64 = 0.0025;
const PART: f64 = 0.2;

impl Resolver<'_, '_> {
    pub(super) fn judge(&mut self, place: &Place<'_>, soak: Duration) -> Option<JudgeSpec> {
        let judge = place.raw.judge.as_ref()?;
        let raw = judge.get_ref();
        if place.raw.prometheus.is_none() {
            self.needs(judge.span(), "prometheus");
        }
        if place.raw.rollout.is_none() {
            let found = "found a judge where nothing is rolled out";
            self.problems.at(judge.span(), found, "write [service.environment.rollout] too");
        }
        if raw.compare.is_empty() {
            let fix = "write [[service.environment.judge.compare]] with bad and total";
            self.problems.missing(judge.span(), "compare", fix);
        }
        let every = self.pace(raw.every.as_ref(), EVERY);
        let mut spec = JudgeSpec {
            alpha: self.within(raw.alpha.as_ref(), ALPHA, "0.05 for one good release in twenty"),
            warm_up: self.duration(raw.warm_up.as_ref(), WARM_UP),
            every,
            comparisons: Vec::new(),
        };
        let mut names = BTreeSet::new();
        for (index, comparison) in raw.compare.iter().enumerate() {
            let own = comparison.get_ref();
            let name = self.name(own.name.as_ref(), comparison.span(), "errors");
            if let (Some(name), Some(written)) = (&name, &own.name)
                && !names.insert(name.clone())
            {
                self.twice(written, "comparison", "of a judge");
            }
            let Some(sides) = self.sides(raw, comparison) else { continue };
            let counters = match &sides {
                SidesConfig::Split { counters, .. } => counters,
                SidesConfig::Apart { candidate, .. } => candidate,
            };
            spec.comparisons.push(ComparisonSpec {
                name: name.unwrap_or_default(),
                query: format!("{} / {}", counters.part, counters.total),
                points: self.within(own.points.as_ref(), POINTS, "0.0025 for a quarter of a point"),
                part: self.part(own.part.as_ref()),
            });
            let history = soak.max(HISTORY);
            let target = place.target.clone();
            let config = ComparisonConfig { target, index, sides, every, history };
            let key = place.prometheus.as_ref();
            if let Some(server) = key.and_then(|key| self.config.prometheus.get_mut(key)) {
                server.comparisons.push(config);
            }
        }
        Some(spec)
    }

    /// Where each side of a comparison is counted; none when that is written wrongly.
    fn sides(
        &mut self,
        judge: &raw::Judge,
        comparison: &Spanned<raw::Comparison>,
    ) -> Option<SidesConfig> {
        let own = comparison.get_ref();
        if let (Some(candidate), Some(stable)) = (&own.candidate, &own.stable) {
            for query in [&own.bad, &own.good, &own.total].into_iter().flatten() {
                let found = "found a query beside those of the sides";
                self.problems.at(query.span(), found, "leave it out, or `candidate` and `stable`");
            }
            let of = |side: &Spanned<raw::Counters>| {
                let own = side.get_ref();
                (side.span(), [own.bad.clone(), own.good.clone(), own.total.clone()])
            };
            let (candidate, stable) = (of(candidate), of(stable));
            let candidate = self.counters(candidate.0, candidate.1)?;
            let stable = self.counters(stable.0, stable.1)?;
            return Some(SidesConfig::Apart { candidate, stable });
        }
        if let Some(one) = own.candidate.as_ref().or(own.stable.as_ref()) {
            let fix = "write both `candidate` and `stable`, each { bad = …, total = … }";
            self.problems.at(one.span(), "found one side only", fix);
            return None;
        }
        let queries = [own.bad.clone(), own.good.clone(), own.total.clone()];
        let counters = self.counters(comparison.span(), queries)?;
        let Some(split) = &judge.split else {
            let fix = "write split = { label = \"track\", candidate = \"canary\", stable = \"stable\" } \
                       in [service.environment.judge]";
            self.problems.missing(comparison.span(), "split", fix);
            return None;
        };
        let raw::Split { label, candidate, stable } = split.get_ref();
        let (Some(label), Some(candidate), Some(stable)) = (label, candidate, stable) else {
            let fix = "write label, candidate and stable";
            self.problems.at(split.span(), "found a split that is not whole", fix);
            return None;
        };
        if candidate.get_ref() == stable.get_ref() {
            self.not(stable, "write the label's value on the stable side's series");
        }
        let [label, candidate, stable] =
            [label, candidate, stable].map(|text| text.get_ref().clone());
        Some(SidesConfig::Split { counters, label, candidate, stable })
    }

    fn counters(
        &mut self,
        at: std::ops::Range<usize>,
        [bad, good, total]: [Option<raw::Text>; 3],
    ) -> Option<CountersConfig> {
        let (part, is_good) = match (bad, good) {
            (Some(_), Some(good)) => {
                self.not(&good, "leave it out: `bad` says it already");
                return None;
            }
            (Some(bad), None) => (bad, false),
            (None, Some(good)) => (good, true),
            (None, None) => {
                let fix = "write the counter of what failed, or `good` for what did not: \
                           sum by (track, instance) (http_requests_total{code=~\"5..\"})";
                self.problems.missing(at, "bad", fix);
                return None;
            }
        };
        let Some(total) = total else {
            let fix = "write the counter of all requests, without rate() or increase()";
            self.problems.missing(at, "total", fix);
            return None;
        };
        for query in [&part, &total] {
            let text = query.get_ref();
            if text.trim().is_empty() {
                self.not(query, "write the expression of a counter");
            } else if ["rate(", "increase(", "delta("].iter().any(|word| text.contains(word)) {
                let found = "found a rate, and a counter is needed: the judge counts by itself";
                self.problems.at(
                    query.span(),
                    found,
                    "leave out rate(), increase() and their [range]",
                );
            }
        }
        let [part, total] = [part, total].map(|query| query.get_ref().clone());
        Some(CountersConfig { part, is_good, total })
    }

    /// A number between 0 and 1.
    pub(super) fn within(
        &mut self,
        written: Option<&Spanned<f64>>,
        default: f64,
        example: &str,
    ) -> f64 {
        let Some(written) = written else { return default };
        let value = *written.get_ref();
        if !(value > 0.0 && value < 1.0) {
            let found = format!("found {value}");
            self.problems.at(
                written.span(),
                found,
                format!("write a number between 0 and 1: {example}"),
            );
            return default;
        }
        value
    }

    fn part(&mut self, written: Option<&Spanned<f64>>) -> f64 {
        let Some(written) = written else { return PART };
        let value = *written.get_ref();
        if !(value.is_finite() && value >= 0.0) {
            let fix = "write a number from 0 up: 0.2 for a fifth more than the stable side";
            self.problems.at(written.span(), format!("found {value}"), fix);
            return PART;
        }
        value
    }
}
