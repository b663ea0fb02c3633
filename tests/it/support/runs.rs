//! What GitHub tells of the target's runs: one that waits for a person, one that failed.

use std::collections::BTreeMap;

use flightdeck::control::Request;
use flightdeck::model::{
    Conclusion, Observation, Run, Status, Subject, Time, Verb, Waiting, Waits,
};

use super::build::{at, target};

/// The run that waits; the target's pipeline.
pub const WAITING: u64 = 901;

/// The run before it.
pub const FAILED: u64 = 900;

/// A run of the deploy workflow.
pub fn run(id: u64, status: Status, conclusion: Option<Conclusion>) -> Run {
    Run {
        id,
        workflow: "deploy.yml".into(),
        name: "deploy".into(),
        number: id - 850,
        attempt: 1,
        title: "Round tax per line".into(),
        branch: Some("main".into()),
        sha: "abc1234".into(),
        event: "push".into(),
        status,
        conclusion,
        created_at: Some(at(60)),
        started_at: Some(at(61)),
        updated_at: Some(at(70)),
        url: format!("https://github.com/acme/checkout/actions/runs/{id}"),
        actor: Some("bo".into()),
        odd: None,
    }
}

/// A deployment that waits since a time, and that our token may decide on.
pub fn waiting(environment: &str, since: Option<Time>) -> Waiting {
    Waiting {
        environment_id: 7,
        environment: environment.into(),
        since,
        timer_ends: None,
        may_decide: true,
        why_not: None,
        reviewers: vec!["ana".into()],
    }
}

/// What is told of them.
pub fn told() -> Vec<Observation> {
    let (host, repo) = (|| "github".to_owned(), || "acme/checkout".to_owned());
    let runs = vec![
        run(WAITING, Status::Waiting, None),
        run(FAILED, Status::Completed, Some(Conclusion::Failure)),
    ];
    let waits = Waits { waiting: vec![waiting("production", Some(at(70)))], decisions: vec![] };
    vec![
        Observation::Runs {
            host: host(),
            repo: repo(),
            workflow: "deploy.yml".into(),
            runs,
            skipped: 0,
        },
        Observation::Waits { host: host(), repo: repo(), run: WAITING, waits },
    ]
}

/// A request for a verb about runs that can be meant.
pub fn request(verb: Verb) -> Request {
    let subject = match verb {
        Verb::Rerun => Some(Subject::FailedJobs { run: FAILED }),
        Verb::Dispatch => Some(Subject::Workflow {
            file: "smoke.yml".into(),
            git_ref: "main".into(),
            inputs: BTreeMap::from([("region".into(), "eu \"1\"".into())]),
        }),
        _ => None,
    };
    Request { subject, ..Request::new(target(), verb) }
}
