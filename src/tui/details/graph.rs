//! The jobs of a run as a graph: indented by what they need, matrices and called workflows folded into one
//! line, each duration beside the usual one and its budget, and on wide screens as a bar in time.

mod bar;

use chrono::TimeDelta;
use unicode_width::UnicodeWidthStr;

use crate::model::{Conclusion, Job, Run, Status};
use crate::store::RepoState;
use crate::text;
use crate::tui::panes::pipeline::Seen;
use crate::tui::panes::row::Row;
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::workflow::{Graph, Kind, Node};

use super::{Detail, Page, Scene, run};

use bar::Strip;

/// Columns of a duration.
const TIME: usize = 7;
/// Lines at least this wide have a bar in time.
const WIDE: usize = 130;
/// Columns of the sign that a line unfolds.
const FOLD: usize = 2;
/// Layers beyond this are indented no further.
const DEEP: usize = 8;

/// What the lines are made from.
struct Chart<'a> {
    scene: &'a Scene<'a>,
    run: &'a Run,
    jobs: &'a [Job],
    repo: Option<&'a RepoState>,
    seen: Seen,
    /// Columns of the names.
    names: usize,
    /// Columns of the bar; 0: none.
    strip: usize,
    budgets: bool,
}

/// Writes the jobs of a run.
pub(super) fn write(scene: &Scene<'_>, run: &Run, seen: Seen, page: &mut Page) {
    let jobs = scene.jobs(run.id);
    let repo = scene.store.repo_of(&scene.look.state.spec);
    let file = repo.and_then(|repo| repo.backing.file_of(run)?.workflow());
    let checks = repo.and_then(|repo| repo.backing.checks_of(&run.sha));
    let required = checks.and_then(|checks| checks.required.as_deref()).unwrap_or_default();
    let graph = Graph::new(file, jobs, required);
    let order = match (jobs.len() > 1, graph.inferred) {
        (false, _) => "",
        (true, true) => ", in the order of their times",
        (true, false) => ", by what they need",
    };
    page.head(&format!("jobs ({}){order}", jobs.len()));
    if jobs.is_empty() {
        page.say("not read yet", Role::Dim);
        if graph.inferred {
            return;
        }
    }
    let columns = |node: &Node| {
        indent(node) + title(node, jobs).width() + if node.is_folded() { FOLD } else { 0 }
    };
    let widest = graph.nodes.iter().map(columns);
    let budgets = !scene.look.state.spec.budget.is_empty();
    let chart = Chart {
        scene,
        run,
        jobs,
        repo,
        seen,
        names: widest.max().unwrap_or(0).clamp(8, (page.width / 3 + 1).max(8)),
        strip: if page.width >= WIDE { page.width / 4 } else { 0 },
        budgets,
    };
    let strip = Strip::new(&graph, jobs, seen.at);
    page.line(None, |width| chart.header(width));
    for node in &graph.nodes {
        let unfolded = page.unfolded.contains(&node.id);
        let item = match node.members.as_slice() {
            [] => None,
            _ if node.is_folded() => Some(Detail::Jobs(run.id, node.id.clone())),
            [one, ..] => jobs.get(one.place).map(|job| Detail::Job(run.id, job.id)),
        };
        match item {
            Some(item) => page.item(item, |width| chart.node(node, &strip, unfolded, width)),
            None => page.idle(&node.label, |width| chart.node(node, &strip, false, width)),
        }
        for member in node.members.iter().filter(|_| unfolded && node.is_folded()) {
            let Some(job) = jobs.get(member.place) else { continue };
            page.item(Detail::Job(run.id, job.id), |width| {
                chart.member(node, &member.name, job, &strip, width)
            });
        }
    }
    if jobs.len() >= crate::store::caps::JOBS {
        page.say(&format!("only the first {} are kept; its page has all", jobs.len()), Role::Dim);
    }
}

fn indent(node: &Node) -> usize {
    node.layer.min(DEEP) * 2
}

/// `test 3/4 ok`, `build → production`
fn title(node: &Node, jobs: &[Job]) -> String {
    let mut title = text::line(&node.label, 60);
    if node.is_folded() {
        let tally = node.tally(jobs);
        title.push_str(&format!(" {}/{} ok", tally.good, tally.all));
    }
    if let Some(environment) = node.environment.as_ref().filter(|name| !name.contains("${{")) {
        let same = *environment == node.label;
        title.push_str(&if same {
            String::new()
        } else {
            format!(" → {}", text::line(environment, 30))
        });
    }
    title
}

