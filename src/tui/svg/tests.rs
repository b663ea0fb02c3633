//! Pictures of small buffers.

use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::*;

fn buffer(lines: &[&str]) -> Buffer {
    let width = lines.iter().map(|line| line.width()).max().unwrap_or(0) as u16;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, lines.len() as u16));
    for (y, line) in lines.iter().enumerate() {
        buffer.set_string(0, y as u16, line, Style::new());
    }
    buffer
}

/// The `<text>` elements: x, length and content.
fn texts(svg: &str) -> Vec<(&str, &str, &str)> {
    let attribute = |line: &'_ str, name: &str| -> (usize, usize) {
        let from = line.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
        (from, from + line[from..].find('"').unwrap())
    };
    svg.lines()
        .filter(|line| line.starts_with("<text"))
        .map(|line| {
            let (x, length) = (attribute(line, "x"), attribute(line, "textLength"));
            let content = line.find('>').unwrap() + 1..line.rfind("</text>").unwrap();
            (&line[x.0..x.1], &line[length.0..length.1], &line[content])
        })
        .collect()
}

#[test]
fn words_stand_on_the_grid() {
    let svg = document(&buffer(&["a b  c & <d>"]), "t");
    assert_eq!(texts(&svg), [("12", "25.2", "a b"), ("54", "58.8", "c &amp; &lt;d&gt;")]);
    assert!(svg.contains("viewBox=\"0 0 124.8 42\""), "{svg}");
}

#[test]
fn a_wide_character_takes_two_columns_and_hides_nothing() {
    let svg = document(&buffer(&["漢x"]), "t");
    assert_eq!(texts(&svg), [("12", "25.2", "漢x")]);
}

#[test]
fn a_run_ends_where_the_looks_change() {
    let mut buffer = buffer(&["abc"]);
    buffer.set_style(Rect::new(1, 0, 1, 1), Style::new().fg(Color::Rgb(1, 2, 3)).bold());
    let svg = document(&buffer, "t");
    assert_eq!(texts(&svg).iter().map(|text| text.2).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(svg.contains("fill=\"#010203\" font-weight=\"bold\">b<"), "{svg}");
}

#[test]
fn reverse_swaps_and_dim_fades() {
    let mut reversed = buffer(&["xy."]);
    reversed[(1, 0)].set_style(Style::new().add_modifier(Modifier::REVERSED));
    let svg = document(&reversed, "t");
    assert!(svg.contains("height=\"18\" fill=\"#d5dde5\"/>"), "{svg}");
    assert!(svg.contains("fill=\"#0f141a\">y<"), "{svg}");

    let mut dim = buffer(&["x"]);
    dim[(0, 0)].set_style(Style::new().fg(Color::Rgb(255, 255, 255)).add_modifier(Modifier::DIM));
    assert!(document(&dim, "t").contains("fill=\"#afb0b2\">x<"), "{}", document(&dim, "t"));
}

#[test]
fn lines_and_blocks_are_shapes_not_letters() {
    let svg = document(&buffer(&["┌─┐", "│█│"]), "t");
    assert!(texts(&svg).is_empty(), "{svg}");
    assert_eq!(svg.matches("<path").count(), 2, "one for each line of one look: {svg}");
}

#[test]
fn a_title_cannot_break_out_and_an_empty_screen_is_a_picture() {
    let svg = document(&Buffer::empty(Rect::ZERO), "</title>\u{1b}[31m<script>");
    assert!(svg.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{svg}");
    assert!(svg.ends_with("</svg>\n"));
}
