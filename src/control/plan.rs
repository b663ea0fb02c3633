//! From a request to a plan, and from a confirmed plan to "still true?".

use std::time::Duration;

use crate::model::action::what;
use crate::model::{
    ActionId, HookSpec, Plan, Refusal, Revision, Subject, Target, Time, Values, Verb,
};
use crate::store::{Store, TargetState};

use super::assess::{Assessment, assess};
use super::calls::{Asker, calls, configured, destination, goes_anywhere};
use super::guard::{guard, is_overridable, is_staged};
use super::incident::{self, INCIDENT};
use super::notes::{hold_words, notes};
use super::queue::queue;
use super::runs;
use super::undo::is_back;

/// The rule that wants to be told why; a reason answers it.
pub const REASON: &str = "reason";

/// What an operator asks for, by key or command.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// To which target.
    pub target: Target,
    /// What.
    pub verb: Verb,
    /// The name of the configured action, for [`Verb::Do`].
    pub name: Option<String>,
    /// What of its workflows; none: what the verb means by itself.
    pub subject: Option<Subject>,
    /// To 100 % at once.
    pub full: bool,
    /// Only if this is the revision it goes to.
    pub to: Option<Revision>,
    /// Override the gates.
    pub force: bool,
    /// Why, for the journal.
    pub reason: Option<String>,
    /// Leave out the commands around it.
    pub skip_hooks: bool,
    /// The alarm that it answers, where nobody asks but the program itself.
    pub alarm: Option<Time>,
    /// How long to follow until the change is seen.
    pub verify: Duration,
}

impl Request {
    /// A plain request, followed for ten seconds.
    #[must_use]
    pub fn new(target: Target, verb: Verb) -> Self {
        Self {
            target,
            verb,
            name: None,
            subject: None,
            full: false,
            to: None,
            force: false,
            reason: None,
            skip_hooks: false,
            alarm: None,
            verify: Duration::from_secs(10),
        }
    }

    /// A request for a configured action.
    #[must_use]
    pub fn action(target: Target, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::new(target, Verb::Do) }
    }

    /// Whether it is the full form: only a promotion has two, a rollback is always whole.
    pub(super) fn is_full(&self) -> bool {
        self.full && self.verb == Verb::Promote
    }

    /// What is asked for, in words: `promote`, `do drain-queue`.
    #[must_use]
    pub fn what(&self) -> String {
        what(self.verb, self.name.as_deref())
    }

    /// The shell command that asks for the same.
    #[must_use]
    pub fn command(&self) -> String {
        let decides = matches!(self.verb, Verb::Approve | Verb::Reject);
        let run = if self.verb.is_of_runs() && !decides { "run " } else { "" };
        let issue = incident::is_asked(self);
        let verb = if issue { INCIDENT } else { self.verb.word() };
        let mut line = format!("flightdeck {run}{verb} {}", self.target);
        if let Some(name) = self.name.as_ref().filter(|_| !issue) {
            line.push_str(&format!(" {}", quoted(name)));
        }
        if let Some(subject) = &self.subject {
            line.push_str(&words_of(subject));
        }
        for (given, flag) in [(self.full, " --full"), (self.force, " --force")] {
            line.push_str(if given { flag } else { "" });
        }
        if self.skip_hooks {
            line.push_str(" --skip-hooks");
        }
        if let Some(to) = &self.to {
            line.push_str(&format!(" --to {}", quoted(to.as_str())));
        }
        if let Some(reason) = &self.reason {
            line.push_str(&format!(" --reason {}", quoted(reason)));
        }
        line
    }
}

