//! What an operator is told of a rollback before it is confirmed: where it goes and why there, what shows
//! that there is something, what is lost, which migrations lie between. Sentences only; decides nothing.

use chrono::TimeDelta;
use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::model::between::Between;
use crate::model::{ActionSpec, Revision, TargetSpec, Time};
use crate::store::{Store, TargetState};

use super::calls::destination;
use super::destinations::{Destination, Proof, SAME, Sure, destination_of};
use super::evidence::Evidence;
use super::phase::span;
use super::plan::Request;

/// Migrations that are named at most.
const NAMED: usize = 5;

/// Every sentence about the way back.
pub(super) fn notes(
    store: &Store,
    state: &TargetState,
    evidence: &Evidence,
    request: &Request,
    now: Time,
) -> Vec<String> {
    let (stable, candidate) = (evidence.stable.as_ref(), evidence.candidate.as_ref());
    let idle = evidence.routed.is_some_and(|routed| routed <= 0.05);
    let to = destination(store, state, evidence, request);
    let known = to.as_ref().map(|to| destination_of(store, state, evidence, to));
    let way = match (&to, &known) {
        (Some(to), _) if request.to.is_some() && stable != Some(to) => {
            format!("goes to {to}, as asked; stable runs {}", name(stable))
        }
        _ if idle => {
            format!("the candidate has no traffic: nothing moves, {} keeps it all", name(stable))
        }
        (Some(to), Some(known)) if stable != Some(to) => {
            format!("goes to {to}: {}", known.why(now))
        }
        _ => format!("goes to {}: it is what stable runs", name(stable)),
    };
    if idle && request.to.is_none() {
        return vec![way];
    }
    let passed = stable.filter(|stable| request.to.is_none() && to.as_ref() != Some(stable));
    let passed = passed.map(|stable| {
        let why = passed_over(&destination_of(store, state, evidence, stable));
        format!("! stable runs {stable}, which is passed over: {why}")
    });
    let mut notes: Vec<String> = passed.into_iter().chain([way]).collect();
    if let Some(known) = &known {
        notes.extend(known.doubts(stable == Some(&known.revision), now));
        notes.extend(lost(known));
        if let Some(said) = migrations(&state.spec.migrations, known) {
            // none between: nothing to take back
            let own = said.starts_with('!').then(|| database(&state.spec)).flatten();
            notes.extend([Some(said), own].into_iter().flatten());
        }
    }
    if !idle {
        let release = evidence.release.known();
        let release =
            release.map_or(String::new(), |at| format!(", released {} ago", span(now - at)));
        let left = match candidate {
            Some(same) if stable == Some(same) => format!("the candidate, which runs {same} too"),
            other => name(other),
        };
        notes.push(format!("takes all traffic from {left}{release}"));
    }
    notes
}

/// Why a rollback goes elsewhere though this runs.
fn passed_over(known: &Destination) -> String {
    match &known.proof {
        _ if known.is_bad => "it was rolled back from before".to_owned(),
        Proof::Missing(why) => why.clone(),
        Proof::Shown(_) | Proof::Unknown(_) => "it never finished its soak here".to_owned(),
    }
}

fn name(revision: Option<&Revision>) -> String {
    revision.map_or("a revision nobody named".to_owned(), ToString::to_string)
}

impl Destination {
    /// Why it is thought to be good, in words.
    #[must_use]
    pub fn why(&self, now: Time) -> String {
        match self.sure {
            Sure::Soaked(at) => {
                format!("it finished its soak here {} ago", span((now - at).max(TimeDelta::zero())))
            }
            Sure::Stable => "it is what stable runs".to_owned(),
            Sure::Deployed(Some(at)) => format!(
                "it was deployed {} ago; nobody here saw its soak",
                span((now - at).max(TimeDelta::zero()))
            ),
            Sure::Deployed(None) => "it was deployed; nobody here saw its soak".to_owned(),
            Sure::Asked => "somebody asks for it; nothing here says that it was good".to_owned(),
        }
    }

