//! Who is in a concurrency group.

use serde::Deserialize;

use super::super::Member;
use super::{Field, Item};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wire {
    run_id: Field<u64>,
    run_name: Field<String>,
    job_name: Field<String>,
    status: Field<String>,
}

impl Item for Member {
    const KEY: Option<&'static str> = Some("group_members");

    fn decode(json: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(json).ok()?;
        Some(Self {
            run: wire.run_id.known()?,
            name: [wire.run_name, wire.job_name]
                .into_iter()
                .filter_map(Field::known)
                .collect::<Vec<_>>()
                .join(": "),
            status: wire.status.known().unwrap_or_default(),
        })
    }
}

/// A list whose elements do not matter.
#[derive(Debug, Clone)]
pub(in crate::clients::github) struct Group;

impl Item for Group {
    const KEY: Option<&'static str> = Some("concurrency_groups");

    fn decode(_: &str) -> Option<Self> {
        Some(Self)
    }
}
