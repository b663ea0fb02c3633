//! What is to hold besides the measures of a release: the error budget, the way of alerts, the backup.

use std::fmt::Write as _;

use crate::demo::assurance;
use crate::demo::scenario::Scenario;

/// The age of the last good backup, where there are any.
pub fn backup(out: &mut String, scenario: Scenario, name: &str) {
    if scenario.backup_hours(name).is_some() {
        let query = assurance::backup(name);
        let _ =
            writeln!(out, "  backup = {{ time = '{query}', max_age = \"24h\", every = \"10s\" }}");
    }
}

/// The error budget, and the way of alerts.
pub fn tables(out: &mut String, name: &str) {
    let _ = write!(
        out,
        r#"
    [service.environment.burn]
    objective = 0.998
    errors = '{errors}'
    every = "5s"

    [service.environment.alert_path]
    groups = ["{name}", "meta"]
    watchdog = 'alertname="Watchdog"'
    every = "5s"
"#,
        errors = assurance::errors(name, "{window}"),
    );
}
