//! The runtime API's commands: what each does to the world and what it says.

use crate::model::Time;

use super::super::backend::{Admin, Server};
use super::super::world::World;
use super::table;

const UNKNOWN: &str = "Unknown command, but maybe one of the following ones is a better match:
  get weight                               : report a server's current weight
  set server <bk>/<srv> [opts]             : change a server's state, weight, address or ssl
  set weight                               : change a server's weight
  show info [desc|json|typed|float]*       : report information about the running process
  show servers state [<backend>]           : dump volatile server information
  show stat [desc|json|no-maint|typed|up]* : report counters for each proxy and server
  help                                     : list matching or all commands
";

const SERVER_USAGE: &str = "usage: set server <backend>/<server> \
    addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | \
    fqdn | health | ssl | state | weight\n";

/// Runs one command; what it says ends with a line end unless it is empty.
pub fn run(world: &mut World, now: Time, words: &[&str]) -> String {
    match words {
        ["show", "servers", "state", backend @ ..] => table::state(world, now, backend.first()),
        ["show", "stat", filter @ ..] => table::statistics(world, now, filter),
        ["show", "info", ..] => table::info(world, now),
        ["get", "weight", rest @ ..] => change(world, rest.first(), |server, _| {
            format!("{} (initial {})\n", server.weight, server.initial)
        }),
        ["set", "weight", rest @ ..] => {
            change(world, rest.first(), |server, _| weigh(server, rest.get(1)))
        }
        ["set", "server", rest @ ..] => {
            change(world, rest.first(), |server, second| match rest.get(1..) {
                Some(["weight", value @ ..]) => weigh(server, value.first()),
                Some(["state", value @ ..]) => allow(server, value.first(), second),
                _ => SERVER_USAGE.into(),
            })
        }
        ["help", ..] => UNKNOWN.replacen(
            "Unknown command, but maybe one of the following ones is a better match",
            "The following commands are valid at this level",
            1,
        ),
        _ => UNKNOWN.into(),
    }
}

/// Finds `backend/server` and does something with it.
fn change(
    world: &mut World,
    name: Option<&&str>,
    act: impl FnOnce(&mut Server, i64) -> String,
) -> String {
    let second = world.second;
    let Some((backend, server)) = name.and_then(|name| name.split_once('/')) else {
        return "Require 'backend/server'.\n".into();
    };
    let Some(backend) = world.balanced_mut(backend) else {
        return "No such backend.\n".into();
    };
    match backend.servers.iter_mut().find(|own| own.name == server) {
        Some(server) => act(server, second),
        None => "No such server.\n".into(),
    }
}

fn weigh(server: &mut Server, value: Option<&&str>) -> String {
    match weight(value.copied().unwrap_or_default(), server.initial) {
        Ok(weight) => {
            server.weight = weight;
            String::new()
        }
        Err(text) => format!("{text}\n"),
    }
}

fn weight(text: &str, initial: u32) -> Result<u32, &'static str> {
    if text.is_empty() {
        return Err("Require <weight> or <weight%>.");
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == digits.len() {
        return Err("Empty weight string empty or preceded by garbage");
    }
    let number: i64 = text[..text.len() - rest.len()].parse().unwrap_or(i64::MAX);
    match rest {
        "%" if number < 0 => Err("Relative weight must be positive."),
        // relative to the configured weight, which may well be 0
        "%" => Ok((i64::from(initial).saturating_mul(number) / 100).clamp(0, 256) as u32),
        _ if !(0..=256).contains(&number) => {
            Err("Absolute weight can only be between 0 and 256 inclusive.")
        }
        "" => Ok(number as u32),
        _ => Err("Trailing garbage in weight string"),
    }
}

fn allow(server: &mut Server, value: Option<&&str>, second: i64) -> String {
    let admin = match value.copied() {
        Some("ready") => Admin::Ready,
        Some("drain") => Admin::Drain,
        Some("maint") => Admin::Maint,
        _ => return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n".into(),
    };
    if server.admin != admin {
        server.admin = admin;
        server.changed = second;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_as_haproxy_reads_them() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("256", Ok(256)),
            ("50%", Ok(50)),
            ("900%", Ok(256)),
            ("257", Err("Absolute weight can only be between 0 and 256 inclusive.")),
            ("-1", Err("Absolute weight can only be between 0 and 256 inclusive.")),
            ("-1%", Err("Relative weight must be positive.")),
            ("", Err("Require <weight> or <weight%>.")),
            ("x", Err("Empty weight string empty or preceded by garbage")),
            ("5x", Err("Trailing garbage in weight string")),
        ] {
            assert_eq!(weight(text, 100), expected, "{text}");
        }
        assert_eq!(weight("50%", 0), Ok(0));
    }
}
