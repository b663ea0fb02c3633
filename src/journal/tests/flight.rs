//! One action in flight: every verb against every verb, living and dead writers.

use std::time::{Duration, SystemTime};

use super::*;

fn is_written(begun: &Begun) -> bool {
    matches!(begun, Begun::Written(_))
}

#[test]
fn a_rollback_overtakes_everything_but_a_rollback_and_nothing_else_overtakes() {
    for first in Verb::ALL {
        for second in Verb::ALL {
            let folder = folder();
            let (mut one, mut two) = (open(&folder), open(&folder));
            assert!(is_written(&one.begin(plan("a", first)).unwrap()));
            for journal in [&mut one, &mut two] {
                let begun = journal.begin(plan("b", second)).unwrap();
                let free = second == Verb::Rollback && first != Verb::Rollback;
                assert_eq!(is_written(&begun), free, "{second} while {first}: {begun:?}");
                if let Begun::InFlight { plan, operator, .. } = &begun {
                    assert_eq!((plan.verb, operator.as_str()), (first, "ana@desk"));
                }
                if free {
                    break;
                }
            }
        }
    }
}

#[test]
fn another_target_is_free_and_an_outcome_frees() {
    let folder = folder();
    let (mut one, mut two) = (open(&folder), open(&folder));
    one.begin(plan("a", Verb::Promote)).unwrap();
    let mut elsewhere = plan("b", Verb::Promote);
    elsewhere.target = "payments/production".parse().unwrap();
    assert!(is_written(&two.begin(elsewhere).unwrap()));
    assert!(!is_written(&two.begin(plan("c", Verb::Promote)).unwrap()));
    one.append(outcome("a", Verb::Promote)).unwrap();
    assert!(is_written(&two.begin(plan("c", Verb::Promote)).unwrap()));
}

#[test]
fn a_dead_writers_intent_is_not_in_flight() {
    let folder = folder();
    let mut one = open(&folder);
    let intent = match one.begin(plan("a", Verb::Rollback)).unwrap() {
        Begun::Written(record) => record,
        other => panic!("{other:?}"),
    };
    let mut two = open(&folder);
    assert!(two.is_alive(&intent.writer, intent.at));
    drop(one);
    assert!(!two.is_alive(&intent.writer, intent.at));
    assert!(is_written(&two.begin(plan("b", Verb::Rollback)).unwrap()));
}

#[test]
fn a_lock_file_that_stayed_behind_is_no_life() {
    let folder = folder();
    let mut one = open(&folder);
    let writer = Writer { id: "0190-dead".to_owned(), ..one.writer().clone() };
    fs::write(folder.path().join("writers/0190-dead.lock"), "").unwrap();
    let now = Set::default().now();
    assert!(!one.is_alive(&writer, now));
    assert!(one.is_alive(&one.writer().clone(), now));
    one.append(changed("goes on")).unwrap();
}

#[test]
fn another_hosts_writer_has_ten_minutes_after_it_was_last_heard_of() {
    let folder = folder();
    let clock = Arc::new(Set::default());
    let journal = open_at(&folder, &clock);
    let writer = Writer { id: "0190-far".to_owned(), host: "elsewhere".to_owned(), pid: 1 };
    let written = clock.now();
    clock.add(TimeDelta::minutes(9));
    assert!(journal.is_alive(&writer, written));
    clock.add(TimeDelta::minutes(2));
    assert!(!journal.is_alive(&writer, written));
    // it renews its file, whatever the clocks of its lines say
    let path = folder.path().join("writers/0190-far.lock");
    let file = fs::File::create(path).unwrap();
    let heard = |minutes: u64| {
        file.set_modified(SystemTime::now() - Duration::from_secs(60 * minutes)).unwrap();
    };
    heard(9);
    assert!(journal.is_alive(&writer, written));
    heard(11);
    assert!(!journal.is_alive(&writer, written));
    // a lock may outlive its holder where a server keeps it
    file.lock().unwrap();
    assert!(!journal.is_alive(&writer, written));
    // no clock of another host matters, nor that of this one
    heard(0);
    clock.add(TimeDelta::days(9));
    assert!(journal.is_alive(&writer, written));
}

