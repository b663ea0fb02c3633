//! How long runs and jobs usually take: the median of the last ones that ended well.

use chrono::TimeDelta;

use super::RepoState;
use crate::model::{Conclusion, Run};

/// Earlier ones that count.
const LAST: usize = 20;

/// A usual duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// The median.
    pub median: TimeDelta,
    /// Of how many.
    pub of: usize,
}

fn median(mut spans: Vec<TimeDelta>) -> Option<Usual> {
    let of = spans.len();
    spans.sort_unstable();
    let upper = *spans.get(of / 2)?;
    let median = if of % 2 == 1 { upper } else { (*spans.get(of / 2 - 1)? + upper) / 2 };
    Some(Usual { median, of })
}

impl RepoState {
    /// How long runs of the same workflow took, those before `run` that ended well, the newest 20.
    #[must_use]
    pub fn usual_run(&self, run: &Run) -> Option<Usual> {
        let spans = self.before(run).filter(|run| run.conclusion == Some(Conclusion::Success));
        median(spans.filter_map(took).take(LAST).collect())
    }

    /// How long jobs of the same name took in earlier runs of the same workflow, those that ended well, the
    /// newest 20 whose jobs are known.
    #[must_use]
    pub fn usual_job(&self, run: &Run, job: &str) -> Option<Usual> {
        let jobs = self.before(run).filter_map(|run| self.jobs.get(&run.id));
        let jobs = jobs.filter_map(|jobs| jobs.iter().find(|known| known.name == job));
        let good = jobs.filter(|job| job.conclusion == Some(Conclusion::Success));
        let spans = good.filter_map(|job| Some(job.completed_at? - job.started_at?));
        median(spans.take(LAST).collect())
    }

    fn before(&self, run: &Run) -> impl Iterator<Item = &Run> {
        let number = run.number;
        let runs = self.runs.get(&run.workflow).into_iter().flatten();
        runs.filter(move |earlier| earlier.number < number && !earlier.is_active())
    }
}

/// From the start of the newest attempt to its end.
fn took(run: &Run) -> Option<TimeDelta> {
    let took = run.updated_at? - run.started_at.or(run.created_at)?;
    (took >= TimeDelta::zero()).then_some(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let of = |spans: &[i64]| median(spans.iter().map(|s| TimeDelta::seconds(*s)).collect());
        let usual = |s, of| Some(Usual { median: TimeDelta::seconds(s), of });
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[5]), usual(5, 1));
        assert_eq!(of(&[9, 1, 5]), usual(5, 3));
        assert_eq!(of(&[9, 1, 5, 7]), usual(6, 4));
    }
}
