//! Every key of the table, pressed in a terminal of the real program; and whichever way an action is asked
//! for, the same plan is shown.

mod expected;

use std::collections::BTreeSet;

use flightdeck::demo::{Options, Scenario};
use flightdeck::tui::keymap::{Action, Code, Key};

use crate::support::world::{GOOD, SCRIPTED};
use crate::support::{Pty, World};
use expected::{Place, Seen, expected};

/// What a terminal sends for keys as the configuration writes them.
fn bytes(keys: &str) -> String {
    keys.split_whitespace().map(|key| one(key.parse().expect("a key"))).collect()
}

fn one(key: Key) -> String {
    let escape = if key.alt { "\x1b" } else { "" };
    let code = match key.code {
        Code::Char(c) if key.ctrl => char::from(c as u8 & 0x1f).to_string(),
        Code::Char(c) => c.to_string(),
        Code::Enter => "\r".into(),
        Code::Esc => "\x1b".into(),
        Code::Tab => "\t".into(),
        Code::BackTab => "\x1b[Z".into(),
        Code::Backspace => "\x7f".into(),
        Code::Delete => "\x1b[3~".into(),
        Code::Insert => "\x1b[2~".into(),
        Code::Up => "\x1b[A".into(),
        Code::Down => "\x1b[B".into(),
        Code::Right => "\x1b[C".into(),
        Code::Left => "\x1b[D".into(),
        Code::Home => "\x1b[H".into(),
        Code::End => "\x1b[F".into(),
        Code::PageUp => "\x1b[5~".into(),
        Code::PageDown => "\x1b[6~".into(),
        Code::F(n) => {
            format!("\x1b[{}~", [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24][n as usize - 1])
        }
    };
    format!("{escape}{code}")
}

/// The number of the pane that has the keys: its title is marked.
fn focus(screen: &vt100::Screen) -> Option<u8> {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let cell = |row, column| screen.cell(row, column);
    let places = (0..rows).flat_map(|row| (0..columns.saturating_sub(3)).map(move |c| (row, c)));
    let titles = places.filter_map(|(row, column)| {
        let border = cell(row, column)?;
        let (blank, digit) = (cell(row, column + 1)?, cell(row, column + 2)?);
        let number: u8 = digit.contents().parse().ok()?;
        let corner = "┌├┬┼└┴".contains(border.contents()) && border.has_contents();
        (corner && blank.contents() == " ").then_some((number, digit, border))
    });
    let marked = |digit: &vt100::Cell, border: &vt100::Cell| {
        digit.bgcolor() != border.bgcolor() || digit.inverse() != border.inverse()
    };
    let mut focused = titles.filter(|(_, digit, border)| marked(digit, border));
    focused.next().map(|(number, ..)| number)
}

/// `checkout/production` as the rollout's title writes it.
fn title(target: &str) -> String {
    format!("2 {} ", target.replace('/', " / "))
}

/// Where programs are found: in front, in place of a browser, one that does nothing.
fn path(world: &World) -> std::ffi::OsString {
    let folder = world.folder().join("bin");
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in ["xdg-open", "gio", "gnome-open", "kde-open", "wslview", "open"] {
        let file = folder.join(name);
        std::fs::write(&file, "#!/bin/sh\n").expect("a program");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(file, mode).expect("it can be run");
    }
    let mut path = folder.into_os_string();
    path.push(":/usr/bin:/bin");
    path
}

/// A cockpit to press keys in, and what it looks at.
struct Stage {
    pty: Pty,
    targets: Vec<String>,
}

impl Stage {
    fn new(world: &World) -> Self {
        let status = world.run("status -o json").json();
        let targets = status["targets"].as_array().expect("targets").iter();
        let targets = targets.map(|target| target["target"].as_str().expect("a name").to_owned());
        let program = world.program([] as [&str; 0]).env("PATH", path(world));
        let pty = Pty::run(&program, 120, 40);
        pty.wait_for("q quit");
        pty.wait_for(GOOD.split('/').next().expect("a service"));
        Self { targets: targets.collect(), pty }
    }

    /// By its place in the list, -1 for the last; none: the good release's.
    fn target(&self, place: Option<isize>) -> &str {
        let Some(place) = place else { return GOOD };
        let place = usize::try_from(place).unwrap_or(self.targets.len() - 1);
        &self.targets[place]
    }

    /// The state that every key is pressed in: a target is selected, a pane has the keys, nothing else
    /// is open.
    fn begin(&self, place: Place) {
        let target = self.target(place.target);
        self.pty.press(format!(":go {target}\r{}", place.pane));
        self.pty.wait_until(&format!("{target}, pane {}", place.pane), |screen| {
            screen.contents().contains(&title(target)) && focus(screen) == Some(place.pane)
        });
    }

