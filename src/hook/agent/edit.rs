//! Edits of an assistant's hook file: they add or remove ntnguard's entries and leave every other
//! byte unchanged.
//!
//! The removal must remove exactly the added text, without a record of it elsewhere. A line break
//! shows what was added: an array or object that ntnguard creates begins with a line break, but an
//! entry that ntnguard adds to an existing empty array or object has no line break before it.

use std::ops::Range;

use super::json::{JsonNode, JsonValue, parse};

/// ntnguard's entries of a hook file: one for each event, as JSON on one line.
pub struct HookEntries {
    /// The names of the events with their entries.
    pub events: Vec<(&'static str, String)>,
    /// True if the file must have `"version": 1`.
    pub has_version: bool,
}

/// The reason why a hook file cannot be edited.
#[derive(Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The file is not JSON. The first mistake is at this offset, in bytes.
    NoJson(usize),
    /// A value that should be an object or an array is something else.
    Shape(&'static str),
}

/// The members of an entry that hold commands.
const COMMANDS: [&str; 4] = ["command", "bash", "powershell", "exec"];

/// Returns true if a command is ntnguard's.
pub fn is_ours(command: &str) -> bool {
    command.contains("ntnguard") && command.contains("hook run agent")
}

/// Returns the events in a hook file that have a command of ntnguard, each with the first of these
/// commands.
pub fn installed(text: &str) -> Result<Vec<(String, String)>, Unfit> {
    let root = object(text)?;
    let Some(hooks) = root.member("hooks") else {
        return Ok(Vec::new());
    };
    let JsonValue::Object(events) = &hooks.node.value else {
        return Err(Unfit::Shape("`hooks` is not an object"));
    };
    let mut found = Vec::new();
    for event in events {
        let mut commands = Vec::new();
        event.node.texts(&COMMANDS, &mut commands);
        let ours = commands.into_iter().find(|command| is_ours(command));
        found.extend(ours.map(|command| (event.name.clone(), command.to_owned())));
    }
    Ok(found)
}

/// Returns true if the hook file switches its hooks off (`disableAllHooks`).
pub fn is_off(text: &str) -> bool {
    let root = parse(text);
    let off = root
        .as_ref()
        .ok()
        .and_then(|root| root.member("disableAllHooks"));
    off.is_some_and(|off| &text[off.node.span.clone()] == "true")
}

/// Returns the hook file `text` with `entries` added or updated. `text` is `None` if there is no
/// file yet.
pub fn with(text: Option<&str>, entries: &HookEntries) -> Result<String, Unfit> {
    let mut text = text.map_or_else(|| made(entries), |text| Ok(text.to_owned()))?;
    for (event, entry) in &entries.events {
        text = with_entry(&text, event, entry, entries.has_version)?;
    }
    Ok(text)
}

/// Returns a new hook file with the first of `entries`. `version` is the last member, which shows
/// that ntnguard added it.
fn made(entries: &HookEntries) -> Result<String, Unfit> {
    let version = if entries.has_version {
        ",\n  \"version\": 1"
    } else {
        ""
    };
    let Some((event, entry)) = entries.events.first() else {
        return Ok("{\n}\n".to_owned());
    };
    let hooks = hooks_member(event, entry, "  ", "\n");
    Ok(format!("{{\n  {hooks}{version}\n}}\n"))
}

fn hooks_member(event: &str, entry: &str, unit: &str, end: &str) -> String {
    let member = event_member(event, entry, unit, end);
    format!("\"hooks\": {{{end}{unit}{unit}{member}{end}{unit}}}")
}

fn event_member(event: &str, entry: &str, unit: &str, end: &str) -> String {
    format!("\"{event}\": [{end}{unit}{unit}{unit}{entry}{end}{unit}{unit}]")
}

fn object(text: &str) -> Result<JsonNode, Unfit> {
    let root = parse(text).map_err(Unfit::NoJson)?;
    match root.value {
        JsonValue::Object(_) => Ok(root),
        _ => Err(Unfit::Shape("it is not an object")),
    }
}

/// Returns the text with the entry of one event. The entry replaces an earlier entry of ntnguard,
/// or is added.
fn with_entry(text: &str, event: &str, entry: &str, versioned: bool) -> Result<String, Unfit> {
    let root = object(text)?;
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let unit = unit(text, &root);
    let Some(hooks) = root.member("hooks") else {
        let mut member = hooks_member(event, entry, unit, end);
        if versioned && root.member("version").is_none() {
            member += &format!(",{end}{unit}\"version\": 1");
        }
        return Ok(inserted(text, &root, &member, &format!("{end}{unit}")));
    };
    let JsonValue::Object(_) = hooks.node.value else {
        return Err(Unfit::Shape("`hooks` is not an object"));
    };
    let Some(of_event) = hooks.node.member(event) else {
        let member = event_member(event, entry, unit, end);
        let before = format!("{end}{unit}{unit}");
        return Ok(inserted(text, &hooks.node, &member, &before));
    };
    let JsonValue::Array(elements) = &of_event.node.value else {
        return Err(Unfit::Shape(
            "the entry of an event in `hooks` is not an array",
        ));
    };
    let mut own = elements
        .iter()
        .filter(|element| entry_owner(element) != EntryOwner::None);
    match own.next() {
        Some(element) if entry_owner(element) == EntryOwner::Alone => {
            let mut text = text.to_owned();
            text.replace_range(element.span.clone(), entry);
            Ok(text)
        }
        // An entry that also has other commands is not changed: that is up to the user.
        Some(_) => Ok(text.to_owned()),
        None => {
            let before = format!("{end}{unit}{unit}{unit}");
            Ok(inserted(text, &of_event.node, entry, &before))
        }
    }
}

/// The share of an entry's commands that is ntnguard's: none, some or all.
#[derive(Clone, Copy, PartialEq)]
enum EntryOwner {
    None,
    Some,
    Alone,
}

fn entry_owner(element: &JsonNode) -> EntryOwner {
    let mut commands = Vec::new();
    element.texts(&COMMANDS, &mut commands);
    match commands.iter().filter(|command| is_ours(command)).count() {
        0 => EntryOwner::None,
        ours if ours == commands.len() => EntryOwner::Alone,
        _ => EntryOwner::Some,
    }
}

/// Returns the white space that indents one level.
fn unit<'t>(text: &'t str, root: &JsonNode) -> &'t str {
    let first = root
        .parts()
        .first()
        .map_or(root.span.start, |part| part.start);
    let line = text[..first].rsplit('\n').next().unwrap_or_default();
    let is_blank = !line.is_empty() && line.chars().all(|c| matches!(c, ' ' | '\t'));
    if is_blank { line } else { "  " }
}

