//! Lists of which the first items are shown.

/// Returns the first `most` items of a list, and the number of the others.
pub fn cut(items: impl IntoIterator<Item = String>, most: usize, separator: &str) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    let more = items.len().saturating_sub(most);
    if more > 0 {
        items.truncate(most);
        items.push(format!("and {more} more"));
    }
    items.join(separator)
}
