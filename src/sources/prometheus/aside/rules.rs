//! What Prometheus says of its rules: whether they are evaluated, without errors, and lately.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::clients::http::short;
use crate::model::{LinkState, Time};

/// Seconds that an evaluation may be late beyond three of its intervals.
const LATE_S: f64 = 10.0;

#[derive(Deserialize)]
struct Data {
    groups: Vec<Group>,
}

/// A group of rules.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Group {
    #[serde(default)]
    name: String,
    #[serde(default)]
    interval: f64,
    #[serde(default)]
    last_evaluation: Option<Time>,
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    health: String,
    #[serde(default)]
    last_error: Option<String>,
}

/// The groups of an answer.
///
/// # Errors
/// A sentence, when it is no list of groups.
pub(super) fn groups(data: &RawValue) -> Result<Vec<Group>, String> {
    let data: Result<Data, _> = serde_json::from_str(data.get());
    let odd = |error: serde_json::Error| {
        format!("the list of rules is not readable: {}", short(&error.to_string()))
    };
    data.map(|data| data.groups).map_err(odd)
}

/// Whether the rules of these groups (none named: of all) are evaluated; `now` is by Prometheus' clock.
pub(super) fn judge(groups: &[Group], wanted: &[String], now: Time) -> (LinkState, String) {
    if let Some(name) = wanted.iter().find(|name| !groups.iter().any(|group| group.name == **name))
    {
        return (LinkState::Broken, format!("there is no rule group `{}`", short(name)));
    }
    let own = groups.iter().filter(|group| wanted.is_empty() || wanted.contains(&group.name));
    let own: Vec<&Group> = own.collect();
    let rules = || own.iter().flat_map(|group| group.rules.iter().map(move |rule| (group, rule)));
    if !rules().any(|(_, rule)| rule.kind == "alerting") {
        return (LinkState::Broken, "there is no alerting rule: nothing can fire".to_owned());
    }
    if let Some((group, rule)) = rules().find(|(_, rule)| rule.health == "err") {
        let error = rule.last_error.as_deref().unwrap_or_default();
        let why = if error.is_empty() { "no reason told".to_owned() } else { short(error) };
        let text = format!("{} of {} fails: {why}", short(&rule.name), short(&group.name));
        return (LinkState::Broken, text);
    }
    if let Some((group, rule)) = rules().find(|(_, rule)| rule.health != "ok") {
        let text = format!("{} of {} was not evaluated yet", short(&rule.name), short(&group.name));
        return (LinkState::Unknown, text);
    }
    let age = |group: &&&Group| {
        let last = group.last_evaluation?;
        let age = (now - last).as_seconds_f64();
        (age > group.interval.mul_add(3.0, LATE_S)).then_some(age)
    };
    if let Some(group) = own.iter().find(|group| group.last_evaluation.is_none()) {
        let text = format!("nobody says when {} was evaluated", short(&group.name));
        return (LinkState::Unknown, text);
    }
    if let Some((group, age)) = own.iter().find_map(|group| Some((group, age(&group)?))) {
        let text = format!(
            "{} was last evaluated {age:.0} s ago, and should be each {} s",
            short(&group.name),
            group.interval
        );
        return (LinkState::Broken, text);
    }
    let (rules, groups) = (rules().count(), own.len());
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    let text = format!("{rules} rule{} in {groups} group{}", plural(rules), plural(groups));
    (LinkState::Holds, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-01-01T00:10:00Z";

    fn group(name: &str, last: &str, health: &str) -> String {
        format!(
            r#"{{"name":"{name}","interval":15,"lastEvaluation":"{last}","rules":[
                {{"name":"Up","type":"alerting","health":"{health}","lastError":"many-to-many"}}]}}"#
        )
    }

    fn judged(groups: &[String], wanted: &[&str]) -> (LinkState, String) {
        let text = format!(r#"{{"groups":[{}]}}"#, groups.join(","));
        let data = RawValue::from_string(text).unwrap();
        let wanted: Vec<String> = wanted.iter().map(|&name| name.to_owned()).collect();
        judge(&super::groups(&data).unwrap(), &wanted, NOW.parse().unwrap())
    }

    #[test]
    fn rules_must_be_there_well_and_evaluated_lately() {
        let fine = || group("shop", "2026-01-01T00:09:50.5+00:00", "ok");
        assert_eq!(judged(&[fine()], &[]), (LinkState::Holds, "1 rule in 1 group".to_owned()));
        for (groups, wanted, state, text) in [
            (vec![], vec![], LinkState::Broken, "no alerting rule"),
            (vec![fine()], vec!["pay"], LinkState::Broken, "no rule group `pay`"),
            (vec![fine(), group("pay", NOW, "err")], vec![], LinkState::Broken, "many-to-many"),
            (vec![fine(), group("pay", NOW, "err")], vec!["shop"], LinkState::Holds, "1 rule"),
            (vec![group("new", NOW, "unknown")], vec![], LinkState::Unknown, "not evaluated yet"),
            (
                vec![group("slow", "2026-01-01T00:09:00Z", "ok")],
                vec![],
                LinkState::Broken,
                "slow was last evaluated 60 s ago, and should be each 15 s",
            ),
        ] {
            let (found, told) = judged(&groups, &wanted);
            assert_eq!(found, state, "{told}");
            assert!(told.contains(text), "{told}");
        }
        let odd = RawValue::from_string("{}".to_owned()).unwrap();
        assert!(super::groups(&odd).is_err());
    }
}
