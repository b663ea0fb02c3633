//! Questions about revisions on their way: asked once, and what is answered told as a fact. Must not know why
//! somebody wants to know.

use std::time::Duration;

use crate::model::between::Question;
use crate::model::{Event, Fault, FaultKind, FeedId, Observation};
use crate::ports::Revisions;

use super::bus::Bus;

/// The longest an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks a repository's host, or a registry. What keeps a host from answering for now is not told: it is asked
/// again, and its feed says why. A registry has no feed.
pub(super) async fn answer(
    revisions: &dyn Revisions,
    (host, repo): (&str, &str),
    question: &Question,
    bus: &Bus,
) {
    let asked_at = bus.now();
    let of_image = matches!(question, Question::Image { .. });
    let answer = match tokio::time::timeout(LIMIT, revisions.answer(repo, question)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(fault)) if of_image || is_final(&fault) => Err(fault.text),
        Err(_) if of_image => Err(format!("{host} did not answer within {} s", LIMIT.as_secs())),
        Ok(Err(_)) | Err(_) => return,
    };
    let answered = Observation::Answered {
        host: host.to_owned(),
        repo: repo.to_owned(),
        question: question.clone(),
        answer,
    };
    let event = if of_image {
        Event::Told { item: Box::new(answered) }
    } else {
        let feed = FeedId::part(host, repo);
        let next_s = LIMIT.as_secs_f64();
        Event::Observed { feed, items: vec![answered], budget: None, warnings: Vec::new(), next_s }
    };
    bus.told(asked_at, event).await;
}

/// Whether asking again would bring the same.
fn is_final(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Forbidden | FaultKind::Garbage)
}
