//! The tables, as Markdown, and what they say about our judge.

use std::fmt::Write;

use flightdeck::stats::interval::{Z95, wilson};

use crate::cell::{Cell, JUDGES, RATES, Score};
use crate::class::Class;
use crate::threshold::Limits;

/// As many points more than false alarms make a detection.
const DETECTS: f64 = 0.2;
/// Of false rollbacks, over all metrics and looks.
pub const TARGET: f64 = 0.05;

/// Everything that is found, for the page.
pub fn page(cells: &[Cell], limits: &[Limits; RATES.len()], releases: u32) -> String {
    let mut text = String::new();
    let (good, bad): (Vec<&Cell>, Vec<&Cell>) = cells.iter().partition(|cell| cell.class.is_good());
    let _ = writeln!(text, "### Good releases: rolled back all the same\n");
    table(&mut text, &good, |score, _| rate(score), |_| String::new());
    let _ = writeln!(text, "\n### Bad releases: found within 15 minutes\n");
    table(
        &mut text,
        &bad,
        |score, _| rate(score),
        |cell| {
            if is_lost(cell, cells) { "**no one can**".to_owned() } else { String::new() }
        },
    );
    let _ = writeln!(text, "\n### Bad releases: how soon, where they are found\n");
    let _ = writeln!(
        text,
        "The middle time since harm began, and the candidate's requests by then. *Sooner, later*: of the same \
         {releases}\nreleases, those ours found sooner than the tuned threshold (or alone), and later (or not).\n"
    );
    table(
        &mut text,
        &bad,
        |score, _| soon(score),
        |cell| {
            let (sooner, later) = cell.scores[0].against(&cell.scores[1]);
            format!("sooner {sooner}, later {later}")
        },
    );
    let _ = writeln!(text, "\n### The tuned threshold\n\n| requests/s | errors over | slow over |");
    let _ = writeln!(text, "| ---: | ---: | ---: |");
    for (rate, limits) in RATES.iter().zip(limits) {
        let _ = writeln!(
            text,
            "| {} | {:.1} % | {:.1} % |",
            thousands(*rate),
            limits.errors * 100.0,
            limits.slow * 100.0
        );
    }
    let _ = writeln!(text, "\n### Against the target\n");
    findings(cells).iter().for_each(|line| {
        let _ = writeln!(text, "- {line}");
    });
    text
}

fn table(
    text: &mut String,
    cells: &[&Cell],
    show: impl Fn(&Score, &Cell) -> String,
    last: impl Fn(&Cell) -> String,
) {
    let _ = writeln!(text, "| release | requests/s | {} | |", JUDGES.join(" | "));
    let _ = writeln!(text, "| --- | ---: |{} --- |", " ---: |".repeat(JUDGES.len()));
    for cell in cells {
        let shown: Vec<String> = cell.scores.iter().map(|score| show(score, cell)).collect();
        let row = format!(
            "| {} | {} | {} | {} |",
            cell.class.name(),
            thousands(cell.rate),
            shown.join(" | "),
            last(cell)
        );
        let _ = writeln!(text, "{}", row.replace("|  |", "| |"));
    }
}

/// `4.5 % (2.9–7.0)`: with the interval of 95 %.
fn rate(score: &Score) -> String {
    let (low, high) = wilson(score.count(), Z95);
    format!("{:.1} % ({:.1}–{:.1})", score.share() * 100.0, low * 100.0, high * 100.0)
}

fn soon(score: &Score) -> String {
    score.median().map_or("–".to_owned(), |found| {
        format!("{} s, {}", found.after_s, thousands(found.requests))
    })
}

fn thousands(number: u32) -> String {
    let (over, under) = (number / 1000, number % 1000);
    if over > 0 { format!("{over},{under:03}") } else { under.to_string() }
}

fn at(cells: &[Cell], class: Class, rate: u32) -> Option<&Cell> {
    cells.iter().find(|cell| cell.class == class && cell.rate == rate)
}

/// Whether no judge finds it much more often than it condemns a good one.
fn is_lost(cell: &Cell, cells: &[Cell]) -> bool {
    let Some(steady) = at(cells, Class::Steady, cell.rate) else { return false };
    let scores = cell.scores.iter().zip(&steady.scores);
    scores.into_iter().all(|(found, alarms)| found.share() - alarms.share() <= DETECTS)
}

fn place(cell: &Cell) -> String {
    format!("{} at {}", cell.class.name(), thousands(cell.rate))
}

/// What holds and what does not.
fn findings(cells: &[Cell]) -> Vec<String> {
    let list = |label: &str, places: Vec<String>| {
        let places = if places.is_empty() { "none".to_owned() } else { places.join(", ") };
        format!("{label}: {places}.")
    };
    let bad = || cells.iter().filter(|cell| !cell.class.is_good() && !is_lost(cell, cells));
    let places = |keep: &dyn Fn(&Cell) -> bool| {
        bad().filter(|cell| keep(cell)).map(place).collect::<Vec<_>>()
    };
    vec![
        list(
            "False rollbacks of ours over 5 %",
            over(cells)
                .map(|cell| format!("{} ({:.1} %)", place(cell), cell.scores[0].share() * 100.0))
                .collect(),
        ),
        list(
            "Found by ours more often than by the threshold",
            places(&|cell| cell.scores[0].share() > cell.scores[1].share()),
        ),
        list(
            "Found as often",
            places(&|cell| (cell.scores[0].share() - cell.scores[1].share()).abs() < 1e-9),
        ),
        list("Found less often", places(&|cell| cell.scores[0].share() < cell.scores[1].share())),
        list(
            "Found later in more releases than sooner",
            places(&|cell| {
                let (sooner, later) = cell.scores[0].against(&cell.scores[1]);
                later > sooner
            }),
        ),
    ]
}

/// Good releases of which ours condemns more than it should.
pub fn over(cells: &[Cell]) -> impl Iterator<Item = &Cell> {
    cells.iter().filter(|cell| cell.class.is_good() && cell.scores[0].share() > TARGET)
}
