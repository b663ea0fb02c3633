//! Themes that are read, degraded and refused.

use ratatui::style::{Color, Modifier};

use super::*;

const DEPTHS: [Depth; 4] = [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::True];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The contrast of two colours, 1 to 21, as accessibility guidelines compute it.
fn contrast(a: Color, b: Color) -> f64 {
    let luminance = |color| {
        let Color::Rgb(r, g, b) = color else {
            panic!("{color:?} is not exact");
        };
        let [r, g, b] = [r, g, b].map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.03928 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_built_in_theme_defines_every_role() {
    for (name, text) in BUILT_IN {
        let parsed = parse::parse(text).unwrap();
        for role in Role::ALL {
            assert!(parsed.styles.contains_key(role), "{name}: {}", role.name());
        }
    }
    assert_eq!(Theme::names().collect::<Vec<_>>(), ["dark", "light", "high-contrast"]);
}

#[test]
fn everything_can_be_read() {
    for name in Theme::names() {
        let theme = Theme::load(name, None, Depth::True).unwrap();
        let ground = theme.style(Role::Background).bg.unwrap();
        let needed = if name == "high-contrast" { 7.0 } else { 4.5 };
        for role in Role::ALL {
            let style = theme.style(*role);
            let found = contrast(style.fg.unwrap(), style.bg.unwrap_or(ground));
            // A frame is not text.
            let needed = if *role == Role::Border { 1.8 } else { needed };
            assert!(found >= needed, "{name}: {} has {found:.2}", role.name());
        }
        // Text keeps its own colour under the cursor and in the header.
        for below in [Role::Selection, Role::Header] {
            let found = contrast(theme.style(below).fg.unwrap(), theme.style(below).bg.unwrap());
            assert!(found >= needed, "{name}: {}", below.name());
        }
    }
}

#[test]
fn text_and_ground_differ_with_few_colours() {
    for name in Theme::names() {
        for depth in [Depth::Ansi16, Depth::Ansi256] {
            let theme = Theme::load(name, None, depth).unwrap();
            let ground = theme.style(Role::Background).bg;
            for role in Role::ALL {
                let style = theme.style(*role);
                assert_ne!(style.fg, style.bg.or(ground), "{name} {depth:?}: {}", role.name());
                let exact = matches!(style.fg, Some(Color::Rgb(..)));
                assert!(!exact, "{name} {depth:?}: {}", role.name());
            }
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
        ("long.toml", &" ".repeat(70_000)),
    ]);
    for (name, line, part) in [
        ("syntax", Some(2), ""),
        ("role", Some(3), "`okay` is not a role"),
        ("colour", Some(3), "`reddish` is not a colour"),
        ("number", Some(2), "`256` is not a colour"),
        ("modifier", Some(2), "`loud` is not a modifier"),
        ("field", Some(2), "`front` is not known"),
        ("key", Some(1), "`colors` is not known"),
        ("a", None, "circle"),
        ("orphan", None, "there is no such theme"),
        ("long", None, "longer than"),
        ("../dark", None, "letters"),
        ("none", None, "dark, light, high-contrast"),
    ] {
        for depth in DEPTHS {
            let (theme, error) = Theme::load_or_default(name, Some(folder.path()), depth);
            let error = error.unwrap();
            assert_eq!(error.line, line, "{error}");
            assert!(error.text.contains(part), "{error}");
            assert_eq!(theme, Theme::built_in(depth));
        }
    }
}
