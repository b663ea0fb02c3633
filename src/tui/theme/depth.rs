//! How many colours the terminal shows, and the nearest colour where they are fewer. Pure.

use ratatui::style::Color;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, reverse and underline only.
    Mono,
    /// The sixteen of old, whose exact looks are the operator's.
    Ansi16,
    /// The palette of 256.
    #[default]
    Ansi256,
    /// Any.
    True,
}

/// Terminals that show any colour and say so only in `TERM`, where ssh drops `COLORTERM`.
const ANY: [&str; 5] = ["kitty", "alacritty", "ghostty", "wezterm", "foot"];

impl Depth {
    /// What the environment says; `get` reads one variable. First match:
    ///
    /// 1. `NO_COLOR` that is not empty: none (<https://no-color.org>).
    /// 2. `FORCE_COLOR` of 0 to 3: none, 16, 256, any; empty or `true`: at least 16.
    /// 3. `TERM` of `dumb`, empty or a `vt…`: none.
    /// 4. `COLORTERM` of `truecolor` or `24bit`, or a `TERM` known to show any: any; but GNU screen
    ///    (`STY`) shows 256 at most.
    /// 5. `TERM` with `256color`, or another `COLORTERM`: 256. Else 16.
    pub fn detect(get: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| get(name).filter(|value| !value.is_empty());
        if set("NO_COLOR").is_some() {
            return Self::Mono;
        }
        let forced = get("FORCE_COLOR");
        match forced.as_deref() {
            Some("0" | "false") => return Self::Mono,
            Some("1") => return Self::Ansi16,
            Some("2") => return Self::Ansi256,
            Some("3") => return Self::True,
            _ => {}
        }
        let least =
            if matches!(forced.as_deref(), Some("" | "true")) { Self::Ansi16 } else { Self::Mono };
        let term = set("TERM").unwrap_or_default();
        let colorterm = set("COLORTERM").unwrap_or_default();
        let modern = term.ends_with("-direct") || ANY.iter().any(|name| term.contains(name));
        let found = if term.is_empty() || term == "dumb" || term.starts_with("vt") {
            Self::Mono
        } else if modern || matches!(colorterm.as_str(), "truecolor" | "24bit") {
            if set("STY").is_some() { Self::Ansi256 } else { Self::True }
        } else if term.contains("256color") || !colorterm.is_empty() {
            Self::Ansi256
        } else {
            Self::Ansi16
        };
        found.max(least)
    }

    /// Red, green and blue as a colour usually looks; none for the terminal's own default.
    #[must_use]
    pub fn looks(color: Color) -> Option<[u8; 3]> {
        match color {
            Color::Reset => None,
            Color::Rgb(r, g, b) => Some([r, g, b]),
            Color::Indexed(n) => Some(indexed(n)),
            named => BASIC.iter().find(|(basic, _)| *basic == named).map(|(_, looks)| *looks),
        }
    }

    /// The nearest colour of this depth; none means that no colour may be set.
    #[must_use]
    pub fn nearest(self, color: Color) -> Option<Color> {
        match (self, color) {
            (Self::Mono, _) => None,
            (Self::Ansi256, Color::Rgb(r, g, b)) => {
                Some(Color::Indexed(nearest_indexed([r, g, b])))
            }
            (Self::Ansi16, Color::Rgb(r, g, b)) => Some(nearest_basic([r, g, b])),
            (Self::Ansi16, Color::Indexed(n)) => Some(match BASIC.get(usize::from(n)) {
                Some((basic, _)) => *basic,
                None => nearest_basic(indexed(n)),
            }),
            _ => Some(color),
        }
    }
}

type Rgb = [u8; 3];