/// What names a subject on the command line.
fn words_of(subject: &Subject) -> String {
    match subject {
        Subject::Run { run } => format!(" --run {run}"),
        Subject::FailedJobs { run } => format!(" --run {run} --failed"),
        Subject::Job { run, job } => format!(" --run {run} --job {job}"),
        Subject::Workflow { file, git_ref, inputs } => {
            let inputs = inputs
                .iter()
                .map(|(name, value)| format!(" --input {}", quoted(&format!("{name}={value}"))));
            format!(" {} --ref {}{}", quoted(file), quoted(git_ref), inputs.collect::<String>())
        }
        Subject::Waiting { run, environments } => {
            let names = environments.iter().map(|name| format!(" --environment {}", quoted(name)));
            format!(" --run {run}{}", names.collect::<String>())
        }
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What answers a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// The named key, which is not the one that asked.
    Key,
    /// The target's name, typed, then Enter.
    Name,
}

/// A plan that waits for its operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// The request it answers.
    pub request: Request,
    /// What will be done, exactly.
    pub plan: Plan,
    /// What answers it.
    pub challenge: Challenge,
    /// The target in production that it moves though its own is none.
    pub instead: Option<Target>,
    /// Who asked.
    pub operator: String,
}

impl Confirmation {
    /// The target whose name is typed where one is: of two that it moves the one that matters.
    #[must_use]
    pub fn typed(&self) -> &Target {
        self.instead.as_ref().unwrap_or(&self.plan.target)
    }
}

/// Asks for an action: a plan to confirm, or everything that refuses it.
///
/// # Errors
/// The refusals, those that could be overridden among them, unless `force` overrides them all.
pub fn ask(
    store: &Store,
    request: &Request,
    action: ActionId,
    operator: &str,
    now: Time,
) -> Result<Confirmation, Vec<Refusal>> {
    let refusals = guard(store, request, now);
    let forced = request.force && refusals.iter().all(|r| is_overridable(store, request, r, now));
    if !refusals.is_empty() && !forced {
        return Err(refusals);
    }
    if forced && !refusals.is_empty() && !has_reason(request) {
        let reason = "an override needs a reason that is not blank (`--reason`)";
        return Err(vec![Refusal::new(REASON, reason)]);
    }
    let (Some(state), Some(seen)) =
        (store.target(&request.target), assess(store, &request.target, now))
    else {
        return Err(guard(store, request, now));
    };
    if let Some(refusal) = unexplained(state, request, now) {
        return Err(vec![refusal]);
    }
    let instead = runs::production_instead(store, state, request).map(|spec| spec.target.clone());
    let by_name = match request.verb {
        // what a workflow does nobody here knows
        Verb::Dispatch => state.spec.production || instead.is_some(),
        Verb::Rollback => state.spec.production,
        Verb::Rerun => runs::moves_production(store, state, request),
        Verb::Do => configured(state, request).is_some_and(|action| action.by_name),
        _ => false,
    };
    let challenge = if by_name || !refusals.is_empty() { Challenge::Name } else { Challenge::Key };
    let plan = plan(store, state, &seen, request, (action, operator), refusals, now);
    // what of runs is asked for stands on what is known of them now
    let read_at = if request.verb.is_of_runs() { Some(now) } else { read_at(store, state) };
    let plan = Plan { read_at, ..plan };
    let mut request = request.clone();
    if request.verb == Verb::Rollback && goes_anywhere(state) {
        // where it goes is what is confirmed, whatever turns out to be better meanwhile
        request.to.clone_from(&plan.to);
    }
    Ok(Confirmation { request, plan, challenge, instead, operator: operator.to_owned() })
}

/// In production what was taken back is let go on only by who says why.
fn unexplained(state: &TargetState, request: &Request, now: Time) -> Option<Refusal> {
    let hold = state.ledger.hold.as_ref().filter(|_| request.verb == Verb::Release)?;
    if !state.spec.production || !is_back(state) || has_reason(request) {
        return None;
    }
    let held = hold_words(hold, now);
    let reason = format!("{held}; to release it takes a reason that is not blank (`--reason`)");
    Some(Refusal::new(REASON, reason))
}

fn has_reason(request: &Request) -> bool {
    request.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty())
}

