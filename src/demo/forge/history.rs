//! What happens in a repository without anybody asking for it: the runs of days before, pushes, and the
//! release that the story is about.

use crate::demo::chance::{Chance, key};
use crate::demo::scenario::{Mover, Story};

use super::catalogue::{self, DEPLOYS};
use super::plan::{Fate, Plan, done, ready};
use super::repository::{Repository, Seed};
use super::version;

/// World seconds between two pushes to the main branch.
const PUSHES: i64 = 900;

/// Runs before the story.
const OLDER: i64 = 44;

const PEOPLE: [&str; 4] = ["ana", "noor", "tomasz", "wei"];

const TITLES: [&str; 10] = [
    "Raise the connection limit of the pool",
    "Log the reason of a refused order",
    "Drop the old address format",
    "Time out slow lookups after 2 s",
    "Cache exchange rates for a minute",
    "Rename the worker's queue",
    "Bump the HTTP library",
    "Fix a race in session expiry",
    "Count retries by cause",
    "Translate error pages",
];

/// What a repository's past and future are made of.
pub struct History<'a> {
    /// Its service's part in the story.
    pub story: &'a Story,
    /// What its chance depends on.
    pub seed: u64,
    /// World seconds of a real minute.
    pub minute: i64,
}

impl History<'_> {
    /// A repository with its past, and what the story has in store for it.
    pub fn repository(&self, index: u64) -> Repository {
        let story = self.story;
        let workflows = catalogue::workflows(story);
        let environments = catalogue::environments(story);
        let mut own = Repository::new(story.name, index, workflows, environments, self.minute);
        let mut seeds: Vec<_> = (1..=OLDER).map(|back| self.older(back, &own)).collect();
        if story.mover == Mover::Stages {
            seeds.extend([9, 20, 35].map(|days| self.rolled_back(days)));
        }
        seeds.extend(self.nights());
        seeds.sort_by_key(|seed| seed.created);
        for seed in seeds {
            if let Some(run) = own.grow(seed) {
                own.relive(run);
            }
        }
        let mut ahead = self.release(&own);
        ahead.extend(self.trouble(&own));
        ahead.sort_by_key(|seed| seed.created);
        own.scheduled = ahead.into_iter().filter_map(|seed| own.grow(seed)).collect();
        own
    }

    /// The push of a world second, if there is one.
    pub fn push(&self, index: u64, second: i64) -> Option<Seed> {
        let first = -1400 + index.cast_signed() * 70;
        let count = (second - first).div_euclid(PUSHES);
        if count < 0 || (second - first).rem_euclid(PUSHES) != 0 {
            return None;
        }
        let mut chance = self.chance("push", count);
        let title = title(&mut chance);
        Some(Seed {
            actor: actor(&mut chance),
            ..pushed("ci.yml", second, &title, &chance.hex(40))
        })
    }

    /// A run of the days before.
    fn older(&self, back: i64, own: &Repository) -> Seed {
        let story = self.story;
        let mut chance = self.chance("older", back);
        let jitter = (chance.unit() * 83.0) as i64;
        let created = -(7 * 60 * back + jitter) * self.minute;
        let is_deploy = back % 2 == 1;
        let file = if is_deploy { DEPLOYS } else { "ci.yml" };
        let jobs = own.workflow(file).and_then(|at| own.workflows.get(at));
        let jobs = jobs.map(|own| own.jobs.clone()).unwrap_or_default();
        let fails = back % 10 == 8;
        let plan = jobs.into_iter().map(|job| match job.id {
            "test" if fails => job.fated("Unit tests", Fate::Flaky(71)),
            _ => job,
        });
        let title = title(&mut chance);
        let person = actor(&mut chance);
        let hex = chance.hex(40);
        let tagged =
            is_deploy && (back == 1 || matches!(story.mover, Mover::Stages | Mover::Nobody));
        let released = tagged.then(|| version::back(story.stable, back / 2)).flatten();
        let seed = Seed {
            actor: person,
            approver: is_deploy.then_some("noor"),
            plan: Some(plan.collect()),
            ..pushed(file, created, &title, &hex)
        };
        match released {
            None => seed,
            Some(version) => {
                let branch = format!("v{version}");
                let title = match story.mover {
                    Mover::Nobody => format!("Deploy {branch}"),
                    _ => seed.title,
                };
                Seed {
                    title,
                    release: branch.clone(),
                    branch,
                    sha: sha(story.name, &version),
                    ..seed
                }
            }
        }
    }

    /// A rollback so many days ago.
    fn rolled_back(&self, days: i64) -> Seed {
        let version = version::back(self.story.stable, days / 4).unwrap_or_default();
        let created = -days * 24 * 60 * self.minute;
        let title = format!("Roll back to {version} [by hand]");
        let commit = self.chance("rollback", days).hex(40);
        Seed {
            event: "workflow_dispatch",
            actor: "noor",
            approver: Some("wei"),
            ..pushed("rollback.yml", created, &title, &commit)
        }
    }

    /// What runs at night.
    fn nights(&self) -> Vec<Seed> {
        if self.story.mover != Mover::Nobody {
            return Vec::new();
        }
        let night = |back: i64| {
            let created = -(back * 24 - 18) * 60 * self.minute;
            let commit = self.chance("night", back).hex(40);
            let fate =
                if back == 1 && self.story.troubled { Fate::Fails(19) } else { Fate::Passes(33) };
            let job = Plan::new("audit", &[("Set up job", 4), ("Audit the dependencies", 33)]);
            Seed {
                event: "schedule",
                plan: Some(vec![job.fated("Audit the dependencies", fate)]),
                ..pushed("nightly.yml", created, "nightly", &commit)
            }
        };
        (1..=5).map(night).collect()
    }

    /// The deployment that the story is about.
    fn release(&self, own: &Repository) -> Vec<Seed> {
        let story = self.story;
        let deploy = own.workflow(DEPLOYS).and_then(|at| own.workflows.get(at));
        let jobs = deploy.map(|deploy| deploy.jobs.clone()).unwrap_or_default();
        let candidate = sha(story.name, story.candidate);
        let seed = Seed { actor: "ana", ..pushed(DEPLOYS, 0, story.title, &candidate) };
        let release = format!("v{}", story.candidate);
        match (story.begin(), story.mover) {
            (Some(begin), Mover::Stages) => {
                let created = begin - done(&jobs, "send-10");
                vec![Seed { created, branch: release.clone(), release, ..seed }]
            }
            (Some(begin), _) => {
                let created = begin - ready(&jobs, "production");
                let plan =
                    jobs.into_iter().map(|job| job.fated("Wait for the rollout", Fate::Rollout));
                let plan = Some(plan.collect());
                vec![Seed { created, release, approver: Some("noor"), plan, ..seed }]
            }
            (None, _) if story.staging_fails => {
                let plan = jobs.into_iter().map(|job| match job.id {
                    "staging" => job.fated("Smoke test", Fate::Fails(33)),
                    _ => job,
                });
                let plan = Some(plan.collect());
                vec![Seed { created: -1500, sha: sha(story.name, "next"), plan, ..seed }]
            }
            (None, _) => Vec::new(),
        }
    }

    /// What has gone wrong where nothing is being released.
    fn trouble(&self, own: &Repository) -> Vec<Seed> {
        let story = self.story;
        if !story.troubled {
            return Vec::new();
        }
        let jobs = |file| {
            let own = own.workflow(file).and_then(|at| own.workflows.get(at));
            own.map(|own| own.jobs.clone()).unwrap_or_default()
        };
        let commit = |what| self.chance(what, 0).hex(40);
        let tests = jobs("ci.yml").into_iter().map(|job| match job.id {
            "test" => job.fated("Unit tests", Fate::Flaky(71)),
            _ => job,
        });
        let slow = jobs(DEPLOYS).into_iter().map(|job| match job.id {
            "migrate" => job.fated("Move the subscriptions", Fate::Passes(5400)),
            "report" => job.fated("Count what was moved", Fate::Passes(1800)),
            _ => job,
        });
        let deploy = |created, version, plan, by| {
            let release = format!("v{version}");
            let title = format!("Deploy {release}");
            let commit = sha(story.name, version);
            let seed = pushed(DEPLOYS, created, &title, &commit);
            Seed { branch: release.clone(), release, plan, actor: by, ..seed }
        };
        vec![
            deploy(-900, "0.9.5", Some(slow.collect()), "tomasz"),
            deploy(-420, "0.9.6", None, "wei"),
            Seed {
                plan: Some(tests.collect()),
                ..pushed("ci.yml", -380, TITLES[7], &commit("ci"))
            },
            pushed("preview.yml", -380, TITLES[7], &commit("ci")),
        ]
    }

    fn chance(&self, what: &str, count: i64) -> Chance {
        Chance::of(&[self.seed, key(self.story.name), key(what), count.cast_unsigned()])
    }
}

/// A push to the main branch.
fn pushed(file: &'static str, created: i64, title: &str, sha: &str) -> Seed {
    Seed {
        file,
        created,
        event: "push",
        title: title.to_owned(),
        branch: "main".to_owned(),
        release: "main".to_owned(),
        sha: sha.to_owned(),
        message: title.to_owned(),
        actor: "wei",
        approver: None,
        plan: None,
    }
}

/// The commit that a revision was built from.
pub fn sha(service: &str, revision: &str) -> String {
    Chance::of(&[key(service), key(revision)]).hex(40)
}

fn title(chance: &mut Chance) -> String {
    chance.pick(&TITLES).copied().unwrap_or_default().to_owned()
}

fn actor(chance: &mut Chance) -> &'static str {
    chance.pick(&PEOPLE).copied().unwrap_or_default()
}
