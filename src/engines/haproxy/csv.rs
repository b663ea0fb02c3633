//! The table of `show stat`: fields may be quoted, and what a health check answered may stand in them.

/// The rows up to the empty line that ends the answer; none when that line never comes.
pub(super) fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                if row.is_empty() && field.is_empty() {
                    return Some(rows);
                }
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            _ => field.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn quotes_hold_commas_quotes_and_lines() {
        let table = "a,b,\n\"x,\"\"y\"\"\n\nz\",2,\n\nrest";
        assert_eq!(
            rows(table).unwrap(),
            [vec!["a", "b", ""], vec!["x,\"y\"\n\nz", "2", ""]]
        );
        assert_eq!(rows("a,b\n1,2\n"), None);
        assert_eq!(rows("a,\"b\n\n"), None);
    }
}
