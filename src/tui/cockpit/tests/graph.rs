//! A run's page: its jobs as a graph, what it stands on, and why it does not begin.

use super::details::at;
use super::*;
use crate::model::backing::{Artifact, Check, Checks, WorkflowFile};
use crate::model::*;
use chrono::TimeDelta;

const FILE: &str = "name: deploy
on:
  push: { branches: [main], tags: ['v*'] }
  pull_request:
  workflow_dispatch: { inputs: { stage: { type: choice, options: [staging, production] } } }
concurrency: deploy-${{ github.ref }}
jobs:
  lint: { continue-on-error: true, steps: [{ run: lint }] }
  test: { strategy: { matrix: { os: [linux, macos, windows, bsd] } } }
  build:
    needs: [lint, test]
    steps: [{ name: compile }, { name: audit, continue-on-error: true }]
  all-green: { name: All green, needs: [lint, test, build], if: always() }
  staging: { needs: build, if: github.ref == 'refs/heads/main', environment: staging }
  production:
    needs: [build, all-green]
    uses: ./.github/workflows/go.yml
    with: { environment: production }
    if: github.event_name != 'pull_request'
  announce: { needs: production }
";

const REPO: &str = "acme/checkout";

fn feed() -> FeedId {
    FeedId::part("github", REPO)
}

fn place() -> (String, String) {
    ("github".to_owned(), REPO.to_owned())
}

/// A job of the run, in seconds before now.
fn job(now: Time, id: u64, name: &str, ended: Option<Conclusion>, from: i64, to: i64) -> Job {
    let at = |ago: i64| now - TimeDelta::seconds(ago);
    Job {
        id,
        name: name.to_owned(),
        status: if ended.is_some() { Status::Completed } else { Status::InProgress },
        completed_at: ended.as_ref().map(|_| at(to)),
        conclusion: ended,
        started_at: Some(at(from)),
        steps: vec![],
        url: None,
        runner: None,
        labels: vec![],
        odd: None,
    }
}

fn jobs(now: Time) -> Vec<Job> {
    use Conclusion::{Failure, Success};
    let step = |number, name: &str, ended| JobStep {
        number,
        name: name.to_owned(),
        status: Status::Completed,
        conclusion: Some(ended),
        started_at: Some(now - TimeDelta::seconds(150)),
        completed_at: Some(now - TimeDelta::seconds(120)),
    };
    let mut build = job(now, 6, "build", Some(Success), 200, 90);
    build.steps = vec![step(1, "compile", Success), step(2, "audit", Failure)];
    vec![
        job(now, 1, "lint", Some(Failure), 430, 400),
        job(now, 2, "test (linux)", Some(Success), 430, 300),
        job(now, 3, "test (macos)", Some(Success), 428, 210),
        job(now, 4, "test (windows)", Some(Failure), 420, 240),
        job(now, 5, "test (bsd)", Some(Success), 425, 250),
        build,
        job(now, 7, "All green", Some(Success), 88, 84),
        job(now, 8, "staging", Some(Success), 88, 40),
        job(now, 9, "production / plan", Some(Success), 38, 20),
        job(now, 10, "production / apply", None, 19, 0),
    ]
}

