//! Whether colours can be read and told apart, by eyes of every kind and on terminals of every kind.

use super::*;

type Linear = [f64; 3];

/// How a lack of one kind of cones changes what is seen, in linear RGB, at full severity. From Machado,
/// Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
/// IEEE Transactions on Visualization and Computer Graphics 15(6), 2009.
const EYES: [(&str, [Linear; 3]); 4] = [
    ("all colours", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

fn linear(color: Color) -> Linear {
    Depth::looks(color).unwrap().map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    })
}

fn product(matrix: &[Linear; 3], color: Linear) -> Linear {
    matrix.map(|row| row.iter().zip(color).map(|(a, b)| a * b).sum())
}

/// The contrast of two colours, 1 to 21, as accessibility guidelines compute it.
fn contrast(a: Color, b: Color) -> f64 {
    let luminance = |color| {
        let [r, g, b] = linear(color);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// CIE 1976 L*a*b* under daylight, where distances are about what an eye makes of them.
fn lab(color: Linear) -> Linear {
    let xyz = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    let [x, y, z] = product(&xyz, color);
    let [x, y, z] = [x / 0.950_47, y, z / 1.088_83].map(|t: f64| {
        if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn difference(eye: &[Linear; 3], a: Color, b: Color) -> f64 {
    let seen = |color| lab(product(eye, linear(color)).map(|channel| channel.clamp(0.0, 1.0)));
    seen(a).iter().zip(seen(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn everything_can_be_read_at_every_depth() {
    let mut poor = Vec::new();
    for (name, depth) in Theme::names().flat_map(|name| DEPTHS.map(|depth| (name, depth))) {
        let theme = Theme::load(name, None, depth).unwrap();
        let ground = theme.style(Role::Background).bg;
        // sixteen colours are too few to choose from, and look different everywhere
        let needed = match (name, depth) {
            ("high-contrast", _) if depth > Depth::Ansi16 => 7.0,
            (_, Depth::Ansi16) => 3.0,
            _ => 4.5,
        };
        let mut check = |role: Role, style: Style| match (style.fg, style.bg.or(ground)) {
            (Some(ink), Some(ground)) => {
                let found = contrast(ink, ground);
                // a frame is not text
                let needed = if role == Role::Border { 1.8 } else { needed };
                if found < needed {
                    poor.push(format!("{name} {depth:?}: {} has {found:.2}", role.name()));
                }
            }
            // the terminal's own two: neither is set, so that one is never put on a stranger
            (ink, ground) => assert_eq!((ink, ground), (None, None), "{name}: {}", role.name()),
        };
        for role in Role::ALL {
            check(*role, theme.style(*role));
        }
    }
    assert!(poor.is_empty(), "{poor:#?}");
}

#[test]
fn the_colour_blind_theme_is_told_apart_by_every_eye() {
    let roles =
        [Role::Ok, Role::Attention, Role::Critical, Role::Unknown, Role::Candidate, Role::Stable];
    // about ten times what is just noticed; the sixteen are the operator's own
    for (depth, needed) in [(Depth::True, 20.0), (Depth::Ansi256, 20.0), (Depth::Ansi16, 10.0)] {
        let theme = Theme::load("colour-blind", None, depth).unwrap();
        let ink = |role: Role| theme.style(role).fg.unwrap();
        for (at, role) in roles.into_iter().enumerate() {
            for other in &roles[..at] {
                for (eye, matrix) in &EYES {
                    let found = difference(matrix, ink(role), ink(*other));
                    let pair = (role.name(), other.name());
                    assert!(found >= needed, "{depth:?}, {eye}: {pair:?} differ by {found:.1}");
                }
            }
        }
    }
}

#[test]
fn states_differ_on_a_dark_ground_with_sixteen_colours_too() {
    let roles = [Role::Ok, Role::Attention, Role::Critical, Role::Unknown, Role::Dim];
    for name in ["dark", "high-contrast", "colour-blind"] {
        let theme = Theme::load(name, None, Depth::Ansi16).unwrap();
        for (at, role) in roles.into_iter().enumerate() {
            for other in &roles[..at] {
                let (one, two) = (theme.style(role), theme.style(*other));
                assert_ne!(one, two, "{name}: {} and {}", role.name(), other.name());
            }
        }
    }
}

#[test]
fn the_measure_finds_what_is_known_to_be_alike() {
    let (red, green) = (Color::Rgb(176, 80, 60), Color::Rgb(118, 118, 50));
    let by = |eye: usize| difference(&EYES[eye].1, red, green);
    assert!(by(0) > 40.0 && by(2) < 15.0, "{} {}", by(0), by(2));
    assert!((contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)) - 21.0).abs() < 0.01);
}
