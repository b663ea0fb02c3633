//! Secrets: where one is to be found, and fetching it when it is needed. Never what it is.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::model::{Fault, FaultKind};
use crate::text;

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long what it complains about may come after its end.
const LATE: Duration = Duration::from_millis(200);

/// Bytes of its complaint that are looked at, and columns that are told.
const COMPLAINT: usize = 4096;
const WIDEST: usize = 120;

/// The longest secret, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Where a secret is. Read when it is needed, so a rotated file or an expired command output is asked
/// again; the value is never stored here, printed, logged or journaled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file; surrounding white space is cut.
    File(PathBuf),
    /// A command's first line of output: argv, never a shell.
    Command(Vec<String>),
}

impl Secret {
    /// Where it is, for messages: `$GITHUB_TOKEN`, `the file …`, `the command gh auth token`.
    #[must_use]
    pub fn origin(&self) -> String {
        match self {
            Self::Env(name) => format!("${name}"),
            Self::File(path) => format!("the file {}", path.display()),
            Self::Command(argv) => format!("the command {}", argv.join(" ")),
        }
    }

    /// Lets those that are at hand be hidden in whatever is kept, also where this process never asks for them;
    /// no command is run. Waits for nothing: a file may be on a disk that hangs.
    pub fn learn(all: Vec<Self>) {
        std::thread::spawn(move || {
            for secret in all {
                let text = match secret {
                    Self::Env(name) => std::env::var(name).ok(),
                    Self::File(path) if path.is_file() => std::fs::read_to_string(path).ok(),
                    Self::File(_) | Self::Command(_) => None,
                };
                if let Some(text) = text {
                    text::secrets::learn(&SecretString::from(text.trim()));
                }
            }
        });
    }

    /// Fetches it. A command has ten seconds and a cleaned environment.
    ///
    /// # Errors
    /// A fault of our set-up that names where the secret should be, never what was found there.
    pub async fn read(&self) -> Result<SecretString, Fault> {
        let text = match self {
            Self::Env(name) => match std::env::var(name) {
                Ok(text) => text,
                Err(_) => return Err(self.fault("is not set; export it before starting")),
            },
            Self::File(path) => self.of_file(path).await?,
            Self::Command(argv) => tokio::time::timeout(LIMIT, self.of_command(argv))
                .await
                .unwrap_or_else(|_| Err(self.fault("did not answer within 10 s")))?,
        };
        let secret = text.trim();
        if secret.is_empty() {
            return Err(self.fault("is empty"));
        }
        if secret.chars().any(char::is_control) {
            return Err(self.fault("holds line ends or control characters; a secret is one line"));
        }
        let secret = SecretString::from(secret);
        text::secrets::learn(&secret);
        Ok(secret)
    }

    async fn of_file(&self, path: &Path) -> Result<String, Fault> {
        let cannot = |error: std::io::Error| self.fault(format_args!("cannot be read: {error}"));
        let metadata = tokio::fs::metadata(path).await.map_err(cannot)?;
        if !metadata.is_file() {
            return Err(self.fault("is not a file"));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if metadata.permissions().mode() & 0o077 != 0 {
                return Err(self.fault("can be read by other users; run chmod 600 on it"));
            }
        }
        let file = tokio::fs::File::open(path).await.map_err(cannot)?;
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text).await.map_err(cannot)?;
        Ok(text)
    }

    async fn of_command(&self, argv: &[String]) -> Result<String, Fault> {
        let Some((program, arguments)) = argv.split_first() else {
            return Err(self.fault("names no program"));
        };
        let kept = std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_kept));
        let mut child = tokio::process::Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(kept)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.not_started(program, &error))?;
        let mut said = Vec::new();
        let (stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        let ended = async {
            let mut bytes = Vec::new();
            if let Some(stdout) = stdout {
                let read = stdout.take(LONGEST).read_to_end(&mut bytes).await;
                read.map_err(|error| self.fault(format_args!("cannot be read: {error}")))?;
            }
            let status = child.wait().await;
            let status = status.map_err(|error| self.fault(format_args!("was lost: {error}")))?;
            Ok((status, bytes))
        };
        tokio::pin!(ended);
        let (status, bytes) = tokio::select! {
            ended = &mut ended => ended,
            () = drain(&mut stderr, &mut said) => ended.await,
        }?;
        if !status.success() {
            // a child of its own that outlives it may hold the pipe for ever
            let _ = tokio::time::timeout(LATE, drain(&mut stderr, &mut said)).await;
            let what = match complaint(&String::from_utf8_lossy(&said)) {
                Some(words) => format!("failed ({status}): {words}"),
                None => format!("failed ({status}); run it by hand to see why"),
            };
            return Err(self.fault(what));
        }
        let text = String::from_utf8(bytes).map_err(|_| self.fault("did not print text"))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    fn not_started(&self, program: &str, error: &std::io::Error) -> Fault {
        let is_missing = error.kind() == std::io::ErrorKind::NotFound;
        match program {
            "gh" if is_missing => self.fault(
                "cannot be run: there is no `gh` in $PATH; install GitHub's command line and run `gh auth login`, or write token = { env = \"GITHUB_TOKEN\" }",
            ),
            _ if is_missing => self.fault("cannot be run: there is no such program; write its whole path"),
            _ => self.fault(format_args!("cannot be run: {error}")),
        }
    }

    fn fault(&self, what: impl Display) -> Fault {
        Fault::new(FaultKind::Setup, format!("no secret: {} {what}", self.origin()))
    }
}