#[test]
fn a_beat_renews_the_writers_own_file() {
    let folder = folder();
    let journal = open(&folder);
    let path = folder.path().join(format!("writers/{}.lock", journal.writer().id));
    let old = SystemTime::now() - Duration::from_secs(3600);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(old).unwrap();
    journal.beat();
    assert!(fs::metadata(&path).unwrap().modified().unwrap() > old + Duration::from_secs(1800));
}

#[cfg(unix)]
#[test]
fn a_folder_of_a_group_is_the_groups_down_to_its_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (own, team) = (folder(), folder());
    fs::set_permissions(team.path(), fs::Permissions::from_mode(0o2770)).unwrap();
    for (folder, files, writers) in [(&own, 0o600, 0o700), (&team, 0o660, 0o770)] {
        let mut journal = open(folder);
        journal.append(changed("x")).unwrap();
        for name in ["journal.jsonl", "journal.head", "journal.lock"] {
            assert_eq!(mode(&folder.path().join(name)), files, "{name}");
        }
        assert_eq!(mode(&folder.path().join("writers")), writers);
    }
}

#[test]
fn a_writers_id_names_no_file_elsewhere() {
    let folder = folder();
    let journal = open(&folder);
    let writer = Writer { id: "../../journal".to_owned(), ..journal.writer().clone() };
    assert!(!journal.is_alive(&writer, Set::default().now()));
}

#[test]
fn a_later_rollback_supersedes() {
    let folder = folder();
    let (mut one, mut two) = (open(&folder), open(&folder));
    let action = ActionId("a".to_owned());
    one.begin(plan("a", Verb::Promote)).unwrap();
    assert!(!one.superseded(&action, &target()).unwrap());
    two.begin(plan("b", Verb::Rollback)).unwrap();
    assert!(one.superseded(&action, &target()).unwrap());
    let rollback = ActionId("b".to_owned());
    assert!(!two.superseded(&rollback, &target()).unwrap());

    two.append(outcome("b", Verb::Rollback)).unwrap();
    one.append(outcome("a", Verb::Promote)).unwrap();
    let next = ActionId("c".to_owned());
    one.begin(plan("c", Verb::Promote)).unwrap();
    assert!(!one.superseded(&next, &target()).unwrap());
    // one that nobody wrote down may not go on
    assert!(one.superseded(&ActionId("x".to_owned()), &target()).unwrap());
}

#[test]
fn what_nobody_asked_for_is_not_begun_once_somebody_held_it() {
    let folder = folder();
    let clock = Arc::new(Set::default());
    let (mut one, mut two) = (open_at(&folder, &clock), open_at(&folder, &clock));
    let by_itself = |action: &str, clock: &Set| Plan {
        alarm: Some(clock.now()),
        ..plan(action, Verb::Rollback)
    };
    let first = by_itself("a", &clock);
    clock.add(TimeDelta::seconds(5));
    let held = |passed| RecordKind::Disarmed { target: target(), why: "known".into(), passed };
    two.append(held(true)).unwrap();
    assert_eq!(one.held(&target(), first.alarm.unwrap()).unwrap(), None, "it had passed by itself");
    two.append(held(false)).unwrap();
    let begun = one.begin(first).unwrap();
    assert!(matches!(&begun, Begun::Held { why } if why == "ana@desk held it: known"), "{begun:?}");
    // an operator's own rollback, and the alarm of the next release, are another matter
    assert!(is_written(&one.begin(plan("b", Verb::Rollback)).unwrap()));
    one.append(outcome("b", Verb::Rollback)).unwrap();
    clock.add(TimeDelta::seconds(5));
    assert!(is_written(&two.begin(by_itself("c", &clock)).unwrap()));
}
