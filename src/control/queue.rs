//! In which queue the run of a dispatch, or one that runs again, would stand, and what stands in its way there:
//! inferred from workflow files and the runs that are known, for nobody asks GitHub for it. Pure; refuses nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::backing::WorkflowFile;
use crate::model::rollout::{Ahead, Fate};
use crate::model::workflow::{Concurrency, Workflow};
use crate::model::{Run, Status, Subject, TargetSpec};
use crate::store::{RepoState, Store};
use crate::workflow::{
    Context, Lock, Ref, lock, locks_of_dispatch, locks_of_run, named, same_group,
};

/// Runs that are named at most where nothing else is known of them.
const NAMED: usize = 5;

/// What a run of ours meets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// The runs that are in its way.
    pub ahead: Vec<Ahead>,
    /// What of it is empty, and what cannot be told.
    pub notes: Vec<String>,
}

/// How a run stands to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// It holds it, or waits for it.
    In(Status),
    /// It may enter it later, or hold it already.
    Perhaps,
}

/// The run of ours that would enter its queues.
struct Ours<'s> {
    workflow: &'s Workflow,
    locks: Vec<Lock>,
    /// Itself, where it exists: it is not in its own way.
    run: Option<u64>,
    /// What of its file is not known.
    note: Option<String>,
}

