//! What is found out for a rollback before it is confirmed: what it loses, and what stands behind the name it
//! goes to. For a short while only: a rollback is the fast path.

use std::time::Duration;

use tokio::time::Instant;

use crate::control::{Request, is_studied};
use crate::model::{TargetSpec, Verb};
use crate::runtime::{Ended, Runtime, run};

use super::super::quiet::Quiet;

/// The longest a rollback waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits until it is known, or the time is over. False: interrupted. Of a promotion only the image is of
/// interest: what it goes to is noted.
pub(super) async fn study(
    runtime: &mut Runtime,
    spec: &TargetSpec,
    request: &Request,
) -> color_eyre::Result<bool> {
    let goes_back = request.verb == Verb::Rollback;
    let wanted = if goes_back {
        is_studied(runtime.store(), &spec.target)
    } else {
        request.verb == Verb::Promote && spec.image.is_some()
    };
    if !wanted {
        return Ok(true);
    }
    let deadline = Instant::now() + PATIENCE;
    let host = spec.host.clone().filter(|_| goes_back);
    let (target, to) = (spec.target.clone(), request.to.clone());
    let known = move |runtime: &mut Runtime| {
        let asked = host.as_ref().is_none_or(|host| runtime.asked(host));
        let open = if goes_back {
            runtime.study(&target, to.as_ref())
        } else {
            runtime.study_images(&target)
        };
        ((asked && !open) || Instant::now() >= deadline).then_some(())
    };
    Ok(matches!(run(runtime, &mut Quiet, known).await?, Ended::Answered(())))
}
