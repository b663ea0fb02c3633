//! What is released: good ones, and bad ones by stated amounts.

use crate::traffic::{LOOKS, STEP_S};

/// The burst: begins and lasts, in seconds.
const BURST_S: (u32, u32) = (240, 30);

/// What is released.
#[derive(Clone, Copy, PartialEq)]
pub enum Class {
    Steady,
    Wandering,
    Clumped,
    /// Fails this often.
    Errors(f64),
    /// Takes this many times as long.
    Slower(f64),
    SlowBurn,
    Burst,
}

impl Class {
    pub const ALL: [Self; 11] = [
        Self::Steady,
        Self::Wandering,
        Self::Clumped,
        Self::Errors(0.015),
        Self::Errors(0.02),
        Self::Errors(0.05),
        Self::Slower(1.1),
        Self::Slower(1.2),
        Self::Slower(1.5),
        Self::SlowBurn,
        Self::Burst,
    ];

    pub fn name(self) -> String {
        match self {
            Self::Steady => "steady".into(),
            Self::Wandering => "wandering".into(),
            Self::Clumped => "clumped".into(),
            Self::Errors(share) => format!("errors 1→{} %", share * 100.0),
            Self::Slower(times) => format!("latency +{:.0} %", (times - 1.0) * 100.0),
            Self::SlowBurn => "slow burn".into(),
            Self::Burst => "burst".into(),
        }
    }

    pub fn is_good(self) -> bool {
        matches!(self, Self::Steady | Self::Wandering | Self::Clumped)
    }

    /// When the harm begins, in seconds; who condemns it before condemns a good one.
    pub fn begins_s(self) -> u32 {
        if self == Self::Burst { BURST_S.0 } else { 0 }
    }

    /// How often a candidate fails at `s`, where its stable side has `base`.
    pub fn errors(self, base: f64, s: f64) -> f64 {
        let (begin, length) = (f64::from(BURST_S.0), f64::from(BURST_S.1));
        match self {
            Self::Errors(share) => share,
            Self::SlowBurn => base + 0.02 * s / f64::from(LOOKS * STEP_S),
            Self::Burst if (begin..begin + length).contains(&s) => 0.2,
            _ => base,
        }
    }

    /// By how much a candidate is slower than its stable side, as a logarithm.
    pub fn stretch(self) -> f64 {
        if let Self::Slower(times) = self { times.ln() } else { 0.0 }
    }
}
