//! Keywords of JSON Schema, read within the dialect.

use crate::json::Value;
use crate::structure::{Place, StructureError};

/// Keywords that say nothing about validity.
const ANNOTATIONS: [&str; 8] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "sosmeta",
];

/// Refuses every keyword that is neither an annotation, nor `type`, nor one of these.
pub(super) fn keywords(
    schema: Value<'_>,
    known: &[&str],
    place: &Place<'_>,
) -> Result<(), StructureError> {
    let unknown = schema
        .members()
        .map(Value::name)
        .find(|name| *name != "type" && !known.contains(name) && !ANNOTATIONS.contains(name));
    match unknown {
        None => Ok(()),
        Some(name) => Err(unsupported(place, &format!("the keyword \"{name}\""))),
    }
}

pub(super) fn is_open(schema: Value<'_>, place: &Place<'_>) -> Result<bool, StructureError> {
    match schema.get("additionalProperties") {
        None => Ok(true),
        Some(value) => value
            .as_bool()
            .ok_or_else(|| unsupported(place, "additionalProperties with a schema")),
    }
}

pub(super) fn required<'j>(
    schema: Value<'j>,
    place: &Place<'_>,
) -> Result<Vec<&'j str>, StructureError> {
    match schema.get("required") {
        None => Ok(Vec::new()),
        Some(list) => strings(list).ok_or_else(|| needs(place, "required as a list of names")),
    }
}

pub(super) fn count(
    schema: Value<'_>,
    keyword: &str,
    place: &Place<'_>,
) -> Result<u32, StructureError> {
    match schema.get(keyword) {
        None => Ok(0),
        Some(number) => {
            whole(number).ok_or_else(|| unsupported(place, "a number of values that is not whole"))
        }
    }
}

pub(super) fn strings(list: Value<'_>) -> Option<Vec<&str>> {
    list.is_array()
        .then(|| list.items().map(Value::as_str).collect())?
}

pub(super) fn whole(number: Value<'_>) -> Option<u32> {
    let number = number.as_number()?;
    // The conversion is exact within these bounds.
    (number >= 0.0 && number.fract() == 0.0 && number < f64::from(u32::MAX))
        .then_some(number as u32)
}

pub(super) fn unsupported(place: &Place<'_>, what: &str) -> StructureError {
    StructureError::Unsupported {
        pointer: place.to_string(),
        what: what.to_owned(),
    }
}

pub(super) fn needs(place: &Place<'_>, what: &'static str) -> StructureError {
    StructureError::Needs {
        pointer: place.to_string(),
        what,
    }
}
