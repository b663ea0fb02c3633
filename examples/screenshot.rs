//! Makes the pictures of the README: `cargo run --example screenshot [FOLDER]`, by default `assets`.

use std::path::PathBuf;
use std::time::Duration;

use flightdeck::app::picture::{Scene, Shot, take};
use flightdeck::{demo, tui::svg};

/// File, title, columns and lines, keys.
const PICTURES: [(&str, &str, (u16, u16), &[&str]); 3] = [
    ("cockpit", "flightdeck at 120×40: a canary release and what speaks for it", (120, 40), &[]),
    ("refused", "flightdeck at 120×40: promoting the bad release is refused", (120, 40), REFUSED),
    ("cockpit-80x24", "flightdeck at 80×24", (80, 24), &[]),
];
/// To payments/production, and promote.
const REFUSED: &[&str] = &["j", "j", "P"];

#[tokio::main]
async fn main() -> color_eyre::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "assets".to_owned()));
    let scene = Scene {
        world: demo::Options::default(),
        begin: "2026-01-01T14:31:40Z".parse()?,
        settle: Duration::from_secs(20),
    };
    let shots = PICTURES.map(|(_, _, size, keys)| Shot { size, theme: "dark", keys });
    let pictures = take(&scene, &shots).await?;
    std::fs::create_dir_all(&folder)?;
    for ((name, title, ..), picture) in PICTURES.iter().zip(&pictures) {
        std::fs::write(folder.join(format!("{name}.svg")), svg::document(picture, title))?;
    }
    Ok(())
}
