//! What one HAProxy says about one backend: `show servers state` for the weights that were set, then
//! `show stat` for what follows from them. Both are read by the names in their headers. Must not know
//! sides, pairs or plans.

use crate::model::{Fault, FaultKind};

use super::csv;
use super::reply;

/// Bits of HAProxy's operational states that take traffic: starting (slow start) and running.
const STARTING: u32 = 1;
const RUNNING: u32 = 2;

/// One backend at one address.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Member {
    /// Its servers, in HAProxy's order.
    pub servers: Vec<ServerState>,
    /// `balance` of the backend, when this access level is told.
    pub algorithm: Option<String>,
    /// The effective weight HAProxy itself sums up for the backend.
    pub total: Option<u32>,
}

/// One server at one address.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ServerState {
    /// Its name.
    pub name: String,
    /// The weight that was set: what a command changes.
    pub weight: u32,
    /// The weight of HAProxy's configuration.
    pub initial: u32,
    /// The weight in effect now; lower during a slow start.
    pub effective: Option<u32>,
    /// Whether it takes traffic: a stopped, drained or maintained server still shows its weight.
    pub eligible: bool,
    /// Whether it only serves when all others are gone.
    pub backup: bool,
    /// HAProxy's word for its state.
    pub status: String,
    /// Requests given to it since HAProxy started.
    pub requests: Option<u64>,
}

impl Member {
    /// A server by its name.
    pub(super) fn server(&self, name: &str) -> Option<&ServerState> {
        self.servers.iter().find(|server| server.name == name)
    }
}

/// Reads the answer to [`super::command::read`].
pub(super) fn parse(answer: &str, backend: &str, address: &str) -> Result<Member, Fault> {
    let garbage = |what: &str| {
        Fault::new(
            FaultKind::Garbage,
            format!("haproxy at {address} answered something else than a server list: {what}"),
        )
    };
    let (states, stat) = answer
        .split_once("\n\n")
        .ok_or_else(|| garbage(&format!("`{}`", reply::quote(answer))))?;
    let mut lines = states.lines();
    let version = lines.next().unwrap_or_default();
    if version.parse::<u32>().is_err() {
        return Err(reply::fault(address, &[reply::quote(version)]));
    }
    let header = lines
        .next()
        .and_then(|line| line.strip_prefix("# "))
        .ok_or_else(|| garbage("no header"))?;
    let columns = Columns::new(header.split(' '));
    let mut servers = Vec::new();
    for line in lines {
        let row = Row {
            columns: &columns,
            fields: line.split(' ').map(str::to_owned).collect(),
        };
        let server = state_row(&row, backend)
            .ok_or_else(|| garbage(&format!("an unreadable row `{}`", reply::quote(line))))?;
        servers.extend(server);
    }
    let mut member = Member {
        servers,
        ..Member::default()
    };
    if !stat.starts_with("# pxname,") {
        return Err(reply::fault(address, &[reply::quote(stat)]));
    }
    let rows = csv::rows(stat).ok_or_else(|| garbage("statistics that are cut short"))?;
    let mut rows = rows.into_iter();
    let mut header = rows.next().unwrap_or_default();
    if let Some(first) = header.first_mut() {
        *first = first.trim_start_matches("# ").to_owned();
    }
    let columns = Columns::new(header.iter().map(String::as_str));
    for fields in rows {
        let row = Row {
            columns: &columns,
            fields,
        };
        stat_row(&row, backend, &mut member);
    }
    if let Some(server) = member
        .servers
        .iter()
        .find(|server| server.status.is_empty())
    {
        return Err(garbage(&format!(
            "no statistics of server `{}`",
            server.name
        )));
    }
    Ok(member)
}

/// One row of the server list; an inner none for another backend's, an outer one for nonsense.
#[expect(
    clippy::option_option,
    reason = "a foreign row and a broken one are two things"
)]
fn state_row(row: &Row<'_>, backend: &str) -> Option<Option<ServerState>> {
    if row.fields.len() < row.columns.0.len() {
        return None;
    }
    if row.text("be_name")? != backend {
        return Some(None);
    }
    let operational: u32 = row.number("srv_op_state")?;
    let administrative: u32 = row.number("srv_admin_state")?;
    Some(Some(ServerState {
        name: row.text("srv_name")?.to_owned(),
        weight: row.number("srv_uweight")?,
        initial: row.number("srv_iweight")?,
        effective: None,
        eligible: matches!(operational, STARTING | RUNNING) && administrative == 0,
        backup: false,
        status: String::new(),
        requests: None,
    }))
}

