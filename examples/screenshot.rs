//! Makes the pictures of the README, in about three minutes of the demo world's time:
//! `cargo run --example screenshot [FOLDER]`, by default into `assets`.

use std::path::PathBuf;
use std::time::Duration;

use flightdeck::app::picture::{Scene, Shot, Step, take};
use flightdeck::{demo, tui::svg};

use Step::{Press, Wait};

/// A file's name, the picture's title, columns and lines, what is done before.
type Picture = (&'static str, &'static str, (u16, u16), &'static [Step<'static>]);

/// One after the other, in one world.
const PICTURES: [Picture; 4] = [
    (
        "refused",
        "flightdeck: promoting the bad release of payments is refused, with the reasons",
        (120, 40),
        &[Wait(Duration::from_secs(50)), Press("j"), Press("j"), Press("j"), Press("P")],
    ),
    (
        "confirm",
        "flightdeck: promoting checkout shows its plan and asks",
        (120, 40),
        &[Press("j"), Press("P"), Wait(Duration::from_secs(1))],
    ),
    (
        "cockpit",
        "flightdeck: checkout soaks with half of the traffic on the new version",
        (120, 40),
        &[Press("j"), Press("P"), Press("y"), Wait(Duration::from_secs(80)), Press("esc")],
    ),
    ("cockpit-80x24", "flightdeck: the same at 80×24", (80, 24), &[Press("j")]),
];

#[tokio::main]
async fn main() -> color_eyre::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "assets".to_owned()));
    let scene = Scene { world: demo::Options::default(), begin: "2026-01-01T14:30:00Z".parse()? };
    let shots = PICTURES.map(|(_, _, size, steps)| Shot { size, theme: "dark", steps });
    let pictures = take(&scene, &shots).await?;
    std::fs::create_dir_all(&folder)?;
    for ((name, title, ..), picture) in PICTURES.iter().zip(&pictures) {
        std::fs::write(folder.join(format!("{name}.svg")), svg::document(picture, title))?;
    }
    Ok(())
}
