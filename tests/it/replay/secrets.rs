//! Secrets in every text that comes from outside, and none in the recording.

use std::io::Read as _;

use flightdeck::journal::recording::{Limits, RecordingWriter, read};
use flightdeck::ports::Recorder as _;

use crate::hostile::poison::envelopes;
use crate::support::build::at;

/// A text with secrets, and what must not be found of it.
const SECRETS: [(&str, &str); 6] = [
    ("see https://ana:hunter22@example.org/x for more", "hunter22"),
    ("GET https://example.org/?access_token=abcdef99&n=1: 401", "abcdef99"),
    ("token ghp_0123456789abcdefABCDEF0123456789abcd is expired", "0123456789abcdef"),
    ("Authorization: Bearer abc.def-0123456789", "def-0123456789"),
    ("notify --password=hunter22 now", "hunter22"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl", "eyJzdWIiOiJhbmEifQ"),
];

#[test]
fn no_secret_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    for (n, (text, secret)) in SECRETS.into_iter().enumerate() {
        let file = folder.path().join(format!("{n}.flight"));
        let events = envelopes(text, false);
        let raw = serde_json::to_string(&events).unwrap();
        assert!(raw.matches(secret).count() > 50, "the secret is everywhere");
        let mut writer = RecordingWriter::create(&file, at(0), Limits::default()).unwrap();
        for envelope in events.clone() {
            writer.keep(envelope).unwrap();
        }
        drop(writer);
        let mut kept = String::new();
        let bytes = std::fs::File::open(&file).unwrap();
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut kept).unwrap();
        assert!(!kept.contains(secret), "{secret} is in the recording");
        assert!(kept.contains("REDACTED"));
        // and it can be played all the same
        let read = read(&file).unwrap();
        assert_eq!((read.envelopes.len(), read.lost), (events.len(), None));
    }
}
