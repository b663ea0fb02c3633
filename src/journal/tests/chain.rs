//! What a crash leaves and what a hand changes: at every byte and every line.

use super::*;
use crate::journal::verify::check;

const LINES: usize = 4;

/// Files of a sound journal.
fn sound() -> (TempDir, Vec<Vec<u8>>, Vec<u8>) {
    let folder = folder();
    let mut journal = open(&folder);
    for number in 0..LINES {
        journal.append(changed(&number.to_string())).unwrap();
    }
    let lines = bytes(&folder).split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let head = fs::read(folder.path().join("journal.head")).unwrap();
    (folder, lines, head)
}

fn kinds(found: &Verification) -> Vec<(u64, ProblemKind)> {
    found.problems.iter().map(|problem| (problem.line, problem.kind)).collect()
}

fn write(folder: &TempDir, lines: &[u8]) {
    fs::write(folder.path().join("journal.jsonl"), lines).unwrap();
}

#[test]
fn a_changed_line_is_named_wherever_it_stands() {
    let (_folder, lines, head) = sound();
    for at in 0..LINES {
        let mut changed = lines.clone();
        let text = String::from_utf8(changed[at].clone()).unwrap();
        changed[at] = text.replace("ana@desk", "eve@desk").into_bytes();
        let found = check(&changed.concat(), Some(&head));
        assert_eq!(kinds(&found), [(at as u64 + 1, ProblemKind::Changed)]);
    }
}

#[test]
fn any_changed_byte_is_found() {
    let (_folder, lines, head) = sound();
    let whole = lines.concat();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        assert!(!check(&changed, Some(&head)).is_sound(), "byte {at}");
    }
}

#[test]
fn removed_lines_are_found_at_the_start_in_the_middle_and_at_the_end() {
    let (_folder, lines, head) = sound();
    for from in 0..LINES {
        for to in from + 1..=LINES {
            let mut fewer = lines.clone();
            fewer.drain(from..to);
            let found = check(&fewer.concat(), Some(&head));
            let place = (from as u64 + 1, ProblemKind::Removed);
            assert_eq!(kinds(&found), [place], "{from}..{to}: {found:?}");
        }
    }
    let found = check(b"", Some(&head));
    assert_eq!(kinds(&found), [(1, ProblemKind::Removed)]);
}

#[test]
fn swapped_garbled_and_headless_journals_are_found() {
    let (_folder, lines, head) = sound();
    let mut swapped = lines.clone();
    swapped.swap(1, 2);
    assert!(!check(&swapped.concat(), Some(&head)).is_sound());
    let mut garbled = lines.clone();
    garbled[1] = b"{}\n".to_vec();
    let found = check(&garbled.concat(), Some(&head));
    assert_eq!(kinds(&found)[0], (2, ProblemKind::Unreadable));
    for head in [None, Some(&b"{"[..])] {
        let found = check(&lines.concat(), head);
        assert_eq!(kinds(&found), [(LINES as u64, ProblemKind::NoHead)]);
    }
    assert!(check(b"", None).is_sound());
    let first = check(&lines[0], None);
    assert!(first.is_sound() && first.notes.len() == 1);
}

#[test]
fn a_crash_between_line_and_head_is_no_crime() {
    let (folder, lines, _) = sound();
    let mut journal = open(&folder);
    let old_head = fs::read(folder.path().join("journal.head")).unwrap();
    journal.append(changed("and the writer died")).unwrap();
    fs::write(folder.path().join("journal.head"), &old_head).unwrap();
    let found = verify(folder.path()).unwrap();
    assert!(found.is_sound() && found.notes.len() == 1, "{found:?}");
    journal.append(changed("the next one")).unwrap();
    let found = verify(folder.path()).unwrap();
    assert!(found.is_sound() && found.notes.is_empty(), "{found:?}");
    assert_eq!(found.lines, lines.len() as u64 + 2);
    assert!(journal.take_notes().is_empty());
}

