//! `flightdeck doctor`: what works, and what to do about the rest.

use std::io::{self, Write};

use serde::Serialize;

use super::exit::Exit;
use super::output::{Format, Output};

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It works.
    Ok,
    /// It works, with something to know.
    Warning,
    /// It does not work.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What.
    pub what: String,
    /// How it stands.
    pub verdict: Verdict,
    /// What was found, and what to do.
    pub detail: String,
    /// The permission that it takes, where it takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
}

impl Finding {
    /// A finding.
    pub fn new(what: impl Into<String>, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self { what: what.into(), verdict, detail: detail.into(), needs: None }
    }

    /// The same, and which permission it takes.
    #[must_use]
    pub fn needing(self, permission: impl Into<String>) -> Self {
        Self { needs: Some(permission.into()), ..self }
    }
}

/// Prints the findings; 0 when nothing is broken, else 4.
///
/// # Errors
/// When the writer fails.
pub fn print<W: Write>(findings: &[Finding], out: &mut Output<W>) -> io::Result<Exit> {
    if out.format == Format::Json {
        #[derive(Serialize)]
        struct Doctor<'a> {
            version: u32,
            findings: &'a [Finding],
        }
        out.json(&Doctor { version: 1, findings })?;
    } else {
        let word = |verdict| match verdict {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Broken => "BROKEN",
        };
        let rows: Vec<Vec<String>> = findings
            .iter()
            .map(|f| vec![word(f.verdict).to_owned(), f.what.clone(), f.detail.clone()])
            .collect();
        out.table(&["", "WHAT", "FOUND"], &rows)?;
    }
    let broken = findings.iter().any(|finding| finding.verdict == Verdict::Broken);
    Ok(if broken { Exit::Failed } else { Exit::Done })
}