fn world() -> World {
    let mut world = World::good();
    let now = world.now;
    let mut fleet = world.store.fleet().clone();
    fleet.targets[1].budget = [("test", 150), ("build", 180), ("total", 300)]
        .into_iter()
        .map(|(name, s)| (name.to_owned(), std::time::Duration::from_secs(s)))
        .collect();
    world.event(0, Event::Configured(Box::new(fleet)));
    let (host, repo) = place();
    let newest = crate::tui::fixture::run(0, now, None);
    let earlier = |n: i64| Run {
        id: 8_000 - n as u64,
        number: 480 - n as u64,
        created_at: Some(now - TimeDelta::hours(n + 1)),
        started_at: Some(now - TimeDelta::hours(n + 1)),
        updated_at: Some(now - TimeDelta::hours(n + 1) + TimeDelta::seconds(400 + 10 * n)),
        ..crate::tui::fixture::run(0, now, Some(Conclusion::Success))
    };
    let runs: Vec<Run> = std::iter::once(newest.clone()).chain((0..6).map(earlier)).collect();
    let ids: Vec<u64> = runs[1..].iter().map(|run| run.id).collect();
    let workflow = "deploy.yml".to_owned();
    let mut items = vec![Observation::Runs { host, repo, workflow, runs, skipped: 0 }];
    for (n, run) in (0..).zip(ids) {
        let (host, repo) = place();
        let jobs = vec![
            job(now, 100, "test (linux)", Some(Conclusion::Success), 200 + n, 75),
            job(now, 101, "build", Some(Conclusion::Success), 100 + n, 40),
        ];
        items.push(Observation::Jobs { host, repo, run, jobs });
    }
    let (host, repo) = place();
    items.push(Observation::Jobs { host, repo, run: newest.id, jobs: jobs(now) });
    let (host, repo) = place();
    let file = WorkflowFile::Read(Box::new(crate::workflow::parse(FILE).unwrap()));
    let (workflow, sha) = (newest.workflow.clone(), newest.sha.clone());
    items.push(Observation::WorkflowFile { host, repo, workflow, sha: sha.clone(), file });
    let check = |name: &str, conclusion: Option<Conclusion>| Check {
        name: name.to_owned(),
        status: if conclusion.is_some() { Status::Completed } else { Status::InProgress },
        conclusion,
    };
    let checks = Checks {
        all: vec![
            check("All green", Some(Conclusion::Success)),
            check("lint", Some(Conclusion::Failure)),
        ],
        required: Some(vec!["All green".into(), "licence".into()]),
        ..Checks::default()
    };
    let (host, repo) = place();
    items.push(Observation::Checks { host, repo, sha, checks });
    let artifact = |id, name: &str, size, days| Artifact {
        id,
        name: name.to_owned(),
        size,
        expired: days < 0,
        expires_at: Some(now + TimeDelta::days(days)),
    };
    let artifacts = vec![artifact(1, "image", 48_300_000, 88), artifact(2, "coverage", 9_120, -1)];
    let (host, repo) = place();
    items.push(Observation::Artifacts { host, repo, run: newest.id, artifacts });
    world.observe(feed(), 0, items);
    world
}

#[test]
fn the_jobs_of_a_run_are_a_graph() {
    let world = world();
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let folded = at(&world, "5 enter").picture(width, height);
        insta::assert_snapshot!(format!("graph-{width}x{height}"), folded);
    }
    let mut stage = at(&world, "5 enter");
    for (width, height) in [(1, 1), (7, 3), (33, 9), (250, 70)] {
        assert_eq!(stage.picture(width, height).lines().count(), height as usize);
    }
}

#[test]
fn enter_unfolds_a_matrix_where_it_stands_and_folds_it_again() {
    let mut stage = at(&world(), "5 enter j");
    let folded = stage.picture(120, 40);
    assert!(folded.contains("test 3/4 ok ▸"), "{folded}");
    assert_eq!(stage.key("enter"), []);
    let open = stage.picture(120, 40);
    assert!(open.contains("test 3/4 ok ▾") && open.contains("windows"), "{open}");
    insta::assert_snapshot!("graph-unfolded-120x40", open);
    stage.keys("j enter");
    let job = stage.picture(120, 40);
    assert!(job.contains("› deploy #482 › test (linux) "), "{job}");
    stage.key("esc");
    assert_eq!(stage.picture(120, 40).matches("windows").count(), open.matches("windows").count());
    stage.keys("k enter");
    assert_eq!(stage.picture(120, 40), folded);
}

#[test]
fn what_may_fail_is_never_taken_as_proof() {
    let mut stage = at(&world(), "5 enter");
    let picture = stage.picture(200, 50);
    let line = |name: &str| picture.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(line(" lint ").contains("failed, not blocking"), "{picture}");
    assert!(line("2. audit").contains("(not blocking)"), "{picture}");
    stage.keys("j j enter");
    let job = stage.picture(120, 40);
    assert!(job.contains("audit") && job.contains("not blocking"), "{job}");
}

#[test]
fn the_pane_says_what_blocks_nothing_and_the_target_is_not_coloured_by_it() {
    let mut world = world();
    let picture = Stage::new(world.clone()).picture(200, 50);
    assert!(picture.contains("✗ lint failed, not blocking 0:30"), "{picture}");
    assert!(picture.contains("✗ test (windows) failed 3:00"), "{picture}");
    assert!(picture.contains("build › 2. audit failed, not blocking"), "{picture}");
    let mut stage = at(&world, "5 enter");
    stage.keys("enter");
    assert!(stage.picture(120, 40).contains("✗ failed, not blocking, 0:30"));
    // of another commit no file was read; but the run passed
    let passed = Run {
        sha: "77e0".into(),
        ..crate::tui::fixture::run(0, world.now, Some(Conclusion::Success))
    };
    let (run, workflow) = (passed.id, passed.workflow.clone());
    let lint = jobs(world.now).remove(0);
    let ((host, repo), (of, in_)) = (place(), place());
    let runs = Observation::Runs { host, repo, workflow, runs: vec![passed.clone()], skipped: 0 };
    let jobs = Observation::Jobs { host: of, repo: in_, run, jobs: vec![lint] };
    world.observe(feed(), 0, vec![runs, jobs]);
    let picture = Stage::new(world.clone()).picture(200, 50);
    assert!(picture.contains("✗ lint failed, not blocking 0:30"), "{picture}");
    let target = crate::tui::fixture::target("checkout/production");
    let seen = crate::control::assess(&world.store, &target, world.now).unwrap();
    assert!(!seen.reasons.iter().any(|reason| reason.contains("pipeline")), "{:?}", seen.reasons);
}

