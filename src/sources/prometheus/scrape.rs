//! What Prometheus says of the scrape jobs that somebody expects.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::clients::http::short;
use crate::model::{ScrapeJob, ScrapeState};

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, rename = "activeTargets")]
    active: Vec<&'a RawValue>,
}

/// One scraped instance.
#[derive(Debug, Deserialize)]
pub(super) struct Instance {
    #[serde(default)]
    labels: Labels,
    #[serde(default, rename = "scrapePool")]
    pool: String,
    #[serde(default)]
    health: String,
    #[serde(default, rename = "lastError")]
    error: String,
}

#[derive(Debug, Default, Deserialize)]
struct Labels {
    #[serde(default)]
    job: Option<String>,
}

impl Instance {
    fn job(&self) -> &str {
        self.labels.job.as_deref().unwrap_or(&self.pool)
    }
}

/// The scraped instances of an answer; odd ones are left out.
///
/// # Errors
/// When it is no list of targets.
pub(super) fn instances(data: &RawValue) -> Result<Vec<Instance>, serde_json::Error> {
    let data: Data<'_> = serde_json::from_str(data.get())?;
    let read = |raw: &&RawValue| serde_json::from_str(raw.get()).ok();
    Ok(data.active.iter().filter_map(read).collect())
}

/// A job over all its instances.
pub(super) fn job(name: &str, instances: &[Instance]) -> ScrapeJob {
    let mine: Vec<&Instance> = instances.iter().filter(|one| one.job() == name).collect();
    let up = mine.iter().filter(|one| one.health == "up").count();
    let down = mine.iter().find(|one| one.health == "down");
    let state = match down {
        _ if mine.is_empty() => ScrapeState::Absent,
        Some(_) => ScrapeState::Down,
        None if up == mine.len() => ScrapeState::Up,
        None => ScrapeState::Unknown,
    };
    ScrapeJob {
        job: name.to_owned(),
        state,
        up: up as u32,
        total: mine.len() as u32,
        error: down.map(|one| short(&one.error)).filter(|error| !error.is_empty()),
    }
}

/// A job that could not be asked for.
pub(super) fn unknown(name: &str, why: &str) -> ScrapeJob {
    ScrapeJob {
        job: name.to_owned(),
        state: ScrapeState::Unknown,
        up: 0,
        total: 0,
        error: Some(why.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_down_absent_and_unknown_are_four_things() {
        let data = RawValue::from_string(
            r#"{"activeTargets":[
                {"labels":{"job":"api"},"scrapePool":"api","health":"up","lastError":""},
                {"labels":{"job":"api"},"health":"down","lastError":"connection refused"},
                {"labels":{"job":"db"},"health":"up"},
                {"scrapePool":"new","health":"unknown"},
                {"labels":null,"health":7}],"droppedTargets":[]}"#
                .to_owned(),
        )
        .unwrap();
        let instances = instances(&data).unwrap();
        let of = |name| job(name, &instances);
        assert_eq!(of("api").state, ScrapeState::Down);
        assert_eq!((of("api").up, of("api").total), (1, 2));
        assert_eq!(of("api").error.as_deref(), Some("connection refused"));
        assert_eq!(of("db").state, ScrapeState::Up);
        assert_eq!(of("new").state, ScrapeState::Unknown);
        assert_eq!(of("gone").state, ScrapeState::Absent);
    }
}