#[test]
fn a_torn_write_is_moved_aside_and_the_chain_goes_on() {
    let (folder, lines, _) = sound();
    let (last, before) = lines.split_last().unwrap();
    let before_head = Head {
        seq: LINES as u64 - 1,
        hash: line::hash(before[LINES - 2].strip_suffix(b"\n").unwrap()),
        bytes: before.concat().len() as u64,
    };
    for cut in 1..last.len() {
        write(&folder, &[before.concat(), last[..cut].to_vec()].concat());
        // the head is written after the line: a torn one is not named yet
        let head_path = folder.path().join("journal.head");
        fs::write(&head_path, serde_json::to_vec(&before_head).unwrap()).unwrap();
        let found = verify(folder.path()).unwrap();
        assert_eq!(kinds(&found), [(LINES as u64, ProblemKind::Torn)]);

        let mut journal = open(&folder);
        let notes = journal.take_notes();
        assert_eq!(notes.len(), 1, "cut at {cut}");
        let kept = folder.path().join(format!("journal.torn-{cut}"));
        assert_eq!(fs::read(&kept).unwrap(), last[..cut]);
        assert!(notes[0].contains(kept.to_str().unwrap()));
        let record = journal.append(changed("goes on")).unwrap();
        assert_eq!(record.seq, LINES as u64);
        let found = verify(folder.path()).unwrap();
        assert!(found.is_sound(), "cut at {cut}: {found:?}");
        assert_eq!(found.notes.len(), cut, "each kept file is named");
    }
}

#[test]
fn a_synced_line_that_was_cut_or_removed_is_evident_for_ever() {
    let (folder, lines, head) = sound();
    let (last, before) = lines.split_last().unwrap();
    for cut in 0..last.len() {
        write(&folder, &[before.concat(), last[..cut].to_vec()].concat());
        fs::write(folder.path().join("journal.head"), &head).unwrap();
        let mut journal = open(&folder);
        for reason in ["one", "two"] {
            journal.append(changed(reason)).unwrap();
        }
        assert!(!journal.take_notes().is_empty());
        let found = verify(folder.path()).unwrap();
        assert_eq!(
            kinds(&found),
            [(LINES as u64, ProblemKind::Removed)],
            "cut at {cut}: {found:?}"
        );
    }
}

#[test]
fn a_changed_last_line_or_a_lost_head_is_evident_for_ever() {
    let (folder, lines, _) = sound();
    let text = String::from_utf8(lines.concat()).unwrap();
    let at = text.rfind("ana@desk").unwrap();
    let changed_last = format!("{}eve{}", &text[..at], &text[at + 3..]);
    write(&folder, changed_last.as_bytes());
    open(&folder).append(changed("after")).unwrap();
    let found = verify(folder.path()).unwrap();
    assert_eq!(kinds(&found), [(LINES as u64, ProblemKind::Changed)]);

    write(&folder, &lines.concat());
    fs::remove_file(folder.path().join("journal.head")).unwrap();
    let mut journal = open(&folder);
    for reason in ["after", "and after"] {
        journal.append(changed(reason)).unwrap();
    }
    assert_eq!(journal.take_notes().len(), 1);
    let found = verify(folder.path()).unwrap();
    assert_eq!(kinds(&found), [(LINES as u64 + 1, ProblemKind::NoHead)]);
}

#[test]
fn another_process_that_shrinks_the_file_does_not_confuse_the_index() {
    let (folder, lines, _) = sound();
    let mut journal = open(&folder);
    journal.begin(plan("a", Verb::Promote)).unwrap();
    write(&folder, &lines.concat());
    // the intent is gone from the file, so it is no longer known; the chain tells
    let begun = journal.begin(plan("b", Verb::Promote)).unwrap();
    assert!(matches!(begun, Begun::Written(_)));
    assert_eq!(kinds(&verify(folder.path()).unwrap()), [(LINES as u64 + 1, ProblemKind::Removed)]);
}