fn plan(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    request: &Request,
    (action, operator): (ActionId, &str),
    overrides: Vec<Refusal>,
    now: Time,
) -> Plan {
    let evidence = &seen.evidence;
    let reading = state.reading.as_ref();
    // to let a deployment go on that moves the target's traffic is to promote it
    let goes_on = request.verb == Verb::Approve
        && runs::moves_target(store, state, request)
        && is_staged(state);
    let verb = if goes_on { Verb::Promote } else { request.verb };
    let offer = reading.and_then(|reading| reading.rollout.offer(verb, request.is_full()));
    // what is done to a run moves no revision by itself
    let of_target = !verb.is_of_runs();
    let to = destination(store, state, evidence, request).filter(|_| of_target);
    let from = match verb {
        Verb::Promote => evidence.stable.clone(),
        _ => evidence.candidate.clone().filter(|_| of_target),
    };
    let moves = matches!(verb, Verb::Promote | Verb::Rollback);
    let to_weight = offer.map(|offer| offer.weight).filter(|_| moves);
    let hook = |before| {
        let hook = state.hook(request.verb, before).filter(|_| !request.skip_hooks)?;
        Some(fill(hook, &request.target, to.as_ref(), to_weight))
    };
    let (before, after) = (hook(true), hook(false));
    let rollout = state.spec.rollout.as_ref();
    let asker = Asker { action: &action.0, operator };
    Plan {
        notes: notes(store, state, seen, request, operator, now),
        calls: if incident::is_asked(request) {
            incident::call(store, state, request, asker, now).into_iter().collect()
        } else {
            // what cannot be filled in has refused the request
            calls(store, state, evidence, request, asker).unwrap_or_default()
        },
        subject: runs_of(store, state, request),
        action,
        target: request.target.clone(),
        verb: request.verb,
        name: request.name.clone(),
        full: request.is_full(),
        from,
        // a promotion is pinned to what names itself now, a rollback to the last name that was heard
        candidate: match request.verb {
            Verb::Promote => evidence.confirmed().cloned(),
            _ => evidence.candidate.clone(),
        },
        from_weight: evidence.routed.filter(|_| moves),
        to_weight,
        before,
        after,
        to,
        overrides,
        ahead: match (request.verb, runs_of(store, state, request)) {
            (Verb::Dispatch | Verb::Rerun, Some(about)) => queue(store, &state.spec, &about).ahead,
            _ => offer.map(|offer| offer.ahead.clone()).unwrap_or_default(),
        },
        reason: request.reason.clone().filter(|reason| !reason.trim().is_empty()),
        read_at: None,
        alarm: request.alarm,
        verify_ms: millis(request.verify),
        within_ms: match request.verb {
            Verb::Rollback => rollout.map(|rollout| rollout.rollback_within),
            _ => configured(state, request).and_then(|action| action.within),
        }
        .map(millis),
    }
}

/// What of its workflows a request is about.
fn runs_of(store: &Store, state: &TargetState, request: &Request) -> Option<Subject> {
    request.verb.is_of_runs().then(|| runs::subject(store, state, request)).flatten()
}

/// When the engine was last asked for what is shown: an answer that changed nothing counts.
fn read_at(store: &Store, state: &TargetState) -> Option<Time> {
    let reading = state.reading.as_ref()?;
    let rollout = state.spec.rollout.as_ref()?;
    let heard = store.feed(&rollout.feed).and_then(|feed| feed.good_at);
    Some(heard.map_or(reading.asked_at, |heard| heard.max(reading.asked_at)))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Fills the placeholders of a command around an action. What has no value, or one that could be taken
/// for an option, stays as it stands, which makes the runtime refuse the command.
#[must_use]
pub(super) fn fill(
    hook: &HookSpec,
    target: &Target,
    revision: Option<&Revision>,
    weight: Option<f64>,
) -> HookSpec {
    let mut hook = hook.clone();
    let revision = revision.map(Revision::as_str);
    let values = Values { target, revision, weight, action: "", comment: "" };
    for argument in hook.argv.iter_mut().skip(1) {
        if let Ok(filled) = values.fill(argument) {
            *argument = filled;
        }
    }
    hook
}
