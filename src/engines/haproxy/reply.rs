//! What HAProxy's answer to a line of `set` commands means. There is no exit status: an empty line is
//! success, anything else is the error's text.

use crate::model::{Fault, FaultKind};
use crate::ports::CallError;

use super::command::parts;

/// Characters of an answer that are repeated to the operator.
const QUOTE_MAX: usize = 200;

/// Judges an answer to `line`, command by command: all empty is done, all errors is refused (nothing
/// changed), and everything else cannot be known from here.
pub(super) fn judge(answer: &str, line: &str, address: &str) -> Result<(), CallError> {
    let answers = split(answer);
    let errors: Vec<String> = answers.iter().flatten().map(|text| quote(text)).collect();
    let whole = answers.len() == parts(line);
    if whole && errors.is_empty() {
        return Ok(());
    }
    if whole && errors.len() == answers.len() {
        return Err(CallError::Refused(fault(address, &errors)));
    }
    if errors.is_empty() {
        return Err(CallError::Unknown(Fault::new(
            FaultKind::Garbage,
            format!(
                "haproxy at {address} closed the connection after {} answers to {} commands",
                answers.len(),
                parts(line)
            ),
        )));
    }
    Err(CallError::Unknown(fault(address, &errors)))
}

/// The kind and sentence for an error text.
pub(super) fn fault(address: &str, errors: &[String]) -> Fault {
    let mut said = errors.to_vec();
    said.dedup();
    let text = said.join(" / ");
    if text.contains("Permission denied") {
        return Fault::new(
            FaultKind::Forbidden,
            format!(
                "haproxy at {address} said `{text}`: its `stats socket` needs `level admin` to set weights"
            ),
        );
    }
    let kind = if text.contains("No such") || text.contains("Can't find") {
        FaultKind::NotFound
    } else {
        FaultKind::Upstream
    };
    Fault::new(kind, format!("haproxy at {address} said `{text}`"))
}

/// The start of a text from outside, on one line.
pub(super) fn quote(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    match line.char_indices().nth(QUOTE_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

/// The answers to each command: none for success. A last one that no empty line ends is cut short; if
/// it has text it still counts as an error.
fn split(answer: &str) -> Vec<Option<String>> {
    let mut answers = Vec::new();
    let mut text = String::new();
    for line in answer.split_inclusive('\n') {
        if line.trim_end_matches(['\n', '\r']).is_empty() && line.ends_with('\n') {
            answers.push((!text.is_empty()).then(|| std::mem::take(&mut text)));
        } else {
            text.push_str(line);
        }
    }
    if !text.is_empty() {
        answers.push(Some(text));
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "set weight b/c 50; set weight b/s 50";

    fn word(answer: &str) -> &'static str {
        match judge(answer, TWO, "tcp:h:1") {
            Ok(()) => "done",
            Err(CallError::Failed(_)) => "not sent",
            Err(CallError::Refused(_)) => "refused",
            Err(CallError::Unknown(_)) => "unknown",
        }
    }

    #[test]
    fn only_empty_lines_are_success() {
        for (answer, expected) in [
            ("\n\n", "done"),
            ("", "unknown"),
            ("\n", "unknown"),
            ("\n\n\n", "unknown"),
            ("No such server.\n\n\n", "unknown"),
            ("\nNo such server.\n\n", "unknown"),
            ("No such server.\n\nNo such server.\n\n", "refused"),
            ("Permission denied\n\nPermission denied\n\n", "refused"),
            ("Permission denied\n\n", "unknown"),
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "unknown"),
            ("\u{fffd}\u{fffd}", "unknown"),
        ] {
            assert_eq!(word(answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn an_error_is_named_once_and_says_what_to_do() {
        let Err(CallError::Refused(fault)) =
            judge("Permission denied\n\nPermission denied\n\n", TWO, "unix:/run/h.sock")
        else {
            panic!("a denial is a failure");
        };
        assert_eq!(fault.kind, FaultKind::Forbidden);
        assert_eq!(
            fault.text,
            "haproxy at unix:/run/h.sock said `Permission denied`: its `stats socket` needs `level admin` \
             to set weights"
        );
    }

    #[test]
    fn a_long_answer_is_quoted_in_part() {
        assert!(quote(&"x".repeat(10_000)).chars().count() <= QUOTE_MAX + 1);
        assert_eq!(quote("one\ntwo"), "one");
    }
}
