//! Lines, corners, blocks and braille as rectangles within their cell, so that they meet in any font.

use super::{HEIGHT, WIDTH};

/// Left, top, right and bottom, in tenths of a pixel from the cell's corner.
type Rect = [u32; 4];

/// Half the width of a thin line and of a thick one.
const THIN: u32 = 6;
const THICK: u32 = 14;

/// The rectangles of a symbol; none for a letter.
pub(super) fn of(symbol: &str) -> Vec<Rect> {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return Vec::new() };
    if let Some(arms) = arms(c) {
        return lines(arms);
    }
    match c {
        '▁'..='█' => {
            let eighths = u32::from(c) - u32::from('▁') + 1;
            vec![[0, HEIGHT - HEIGHT * eighths / 8, WIDTH, HEIGHT]]
        }
        '▉'..='▏' => {
            let eighths = 8 - (u32::from(c) - u32::from('█'));
            vec![[0, 0, WIDTH * eighths / 8, HEIGHT]]
        }
        '▀' => vec![[0, 0, WIDTH, HEIGHT / 2]],
        '▐' => vec![[WIDTH / 2, 0, WIDTH, HEIGHT]],
        '▔' => vec![[0, 0, WIDTH, HEIGHT / 8]],
        '▕' => vec![[WIDTH * 7 / 8, 0, WIDTH, HEIGHT]],
        '░' => dots(1),
        '▒' => dots(2),
        '▓' => dots(3),
        '┄' | '┅' | '┈' | '┉' | '╌' | '╍' => dashes(c, true),
        '┆' | '┇' | '┊' | '┋' | '╎' | '╏' => dashes(c, false),
        '\u{2800}'..='\u{28ff}' => braille(c),
        _ => Vec::new(),
    }
}

/// Half widths of the lines to the left, the right, up and down; zero where there is none.
fn arms(c: char) -> Option<[u32; 4]> {
    let (o, t, h) = (0, THIN, THICK);
    Some(match c {
        '─' => [t, t, o, o],
        '━' => [h, h, o, o],
        '│' => [o, o, t, t],
        '┃' => [o, o, h, h],
        '┌' | '╭' => [o, t, o, t],
        '┐' | '╮' => [t, o, o, t],
        '└' | '╰' => [o, t, t, o],
        '┘' | '╯' => [t, o, t, o],
        '├' => [o, t, t, t],
        '┤' => [t, o, t, t],
        '┬' => [t, t, o, t],
        '┴' => [t, t, t, o],
        '┼' => [t, t, t, t],
        '┏' => [o, h, o, h],
        '┓' => [h, o, o, h],
        '┗' => [o, h, h, o],
        '┛' => [h, o, h, o],
        '┣' => [o, h, h, h],
        '┫' => [h, o, h, h],
        '┳' => [h, h, o, h],
        '┻' => [h, h, h, o],
        '╋' => [h, h, h, h],
        '╾' => [h, t, o, o],
        '╼' => [t, h, o, o],
        '╽' => [o, o, t, h],
        '╿' => [o, o, h, t],
        // where thin and thick frames touch
        '\u{250d}'..='\u{254a}' => mixed(c)?,
        _ => return None,
    })
}

/// The corners and crossings with both thin and thick lines, in Unicode's own order.
fn mixed(c: char) -> Option<[u32; 4]> {
    let (o, t, h) = (0, THIN, THICK);
    Some(match c {
        '┍' => [o, h, o, t],
        '┎' => [o, t, o, h],
        '┑' => [h, o, o, t],
        '┒' => [t, o, o, h],
        '┕' => [o, h, t, o],
        '┖' => [o, t, h, o],
        '┙' => [h, o, t, o],
        '┚' => [t, o, h, o],
        '┝' => [o, h, t, t],
        '┞' => [o, t, h, t],
        '┟' => [o, t, t, h],
        '┠' => [o, t, h, h],
        '┡' => [o, h, h, t],
        '┢' => [o, h, t, h],
        '┥' => [h, o, t, t],
        '┦' => [t, o, h, t],
        '┧' => [t, o, t, h],
        '┨' => [t, o, h, h],
        '┩' => [h, o, h, t],
        '┪' => [h, o, t, h],
        '┭' => [h, t, o, t],
        '┮' => [t, h, o, t],
        '┯' => [h, h, o, t],
        '┰' => [t, t, o, h],
        '┱' => [h, t, o, h],
        '┲' => [t, h, o, h],
        '┵' => [h, t, t, o],
        '┶' => [t, h, t, o],
        '┷' => [h, h, t, o],
        '┸' => [t, t, h, o],
        '┹' => [h, t, h, o],
        '┺' => [t, h, h, o],
        '┽' => [h, t, t, t],
        '┾' => [t, h, t, t],
        '┿' => [h, h, t, t],
        '╀' => [t, t, h, t],
        '╁' => [t, t, t, h],
        '╂' => [t, t, h, h],
        '╃' => [h, t, h, t],
        '╄' => [t, h, h, t],
        '╅' => [h, t, t, h],
        '╆' => [t, h, t, h],
        '╇' => [h, h, h, t],
        '╈' => [h, h, t, h],
        '╉' => [h, t, h, h],
        '╊' => [t, h, h, h],
        _ => return None,
    })
}

