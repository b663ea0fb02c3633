//! What is left of a picture where only ASCII can be drawn. One table for glyphs, lines and signs; what
//! is not in it becomes a question mark.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Whether the locale knows only ASCII; `get` reads one variable of the environment.
pub fn is_ascii_locale(get: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| get(name).filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        !(locale.contains("utf-8") || locale.contains("utf8"))
    })
}

/// Replaces everything that is not ASCII.
pub fn to_ascii(area: Rect, buf: &mut Buffer) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buf.cell_mut((x, y))
                && !cell.symbol().is_ascii()
            {
                let plain = plain(cell.symbol().chars().next().unwrap_or(' '));
                cell.set_symbol(plain);
            }
        }
    }
}

/// The sign that takes a character's place. States stay apart: ok `o`, under way `~`, attention `!`,
/// critical `x`, pass `+`, queued `.`, not counted `*`. What is cut ends in `~`, as waiting does; bars rise
/// `_,-=+*%#`, and a hole between them is `.`; production's edge is `=`.
pub(super) fn plain(c: char) -> &'static str {
    match c {
        '●' => "o",
        '◐' | '≈' | '…' => "~",
        '▲' | '△' | '‖' => "!",
        '✗' | '×' => "x",
        '→' | '▸' | '›' | '≥' | '▶' => ">",
        '←' | '◂' | '≤' => "<",
        '↑' => "^",
        '↓' | '▾' => "v",
        '–' | '—' | '−' | '─' | '┄' | '╌' | '▃' => "-",
        '━' | '▄' => "=",
        '▁' => "_",
        '▇' => "%",
        '│' | '┃' | '┊' | '┆' | '▏' | '▕' => "|",
        '·' | '◌' | '░' => ".",
        '▂' => ",",
        '○' | '◆' | '◇' | '•' | '▆' | '\u{2801}'..='\u{28ff}' => "*",
        '█' | '▓' | '≠' => "#",
        '‘' | '’' | '′' => "'",
        '“' | '”' | '″' => "\"",
        '\u{a0}' | '\u{2800}' => " ",
        'µ' | 'μ' => "u",
        '✓' | '▒' | '▅' | '\u{2500}'..='\u{257f}' => "+",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_tells_what_can_be_drawn() {
        let ascii = |vars: &[(&str, &str)]| {
            is_ascii_locale(|name| {
                vars.iter().find(|(var, _)| *var == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(ascii(&[]));
        assert!(ascii(&[("LANG", "C")]));
        assert!(!ascii(&[("LANG", "C.UTF-8")]));
        assert!(!ascii(&[("LC_ALL", ""), ("LANG", "de_DE.utf8")]));
        assert!(ascii(&[("LC_ALL", "POSIX"), ("LANG", "de_DE.utf8")]));
    }

    #[test]
    fn signs_keep_their_meaning_and_their_width() {
        let mut buf = Buffer::with_lines(["● 50 % → 100 %  漢é ┌─┐ ✓✗ …"]);
        to_ascii(buf.area, &mut buf);
        assert_eq!(buf, Buffer::with_lines(["o 50 % > 100 %  ? ? +-+ +x ~"]));
    }

    #[test]
    fn bars_stay_apart_and_only_what_is_unknown_is_a_question_mark() {
        let bars: Vec<&str> = "▁▂▃▄▅▆▇█".chars().map(plain).collect();
        assert_eq!(bars.concat(), "_,-=+*%#");
        assert!(!bars.contains(&plain('·')), "a hole is no bar");
        for c in "─━│·╌●░█✓⠂▲✗└┌┐┘┤┬→…├▸›◐┊↓≠≈┴◌◇–×○△▒▏◆↑←‖◂".chars()
        {
            assert_ne!(plain(c), "?", "{c}");
        }
    }
}
