//! `flightdeck screenshot`: what the cockpit showed at a moment of a recording, as it was for whoever sat
//! there, as SVG or as text. No configuration and no network, and nothing can come of what is pressed.

use std::io::Write;
use std::path::Path;

use ratatui::buffer::Buffer;

use crate::cli::args::{Global, ScreenshotArgs};
use crate::cli::{Exit, Output};
use crate::config::{Env, Paths};
use crate::tui::Cockpit;
use crate::tui::keymap::{Key, Keymap};
use crate::tui::theme::{Depth, Theme};
use crate::tui::{plain, svg};

use super::replay::Film;
use super::say;

/// `flightdeck screenshot`.
pub(super) fn main<W: Write>(
    global: &Global,
    args: &ScreenshotArgs,
    out: &mut Output<W>,
) -> color_eyre::Result<Exit> {
    let depth = if global.no_color { Depth::Mono } else { Depth::True };
    let themes = Paths::of(&Env::of_process()).config_dir.join("themes");
    let picture = match draw(args, depth, Some(&themes)) {
        Ok(picture) => picture,
        Err(error) => {
            say(error);
            return Ok(Exit::Usage);
        }
    };
    match &args.out {
        None => picture.lines().try_for_each(|line| out.line(line))?,
        Some(path) => {
            if let Err(error) = std::fs::write(path, picture) {
                say(format!("cannot write {}: {error}", path.display()));
                return Ok(Exit::Usage);
            }
        }
    }
    Ok(Exit::Done)
}

/// The picture that the arguments ask for, as SVG or text. The same bytes each time.
///
/// # Errors
/// A sentence that says what is wrong with the recording, the theme or a key.
pub fn draw(args: &ScreenshotArgs, depth: Depth, themes: Option<&Path>) -> Result<String, String> {
    let keys = strokes(&args.keys)?;
    let theme = Theme::load(&args.theme, themes, depth).map_err(|error| error.to_string())?;
    let mut film = Film::as_lived(&args.file).map_err(|error| error.to_string())?;
    film.seek(args.at.map_or(film.ended, |moment| moment.after(film.began)));
    let mut cockpit = Cockpit::new(Keymap::default(), theme, false);
    for key in keys {
        film.read(&mut cockpit, args.size);
        film.press(&mut cockpit, key);
    }
    let buffer = film.picture(&mut cockpit, args.size);
    Ok(if args.text { plain::text(&buffer) } else { document(&buffer, args, &film) })
}

fn document(buffer: &Buffer, args: &ScreenshotArgs, film: &Film) -> String {
    let name = args.file.file_stem().unwrap_or_default().to_string_lossy();
    let time = film.now().format("%Y-%m-%d %H:%M:%S");
    svg::document(buffer, &format!("flightdeck: {name} at {time}"))
}

/// The keys of a line: each as the configuration writes it, a word's letters one by one.
fn strokes(line: &str) -> Result<Vec<Key>, String> {
    let mut keys = Vec::new();
    for word in line.split_whitespace() {
        match word.strip_prefix("text:") {
            Some(text) => keys.extend(text.chars().map(Key::char)),
            None => keys.push(word.parse()?),
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_keys_is_pressed_key_by_key() {
        let text = |line: &str| {
            strokes(line).map(|keys| keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(text("6 j  enter").unwrap(), "6 j enter");
        assert_eq!(text("B text:a/b ctrl-p").unwrap(), "B a / b ctrl-p");
        assert_eq!(text("").unwrap(), "");
        assert!(text("gg").unwrap_err().contains("`gg` is not a key"));
    }
}
