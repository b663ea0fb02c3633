//! Themes that are read, degraded and refused.

use ratatui::style::{Color, Modifier};

use super::*;

mod sight;

const DEPTHS: [Depth; 4] = [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::True];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn every_built_in_theme_defines_every_role() {
    for (name, text) in files::BUILT_IN {
        let file = parse::File::read(text).unwrap();
        let palette = files::BUILT_IN[0].1;
        let mut palette = parse::File::read(palette).unwrap().palette().unwrap();
        palette.extend(file.palette().unwrap());
        let styles = file.styles(&palette).unwrap();
        for role in Role::ALL {
            assert!(styles.contains_key(role), "{name}: {}", role.name());
        }
    }
    assert_eq!(
        Theme::names().collect::<Vec<_>>(),
        ["dark", "light", "high-contrast", "colour-blind", "no-colour"]
    );
}

#[test]
fn no_colour_is_what_the_others_come_down_to() {
    for depth in DEPTHS {
        let theme = Theme::load("no-colour", None, depth).unwrap();
        for role in Role::ALL {
            let plain = Style::new().add_modifier(role.plain());
            assert_eq!(theme.style(*role), plain, "{}", role.name());
        }
    }
}

#[test]
fn nothing_blinks() {
    let folder = folder(&[("disco.toml", "[roles]\nok = { modifiers = [\"slow-blink\"] }\n")]);
    assert!(Theme::load("disco", Some(folder.path()), Depth::True).is_err());
    for (name, depth) in Theme::names().flat_map(|name| DEPTHS.map(|depth| (name, depth))) {
        let theme = Theme::load(name, None, depth).unwrap();
        for role in Role::ALL {
            let blinks = Modifier::SLOW_BLINK | Modifier::RAPID_BLINK;
            assert!(!theme.style(*role).add_modifier.intersects(blinks), "{name}");
        }
    }
}

