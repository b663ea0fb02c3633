//! Arguments of `logs`.

use std::str::FromStr;

use clap::Args;

use crate::model::Target;

/// Arguments of `logs`.
#[derive(Debug, Clone, Args)]
pub struct LogsArgs {
    /// A target, such as checkout/staging, for its newest run; or a run's number or address at GitHub.
    #[arg(value_name = "TARGET|RUN")]
    pub of: LogsOf,
    /// Only the steps that failed.
    #[arg(long)]
    pub failed: bool,
    /// Go on until the run has ended. GitHub serves a job's log when the job has ended, seldom before.
    #[arg(long)]
    pub follow: bool,
}

/// Whose logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogsOf {
    /// Of the newest run of a target's pipeline.
    Target(Target),
    /// Of a run by GitHub's id, in this repository when it is known.
    Run(u64, Option<String>),
}

impl FromStr for LogsOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(run) = text.parse() {
            return Ok(Self::Run(run, None));
        }
        let Some((_, path)) = text.split_once("://") else {
            return text.parse().map(Self::Target).map_err(|_| {
                let text = text.escape_debug();
                format!("`{text}` is neither a target, such as checkout/staging, nor a run")
            });
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let segments: Vec<&str> = path.split('/').collect();
        if let [_, owner, name, "actions", "runs", run, ..] = segments.as_slice()
            && let Ok(run) = run.parse()
        {
            return Ok(Self::Run(run, Some(format!("{owner}/{name}"))));
        }
        Err("this is not the address of a run; it has /OWNER/NAME/actions/runs/NUMBER".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_a_number_or_an_address() {
        let read = |text: &str| text.parse::<LogsOf>();
        assert_eq!(read("a/b"), Ok(LogsOf::Target("a/b".parse().unwrap())));
        assert_eq!(read("17"), Ok(LogsOf::Run(17, None)));
        let run = Ok(LogsOf::Run(17, Some("acme/search".into())));
        for address in ["", "/job/3", "/attempts/2?pr=1", "#summary"] {
            assert_eq!(
                read(&format!("https://github.com/acme/search/actions/runs/17{address}")),
                run
            );
        }
        for bad in ["", "a", "https://github.com/acme/search", "https://x/a/b/actions/runs/z"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
