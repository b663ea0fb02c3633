//! Lines that are gone show at the next look, and a share that is not mounted is no empty journal.

use super::*;

fn lost(folder: &TempDir) -> Option<u64> {
    let mut tail = Tail::new(folder.path());
    tail.read_new().unwrap();
    tail.lost()
}

fn lines(folder: &TempDir) -> PathBuf {
    folder.path().join("journal.jsonl")
}

#[test]
fn a_journal_that_lost_lines_says_so_and_stays_so() {
    let folder = folder();
    let mut journal = open(&folder);
    assert_eq!(lost(&folder), None);
    for reason in ["1", "2", "3"] {
        journal.append(changed(reason)).unwrap();
    }
    assert_eq!(lost(&folder), None);
    let whole = bytes(&folder);
    let mut running = Tail::new(folder.path());
    running.read_new().unwrap();

    let mut garbled = whole.clone();
    garbled.iter_mut().filter(|byte| **byte == b'{').for_each(|byte| *byte = b'#');
    for damage in [Vec::new(), whole[..whole.len() / 2].to_vec(), garbled] {
        fs::write(lines(&folder), damage).unwrap();
        assert_eq!(lost(&folder), Some(3));
    }
    fs::remove_file(lines(&folder)).unwrap();
    assert_eq!(lost(&folder), Some(3));
    running.read_new().unwrap();
    assert_eq!(running.lost(), Some(3), "a process that had read them says it too");

    let written = open(&folder).append(changed("4")).unwrap();
    assert_eq!((written.seq, lost(&folder)), (4, Some(3)), "what is written then is known");
    fs::write(lines(&folder), &whole).unwrap();
    fs::write(folder.path().join("journal.head"), "").unwrap();
    assert_eq!(lost(&folder), None, "put back");
}

#[test]
fn a_head_that_lags_has_lost_nothing() {
    let folder = folder();
    let mut journal = open(&folder);
    journal.append(changed("1")).unwrap();
    let head = fs::read(folder.path().join("journal.head")).unwrap();
    journal.append(changed("2")).unwrap();
    fs::write(folder.path().join("journal.head"), head).unwrap();
    assert_eq!(lost(&folder), None);
}

fn open_shared(shared: &Shared) -> Result<Journal, JournalError> {
    let clock: Arc<dyn Clock> = Arc::new(Set::default());
    Journal::open_shared(shared.clone(), "ana".to_owned(), clock)
}

#[test]
fn a_share_is_never_made_and_what_it_had_is_remembered() {
    let (home, share) = (folder(), folder());
    let place = share.path().join("team");
    let shared = Shared::new(&place, &home.path().join("state"));
    let missing = open_shared(&shared).err().map(|error| error.to_string()).unwrap();
    assert!(missing.contains("mount the share"), "{missing}");
    assert!(Tail::shared(&shared).read_new().is_err());
    assert!(!place.exists());

    fs::create_dir(&place).unwrap();
    for reason in ["1", "2"] {
        open_shared(&shared).unwrap().append(changed(reason)).unwrap();
    }
    let mut tail = Tail::shared(&shared);
    assert_eq!((seqs(&tail.read_new().unwrap()), tail.lost()), (vec![1, 2], None));

    // another machine goes on, and this one looks
    let other = Shared::new(&place, &home.path().join("elsewhere"));
    open_shared(&other).unwrap().append(changed("3")).unwrap();
    tail.read_new().unwrap();
    fs::rename(&place, share.path().join("away")).unwrap();
    assert!(tail.read_new().is_err());
    // where it was mounted, an empty folder is left
    fs::create_dir(&place).unwrap();
    let mut tail = Tail::shared(&shared);
    tail.read_new().unwrap();
    assert_eq!(tail.lost(), Some(3));
    let written = open_shared(&shared).unwrap().append(changed("4")).unwrap();
    tail.read_new().unwrap();
    assert_eq!((written.seq, tail.lost()), (4, Some(3)));
}

#[test]
fn another_folder_in_a_shared_journals_place_is_told_by_verify() {
    let (share, state) = (folder(), folder());
    let shared = Shared::new(share.path(), state.path());
    let mut journal = open_shared(&shared).unwrap();
    journal.append(changed("1")).unwrap();
    journal.append(changed("2")).unwrap();
    assert!(verify_shared(&shared).unwrap().is_sound());
    for file in fs::read_dir(share.path()).unwrap().flatten() {
        if file.path().is_file() {
            fs::remove_file(file.path()).unwrap();
        }
    }
    assert!(verify(share.path()).unwrap().is_sound(), "by itself it is an empty journal");
    let found = verify_shared(&shared).unwrap();
    assert_eq!((found.lines, found.problems[0].kind), (0, ProblemKind::Removed));
    assert!(found.problems[0].text.contains("2 was seen from this machine"), "{found:?}");
}

#[test]
fn what_a_line_takes_is_tried_without_writing_one() {
    let folder = folder();
    let journal = open(&folder);
    let names = || -> Vec<_> {
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().flatten().map(|file| file.file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    journal.try_write().unwrap();
    assert_eq!(names(), before);
    fs::create_dir(lines(&folder)).unwrap();
    assert!(journal.try_write().is_err(), "the lines cannot be opened for more");
    fs::remove_dir(lines(&folder)).unwrap();
    let blocked = folder.path().join(format!("journal.try-{}", std::process::id()));
    fs::create_dir(blocked).unwrap();
    assert!(journal.try_write().is_err(), "the page cannot be written");
}
