//! All that waits for a person, over all targets and repositories. Pure: reads the store and what was
//! decided about each target; must not know who lists it.

use crate::model::{Conclusion, Plan, Refusal, Run, Status, Subject, Target, Time, Verb, Waiting};
use crate::store::{RepoState, Store, TargetState};
use crate::text;

mod questions;

use super::assess::{Assessment, assess};
use super::guard::{guard, is_staged};
use super::phase::span;
use super::plan::Request;
use super::waits::{Need, Wait, for_a_person, needs};
use super::way_back::is_way_back;

use questions::{is_rollback, open_question};

/// Refusals of this program, whatever waits: they say nothing of it.
const OURS: [&str; 3] = ["replay", "trust", "read-only"];

/// The refusal that is said by who may decide.
const MAY: &str = "approval";

/// Columns of a refusal's reason that stand in a list.
const REASON: usize = 60;

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where: the target; none for a deployment to an environment that is no target's.
    pub target: Option<Target>,
    /// The service it belongs to.
    pub service: String,
    /// For what.
    pub need: Need,
    /// GitHub's name of the environment that is waited at.
    pub environment: Option<String>,
    /// GitHub's id of the run that waits.
    pub run: Option<u64>,
    /// Since when, as far as somebody knows.
    pub since: Option<Time>,
    /// A few words: what it is, and by whom. Raw text from outside.
    pub detail: String,
    /// Whether the owner of our token may decide it; none where GitHub was not asked, or has no say.
    pub may_decide: Option<bool>,
    /// Why not.
    pub why_not: Option<String>,
    /// Who may, as GitHub names them.
    pub reviewers: Vec<String>,
    /// The request that answers it, naming exactly what waits; none where that has to be read first, or is
    /// done elsewhere.
    pub answer: Option<Request>,
    /// What refuses the answer now: a gate, a hold, an open action, who may not decide.
    pub refusals: Vec<Refusal>,
    /// Where one reads more.
    pub url: Option<String>,
    command: Option<String>,
    /// Whether it is part of a rollback.
    goes_back: bool,
}

impl Item {
    /// What it is about, for a list: the target, else the service.
    #[must_use]
    pub fn place(&self) -> &str {
        self.target.as_ref().map_or(&self.service, Target::as_str)
    }

    /// The shell command that answers it, exactly; none where no command does.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        self.command.clone()
    }

    /// Whether the operator could answer it now, from here or on its page: nothing refuses that but that
    /// this program does nothing at all.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let known = self.command.is_some() || self.need == Need::Approval;
        known && self.refusals.iter().all(|refusal| OURS.contains(&refusal.gate.as_str()))
    }

    /// How long it waits.
    #[must_use]
    pub fn waited(&self, now: Time) -> Option<chrono::TimeDelta> {
        self.since.map(|since| now - since)
    }

    /// How long it waits, in words.
    #[must_use]
    pub fn age(&self, now: Time) -> Option<String> {
        self.waited(now).map(span)
    }
}

/// How many wait, and how many of them could be answered now, in words.
#[must_use]
pub fn tally(items: &[Item]) -> String {
    let all = items.len();
    match items.iter().filter(|item| item.is_possible()).count() {
        possible if possible == all => format!("{all} can be done now"),
        0 => format!("{all} {}, none can be done now", if all == 1 { "waits" } else { "wait" }),
        possible => format!("{all} wait, {possible} can be done now"),
    }
}

/// Everything that waits for a person: what goes back first, then what waits longest.
#[must_use]
pub fn inbox(store: &Store, now: Time) -> Vec<Item> {
    let seen: Vec<Assessment> =
        store.targets().filter_map(|state| assess(store, &state.spec.target, now)).collect();
    inbox_of(store, &seen, now)
}

/// The same, by what was decided about each target already, in the order of the configuration.
#[must_use]
pub fn inbox_of(store: &Store, seen: &[Assessment], now: Time) -> Vec<Item> {
    let mut items = approvals(store, now);
    for (state, seen) in store.targets().zip(seen) {
        let asked = items.iter().any(|item| item.target.as_ref() == Some(&state.spec.target));
        let wanted =
            needs(store, state, seen.phase, (&seen.gates, &seen.refusals, &seen.evidence), now);
        // a deployment that waits says it better than the rollout that waits for it, or the run
        let wanted = wanted.into_iter().filter(|wait| match wait.need {
            Need::Approval => false,
            Need::Promotion => !(asked && is_staged(state)),
            // what an open rollback holds is released once it is over
            Need::Release => !state.ledger.open().any(|(entry, _)| is_rollback(entry)),
            _ => true,
        });
        let found: Vec<Item> =
            wanted.flat_map(|wait| of_target(store, state, seen, wait, now)).collect();
        items.extend(found);
    }
    items.iter_mut().for_each(|item| judge(store, item, now));
    items.sort_by_key(|item| (!item.goes_back, item.since.is_none(), item.since));
    items
}