/// The sixteen, as xterm shows them.
const BASIC: [(Color, Rgb); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// The steps of one channel in the cube of 216.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The looks of a colour of the palette.
fn indexed(n: u8) -> Rgb {
    match n {
        0..=15 => BASIC[usize::from(n)].1,
        16..=231 => {
            let n = n - 16;
            [n / 36, n / 6 % 6, n % 6].map(|step| CUBE[usize::from(step)])
        }
        232..=255 => [8 + (n - 232) * 10; 3],
    }
}

/// The sixteen differ between terminals, so only the cube and the greys are chosen from.
fn nearest_indexed(rgb: Rgb) -> u8 {
    (16..=255).min_by_key(|n| distance(rgb, indexed(*n))).unwrap_or(7)
}

/// The six bright hues, by their angle in steps of 60 degrees.
const HUES: [Color; 6] = [
    Color::LightRed,
    Color::LightYellow,
    Color::LightGreen,
    Color::LightCyan,
    Color::LightBlue,
    Color::LightMagenta,
];

/// The nearest; but a bright colour, made for a dark ground, stays one: by distance alone a soft red and a soft
/// green are both grey.
fn nearest_basic(rgb: Rgb) -> Color {
    let nearest = BASIC.iter().min_by_key(|(_, looks)| distance(rgb, *looks));
    let nearest = nearest.map_or(Color::Reset, |(color, _)| *color);
    let [r, g, b] = rgb.map(|channel| f64::from(channel) / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let spread = most - least;
    let grey = [Color::Black, Color::Gray, Color::DarkGray, Color::White].contains(&nearest);
    if !grey || most < 0.75 || spread < 0.25 {
        return nearest;
    }
    // the angle of the hue, red 0, in sixths of the circle
    let hue = if most <= r {
        (g - b) / spread
    } else if most <= g {
        2.0 + (b - r) / spread
    } else {
        4.0 + (r - g) / spread
    };
    HUES[hue.round().rem_euclid(6.0) as usize % 6]
}

/// How different two colours look: squares, weighted as the eye does.
fn distance(a: Rgb, b: Rgb) -> i32 {
    let channel = |i: usize| (i32::from(a[i]) - i32::from(b[i])).pow(2);
    3 * channel(0) + 4 * channel(1) + 2 * channel(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells() {
        let table: [(&[(&str, &str)], Depth); 24] = [
            (&[], Depth::Mono),
            (&[("TERM", "")], Depth::Mono),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::Mono),
            (&[("TERM", "vt100")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Depth::Ansi256),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1"), ("FORCE_COLOR", "3")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("FORCE_COLOR", "0")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("FORCE_COLOR", "1")], Depth::Ansi16),
            (&[("TERM", "xterm"), ("FORCE_COLOR", "2")], Depth::Ansi256),
            (&[("TERM", "dumb"), ("FORCE_COLOR", "3")], Depth::True),
            (&[("TERM", "dumb"), ("FORCE_COLOR", "true")], Depth::Ansi16),
            (&[("TERM", "xterm-256color"), ("FORCE_COLOR", "")], Depth::Ansi256),
            (&[("TERM", "xterm-256color"), ("FORCE_COLOR", "yes?")], Depth::Ansi256),
            (&[("TERM", "xterm-256color")], Depth::Ansi256),
            (&[("TERM", "xterm"), ("COLORTERM", "24bit")], Depth::True),
            (&[("TERM", "tmux-256color"), ("COLORTERM", "truecolor")], Depth::True),
            (&[("TERM", "xterm"), ("COLORTERM", "yes")], Depth::Ansi256),
            (&[("TERM", "xterm-direct")], Depth::True),
            (&[("TERM", "xterm-kitty")], Depth::True),
            (&[("TERM", "alacritty")], Depth::True),
            (&[("TERM", "screen"), ("COLORTERM", "truecolor"), ("STY", "7.tty")], Depth::Ansi256),
            (&[("TERM", "linux")], Depth::Ansi16),
            (&[("TERM", "screen")], Depth::Ansi16),
        ];
        for (vars, expected) in table {
            let get = |name: &str| {
                vars.iter().find(|(var, _)| *var == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Depth::detect(get), expected, "{vars:?}");
        }
    }

    #[test]
    fn colours_come_down() {
        let red = Color::Rgb(250, 10, 10);
        assert_eq!(Depth::True.nearest(red), Some(red));
        assert_eq!(Depth::Ansi256.nearest(red), Some(Color::Indexed(196)));
        assert_eq!(Depth::Ansi16.nearest(red), Some(Color::LightRed));
        assert_eq!(Depth::Ansi16.nearest(Color::Indexed(232)), Some(Color::Black));
        for (soft, hue) in [
            ([0xff, 0x7a, 0x70], Color::LightRed),
            ([0x6f, 0xce, 0x85], Color::LightGreen),
            ([0xf2, 0xb5, 0x4b], Color::Yellow),
        ] {
            let [r, g, b] = soft;
            assert_eq!(Depth::Ansi16.nearest(Color::Rgb(r, g, b)), Some(hue), "{soft:?}");
        }
        assert_eq!(Depth::Ansi16.nearest(Color::Indexed(2)), Some(Color::Green));
        assert_eq!(Depth::Ansi16.nearest(Color::Reset), Some(Color::Reset));
        assert_eq!(Depth::Mono.nearest(red), None);
        for n in 16..=255 {
            let [r, g, b] = indexed(n);
            let Some(Color::Indexed(found)) = Depth::Ansi256.nearest(Color::Rgb(r, g, b)) else {
                panic!("an index");
            };
            assert_eq!(indexed(found), [r, g, b]);
        }
    }
}
