//! A real Prometheus that watches the apps by the second, and the real Alertmanager it tells.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Process, free_port, http};
use crate::support::patience::until;

/// An alert that fires when a twentieth of the candidate's answers are errors, for two seconds; and one that
/// always fires, once Prometheus has had the time to find its Alertmanager: what it sends before is lost.
const RULES: &str = r#"groups:
- name: checkout
  rules:
  - alert: HighErrorRate
    expr: sum(rate(http_requests_total{track="canary",code=~"5.."}[5s])) / sum(rate(http_requests_total{track="canary"}[5s])) > 0.05
    for: 2s
    labels: { severity: critical, service: checkout }
    annotations: { summary: "5xx above 5 %", runbook_url: "https://runbooks.example/5xx" }
  - alert: Watchdog
    expr: vector(1)
    for: 8s
    labels: { severity: none }
"#;

/// A running Prometheus and Alertmanager.
pub struct Monitoring {
    /// Where Prometheus listens.
    pub prometheus: u16,
    /// Where Alertmanager listens.
    pub alertmanager: u16,
    folder: PathBuf,
    _prometheus: Process,
    told: Option<Process>,
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
- {{ job_name: monitoring, static_configs: [{{ targets: ['127.0.0.1:{prometheus}', '127.0.0.1:{alertmanager}'] }}] }}
",
                targets.join(", ")
            ),
        );
        write(
            folder,
            "alertmanager.yml",
            "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n",
        );
        let told = alertmanager_at(folder, alertmanager);
        // what Prometheus cannot send at first it sends a minute later
        ready(alertmanager);
        let process = Process::start(
            Command::new("prometheus").current_dir(folder).args([
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=prometheus",
                "--web.enable-lifecycle",
                &format!("--web.listen-address=127.0.0.1:{prometheus}"),
            ]),
            &folder.join("prometheus.log"),
        );
        ready(prometheus);
        let folder = folder.to_owned();
        Self { prometheus, alertmanager, folder, _prometheus: process, told: Some(told) }
    }

    /// The rules that it begins with.
    pub fn rules() -> &'static str {
        RULES
    }

    /// Gives Prometheus other rules.
    pub fn rewrite(&self, rules: &str) {
        write(&self.folder, "rules.yml", rules);
        let answer = http(self.prometheus, "POST", "/-/reload");
        assert_eq!(answer.map(|(status, _)| status), Some(200), "it takes the rules");
    }

    /// Ends Alertmanager at once.
    pub fn stop_alertmanager(&mut self) {
        self.told = None;
    }

    /// Starts Alertmanager again, where it was.
    pub fn start_alertmanager(&mut self) {
        self.told = Some(alertmanager_at(&self.folder, self.alertmanager));
        ready(self.alertmanager);
    }
}

fn alertmanager_at(folder: &Path, port: u16) -> Process {
    Process::start(
        Command::new("prometheus-alertmanager").current_dir(folder).args([
            "--config.file=alertmanager.yml",
            "--storage.path=alertmanager",
            "--cluster.listen-address=",
            &format!("--web.listen-address=127.0.0.1:{port}"),
        ]),
        &folder.join("alertmanager.log"),
    )
}

fn ready(port: u16) {
    until("the server is ready", || {
        http(port, "GET", "/-/ready").filter(|(status, _)| *status == 200)
    });
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}
