//! Concurrency groups as GitHub tells them.

use serde_json::{Value, json};

use crate::demo::forge::run::{Hold, Run};
use crate::demo::http::Request;

use super::Place;

impl Place<'_> {
    /// The groups that somebody is in.
    pub fn groups(&self) -> Vec<Value> {
        let groups = self.own.groups.values().filter(|group| group.holder.is_some());
        groups
            .map(|group| {
                json!({
                    "group_name": group.name, "group_url": self.group_url(&group.name),
                    "last_acquired_at": group.acquired.map(|at| self.at(at)),
                })
            })
            .collect()
    }

    /// Who is in one; none when nobody is.
    pub fn group(&self, name: &str, request: &Request) -> Option<Value> {
        let group = self.own.groups.get(&name.to_ascii_lowercase())?;
        let ahead = request.get("ahead_of_run").and_then(|id| id.parse::<u64>().ok());
        let members = group.members().take_while(|id| Some(*id) != ahead);
        let members: Vec<_> =
            members.filter_map(|id| Some(self.member(self.own.run(id)?))).collect();
        group.holder?;
        Some(json!({
            "group_name": group.name, "group_url": self.group_url(&group.name),
            "total_count": members.len(), "group_members": members,
        }))
    }

    /// The groups of a run, with its place in each.
    pub fn groups_of(&self, id: u64) -> Option<Vec<Value>> {
        let run = self.own.run(id)?;
        let Some(queue) = run.queue else { return Some(Vec::new()) };
        let group = self.own.groups.get(&queue.name.to_ascii_lowercase());
        let place = group.and_then(|group| group.members().position(|member| member == id));
        let members: Vec<_> = place
            .into_iter()
            .map(|place| {
                let mut member = self.member(run);
                let url = format!("{}?ahead_of_run={id}", self.group_url(queue.name));
                member["position"] = place.into();
                member["position_url"] = url.into();
                member
            })
            .collect();
        Some(vec![json!({
            "group_name": queue.name, "group_url": self.group_url(queue.name),
            "group_members": members,
        })])
    }

    fn group_url(&self, name: &str) -> String {
        self.url(&format!("/actions/concurrency_groups/{name}"))
    }

    fn member(&self, run: &Run) -> Value {
        let status = if run.hold == Hold::Pending { "pending" } else { "in_progress" };
        json!({
            "run_id": run.id, "run_name": run.title,
            "run_url": self.url(&format!("/actions/runs/{}", run.id)),
            "run_html_url": self.page(&format!("/actions/runs/{}", run.id)), "status": status,
        })
    }
}
