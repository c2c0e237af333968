//! Values of which there are few: what is no such value is told which one it is like, and shells
//! complete them.

use std::fmt::Display;
use std::str::FromStr;

use crate::ci::System;
use crate::hook::Hook;
use crate::model::rule::Confidence;
use crate::report::Format;
use crate::rules::RULES;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// The parser of values that have these names.
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

/// The formats of reports.
pub fn format() -> impl TypedValueParser<Value = Format> {
    of(Format::NAMES.map(|(name, _)| name))
}

/// The formats of what Notion's answers came to.
pub fn live_format() -> impl TypedValueParser<Value = Format> {
    of(["human", "json"])
}

/// The levels of confidence.
pub fn confidence() -> impl TypedValueParser<Value = Confidence> {
    of([Confidence::High, Confidence::Medium, Confidence::Low].map(Confidence::id))
}

/// Git's hooks.
pub fn hook() -> impl TypedValueParser<Value = Hook> {
    of(Hook::ALL.map(Hook::file))
}

/// The systems that run jobs.
pub fn system() -> impl TypedValueParser<Value = System> {
    of(System::NAMES.map(|(name, _)| name))
}

/// The ids of rules.
pub fn rule() -> impl TypedValueParser<Value = String> {
    of(RULES.iter().map(|rule| rule.id))
}
