//! What Tab makes of a line: as much of the next word as is certain, or the best entry where no entry
//! begins so.

use super::Entry;

/// The line completed, from the entries that fit it.
pub fn complete(typed: &str, entries: &[Entry]) -> String {
    let typed = typed.trim_start();
    let begins: Vec<&str> = entries
        .iter()
        .map(|entry| entry.line.as_str())
        .filter(|line| line.starts_with(typed))
        .collect();
    let Some(first) = begins.first().map(|line| word(line, typed.len())) else {
        return match entries.first() {
            Some(best) if !typed.is_empty() => best.line.clone(),
            _ => typed.to_owned(),
        };
    };
    let words = || begins.iter().map(|line| word(line, typed.len()));
    let common = words().fold(first, shared);
    let follows = |line: &str| line.len() > common.len() && line.as_bytes()[common.len()] == b' ';
    let sure = words().all(|word| word == common) || common == typed;
    if sure && begins.iter().any(|line| line.starts_with(common) && follows(line)) {
        return format!("{common} ");
    }
    // what may follow a whole line is offered behind the blank
    if common == typed && typed.contains(' ') && begins == [typed] {
        return format!("{typed} ");
    }
    common.to_owned()
}

/// The line up to the end of the word that `from` is in or before.
fn word(line: &str, from: usize) -> &str {
    let rest = &line[from..];
    &line[..from + rest.find(' ').unwrap_or(rest.len())]
}

/// What two texts begin with.
fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    &one[..same.map(|(c, _)| c.len_utf8()).sum()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tab(typed: &str) -> String {
        let lines =
            ["promote", "promote-full", "promote a/prod", "promote a/stage", "zoom", "go é/b"];
        let entry = |line: &&str| Entry { line: (*line).into(), what: String::new(), key: None };
        let entries: Vec<Entry> = lines.iter().map(entry).collect();
        complete(typed, &entries)
    }

    #[test]
    fn as_far_as_it_is_certain() {
        for (typed, completed) in [
            ("p", "promote"),
            ("promote", "promote "),
            ("promote ", "promote a/"),
            ("promote a/s", "promote a/stage"),
            ("promote a/stage", "promote a/stage "),
            ("promote-", "promote-full"),
            ("z", "zoom"),
            ("zoom", "zoom"),
            ("g", "go "),
            ("go ", "go é/b"),
            ("  z", "zoom"),
            ("", ""),
            ("none of them begins so", "promote"),
        ] {
            assert_eq!(tab(typed), completed, "{typed:?}");
        }
        assert_eq!(complete("x", &[]), "x");
    }
}
