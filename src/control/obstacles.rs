//! Runs that stand in the way of one of ours, by the queue they stand in, and the words for it. Pure; must
//! not know how they were found or what may be done about them.

use crate::model::rollout::Ahead;

/// The runs of one concurrency group that stand in the way, or those of none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacles<'a> {
    /// The concurrency group; none: they are in no queue with ours.
    pub group: Option<&'a str>,
    /// Whether GitHub told them, or they were inferred from workflow files and runs.
    pub told: bool,
    /// The runs, in the order in which they were told.
    pub runs: Vec<&'a Ahead>,
}

impl Obstacles<'_> {
    /// What all of them are, before they are named.
    #[must_use]
    pub fn head(&self) -> String {
        match (self.group, self.told) {
            (None, _) => "under way, in no queue with this:".to_owned(),
            (Some(group), true) => format!("in the queue {group}, as GitHub tells:"),
            (Some(group), false) => format!("in the queue {group}, inferred from files and runs:"),
        }
    }
}

/// What stands in the way, by queue, in the order in which the queues come; those of no queue at the end.
#[must_use]
pub fn by_queue(ahead: &[Ahead]) -> Vec<Obstacles<'_>> {
    let mut queues: Vec<Obstacles<'_>> = Vec::new();
    for one in ahead {
        let group = Some(one.group.as_str()).filter(|group| !group.is_empty());
        let same = |queue: &&mut Obstacles<'_>| {
            queue.group == group && (queue.told == one.told || group.is_none())
        };
        match queues.iter_mut().find(same) {
            Some(queue) => queue.runs.push(one),
            None => queues.push(Obstacles { group, told: one.told, runs: vec![one] }),
        }
    }
    queues.sort_by_key(|queue| queue.group.is_none());
    queues
}

/// A run that stands in the way and what becomes of the two, where its status is known better than it was
/// told: `run 12 (deploy #7) is pending: ours waits for it`.
#[must_use]
pub fn in_the_way(ahead: &Ahead, status: &str) -> String {
    let name = if ahead.name.is_empty() { String::new() } else { format!(" ({})", ahead.name) };
    format!("run {}{name} is {status}: {}", ahead.run, ahead.fate.words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rollout::Fate;

    fn ahead(run: u64, group: &str, told: bool, fate: Fate) -> Ahead {
        let (name, status) = (String::new(), "in_progress".to_owned());
        Ahead { run, name, status, group: group.into(), told, fate }
    }

    #[test]
    fn each_stands_under_its_own_queue_and_those_of_none_under_plain_words() {
        let all = [
            ahead(1, "deploy", true, Fate::OursWaits),
            ahead(2, "", true, Fate::GoesOn),
            ahead(3, "smoke", false, Fate::Unknown),
            ahead(4, "deploy", true, Fate::ItIsDropped),
        ];
        let told = by_queue(&all);
        let told: Vec<(String, Vec<u64>)> = told
            .iter()
            .map(|queue| (queue.head(), queue.runs.iter().map(|one| one.run).collect()))
            .collect();
        assert_eq!(
            told,
            [
                ("in the queue deploy, as GitHub tells:".to_owned(), vec![1, 4]),
                ("in the queue smoke, inferred from files and runs:".to_owned(), vec![3]),
                ("under way, in no queue with this:".to_owned(), vec![2]),
            ]
        );
        assert_eq!(by_queue(&[]), []);
    }
}
