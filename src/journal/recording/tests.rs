//! Written, cut off, too large, foreign; and nothing secret in it.

use std::fs;
use std::path::PathBuf;

use chrono::TimeDelta;
use tempfile::TempDir;

use super::*;
use crate::model::{Event, FeedId, Fleet};
use crate::ports::Recorder as _;

fn began() -> Time {
    "2026-01-01T14:30:00Z".parse().unwrap()
}

fn envelope(seq: u64, event: Event) -> Envelope {
    let at = began() + TimeDelta::seconds(seq as i64);
    Envelope { seq, at, asked_at: at, event }
}

fn session(events: u64) -> Vec<Envelope> {
    let fleet =
        Fleet { origin: "/home/ana/secret plans/flightdeck.toml".into(), ..Fleet::default() };
    let beat = |_| Event::Heartbeat { feed: FeedId::source("github"), budget: None, next_s: 1.5 };
    let events = std::iter::once(Event::Configured(Box::new(fleet))).chain((1..events).map(beat));
    (1..).zip(events).map(|(seq, event)| envelope(seq, event)).collect()
}

struct Desk {
    _folder: TempDir,
    file: PathBuf,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.flight");
    Desk { _folder: folder, file }
}

fn write(desk: &Desk, envelopes: &[Envelope], limits: Limits) -> Result<(), String> {
    let mut writer = RecordingWriter::create(&desk.file, began(), limits).unwrap();
    envelopes.iter().try_for_each(|envelope| writer.keep(envelope.clone()))
}

#[test]
fn what_was_written_is_read() {
    let desk = desk();
    let mut envelopes = session(500);
    write(&desk, &envelopes, Limits::default()).unwrap();
    let read = read(&desk.file).unwrap();
    let Event::Configured(fleet) = &mut envelopes[0].event else { unreachable!() };
    fleet.origin = "flightdeck.toml".into();
    assert_eq!(read.envelopes, envelopes);
    assert_eq!((read.header.form, read.header.began, read.lost), (FORM, began(), None));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&desk.file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn nothing_is_overwritten() {
    let desk = desk();
    fs::write(&desk.file, "").unwrap();
    let error = RecordingWriter::create(&desk.file, began(), Limits::default()).unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    let nowhere = desk.file.join("b");
    let error = RecordingWriter::create(&nowhere, began(), Limits::default()).unwrap_err();
    assert!(error.to_string().contains("cannot record to"), "{error}");
}

#[test]
fn a_file_cut_off_anywhere_is_read_up_to_there() {
    let desk = desk();
    let envelopes = session(200);
    write(&desk, &envelopes, Limits::default()).unwrap();
    let whole = fs::read(&desk.file).unwrap();
    let mut most = 0;
    for cut in (0..whole.len()).step_by(97) {
        fs::write(&desk.file, &whole[..cut]).unwrap();
        match read(&desk.file) {
            Ok(read) => {
                assert!(read.envelopes.len() >= most, "{cut}");
                most = read.envelopes.len();
                assert_eq!(read.envelopes[1..], envelopes[1..most], "{cut}");
                let lost = read.lost.unwrap();
                assert!(lost.starts_with(&format!("after event {most} ")), "{lost}");
            }
            Err(error) => assert_eq!(most, 0, "{cut}: {error}"),
        }
    }
    assert!(most > 100, "{most}");
}

#[test]
fn the_bound_ends_the_recording_and_leaves_a_whole_file() {
    let desk = desk();
    let limits = Limits { text: 4_000, ..Limits::default() };
    let mut writer = RecordingWriter::create(&desk.file, began(), limits).unwrap();
    let why = std::iter::repeat_with(|| session(2))
        .flatten()
        .find_map(|envelope| {
            std::thread::yield_now();
            writer.keep(envelope).err()
        })
        .unwrap();
    assert!(
        why.contains("ends here: it has reached the bound") || why.contains("keep up"),
        "{why}"
    );
    assert_eq!(writer.keep(session(1).remove(0)), Ok(()), "said once");
    drop(writer);
    let read = read(&desk.file).unwrap();
    assert_eq!(read.lost, None);
    assert!(read.envelopes.len() > 3, "{}", read.envelopes.len());
}

#[test]
fn what_is_no_recording_is_named() {
    let desk = desk();
    let gzip = |text: &str| {
        use std::io::Write as _;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    let began = r#""program":"flightdeck 9.0.0","began":"2026-01-01T14:30:00Z"}"#;
    for (bytes, words) in [
        (Vec::new(), "no recording"),
        (b"version = 1\n".to_vec(), "no recording"),
        (gzip(""), "no recording"),
        (gzip("{\"a\":1}\n"), "no recording"),
        (gzip(&format!("{{\"flightdeck_recording\":2,{began}\n")), "flightdeck 9.0.0 in form 2"),
        (gzip(&format!("{{\"flightdeck_recording\":1,{began}\n")), "no configuration"),
        (gzip(&format!("{{\"flightdeck_recording\":1,{began}\n{{}}\n")), "no configuration"),
    ] {
        fs::write(&desk.file, bytes).unwrap();
        let error = read(&desk.file).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let error = read(&desk.file.join("b")).unwrap_err().to_string();
    assert!(error.starts_with("cannot open"), "{error}");
}
