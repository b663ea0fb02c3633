//! Which alerts are a target's, and from which severity on they block it.

use toml::Spanned;

use crate::config::raw;
use crate::model::{AlertSpec, FeedId, Severity, Target};

use super::Resolver;
use super::environment::strings;

impl Resolver<'_, '_> {
    pub(super) fn alert_block(&mut self, raw: &raw::Environment) -> Severity {
        let Some(written) = &raw.alert_block else {
            return Severity::P1;
        };
        written.get_ref().parse().unwrap_or_else(|_| {
            self.not(written, "write P0, P1, P2 or P3");
            Severity::P1
        })
    }

    pub(super) fn alerts(
        &mut self,
        target: &Target,
        raw: &raw::Environment,
        alertmanager: Option<String>,
    ) -> Option<AlertSpec> {
        for matcher in raw.alerts.iter().flat_map(Spanned::get_ref) {
            if !is_matcher(matcher.get_ref()) {
                self.not(matcher, "write LABEL=\"VALUE\", or `!=`, `=~`, `!~` in place of `=`");
            }
        }
        let matchers = match (&raw.alerts, &raw.alertmanager) {
            (None, None) => return None,
            (Some(_), Some(_)) => strings(raw.alerts.as_ref()?.get_ref()),
            (None, Some(name)) => {
                let fix = "write alerts = ['service=\"NAME\"'], or [] for every alert there is";
                self.problems.at(name.span(), "found no `alerts` beside it", fix);
                return None;
            }
            (Some(alerts), None) => {
                self.needs(alerts.span(), "alertmanager");
                return None;
            }
        };
        let key = alertmanager?;
        if let Some(server) = self.config.alertmanager.get_mut(&key) {
            server.matchers.push((target.clone(), matchers.clone()));
        }
        Some(AlertSpec { feed: FeedId::source(key), matchers })
    }
}

/// Whether a text is an Alertmanager matcher with a quoted value.
pub(super) fn is_matcher(text: &str) -> bool {
    let text = text.trim();
    let name =
        text.len() - text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let (name, rest) = text.split_at(name);
    let rest = rest.trim_start();
    let value = ["!=", "=~", "!~", "="].iter().find_map(|operator| rest.strip_prefix(operator));
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && value.is_some_and(|value| is_quoted(value.trim_start()))
}

fn is_quoted(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return false;
    };
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\n' => return false,
            _ => {}
        }
    }
    !escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_have_a_label_an_operator_and_a_quoted_value() {
        for good in [
            r#"service="checkout""#,
            r#"service != "a\"b""#,
            r#"a_b1=~"x|y""#,
            r#" team!~"ops.*" "#,
            r#"x="""#,
        ] {
            assert!(is_matcher(good), "{good}");
        }
        for bad in [
            "",
            "service",
            "service=checkout",
            r#"="x""#,
            r#"1a="x""#,
            r#"a=="x""#,
            r#"a="x"#,
            r#"a="x"y""#,
            r#"a="x\""#,
            r#"a b="x""#,
            r#"a=""x""#,
        ] {
            assert!(!is_matcher(bad), "{bad}");
        }
    }
}
