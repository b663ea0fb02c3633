//! What is opened for itself: every page in every kind of world, the way in and the way back.

use super::*;
use crate::model::*;
use crate::tui::fixture::{plan, target};

/// A world with something behind every line: steps, labels, calls under way.
pub(super) fn deep(world: World) -> World {
    let mut world = world;
    world.work(&["checkout", "build", "unit tests", "push image"], None);
    world.alerts(
        world
            .store
            .target(&target("checkout/production"))
            .unwrap()
            .alerts
            .list
            .clone()
            .into_iter()
            .map(told)
            .collect(),
    );
    world
}

fn told(alert: Alert) -> Alert {
    let text = |text: &str| text.to_owned();
    Alert {
        runbook: Some(text("https://runbooks.example/errors")),
        generator: Some(text("https://prometheus.example/graph?g0.expr=rate")),
        receivers: vec![text("oncall"), text("log")],
        labels: [("alertname", alert.name.as_str()), ("instance", "canary1"), ("service", "checkout")]
            .into_iter()
            .map(|(name, value)| (text(name), text(value)))
            .collect(),
        annotations: [
            ("description", "5xx above 1 % of all requests.\nLook at the pool of the database first, then at the cache; the third thing to look at is the deploy itself."),
            ("dashboard", "https://grafana.example/d/errors"),
        ]
        .into_iter()
        .map(|(name, value)| (text(name), text(value)))
        .collect(),
        quiet_by: if alert.state == AlertState::Silenced { vec![text("5d1e")] } else { vec![] },
        ..alert
    }
}

impl World {
    /// The jobs of checkout's run: the second one has these steps, the last of which ended so.
    fn work(&mut self, names: &[&str], ended: Option<Conclusion>) {
        let now = self.now;
        let mut jobs = crate::tui::fixture::jobs(now, true);
        let last = names.len();
        jobs[1].runner = Some("ubuntu-22".to_owned());
        jobs[1].url = Some("https://github.com/acme/checkout/actions/runs/9000/job/2".to_owned());
        jobs[1].steps = (1..)
            .zip(names)
            .map(|(number, name)| JobStep {
                number,
                name: (*name).to_owned(),
                status: Status::Completed,
                conclusion: Some(match &ended {
                    Some(ended) if number as usize == last => ended.clone(),
                    _ => Conclusion::Success,
                }),
                started_at: Some(now - chrono::TimeDelta::seconds(300 - 20 * number as i64)),
                completed_at: Some(now - chrono::TimeDelta::seconds(280 - 20 * number as i64)),
            })
            .collect();
        if let Some(ended) = ended {
            jobs[1].conclusion = Some(ended);
        }
        let item = Observation::Jobs {
            host: "github".into(),
            repo: "acme/checkout".into(),
            run: 9_000,
            jobs,
        };
        self.observe(FeedId::part("github", "acme/checkout"), 0, vec![item]);
    }
}

/// The keys that lead to each kind of page from the start.
pub(super) const WAYS: [(&str, &str); 9] = [
    ("target", "enter"),
    ("gate", "2 j enter"),
    ("metric", "3 enter"),
    ("check", "4 enter"),
    ("run", "5 enter"),
    ("job", "5 enter j enter"),
    ("alert", "6 enter"),
    ("newest line", "7 enter"),
    ("oldest line", "7 G enter"),
];

pub(super) fn at(world: &World, keys: &str) -> Stage {
    let mut stage = Stage::new(world.clone());
    stage.picture(120, 40);
    // what is to be read is put away, so that Esc goes back
    stage.keys("esc j");
    stage.keys(keys);
    stage
}

fn pages(name: &str, world: &World) {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut all = String::new();
        for (kind, keys) in WAYS {
            let picture = at(world, keys).picture(width, height);
            assert!(picture.contains("PRODUCTION"), "{kind}: {picture}");
            assert!(picture.contains("checkout/production"), "{kind}: {picture}");
            all.push_str(&format!("== {kind}: {keys}\n{picture}"));
        }
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), all);
    }
    for (kind, keys) in WAYS {
        let mut stage = at(world, keys);
        for (width, height) in [(1, 1), (7, 3), (250, 70)] {
            assert_eq!(stage.picture(width, height).lines().count(), height as usize, "{kind}");
        }
        assert!(stage.picture(40, 12).contains(" PROD"), "{kind}");
    }
}

#[test]
fn pages_when_all_is_well() {
    pages("good", &deep(World::good()));
}

#[test]
fn pages_when_it_is_bad() {
    let mut world = deep(World::bad());
    world.work(&["checkout", "unit tests"], Some(Conclusion::Failure));
    pages("bad", &world);
}

#[test]
fn pages_when_sources_are_stale() {
    pages("stale", &World::stale());
}

#[test]
fn pages_when_sources_are_lost() {
    pages("lost", &World::lost());
}