/// What refuses the answer to an item now. What is not told by the item itself stands behind what it is.
fn judge(store: &Store, item: &mut Item, now: Time) {
    let Some(answer) = &item.answer else { return };
    item.refusals = guard(store, answer, now);
    let telling = |it: &&Refusal| it.gate != MAY && !OURS.contains(&it.gate.as_str());
    if let Some(refusal) = item.refusals.iter().find(telling) {
        let reason = text::line(&refusal.reason, REASON);
        item.detail.push_str(&format!("; not now: {}: {reason}", refusal.gate));
    }
}

/// What a target waits for by itself.
fn of_target(
    store: &Store,
    state: &TargetState,
    seen: &Assessment,
    wait: Wait,
    now: Time,
) -> Vec<Item> {
    let ledger = &state.ledger;
    let request = |verb| Request::new(state.spec.target.clone(), verb);
    let item = |detail: String, answer: Request, since| Item {
        detail,
        since,
        command: Some(answer.command()),
        answer: Some(answer),
        ..Item::of(state, wait.need)
    };
    let one = |detail: String, verb| vec![item(detail, request(verb), wait.since)];
    let by = |hold: Option<&crate::store::Hold>| {
        hold.map_or(String::new(), |hold| {
            let why = if hold.reason.is_empty() { "" } else { ": " };
            format!("by {}{why}{}", hold.by, hold.reason)
        })
    };
    match wait.need {
        Need::Answer => {
            ledger.open().map(|question| open_question(store, state, question, now)).collect()
        }
        Need::Retry => {
            let Some(entry) = ledger.last() else { return Vec::new() };
            let report = entry.report.as_ref();
            let outcome = report.map_or("ended badly", |report| report.outcome.word());
            let why = report.and_then(|report| {
                let error = report.steps.iter().find_map(|step| step.error.clone());
                error.or_else(|| report.refusals.first().map(ToString::to_string))
            });
            let why = why.map_or(String::new(), |why| format!(": {why}"));
            let what = entry.plan.what_of();
            let detail = format!("{what} by {} {outcome}{why}", entry.operator);
            vec![item(detail, again(&entry.plan), wait.since)]
        }
        Need::Promotion => {
            let routed = seen.routed.map_or(String::new(), |routed| format!(" at {routed:.0} %"));
            let candidate = seen.evidence.candidate.as_ref();
            let name = candidate.map_or("the candidate".to_owned(), ToString::to_string);
            one(format!("{name}{routed}"), Verb::Promote)
        }
        Need::Resume => one(by(ledger.paused.as_ref()), Verb::Resume),
        Need::Release => one(by(ledger.hold.as_ref()), Verb::Release),
        Need::Approval => Vec::new(),
    }
}

/// The request that lets one deployment go on.
fn approval(state: &TargetState, run: u64, waiting: &Waiting) -> Request {
    let environments = vec![waiting.environment.clone()];
    let subject = Some(Subject::Waiting { run, environments });
    Request { subject, ..Request::new(state.spec.target.clone(), Verb::Approve) }
}

/// The request that was carried out, once more.
fn again(plan: &Plan) -> Request {
    Request {
        name: plan.name.clone(),
        subject: plan.subject.clone(),
        full: plan.full,
        ..Request::new(plan.target.clone(), plan.verb)
    }
}

