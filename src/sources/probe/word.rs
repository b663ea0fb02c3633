//! The words with which health endpoints describe a state.

use serde_json::Value;

use crate::model::HealthState;

/// The state a word stands for, in any case and any dialect; none when it is not such a word.
pub(super) fn state(word: &str) -> Option<HealthState> {
    match word.trim().to_ascii_lowercase().as_str() {
        "ok" | "up" | "pass" | "passing" | "healthy" | "alive" | "ready" | "running"
        | "serving" | "success" | "true" => Some(HealthState::Healthy),
        "warn" | "warning" | "degraded" => Some(HealthState::Degraded),
        "down" | "fail" | "failed" | "failing" | "error" | "unhealthy" | "critical"
        | "out_of_service" | "not_serving" | "false" => Some(HealthState::Unhealthy),
        "unknown" => Some(HealthState::Unknown),
        _ => None,
    }
}

/// The state that a JSON object claims for itself, and its own word for it. A word that we do not know is
/// unknown: never good, and no proof of harm.
pub(super) fn claim(object: &Value) -> Option<(HealthState, String)> {
    let claim = ["status", "state", "healthy"].iter().find_map(|key| object.get(*key))?;
    let word = match claim {
        Value::String(word) => word.clone(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    Some((state(&word).unwrap_or(HealthState::Unknown), word))
}

/// A JSON value as the text that expectations and revisions are compared with.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A JSON value as a finite number that is not negative, written as a number or as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number: &f64| number.is_finite() && *number >= 0.0)
}