#[test]
fn a_run_that_does_not_begin_says_why() {
    let mut world = world();
    let now = world.now;
    let (host, repo) = place();
    let mut run = crate::tui::fixture::run(0, now, Some(Conclusion::StartupFailure));
    run.id = 9_001;
    run.number = 483;
    run.sha = "0000000badbad".into();
    let (workflow, sha) = (run.workflow.clone(), run.sha.clone());
    let list = vec![run];
    world.observe(
        feed(),
        0,
        vec![
            Observation::Runs {
                host: host.clone(),
                repo: repo.clone(),
                workflow: workflow.clone(),
                runs: list,
                skipped: 0,
            },
            Observation::WorkflowFile {
                host,
                repo,
                workflow,
                sha,
                file: WorkflowFile::Odd("line 7 is not YAML: x".into()),
            },
        ],
    );
    let picture = at(&world, "5 enter").picture(120, 40);
    assert!(
        picture.contains("GitHub could not start it: of its file, line 7 is not YAML"),
        "{picture}"
    );
}

#[test]
fn hostile_names_in_the_file_are_clean() {
    const EVIL: &str = "\\e]0;x\\aa\\u202eb\\x9b2J";
    let mut world = world();
    let text = format!(
        "on: {{ push: {{ branches: [\"{EVIL}\"] }} }}\nconcurrency: \"{EVIL}\"\njobs:\n  \
         \"{EVIL}\": {{ name: \"{EVIL}\", environment: \"{EVIL}\", needs: [\"{EVIL}\", b] }}\n  \
         b: {{ uses: \"{EVIL}\" }}\n"
    );
    let file = WorkflowFile::Read(Box::new(crate::workflow::parse(&text).unwrap()));
    let run = crate::tui::fixture::run(0, world.now, None);
    let ((host, repo), (workflow, sha)) = (place(), (run.workflow, run.sha));
    world.observe(feed(), 0, vec![Observation::WorkflowFile { host, repo, workflow, sha, file }]);
    let mut stage = at(&world, "5 enter");
    for (width, height) in [(200, 50), (80, 24), (20, 9)] {
        let picture = stage.picture(width, height);
        let bad = picture.chars().find(|c| *c != '\n' && crate::text::is_hostile(*c));
        assert_eq!(bad, None, "{picture}");
    }
}

#[test]
fn an_advisory_workflow_never_colours_a_target() {
    for advisory in [false, true] {
        let mut world = World::good();
        let mut fleet = world.store.fleet().clone();
        let bare = &mut fleet.targets[1];
        (bare.rollout, bare.alerts, bare.prometheus) = (None, None, None);
        (bare.health, bare.metrics, bare.scrape_jobs) = (vec![], vec![], vec![]);
        if advisory {
            fleet.targets[1].advisory = vec!["deploy.yml".into()];
        }
        let target = fleet.targets[1].target.clone();
        world.event(0, Event::Configured(Box::new(fleet)));
        let (host, repo) = place();
        let runs = vec![crate::tui::fixture::run(0, world.now, Some(Conclusion::Failure))];
        let workflow = "deploy.yml".to_owned();
        let item = Observation::Runs { host, repo, workflow, runs, skipped: 0 };
        world.observe(feed(), 0, vec![item]);
        let seen = crate::control::assess(&world.store, &target, world.now).unwrap();
        let coloured = seen.reasons.iter().any(|reason| reason.contains("pipeline"));
        assert_eq!(coloured, !advisory, "{:?}", seen.reasons);
    }
}

#[test]
fn a_job_that_did_not_run_has_no_log_and_no_others_is_opened() {
    let mut stage = at(&world(), "5 enter");
    let mut said = String::new();
    for _ in 0..12 {
        if !stage.keys("j L").is_empty() {
            stage.key("esc");
        }
        said = stage.picture(200, 50);
        if said.contains("announce has not run: it has no log") {
            break;
        }
    }
    assert!(said.contains("announce has not run: it has no log"), "{said}");
}
