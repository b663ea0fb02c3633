//! The share of errors within each window of an error budget.

use std::time::Duration;

use futures::future::join_all;

use crate::config::BurnConfig;
use crate::model::burn::{WINDOW, range};
use crate::model::{Observation, Reading, Spent};
use crate::ports::Polled;
use crate::sources::prometheus::AT_ONCE;
use crate::sources::prometheus::ask::{Asker, Trouble};

/// Asks for every window.
pub(super) async fn ask(
    config: &BurnConfig,
    asker: &Asker<'_>,
    polled: &mut Polled,
) -> Result<(), Trouble> {
    let mut spent: Vec<Spent> = Vec::new();
    for some in config.windows.chunks(AT_ONCE) {
        let asked = some.iter().map(async |window| {
            let query = config.query.replace(WINDOW, &range(*window));
            asker.query("api/v1/query", &[("query", &query)]).await
        });
        for (window, answer) in some.iter().zip(join_all(asked).await) {
            let read = match answer {
                Ok(data) => {
                    polled.warnings.extend(data.warnings);
                    asker.instant(&data.data)
                }
                // nobody there: the rest would only wait for the same
                Err(Trouble::Feed(fault)) if spent.is_empty() => return Err(Trouble::Feed(fault)),
                Err(trouble) => Err(trouble.text().to_owned()),
            };
            spent.push(match read {
                Ok(point) => known(*window, point.map_or(Reading::Empty, |point| point.reading)),
                Err(why) => unknown(*window, &why),
            });
        }
    }
    count(config, asker, &mut spent).await;
    polled.items.push(Observation::Burn { target: config.target.clone(), spent });
    Ok(())
}

/// Asks how many requests there were. What cannot be counted is not known, and takes nothing from the rest.
async fn count(config: &BurnConfig, asker: &Asker<'_>, spent: &mut [Spent]) {
    let Some((query, windows)) = &config.requests else { return };
    let asked = windows.iter().map(async |window| {
        let query = query.replace(WINDOW, &range(*window));
        let data = asker.query("api/v1/query", &[("query", &query)]).await.ok()?;
        let found = asker.instant(&data.data).ok()?;
        Some((*window, found.map_or(Reading::Empty, |point| point.reading)))
    });
    for (window, requests) in join_all(asked).await.into_iter().flatten() {
        let own = spent.iter_mut().find(|spent| spent.window == window);
        own.into_iter().for_each(|spent| spent.requests = Some(requests));
    }
}

fn known(window: Duration, errors: Reading) -> Spent {
    Spent { window, errors, requests: None, fault: None }
}

fn unknown(window: Duration, why: &str) -> Spent {
    Spent { window, errors: Reading::Empty, requests: None, fault: Some(why.to_owned()) }
}

/// No window is known.
pub(super) fn failed(config: &BurnConfig, why: &str) -> Observation {
    let spent = config.windows.iter().map(|window| unknown(*window, why)).collect();
    Observation::Burn { target: config.target.clone(), spent }
}
