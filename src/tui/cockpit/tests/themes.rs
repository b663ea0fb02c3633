//! Choosing a theme: tried on while the cursor moves, kept by Enter, put back by Esc.

use super::*;
use crate::tui::theme::{Role, Shelf};

fn stage(files: &[(&str, &str)]) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut stage = Stage::new(World::bad());
    stage.cockpit = Cockpit::new(Keymap::default(), Theme::built_in(Depth::True), false)
        .with_themes(Shelf::load(Some(folder.path()), Depth::True));
    // the folder is gone from here on: nothing is read while it runs
    stage
}

/// The theme whose ground the screen has.
fn worn(stage: &mut Stage) -> String {
    let buf = stage.buffer(100, 30);
    let ground = buf.cell((0, 1)).unwrap().bg;
    let by_name = |name: &&str| {
        let theme = Theme::load(name, None, Depth::True).unwrap();
        theme.style(Role::Background).bg.unwrap_or_default() == ground
    };
    Theme::names().find(by_name).unwrap().to_owned()
}

fn command(stage: &mut Stage, line: &str) {
    stage.key(":");
    stage.type_text(line);
    stage.key("enter");
}

#[test]
fn the_cursor_tries_on_and_esc_puts_back() {
    let mut stage = stage(&[]);
    command(&mut stage, "theme");
    assert_eq!(worn(&mut stage), "dark");
    insta::assert_snapshot!("dialog-themes", stage.picture(80, 24));
    assert_eq!(stage.key("j"), []);
    assert_eq!(worn(&mut stage), "light", "at once");
    stage.keys("j");
    assert_eq!(worn(&mut stage), "high-contrast");
    assert_eq!(stage.keys("P B y esc"), [], "no key acts from here");
    assert_eq!(worn(&mut stage), "dark");
}

#[test]
fn enter_keeps_it_and_says_how_to_keep_it_for_good() {
    let mut stage = stage(&[]);
    command(&mut stage, "theme");
    assert_eq!(stage.keys("j enter"), []);
    assert_eq!(worn(&mut stage), "light");
    assert!(stage.picture(120, 40).contains("`theme = \"light\"` under [screen]"));
    command(&mut stage, "theme");
    stage.keys("G");
    assert_eq!(worn(&mut stage), "no-colour");
    stage.keys("esc");
    assert_eq!(worn(&mut stage), "light", "it begins at what is worn, and goes back to it");
}

#[test]
fn a_theme_is_worn_by_name_or_not_at_all() {
    let mut stage = stage(&[("mine.toml", ""), ("odd.toml", "[roles]\nok = \"greenish\"\n")]);
    command(&mut stage, "theme high-contrast");
    assert_eq!(worn(&mut stage), "high-contrast");
    command(&mut stage, "theme nobody");
    let picture = stage.picture(160, 40);
    assert!(picture.contains("no theme `nobody`; there are dark, light"), "{picture}");
    command(&mut stage, "theme odd");
    assert!(stage.picture(160, 40).contains("not worn: "));
    command(&mut stage, "theme");
    stage.keys("G");
    let picture = stage.picture(120, 40);
    assert!(picture.contains("odd                      ✗ broken"), "{picture}");
    assert!(picture.contains("`greenish` is not a colour"), "{picture}");
    assert_eq!(worn(&mut stage), "high-contrast", "a broken one changes nothing");
    stage.key("enter");
    assert_eq!(worn(&mut stage), "high-contrast");
}

#[test]
fn a_line_that_is_a_command_by_itself_fits() {
    let mut stage = stage(&[("mine.toml", "")]);
    stage.key(":");
    stage.type_text("theme ");
    let picture = stage.picture(80, 24);
    for line in ["theme dark", "theme high-contrast", "theme mine"] {
        assert!(picture.contains(line), "{line}: {picture}");
    }
    stage.type_text("light");
    assert!(stage.picture(80, 24).contains("command: as typed"));
    stage.keys("esc :");
    stage.type_text("xyzzy");
    assert!(stage.picture(80, 24).contains("command: nothing fits"));
}
