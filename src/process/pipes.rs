//! A program's two outputs: read as they come, so that it never blocks on a full pipe; what is over the
//! bound is thrown away.

use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use super::Late;

/// Output that is kept of each pipe, in bytes.
const KEPT: usize = 16 * 1024;

/// The pipes. A program that is left running does not lose them with us: see [`Pipes::drop`].
pub(super) struct Pipes {
    late: Late,
    stdout: (Option<ChildStdout>, Vec<u8>),
    stderr: (Option<ChildStderr>, Vec<u8>),
}

impl Pipes {
    pub(super) fn of(child: &mut Child, late: Late) -> Self {
        Self {
            late,
            stdout: (child.stdout.take(), Vec::new()),
            stderr: (child.stderr.take(), Vec::new()),
        }
    }

    /// Reads until the program ends; its pipes may live longer.
    pub(super) async fn follow(&mut self, child: &mut Child) -> io::Result<ExitStatus> {
        tokio::select! {
            biased;
            ended = child.wait() => return ended,
            () = self.read() => {}
        }
        child.wait().await
    }

    /// Reads to the end of both. May be dropped and called again.
    pub(super) async fn read(&mut self) {
        tokio::join!(
            read(&mut self.stdout.0, &mut self.stdout.1),
            read(&mut self.stderr.0, &mut self.stderr.1)
        );
    }

    /// What was read.
    pub(super) fn take(&mut self) -> (String, String) {
        let text =
            |bytes: &mut Vec<u8>| String::from_utf8_lossy(&std::mem::take(bytes)).into_owned();
        (text(&mut self.stdout.1), text(&mut self.stderr.1))
    }
}

async fn read(from: &mut Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let mut chunk = [0u8; 4096];
    while let Some(pipe) = from {
        match pipe.read(&mut chunk).await {
            Ok(n) if n > 0 => {
                let room = KEPT.saturating_sub(into.len());
                into.extend_from_slice(&chunk[..n.min(room)]);
            }
            _ => *from = None,
        }
    }
}

impl Drop for Pipes {
    /// A program that writes to a pipe nobody reads is ended by the system (`SIGPIPE`), in the middle of
    /// what it does. One that is left running gets somebody who reads on when we are gone.
    fn drop(&mut self) {
        if self.late == Late::Kill {
            return;
        }
        let stdout = self.stdout.0.take().and_then(|pipe| TryInto::<Stdio>::try_into(pipe).ok());
        let stderr = self.stderr.0.take().and_then(|pipe| TryInto::<Stdio>::try_into(pipe).ok());
        for pipe in stdout.into_iter().chain(stderr) {
            let mut reader = Command::new("cat");
            reader.stdin(pipe).stdout(Stdio::null()).stderr(Stdio::null());
            #[cfg(unix)]
            reader.process_group(0);
            // without one the program has to live with its broken pipe
            drop(reader.spawn());
        }
    }
}
