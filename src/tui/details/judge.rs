//! The judge's page: what was counted of both sides, what it shows and what it proves.

use chrono::TimeDelta;

use crate::control::{Counted, Finding, Verdict, findings};
use crate::tui::panes::words;
use crate::tui::theme::Role;
use crate::tui::widgets::number;

use super::{Page, Scene};

/// The level of Wilson's and Newcombe's intervals, and what it is worth.
const ONE_LOOK: &str = ", 95 %, for one look";

/// Writes what is found of every comparison.
pub(super) fn write(scene: &Scene<'_>, page: &mut Page) {
    let state = scene.look.state;
    let Some(judge) = &state.spec.judge else { return };
    let looks = format!(
        "each {} s, after a warm-up of {}; a chance of {} % in all to fail a release that is no worse",
        judge.every.as_secs_f64(),
        words::span_s(judge.warm_up.as_secs_f64()),
        number(judge.alpha * 100.0),
    );
    page.fact("looks", &looks, Role::Text);
    let found = findings(state, &scene.look.seen.evidence, scene.now);
    for (finding, spec) in found.iter().zip(&judge.comparisons) {
        page.head(&finding.name);
        one(scene, finding, page);
        page.fact("counts", &spec.query, Role::Dim);
    }
}

fn one(scene: &Scene<'_>, finding: &Finding, page: &mut Page) {
    let (word, role) = verdict(finding.verdict);
    page.fact("verdict", word, role);
    if let Some(trouble) = &finding.trouble {
        page.fact("why", trouble, Role::Text);
    }
    let (ours, theirs) = finding.sides();
    page.fact("candidate", &counted(ours), Role::Text);
    page.fact("stable", &counted(theirs), Role::Text);
    if let Some((difference, low, high)) = finding.difference() {
        let text = format!(
            "{} ({} to {}{ONE_LOOK}); {} matter",
            points(difference),
            points(low),
            points(high),
            points(finding.matters())
        );
        page.fact("difference", &text, Role::Text);
        page.fact("ratio", &ratio(finding), Role::Text);
    }
    if let Some(since) = finding.since {
        let text = format!("{}, {} ago", words::time_of_day(since), ago(scene.now - since));
        page.fact("since", &text, Role::Text);
    }
    if let Some(at) = finding.failed_at {
        let text = format!("{}, {} ago", words::time_of_day(at), ago(scene.now - at));
        page.fact("failed", &text, Role::Error);
    }
    let undecided = matches!(finding.verdict, Some(Verdict::Insufficient | Verdict::Inconclusive));
    if let Some(lacks) = finding.lacks().filter(|_| undecided) {
        let pace = finding.pace;
        let left = if pace > 0.0 && lacks > 0.0 {
            format!(", {} at {pace:.1} a second", words::span_s(lacks / pace))
        } else {
            String::new()
        };
        let text = format!("about {lacks:.0} more of the candidate's requests{left}");
        page.fact("needs", &text, Role::Text);
    }
}

fn verdict(verdict: Option<Verdict>) -> (&'static str, Role) {
    match verdict {
        None => ("? unknown", Role::Unknown),
        Some(Verdict::Fail) => ("✗ FAIL: it is worse", Role::Critical),
        Some(Verdict::Pass) => ("✓ PASS: not worse by what matters", Role::Ok),
        Some(Verdict::Insufficient) => ("… INSUFFICIENT: too few requests yet", Role::Attention),
        Some(Verdict::Inconclusive) => {
            ("… INCONCLUSIVE: too near to what matters", Role::Attention)
        }
    }
}

/// A count with its share and the interval that it leaves open.
fn counted(count: Counted) -> String {
    match count.share {
        Some((share, low, high)) => format!(
            "{:.0} of {:.0}, {} ({} to {}{ONE_LOOK})",
            count.bad,
            count.total,
            percent(share),
            percent(low),
            percent(high)
        ),
        None => "no requests".to_owned(),
    }
}

fn ratio(finding: &Finding) -> String {
    let (low, high) = finding.ratio();
    let level = format!("each bound {:.1} %, whenever one looks", (1.0 - finding.alpha()) * 100.0);
    if high.is_finite() {
        format!("between {low:.2} and {high:.2} times as often, {level}")
    } else {
        format!("at least {low:.2} times as often, {level}")
    }
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent == 0.0 || percent >= 10.0 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.3} %")
    }
}

fn points(share: f64) -> String {
    format!("{:+.3} points", share * 100.0)
}

fn ago(delta: TimeDelta) -> String {
    words::span_s(delta.as_seconds_f64())
}