fn lines([left, right, up, down]: [u32; 4]) -> Vec<Rect> {
    let (x, y) = (WIDTH / 2, HEIGHT / 2);
    // a line reaches through the one that crosses it, so that corners are full
    let (wide, high) = (up.max(down), left.max(right));
    let all = [
        (left, [0, y.saturating_sub(left), x + wide, y + left]),
        (right, [x.saturating_sub(wide), y.saturating_sub(right), WIDTH, y + right]),
        (up, [x.saturating_sub(up), 0, x + up, y + high]),
        (down, [x.saturating_sub(down), y.saturating_sub(high), x + down, HEIGHT]),
    ];
    all.into_iter().filter(|(half, _)| *half > 0).map(|(_, rect)| rect).collect()
}

/// A line of two, three or four dashes, from left to right or from top to bottom.
fn dashes(c: char, is_level: bool) -> Vec<Rect> {
    let count = match c {
        '╌' | '╍' | '╎' | '╏' => 2,
        '┄' | '┅' | '┆' | '┇' => 3,
        _ => 4,
    };
    let half = if "┅┉╍┇┋╏".contains(c) { THICK } else { THIN };
    let (long, middle) = if is_level { (WIDTH, HEIGHT / 2) } else { (HEIGHT, WIDTH / 2) };
    let step = long / count;
    let dash = |n: u32| {
        // a third of each is the gap, half of it at either end
        let (from, to) = (n * step + step / 6, (n + 1) * step - step / 6);
        let (near, far) = (middle - half, middle + half);
        if is_level { [from, near, to, far] } else { [near, from, far, to] }
    };
    (0..count).map(dash).collect()
}

/// Half the side of a dot of braille.
const DOT: u32 = 13;

/// The dots of a braille character, in the order of its bits.
fn braille(c: char) -> Vec<Rect> {
    const PLACES: [(u32, u32); 8] =
        [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
    let bits = u32::from(c) & 0xff;
    let dot = |(_, (column, line)): (usize, (u32, u32))| {
        let (x, y) = ((2 * column + 1) * WIDTH / 4, (2 * line + 1) * HEIGHT / 8);
        [x - DOT, y - DOT, x + DOT, y + DOT]
    };
    PLACES.into_iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(dot).collect()
}

/// A grid of 3 by 6 dots that cover so many quarters.
fn dots(quarters: u32) -> Vec<Rect> {
    let (across, down) = (WIDTH / 3, HEIGHT / 6);
    // areas: a quarter is half of each side
    let side = |whole: u32| match quarters {
        1 => whole / 2,
        2 => whole * 7 / 10,
        _ => whole * 17 / 20,
    };
    let (wide, high) = (side(across), side(down));
    (0..18)
        .map(|n| {
            let (x, y) = (n % 3 * across, n / 3 * down);
            [x, y, x + wide, y + high]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_stays_in_its_cell_and_lines_reach_its_sides() {
        for c in ('\u{2500}'..='\u{259f}').chain('\u{2800}'..='\u{28ff}') {
            for [left, top, right, bottom] in of(&c.to_string()) {
                assert!(left < right && right <= WIDTH && top < bottom && bottom <= HEIGHT, "{c}");
            }
        }
        let reaches = |c: &str| {
            let rects = of(c);
            [
                rects.iter().any(|r| r[0] == 0),
                rects.iter().any(|r| r[2] == WIDTH),
                rects.iter().any(|r| r[1] == 0),
                rects.iter().any(|r| r[3] == HEIGHT),
            ]
        };
        assert_eq!(reaches("┌"), [false, true, false, true]);
        assert_eq!(reaches("┥"), [true, false, true, true]);
        assert_eq!(reaches("━"), [true, true, false, false]);
        assert_eq!(reaches("█"), [true; 4]);
        assert!(of("a").is_empty() && of("e\u{301}").is_empty() && of("").is_empty());
    }

    #[test]
    fn braille_and_dashes_are_where_they_should_be() {
        assert_eq!(of("⠁"), [[8, 9, 34, 35]]);
        assert_eq!(of("⢀"), [[50, 144, 76, 170]]);
        assert_eq!(of("⣿").len(), 8);
        assert!(of("\u{2800}").is_empty());
        assert_eq!(of("╌"), [[7, 84, 35, 96], [49, 84, 77, 96]]);
        assert_eq!((of("┊").len(), of("┇").len()), (4, 3));
    }

    #[test]
    fn blocks_grow_by_eighths() {
        let heights: Vec<u32> =
            "▁▂▃▄▅▆▇█".chars().map(|c| HEIGHT - of(&c.to_string())[0][1]).collect();
        assert!(heights.is_sorted() && heights[3] == HEIGHT / 2 && heights[7] == HEIGHT);
        let widths: Vec<u32> = "▏▎▍▌▋▊▉█".chars().map(|c| of(&c.to_string())[0][2]).collect();
        assert!(widths.is_sorted() && widths[3] == WIDTH / 2 && widths[7] == WIDTH);
    }
}
