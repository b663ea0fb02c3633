//! What scanners found, where a target's gate asks for it: rarely, for it changes rarely, and whole only when
//! it has changed. What cannot be read is said to be so, never that there is nothing.

use std::collections::BTreeSet;

use futures::future::OptionFuture;

use super::memory::Memory;
use super::round::{Part, Round};
use crate::clients::github::{Answer, GithubClient, List};
use crate::model::{Danger, Fault, Finding, Observation, Scan};

/// Most requests for both.
const REQUESTS: usize = 2;

/// The alerts of code scanning.
type Code = List<(Option<Danger>, Finding)>;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Scans {
    code: Option<Code>,
    secrets: Option<List<Finding>>,
}

/// What one poll found out.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    code: Option<Result<Answer<Code>, Fault>>,
    secrets: Option<Result<Answer<List<Finding>>, Fault>>,
}

impl Scans {
    /// Reads what is due. Keeps nothing, so a dropped poll loses nothing.
    pub(super) async fn look(
        &self,
        client: &GithubClient,
        repo: &str,
        wanted: &BTreeSet<Danger>,
        memory: &Memory,
        rarely: bool,
    ) -> Scanned {
        let due = |part: &Part, is_wanted: bool, is_unread: bool| {
            let open = rarely || is_unread || memory.has_stumbled(part);
            is_wanted && open && memory.may_ask(part, rarely)
        };
        let secrets = wanted.contains(&Danger::Secrets);
        let code = wanted.iter().any(|danger| *danger != Danger::Secrets);
        let code = due(&Part::Code, code, self.code.is_none());
        let secrets = due(&Part::Secrets, secrets, self.secrets.is_none());
        if !(code || secrets) || client.grant(repo, REQUESTS).is_err() {
            return Scanned::default();
        }
        let code = OptionFuture::from(code.then(|| client.code_alerts(repo)));
        let secrets = OptionFuture::from(secrets.then(|| client.secret_alerts(repo)));
        let (code, secrets) = futures::join!(code, secrets);
        Scanned { code, secrets }
    }

    /// Keeps what was read, and says it.
    pub(super) fn keep(
        &mut self,
        scanned: Scanned,
        (host, repo): (&str, &str),
        wanted: &BTreeSet<Danger>,
        memory: &mut Memory,
        round: &mut Round,
    ) {
        let mut scans = Vec::new();
        if let Some(answer) = scanned.code {
            let unread = answer.as_ref().err().map(|fault| fault.text.clone());
            if let Some(list) = round.take(memory, Part::Code, answer) {
                self.code = Some(list);
            }
            for danger in wanted.iter().filter(|danger| **danger != Danger::Secrets) {
                let own = self.code.as_ref();
                let items = own.map_or(&[][..], |list| &list.items);
                let open = items.iter().filter(|(of, _)| of == &Some(*danger));
                let open = open.map(|(_, finding)| finding.clone()).collect();
                scans.push(scan(*danger, open, own, unread.clone()));
            }
        }
        if let Some(answer) = scanned.secrets {
            let unread = answer.as_ref().err().map(|fault| fault.text.clone());
            if let Some(list) = round.take(memory, Part::Secrets, answer) {
                self.secrets = Some(list);
            }
            let own = self.secrets.as_ref();
            let open = own.map_or(Vec::new(), |list| list.items.clone());
            scans.push(scan(Danger::Secrets, open, own, unread));
        }
        if !scans.is_empty() {
            let (host, repo) = (host.to_owned(), repo.to_owned());
            round.backing.push(Observation::Scans { host, repo, scans });
        }
    }
}

fn scan<T>(
    danger: Danger,
    open: Vec<Finding>,
    list: Option<&List<T>>,
    unread: Option<String>,
) -> Scan {
    let skipped = list.map_or(0, |list| list.skipped);
    let odd = (skipped > 0).then(|| format!("{skipped} alerts could not be understood"));
    Scan { danger, open, more: list.is_some_and(|list| list.more), unread: unread.or(odd) }
}
