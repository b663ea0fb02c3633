//! Programs that the runtime runs: commands around actions, and calls that are a program of this machine.

use crate::model::program::PLACEHOLDERS;
use crate::model::{Fault, FaultKind, HookSpec, Program};
use crate::ports::CallError;
use crate::process::{Ended, Late, run};

/// Runs a command around an action to its end; one that is over its time is ended.
///
/// # Errors
/// One sentence: not startable, unfilled, non-zero exit, or over its time.
pub(super) async fn hook(hook: &HookSpec) -> Result<String, String> {
    let name = hook.argv.join(" ");
    for argument in hook.argv.iter().skip(1) {
        if PLACEHOLDERS.iter().any(|place| argument.contains(&format!("{{{place}}}"))) {
            return Err(format!(
                "`{name}`: `{argument}` has a placeholder with no value that may be filled in"
            ));
        }
    }
    let run = run(&hook.argv, &[], hook.timeout, Late::Kill).await;
    match &run.ended {
        Ended::Exited(status) if status.success() => Ok(run.output()),
        Ended::Exited(status) => {
            Err(format!("`{name}` failed ({status}){}", said(&run.last_words())))
        }
        Ended::TimeOver => Err(format!(
            "`{name}` was still running after {} s and was ended",
            hook.timeout.as_secs_f64()
        )),
        Ended::NotStarted(why) => Err(format!("`{name}` cannot be started: {why}")),
        Ended::Lost(error) => Err(format!("`{name}`: {error}")),
    }
}

/// Runs a call that is a program, once. One that is over its time is left running: it may be in the middle
/// of a change. Also what it said, when it said something.
pub(super) async fn call(program: &Program) -> (Result<(), CallError>, Option<String>) {
    let run = run(&program.argv, &program.env, program.timeout, Late::Leave).await;
    let output = Some(run.output()).filter(|output| !output.is_empty());
    let name = program.argv.first().map_or("", String::as_str);
    let answer = match &run.ended {
        Ended::Exited(status) if status.success() => Ok(()),
        Ended::Exited(status) => Err(CallError::Refused(Fault::new(
            FaultKind::Upstream,
            format!("`{name}` failed ({status}){}", said(&run.last_words())),
        ))),
        Ended::NotStarted(why) => {
            Err(CallError::Failed(Fault::new(FaultKind::Setup, format!("nothing was run: {why}"))))
        }
        Ended::TimeOver => Err(CallError::Unknown(Fault::new(
            FaultKind::Timeout,
            format!(
                "`{name}` was still running after {} s and goes on by itself",
                program.timeout.as_secs_f64()
            ),
        ))),
        Ended::Lost(error) => {
            Err(CallError::Unknown(Fault::new(FaultKind::Garbage, format!("`{name}`: {error}"))))
        }
    };
    (answer, output)
}

fn said(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {}", crate::text::line(words, 200)) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn spec(argv: &[&str], ms: u64) -> HookSpec {
        HookSpec {
            argv: argv.iter().map(|&a| a.to_owned()).collect(),
            timeout: Duration::from_millis(ms),
            required: false,
        }
    }

    #[tokio::test]
    async fn a_command_is_bounded_and_explains_itself() {
        assert_eq!(hook(&spec(&["echo", "a b"], 5_000)).await.unwrap(), "a b");
        let error = hook(&spec(&["sh", "-c", "echo no >&2; exit 3"], 5_000)).await.unwrap_err();
        assert!(error.ends_with("(exit status: 3): no"), "{error}");
        assert!(hook(&spec(&["sleep", "30"], 50)).await.unwrap_err().contains("still running"));
        assert!(
            hook(&spec(&["/nonexistent"], 50)).await.unwrap_err().contains("cannot be started")
        );
        assert!(
            hook(&spec(&["echo", "{revision}"], 50)).await.unwrap_err().contains("placeholder")
        );
        assert_eq!(hook(&spec(&["sh", "-c", "echo $CARGO_PKG_NAME"], 5_000)).await.unwrap(), "");
    }

    fn shell(script: &str, ms: u64) -> Program {
        let argv = ["sh", "-c", script].map(str::to_owned).to_vec();
        Program { argv, timeout: Duration::from_millis(ms), env: Vec::new() }
    }

    #[tokio::test]
    async fn a_call_is_accepted_failed_or_unknown() {
        let (answer, output) = call(&shell("echo done; echo noted >&2", 20_000)).await;
        assert_eq!((answer, output.as_deref()), (Ok(()), Some("done\nnoted")));
        let (answer, output) = call(&shell("echo half; echo 'no quota' >&2; exit 2", 20_000)).await;
        let Err(CallError::Refused(fault)) = answer else { panic!("{answer:?}") };
        assert_eq!(fault.text, "`sh` failed (exit status: 2): no quota");
        assert_eq!(output.as_deref(), Some("half\nno quota"));
        let (answer, output) = call(&shell("sleep 1", 50)).await;
        let Err(CallError::Unknown(fault)) = answer else { panic!("{answer:?}") };
        assert!(fault.text.contains("goes on by itself") && output.is_none(), "{fault}");
        let mut none = shell("", 50);
        none.argv[0] = "/nonexistent/at-all".into();
        let (answer, _) = call(&none).await;
        let Err(CallError::Failed(fault)) = answer else { panic!("{answer:?}") };
        assert!(fault.text.contains("nothing was run"), "{fault}");
    }
}
