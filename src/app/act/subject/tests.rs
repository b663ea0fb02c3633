//! The words for what does not wait.

use super::*;

#[test]
fn an_environment_that_does_not_wait_is_said_to_not_wait() {
    let own = ["canary".to_owned(), "full".to_owned()];
    let canary = "canary".to_owned();
    let said = |waiting: &[&String], wanted: &[&str]| {
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        not_waiting("run 7", &own, &waiting.iter().copied().collect(), &wanted)
    };
    assert_eq!(said(&[&canary], &["full"]), "full does not wait; of run 7 waits: canary");
    assert_eq!(said(&[], &["full"]), "full does not wait; nothing of run 7 waits");
    assert_eq!(said(&[], &[]), "nothing of run 7 waits");
    assert_eq!(said(&[&canary], &["nope"]), "no environment `nope` waits; of run 7 waits: canary");
    assert_eq!(
        said(&[], &["nope"]),
        "no environment `nope` waits; nothing of run 7 waits; there are: canary, full"
    );
}
