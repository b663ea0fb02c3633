//! The stories that the world can tell. Owns data; knows nothing of how it is simulated or served.

mod cast;
mod notice;

use std::str::FromStr;

use self::cast::{BASKET, CHECKOUT, LEDGER, NOTIFIER, PAYMENTS, PRICING, SEARCH, STOREFRONT};
use self::notice::NOTICES;
pub(super) use self::notice::{Hidden, Notice};

/// Which story is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// What there is in [`Release`](Self::Release), and two releases that are rolled back by themselves: one
    /// at once, one unless somebody holds it.
    Tour,
    /// One release in mid-canary and well, one bad, one failed pipeline.
    #[default]
    Release,
    /// All is well and nothing is being released.
    Quiet,
    /// A bad release has half of the traffic and alerts are firing.
    Incident,
    /// A release that is a little worse: below every limit, and the judge sees it.
    Subtle,
}

impl Scenario {
    /// Every story.
    pub const ALL: [Self; 5] =
        [Self::Tour, Self::Release, Self::Quiet, Self::Incident, Self::Subtle];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tour => "tour",
            Self::Release => "release",
            Self::Quiet => "quiet",
            Self::Incident => "incident",
            Self::Subtle => "subtle",
        }
    }

    /// The services of this story.
    pub(super) fn services(self) -> Vec<Story> {
        let mut stories = vec![CHECKOUT, PAYMENTS, SEARCH, LEDGER, STOREFRONT, NOTIFIER];
        match self {
            Self::Release => {}
            Self::Tour => {
                stories[0].wave = Some(("shop", 1));
                stories[3].wave = Some(("shop", 2));
                stories.extend([PRICING, BASKET]);
            }
            Self::Quiet => stories.iter_mut().for_each(Story::settle),
            Self::Incident => {
                stories.iter_mut().for_each(Story::settle);
                stories[1] = Story { weights: &[(-600, 10), (-300, 50)], ..PAYMENTS };
            }
            Self::Subtle => {
                stories.iter_mut().for_each(Story::settle);
                stories[0] = Story {
                    quality: Quality::Subtle,
                    weights: &[(-15, 10)],
                    auto: Auto::Ask,
                    ..CHECKOUT
                };
            }
        }
        stories
    }

    /// The alerts that were there before, and have nothing to do with any release.
    pub(super) fn notices(self) -> Vec<Notice> {
        let notices = NOTICES.into_iter();
        // quiet: only what nobody has to look at
        notices.filter(|notice| self != Self::Quiet || notice.is_unseen()).collect()
    }
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|scenario| scenario.name()).collect();
            format!(
                "`{}` is not a scenario; write one of {}",
                text.escape_debug(),
                names.join(", ")
            )
        })
    }
}

/// How well a revision works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// As it should.
    Good,
    /// A little more fails and all is a little slower: too little for a limit.
    Subtle,
    /// The more traffic it gets, the more of it fails.
    Bad,
}

impl Quality {
    /// The part of requests that fails, when the revision has `share` (0–1) of the traffic.
    pub fn error_rate(self, share: f64) -> f64 {
        match self {
            Self::Good => 0.0012,
            Self::Subtle => 0.0062,
            Self::Bad => 0.12f64.mul_add(share, 0.03),
        }
    }

    /// The 95th percentile of latency in milliseconds, when the revision has `share` of the traffic.
    pub fn p95_ms(self, share: f64) -> f64 {
        match self {
            Self::Good => 30.0f64.mul_add(share, 170.0),
            Self::Subtle => 1.2 * Self::Good.p95_ms(share),
            Self::Bad => 700.0f64.mul_add(share, 240.0),
        }
    }
}

/// What moves a service's traffic in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// The load balancer, by its runtime API.
    Balancer,
    /// Scripts on this machine.
    Scripts,
    /// A pipeline in stages, each of which somebody lets go on.
    Stages,
    /// Nobody: all of it goes to what runs.
    Nobody,
}

impl Mover {
    /// Whether the configuration names an engine for it.
    pub fn is_engine(self) -> bool {
        !matches!(self, Self::Nobody)
    }

    /// The percentages of a release, as the configuration has them.
    pub fn steps(self) -> &'static str {
        match self {
            Self::Balancer | Self::Stages | Self::Nobody => "[10, 50, 100]",
            Self::Scripts => "[25, 50, 100]",
        }
    }
}

/// One service's part in a story.
#[derive(Debug, Clone, Copy)]
pub(super) struct Story {
    /// The service's name.
    pub name: &'static str,
    /// What moves its traffic.
    pub mover: Mover,
    /// Requests per world second in production.
    pub rate: f64,
    /// What the stable side runs.
    pub stable: &'static str,
    /// What the stable side ran before that.
    pub previous: &'static str,
    /// What the candidate side runs; the same as `stable` when nothing is being released.
    pub candidate: &'static str,
    /// How well the candidate works.
    pub quality: Quality,
    /// World seconds and the candidate's weight from then on.
    pub weights: &'static [(i64, u32)],
    /// The title of the commit being released.
    pub title: &'static str,
    /// Whether the newest pipeline of the main branch failed in staging.
    pub staging_fails: bool,
    /// Whether its pipelines are in trouble of several kinds.
    pub troubled: bool,
    /// What becomes of its release when it harms.
    pub auto: Auto,
    /// Its group, and its wave in that.
    pub wave: Option<(&'static str, u32)>,
}

/// Whether a release that harms is rolled back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auto {
    /// No.
    Off,
    /// Unless somebody holds it.
    Ask,
    /// At once.
    On,
}

impl Story {
    /// When the release began, in world seconds; none when nothing is being released.
    pub fn begin(&self) -> Option<i64> {
        self.weights.first().map(|(second, _)| *second)
    }

    /// What staging runs.
    pub fn staging(&self) -> &'static str {
        self.candidate
    }

    /// What the two sides run before anything happens: of a release in stages that is over, the candidate side
    /// goes on with all the traffic until the next one.
    pub fn sides(&self) -> Sides {
        let (stable, candidate) = (self.stable, self.candidate);
        match (self.mover, self.begin()) {
            (Mover::Stages, None) => Sides { stable: self.previous, candidate, share: 100 },
            _ => Sides { stable, candidate, share: 0 },
        }
    }

    fn settle(&mut self) {
        self.candidate = self.stable;
        self.quality = Quality::Good;
        self.weights = &[];
        self.staging_fails = false;
        self.troubled = false;
        self.auto = Auto::Off;
        self.wave = None;
    }
}

/// What the two sides of a service run.
pub(super) struct Sides {
    /// The revision of the stable side.
    pub stable: &'static str,
    /// The revision of the candidate side.
    pub candidate: &'static str,
    /// The candidate's percentage of the traffic.
    pub share: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.name().parse(), Ok(scenario));
        }
        let error = "norway".parse::<Scenario>().unwrap_err();
        assert!(error.contains("tour, release, quiet, incident"), "{error}");
    }
}
