//! The runtime API's listings: `show servers state`, `show stat`, `show info`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::Time;

use super::super::app::Count;
use super::super::backend::{Admin, Backend, Server};
use super::super::world::World;

const STATE: &str = "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state \
    srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result \
    srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn \
    srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port";

const COLUMNS: &str = "pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,\
    eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,\
    throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,\
    hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,\
    cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,\
    rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,\
    check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,\
    conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,\
    qtime_max,ctime_max,rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,\
    need_conn_est,uweight,agg_server_check_status,";

/// `show servers state`.
pub fn state(world: &World, now: Time, only: Option<&&str>) -> String {
    let mut out = format!("1\n{STATE}\n");
    let mut found = only.is_none();
    for (id, backend) in numbered(world) {
        if only.is_some_and(|only| *only != backend.name) {
            continue;
        }
        found = true;
        for (index, server) in backend.servers.iter().enumerate() {
            let (operational, admin) = match server.admin {
                Admin::Ready => (2, 0),
                Admin::Drain => (2, 8),
                Admin::Maint => (0, 1),
            };
            let _ = writeln!(
                out,
                "{id} {} {} {} 127.0.0.1 {operational} {admin} {} {} {} 6 3 4 6 0 0 0 - {} - 0 0 - - 0",
                backend.name,
                index + 1,
                server.name,
                server.weight,
                server.initial,
                age(world, now, server.changed),
                server.port,
            );
        }
    }
    if found { out } else { "Can't find backend.\n".into() }
}

/// `show stat [{iid|proxy} type sid]`, as CSV.
pub fn statistics(world: &World, now: Time, filter: &[&str]) -> String {
    let proxy = filter.first().copied().filter(|_| filter.len() >= 3);
    let kinds: i64 = filter.get(1).and_then(|bits| bits.parse().ok()).unwrap_or(-1);
    let mut out = format!("# {COLUMNS}\n");
    for (id, backend) in numbered(world) {
        let known = [backend.name.to_owned(), id.to_string(), "-1".to_owned()];
        if proxy.is_some_and(|proxy| !known.iter().any(|known| known == proxy)) {
            continue;
        }
        if kinds & 4 != 0 {
            for (index, server) in backend.servers.iter().enumerate() {
                row(&mut out, &server_row(world, now, id, index, backend, server));
            }
        }
        if kinds & 2 != 0 {
            row(&mut out, &backend_row(world, now, id, backend));
        }
    }
    out
}

/// `show info`.
pub fn info(world: &World, now: Time) -> String {
    let uptime = age(world, now, world.old);
    let requests: u64 = world
        .balanced()
        .map(|service| total(&service.backend).requests + service.backend.lost)
        .sum();
    format!(
        "Name: HAProxy\nVersion: 2.6.12-1+demo\nRelease_date: 2023/03/28\nNbthread: 1\nNbproc: 1\n\
         Process_num: 1\nPid: 1\nUptime_sec: {uptime}\nMaxconn: 2000\nCumReq: {requests}\n\
         node: demo\ndescription: the demo world\n"
    )
}

/// Backends with their ids; frontends have the even ones.
fn numbered(world: &World) -> impl Iterator<Item = (usize, &Backend)> {
    let services = world.balanced().enumerate();
    services.map(|(index, service)| (index * 2 + 3, &service.backend))
}

fn row(out: &mut String, values: &BTreeMap<&'static str, String>) {
    let columns = COLUMNS.trim_end_matches(',').split(',');
    for column in columns {
        let _ = write!(out, "{},", values.get(column).map_or("", String::as_str));
    }
    out.push('\n');
}

fn server_row(
    world: &World,
    now: Time,
    id: usize,
    index: usize,
    backend: &Backend,
    server: &Server,
) -> BTreeMap<&'static str, String> {
    let status = match server.admin {
        Admin::Ready => "UP",
        Admin::Drain => "DRAIN",
        Admin::Maint => "MAINT",
    };
    let mut values = counted(server.app.total(), 0);
    values.extend(common(backend.name, server.name, id, 2, status));
    values.extend([
        ("weight", server.weight.to_string()),
        ("uweight", server.weight.to_string()),
        ("act", "1".into()),
        ("bck", "0".into()),
        ("sid", (index + 1).to_string()),
        ("lastchg", age(world, now, server.changed).to_string()),
        ("addr", format!("127.0.0.1:{}", server.port)),
        ("check_status", "L4OK".into()),
        ("check_duration", "0".into()),
        ("check_desc", "Layer4 check passed".into()),
        ("check_rise", "2".into()),
        ("check_fall", "3".into()),
        ("check_health", "4".into()),
    ]);
    values
}

fn backend_row(
    world: &World,
    now: Time,
    id: usize,
    backend: &Backend,
) -> BTreeMap<&'static str, String> {
    let weight = backend.weight();
    let eligible = backend.servers.iter().filter(|server| server.is_eligible());
    let status = if weight > 0 { "UP" } else { "DOWN" };
    let mut values = counted(total(backend), backend.lost);
    values.extend(common(backend.name, "BACKEND", id, 1, status));
    values.extend([
        ("weight", weight.to_string()),
        ("uweight", weight.to_string()),
        ("act", eligible.count().to_string()),
        ("bck", "0".into()),
        ("sid", "0".into()),
        ("rate", backend.rate.to_string()),
        ("lastchg", age(world, now, world.old).to_string()),
        ("algo", "roundrobin".into()),
    ]);
    values
}

fn common(
    proxy: &str,
    name: &str,
    id: usize,
    kind: u8,
    status: &str,
) -> [(&'static str, String); 8] {
    [
        ("pxname", proxy.into()),
        ("svname", name.into()),
        ("status", status.into()),
        ("pid", "1".into()),
        ("iid", id.to_string()),
        ("type", kind.to_string()),
        ("mode", "http".into()),
        ("downtime", "0".into()),
    ]
}

fn counted(count: Count, lost: u64) -> BTreeMap<&'static str, String> {
    let mut values = BTreeMap::new();
    for name in ["qcur", "qmax", "scur", "econ", "eresp", "wretr", "wredis"] {
        values.insert(name, "0".to_owned());
    }
    for name in ["hrsp_1xx", "hrsp_3xx", "hrsp_4xx", "hrsp_other"] {
        values.insert(name, "0".to_owned());
    }
    for name in ["lbtot", "stot", "req_tot"] {
        values.insert(name, count.requests.to_string());
    }
    values.insert("hrsp_2xx", (count.requests - count.errors).to_string());
    values.insert("hrsp_5xx", (count.errors + lost).to_string());
    values
}

fn total(backend: &Backend) -> Count {
    let servers = backend.servers.iter();
    servers.fold(Count::default(), |sum, server| sum.and(server.app.total()))
}

fn age(world: &World, now: Time, second: i64) -> i64 {
    (now - world.timeline.time(second)).num_seconds().max(0)
}
