//! Requests about workflow runs on their way: sent once, then looked for at their host. Must not know what
//! a request means.

use std::sync::Arc;
use std::time::Duration;

use crate::model::follow::Effect;
use crate::model::{
    Call, Event, Fault, FaultKind, FeedId, Follow, Observation, Progress, Sight, Time,
};
use crate::ports::{CallError, Workflows};
use crate::text;

use super::bus::Bus;

/// How often GitHub is read while an effect is waited for.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Columns of an address at most.
const URL: usize = 300;

/// What came of handing a call over.
pub(super) struct Sent {
    pub(super) answer: Result<(), CallError>,
    /// What a program said.
    pub(super) output: Option<String>,
    /// The run that was started, where the answer names it.
    pub(super) github_run: Option<u64>,
}

/// Sends a request about runs, once.
pub(super) async fn send(host: Option<&Arc<dyn Workflows>>, call: &Call) -> Sent {
    let answer = if let Some(host) = host {
        host.act(call).await
    } else {
        let text = format!("`{}` is not configured to send it", call.to);
        Err(CallError::Failed(Fault::new(FaultKind::Setup, text)))
    };
    let made = answer.as_ref().ok().cloned().unwrap_or_default();
    // what is not followed to a run has made something else
    let (github_run, issue) =
        if call.follow.is_some() { (made.number, None) } else { (None, made.number) };
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    let url = made.url.filter(web).map(|url| format!(": {}", text::line(&url, URL)));
    let output = issue.map(|number| format!("issue {number}{}", url.unwrap_or_default()));
    Sent { answer: answer.map(drop), output, github_run }
}

/// Why nobody can say which run it is.
pub(super) fn ambiguous(runs: &[u64]) -> String {
    let named: Vec<String> = runs.iter().map(ToString::to_string).collect();
    let which = match named.as_slice() {
        [one] => format!("run {one} may be it, but begins with another commit"),
        several => format!("any of the runs {} may be it", several.join(", ")),
    };
    format!(
        "unknown: {which}; say which, here by its number or with `flightdeck run pick`; it is not sent again"
    )
}

/// Looks for the effect of one call, and tells the loop what it reads.
pub(super) struct Follower {
    host: Arc<dyn Workflows>,
    name: String,
    follow: Option<Follow>,
    bus: Bus,
}

impl Follower {
    pub(super) fn new(host: Arc<dyn Workflows>, call: &Call, bus: Bus) -> Self {
        Self { host, name: call.to.clone(), follow: call.follow.clone(), bus }
    }

    /// How far the effect is; none when nothing could be read within `limit`.
    pub(super) async fn look(
        &mut self,
        known: Option<u64>,
        sent: Time,
        limit: Duration,
    ) -> Option<Progress> {
        let follow = self.follow.as_ref()?;
        let asked_at = self.bus.now();
        let look = self.host.look(follow, known);
        let sight = tokio::time::timeout(limit, look).await.ok()?.ok()?;
        let progress = follow.look(&sight, known, sent);
        self.bus.told(asked_at, told(&self.name, follow, sight)).await;
        Some(progress)
    }
}

/// Reads once more what a request stands on. What went wrong, if something did.
pub(super) async fn reread(
    desk: &dyn Workflows,
    host: &str,
    follow: &Follow,
    bus: &Bus,
    limit: Duration,
) -> Option<String> {
    let asked_at = bus.now();
    match tokio::time::timeout(limit, desk.look(follow, None)).await {
        Ok(Ok(sight)) => {
            bus.told(asked_at, told(host, follow, sight)).await;
            None
        }
        Ok(Err(fault)) => Some(fault.text),
        Err(_) => Some(format!("no answer within {} s", limit.as_secs())),
    }
}

/// What was read, as an event of the repository's own feed.
fn told(host: &str, follow: &Follow, sight: Sight) -> Event {
    let repo = &follow.repo;
    let run =
        |run| Observation::Run { host: host.to_owned(), repo: repo.clone(), run: Box::new(run) };
    let mut items: Vec<Observation> = sight.runs.into_iter().map(run).collect();
    if let (Some(waits), Some(run)) = (sight.waits, follow.effect.run()) {
        items.push(Observation::Waits { host: host.to_owned(), repo: repo.clone(), run, waits });
    }
    if let (Some(origin), Effect::Started { git_ref, .. }) = (sight.origin, &follow.effect) {
        let (host, repo, git_ref) = (host.to_owned(), repo.clone(), git_ref.clone());
        items.push(Observation::Origin { host, repo, git_ref, origin });
    }
    let next_s = LOOK_EVERY.as_secs_f64();
    let feed = FeedId::part(host, repo);
    Event::Observed { feed, items, budget: None, warnings: Vec::new(), next_s }
}
