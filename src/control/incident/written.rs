//! An issue that is to be opened, as a person reads it. Knows the request's form; decides nothing.

use serde::Deserialize;

use crate::model::Call;

/// What an issue will say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Written {
    /// The request without what it says: `POST /repos/acme/ops/issues`.
    #[serde(skip)]
    pub request: String,
    /// Its title.
    pub title: String,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Its text, Markdown.
    pub body: String,
}

impl Written {
    /// What a call would open; none where it opens no issue.
    #[must_use]
    pub fn of(call: &Call) -> Option<Self> {
        let (request, text) = call.text.split_once(" {")?;
        let opens = call.is_at_github() && request.ends_with("/issues");
        let said: Self = serde_json::from_str(&format!("{{{text}")).ok().filter(|_| opens)?;
        Some(Self { request: format!("{}: {request}", call.to), ..said })
    }

    /// Label and text of each line, in order; the label of what goes on is empty.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, &str)> {
        let mut lines = vec![("calls", self.request.as_str()), ("title", self.title.as_str())];
        lines.extend(
            self.labels
                .iter()
                .enumerate()
                .map(|(i, label)| (if i == 0 { "labels" } else { "" }, label.as_str())),
        );
        let body = self.body.lines().enumerate();
        lines.extend(body.map(|(i, line)| (if i == 0 { "body" } else { "" }, line)));
        lines
    }
}