#[test]
fn an_action_in_flight_is_shown_as_it_goes() {
    let mut world = World::good();
    let call = Call {
        to: "tcp:127.0.0.1:9999".into(),
        text: "set weight checkout/canary1 100".into(),
        expect: std::collections::BTreeMap::new(),
        run: None,
        follow: None,
    };
    let going = Plan {
        calls: vec![call],
        reason: Some("all green".into()),
        overrides: vec![Refusal::new("soak", "8 m left")],
        ..plan("now", Verb::Promote, 50.0, 100.0)
    };
    world.journal(7, RecordKind::Intent { plan: Box::new(going) });
    world.event(
        6,
        Event::Progress {
            action: ActionId("now".into()),
            target: target("checkout/production"),
            text: "sent 1 of 1".into(),
        },
    );
    let mut stage = at(&world, "2 G enter");
    insta::assert_snapshot!("in-flight", stage.picture(120, 40));
    let gone = Event::WriterGone { action: ActionId("now".into()) };
    stage.world.event(0, gone);
    let picture = stage.picture(120, 40);
    assert!(picture.contains("abandoned by its process"), "{picture}");
    assert!(picture.contains("nobody knows whether it was sent"), "{picture}");
}

#[test]
fn what_is_gone_says_so_and_keeps_nothing_false() {
    let mut stage = at(&deep(World::bad()), "6 enter");
    assert!(stage.picture(120, 40).contains("canary1"));
    stage.world.alerts(vec![]);
    let picture = stage.picture(80, 24);
    insta::assert_snapshot!("gone", picture);
    assert!(!picture.contains("canary1"), "{picture}");
    stage.key("esc");
    assert!(stage.picture(80, 24).contains("6 Alerts"));
    // the whole target
    let mut stage = at(&deep(World::bad()), "5 enter j enter");
    stage.world.event(0, Event::Configured(Box::default()));
    let picture = stage.picture(80, 24);
    assert!(picture.contains("not configured any more"), "{picture}");
    assert_eq!(stage.keys("P B S o y Y n N j k G enter"), []);
    assert_eq!(stage.keys("esc esc esc esc"), []);
    stage.picture(80, 24);
}

#[test]
fn esc_leads_back_step_by_step_and_never_acts() {
    let mut world = deep(World::bad());
    world.work(&["checkout"], Some(Conclusion::Failure));
    let mut stage = at(&world, "5 j j");
    let start = stage.picture(120, 40);
    stage.keys("k k");
    assert_eq!(stage.keys("enter"), []);
    let run = stage.picture(120, 40);
    assert!(
        run.contains("checkout/production › deploy #482 ") && run.contains("jobs (5)"),
        "{run}"
    );
    stage.keys("j enter");
    let job = stage.picture(120, 40);
    assert!(job.contains("› deploy #482 › test ") && job.contains("steps (1)"), "{job}");
    assert!(job.contains("step 1, checkout: failed"), "{job}");
    assert!(matches!(stage.keys("enter").as_slice(), [Intent::Read(_)]), "what the job wrote");
    assert!(matches!(stage.keys("esc").as_slice(), [Intent::Read(_)]));
    assert_eq!(stage.picture(120, 40), job);
    assert_eq!(stage.key("esc"), []);
    assert_eq!(stage.picture(120, 40), run, "the cursor is where it was");
    assert_eq!(stage.key("esc"), []);
    stage.keys("j j");
    assert_eq!(stage.picture(120, 40), start);
    // it is left before the zoom is
    stage.keys("z enter");
    stage.key("esc");
    assert!(stage.cockpit.session.zoom);
    stage.key("esc");
    assert!(!stage.cockpit.session.zoom);
}

#[test]
fn the_cursor_follows_its_thing() {
    let mut stage = at(&deep(World::bad()), "6");
    let held = |stage: &mut Stage| {
        stage.picture(120, 40);
        let copied = stage.keys("enter y");
        stage.key("esc");
        copied
    };
    stage.keys("j");
    let name = |stage: &mut Stage| {
        stage.key("enter");
        let title = stage.picture(120, 40).lines().nth(1).unwrap_or_default().to_owned();
        stage.key("esc");
        title
    };
    let before = name(&mut stage);
    assert!(before.contains("HighErrorRate"), "{before}");
    held(&mut stage);
    let mut alerts =
        stage.world.store.target(&target("checkout/production")).unwrap().alerts.list.clone();
    alerts.push(Alert { fingerprint: "z".into(), severity: Severity::P0, ..alerts[0].clone() });
    stage.world.alerts(alerts.clone());
    stage.picture(120, 40);
    assert_eq!(name(&mut stage), before, "a worse one came above");
    stage.key("k");
    assert!(name(&mut stage).contains("Odd"));
    // the one it stood on is over: the cursor stays in its place
    alerts.retain(|alert| alert.fingerprint != "odd");
    stage.world.alerts(alerts);
    assert!(name(&mut stage).contains("HighErrorRate"));
    // inside a page, too: a job that comes first
    let mut stage = at(&deep(World::good()), "5 enter j");
    stage.picture(120, 40);
    let mut jobs = crate::tui::fixture::jobs(stage.world.now, true);
    jobs.insert(0, Job { id: 77, name: "before".into(), ..jobs[0].clone() });
    let (host, repo) = ("github".to_owned(), "acme/checkout".to_owned());
    let item = Observation::Jobs { host, repo, run: 9_000, jobs };
    stage.world.observe(FeedId::part("github", "acme/checkout"), 0, vec![item]);
    stage.picture(120, 40);
    stage.key("enter");
    assert!(stage.picture(120, 40).contains("› test "));
}

