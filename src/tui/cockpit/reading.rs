//! The keys inside the log of a job, and what comes of it.

use crate::control::{Intent, Reading};
use crate::model::Conclusion;
use crate::tui::details::Detail;
use crate::tui::keymap::{Action, Code, Key, Keymap};
use crate::tui::panes::View;
use crate::tui::panes::row::Row;
use crate::tui::session::{Mode, Reader, Told};
use crate::tui::theme::Role;

use super::Cockpit;
use super::act::under_cursor;

impl Cockpit {
    /// Takes what is told of the log that was asked for last.
    pub fn log_told(&mut self, told: Told) {
        if let Mode::JobLog(reader) = &mut self.session.mode {
            reader.told(told);
        }
    }

    /// The lines of the log that are wanted and were not asked for.
    pub fn log_wish(&mut self) -> Option<Intent> {
        let Mode::JobLog(reader) = &mut self.session.mode else { return None };
        reader.wish().map(|ranges| Intent::Read(Reading::Lines(ranges)))
    }

    /// Opens the log of the job that is open or under the cursor; `step`: at that step.
    pub(super) fn open_job_log(&mut self, view: &View<'_>, step: Option<String>) -> Vec<Intent> {
        if view.store.fleet().replay {
            self.session.flash = Some("a replay has no logs of jobs".to_owned());
            return Vec::new();
        }
        if let Some(name) = self.idle_here(view) {
            self.session.flash = Some(format!("{name} has not run: it has no log"));
            return Vec::new();
        }
        let detail = self.job_here(view).or_else(|| self.run_here(view));
        let asked = self.with_scene(view, |_, scene| {
            let spec = &scene.look.state.spec;
            let repo = scene.store.repo_of(spec)?;
            let job = match detail? {
                Detail::Job(run, job) => repo.jobs_of(run).iter().find(|known| known.id == job),
                // of a run it is the failure that one wants to read
                Detail::Run(run) | Detail::Jobs(run, _) => repo
                    .jobs_of(run)
                    .iter()
                    .find(|job| job.conclusion.as_ref().is_some_and(Conclusion::is_bad)),
                _ => None,
            };
            let job = job?.clone();
            Some((spec.host.clone()?, spec.repo.clone()?, job))
        });
        let Some((host, repo, job)) = asked.flatten() else {
            self.session.flash = Some("no failed job here; open a run and choose a job".to_owned());
            return Vec::new();
        };
        if job.conclusion == Some(Conclusion::Skipped) {
            self.session.flash = Some(format!("{} did not run: it has no log", job.name));
            return Vec::new();
        }
        self.session.mode = Mode::JobLog(Box::new(Reader::new(&job.name, step)));
        vec![Intent::Read(Reading::Open { host, repo, job: Box::new(job) })]
    }

    /// The name of the job under the cursor that did not run.
    fn idle_here(&self, view: &View<'_>) -> Option<String> {
        let (page, line) = self.page(view, 0)?;
        page.piece(line).filter(|piece| piece.idle)?.text.clone()
    }

    /// The job that is meant: under the cursor, else the one that is open.
    pub(super) fn job_here(&self, view: &View<'_>) -> Option<Detail> {
        self.here(view, |detail| matches!(detail, Detail::Job(..)))
    }

    /// The run or job that is meant: under the cursor, else the one that is open.
    pub(super) fn run_here(&self, view: &View<'_>) -> Option<Detail> {
        self.here(view, |detail| {
            matches!(detail, Detail::Run(_) | Detail::Jobs(..) | Detail::Job(..))
        })
    }

    fn here(&self, view: &View<'_>, wanted: impl Fn(&Detail) -> bool + Copy) -> Option<Detail> {
        let Some(stop) = self.session.trail.last() else {
            let item =
                self.with_scene(view, |session, scene| under_cursor(session, view, scene.look));
            return item.flatten().filter(wanted);
        };
        let (page, line) = self.page(view, 0)?;
        let item = page.piece(line).and_then(|piece| piece.item.clone()).filter(wanted);
        item.or_else(|| Some(stop.detail.clone()).filter(wanted))
    }

    /// A key while the log of a job has them.
    pub(super) fn read_job_log(&mut self, key: Key) -> Vec<Intent> {
        let action = self.keymap.action(key);
        let Mode::JobLog(reader) = &mut self.session.mode else { return Vec::new() };
        if reader.typing {
            return type_search(reader, key, action);
        }
        let page = reader.size.1.max(2) as isize - 1;
        match action {
            Some(Action::Down) => reader.go(1),
            Some(Action::Up) => reader.go(-1),
            Some(Action::HalfPageDown) => reader.go(page / 2 + 1),
            Some(Action::HalfPageUp) => reader.go(-(page / 2 + 1)),
            Some(Action::PageDown) => reader.go(page),
            Some(Action::PageUp) => reader.go(-page),
            Some(Action::First) => reader.go_to_end(false),
            Some(Action::Last) => reader.go_to_end(true),
            Some(Action::Open) => reader.fold(),
            Some(Action::Fold) => reader.fold_all(),
            Some(Action::Wrap) => reader.wrap = !reader.wrap,
            Some(Action::Filter) => {
                reader.search.clear();
                reader.typing = true;
            }
            Some(Action::Next) => return search(reader, true),
            Some(Action::Previous) => return search(reader, false),
            Some(Action::Save) => return vec![Intent::Read(Reading::Save)],
            Some(Action::Back) if !reader.search.text().is_empty() => {
                reader.search.clear();
                reader.found.clear();
            }
            Some(Action::Back | Action::JobLog | Action::Interrupt | Action::Quit) => {
                self.session.mode = Mode::Browse;
                return vec![Intent::Read(Reading::Close)];
            }
            _ => {}
        }
        Vec::new()
    }
}

/// The line of keys inside.
pub(super) fn keys(keymap: &Keymap, width: usize) -> Row {
    let keys = [
        (Action::Open, "fold"),
        (Action::Fold, "fold all"),
        (Action::Filter, "search"),
        (Action::Next, "next match or error"),
        (Action::Wrap, "wrap"),
        (Action::Save, "save"),
        (Action::Back, "back"),
    ];
    let known = keys.into_iter().filter_map(|(action, what)| Some((keymap.hint(action)?, what)));
    known.fold(Row::new(width).gap(1), |row, (key, what)| {
        row.put(key, Role::Key).put(format!(" {what}"), Role::Text).gap(2)
    })
}

fn type_search(reader: &mut Reader, key: Key, action: Option<Action>) -> Vec<Intent> {
    match key.code {
        Code::Enter => {
            reader.typing = false;
            if !reader.search.text().is_empty() {
                return vec![find(reader, reader.cursor.line, true)];
            }
        }
        _ if key.code == Code::Esc || action == Some(Action::Interrupt) => {
            reader.typing = false;
            reader.search.clear();
            reader.found.clear();
        }
        _ => {
            reader.search.key(key);
        }
    }
    Vec::new()
}

/// The next line with what is searched for; without a search, the next error.
fn search(reader: &mut Reader, forward: bool) -> Vec<Intent> {
    if reader.search.text().is_empty() {
        reader.next_error(forward);
        return Vec::new();
    }
    let here = reader.cursor.line;
    let from = if forward { Some(here + 1) } else { here.checked_sub(1) };
    vec![find(reader, from.unwrap_or(u64::MAX), forward)]
}

fn find(reader: &mut Reader, from: u64, forward: bool) -> Intent {
    reader.found = String::from("searching");
    let needle = reader.search.text().to_owned();
    Intent::Read(Reading::Find { needle, from, forward })
}