    fn wait(&self, action: Action, key: &str, from: Place, seen: &Seen) {
        let what = format!("what `{key}` ({}) should show: {seen:?}", action.name());
        match seen {
            Seen::Text(texts) => self.pty.wait_until(&what, |screen| {
                texts.iter().any(|text| screen.contents().contains(text))
            }),
            Seen::NoText(text) => {
                self.pty.wait_until(&what, |screen| !screen.contents().contains(text));
            }
            Seen::Focus(pane) => self.pty.wait_until(&what, |screen| focus(screen) == Some(*pane)),
            Seen::Target(place) => {
                let title = title(self.target(Some(*place)));
                self.pty.wait_until(&what, |screen| screen.contents().contains(&title));
            }
            Seen::Elsewhere => {
                let from = self.target(from.target);
                self.pty.wait_until(&what, |screen| {
                    let shown = |target: &&String| screen.contents().contains(&title(target));
                    self.targets.iter().filter(|target| *target != from).any(|t| shown(&t))
                });
            }
            Seen::Repainted(before) => {
                let header = |log: &[u8]| log.windows(10).filter(|w| w == b"flightdeck").count();
                self.pty.wait_until(&what, |_| true);
                crate::support::patience::until(&what, || {
                    (header(&self.pty.log()) > header(before)).then_some(())
                });
            }
            Seen::Nothing(pane) => {
                // a picture after it shows that it was taken
                self.pty.press(":");
                self.pty.wait_for("command: ");
                self.pty.press("\x1b");
                self.pty.wait_for_absence("command: ");
                assert_eq!(self.pty.screen(focus), Some(*pane), "{what}");
            }
        }
    }
}

#[test]
fn every_key_shows_what_it_should() {
    let world = World::start(Options { scenario: Scenario::Quiet, ..Options::default() });
    let stage = Stage::new(&world);
    assert!(stage.targets.len() > 2, "{:?}", stage.targets);
    for &action in Action::ALL {
        if matches!(action, Action::Suspend | Action::Interrupt | Action::Quit) {
            continue;
        }
        for key in action.default_keys() {
            let case = expected(action, || stage.pty.log());
            stage.begin(case.place);
            stage.pty.press(bytes(key));
            stage.wait(action, key, case.place, &case.seen);
            if !case.undo.is_empty() {
                stage.pty.press(bytes(case.undo));
                stage.wait(action, case.undo, case.place, &case.after);
            }
        }
    }
}

#[test]
fn the_keys_that_leave_do() {
    let world = World::start(Options { scenario: Scenario::Quiet, ..Options::default() });
    for action in [Action::Interrupt, Action::Quit] {
        for key in action.default_keys() {
            let mut stage = Stage::new(&world);
            stage.pty.press(bytes(key));
            assert_eq!(stage.pty.exit_code(), 0, "{key}");
        }
    }
    for key in Action::Suspend.default_keys() {
        let program = world.program([] as [&str; 0]);
        let pty = Pty::shell(&program, 120, 40);
        pty.wait_for("$ ");
        pty.press(format!("{}\r", program.line()));
        pty.wait_for("q quit");
        pty.press(bytes(key));
        pty.wait_until("the shell", |screen| {
            !screen.alternate_screen() && screen.contents().contains("Stopped")
        });
        pty.press("clear; fg\r");
        pty.wait_until("the cockpit again", |screen| {
            screen.alternate_screen() && screen.contents().contains("q quit")
        });
        pty.press("q");
        pty.wait_until("the shell", |screen| !screen.alternate_screen());
    }
}

/// The lines of the dialog with this title, without what tells the time.
fn dialog(pty: &Pty, name: &str) -> Vec<String> {
    let begin = format!("┌ {name}");
    pty.wait_until(name, |screen| {
        let text = screen.contents();
        text.contains(&begin) && (text.contains("as of") || name.starts_with("refused"))
    });
    let text = pty.text();
    let lines: Vec<&str> = text.lines().collect();
    let place = |line: &&str| line.find(&begin).map(|byte| line[..byte].chars().count());
    let top = lines.iter().position(|line| place(line).is_some()).expect("its title");
    let left = place(&lines[top]).expect("its corner");
    let body = lines[top..].iter().map(|line| line.chars().skip(left).collect::<String>());
    let mut end = false;
    let body = body.take_while(|line| !std::mem::replace(&mut end, line.starts_with('└')));
    let cut = |line: String| match line.char_indices().skip(1).find(|(_, c)| "│┐┘".contains(*c))
    {
        Some((byte, _)) => line[..byte].trim_end().to_owned(),
        None => line,
    };
    let timeless = |line: String| line.split(", released ").next().unwrap_or_default().to_owned();
    body.map(cut).filter(|line| !line.contains("as of")).map(timeless).collect()
}

