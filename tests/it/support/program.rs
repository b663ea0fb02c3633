//! The real program without a terminal: its own environment, bounded time, what it said and how it ended.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::patience;

/// A command line to run.
pub struct Program(Command);

/// How a run ended.
#[derive(Debug)]
pub struct Done {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Done {
    /// The JSON object that it printed.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Everything it said, for a look at its words.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Program {
    /// The program with nothing of this process's environment, working in a folder.
    pub fn new(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.env_clear().env("HOME", folder).env("FLIGHTDECK_USER", "tester");
        command.env("PATH", "/usr/bin:/bin");
        command.current_dir(folder);
        Self(command)
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.0.args(args);
        self
    }

    /// Another program with the same variables, in the same folder.
    pub fn beside(&self, name: &str) -> Self {
        let mut command = Command::new(name);
        command.env_clear();
        for (name, value) in self.0.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        if let Some(folder) = self.0.get_current_dir() {
            command.current_dir(folder);
        }
        Self(command)
    }

    /// The command line as a shell reads it; nothing in it needs quotes.
    pub fn line(&self) -> String {
        let words = std::iter::once(self.0.get_program()).chain(self.0.get_args());
        words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }

    /// The command as built.
    pub fn command(&self) -> &Command {
        &self.0
    }

    /// Runs it to its end.
    pub fn run(self) -> Done {
        self.start().done()
    }

    /// Starts it.
    pub fn start(mut self) -> Started {
        let command = self.0.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stdout = read(child.stdout.take());
        let stderr = read(child.stderr.take());
        Started { child, began: Instant::now(), stdout: Some(stdout), stderr: Some(stderr) }
    }
}

/// A program that runs; killed when dropped.
pub struct Started {
    child: Child,
    began: Instant,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Started {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    pub fn kill(mut self) -> Done {
        self.child.kill().expect("a child of ours");
        self.done()
    }

    /// Waits for its end; one that does not end in time is killed and fails the test.
    pub fn done(mut self) -> Done {
        let deadline = Instant::now() + patience::bound(60);
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                break status;
            }
            if Instant::now() > deadline {
                let _ = self.child.kill();
                panic!("the program did not end: {}", self.collect().join("\n"));
            }
            thread::sleep(Duration::from_millis(2));
        };
        let took = self.began.elapsed();
        let [stdout, stderr] = self.collect();
        Done { code: status.code(), stdout, stderr, took }
    }

    fn collect(&mut self) -> [String; 2] {
        [self.stdout.take(), self.stderr.take()]
            .map(|reader| reader.and_then(|reader| reader.join().ok()).unwrap_or_default())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}
