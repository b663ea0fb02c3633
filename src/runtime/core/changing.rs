//! Changes of state that are not written down yet: another process may have done what one comes from, and its
//! lines are on their way. Pure: time is a value.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::control::Standing;
use crate::model::Target;

/// How long a change must last: longer than it takes to read what another process wrote.
const LASTS: Duration = Duration::from_secs(2);

/// To what the targets change, and since when.
#[derive(Debug, Default)]
pub(super) struct Changing(BTreeMap<Target, (String, Instant)>);

impl Changing {
    /// Whether the change that a target is due for may be written: it has lasted, or harms.
    pub(super) fn lasts(&mut self, target: &Target, to: Option<&str>, now: Instant) -> bool {
        let Some(to) = to.filter(|to| *to != Standing::Critical.word()) else {
            self.0.remove(target);
            return true;
        };
        let held = self.0.get(target).filter(|(word, _)| word == to).map(|(_, since)| *since);
        let since = held.unwrap_or(now);
        self.0.insert(target.clone(), (to.to_owned(), since));
        now - since >= LASTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_at_once_is_not_written_and_harm_is() {
        let (mut changing, now) = (Changing::default(), Instant::now());
        let target = Target::new("checkout", "production").unwrap();
        let mut lasts = |to, s| changing.lasts(&target, to, now + Duration::from_secs(s));
        assert!(!lasts(Some("ok"), 0) && lasts(Some("ok"), 2));
        assert!(lasts(None, 3) && !lasts(Some("ok"), 4), "it was not due for a while");
        assert!(!lasts(Some("attention"), 7), "another one");
        assert!(lasts(Some("critical"), 8));
    }
}
