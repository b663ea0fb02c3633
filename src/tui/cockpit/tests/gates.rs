//! What gates stand on that are neither health, metrics nor alerts: each page, when the gate passes, when it
//! does not, and when nobody can say.

use chrono::TimeDelta;

use super::details::at;
use super::*;
use crate::control::burning;
use crate::model::burn::BurnSpec;
use crate::model::rules::AfterSpec;
use crate::model::*;
use crate::tui::fixture::{probe, target};

const LIVE: &str = "checkout/production";
const STAGING: &str = "checkout/staging";

/// The good world with these rules for its release.
fn ruled(rules: &GateRules) -> World {
    let mut world = World::good();
    let mut fleet = world.store.fleet().clone();
    for spec in fleet.targets.iter_mut().filter(|spec| spec.target == target(LIVE)) {
        spec.rules = rules.clone();
    }
    world.event(0, Event::Configured(Box::new(fleet)));
    // what is configured anew begins anew
    world.promote(50.0, 372);
    world.engine(LIVE, "1.4.1", "1.4.2", 50.0);
    world.engine(STAGING, "1.4.2", "1.4.2", 0.0);
    for (name, track, revision) in [
        (LIVE, Track::Candidate, "1.4.2"),
        (LIVE, Track::Stable, "1.4.1"),
        (STAGING, Track::Candidate, "1.4.2"),
        (STAGING, Track::Stable, "1.4.2"),
    ] {
        for ago in [700, 20] {
            world.probe(name, track, ago, probe(revision));
        }
    }
    world.metrics(|_| (0.004, 208.0));
    world.alerts(vec![]);
    world
}

/// The pages of a gate in several worlds, one below the other.
fn pages(name: &str, worlds: &[(&str, World); 3]) {
    for (width, height) in [(120, 30), (80, 24)] {
        let mut all = String::new();
        for (kind, world) in worlds {
            let picture = opened(name, world).picture(width, height);
            all += &format!("== {kind}\n{picture}");
        }
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), all);
    }
}

/// The page of a gate, come to by keys.
fn opened(name: &str, world: &World) -> Stage {
    let mut stage = at(world, "2");
    for _ in 0..20 {
        stage.keys("enter");
        if stage.picture(120, 40).contains(&format!("› gate {name} ")) {
            return stage;
        }
        stage.keys("esc j");
    }
    panic!("no way to {name}:\n{}", stage.picture(120, 40));
}

#[test]
fn what_was_in_staging_first() {
    let first = || AfterSpec { target: target(STAGING), workflow: None };
    let rules = |after| GateRules { after: Some(after), ..GateRules::default() };
    let mut behind = ruled(&rules(first()));
    behind.engine(STAGING, "1.4.0", "1.4.1", 0.0);
    behind.probe(STAGING, Track::Candidate, 1, probe("1.4.1"));
    let workflow = Some("acceptance.yml".to_owned());
    pages(
        "after",
        &[
            ("it runs there", ruled(&rules(first()))),
            ("another runs there", behind),
            ("nobody knows of the workflow", ruled(&rules(AfterSpec { workflow, ..first() }))),
        ],
    );
}

#[test]
fn how_fast_the_error_budget_is_spent() {
    let spent = |errors: Option<f64>| {
        let spec = BurnSpec {
            name: "burn".into(),
            objective: 0.998,
            query: "sum(rate(errors[{window}])) / sum(rate(requests[{window}]))".into(),
            requests: None,
            block: 6.0,
            every: std::time::Duration::from_secs(30),
        };
        let mut world = ruled(&GateRules { burn: Some(spec), ..GateRules::default() });
        let speeds = burning(world.store.target(&target(LIVE)).unwrap());
        let windows = speeds.iter().flat_map(|own| [own.speed.long, own.speed.short]);
        let spent = windows.enumerate().map(|(n, window)| Spent {
            window,
            errors: errors
                .map_or(Reading::NotANumber, |part| Reading::Number(part / (n + 1) as f64)),
            requests: None,
            fault: (errors.is_none() && n % 2 == 1).then(|| "422: parse error".to_owned()),
        });
        let item = Observation::Burn { target: target(LIVE), spent: spent.collect() };
        world.observe(FeedId::source("prometheus.main"), 4, vec![item]);
        world
    };
    pages(
        "burn",
        &[
            ("slowly", spent(Some(0.001))),
            ("too fast", spent(Some(0.08))),
            ("nobody can say", spent(None)),
        ],
    );
}

#[test]
fn what_scanners_found_since_stable() {
    let found = |ago: i64, unread: Option<&str>| {
        let security = vec![Danger::Critical, Danger::Secrets];
        let mut world = ruled(&GateRules { security, ..GateRules::default() });
        let (host, repo) = ("github".to_owned(), "acme/checkout".to_owned());
        let (now, hour) = (world.now, 3_600);
        let finding = |number, what: &str, ago| Finding {
            number,
            what: what.into(),
            created_at: Some(now - TimeDelta::seconds(ago)),
            url: Some(format!("https://github.com/acme/checkout/security/{number}")),
        };
        let deployed = Deployment {
            id: 1,
            environment: "production".into(),
            sha: "074d5376".into(),
            git_ref: "v1.4.1".into(),
            created_at: Some(now - TimeDelta::seconds(8 * hour)),
            state: Some("success".into()),
            creator: None,
            environment_url: None,
            odd: None,
        };
        let open =
            vec![finding(23, "js/sql-injection", ago), finding(9, "js/bad\u{202e}name", 90 * hour)];
        let scans = vec![
            Scan { danger: Danger::Critical, open, more: true, unread: None },
            Scan {
                danger: Danger::Secrets,
                open: vec![],
                more: false,
                unread: unread.map(str::to_owned),
            },
        ];
        let items = vec![
            Observation::Deployments {
                host: host.clone(),
                repo: repo.clone(),
                deployments: vec![deployed],
                skipped: 0,
            },
            Observation::Scans { host, repo, scans },
        ];
        world.observe(FeedId::part("github", "acme/checkout"), 2, items);
        world
    };
    let refused = "403: the token may not read secret scanning alerts";
    pages(
        "security",
        &[
            ("all is older", found(30 * 3_600, None)),
            ("one is new", found(3_600, None)),
            ("nobody can say", found(30 * 3_600, Some(refused))),
        ],
    );
}
