//! Where in a repository's history a secret lies: since when, until when, and what keeps it there.

/// The place of a secret in history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The oldest commit that has it while none of its parents does; `None` where no commit has it.
    pub introduced: Option<Commit>,
    /// The newest commit that does not have it while a parent does; `None` as long as the tip of a branch has it.
    pub removed: Option<Commit>,
    /// How many commits have it.
    pub commits: usize,
    /// All paths that lead to it, sorted.
    pub paths: Vec<Vec<u8>>,
    /// What keeps it from being pruned, sorted: names of refs, `stash`, `reflog:<ref>`, `index`, or `unreachable`.
    pub kept_by: Vec<String>,
    /// Whether a remote-tracking ref leads to it: somebody else has it.
    pub published: bool,
}

/// A commit, as far as it is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id, in hexadecimal.
    pub id: String,
    /// When it was made, in seconds since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    /// Who wrote it: the name alone.
    pub author: String,
}

impl Commit {
    /// When it was made, in UTC, as ISO 8601 writes it: `2026-01-02T03:04:05Z`.
    pub fn time(&self) -> String {
        let (days, second) = (self.seconds.div_euclid(86_400), self.seconds.rem_euclid(86_400));
        let (year, month, day) = date(days);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
    }
}

/// The Gregorian date that is so many days after 1970-01-01. Counted in years that begin in March, so that a leap day is a
/// year's last, and in eras of 400 years, which are all of one length.
fn date(days: i64) -> (i64, i64, i64) {
    let from_march_0000 = days + 719_468;
    let (era, day) = (from_march_0000.div_euclid(146_097), from_march_0000.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::Commit;

    #[test]
    fn times_are_those_of_the_calendar() {
        let time = |seconds| Commit { id: String::new(), seconds, author: String::new() }.time();
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(time(1_767_323_045), "2026-01-02T03:04:05Z");
        assert_eq!(time(-1), "1969-12-31T23:59:59Z");
        assert_eq!(time(4_107_542_400), "2100-03-01T00:00:00Z");
    }
}
