//! Answers as the real systems give them, made to measure.

use serde_json::{Value, json};

/// A page of workflow runs.
pub fn runs(count: usize) -> String {
    let run = |n: usize| -> Value {
        json!({
            "id": 17_000_000_000_u64 + n as u64,
            "name": "deploy",
            "head_branch": "main",
            "head_sha": format!("{n:040x}"),
            "path": ".github/workflows/deploy.yml",
            "display_title": format!("Round tax per line, not per order (#{n})"),
            "run_number": n,
            "event": "push",
            "status": if n == 0 { "in_progress" } else { "completed" },
            "conclusion": if n == 0 { Value::Null } else { json!("success") },
            "workflow_id": 4_711,
            "url": "https://api.github.com/repos/acme/checkout/actions/runs/1",
            "html_url": format!("https://github.com/acme/checkout/actions/runs/{n}"),
            "pull_requests": [],
            "created_at": "2026-01-01T14:00:00Z",
            "updated_at": "2026-01-01T14:09:00Z",
            "actor": {"login": "ana", "id": 1, "node_id": "MDQ6VXNlcjE=", "type": "User", "site_admin": false},
            "run_attempt": 1,
            "run_started_at": "2026-01-01T14:00:00Z",
            "head_commit": {"id": format!("{n:040x}"), "message": "Round tax per line\n\nNot per order.",
                "timestamp": "2026-01-01T13:59:00Z", "author": {"name": "Ana", "email": "ana@acme.example"}},
            "repository": {"id": 99, "name": "checkout", "full_name": "acme/checkout", "private": true,
                "owner": {"login": "acme", "id": 2, "type": "Organization"},
                "description": "takes the money", "fork": false},
        })
    };
    json!({"total_count": count, "workflow_runs": (0..count).map(run).collect::<Vec<_>>()})
        .to_string()
}

/// One series of a range query.
pub fn matrix(points: usize) -> String {
    let value = |n: usize| json!([1_767_225_600 + 5 * n, format!("0.00{:04}", n * 37 % 10_000)]);
    let values: Vec<Value> = (0..points).map(value).collect();
    let series =
        json!([{"metric": {"service": "checkout", "track": "candidate"}, "values": values}]);
    json!({"status": "success", "data": {"resultType": "matrix", "result": series}}).to_string()
}

/// A list of alerts in that state, `active` or `suppressed`.
pub fn alerts(count: usize, state: &str) -> String {
    let alert = |n: usize| -> Value {
        json!({
            "fingerprint": format!("{n:016x}"),
            "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical",
                "instance": format!("canary{n}"), "job": "checkout"},
            "annotations": {"summary": "5xx above 1 % for 2 m",
                "runbook_url": "https://runbooks.acme.example/HighErrorRate"},
            "startsAt": "2026-01-01T14:31:40Z",
            "endsAt": "2026-01-01T14:36:40Z",
            "updatedAt": "2026-01-01T14:32:40Z",
            "generatorURL": "http://prometheus.acme.example/graph?g0.expr=up",
            "receivers": [{"name": "oncall"}],
            "status": {"state": state, "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
        })
    };
    Value::Array((0..count).map(alert).collect()).to_string()
}