    /// Whether it is no destination by what is known.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.proof, Proof::Missing(_))
    }

    /// What shows that there is something to go to, or that there is not.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.proof {
            Proof::Shown(what) => what.clone(),
            Proof::Missing(why) => format!("! no destination: {why}"),
            Proof::Unknown(why) => format!("not proven: {why}"),
        }
    }

    /// What is lost, in a few words; that it is not known is said too.
    #[must_use]
    pub fn loss(&self) -> String {
        let between = match &self.between {
            Ok(between) => between,
            Err(why) if why == SAME => return "no commit is lost".to_owned(),
            Err(_) => return "commits lost: unknown".to_owned(),
        };
        let commits = |n: u64| if n == 1 { "1 commit".to_owned() } else { format!("{n} commits") };
        let lost = match between.lost {
            0 => "no commit is lost".to_owned(),
            1 => "1 commit is lost".to_owned(),
            n => format!("{n} commits are lost"),
        };
        let gained = between.gained;
        let other =
            (gained > 0).then(|| format!("; {} of another branch come back", commits(gained)));
        lost + &other.unwrap_or_default()
    }

    /// The files that differ and change a database; none where not all that differ are known.
    #[must_use]
    pub fn migrations(&self, globs: &[String]) -> Option<Vec<String>> {
        let between = self.between.as_ref().ok()?;
        let found = touched(globs, between).into_iter().map(str::to_owned).collect::<Vec<_>>();
        (between.whole || !found.is_empty()).then_some(found)
    }

    fn doubts(&self, runs: bool, now: Time) -> Vec<String> {
        let bad = self.is_bad.then(|| format!("! {} was rolled back from before", self.revision));
        let unsure = match self.sure {
            Sure::Soaked(_) if runs => Some(self.why(now)),
            Sure::Asked => Some(format!("! nothing here says that {} was good", self.revision)),
            Sure::Soaked(_) | Sure::Stable | Sure::Deployed(_) => None,
        };
        bad.into_iter().chain(unsure).chain([self.shown()]).collect()
    }
}

/// What is lost, or why that is not known where somebody could know it.
fn lost(known: &Destination) -> Option<String> {
    match &known.between {
        Ok(_) => Some(format!("{}: {} goes back behind them", known.loss(), known.revision)),
        Err(why) if why == SAME => None,
        Err(why) => Some(format!("{} ({why})", known.loss())),
    }
}

/// Which migrations lie between: going back does not undo them.
fn migrations(globs: &[String], known: &Destination) -> Option<String> {
    if globs.is_empty() {
        return None;
    }
    let between = match &known.between {
        Ok(between) => between,
        Err(why) => return Some(format!("! which migrations lie between is not known: {why}")),
    };
    let found = touched(globs, between);
    let more = found.len().saturating_sub(NAMED);
    let named = found.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let and = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(match found.len() {
        0 if !between.whole => {
            "! so many files differ that not all are listed: migrations may be among them"
                .to_owned()
        }
        0 => "no migration lies between".to_owned(),
        1 => format!("! 1 migration lies between, which going back does not undo: {named}"),
        n => format!("! {n} migrations lie between, which going back does not undo: {named}{and}"),
    })
}

/// That the database does not go back with it, where there is something that takes it back.
fn database(spec: &TargetSpec) -> Option<String> {
    let name = ActionSpec::DATABASE_ROLLBACK;
    let action = spec.actions.iter().find(|action| action.name == name)?;
    let within = action
        .within
        .map_or(String::new(), |within| format!(" (target time {} s)", within.as_secs()));
    Some(format!(
        "the database is its own question: `flightdeck do {} {name}`{within}",
        spec.target
    ))
}

/// The files that differ and match one of the patterns.
fn touched<'b>(globs: &[String], between: &'b Between) -> Vec<&'b str> {
    let set = globs_of(globs);
    between.files.iter().map(String::as_str).filter(|file| set.is_match(file)).collect()
}

/// The patterns were tried when the configuration was read.
fn globs_of(globs: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs.iter().filter_map(|glob| Glob::new(glob).ok()) {
        set.add(glob);
    }
    set.build().unwrap_or_default()
}