#[test]
fn without_colours_what_matters_still_stands_out() {
    let theme = Theme::built_in(Depth::Mono);
    for role in Role::ALL {
        let style = theme.style(*role);
        assert_eq!((style.fg, style.bg), (None, None), "{}", role.name());
    }
    assert!(theme.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
    assert!(theme.style(Role::Production).add_modifier.contains(Modifier::REVERSED));
    assert_ne!(theme.style(Role::Key), theme.style(Role::KeyDisabled));
    assert_ne!(theme.style(Role::BorderFocus), theme.style(Role::Border));
}

#[test]
fn an_own_theme_inherits() {
    let folder = folder(&[
        (
            "mine.toml",
            "inherits = \"light\"\n[palette]\nhot = 196\n[roles]\ncritical = { fg = \"hot\", bg = \"black\", modifiers = [\"bold\"] }\n",
        ),
        ("child.toml", "inherits = \"mine\"\n[roles]\nok = \"#010203\"\n"),
        ("bare.toml", ""),
        ("own-green.toml", "[palette]\ngreen = \"#010203\"\n[roles]\nstale = \"mist\"\n"),
        ("dark.toml", "inherits = \"dark\"\n[roles]\nok = 2\n"),
    ]);
    let load = |name| Theme::load(name, Some(folder.path()), Depth::True).unwrap();
    let child = load("child");
    assert_eq!(child.name(), "child");
    assert_eq!(child.style(Role::Ok), Style::new().fg(Color::Rgb(1, 2, 3)));
    let critical =
        Style::new().fg(Color::Indexed(196)).bg(Color::Black).add_modifier(Modifier::BOLD);
    assert_eq!(child.style(Role::Critical), critical);
    let light = Theme::load("light", None, Depth::True).unwrap();
    assert_eq!(child.style(Role::Text), light.style(Role::Text));
    let dark = Theme::built_in(Depth::True);
    assert_eq!(load("bare").style(Role::Text), dark.style(Role::Text));
    assert_eq!(load("dark").style(Role::Ok).fg, Some(Color::Indexed(2)));
    assert_eq!(load("dark").style(Role::Text), dark.style(Role::Text));
    let own = load("own-green");
    assert_eq!(own.style(Role::Ok).fg, Some(Color::Rgb(1, 2, 3)), "the inherited role follows");
    assert_eq!(own.style(Role::Chart), dark.style(Role::Chart));
    assert_eq!(own.style(Role::Stale).fg, dark.style(Role::Dim).fg, "an inherited colour");
}

#[test]
fn a_shelf_has_every_theme_the_broken_ones_too() {
    let folder = folder(&[
        ("mine.toml", ""),
        ("light.toml", "inherits = \"light\"\n"),
        ("a-broken.toml", "[roles]\nok = 1000\n"),
        ("no theme.toml", ""),
        ("notes.txt", ""),
    ]);
    let shelf = Shelf::load(Some(folder.path()), Depth::True);
    let said = "dark, light, high-contrast, colour-blind, no-colour, a-broken, mine";
    assert_eq!(shelf.names().join(", "), said);
    let own: Vec<_> = shelf.offers().iter().filter(|o| o.own).map(|o| o.name.as_str()).collect();
    assert_eq!(own, ["light", "a-broken", "mine"]);
    assert!(shelf.theme(shelf.place("mine").unwrap()).is_some());
    assert_eq!(shelf.theme(shelf.place("a-broken").unwrap()), None);
    let Err(error) = Theme::load("nobody", Some(folder.path()), Depth::True) else {
        panic!("there is none");
    };
    assert_eq!(error.to_string(), format!("nobody: there is no theme `nobody`; there are {said}"));
}

#[test]
fn a_broken_theme_is_named_with_its_line_and_the_default_takes_its_place() {
    let folder = folder(&[
        ("syntax.toml", "[roles]\nok = \n"),
        ("role.toml", "[roles]\nok = 1\nokay = \"red\"\n"),
        ("colour.toml", "\n[roles]\nok = \"reddish\"\n"),
        ("number.toml", "[roles]\nok = 256\n"),
        ("modifier.toml", "[roles]\nok = { modifiers = [\"loud\"] }\n"),
        ("field.toml", "[roles]\nok = { front = \"red\" }\n"),
        ("key.toml", "colors = 1\n"),
        ("a.toml", "inherits = \"b\"\n"),
        ("b.toml", "inherits = \"a\"\n"),
        ("orphan.toml", "inherits = \"nobody\"\n"),
        ("self.toml", "# me\ninherits = \"self\"\n"),
        ("kind.toml", "[roles]\nok = [1]\n"),
        ("list.toml", "[roles]\nok = { modifiers = \"bold\" }\n"),
        ("table.toml", "roles = 1\n"),
        ("heir.toml", "inherits = \"colour\"\n"),
        ("long.toml", &" ".repeat(70_000)),
    ]);
    for (name, file, line, key, part) in [
        ("syntax", "syntax", Some(2), "", "not TOML"),
        ("role", "role", Some(3), "roles", "`okay` is not a role"),
        ("colour", "colour", Some(3), "roles.ok", "`reddish` is not a colour"),
        ("number", "number", Some(2), "roles.ok", "`256` is not a colour"),
        ("modifier", "modifier", Some(2), "roles.ok.modifiers", "`loud` is not a modifier"),
        ("field", "field", Some(2), "roles.ok", "`front` is not known"),
        ("key", "key", Some(1), "", "`colors` is not known"),
        ("kind", "kind", Some(2), "roles.ok", "found a list; write a text"),
        ("list", "list", Some(2), "roles.ok.modifiers", "found a text; write a list"),
        ("table", "table", Some(1), "roles", "found a number; write a table"),
        ("a", "b", Some(1), "inherits", "in a circle: a → b → a"),
        ("self", "self", Some(2), "inherits", "there is no theme `self`"),
        ("orphan", "orphan", Some(1), "inherits", "there is no theme `nobody`; there are dark,"),
        ("heir", "colour", Some(3), "roles.ok", "`reddish` is not a colour"),
        ("long", "long", None, "", "longer than"),
        ("../dark", "../dark", None, "", "letters"),
        ("none", "none", None, "", "there are dark, light, high-contrast"),
    ] {
        for depth in DEPTHS {
            let (theme, error) = Theme::load_or_default(name, Some(folder.path()), depth);
            let error = error.unwrap();
            assert_eq!((error.line, error.key.as_str()), (line, key), "{error}");
            let stem = error.file.rsplit_once('/').map_or(error.file.as_str(), |(_, file)| file);
            assert!(error.file == file || stem == format!("{file}.toml"), "{error}");
            assert!(error.text.contains(part), "{error}");
            assert_eq!(theme, Theme::built_in(depth));
        }
    }
}

#[test]
fn what_is_wrong_comes_before_where_the_folder_lies() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), "[roles]\nok = \"greenish\"\n").unwrap();
    let error = Theme::load("mine", Some(folder.path()), Depth::True).unwrap_err();
    assert!(error.brief().starts_with("mine.toml:2: roles.ok: `greenish`"), "{}", error.brief());
}
