//! Questions about revisions on their way: asked once, and what is answered told as a fact. Must not know why
//! somebody wants to know.

use std::time::Duration;

use crate::model::between::Question;
use crate::model::{Event, FaultKind, FeedId, Observation};
use crate::ports::Revisions;

use super::bus::Bus;

/// The longest an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks a repository's host. What keeps it from answering for now is not told: it is asked again.
pub(super) async fn answer(
    revisions: &dyn Revisions,
    (host, repo): (&str, &str),
    question: &Question,
    bus: &Bus,
) {
    let asked_at = bus.now();
    let answer = match tokio::time::timeout(LIMIT, revisions.answer(repo, question)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(fault)) if matches!(fault.kind, FaultKind::Forbidden | FaultKind::Garbage) => {
            Err(fault.text)
        }
        Ok(Err(_)) | Err(_) => return,
    };
    let answered = Observation::Answered {
        host: host.to_owned(),
        repo: repo.to_owned(),
        question: question.clone(),
        answer,
    };
    let feed = FeedId::part(host, repo);
    let next_s = LIMIT.as_secs_f64();
    let items = vec![answered];
    let event = Event::Observed { feed, items, budget: None, warnings: Vec::new(), next_s };
    bus.told(asked_at, event).await;
}
