//! Harm that begins after a long good time: how long our judge takes to find it.

use std::fmt::Write;

use crate::chance::Chance;
use crate::judge::Judge;
use crate::ours::Ours;
use crate::traffic::{Look, STEP_S, Side};

const RATE: u32 = 100;
const HARM: f64 = 0.05;
const HOURS: [u32; 4] = [0, 1, 6, 24];
const RELEASES: u64 = 21;

/// A table of the middle time to find it.
pub fn page() -> String {
    let mut text = "\n### Harm that begins late\n\n".to_owned();
    let _ = writeln!(
        text,
        "Ours, errors 1→5 % at {RATE} requests/s, after a good time in the same trial: the middle of {RELEASES}.\n"
    );
    let _ = writeln!(text, "| good before | found after |\n| ---: | ---: |");
    for hours in HOURS {
        let cell = 4000 + u64::from(hours);
        let mut times: Vec<u32> =
            (0..RELEASES).map(|seed| after_s(hours, &mut Chance::new(cell, seed))).collect();
        times.sort_unstable();
        let _ = writeln!(text, "| {hours} h | {} s |", times[times.len() / 2]);
    }
    text
}

fn after_s(hours: u32, chance: &mut Chance) -> u32 {
    let mut judge = Ours::default();
    let begins_s = hours * 3600;
    let mut at_s = 0;
    loop {
        let errors = if at_s >= begins_s { HARM } else { 0.01 };
        let candidate = chance.binomial(RATE * STEP_S, 0.1);
        let mut side =
            |requests, share| Side { requests, errors: chance.binomial(requests, share), slow: 0 };
        let (ours, theirs) = (side(candidate, errors), side(RATE * STEP_S - candidate, 0.01));
        at_s += STEP_S;
        if judge.condemns(&Look { at_s, ours, theirs, minute: None }) {
            return at_s.saturating_sub(begins_s);
        }
    }
}
