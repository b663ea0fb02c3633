//! How well the judge judges: seeded releases, good ones and bad ones by stated amounts, before ours and
//! before those that others use. Writes the tables of `docs/judge.md` with `UPDATE=1`, else fails where they
//! are not what it finds; the same seeds make the same tables. `--quick` does a tenth, and leaves the page alone.
//! `cargo bench --profile release --bench judge`

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench, which ends where something is wrong"
)]

mod cell;
mod chance;
mod class;
mod judge;
mod late;
mod ours;
mod sprt;
mod table;
mod threshold;
mod traffic;
mod whitney;
mod ztest;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use cell::{Cell, RATES};
use class::Class;
use threshold::{Limits, tuned};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/judge.md");
const MARKS: [&str; 2] =
    ["<!-- written by UPDATE=1 just judge -->\n", "<!-- end of what is written -->"];

const RELEASES: u32 = 400;
const TUNING: u32 = 2000;

fn main() {
    chance::check();
    traffic::check();
    threshold::check();
    ztest::check();
    sprt::check();
    whitney::check();
    let is_quick = env::args().any(|arg| arg == "--quick");
    let part = if is_quick { 10 } else { 1 };
    let began = Instant::now();
    let limits = all(RATES.len(), |place| tuned(RATES[place], TUNING / part, 100 + place as u64));
    let limits: [Limits; RATES.len()] = limits.try_into().unwrap_or_else(|_| unreachable!());
    let cells = all(Class::ALL.len() * RATES.len(), |number| {
        let (class, rate) = (Class::ALL[number / RATES.len()], number % RATES.len());
        Cell::judged(class, RATES[rate], 2000 + number as u64, RELEASES / part, limits[rate])
    });
    let mut tables = table::page(&cells, &limits, RELEASES / part);
    if !is_quick {
        tables += &late::page();
    }
    println!("{tables}\n{:.0} s", began.elapsed().as_secs_f64());
    hold(&cells, is_quick);
    if !is_quick {
        write(&tables);
    }
}

/// What `work` makes of each number below `count`, in order, on all processors.
fn all<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let made = work(number);
                    done.lock().unwrap().push((number, made));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, made)| made).collect()
}

/// What must hold of ours, whatever else the tables say.
fn hold(cells: &[Cell], is_quick: bool) {
    let share = |class: Class, rate: u32| {
        let cell = cells.iter().find(|cell| cell.class == class && cell.rate == rate);
        cell.map(|cell| cell.scores[0].share()).unwrap()
    };
    for rate in RATES {
        for class in [Class::Steady, Class::Wandering] {
            // a tenth of the releases tells less
            let target = if is_quick { 3.0 * table::TARGET } else { table::TARGET };
            let found = share(class, rate);
            assert!(found <= target, "{}: {found} false rollbacks at {rate}/s", class.name());
        }
    }
    let found = share(Class::Errors(0.05), 100);
    assert!(found >= 0.95, "five times the errors at 100/s are found in {found} of all releases");
}

/// The tables into the page, or a complaint that they differ.
fn write(tables: &str) {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(MARKS[0]).unwrap();
    let (_, after) = rest.split_once(MARKS[1]).unwrap();
    let new = format!("{before}{}\n{tables}\n{}{after}", MARKS[0], MARKS[1]);
    if env::var_os("UPDATE").is_some() {
        fs::write(PAGE, new).unwrap();
    } else {
        assert!(new == page, "docs/judge.md has other tables: UPDATE=1 just judge writes these");
    }
}
