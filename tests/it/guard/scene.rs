//! Situations: where a rollout stands × what one gate says × how one feed's link is.

use flightdeck::model::{
    FeedId, FeedState, HealthState, Observation, Outcome, Phase, Severity, Verb,
};

use crate::support::build::{Build, alert, feeds, fleet, plan, rollout, spec, target};
use crate::support::runs;

/// The second at which everything is looked at.
pub const NOW: i64 = 1_000;

/// Where the rollout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    Idle,
    Promoting,
    Paused,
    Ready,
    RollingBack,
    RolledBack,
    Completed,
}

impl Stand {
    pub const ALL: [Self; 7] = [
        Self::Idle,
        Self::Promoting,
        Self::Paused,
        Self::Ready,
        Self::RollingBack,
        Self::RolledBack,
        Self::Completed,
    ];

    /// Its phase when every gate passes and every feed is live.
    pub fn phase(self) -> Phase {
        match self {
            Self::Idle => Phase::Idle,
            Self::Promoting => Phase::Progressing,
            Self::Paused => Phase::Paused,
            Self::Ready => Phase::AwaitingApproval,
            Self::RollingBack => Phase::RollingBack,
            Self::RolledBack => Phase::RolledBack,
            Self::Completed => Phase::Completed,
        }
    }

    pub fn routed(self) -> f64 {
        match self {
            Self::Idle | Self::RolledBack => 0.0,
            Self::Completed => 100.0,
            _ => 10.0,
        }
    }
}

/// What one gate says, the others passing as far as they can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    AllPass,
    HealthFails,
    HealthWaits,
    HealthUnknown,
    MetricFails,
    MetricWaits,
    MetricUnknown,
    QueryFailed,
    AlertsFail,
    AlertsUnknown,
    SoakWaits,
    SoakUnknown,
}

impl Says {
    pub const ALL: [Self; 12] = [
        Self::AllPass,
        Self::HealthFails,
        Self::HealthWaits,
        Self::HealthUnknown,
        Self::MetricFails,
        Self::MetricWaits,
        Self::MetricUnknown,
        Self::QueryFailed,
        Self::AlertsFail,
        Self::AlertsUnknown,
        Self::SoakWaits,
        Self::SoakUnknown,
    ];

    /// The gates that do not pass. Trouble with health or a metric is not clean time either; without
    /// traffic on the candidate neither its metrics nor its soak count.
    pub fn gates(self, stand: Stand) -> Vec<&'static str> {
        let gates: &[&str] = match self {
            Self::AllPass => &[],
            Self::HealthFails | Self::HealthWaits => &["health", "soak"],
            Self::HealthUnknown => &["health"],
            Self::MetricFails | Self::MetricWaits | Self::MetricUnknown => &["error rate", "soak"],
            Self::QueryFailed => &["error rate"],
            Self::AlertsFail | Self::AlertsUnknown => &["alerts"],
            Self::SoakWaits | Self::SoakUnknown => &["soak"],
        };
        let idle = stand.routed() == 0.0;
        let counts = |gate: &&str| !idle || !matches!(*gate, "error rate" | "soak");
        gates.iter().copied().filter(counts).collect()
    }
}

/// A feed's link, and whether it is one of the target's.
pub type Link = Option<(FeedId, FeedState)>;

/// Every link of every feed, and all live.
pub fn links() -> Vec<Link> {
    let mut links = vec![None];
    for feed in feeds() {
        links.extend([FeedState::Stale, FeedState::Lost].map(|state| Some((feed.clone(), state))));
    }
    links
}

/// Builds a situation, by folding what would have been heard.
pub fn build(stand: Stand, says: Says, link: &Link) -> Build {
    let mut build = Build::new(fleet(spec()));
    let late = matches!(says, Says::SoakWaits | Says::HealthWaits);
    let began = if late { NOW - 5 } else { 100 };
    for s in [80, 90] {
        build.till(s);
        feeds().iter().for_each(|feed| {
            build.beats(feed);
        });
        if says != Says::HealthUnknown {
            build.probes(HealthState::Healthy);
        }
    }
    build.says(&FeedId::part("github", "acme/checkout"), runs::told());
    history(&mut build, stand, began);
    readings(&mut build, stand, says);
    build.till(NOW);
    feeds().iter().for_each(|feed| {
        build.beats(feed);
    });
    build.reads(rollout(stand.routed()));
    if let Some((feed, state)) = link {
        let failures = if *state == FeedState::Lost { 3 } else { 1 };
        (0..failures).for_each(|_| {
            build.fails(feed);
        });
    }
    build
}

/// What the journal tells of the actions so far.
fn history(build: &mut Build, stand: Stand, began: i64) {
    let seen = Outcome::Seen;
    build.till(began);
    match stand {
        Stand::Idle => {}
        Stand::Completed => {
            build.acts("p1", Verb::Promote, 0.0, 10.0, seen);
            build.acts("p2", Verb::Promote, 10.0, 100.0, seen);
        }
        _ => {
            build.acts("p1", Verb::Promote, 0.0, 10.0, seen);
        }
    }
    build.till(NOW - 4);
    match stand {
        Stand::Promoting => {
            build.begins(&plan("p2", Verb::Promote, 10.0, 50.0));
        }
        Stand::Paused => {
            build.acts("s1", Verb::Pause, 10.0, 10.0, seen);
        }
        Stand::RollingBack => {
            build.begins(&plan("r1", Verb::Rollback, 10.0, 0.0));
        }
        Stand::RolledBack => {
            build.acts("r1", Verb::Rollback, 10.0, 0.0, seen);
        }
        Stand::Idle | Stand::Ready | Stand::Completed => {}
    }
}

/// What checks, metrics and alerts told since, in the last two minutes.
fn readings(build: &mut Build, stand: Stand, says: Says) {
    let bad = |s: i64| match says {
        Says::MetricFails => true,
        Says::MetricWaits => s == NOW - 20,
        _ => false,
    };
    let kept = |s: i64| says != Says::SoakUnknown || !(NOW - 65..NOW - 20).contains(&s);
    let value = |s: i64| match says {
        Says::MetricUnknown if s == NOW => f64::NAN,
        _ if bad(s) => 0.5,
        _ => 0.001,
    };
    let seconds = (NOW - 120..=NOW).step_by(10).filter(|s| kept(*s));
    let points: Vec<(i64, f64)> = seconds.map(|s| (s, value(s))).collect();
    build.till(NOW);
    build.measures(points);
    if says == Says::QueryFailed {
        let fault = Some("bad query".to_owned());
        let metric = Observation::Metric { target: target(), index: 0, points: Vec::new(), fault };
        build.says(&FeedId::source("prometheus.main"), vec![metric]);
    }
    match says {
        Says::AlertsUnknown => {}
        Says::AlertsFail => {
            build.alerts(vec![alert(
                "HighErrorRate",
                Severity::P1,
                crate::support::build::at(NOW - 3),
            )]);
        }
        _ => {
            build.alerts(Vec::new());
        }
    }
    match says {
        Says::HealthUnknown => {}
        Says::HealthFails => {
            for s in [NOW - 2, NOW - 1, NOW] {
                build.till(s).probes(HealthState::Unhealthy);
            }
        }
        Says::HealthWaits if stand != Stand::Idle => {
            build.till(NOW).probes(HealthState::Unhealthy);
        }
        _ => {
            build.till(NOW).probes(HealthState::Healthy);
        }
    }
}
