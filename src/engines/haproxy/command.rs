//! The lines that are sent: how a reading is asked for, how weights are set, how a setting is named.

use std::collections::BTreeMap;

use crate::config::HaproxyConfig;
use crate::model::{Call, Fault, FaultKind};

/// Bytes of one line. HAProxy's buffer is 16 KiB by default, and a longer line is not refused: what
/// fits is carried out, and the rest is lost.
const LINE_MAX: usize = 8 * 1024;

/// Whether HAProxy accepts `text` as the name of a backend or a server. Anything else could also end a
/// command and begin another.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b':'))
}

/// Refuses a configuration whose names cannot be HAProxy's.
pub(super) fn check_names(config: &HaproxyConfig) -> Result<(), Fault> {
    let names = std::iter::once(&config.backend).chain(&config.stable).chain(&config.candidate);
    for name in names {
        if !is_name(name) {
            return Err(Fault::new(
                FaultKind::Setup,
                format!(
                    "`{}` cannot be a haproxy backend or server: names have letters, digits and `.:_-`",
                    name.escape_debug()
                ),
            ));
        }
    }
    Ok(())
}

/// The line that asks for everything a reading needs: backend and server rows of one proxy.
pub(super) fn read(backend: &str) -> String {
    format!("show servers state {backend}; show stat {backend} 6 -1")
}

/// The name of a server's weight in [`crate::model::Rollout::settings`].
pub(super) fn subject(address: &str, backend: &str, server: &str) -> String {
    format!("{address} {backend}/{server} weight")
}

/// Calls that set weights at one address, in the order given: one line, or more when one line could not
/// hold them.
pub(super) fn set_weights(address: &str, backend: &str, weights: &[(&str, u32)]) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for (server, weight) in weights {
        let part = format!("set weight {backend}/{server} {weight}");
        let wanted = (subject(address, backend, server), weight.to_string());
        match calls.last_mut() {
            Some(call) if call.text.len() + part.len() + 2 <= LINE_MAX => {
                call.text.push_str("; ");
                call.text.push_str(&part);
                call.expect.extend([wanted]);
            }
            _ => calls.push(Call {
                follow: None,
                to: address.to_owned(),
                text: part,
                expect: BTreeMap::from([wanted]),
                run: None,
            }),
        }
    }
    calls
}

/// How many commands a line holds; HAProxy answers each.
pub(super) fn parts(line: &str) -> usize {
    line.split(';').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_holds_a_side_and_a_long_one_is_cut_between_commands() {
        let calls = set_weights("tcp:h:1", "b", &[("c", 50), ("s", 50)]);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].text, "set weight b/c 50; set weight b/s 50");
        assert_eq!(calls[0].expect["tcp:h:1 b/c weight"], "50");

        let names: Vec<String> = (0..500).map(|n| format!("server{n}")).collect();
        let many: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), 7)).collect();
        let calls = set_weights("tcp:h:1", "b", &many);
        assert!(calls.len() > 1 && calls.iter().all(|call| call.text.len() <= LINE_MAX));
        assert_eq!(calls.iter().map(|call| call.expect.len()).sum::<usize>(), 500);
        assert_eq!(calls.iter().map(|call| parts(&call.text)).sum::<usize>(), 500);
    }

    #[test]
    fn a_name_cannot_carry_a_command() {
        assert!(is_name("stable-1.eu:x_2"));
        for bad in ["", "a b", "a;shutdown", "a\nb", "a\\;b", "ä"] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
