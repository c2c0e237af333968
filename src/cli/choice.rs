//! Parsers for flags that take one of a few values. The error about an unknown value suggests a
//! known value, and shells complete the known values.

use std::fmt::Display;
use std::str::FromStr;

use crate::ci::System;
use crate::hook::agent::{Assistant, HookName};
use crate::model::rule::Confidence;
use crate::report::Format;
use crate::rules::RULES;
use clap::builder::{PossibleValuesParser, StringValueParser, TypedValueParser};

/// Returns a parser that accepts only `names`, each of which is parsed as a `T`.
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

/// Returns the parser of report formats.
pub fn format() -> impl TypedValueParser<Value = Format> {
    of(Format::NAMES.map(|(name, _)| name))
}

/// Returns the parser of formats for reports about Notion's answers: `human` and `json`.
pub fn live_format() -> impl TypedValueParser<Value = Format> {
    of(["human", "json"])
}

/// Returns the parser of levels of confidence.
pub fn confidence() -> impl TypedValueParser<Value = Confidence> {
    of([Confidence::High, Confidence::Medium, Confidence::Low].map(Confidence::id))
}

/// Returns the parser of hook names: hooks of git and AI assistants.
pub fn hook() -> impl TypedValueParser<Value = HookName> {
    of(HookName::all())
}

/// Returns the parser of AI assistants.
pub fn assistant() -> impl TypedValueParser<Value = Assistant> {
    of(Assistant::ALL.map(Assistant::id))
}

/// Returns the parser of CI systems.
pub fn system() -> impl TypedValueParser<Value = System> {
    of(System::NAMES.map(|(name, _)| name))
}

/// Returns the parser of whole numbers.
pub fn number<T>() -> impl TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
{
    StringValueParser::new().try_map(|text| {
        text.parse::<T>()
            .map_err(|_| "write a whole number, such as 4")
    })
}

/// Returns the parser of rule ids.
pub fn rule() -> impl TypedValueParser<Value = String> {
    of(RULES.iter().map(|rule| rule.id))
}
