//! A metric: its query, its limit, what its gate says, and its readings.

use crate::control::{metric_gate, metric_idle};
use crate::model::{MetricSpec, Point, Reading, Track};
use crate::store::Series;
use crate::tui::chart;
use crate::tui::panes::row::Row;
use crate::tui::panes::{metrics, words};
use crate::tui::theme::Role;

use super::{Page, Scene};

fn find<'a>(scene: &Scene<'a>, index: usize) -> Option<(&'a MetricSpec, &'a Series)> {
    let state = scene.look.state;
    state.spec.metrics.get(index).zip(state.metrics.get(index))
}

/// Its name with its side.
pub(super) fn name(scene: &Scene<'_>, index: usize) -> Option<String> {
    let (spec, _) = find(scene, index)?;
    Some(match scene.look.state.side(spec.track) {
        Track::Whole => spec.name.clone(),
        side => format!("{} {}", spec.name, side.word()),
    })
}

/// Writes a metric; none when it is gone.
pub(super) fn write(scene: &Scene<'_>, index: usize, track: Track, page: &mut Page) -> Option<()> {
    let state = scene.look.state;
    let (spec, series) = find(scene, index).filter(|(spec, _)| spec.track == track)?;
    page.feeds.extend(state.spec.prometheus.clone());
    match metric_gate(state, index, scene.look.seen.routed, scene.now) {
        Some(gate) => {
            let (glyph, role) = metrics::mark(scene.look, index, scene.now);
            page.fact("gate", &format!("{glyph} {}", gate.reason), role);
        }
        None => page.fact("gate", "none: it has no limit and decides nothing", Role::Dim),
    }
    let broken = series.breaks(series.latest()) == Some(true);
    let idle = metric_idle(state, index, scene.look.seen.routed);
    let role = if broken && !idle { Role::Critical } else { Role::Text };
    let side = state.side(spec.track).word();
    page.fact(side, &metrics::told(spec, series), role);
    for (other, beside) in state.spec.metrics.iter().zip(&state.metrics) {
        if other.name == spec.name && other.track != spec.track {
            let side = state.side(other.track).word();
            page.fact(side, &metrics::told(other, beside), Role::Text);
        }
    }
    if let Some(fault) = &series.fault {
        page.fact("fault", fault, Role::Error);
    }
    page.fact("limit", &metrics::limit(spec), Role::Text);
    let holds = spec.hold_for.as_secs_f64();
    page.fact("for", &format!("{holds} s before it decides"), Role::Text);
    page.fact("asked", &format!("every {} s", spec.every.as_secs_f64()), Role::Text);
    page.fact("query", &spec.query, Role::Text);
    page.head("over time");
    if series.points.is_empty() {
        page.say("no reading yet", Role::Dim);
        return Some(());
    }
    let rows = chart::metric(state, index, scene.now, page.chart(), scene.style);
    page.rows(rows);
    page.head(&format!("readings, newest first ({})", series.points.len()));
    for point in series.points.iter().rev() {
        page.line(None, |width| reading(spec, series, point, width));
    }
    Some(())
}

/// `14:32:06Z  7 %  outside`
fn reading(spec: &MetricSpec, series: &Series, point: &Point, width: usize) -> Row {
    let text = words::reading(point.reading, &spec.unit);
    let (role, word) = match (point.reading, series.breaks(point.reading)) {
        (Reading::Empty | Reading::NotANumber, _) => (Role::Unknown, ""),
        (_, Some(true)) => (Role::Critical, "outside the limit"),
        _ => (Role::Text, ""),
    };
    Row::new(width)
        .put(point.at.format("%H:%M:%SZ  ").to_string(), Role::Dim)
        .number(text, 12, role)
        .gap(2)
        .put(word, role)
}