/// Returns the text with `part` added at the end of an array or an object.
fn inserted(text: &str, list: &JsonNode, part: &str, before: &str) -> String {
    let mut text = text.to_owned();
    match list.parts().last() {
        Some(last) => text.insert_str(last.end, &format!(",{before}{part}")),
        None => text.insert_str(list.span.start + 1, part),
    }
    text
}

/// Returns a hook file without ntnguard's entries; `None` if nothing else is in it, because
/// ntnguard created the file then.
pub fn without(text: &str, entries: &HookEntries) -> Result<Option<String>, Unfit> {
    let mut text = text.to_owned();
    loop {
        let root = object(&text)?;
        let Some(hooks) = root.member("hooks") else {
            return Ok(Some(text));
        };
        let JsonValue::Object(events) = &hooks.node.value else {
            return Err(Unfit::Shape("`hooks` is not an object"));
        };
        let own = events.iter().find_map(|event| {
            let mut elements = event.node.elements().iter();
            let own = elements.position(|element| entry_owner(element) == EntryOwner::Alone)?;
            Some((event, own))
        });
        let Some((event, own)) = own else {
            return Ok(Some(text));
        };
        // The entry's array, then `hooks`, then the file are removed, as far as ntnguard created
        // them.
        let at = events
            .iter()
            .rposition(|one| one.span == event.span)
            .unwrap_or(0);
        let in_root = root
            .parts()
            .iter()
            .position(|part| *part == hooks.span)
            .unwrap_or(0);
        let lists = [(&event.node, own), (&hooks.node, at)];
        let kept = lists.iter().find(|(list, at)| !was_made(&text, list, *at));
        match kept {
            Some((list, at)) => text = removed(&text, list, *at, 1),
            None => {
                let count = 1 + usize::from(is_our_version(&text, &root, in_root, entries));
                let is_whole = count == root.parts().len() && was_opened(&text, &root, in_root);
                if is_whole {
                    return Ok(None);
                }
                return Ok(Some(removed(&text, &root, in_root, count)));
            }
        }
    }
}

/// Returns true if a list has only the part at index `at` and begins with a line break, as lists
/// that ntnguard creates do.
fn was_made(text: &str, list: &JsonNode, at: usize) -> bool {
    let parts = list.parts();
    let rest = parts
        .get(at)
        .map_or("", |part| &text[part.end..list.span.end - 1]);
    parts.len() == 1 && was_opened(text, list, at) && rest.trim().is_empty()
}

fn was_opened(text: &str, list: &JsonNode, at: usize) -> bool {
    let parts = list.parts();
    let before = parts
        .get(at)
        .map_or("", |part| &text[list.span.start + 1..part.start]);
    at == 0 && before.contains('\n') && before.trim().is_empty()
}

/// Returns true if `version` is right after `hooks`, where ntnguard writes it.
fn is_our_version(text: &str, root: &JsonNode, hooks: usize, entries: &HookEntries) -> bool {
    let JsonValue::Object(members) = &root.value else {
        return false;
    };
    let Some([before, version]) = members.get(hooks..hooks + 2) else {
        return false;
    };
    let between = &text[before.span.end..version.span.start];
    let is_ours = between.starts_with(",\n") || between.starts_with(",\r\n");
    let is_one = text[version.node.span.clone()] == *"1";
    entries.has_version && version.name == "version" && is_one && is_ours
}

/// Returns the text without `count` parts of a list, from index `at` on, and without the comma that
/// separated them from the other parts.
fn removed(text: &str, list: &JsonNode, at: usize, count: usize) -> String {
    let parts = list.parts();
    let end = parts[at + count - 1].end;
    let range: Range<usize> = match (at.checked_sub(1), parts.get(at + count)) {
        (Some(before), _) => {
            let from = parts[before].end;
            let between = &text[from..parts[at].start];
            match between
                .strip_prefix(',')
                .unwrap_or(between)
                .trim()
                .is_empty()
            {
                true => from..end,
                // A comment between the parts stays, with the comma.
                false => {
                    let behind = &text[end..list.span.end];
                    let comma = behind.len() - behind.trim_start().len();
                    let has_comma = behind[comma..].starts_with(',');
                    parts[at].start..end + if has_comma { comma + 1 } else { 0 }
                }
            }
        }
        // A comment before the next part belongs to that part and stays.
        (None, Some(next)) => {
            let between = &text[end..next.start];
            let behind = between.trim_start().trim_start_matches(',').trim_start();
            parts[at].start..next.start - behind.len()
        }
        (None, None) => parts[at].start..end,
    };
    let mut text = text.to_owned();
    text.replace_range(range, "");
    text
}

#[cfg(test)]
mod tests;