/// Deployments and runs that wait at GitHub, each once.
fn approvals(store: &Store, now: Time) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut seen: Vec<(&Option<String>, &Option<String>)> = Vec::new();
    for state in store.targets() {
        let place = (&state.spec.host, &state.spec.repo);
        let Some(repo) = store.repo_of(&state.spec).filter(|_| !seen.contains(&place)) else {
            continue;
        };
        seen.push(place);
        let sharing =
            || store.targets().filter(|other| (&other.spec.host, &other.spec.repo) == place);
        for (run, waits) in repo.waiting().filter(|(run, _)| goes_on(repo, *run)) {
            for waiting in waits.waiting.iter().filter(|waiting| for_a_person(waiting, now)) {
                let back = sharing().find(|state| is_way_back(store, state, run));
                let owner = back.or_else(|| owner(sharing, repo.run(run), &waiting.environment));
                let goes_back = back.is_some();
                let item = deployment(owner.unwrap_or(state), repo, (run, waiting));
                items.push(Item { goes_back, ..item });
                if owner.is_none()
                    && let Some(item) = items.last_mut()
                {
                    item.target = None;
                }
            }
        }
        let unread = repo.all_runs().filter(|run| {
            run.conclusion == Some(Conclusion::ActionRequired) && is_newest(repo, run)
                || run.status == Status::Waiting && repo.waits_of(run.id).is_none()
        });
        for run in unread {
            let mine = |state: &&TargetState| {
                store.pipeline(&state.spec).is_some_and(|pipeline| pipeline.run.id == run.id)
            };
            let owner = sharing().find(mine);
            let item = unread_run(owner.unwrap_or(state), run);
            items.push(Item { target: item.target.clone().filter(|_| owner.is_some()), ..item });
        }
    }
    items
}

/// Whether a run is not known to be over: what waited in it waits no more then.
fn goes_on(repo: &RepoState, run: u64) -> bool {
    repo.run(run).is_none_or(Run::is_active)
}

fn is_newest(repo: &RepoState, run: &Run) -> bool {
    let mut workflows = repo.workflows();
    workflows.any(|(_, runs)| runs.first().is_some_and(|newest| newest.id == run.id))
}

/// The target that a deployment is one to: of several the one whose workflow deploys.
fn owner<'s, I: Iterator<Item = &'s TargetState>>(
    sharing: impl Fn() -> I,
    run: Option<&Run>,
    environment: &str,
) -> Option<&'s TargetState> {
    let here = |state: &&TargetState| state.spec.environments.iter().any(|e| e == environment);
    let deploys = |state: &&TargetState| {
        run.is_some_and(|run| state.spec.workflow.as_ref() == Some(&run.workflow))
    };
    sharing().filter(here).find(deploys).or_else(|| sharing().find(here))
}

fn deployment(state: &TargetState, repo: &RepoState, (run, waiting): (u64, &Waiting)) -> Item {
    let known = repo.run(run);
    let what = known.map_or(format!("run {run}"), title);
    let exact = approval(state, run, waiting);
    Item {
        environment: Some(waiting.environment.clone()),
        run: Some(run),
        since: waiting.since.or_else(|| known.and_then(|run| run.updated_at.or(run.created_at))),
        detail: format!("{} of {what}", waiting.environment),
        may_decide: Some(waiting.may_decide),
        why_not: waiting.why_not.clone().filter(|_| !waiting.may_decide),
        reviewers: waiting.reviewers.clone(),
        command: Some(exact.command()),
        answer: Some(exact),
        url: known.map(|run| run.url.clone()),
        ..Item::of(state, Need::Approval)
    }
}

/// A run that waits, of which GitHub was not asked who may decide, or that nobody can approve from here.
fn unread_run(state: &TargetState, run: &Run) -> Item {
    let begins = run.conclusion == Some(Conclusion::ActionRequired);
    let why = if begins { "wants an approval at GitHub to start" } else { "waits" };
    Item {
        run: Some(run.id),
        since: run.updated_at.or(run.created_at),
        detail: format!("{} {why}", title(run)),
        command: (!begins)
            .then(|| format!("flightdeck approve {} --run {}", state.spec.target, run.id)),
        url: Some(run.url.clone()),
        ..Item::of(state, Need::Approval)
    }
}

fn title(run: &Run) -> String {
    // a run that names itself is called so instead of its workflow
    let name = if run.name == run.title { &run.workflow } else { &run.name };
    format!("{name} #{}: {}", run.number, run.title)
}

impl Item {
    fn of(state: &TargetState, need: Need) -> Self {
        Self {
            target: Some(state.spec.target.clone()),
            service: state.spec.target.service().to_owned(),
            need,
            environment: None,
            run: None,
            since: None,
            detail: String::new(),
            may_decide: None,
            why_not: None,
            reviewers: Vec::new(),
            answer: None,
            refusals: Vec::new(),
            url: None,
            command: None,
            goes_back: false,
        }
    }
}
