//! A real Prometheus that watches the apps by the second, and the real Alertmanager it tells.

use std::path::Path;
use std::process::Command;

use super::process::{Process, free_port, http};
use crate::support::patience::until;

/// An alert that fires when a twentieth of the candidate's answers are errors, for two seconds.
const RULES: &str = r#"groups:
- name: checkout
  rules:
  - alert: HighErrorRate
    expr: sum(rate(http_requests_total{track="canary",code=~"5.."}[5s])) / sum(rate(http_requests_total{track="canary"}[5s])) > 0.05
    for: 2s
    labels: { severity: critical, service: checkout }
    annotations: { summary: "5xx above 5 %", runbook_url: "https://runbooks.example/5xx" }
"#;

/// A running Prometheus and Alertmanager.
pub struct Monitoring {
    /// Where Prometheus listens.
    pub prometheus: u16,
    /// Where Alertmanager listens.
    pub alertmanager: u16,
    _processes: [Process; 2],
}

impl Monitoring {
    /// Starts both in `folder`; the apps are scraped as the job `checkout`.
    pub fn start(folder: &Path, apps: &[u16]) -> Self {
        let (prometheus, alertmanager) = (free_port(), free_port());
        let targets: Vec<String> = apps.iter().map(|port| format!("'127.0.0.1:{port}'")).collect();
        write(folder, "rules.yml", RULES);
        write(
            folder,
            "prometheus.yml",
            &format!(
                "global: {{ scrape_interval: 1s, scrape_timeout: 900ms, evaluation_interval: 1s }}
rule_files: [rules.yml]
alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ['127.0.0.1:{alertmanager}'] }}] }}] }}
scrape_configs:
- {{ job_name: checkout, static_configs: [{{ targets: [{}] }}] }}
",
                targets.join(", ")
            ),
        );
        write(
            folder,
            "alertmanager.yml",
            "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n",
        );
        let processes = [
            Process::start(
                Command::new("prometheus-alertmanager").current_dir(folder).args([
                    "--config.file=alertmanager.yml",
                    "--storage.path=alertmanager",
                    "--cluster.listen-address=",
                    &format!("--web.listen-address=127.0.0.1:{alertmanager}"),
                ]),
                &folder.join("alertmanager.log"),
            ),
            Process::start(
                Command::new("prometheus").current_dir(folder).args([
                    "--config.file=prometheus.yml",
                    "--storage.tsdb.path=prometheus",
                    &format!("--web.listen-address=127.0.0.1:{prometheus}"),
                ]),
                &folder.join("prometheus.log"),
            ),
        ];
        for port in [prometheus, alertmanager] {
            until("prometheus and alertmanager are ready", || {
                http(port, "GET", "/-/ready").filter(|(status, _)| *status == 200)
            });
        }
        Self { prometheus, alertmanager, _processes: processes }
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}
