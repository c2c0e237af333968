//! Messages about variables that are not searched for.

use std::path::Path;

use super::{Ignored, MIN_LENGTH, Unused};
use crate::detect::redact::shown_path;
use crate::env::shortened;

/// The largest number of names for one reason, or of faulty lines in one file, that are listed. The
/// others are only counted.
const LISTED: usize = 8;

/// Messages about `unused`: for each file, one line about all variables that are not searched for,
/// and one line for each syntax error.
pub fn notes(unused: &[Unused]) -> Vec<String> {
    let mut files: Vec<&Path> = Vec::new();
    for one in unused {
        if !files.contains(&one.file.as_path()) {
            files.push(&one.file);
        }
    }
    files
        .into_iter()
        .flat_map(|file| of_file(file, unused))
        .collect()
}

fn of_file(file: &Path, unused: &[Unused]) -> Vec<String> {
    let name = shown_path(file.as_os_str().as_encoded_bytes());
    let mut groups: Vec<(Ignored, Vec<&str>)> = Vec::new();
    let mut faults = Vec::new();
    for one in unused.iter().filter(|one| one.file == file) {
        if let Ignored::Fault(what) = one.reason {
            faults.push(format!("{name}: line {}: {what}", one.line));
        } else if let Some((_, names)) = groups.iter_mut().find(|(reason, _)| *reason == one.reason)
        {
            names.push(&one.variable);
        } else {
            groups.push((one.reason, vec![&one.variable]));
        }
    }
    let more = faults.len().saturating_sub(LISTED);
    faults.truncate(LISTED);
    if more > 0 {
        faults.push(format!("{name}: {more} more lines like these"));
    }
    summary(&name, &groups).into_iter().chain(faults).collect()
}

/// Returns a line such as `.env: 2 variables are not looked for: PORT (not secret by name), API_KEY
/// (under 12 bytes)`; `None` if there are no variables.
fn summary(file: &str, groups: &[(Ignored, Vec<&str>)]) -> Option<String> {
    let count: usize = groups.iter().map(|(_, names)| names.len()).sum();
    let are = if count == 1 {
        "variable is"
    } else {
        "variables are"
    };
    let parts: Vec<String> = groups
        .iter()
        .map(|(reason, names)| format!("{} ({})", shortened(names, LISTED), words(*reason)))
        .collect();
    (count > 0).then(|| format!("{file}: {count} {are} not looked for: {}", parts.join(", ")))
}

fn words(reason: Ignored) -> String {
    match reason {
        Ignored::NotSecret => "not secret by name".to_owned(),
        Ignored::Empty => "empty".to_owned(),
        Ignored::Reference => "refers to a value stored elsewhere".to_owned(),
        Ignored::TooShort => format!("under {MIN_LENGTH} bytes"),
        Ignored::Placeholder => "a placeholder".to_owned(),
        Ignored::Duplicate => "same value as a variable above".to_owned(),
        Ignored::Fault(what) => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::sort_out;
    use super::notes;

    #[test]
    fn ignored_variables_are_listed_in_one_line_per_file() {
        let text = b"PORT=3000\nAPI_KEY=short\nDEBUG=1\nA\n\nTOKEN=\nB_KEY='b";
        let (_, unused) = sort_out(text, Path::new(".env.local"));
        assert_eq!(
            notes(&unused),
            [
                ".env.local: 5 variables are not looked for: PORT, DEBUG (not secret by name), \
                 API_KEY, B_KEY (under 12 bytes), TOKEN (empty)",
                ".env.local: line 4: there is a name but no value: the line refers to a variable set elsewhere",
                ".env.local: line 7: the quote is not closed; the rest of the line is taken as the value",
            ]
        );
        assert!(notes(&[]).is_empty());
    }

    #[test]
    fn long_lists_are_cut() {
        let text: String = (0..20).map(|i| format!("V{i}=x\nW{i}\n")).collect();
        let (_, unused) = sort_out(text.as_bytes(), Path::new("a\nb.env"));
        let notes = notes(&unused);
        assert_eq!(notes.len(), 10);
        assert!(
            notes[0].ends_with("V6, V7 and 12 more (not secret by name)"),
            "{}",
            notes[0]
        );
        assert_eq!(notes[9], "a\\nb.env: 12 more lines like these");
    }
}
