//! The stories that the world can tell. Owns data; knows nothing of how it is simulated or served.

use std::str::FromStr;

/// Which story is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Scenario {
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
    pub const ALL: [Self; 4] = [Self::Release, Self::Quiet, Self::Incident, Self::Subtle];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
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
            Self::Quiet => stories.iter_mut().for_each(Story::settle),
            Self::Incident => {
                stories.iter_mut().for_each(Story::settle);
                stories[1] = Story { weights: &[(-600, 10), (-300, 50)], ..PAYMENTS };
            }
            Self::Subtle => {
                stories.iter_mut().for_each(Story::settle);
                stories[0] = Story { quality: Quality::Subtle, weights: &[(-15, 10)], ..CHECKOUT };
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

const CHECKOUT: Story = Story {
    name: "checkout",
    mover: Mover::Balancer,
    rate: 240.0,
    stable: "1.4.1",
    previous: "1.4.0",
    candidate: "1.4.2",
    quality: Quality::Good,
    weights: &[(-75, 10)],
    title: "Round tax per line, not per order",
    staging_fails: false,
    troubled: false,
};

const PAYMENTS: Story = Story {
    name: "payments",
    mover: Mover::Balancer,
    rate: 150.0,
    stable: "2.0.3",
    previous: "2.0.2",
    candidate: "2.1.0",
    quality: Quality::Bad,
    weights: &[(-360, 10)],
    title: "Retry card authorisations on a second provider",
    staging_fails: false,
    troubled: false,
};

const SEARCH: Story = Story {
    name: "search",
    mover: Mover::Balancer,
    rate: 400.0,
    stable: "7.3.0",
    previous: "7.2.3",
    candidate: "7.3.0",
    quality: Quality::Good,
    weights: &[],
    title: "Rank by freshness for news queries",
    staging_fails: true,
    troubled: false,
};

const LEDGER: Story = Story {
    name: "ledger",
    mover: Mover::Scripts,
    rate: 90.0,
    stable: "3.1.4",
    previous: "3.1.3",
    candidate: "3.2.0",
    quality: Quality::Good,
    weights: &[(-240, 25)],
    title: "Post entries in batches",
    staging_fails: false,
    troubled: false,
};

const STOREFRONT: Story = Story {
    name: "storefront",
    mover: Mover::Stages,
    rate: 310.0,
    stable: "5.2.0",
    previous: "5.1.3",
    candidate: "5.3.0",
    quality: Quality::Good,
    weights: &[(-260, 10)],
    title: "Show stock beside the price",
    staging_fails: false,
    troubled: false,
};

const NOTIFIER: Story = Story {
    name: "notifier",
    mover: Mover::Nobody,
    rate: 60.0,
    stable: "0.9.4",
    previous: "0.9.3",
    candidate: "0.9.4",
    quality: Quality::Good,
    weights: &[],
    title: "Send in batches",
    staging_fails: false,
    troubled: true,
};

/// Why an alert wants nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    /// An operator silenced it.
    Silenced,
    /// Another alert hides it.
    Inhibited,
}

/// An alert without a rule: it fires from before the start to the end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notice {
    /// The label `alertname`.
    pub name: &'static str,
    /// The label `severity`.
    pub severity: &'static str,
    /// The label `service`.
    pub service: &'static str,
    /// The label `instance`.
    pub instance: &'static str,
    /// The annotation `summary`.
    pub summary: &'static str,
    /// What raised it.
    pub expression: &'static str,
    /// Real hours before the start since which it fires.
    pub hours: i64,
    /// Why it wants nobody, if it does not.
    pub hidden: Option<Hidden>,
}

impl Notice {
    fn is_unseen(&self) -> bool {
        self.hidden.is_some() || self.service == "platform"
    }
}

const NOTICES: [Notice; 5] = [
    Notice {
        name: "CertificateEndsSoon",
        severity: "info",
        service: "payments",
        instance: "edge1",
        summary: "the certificate of pay.acme.example ends in 20 days",
        expression: "probe_ssl_earliest_cert_expiry - time() < 21 * 86400",
        hours: 30,
        hidden: None,
    },
    Notice {
        name: "SlowQueries",
        severity: "P3",
        service: "payments",
        instance: "db2",
        summary: "12 queries an hour take longer than 1 s",
        expression: "increase(pg_slow_queries_total[1h]) > 10",
        hours: 52,
        hidden: None,
    },
    Notice {
        name: "DiskFillingUp",
        severity: "warning",
        service: "checkout",
        instance: "db1",
        summary: "the disk of db1 is full in 9 days",
        expression: "predict_linear(node_filesystem_avail_bytes[6h], 9 * 86400) < 0",
        hours: 75,
        hidden: Some(Hidden::Silenced),
    },
    Notice {
        name: "ReplicaLag",
        severity: "P2",
        service: "search",
        instance: "index3",
        summary: "index3 is 40 s behind",
        expression: "search_replica_lag_seconds > 30",
        hours: 5,
        hidden: Some(Hidden::Inhibited),
    },
    Notice {
        name: "PlannedMaintenance",
        severity: "info",
        service: "platform",
        instance: "rack7",
        summary: "rack 7 is being moved; its replicas lag",
        expression: "maintenance_window == 1",
        hours: 6,
        hidden: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.name().parse(), Ok(scenario));
        }
        let error = "norway".parse::<Scenario>().unwrap_err();
        assert!(error.contains("release, quiet, incident"), "{error}");
    }
}
