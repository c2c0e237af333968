//! Parsers of flags with few values: an unknown value gets a suggestion, and shells complete the
//! known ones.

use std::fmt::Display;
use std::str::FromStr;

use crate::ci::System;
use crate::hook::agent::{Assistant, HookName};
use crate::model::rule::Confidence;
use crate::report::Format;
use crate::rules::RULES;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Returns the parser of values with these names.
fn of<T>(names: impl IntoIterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
{
    let names: Vec<&'static str> = names.into_iter().collect();
    PossibleValuesParser::new(names).try_map(|name| {
        let wrong = |wrong: T::Err| wrong.to_string();
        name.parse::<T>().map_err(wrong)
    })
}

/// The parser of report formats.
pub fn format() -> impl TypedValueParser<Value = Format> {
    of(Format::NAMES.map(|(name, _)| name))
}

/// The parser of formats for reports about Notion's answers.
pub fn live_format() -> impl TypedValueParser<Value = Format> {
    of(["human", "json"])
}

/// The parser of levels of confidence.
pub fn confidence() -> impl TypedValueParser<Value = Confidence> {
    of([Confidence::High, Confidence::Medium, Confidence::Low].map(Confidence::id))
}

/// The parser of hooks: git's, and those of AI assistants.
pub fn hook() -> impl TypedValueParser<Value = HookName> {
    of(HookName::all())
}

/// The parser of AI assistants.
pub fn assistant() -> impl TypedValueParser<Value = Assistant> {
    of(Assistant::ALL.map(Assistant::id))
}

/// The parser of CI systems.
pub fn system() -> impl TypedValueParser<Value = System> {
    of(System::NAMES.map(|(name, _)| name))
}

/// The parser of rule ids.
pub fn rule() -> impl TypedValueParser<Value = String> {
    of(RULES.iter().map(|rule| rule.id))
}
