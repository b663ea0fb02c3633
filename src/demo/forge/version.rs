//! Version numbers, counted back.

/// The release so many before one; none before the first of its major version.
pub fn back(version: &str, releases: i64) -> Option<String> {
    (0..releases).try_fold(version.to_owned(), |version, _| before(&version))
}

/// The release before one: a patch less, or the last patch of the minor release before.
pub fn before(version: &str) -> Option<String> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
    Some(match patch.checked_sub(1) {
        Some(patch) => format!("{major}.{minor}.{patch}"),
        None => format!("{major}.{}.3", minor.checked_sub(1)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_go_back_to_the_first() {
        assert_eq!(before("1.4.1").as_deref(), Some("1.4.0"));
        assert_eq!(before("7.3.0").as_deref(), Some("7.2.3"));
        assert_eq!(before("1.0.0"), None);
        assert_eq!(back("1.4.1", 3).as_deref(), Some("1.3.2"));
        assert_eq!(back("1.0.1", 9), None);
    }
}