impl Chart<'_> {
    fn header(&self, width: usize) -> Row {
        let row = Row::new(width).gap(2 + self.names);
        let row = row.number("took", TIME, Role::Dim).number("usual", TIME, Role::Dim);
        let row = if self.budgets { row.number("budget", TIME, Role::Dim) } else { row };
        let from = self.run.started_at.or(self.run.created_at).filter(|_| self.strip > 0);
        match from {
            Some(from) => row.gap(2).put(format!("from {}", words::time_of_day(from)), Role::Dim),
            None => row,
        }
    }

    fn node(&self, node: &Node, strip: &Strip, unfolded: bool, width: usize) -> Row {
        let lead = node.lead(self.jobs);
        let lax = node.is_not_blocking || lead.is_some_and(|job| self.is_not_blocking(job));
        let (glyph, word, role) = match lead {
            Some(job) => self.told(job, lax),
            None if self.run.is_active() => ("◌", "to come".to_owned(), Role::Dim),
            None => ("○", "did not run".to_owned(), Role::Dim),
        };
        let fold = match (node.is_folded(), unfolded) {
            (false, _) => "",
            (true, false) => " ▸",
            (true, true) => " ▾",
        };
        let name = self.names.saturating_sub(indent(node));
        let room = if fold.is_empty() { name } else { name.saturating_sub(FOLD) };
        let shown = format!("{}{fold}", text::line(&title(node, self.jobs), room));
        let took = node.took(self.jobs, self.seen.at);
        let usual = self.usual(node);
        let budget = self.scene.look.state.spec.budget_of(&node.id, &node.label);
        let budget = budget.and_then(|limit| TimeDelta::from_std(limit).ok());
        let row = Row::new(width).gap(indent(node)).put(format!("{glyph} "), role).cell(
            shown,
            name,
            if lead.is_some() { Role::Text } else { Role::Dim },
        );
        let over = is_over(took, budget);
        let row = self.times(row, took, usual, budget);
        let row = if self.strip > 0 {
            row.gap(2).join(strip.bar(node.span(self.jobs), role, self.strip))
        } else {
            row
        };
        let mut row = row.gap(2).put(&word, role);
        if over {
            row = row.put(", over budget", Role::Critical);
        }
        if lax {
            row = row.put(", not blocking", Role::Attention);
        }
        if node.is_gate {
            row = row.put(", sums up all", Role::Key);
        }
        if let Some(job) = lead.filter(|_| node.is_folded() && role != Role::Ok) {
            let is_lead =
                |place: usize| self.jobs.get(place).is_some_and(|known| known.id == job.id);
            let member = node.members.iter().find(|member| is_lead(member.place));
            row = row.put(member.map_or(String::new(), |it| format!(": {}", it.name)), Role::Text);
        } else if let Some(job) = lead {
            row = self.worst(row, job);
        }
        if let Kind::Called(Some(uses)) = &node.kind {
            row = row.put(format!(", calls {}", text::line(uses, 60)), Role::Dim);
        }
        if node.needs.len() > 1 && self.strip > 0 {
            row = row.put(format!(", needs {}", node.needs.join(", ")), Role::Dim);
        }
        row
    }

    fn member(&self, node: &Node, name: &str, job: &Job, strip: &Strip, width: usize) -> Row {
        let (glyph, word, role) = self.told(job, self.is_not_blocking(job));
        let indent = indent(node) + 2;
        let span = job.started_at.filter(|_| job.status != Status::Queued);
        let span =
            span.map(|from| (from, job.completed_at.filter(|_| job.status == Status::Completed)));
        let took = span.map(|(from, to)| to.unwrap_or(self.seen.at) - from);
        let usual = self.repo.and_then(|repo| Some(repo.usual_job(self.run, &job.name)?.median));
        let row = Row::new(width).gap(indent).put(format!("{glyph} "), role).cell(
            name,
            self.names.saturating_sub(indent),
            Role::Text,
        );
        let row = self.times(row, took, usual, None);
        let row =
            if self.strip > 0 { row.gap(2).join(strip.bar(span, role, self.strip)) } else { row };
        self.worst(row.gap(2).put(&word, role), job)
    }

    /// Glyph, word and role of a job. Where its failure lets the run pass, its success proves nothing and its
    /// failure is no alarm.
    fn told(&self, job: &Job, is_not_blocking: bool) -> (&'static str, String, Role) {
        let told = words::job(&job.status, job.conclusion.as_ref());
        let (glyph, word, role) = self.seen.of(told, job.status == Status::Completed);
        let word = if word.is_empty() { "succeeded".to_owned() } else { word.into_owned() };
        (glyph, word, words::lax(role, is_not_blocking))
    }

    fn is_not_blocking(&self, job: &Job) -> bool {
        self.repo.is_some_and(|repo| repo.is_not_blocking(self.run, job))
    }

    /// What took, what is usual, what is allowed.
    fn times(
        &self,
        row: Row,
        took: Option<TimeDelta>,
        usual: Option<TimeDelta>,
        budget: Option<TimeDelta>,
    ) -> Row {
        let slow = took.zip(usual).is_some_and(|(took, usual)| took > usual + usual / 2);
        let role = match (is_over(took, budget), slow) {
            (true, _) => Role::Critical,
            (false, true) => Role::Attention,
            (false, false) => Role::Text,
        };
        let row = row.number(took.map(words::minutes).unwrap_or_default(), TIME, role);
        let unknown = if took.is_some() { "–" } else { "" };
        let row = row.number(usual.map_or(unknown.to_owned(), words::minutes), TIME, Role::Dim);
        if !self.budgets {
            return row;
        }
        row.number(budget.map(words::minutes).unwrap_or_default(), TIME, Role::Dim)
    }

    /// The usual duration of a node: of its job, or of the slowest of its matrix.
    fn usual(&self, node: &Node) -> Option<TimeDelta> {
        let usual = |job: &Job| Some(self.repo?.usual_job(self.run, &job.name)?.median);
        match node.kind {
            Kind::Called(_) => None,
            Kind::Single | Kind::Matrix => node.jobs(self.jobs).filter_map(usual).max(),
        }
    }

    /// The step that runs, or that failed.
    fn worst(&self, row: Row, job: &Job) -> Row {
        let worst = job.steps.iter().find(|step| {
            step.status == Status::InProgress
                || step.conclusion.as_ref().is_some_and(Conclusion::is_bad)
        });
        let row = match worst {
            Some(step) => row.put(format!(": {}. {}", step.number, step.name), Role::Text),
            None => row,
        };
        let lax = self.repo.zip(worst);
        let lax = lax.is_some_and(|(repo, worst)| repo.is_step_not_blocking(self.run, job, worst));
        let row = if lax { row.put(" (not blocking)", Role::Attention) } else { row };
        if job.odd.is_some() { row.put(" (odd)", Role::Attention) } else { row }
    }
}

