//! Patterns of names: `*` stands for anything, also for nothing.

/// Whether a name is of a pattern.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut left) = name.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        // the earliest place leaves the most to what follows
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in [
            ("*", "checkout/production"),
            ("*/production", "checkout/production"),
            ("checkout/*", "checkout/production"),
            ("*/prod*", "checkout/production-eu"),
            ("check*/*-eu", "checkout/production-eu"),
            ("a*b*b", "abab-b"),
            ("checkout/production", "checkout/production"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*/production", "checkout/production-eu"),
            ("production", "checkout/production"),
            ("a*a", "a"),
            ("", "a"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
