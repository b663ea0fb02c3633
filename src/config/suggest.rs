//! "Did you mean": the nearest of the words that would have done.

/// `did you mean …?` when one of `known` is near, else what there is to choose from.
pub(super) fn suggest<'a>(
    found: &str,
    known: impl IntoIterator<Item = &'a str>,
    none: &str,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(found, &known) {
        Some(word) => format!("did you mean `{word}`?"),
        None if known.is_empty() => none.to_owned(),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// The word of `known` that differs least from `found`, if that is at most a third of its letters.
#[must_use]
pub fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let found = found.to_lowercase();
    known
        .iter()
        .map(|word| (distance(&found, &word.to_lowercase()), *word))
        .filter(|(far, word)| *far <= word.chars().count().max(3) / 3)
        .min_by_key(|(far, _)| *far)
        .map(|(_, word)| word)
}

/// Letters to insert, delete, change or swap with their neighbour to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) =
        (from.chars().take(64).collect(), to.chars().take(64).collect());
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=to.len()).collect();
    for i in 1..=from.len() {
        for j in 1..=to.len() {
            let change = usize::from(from[i - 1] != to[j - 1]);
            let mut least =
                (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_nothing_far() {
        let known = ["workflow", "workflows", "repo", "name"];
        assert_eq!(nearest("worklfows", &known), Some("workflows"));
        assert_eq!(nearest("Repo", &known), Some("repo"));
        assert_eq!(nearest("nmae", &known), Some("name"));
        assert_eq!(nearest("colour", &known), None);
        assert_eq!(nearest("", &known), None);
        assert_eq!(suggest("x", [], "there is none"), "there is none");
    }
}
