//! GitHub's patterns of branches and tags: `*` is anything but a slash, `**` anything, `?` makes what
//! stands before it optional, `+` repeats it, `[…]` is one of a set, `!` at the beginning takes back.

/// Work that one match may take; beyond it nothing matches.
const STEPS: usize = 4_000;
/// The longest pattern that is tried, in characters.
const LONGEST: usize = 256;

/// Whether a list of patterns takes a name: the last one that matches decides.
pub(super) fn takes(patterns: &[String], name: &str) -> bool {
    let mut taken = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches(pattern, name) => taken = false,
            None if matches(pattern, name) => taken = true,
            _ => {}
        }
    }
    taken
}

/// Whether a pattern means more than the one name it spells.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '+', '[', '!'])
}

/// Whether a pattern matches a name whole.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let mut steps = STEPS;
    pattern.len() <= LONGEST && go(&pattern, &name, &mut steps)
}

/// The next unit of a pattern: what it takes, and how long it is.
fn unit(pattern: &[char]) -> (impl Fn(char) -> bool + '_, usize) {
    let set = pattern.first() == Some(&'[');
    let close = pattern.iter().position(|c| *c == ']').filter(|_| set);
    let escaped = pattern.first() == Some(&'\\') && pattern.len() > 1;
    let length = close.map_or(1 + usize::from(escaped), |close| close + 1);
    let takes = move |c: char| match close {
        Some(close) => in_set(&pattern[1..close], c),
        None => pattern[usize::from(escaped)] == c,
    };
    (takes, length)
}

fn in_set(set: &[char], c: char) -> bool {
    let mut at = 0;
    while at < set.len() {
        if at + 2 < set.len() && set[at + 1] == '-' {
            if (set[at]..=set[at + 2]).contains(&c) {
                return true;
            }
            at += 3;
        } else {
            if set[at] == c {
                return true;
            }
            at += 1;
        }
    }
    false
}

fn go(pattern: &[char], name: &[char], steps: &mut usize) -> bool {
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    match pattern {
        [] => name.is_empty(),
        ['*', '*', rest @ ..] => (0..=name.len()).any(|at| go(rest, &name[at..], steps)),
        ['*', rest @ ..] => {
            let end = name.iter().position(|c| *c == '/').unwrap_or(name.len());
            (0..=end).any(|at| go(rest, &name[at..], steps))
        }
        _ => {
            let (takes, length) = unit(pattern);
            let rest = &pattern[length..];
            match rest.first() {
                Some('?') => {
                    let with = name.first().is_some_and(|c| takes(*c));
                    go(&rest[1..], name, steps) || with && go(&rest[1..], &name[1..], steps)
                }
                Some('+') => {
                    let end = name.iter().position(|c| !takes(*c)).unwrap_or(name.len());
                    (1..=end).any(|at| go(&rest[1..], &name[at..], steps))
                }
                _ => name.first().is_some_and(|c| takes(*c)) && go(rest, &name[1..], steps),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_github_documents_them() {
        for (pattern, name) in [
            ("v*", "v1.2.3"),
            ("v[12].[0-9]+.[0-9]+", "v1.10.1"),
            ("feature/*", "feature/my-branch"),
            ("feature/**", "feature/beta-a/my-branch"),
            ("*", "main"),
            ("**", "all/the/branches"),
            ("*feature", "mona-feature"),
            ("**/main", "a/b/main"),
            ("v2?", "v"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("*", "a/b"), ("feature/*", "feature/a/b"), ("v*", "w"), ("main", "mainly")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let patterns = |list: &[&str]| list.iter().map(|&p| p.to_owned()).collect::<Vec<_>>();
        assert!(!takes(&patterns(&["release/**", "!release/*-alpha"]), "release/1-alpha"));
        assert!(takes(&patterns(&["!x", "x"]), "x"));
        assert!(!takes(&[], "x"));
    }

    #[test]
    fn a_pattern_made_to_be_slow_gives_up() {
        assert!(!matches(&"**a".repeat(30), &"b".repeat(2_000)));
        assert!(!matches(&"a".repeat(100_000), &"a".repeat(100_000)));
        assert!(!matches(&"*?+[".repeat(40), "zzzz"));
    }
}
