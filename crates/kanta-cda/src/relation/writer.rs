//! The seam through which objects are written: into content, new or that of the version before.

use kanta_core::{
    ClientIdentity, CodedValue, Date, Oid, Organisation, PersonName, PersonalIdentityCode,
    TemporaryId, TimeStamp,
};
use serde_json::{Map, Value};

use super::error::RelationContentError;
use crate::content::ORGANISATION_REGISTER;
use crate::json::Json;

pub(super) type Object = Map<String, Value>;

/// A whole content, of which one document is written.
pub(super) struct Writer {
    root: Object,
}

impl Writer {
    /// Begins with the content of the version before, or with nothing.
    pub(super) fn onto(previous: Option<&[u8]>) -> Result<Self, RelationContentError> {
        let Some(bytes) = previous else {
            return Ok(Self { root: Map::new() });
        };
        // The strict reader has the better errors; what it takes, the other one takes too.
        Json::parse(bytes).map_err(|error| RelationContentError::of_json(&error))?;
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(root)) => Ok(Self { root }),
            _ => Err(RelationContentError::new("/", "an object is expected")),
        }
    }

    pub(super) fn document(&mut self, name: &str) -> &mut Object {
        object(&mut self.root, name)
    }

    pub(super) fn finish(self) -> Vec<u8> {
        Value::Object(self.root).to_string().into_bytes()
    }
}

/// Returns the group under a name, made when it is missing or no group.
pub(super) fn object<'o>(parent: &'o mut Object, name: &str) -> &'o mut Object {
    let value = parent.entry(name).or_insert(Value::Null);
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().expect("it was made an object")
}

/// Sets a value, or removes it when there is none.
pub(super) fn set(parent: &mut Object, name: &str, value: Option<impl Into<Value>>) {
    match value {
        Some(value) => {
            parent.insert(name.to_owned(), value.into());
        }
        None => {
            parent.remove(name);
        }
    }
}

/// Takes the items of a repeated field out, to be matched with what is written.
pub(super) fn take_items(parent: &mut Object, name: &str) -> Vec<Object> {
    match parent.remove(name) {
        Some(Value::Array(items)) => items
            .into_iter()
            .filter_map(|item| match item {
                Value::Object(item) => Some(item),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Takes the first item that fits out of the old ones, or begins a new one.
pub(super) fn take_matching(old: &mut Vec<Object>, fits: impl Fn(&Object) -> bool) -> Object {
    match old.iter().position(fits) {
        Some(index) => old.remove(index),
        None => Map::new(),
    }
}

/// Sets a repeated field; an empty list is left out.
pub(super) fn set_items(parent: &mut Object, name: &str, items: Vec<Object>) {
    let items: Vec<Value> = items.into_iter().map(Value::Object).collect();
    set(parent, name, (!items.is_empty()).then_some(items));
}

pub(super) fn day(day: Date) -> Value {
    day.to_string().into()
}

/// Writes a moment: a day, or a day with time to the second and offset.
pub(super) fn moment(stamp: &TimeStamp, pointer: &str) -> Result<Value, RelationContentError> {
    let wrong = || {
        RelationContentError::new(
            pointer,
            "a moment is a day, or a day with time to the second and offset",
        )
    };
    let date = stamp.date().ok_or_else(wrong)?;
    let text = stamp.as_str();
    if text.len() == 8 {
        return Ok(day(date));
    }
    let (Some(hour), Some(minute), Some(second), Some(rest)) = (
        text.get(8..10),
        text.get(10..12),
        text.get(12..14),
        text.get(14..),
    ) else {
        return Err(wrong());
    };
    let sign = rest.find(['+', '-']).ok_or_else(wrong)?;
    let (fraction, offset) = rest.split_at(sign);
    let (hours, minutes) = offset.split_at(3);
    Ok(format!("{date}T{hour}:{minute}:{second}{fraction}{hours}:{minutes}").into())
}

fn members<const N: usize>(members: [(&str, &str); N]) -> Value {
    let members = members.map(|(name, value)| (name.to_owned(), value.into()));
    Value::Object(members.into_iter().collect())
}

pub(super) fn code(code: &CodedValue, pointer: &str) -> Result<Value, RelationContentError> {
    let display = code.display().ok_or_else(|| {
        RelationContentError::new(pointer, "the code has no name; content writes it too")
    })?;
    let system = code.system().to_urn();
    Ok(members([
        ("system", &system),
        ("code", code.code()),
        ("display", display),
    ]))
}

pub(super) fn organisation(
    organisation: &Organisation,
    pointer: &str,
) -> Result<Value, RelationContentError> {
    let name = organisation.name.as_deref().ok_or_else(|| {
        RelationContentError::new(
            pointer,
            "the organisation has no name; take it from the SOTE organisation register",
        )
    })?;
    Ok(members([
        ("system", ORGANISATION_REGISTER),
        ("code", organisation.oid.as_oid().as_str()),
        ("display", name),
    ]))
}

/// Writes an identifier that is an OID, under the system that the field was seen with, if any.
pub(super) fn oid(oid: &Oid, system: Option<&str>) -> Value {
    match system {
        Some(system) => members([("system", system), ("value", oid.as_str())]),
        None => members([("value", oid.as_str())]),
    }
}

pub(super) fn set_identity(person: &mut Object, identity: &ClientIdentity) {
    set_identity_code(person, identity.identity_code());
    set_temporary_id(person, identity.temporary_id());
}

pub(super) fn set_identity_code(person: &mut Object, value: Option<&PersonalIdentityCode>) {
    let value = value.map(|value| {
        let root = PersonalIdentityCode::root().to_urn();
        members([("system", &root), ("value", value.expose())])
    });
    set(person, "henkilotunnus", value);
}

pub(super) fn set_temporary_id(person: &mut Object, value: Option<&TemporaryId>) {
    let value = value.map(|value| {
        let root = value.root().to_urn();
        members([("system", &root), ("value", value.expose_extension())])
    });
    set(person, "tilapainen_yksilointitunnus", value);
}

pub(super) fn set_name(person: &mut Object, name: &PersonName) {
    set(person, "sukunimi", Some(name.family()));
    set(person, "etunimet", Some(name.given().join(" ")));
}
