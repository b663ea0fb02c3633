//! Commands around actions: argv, never a shell, in a process group of their own, bounded in time and
//! output, with a clean environment.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::model::HookSpec;

/// Output that is kept, in bytes.
const OUTPUT: usize = 16 * 1024;

/// Variables a command may see. Tokens are not among them.
const ALLOWED: [&str; 9] =
    ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SHELL", "SSH_AUTH_SOCK"];

/// Runs a command to its end.
///
/// # Errors
/// One sentence: not startable, unfilled, non-zero exit, or over its time.
pub(super) async fn run(hook: &HookSpec) -> Result<String, String> {
    let Some((program, arguments)) = hook.argv.split_first() else {
        return Err("an empty command".into());
    };
    let name = hook.argv.join(" ");
    for argument in arguments {
        if ["{target}", "{revision}", "{weight}"].iter().any(|place| argument.contains(place)) {
            return Err(format!(
                "`{name}`: `{argument}` has a placeholder with no value that may be filled in"
            ));
        }
    }
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env_clear()
        .envs(ALLOWED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child =
        command.spawn().map_err(|error| format!("`{name}` cannot be started: {error}"))?;
    let mut output = Vec::new();
    let ended = tokio::time::timeout(hook.timeout, wait(&mut child, &mut output)).await;
    let text = String::from_utf8_lossy(&output).trim().to_owned();
    match ended {
        Ok(Ok(status)) if status.success() => Ok(text),
        Ok(Ok(status)) => Err(format!("`{name}` failed ({status}){}", tail(&text))),
        Ok(Err(error)) => Err(format!("`{name}`: {error}")),
        Err(_) => {
            kill_group(&mut child).await;
            Err(format!(
                "`{name}` was still running after {} s and was ended",
                hook.timeout.as_secs()
            ))
        }
    }
}

fn tail(text: &str) -> String {
    let last = text.lines().next_back().unwrap_or_default();
    if last.is_empty() { String::new() } else { format!(": {}", crate::text::line(last, 200)) }
}

async fn wait(
    child: &mut Child,
    output: &mut Vec<u8>,
) -> std::io::Result<std::process::ExitStatus> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let mut late = Vec::new();
    let ((), ()) = tokio::join!(read(stdout, output), read(stderr, &mut late));
    output.extend_from_slice(&late);
    child.wait().await
}

async fn read(from: Option<impl tokio::io::AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let Some(mut from) = from else { return };
    let mut chunk = [0u8; 4096];
    while let Ok(n) = from.read(&mut chunk).await {
        if n == 0 {
            break;
        }
        // the rest is read and thrown away, so the command never blocks on a full pipe
        let room = OUTPUT.saturating_sub(into.len());
        into.extend_from_slice(&chunk[..n.min(room)]);
    }
}

async fn kill_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(pid) =
        child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::TERM);
        if tokio::time::timeout(Duration::from_secs(1), child.wait()).await.is_ok() {
            return;
        }
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    let _ = child.kill().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(argv: &[&str], ms: u64) -> HookSpec {
        HookSpec {
            argv: argv.iter().map(|&a| a.to_owned()).collect(),
            timeout: Duration::from_millis(ms),
            required: false,
        }
    }

    #[tokio::test]
    async fn a_command_is_bounded_and_explains_itself() {
        assert_eq!(run(&hook(&["echo", "a b"], 5_000)).await.unwrap(), "a b");
        let error = run(&hook(&["sh", "-c", "echo no >&2; exit 3"], 5_000)).await.unwrap_err();
        assert!(error.ends_with("(exit status: 3): no"), "{error}");
        assert!(run(&hook(&["sleep", "30"], 50)).await.unwrap_err().contains("still running"));
        assert!(run(&hook(&["/nonexistent"], 50)).await.unwrap_err().contains("cannot be started"));
        assert!(run(&hook(&["echo", "{revision}"], 50)).await.unwrap_err().contains("placeholder"));
        assert_eq!(run(&hook(&["sh", "-c", "echo $CARGO_PKG_NAME"], 5_000)).await.unwrap(), "");
    }
}
