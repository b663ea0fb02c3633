//! Programs that behave and programs that do not.

use super::*;

const LONG: Duration = Duration::from_secs(20);

async fn shell(script: &str, timeout: Duration, late: Late) -> Run {
    let argv = ["sh", "-c", script].map(str::to_owned);
    run(&argv, &[], timeout, late).await
}

fn is_alive(pid: i32) -> bool {
    rustix::process::Pid::from_raw(pid)
        .is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

/// Looks until it is so; the machine may be busy.
async fn until(mut is_so: impl FnMut() -> bool) {
    let look = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, look).await.expect("it became so");
}

#[tokio::test]
async fn it_says_how_it_ended_and_what_it_said() {
    let fine = shell("echo 'a b'; echo c >&2", LONG, Late::Kill).await;
    assert!(matches!(fine.ended, Ended::Exited(status) if status.success()), "{fine:?}");
    assert_eq!((fine.stdout.as_str(), fine.output().as_str()), ("a b\n", "a b\nc"));
    let failed = shell("echo out; echo first >&2; echo no >&2; exit 3", LONG, Late::Leave).await;
    assert!(matches!(failed.ended, Ended::Exited(status) if status.code() == Some(3)));
    assert_eq!(failed.last_words(), "no");
    assert_eq!(shell("echo out; exit 1", LONG, Late::Leave).await.last_words(), "out");
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    std::fs::write(&file, "x").unwrap();
    let file = file.display().to_string();
    for (argv, why) in [
        (vec![], "empty"),
        (vec!["/nonexistent/at-all".to_owned()], "was not found"),
        (vec!["no-such-program-at-all".to_owned()], "was not found"),
        (vec![file.clone()], "chmod +x"),
    ] {
        let ended = run(&argv, &[], LONG, Late::Leave).await.ended;
        assert!(matches!(&ended, Ended::NotStarted(text) if text.contains(why)), "{ended:?}");
    }
    assert!(find(&file).unwrap_err().contains("chmod +x"));
    assert!(find("/nonexistent/at-all").unwrap_err().contains("not found"));
    assert!(find("no-such-program-at-all").unwrap_err().contains("$PATH"));
    assert!(find("sh").is_ok() && find("/bin/sh").is_ok());
}

#[tokio::test]
async fn a_flood_does_not_block_it_and_is_bounded() {
    let script = "i=0; while [ $i -lt 4000 ]; do echo 0123456789012345678901234567890123456789; \
                  echo 0123456789 >&2; i=$((i+1)); done";
    let flood = shell(script, LONG, Late::Kill).await;
    assert!(matches!(flood.ended, Ended::Exited(status) if status.success()), "{:?}", flood.ended);
    assert_eq!((flood.stdout.len(), flood.stderr.len()), (16 * 1024, 16 * 1024));
}

#[tokio::test]
async fn a_grandchild_that_holds_the_pipe_does_not_hold_us() {
    let began = std::time::Instant::now();
    let done = shell("sleep 30 & echo $!", LONG, Late::Kill).await;
    assert!(matches!(done.ended, Ended::Exited(status) if status.success()));
    assert!(began.elapsed() < LONG);
    let pid: i32 = done.stdout.trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

#[tokio::test]
async fn a_reading_program_is_ended_with_all_it_started() {
    let script = "sleep 31 & echo $!; exec sleep 32";
    let over = shell(script, Duration::from_millis(300), Late::Kill).await;
    assert!(matches!(over.ended, Ended::TimeOver));
    if let Ok(pid) = over.stdout.trim().parse() {
        until(|| !is_alive(pid)).await;
    }
}

#[tokio::test]
async fn an_acting_program_is_left_running_and_keeps_its_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let (go, end) = (folder.path().join("go"), folder.path().join("end"));
    // loud on both pipes after we have gone: without a reader it would be ended before it is through
    let script = format!(
        "echo begun; while [ ! -e {} ]; do sleep 0.02; done; echo on; echo on >&2; echo more; echo $$ > {}",
        go.display(),
        end.display()
    );
    let over = shell(&script, Duration::from_millis(300), Late::Leave).await;
    assert!(matches!(over.ended, Ended::TimeOver), "{over:?}");
    std::fs::write(&go, "").unwrap();
    until(|| end.exists()).await;
}

#[tokio::test]
async fn the_environment_is_clean_and_input_is_empty() {
    // cargo's own variables stand for secrets
    let script = "cat; echo ${CARGO_PKG_NAME:-clean} ${CARGO_MANIFEST_DIR:+named} ${PATH:+path}";
    let argv = ["sh", "-c", script].map(str::to_owned);
    let named = run(&argv, &["CARGO_MANIFEST_DIR".to_owned()], LONG, Late::Kill).await;
    assert_eq!(named.stdout, "clean named path\n");
    assert!(is_ours("GITHUB_TOKEN") && !is_ours("KUBECONFIG"));
}

#[tokio::test]
async fn output_is_safe_for_a_terminal() {
    let script = r"printf 'a\033[2J\033]0;x\007b\nc\001\342\200\256d\n'";
    let run = shell(script, LONG, Late::Kill).await;
    assert_eq!(run.output().lines().next(), Some("ab"));
    assert!(!run.output().replace('\n', "").chars().any(crate::text::is_hostile));
}
