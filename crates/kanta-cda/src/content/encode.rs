//! Values in the form that a field of contents gives them, checked against what the structure demands of it.

use kanta_core::{Precision, TimeStamp};

use super::ContentValue;
use super::systems::{OID_SYSTEM, ORGANISATION_REGISTER};
use crate::json::{Json, NewValue, Place};
use crate::structure::{CodeSystem, Field, Representation};

/// A value as JSON: a single one, or the parts of a composed one.
pub(super) enum Encoded {
    Text(String),
    Number(String),
    Switch(bool),
    Parts(Vec<(&'static str, Self)>),
}

impl Encoded {
    pub(super) fn write(&self, json: &mut Json<'_>, place: Place) {
        match self {
            Self::Text(text) => json.set(place, &NewValue::Text(text)),
            Self::Number(literal) => json.set(place, &NewValue::Number(literal)),
            Self::Switch(value) => json.set(place, &NewValue::Bool(*value)),
            Self::Parts(parts) => {
                json.set(place, &NewValue::Object);
                for (name, part) in parts {
                    let part_place = json.append(place, name, &NewValue::Object);
                    part.write(json, part_place);
                }
            }
        }
    }
}

pub(super) fn encode(field: Field<'_>, value: ContentValue) -> Result<Encoded, String> {
    use Representation as R;
    let encoded = match (field.representation(), value) {
        (R::Text | R::Name | R::Phrase | R::Signature, ContentValue::Text(text)) => {
            Encoded::Text(text)
        }
        (R::Switch, ContentValue::Switch(switch)) => Encoded::Switch(switch),
        (R::Number | R::Count, ContentValue::Number(value)) => Encoded::Number(number(value)?),
        (R::Quantity | R::Measure | R::Percent, ContentValue::Quantity(quantity)) => {
            Encoded::Parts(vec![
                ("value", Encoded::Number(number(quantity.value)?)),
                ("code", Encoded::Text(quantity.unit.into_owned())),
            ])
        }
        (R::Date | R::Moment, ContentValue::Date(date)) => Encoded::Text(date.to_string()),
        (R::Moment, ContentValue::Moment(moment)) => Encoded::Text(moment.to_utc_text(0)),
        (R::Moment, ContentValue::TimeStamp(stamp)) => Encoded::Text(iso(&stamp)?),
        (R::Code, ContentValue::Code(code)) => {
            let display = code
                .display()
                .ok_or("a coded value in content has its display name")?;
            coded(&code.system().to_urn(), code.code(), display)
        }
        (R::Moment, ContentValue::WrittenMoment(text)) => Encoded::Text(text),
        (R::Code, ContentValue::WrittenCode(parts)) => {
            let [system, code, display] = &*parts;
            coded(system, code, display)
        }
        (R::Code, ContentValue::LocalCode(code)) => match field.code_system() {
            Some(CodeSystem::Local(list)) => coded(&list, &code.code, &code.display),
            _ => return Err("the field has a code system; give a coded value of it".to_owned()),
        },
        (R::Code, ContentValue::Organisation(organisation)) => {
            let name = organisation
                .name
                .as_deref()
                .ok_or("an organisation in content has its name")?;
            coded(
                ORGANISATION_REGISTER,
                organisation.oid.as_oid().as_str(),
                name,
            )
        }
        (R::Identifier, ContentValue::Identifier(identifier)) => {
            let value = identifier
                .extension
                .ok_or("the identifier has no extension")?;
            identified(identifier.root.to_urn(), value)
        }
        (R::Identifier, ContentValue::Oid(oid)) => {
            identified(OID_SYSTEM.to_owned(), oid.as_str().to_owned())
        }
        (R::Identifier, ContentValue::WrittenIdentifier(Some(system), value)) => {
            identified(system, value)
        }
        (R::Identifier, ContentValue::WrittenIdentifier(None, value)) => {
            Encoded::Parts(vec![("value", Encoded::Text(value))])
        }
        // An identifier whose root nobody knows, such as an agreement's number.
        (R::Identifier, ContentValue::Text(text)) => {
            Encoded::Parts(vec![("value", Encoded::Text(text))])
        }
        (representation, value) => {
            return Err(format!(
                "the field is of the representation {representation:?}; a value of another kind was given ({value:?})"
            ));
        }
    };
    check(field, &encoded)?;
    Ok(encoded)
}

/// Checks what the schema demands of a text, or of the texts of a composed value.
fn check(field: Field<'_>, value: &Encoded) -> Result<(), String> {
    match value {
        Encoded::Text(text) => {
            if let Some(mut allowed) = field.allowed()
                && !allowed.any(|allowed| allowed == text)
            {
                return Err(match field.representation() {
                    Representation::Phrase => {
                        "the field holds a fixed text; set it with `set_phrase`".to_owned()
                    }
                    _ => format!(
                        "the structure allows {} only",
                        field
                            .allowed()
                            .into_iter()
                            .flatten()
                            .collect::<Vec<_>>()
                            .join(", ")
                    ),
                });
            }
            match field.pattern() {
                Some(pattern) if !pattern.matches(text) => Err(match pattern {
                    crate::structure::Pattern::Oid(oid) => {
                        format!("the code system is {oid} or a version of it")
                    }
                    _ => "the year has four digits".to_owned(),
                }),
                _ => Ok(()),
            }
        }
        Encoded::Number(_) | Encoded::Switch(_) => Ok(()),
        Encoded::Parts(parts) => parts.iter().try_for_each(|(name, part)| {
            let field = field
                .child(name)
                .ok_or_else(|| format!("the structure has no part `{name}` here"))?;
            check(field, part)
        }),
    }
}

fn coded(system: &str, code: &str, display: &str) -> Encoded {
    let text = |text: &str| Encoded::Text(text.to_owned());
    Encoded::Parts(vec![
        ("system", text(system)),
        ("code", text(code)),
        ("display", text(display)),
    ])
}

fn identified(system: String, value: String) -> Encoded {
    Encoded::Parts(vec![
        ("system", Encoded::Text(system)),
        ("value", Encoded::Text(value)),
    ])
}

fn number(value: f64) -> Result<String, String> {
    if value.abs() <= 9_007_199_254_740_992.0 {
        Ok(value.to_string())
    } else {
        Err("a number in content is finite and not beyond 2^53".to_owned())
    }
}

/// `yyyyMMddHHmmss±hhmm` as `yyyy-MM-ddTHH:mm:ss±hh:mm`; a day, month or year without its time.
fn iso(stamp: &TimeStamp) -> Result<String, String> {
    let text = stamp.as_str();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    match stamp.precision() {
        Precision::Year => Ok(part(0..4).to_owned()),
        Precision::Month => Ok(format!("{}-{}", part(0..4), part(4..6))),
        Precision::Day => Ok(format!("{}-{}-{}", part(0..4), part(4..6), part(6..8))),
        Precision::Second | Precision::Fraction if stamp.has_offset() => {
            let sign = text.find(['+', '-']).unwrap_or(text.len());
            let offset = text.get(sign..).unwrap_or_default();
            let (hours, minutes) = offset.split_at_checked(3).unwrap_or((offset, ""));
            Ok(format!(
                "{}-{}-{}T{}:{}:{}{hours}:{minutes}",
                part(0..4),
                part(4..6),
                part(6..8),
                part(8..10),
                part(10..12),
                text.get(12..sign).unwrap_or_default(),
            ))
        }
        _ => {
            Err("a moment in content has its seconds and its offset, or no time at all".to_owned())
        }
    }
}