impl<'s> Ours<'s> {
    /// The run that a dispatch would start.
    fn of_dispatch(
        (name, repo): (&str, &'s RepoState),
        file: &str,
        git_ref: &str,
        inputs: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let here = repo.backing.file_at(file, git_ref).and_then(WorkflowFile::workflow);
        let Some(workflow) = here.or_else(|| repo.backing.workflow(file)) else {
            return Err(not_read(file));
        };
        let locks = locks_of_dispatch(workflow, file, name, reference(repo, git_ref), inputs);
        Ok(Self { workflow, locks, run: None, note: None })
    }

    /// A run that would run again, by its file at its own commit.
    fn of_run((name, repo): (&str, &'s RepoState), id: u64) -> Result<Self, String> {
        let Some(run) = repo.run(id) else {
            return Err(format!("run {id} is not known: whether it has to wait cannot be told"));
        };
        let Some(workflow) = file_of(repo, run) else { return Err(not_read(&run.workflow)) };
        let own = repo.backing.file_of(run).and_then(WorkflowFile::workflow);
        let (file, sha) = (&run.workflow, short(&run.sha));
        let note = own.is_none().then(|| {
            format!("{file} was not read at {sha}: its queue is told by the file of another commit")
        });
        Ok(Self { workflow, locks: locks_of_run(workflow, name, run), run: Some(id), note })
    }
}

fn not_read(file: &str) -> String {
    format!("{file} was not read: whether its run has to wait cannot be told")
}

/// What the run of a dispatch, or one that runs again, would meet; nothing for any other subject.
#[must_use]
pub fn queue(store: &Store, spec: &TargetSpec, subject: &Subject) -> Queue {
    let Some(place) = spec.repo.as_deref().zip(store.repo_of(spec)) else {
        return Queue::default();
    };
    let ours = match subject {
        Subject::Workflow { file, git_ref, inputs } => {
            Ours::of_dispatch(place, file, git_ref, inputs)
        }
        Subject::Run { run } | Subject::FailedJobs { run } | Subject::Job { run, .. } => {
            Ours::of_run(place, *run)
        }
        Subject::Waiting { .. } => return Queue::default(),
    };
    match ours {
        Ok(ours) => met(place, ours),
        Err(text) => Queue { ahead: Vec::new(), notes: vec![text] },
    }
}

fn met((name, repo): (&str, &RepoState), ours: Ours<'_>) -> Queue {
    let Ours { workflow, mut locks, run: own, note } = ours;
    let mut queue = Queue { ahead: Vec::new(), notes: note.into_iter().collect() };
    let told = locks.len() == workflow.locking().count();
    let mut met = BTreeSet::new();
    locks.retain(|lock| met.insert(lock.group.to_lowercase()));
    let others = |run: &&Run| run.is_active() && own != Some(run.id);
    let mut runs: Vec<&Run> = repo.all_runs().filter(others).collect();
    runs.sort_unstable_by_key(|run| run.id);
    let mut untold = BTreeSet::new();
    for lock in &locks {
        let before = queue.ahead.len();
        for run in &runs {
            let theirs = file_of(repo, run).ok_or(Untold);
            match theirs.and_then(|theirs| part(repo, name, theirs, run, lock)) {
                Ok(part) => queue.ahead.extend(part.map(|part| ahead(run, lock, &part))),
                Err(Untold) => drop(untold.insert(run.id)),
            }
        }
        if queue.ahead.len() == before {
            let group = &lock.group;
            queue.notes.push(format!("queue {group}: no run in it is known (inferred)"));
        }
    }
    queue.notes.extend(not_told(workflow, told));
    queue.notes.extend(not_placed(&untold));
    queue
}

/// The runs that go on once a run has ended: where it holds a queue by itself, the first that waits there.
#[must_use]
pub fn freed(store: &Store, spec: &TargetSpec, run: u64) -> Vec<String> {
    let Some((name, repo)) = spec.repo.as_deref().zip(store.repo_of(spec)) else {
        return Vec::new();
    };
    let Ok(ours) = Ours::of_run((name, repo), run) else { return Vec::new() };
    let (workflow, locks) = (ours.workflow, ours.locks.clone());
    let is_held = |lock: &Lock| {
        let stands = repo.run(run).and_then(|run| part(repo, name, workflow, run, lock).ok());
        matches!(stands.flatten(), Some(Part::In(status)) if status != Status::Pending)
    };
    let ahead = met((name, repo), ours).ahead;
    let first = |lock: Lock| {
        let all = || ahead.iter().filter(|one| same_group(&one.group, &lock.group));
        // where another may hold it too, nobody can tell
        let waits = |one: &&Ahead| one.status == Status::Pending.word();
        let next = all().find(waits).filter(|_| is_held(&lock) && all().all(|one| waits(&one)))?;
        let (id, what, group) = (next.run, &next.name, &next.group);
        Some(format!("run {id} ({what}), pending behind it in {group}, goes on then (inferred)"))
    };
    locks.into_iter().filter_map(first).collect()
}

/// A group of a run that cannot be told.
struct Untold;

/// How a run stands to a group; none: not at all.
fn part(
    repo: &RepoState,
    name: &str,
    file: &Workflow,
    run: &Run,
    ours: &Lock,
) -> Result<Option<Part>, Untold> {
    let context = Context::of_run(file, name, run);
    let takes = |concurrency: &Concurrency| {
        let theirs = lock(concurrency, &context).ok_or(Untold)?;
        Ok(same_group(&theirs.group, &ours.group))
    };
    if let Some(own) = &file.concurrency
        && takes(own)?
    {
        return Ok(Some(Part::In(run.status.clone())));
    }
    for job in &file.jobs {
        let Some(own) = &job.concurrency else { continue };
        if !takes(own)? {
            continue;
        }
        let jobs = repo.jobs_of(run.id).iter();
        let is_it = |name: &str| named(file, name).is_some_and(|found| found.job.id == job.id);
        let stands: Vec<&Status> = jobs.filter(|j| is_it(&j.name)).map(|j| &j.status).collect();
        let one = |wanted: &[Status]| stands.iter().any(|status| wanted.contains(status));
        if one(&[Status::InProgress, Status::Queued]) {
            return Ok(Some(Part::In(Status::InProgress)));
        }
        if one(&[Status::Pending]) {
            return Ok(Some(Part::In(Status::Pending)));
        }
        if stands.is_empty() || !stands.iter().all(|status| **status == Status::Completed) {
            return Ok(Some(Part::Perhaps));
        }
    }
    Ok(None)
}

fn ahead(run: &Run, lock: &Lock, part: &Part) -> Ahead {
    let (status, fate) = match part {
        Part::In(status) => (status, lock.fate(status)),
        Part::Perhaps => (&run.status, Fate::Unknown),
    };
    Ahead {
        run: run.id,
        name: format!("{}: {}", run.name, run.title),
        status: status.word().to_owned(),
        group: lock.group.clone(),
        told: false,
        fate,
    }
}

/// That there is no queue, or that not all of them can be named.
fn not_told(workflow: &Workflow, told: bool) -> Option<String> {
    let written: Vec<&str> = workflow.locking().map(|own| own.group.as_str()).collect();
    if written.is_empty() {
        return Some("its file names no queue: it waits for no other run".to_owned());
    }
    let written = written.join(", ");
    (!told).then(|| format!("which queue it stands in is told only when it runs: {written}"))
}

/// Runs that may be in the way.
fn not_placed(untold: &BTreeSet<u64>) -> Option<String> {
    let named: Vec<String> = untold.iter().take(NAMED).map(ToString::to_string).collect();
    let more = untold.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = named.join(", ");
    (!named.is_empty()).then(|| format!("not known in which queue they are: runs {named}{more}"))
}

/// As many letters of a commit as tell it.
pub(super) fn short(sha: &str) -> String {
    sha.chars().take(8).collect()
}

/// The file that a run was made from, else the newest of its workflow.
fn file_of<'s>(repo: &'s RepoState, run: &Run) -> Option<&'s Workflow> {
    let own = repo.backing.file_of(run).and_then(WorkflowFile::workflow);
    own.or_else(|| repo.backing.workflow(&run.workflow))
}

/// A tag where one is known of that name, else a branch.
fn reference<'a>(repo: &RepoState, git_ref: &'a str) -> Ref<'a> {
    if let Some(tag) = git_ref.strip_prefix("refs/tags/") {
        return Ref::Tag(tag);
    }
    let name = git_ref.strip_prefix("refs/heads/").unwrap_or(git_ref);
    let mut tags = repo.releases.iter().chain(&repo.tags);
    let is_tag = name == git_ref && tags.any(|known| known.tag == name);
    if is_tag { Ref::Tag(name) } else { Ref::Branch(name) }
}
