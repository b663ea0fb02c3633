//! A picture of the screen as text: its letters without their looks. Must not know what is drawn.

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

/// The lines of a buffer, each with its end and without the blanks before it.
#[must_use]
pub fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut x = area.left();
        while let Some(cell) = buffer.cell((x, y)).filter(|_| x < area.right()) {
            line.push_str(cell.symbol());
            // what a wide character covers is not there
            x += (cell.symbol().width() as u16).max(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn lines_end_with_their_last_letter() {
        let mut buffer = Buffer::empty(Rect::new(3, 2, 6, 3));
        buffer.set_string(3, 2, "漢字 x", Style::new());
        buffer.set_string(4, 4, "a", Style::new());
        assert_eq!(text(&buffer), "漢字 x\n\n a\n");
    }
}
