//! Graphs of runs with and without their file.

use super::super::parse;
use super::*;

const FILE: &str = "jobs:
  lint: { continue-on-error: true }
  test: { strategy: { matrix: { os: [linux, mac] } } }
  build: { needs: test, name: Build it }
  deploy: { needs: [build, lint], uses: ./.github/workflows/go.yml }
  all-green: { needs: [lint, test, build], if: always() }
  after: { needs: deploy, environment: production }
";

fn job(id: u64, name: &str, ended: Option<&str>, from: i64, to: i64) -> Job {
    let at = |s: i64| Time::from_timestamp(1_767_225_600 + s, 0).unwrap();
    serde_json::from_value(serde_json::json!({
        "id": id, "name": name, "status": if ended.is_some() { "completed" } else { "in_progress" },
        "conclusion": ended, "started_at": at(from), "completed_at": ended.map(|_| at(to))
    }))
    .unwrap()
}

fn jobs() -> Vec<Job> {
    vec![
        job(1, "lint", Some("failure"), 0, 20),
        job(2, "test (linux)", Some("success"), 0, 60),
        job(3, "test (mac)", Some("failure"), 2, 90),
        job(4, "Build it", Some("success"), 91, 120),
        job(5, "deploy / plan", Some("success"), 121, 130),
        job(6, "deploy / apply", None, 131, 0),
    ]
}

fn shape(graph: &Graph) -> Vec<(usize, &str, usize)> {
    graph.nodes.iter().map(|node| (node.layer, node.label.as_str(), node.members.len())).collect()
}

#[test]
fn the_file_gives_the_order_and_what_is_still_to_come() {
    let workflow = parse(FILE).unwrap();
    let graph = Graph::new(Some(&workflow), &jobs(), &[]);
    assert_eq!(
        shape(&graph),
        [
            (0, "lint", 1),
            (0, "test", 2),
            (1, "Build it", 1),
            (2, "deploy", 2),
            (2, "all-green", 0),
            (3, "after", 0)
        ]
    );
    let node = |id: &str| graph.nodes.iter().find(|node| node.id == id).unwrap();
    assert!(node("lint").is_not_blocking && node("all-green").is_gate && !graph.inferred);
    assert_eq!(node("after").environment.as_deref(), Some("production"));
    let all = jobs();
    let tally = node("test").tally(&all);
    assert_eq!((tally.good, tally.bad, tally.all), (1, 1, 2));
    assert_eq!(node("test").lead(&all).unwrap().id, 3);
    assert_eq!(node("test").members[1].name, "mac");
    let now = Time::from_timestamp(1_767_225_600 + 200, 0).unwrap();
    assert_eq!(node("test").took(&all, now), Some(TimeDelta::seconds(90)));
    assert_eq!(node("deploy").took(&all, now), Some(TimeDelta::seconds(79)));
    assert_eq!(node("after").took(&all, now), None);
    assert!(node("deploy").is_folded() && !node("build").is_folded());
}

#[test]
fn without_the_file_times_give_the_order() {
    let graph = Graph::new(None, &jobs(), &[]);
    assert!(graph.inferred);
    assert_eq!(
        shape(&graph),
        [(0, "lint", 1), (0, "test", 2), (1, "Build it", 1), (2, "deploy", 2)]
    );
}

#[test]
fn what_has_not_begun_comes_last() {
    let mut all = jobs();
    all.push(serde_json::from_str(r#"{"id":9,"name":"last","status":"queued"}"#).unwrap());
    let graph = Graph::new(None, &all, &[]);
    assert_eq!(graph.nodes.last().unwrap().label, "last");
}

#[test]
fn a_circle_comes_last_and_does_not_hang() {
    let workflow = parse("jobs: { a: { needs: b }, b: { needs: a }, c: {}, d: { needs: [c, x] } }");
    let graph = Graph::new(Some(&workflow.unwrap()), &[], &[]);
    assert_eq!(shape(&graph), [(0, "c", 0), (1, "d", 0), (2, "a", 0), (2, "b", 0)]);
}