fn is_over(took: Option<TimeDelta>, budget: Option<TimeDelta>) -> bool {
    took.zip(budget).is_some_and(|(took, budget)| took > budget)
}

/// `7:20, usually 6:50 (median of 12), over its budget of 5:00`
pub(super) fn total(scene: &Scene<'_>, run: &Run, seen: Seen, page: &mut Page) {
    let Some(took) = run::took(run, seen.at) else { return };
    let mut said = words::minutes(took);
    if run.is_active() {
        said.push_str(" so far");
    }
    let repo = scene.store.repo_of(&scene.look.state.spec);
    if let Some(usual) = repo.and_then(|repo| repo.usual_run(run)) {
        let of = if usual.of == 1 { "1 run".to_owned() } else { format!("{} runs", usual.of) };
        said.push_str(&format!(", usually {} (median of {of})", words::minutes(usual.median)));
    }
    let budget = scene.look.state.spec.budget_of_run();
    let budget = budget.and_then(|limit| TimeDelta::from_std(limit).ok());
    let over = is_over(Some(took), budget);
    if let Some(budget) = budget {
        let word = if over { "over" } else { "within" };
        said.push_str(&format!(", {word} its budget of {}", words::minutes(budget)));
    }
    page.fact("took", &said, if over { Role::Critical } else { Role::Text });
}
