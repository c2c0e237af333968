//! Lists that show only their first items.

/// Returns the first `most` items of a list, joined by `separator`. If there are more items, the
/// text ends with their number, such as `and 3 more`.
pub fn cut(items: impl IntoIterator<Item = String>, most: usize, separator: &str) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    let more = items.len().saturating_sub(most);
    if more > 0 {
        items.truncate(most);
        items.push(format!("and {more} more"));
    }
    items.join(separator)
}
