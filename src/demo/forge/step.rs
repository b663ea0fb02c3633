//! The steps of one job, from when it began. Knows no job.

use super::plan::Fate;

/// What a step does, settled: after how many world seconds it ends, if it can say, and whether well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    seconds: Option<i64>,
    good: bool,
}

impl Part {
    /// What becomes of a step in this attempt, when what its job needs came to a verdict.
    pub fn of(fate: Fate, attempt: u32, verdict: Option<&str>) -> Self {
        let (seconds, good) = match fate {
            Fate::Passes(n) => (Some(n), true),
            Fate::Fails(n) => (Some(n), false),
            Fate::Flaky(n) => (Some(n), attempt > 1),
            Fate::Judges(n) => (Some(n), verdict == Some("success")),
            Fate::Rollout => (None, true),
        };
        Self { seconds, good }
    }
}

/// How far a step is; numbers are world seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// `queued`, `in_progress` or `completed`.
    pub status: &'static str,
    /// How it ended.
    pub conclusion: Option<&'static str>,
    /// When it began.
    pub began: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
}

const QUEUED: Step = Step { status: "queued", conclusion: None, began: None, ended: None };

fn ended(began: i64, at: i64, how: &'static str) -> Step {
    Step { status: "completed", conclusion: Some(how), began: Some(began), ended: Some(at) }
}

/// When and how a job of these steps ends; none while it runs.
pub fn end(
    script: &[Part],
    began: i64,
    now: i64,
    ending: Option<(i64, bool)>,
) -> Option<(i64, &'static str)> {
    let steps = walk(script, began, now, ending);
    let how = steps.iter().find_map(|step| step.conclusion.filter(|how| *how != "success"));
    let open = steps.iter().any(|step| step.conclusion.is_none());
    let at = steps.iter().filter_map(|step| step.ended).max().unwrap_or(began);
    (!open).then_some((at, how.unwrap_or("success")))
}

/// How far the steps of a job are that began then.
pub fn walk(script: &[Part], began: i64, now: i64, ending: Option<(i64, bool)>) -> Vec<Step> {
    let mut at = began;
    let mut verdict = "success";
    let mut open = false;
    let mut steps = Vec::new();
    for part in script {
        if open {
            steps.push(QUEUED);
            continue;
        }
        if verdict != "success" {
            steps.push(ended(at, at, "skipped"));
            continue;
        }
        let end = match part.seconds {
            Some(seconds) => Some((at + seconds, if part.good { "success" } else { "failure" })),
            None => {
                ending.map(|(end, good)| (end.max(at), if good { "success" } else { "cancelled" }))
            }
        };
        if let Some((end, how)) = end.filter(|(end, _)| *end <= now) {
            steps.push(ended(at, end, how));
            (at, verdict) = (end, how);
        } else {
            steps.push(Step { status: "in_progress", began: Some(at), ..QUEUED });
            open = true;
        }
    }
    steps
}

/// The steps of a job that was cut short at a time.
pub fn cut(steps: &mut [Step], at: i64) {
    for step in steps.iter_mut().filter(|step| step.conclusion.is_none()) {
        *step = match step.began {
            Some(began) => ended(began, at, "cancelled"),
            None => ended(at, at, "skipped"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(fates: &[Fate], now: i64, ending: Option<(i64, bool)>) -> String {
        let script: Vec<_> = fates.iter().map(|fate| Part::of(*fate, 1, None)).collect();
        let steps = walk(&script, 0, now, ending);
        let words = steps.iter().map(|step| step.conclusion.unwrap_or(step.status));
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn steps_come_one_after_another() {
        let good = [Fate::Passes(10), Fate::Passes(10)];
        assert_eq!(words(&good, 9, None), "in_progress queued");
        assert_eq!(words(&good, 10, None), "success in_progress");
        assert_eq!(words(&good, 20, None), "success success");
        assert_eq!(words(&[Fate::Fails(5), Fate::Passes(9)], 5, None), "failure skipped");
        assert_eq!(words(&[Fate::Flaky(5)], 5, None), "failure");
        assert_eq!(words(&[Fate::Rollout], 500, None), "in_progress");
        assert_eq!(words(&[Fate::Rollout], 500, Some((9, false))), "cancelled");
    }
}
