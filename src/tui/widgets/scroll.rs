//! Where a list has to begin so that the cursor is on the screen.

/// The first visible line: the old `offset`, moved as little as needed so that `cursor` is among `height`
/// lines and no empty ones are shown while `len` lines could fill them. The cursor's neighbours stay
/// visible when there is room.
#[must_use]
pub fn into_view(offset: usize, cursor: usize, height: usize, len: usize) -> usize {
    if height == 0 || len == 0 {
        return 0;
    }
    let cursor = cursor.min(len - 1);
    let margin = usize::from(height >= 5);
    let highest = cursor.saturating_sub(margin);
    let lowest = (cursor + margin + 1).saturating_sub(height);
    offset.clamp(lowest, highest.max(lowest)).min(len.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moves_no_further_than_needed() {
        for (offset, cursor, height, len, expected) in [
            (0, 0, 10, 100, 0),
            (0, 8, 10, 100, 0),
            (0, 9, 10, 100, 1),
            (20, 21, 10, 100, 20),
            (20, 20, 10, 100, 19),
            (20, 50, 10, 100, 42),
            (0, 99, 10, 100, 90),
            (95, 99, 10, 100, 90),
            (50, 3, 10, 5, 0),
            (3, 2, 1, 5, 2),
            (9, 9, 0, 5, 0),
            (9, 9, 5, 0, 0),
        ] {
            assert_eq!(
                into_view(offset, cursor, height, len),
                expected,
                "{offset} {cursor} {height} {len}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_visible(offset in 0..300usize, cursor in 0..200usize, height in 1..50usize, len in 1..200usize) {
            let first = into_view(offset, cursor, height, len);
            let cursor = cursor.min(len - 1);
            prop_assert!(first <= cursor && cursor < first + height);
            prop_assert!(first + height <= len.max(height));
        }
    }
}