#[test]
fn the_next_and_the_previous_one() {
    let mut stage = at(&deep(World::bad()), "6 enter");
    let titles: Vec<String> = (0..5)
        .map(|_| {
            let title = stage.picture(120, 40).lines().nth(1).unwrap_or_default().to_owned();
            stage.key("n");
            title
        })
        .collect();
    assert_eq!(titles[0], titles[4], "it goes round: {titles:#?}");
    assert_eq!(titles.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    let mut stage = at(&deep(World::good()), "1 enter n");
    assert!(stage.picture(120, 40).contains("payments/staging"), "of a target, the next target");
    assert_eq!(
        stage.key("P"),
        [Intent::Ask(crate::control::Request::new(target("payments/staging"), Verb::Promote))]
    );
}

#[test]
fn keys_hand_out_what_is_under_the_cursor() {
    let mut stage = at(&deep(World::bad()), "6 j enter");
    assert_eq!(stage.key("o"), [Intent::Open("https://runbooks.example/errors".into())]);
    stage.keys("G");
    let copied = stage.key("y");
    let [Intent::Copy(text)] = copied.as_slice() else { panic!("{copied:?}") };
    assert!(text.starts_with("5xx above 1 % of all requests. Look at"), "one line: {text}");
    assert_eq!(stage.key("Y"), [Intent::Copy("flightdeck status checkout/production".into())]);
    let mut stage = at(&deep(World::bad()), "5 enter j enter G");
    assert_eq!(
        stage.key("o"),
        [Intent::Open("https://github.com/acme/checkout/actions/runs/9000/job/2#step:4:1".into())]
    );
    let mut stage = at(&deep(World::bad()), "3 enter");
    stage.picture(80, 24);
    let copied = stage.keys("7 enter Y");
    assert_eq!(copied, [Intent::Copy("flightdeck journal show checkout/production".into())]);
}

#[test]
fn hostile_texts_are_clean_on_every_page() {
    const EVIL: &str = "\u{1b}]0;x\u{7}a\u{202e}b\u{9b}2J\nc\u{200b}";
    let mut world = World::bad();
    world.work(&[EVIL, "fine"], Some(Conclusion::Other(EVIL.into())));
    let alerts = world.store.target(&target("checkout/production")).unwrap().alerts.list.clone();
    let evil = |alert: Alert| Alert {
        name: EVIL.into(),
        labels: [(EVIL.to_owned(), EVIL.to_owned())].into(),
        annotations: [(EVIL.to_owned(), EVIL.to_owned())].into(),
        receivers: vec![EVIL.into()],
        quiet_by: vec![EVIL.into()],
        runbook: Some(EVIL.into()),
        generator: Some(EVIL.into()),
        unmapped: Some(EVIL.into()),
        ..alert
    };
    world.alerts(alerts.into_iter().map(evil).collect());
    for (kind, keys) in WAYS {
        let mut stage = at(&world, keys);
        for (width, height) in [(120, 40), (40, 12), (9, 9)] {
            let picture = stage.picture(width, height);
            let bad = picture.chars().find(|c| *c != '\n' && crate::text::is_hostile(*c));
            assert_eq!(bad, None, "{kind}: {picture}");
        }
        for intent in stage.keys("y j y G y") {
            let Intent::Copy(text) = intent else { continue };
            assert!(!text.chars().any(crate::text::is_hostile), "{kind}: {text:?}");
        }
    }
}

#[test]
fn long_lists_build_only_what_is_in_sight() {
    let mut world = World::good();
    let one = world.store.target(&target("checkout/production")).unwrap().alerts.list[0].clone();
    let many = (0..5_000).map(|n| Alert { fingerprint: format!("{n:04}"), ..one.clone() });
    world.alerts(many.collect());
    let mut stage = at(&world, "6");
    stage.keys("G");
    let picture = stage.picture(120, 40);
    assert!(picture.contains("↑ 49"), "{picture}");
    stage.keys("k k k enter");
    assert!(stage.picture(120, 40).contains("4996"), "the fingerprint");
    stage.keys("esc g");
    assert!(stage.picture(120, 40).contains("more"));
    let jobs = (0..300).map(|id| Job {
        id,
        name: format!("shard {id}"),
        ..crate::tui::fixture::jobs(world.now, true)[0].clone()
    });
    let (host, repo) = ("github".to_owned(), "acme/checkout".to_owned());
    let item = Observation::Jobs { host, repo, run: 9_000, jobs: jobs.collect() };
    world.observe(FeedId::part("github", "acme/checkout"), 0, vec![item]);
    let mut stage = at(&world, "5 z");
    assert!(stage.picture(120, 40).contains("… 196 after"));
    stage.keys("G");
    assert!(stage.picture(120, 40).contains("shard 255"));
    stage.keys("enter");
    assert!(stage.picture(120, 40).contains("› shard 255 "));
}
