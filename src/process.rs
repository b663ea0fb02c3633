//! Runs a program: argv, never a shell, in a process group of its own, without input, bounded in time and
//! output, with a clean environment. A leaf: must not know why a program is run.

mod clean;
mod pipes;

#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

pub use clean::is_ours;
use pipes::Pipes;

/// How long a pipe that somebody else still holds is read after the program's end.
const LATE: Duration = Duration::from_millis(200);

/// How long a program has between TERM and KILL.
const GRACE: Duration = Duration::from_secs(1);

/// What happens to a program whose time is over, or whose caller goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// Its group is ended.
    Kill,
    /// It is left running: it may be in the middle of a change.
    Leave,
}

/// How a program ended.
#[derive(Debug)]
pub enum Ended {
    /// By itself.
    Exited(ExitStatus),
    /// Its time was over.
    TimeOver,
    /// It was never started; one sentence why.
    NotStarted(String),
    /// It was started, and the system does not tell its end.
    Lost(io::Error),
}

/// A run of a program.
#[derive(Debug)]
pub struct Run {
    /// How it ended.
    pub ended: Ended,
    /// What it wrote to its standard output, bounded; from outside, to be cleaned where it is shown.
    pub stdout: String,
    /// What it wrote to its standard error, likewise.
    pub stderr: String,
}

impl Run {
    /// All of its output, for an operator: lines without anything that a terminal must not see. Empty when
    /// it said nothing.
    #[must_use]
    pub fn output(&self) -> String {
        clean::lines(&[&self.stdout, &self.stderr])
    }

    /// The last thing it said, its complaint first; for the reason of a failure.
    #[must_use]
    pub fn last_words(&self) -> String {
        let last = |text: &str| text.lines().rev().find(|l| !l.trim().is_empty()).map(clean::line);
        last(&self.stderr).or_else(|| last(&self.stdout)).unwrap_or_default()
    }
}

/// Runs a program to its end, or to the end of its time. `env` names variables of ours that it gets
/// besides the usual ones.
pub async fn run(argv: &[String], env: &[String], timeout: Duration, late: Late) -> Run {
    let ended = |ended| Run { ended, stdout: String::new(), stderr: String::new() };
    let Some((program, arguments)) = argv.split_first() else {
        return ended(Ended::NotStarted("the command is empty".into()));
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env_clear()
        .envs(clean::environment(env))
        .kill_on_drop(late == Late::Kill);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return ended(Ended::NotStarted(cannot(program, &error))),
    };
    let mut pipes = Pipes::of(&mut child, late);
    let how = tokio::select! {
        how = pipes.follow(&mut child) => match how {
            Ok(status) => Ended::Exited(status),
            Err(error) => Ended::Lost(error),
        },
        () = tokio::time::sleep(timeout) => Ended::TimeOver,
    };
    match (&how, late) {
        (Ended::TimeOver, Late::Kill) => kill_group(&mut child).await,
        (Ended::TimeOver, Late::Leave) => {}
        // a child of its own that outlives it may hold the pipes for ever
        _ => drop(tokio::time::timeout(LATE, pipes.read()).await),
    }
    let (stdout, stderr) = pipes.take();
    Run { ended: how, stdout, stderr }
}

fn cannot(program: &str, error: &io::Error) -> String {
    let program = clean::line(program);
    match error.kind() {
        io::ErrorKind::NotFound => format!("`{program}` was not found"),
        io::ErrorKind::PermissionDenied => format!("`{program}` may not be run: chmod +x on it"),
        _ => format!("`{program}` cannot be started: {error}"),
    }
}

/// Ends a program with all that it started.
async fn kill_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(pid) =
        child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
    {
        // what is gone already needs no signal
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::TERM);
        let _ = tokio::time::timeout(GRACE, child.wait()).await;
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    let _ = child.kill().await;
}

/// Where a program is, and that it may be run; without running it.
///
/// # Errors
/// One sentence.
pub fn find(program: &str) -> Result<PathBuf, String> {
    let runs = |path: &Path| {
        path.is_file() && {
            #[cfg(unix)]
            let may = rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok();
            #[cfg(not(unix))]
            let may = true;
            may
        }
    };
    if program.contains('/') {
        let path = PathBuf::from(program);
        let kind =
            if path.is_file() { io::ErrorKind::PermissionDenied } else { io::ErrorKind::NotFound };
        return if runs(&path) { Ok(path) } else { Err(cannot(program, &kind.into())) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| runs(path))
        .ok_or_else(|| format!("`{}` is not on $PATH", clean::line(program)))
}
