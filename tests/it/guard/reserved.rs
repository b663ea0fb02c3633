//! The names of gates, which the configuration keeps from metrics, are those that the gates have.

use std::fs;
use std::path::Path;

use flightdeck::model::rules::GATES;

/// The names that the gates' own files give them.
fn written(folder: &Path, into: &mut Vec<String>) {
    for file in fs::read_dir(folder).expect("the gates").flatten() {
        let text = fs::read_to_string(file.path()).expect("its text");
        for opening in ["Gate::new(\"", ": &str = \""] {
            let after = text.split(opening).skip(1);
            into.extend(after.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
}

#[test]
fn every_gates_name_is_kept_from_metrics() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/control");
    // the judge has a file of its own
    let mut names = vec!["judge".to_owned()];
    written(&source.join("gates"), &mut names);
    names.sort();
    names.dedup();
    let mut kept: Vec<&str> = GATES.into();
    kept.sort_unstable();
    assert_eq!(names, kept);
}