/// Reads all that is written, and keeps the first of it.
async fn drain(from: &mut Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let mut chunk = [0; 1024];
    while let Some(pipe) = from {
        match pipe.read(&mut chunk).await {
            Ok(read) if read > 0 => {
                let room = COMPLAINT.saturating_sub(into.len());
                into.extend_from_slice(&chunk[..read.min(room)]);
            }
            _ => *from = None,
        }
    }
}

/// The last line of what a command complained about, without anything that looks like a secret.
fn complaint(said: &str) -> Option<String> {
    let last = said.lines().rev().find(|line| !line.trim().is_empty())?;
    let words = text::line(last, WIDEST);
    let is_odd = |c: char| !(c.is_ascii_alphanumeric() || "_-.+=".contains(c));
    let is_secret = |word: &str| {
        let marked = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"];
        marked.iter().any(|mark| word.contains(mark))
            || word.split(is_odd).any(|part| part.len() >= 20)
    };
    let words: Vec<&str> =
        words.split_whitespace().map(|word| if is_secret(word) { "…" } else { word }).collect();
    Some(words.join(" "))
}

/// What a command gets of our environment: what it needs to run, and what `gh` is set up by.
fn is_kept(name: &str) -> bool {
    matches!(name, "PATH" | "HOME" | "LANG") || name.starts_with("GH_") || name.starts_with("XDG_")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    async fn read(secret: &Secret) -> Result<String, String> {
        let secret = secret.read().await.map_err(|fault| fault.to_string())?;
        Ok(secret.expose_secret().to_owned())
    }

    fn shell(script: &str) -> Secret {
        Secret::Command(["sh", "-c", script].map(str::to_owned).to_vec())
    }

    #[tokio::test]
    async fn a_variable() {
        let here = Secret::Env("CARGO_MANIFEST_DIR".to_owned());
        assert_eq!(read(&here).await.as_deref(), Ok(env!("CARGO_MANIFEST_DIR")));
        let none = Secret::Env("FLIGHTDECK_NEVER_SET".to_owned());
        assert!(read(&none).await.unwrap_err().contains("$FLIGHTDECK_NEVER_SET is not set"));
    }

    #[tokio::test]
    async fn a_file_of_the_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let secret = Secret::File(path.clone());
        assert!(read(&secret).await.unwrap_err().contains("cannot be read"));
        fs::write(&path, " s3cret\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = read(&secret).await.unwrap_err();
        assert!(error.contains("chmod 600") && !error.contains("s3cret"), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(&secret).await.as_deref(), Ok("s3cret"));
        fs::write(&path, "s3cret\nmore").unwrap();
        let error = read(&secret).await.unwrap_err();
        assert!(error.contains("one line") && !error.contains("s3cret"), "{error}");
        let folder = Secret::File(folder.path().to_owned());
        assert!(read(&folder).await.unwrap_err().contains("is not a file"));
    }

    #[tokio::test]
    async fn a_command_in_a_cleaned_environment() {
        let first = shell("echo one; echo two");
        assert_eq!(read(&first).await.as_deref(), Ok("one"));
        let clean = shell("echo ${CARGO_MANIFEST_DIR:-clean} ${PATH:+path}");
        assert_eq!(read(&clean).await.as_deref(), Ok("clean path"));
        let failed = shell("echo s3cret; exit 3");
        let error = read(&failed).await.unwrap_err();
        assert!(error.contains("(exit status: 3); run it by hand"), "{error}");
        assert!(read(&shell("true")).await.unwrap_err().contains("is empty"));
        let none = Secret::Command(vec!["/nowhere/at-all".to_owned()]);
        assert!(read(&none).await.unwrap_err().contains("cannot be run"));
    }

    #[tokio::test]
    async fn its_complaint_is_told_short_and_clean() {
        let failed = shell(
            "echo ghp_of_stdout; echo first >&2; \
             printf 'not logged\\033]52;c;x\\007 in with ghp_abc or 0123456789abcdef0123; run gh auth login\\n\\n' >&2; exit 4",
        );
        let error = read(&failed).await.unwrap_err();
        let (_, told) = error.split_once(" failed ").unwrap();
        assert_eq!(told, "(exit status: 4): not logged in with … or … run gh auth login");
        let loud = shell("yes complaint | head -c 300000 >&2; exit 1");
        let error = read(&loud).await.unwrap_err();
        assert!(error.len() < 400 && error.contains("complaint"), "{error}");
        // what it leaves behind may hold its pipes
        assert_eq!(read(&shell("sleep 5 >/dev/null & echo one")).await.as_deref(), Ok("one"));
    }

    #[tokio::test]
    async fn a_missing_gh_says_what_to_do() {
        let named = |program: &str| Secret::Command(vec![program.to_owned()]);
        let error = named("gh").not_started("gh", &std::io::ErrorKind::NotFound.into());
        assert!(error.text.contains("install GitHub's command line"), "{error}");
        assert!(read(&named("no-such-program-at-all")).await.unwrap_err().contains("whole path"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_command_that_hangs_is_given_up() {
        let hangs = shell("exec sleep 1000");
        assert!(read(&hangs).await.unwrap_err().contains("within 10 s"));
    }

    #[test]
    fn other_secrets_are_not_handed_to_a_command() {
        for kept in ["PATH", "GH_HOST", "GH_TOKEN", "XDG_CONFIG_HOME"] {
            assert!(is_kept(kept), "{kept}");
        }
        for gone in ["GITHUB_TOKEN", "VAULT_TOKEN", "AWS_SECRET_ACCESS_KEY", "LD_PRELOAD"] {
            assert!(!is_kept(gone), "{gone}");
        }
    }
}