#[test]
fn whichever_way_it_is_asked_for_the_same_plan_is_shown() {
    let world = World::ready();
    world.wait_until_ready();
    let stage = Stage::new(&world);
    let selected = Place::default();
    let scripted =
        stage.targets.iter().position(|target| target == SCRIPTED).expect("it is listed");
    let scripted = Place { target: Some(scripted as isize), pane: 1 };
    let mut asked = BTreeSet::new();
    for (place, action, name, ways) in [
        (
            selected,
            Some(Action::Promote),
            "promote?",
            ["P", "aP", "a\r", ":promote\r", ":promote checkout/production\r", "\x10promote\r"],
        ),
        (
            selected,
            Some(Action::PromoteFull),
            "promote to 100 %?",
            ["F", "aF", "aj\r", ":promote-full\r", ":promote --full\r", "\x10prom chk prod full\r"],
        ),
        (
            selected,
            Some(Action::PauseResume),
            "pause?",
            ["S", "aS", "ajj\r", ":pause\r", ":pause-resume\r", "\x10pause checkout/production\r"],
        ),
        (
            selected,
            Some(Action::Rollback),
            "roll back?",
            ["B", "aB", "ajjjj\r", ":rollback\r", "\x10roll chk prod\r", "\x10rollback\r"],
        ),
        (
            selected,
            Some(Action::HoldRelease),
            "hold?",
            ["H", "aH", "ajjjjj\r", ":hold\r", ":hold-release\r", "\x10hold checkout/production\r"],
        ),
        (
            selected,
            Some(Action::Approve),
            "refused: approve",
            ["A", "aA", "ajjjjjjj\r", ":approve\r", "\x10approve\r", "\x10appr chk prod\r"],
        ),
        (
            selected,
            Some(Action::Reject),
            "refused: reject",
            ["X", "aX", "ajjjjjjjj\r", ":reject\r", "\x10reject\r", "\x10rej chk prod\r"],
        ),
        (
            scripted,
            None,
            "run drain-queue?",
            [
                "aGk\r",
                "a\x1b[Fk\r",
                ":do drain-queue\r",
                ":do ledger/production drain-queue\r",
                "\x10drain-queue\r",
                "\x10do ledger prod drain\r",
            ],
        ),
    ] {
        let key = action.map(|action| action.default_keys()[0]);
        assert!(key.is_none_or(|key| key == ways[0]));
        asked.extend(action);
        let mut wanted: Option<Vec<String>> = None;
        for way in ways {
            stage.begin(place);
            for offered in ["P promote", "B roll back"]
                .iter()
                .filter(|o| key.is_some_and(|k| o.starts_with(k)))
            {
                stage.pty.wait_until_offered(offered);
            }
            stage.pty.press(way);
            let shown = dialog(&stage.pty, name);
            let told = if name.starts_with("refused") { "nothing was sent" } else { "calls" };
            assert!(shown.iter().any(|line| line.contains(told)), "{shown:#?}");
            match &wanted {
                None => wanted = Some(shown),
                Some(wanted) => assert_eq!(&shown, wanted, "{name} by {way:?}"),
            }
            stage.pty.press("\x1b");
            stage.pty.wait_for_absence(&format!("┌ {name}"));
        }
    }
    let acting = Action::ALL.iter().copied().filter(|action| action.mutates());
    assert_eq!(asked, acting.collect(), "every key that acts");
    assert_eq!(world.mutations(), Vec::<String>::new(), "asking changes nothing");
}

#[test]
fn where_the_mouse_is_asked_for_it_selects_and_scrolls_and_is_given_back() {
    let world = World::start(Options { scenario: Scenario::Quiet, ..Options::default() });
    world.configure(|toml| format!("{toml}\n[screen]\nmouse = true\n"));
    let mut stage = Stage::new(&world);
    stage.begin(Place { target: Some(0), pane: 2 });
    assert!(stage.pty.modes().contains("mouse PressRelease"), "{}", stage.pty.modes());
    let row = |target: usize| {
        let name = stage.targets[target].split('/').nth(1).expect("an environment");
        // every service has two environments under its heading
        let row = 4 + target + target / 2;
        let text = stage.pty.text();
        assert!(text.lines().nth(row - 1).is_some_and(|line| line.contains(name)), "{text}");
        row
    };
    stage.pty.press(format!("\x1b[<0;6;{}M", row(3)));
    stage.pty.wait_for(&title(&stage.targets[3]));
    stage.pty.press("\x1b[<64;6;5M");
    stage.pty.wait_for(&title(&stage.targets[2]));
    stage.pty.press("q");
    assert_eq!(stage.pty.exit_code(), 0);
    assert!(stage.pty.modes().contains("mouse None"), "{}", stage.pty.modes());
}