fn stat_row(row: &Row<'_>, backend: &str, member: &mut Member) {
    if row.text("pxname") != Some(backend) {
        return;
    }
    let Some(name) = row.text("svname") else {
        return;
    };
    // a server may be called BACKEND; the type tells them apart
    if row.text("type") == Some("1") {
        member.algorithm = row
            .text("algo")
            .filter(|algorithm| !algorithm.is_empty())
            .map(str::to_owned);
        member.total = row.number("weight");
        return;
    }
    if let Some(server) = member.servers.iter_mut().find(|server| server.name == name) {
        row.text("status")
            .unwrap_or("unknown")
            .clone_into(&mut server.status);
        server.requests = row.number("lbtot");
        server.effective = row.number("weight");
        server.backup = row.number::<u32>("bck").is_some_and(|count| count > 0);
        server.eligible &= !server.backup;
    }
}

struct Columns(Vec<String>);

impl Columns {
    fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.map(str::to_owned).collect())
    }
}

struct Row<'a> {
    columns: &'a Columns,
    fields: Vec<String>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> Option<&str> {
        let at = self.columns.0.iter().position(|name| name == column)?;
        self.fields.get(at).map(String::as_str)
    }

    fn number<T: std::str::FromStr>(&self, column: &str) -> Option<T> {
        self.text(column)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Rows, answer};
    use super::*;

    fn read(rows: Rows<'_>) -> Member {
        parse(
            &answer("checkout", "roundrobin", rows),
            "checkout",
            "tcp:h:1",
        )
        .unwrap()
    }

    #[test]
    fn drained_maintained_down_and_backup_servers_keep_their_weight_and_take_nothing() {
        let member = read(&[
            ("up", 2, 0, 90, 80, 0, "UP"),
            ("slow", 1, 0, 5, 5, 0, "UP"),
            ("drain", 2, 8, 50, 10, 0, "DRAIN"),
            ("maint", 0, 1, 40, 90, 0, "MAINT"),
            ("down", 0, 0, 7, 7, 0, "DOWN"),
            ("leaving", 3, 0, 7, 7, 0, "NOLB"),
            ("spare", 2, 0, 1, 1, 1, "no check"),
        ]);
        let eligible: Vec<&str> = member
            .servers
            .iter()
            .filter(|server| server.eligible)
            .map(|server| server.name.as_str())
            .collect();
        assert_eq!(eligible, ["up", "slow"]);
        let drain = member.server("drain").unwrap();
        assert_eq!((drain.weight, drain.initial), (50, 10));
        assert_eq!(drain.status, "DRAIN");
        assert!(member.server("spare").unwrap().backup);
        assert_eq!(member.algorithm.as_deref(), Some("roundrobin"));
        assert_eq!(member.total, Some(95));
        assert_eq!(member.servers[0].requests, Some(1000));
    }

    #[test]
    fn refusals_and_garbage_are_told_apart() {
        for (answer, kind) in [
            (
                "Can't find backend.\n\nNo such proxy.\n\n",
                FaultKind::NotFound,
            ),
            (
                "Permission denied\n\nPermission denied\n\n",
                FaultKind::Forbidden,
            ),
            ("", FaultKind::Garbage),
            ("HTTP/1.1 400 Bad request\r\n\r\n", FaultKind::Garbage),
            ("SSH-2.0-x\r\n", FaultKind::Garbage),
            ("1\nno header\n\n# pxname,\n\n", FaultKind::Garbage),
            (
                "1\n# be_name srv_name\ncheckout\n\n# pxname,\n\n",
                FaultKind::Garbage,
            ),
        ] {
            let fault = parse(answer, "checkout", "tcp:h:1").unwrap_err();
            assert_eq!(fault.kind, kind, "{answer:?}: {fault}");
        }
    }

    #[test]
    fn an_answer_cut_at_any_byte_is_never_half_a_reading() {
        let whole = answer(
            "checkout",
            "roundrobin",
            &[("s", 2, 0, 90, 90, 0, "UP"), ("c", 2, 0, 10, 10, 0, "UP")],
        );
        for end in 0..whole.len() {
            assert!(
                parse(&whole[..end], "checkout", "tcp:h:1").is_err(),
                "cut at {end}"
            );
        }
        assert!(parse(&whole, "checkout", "tcp:h:1").is_ok());
    }
}
