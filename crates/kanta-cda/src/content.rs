//! Content that is built value by value against its structure.

use kanta_core::{
    ClientRelationId, CodedValue, Date, DocumentOid, InstanceIdentifier, Instant, Oid,
    Organisation, PersonalIdentityCode, TemporaryId,
};
use serde_json::{Map, Value};

use crate::structure::{Field, Representation, Structure};

/// The code system of organisations and units in contents, with the version seen (`[S]` of the public test messages).
pub(crate) const ORGANISATION_REGISTER: &str = "urn:oid:1.2.246.537.6.202.2008";
/// What contents write as the system of an OID that identifies a client relation (`[S]` of one public test message).
pub(crate) const OID_SYSTEM: &str = "urn:oid:1.2.246.1";

/// Content of a document, bound to its structure: what the structure does not have cannot be set.
///
/// A path names fields by their properties below the document, with the number of a repeated one in brackets:
/// `asiakas[0].sukunimi`. The form of a value is checked when it is set; whether everything that is mandatory is there is
/// checked with the whole document. `Debug` shows no values.
#[derive(Clone)]
pub struct Content<'s> {
    structure: &'s Structure,
    root: Map<String, Value>,
}

/// A value that a field can take.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ContentValue {
    /// Text, a name or a phrase.
    Text(String),
    /// Yes or no.
    Switch(bool),
    /// A day.
    Date(Date),
    /// A day with time, in UTC.
    Moment(Instant),
    /// A coded value.
    Code(CodedValue),
    /// An identifier with its root.
    Identifier(InstanceIdentifier),
    /// An identifier that is an OID.
    Oid(Oid),
    /// An organisation or unit, as a code of the SOTE organisation register.
    Organisation(Organisation),
}

/// A value that cannot be set: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {problem} [KANTA-CONTENT]")]
pub struct ContentError {
    path: String,
    problem: String,
}

impl<'s> Content<'s> {
    /// Makes empty content.
    #[must_use]
    pub fn new(structure: &'s Structure) -> Self {
        Self {
            structure,
            root: Map::new(),
        }
    }

    /// Sets the value at a path; groups and earlier repetitions on the way are made.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field, or its values have another form.
    pub fn set(
        &mut self,
        path: &str,
        value: impl Into<ContentValue>,
    ) -> Result<&mut Self, ContentError> {
        let wrong = |problem: String| ContentError {
            path: path.to_owned(),
            problem,
        };
        let mut field = self.structure.root();
        let mut place = self
            .root
            .entry(field.name())
            .or_insert_with(|| Value::Object(Map::new()));
        for step in path.split('.') {
            let (name, number) = parse_step(step).map_err(&wrong)?;
            field = field
                .child(name)
                .ok_or_else(|| wrong(format!("the structure has no field `{name}` here")))?;
            place = step_into(place, field, number).map_err(&wrong)?;
        }
        *place = encode(field, value.into()).map_err(wrong)?;
        Ok(self)
    }

    /// Returns the structure.
    #[must_use]
    pub fn structure(&self) -> &'s Structure {
        self.structure
    }

    /// Returns the content as compact JSON in UTF-8.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        Value::Object(self.root.clone()).to_string().into_bytes()
    }
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content")
            .field("structure", self.structure.oid())
            .finish_non_exhaustive()
    }
}

impl From<Content<'_>> for Vec<u8> {
    fn from(content: Content<'_>) -> Self {
        content.to_json()
    }
}

/// The most repetitions that a path may ask for, so that a slip of the finger does not fill the memory.
const MAX_REPETITIONS: usize = 10_000;

fn parse_step(step: &str) -> Result<(&str, Option<usize>), String> {
    match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
        None => Ok((step, None)),
        Some((name, number)) => match number.parse() {
            Ok(number) if number < MAX_REPETITIONS => Ok((name, Some(number))),
            _ => Err(format!("the number in brackets is below {MAX_REPETITIONS}")),
        },
    }
}

fn step_into<'v>(
    place: &'v mut Value,
    field: &Field,
    number: Option<usize>,
) -> Result<&'v mut Value, String> {
    let Value::Object(members) = place else {
        return Err("the field above is a value, not a group".to_owned());
    };
    let empty = || {
        if field.is_group() {
            Value::Object(Map::new())
        } else {
            Value::Null
        }
    };
    match (field.is_repeated(), number) {
        (false, None) => Ok(members.entry(field.name()).or_insert_with(empty)),
        (true, Some(number)) => {
            let list = members
                .entry(field.name())
                .or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(list) = list else {
                return Err("the field repeats, but holds a single value".to_owned());
            };
            if number > list.len() {
                return Err(format!("the next one has the number {}", list.len()));
            }
            if number == list.len() {
                list.push(empty());
            }
            Ok(&mut list[number])
        }
        (true, None) => Err(format!(
            "`{}` repeats: write `{}[0]`",
            field.name(),
            field.name()
        )),
        (false, Some(_)) => Err(format!(
            "`{}` does not repeat: leave the brackets out",
            field.name()
        )),
    }
}

fn encode(field: &Field, value: ContentValue) -> Result<Value, String> {
    use Representation as R;
    let object = |members: &[(&str, &str)]| {
        let members = members
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        Value::Object(members.collect())
    };
    match (field.representation(), value) {
        (R::Text | R::Name | R::Phrase | R::Signature, ContentValue::Text(text)) => Ok(text.into()),
        (R::Switch, ContentValue::Switch(switch)) => Ok(switch.into()),
        (R::Date | R::Moment, ContentValue::Date(date)) => Ok(date.to_string().into()),
        (R::Moment, ContentValue::Moment(moment)) => Ok(moment.to_utc_text(0).into()),
        (R::Code, ContentValue::Code(code)) => {
            let display = code
                .display()
                .ok_or("a coded value in content has its display name")?;
            Ok(object(&[
                ("system", &code.system().to_urn()),
                ("code", code.code()),
                ("display", display),
            ]))
        }
        (R::Code, ContentValue::Organisation(organisation)) => {
            let name = organisation
                .name
                .as_deref()
                .ok_or("an organisation in content has its name")?;
            Ok(object(&[
                ("system", ORGANISATION_REGISTER),
                ("code", organisation.oid.as_oid().as_str()),
                ("display", name),
            ]))
        }
        (R::Identifier, ContentValue::Identifier(identifier)) => {
            let value = identifier
                .extension
                .as_deref()
                .ok_or("the identifier has no extension")?;
            Ok(object(&[
                ("system", &identifier.root.to_urn()),
                ("value", value),
            ]))
        }
        (R::Identifier, ContentValue::Oid(oid)) => {
            Ok(object(&[("system", OID_SYSTEM), ("value", oid.as_str())]))
        }
        (representation, _) => Err(format!(
            "the field is of the representation {representation:?}; a value of another kind was given"
        )),
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {$(
        impl From<$type> for ContentValue {
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}

from! {
    &str => |text| Self::Text(text.to_owned());
    String => |text| Self::Text(text);
    bool => |switch| Self::Switch(switch);
    Date => |date| Self::Date(date);
    Instant => |moment| Self::Moment(moment);
    CodedValue => |code| Self::Code(code);
    Organisation => |organisation| Self::Organisation(organisation);
    &Organisation => |organisation| Self::Organisation(organisation.clone());
    kanta_core::codes::ServiceTask => |code| Self::Code(code.into());
    kanta_core::codes::SocialService => |code| Self::Code(code.into());
    kanta_core::codes::Gender => |code| Self::Code(code.into());
    &ClientRelationId => |id| Self::Oid(id.as_oid().clone());
    &DocumentOid => |id| Self::Oid(id.as_oid().clone());
    InstanceIdentifier => |identifier| Self::Identifier(identifier);
    &PersonalIdentityCode => |code| Self::Identifier(InstanceIdentifier {
        root: PersonalIdentityCode::root(),
        extension: Some(code.expose().to_owned()),
    });
    &TemporaryId => |id| Self::Identifier(InstanceIdentifier {
        root: id.root().clone(),
        extension: Some(id.expose_extension().to_owned()),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{
        "type": "object", "additionalProperties": false, "required": ["muistio"],
        "sosmeta": {"oid": "2.999.1.2026.1.1", "documentType": "Muistio", "documentDefinitionVersion": "2026-01-01"},
        "properties": {"muistio": {
            "type": "object", "additionalProperties": false, "required": [],
            "properties": {
                "aihe": {"type": "string", "sosmeta": {"representation": [{"lang": "fi", "value": "Teksti"}]}},
                "valmis": {"type": "boolean", "sosmeta": {"representation": [{"lang": "fi", "value": "Kytkin"}]}},
                "kohta": {"type": "array", "items": {
                    "type": "object", "additionalProperties": false, "required": [],
                    "properties": {"teksti": {"type": "string"}}
                }}
            }
        }}
    }"#;

    #[test]
    fn values_are_set_by_path() {
        let structure = Structure::parse(SCHEMA.as_bytes()).unwrap();
        let mut content = Content::new(&structure);
        content
            .set("aihe", "Arki")
            .unwrap()
            .set("valmis", true)
            .unwrap();
        content.set("kohta[0].teksti", "a").unwrap();
        content.set("kohta[1].teksti", "b").unwrap();
        content.set("kohta[0].teksti", "c").unwrap();
        let json = content.to_json();
        assert!(structure.validate(&json).is_empty());
        assert_eq!(
            String::from_utf8(json).unwrap(),
            r#"{"muistio":{"aihe":"Arki","kohta":[{"teksti":"c"},{"teksti":"b"}],"valmis":true}}"#
        );
        assert!(!format!("{content:?}").contains("Arki"));
    }

    #[test]
    fn what_the_structure_does_not_have_cannot_be_set() {
        let structure = Structure::parse(SCHEMA.as_bytes()).unwrap();
        let mut content = Content::new(&structure);
        for (path, value, problem) in [
            ("aihee", ContentValue::from("x"), "no field `aihee`"),
            ("aihe", ContentValue::from(true), "of another kind"),
            ("valmis", ContentValue::from("x"), "of another kind"),
            ("aihe[0]", ContentValue::from("x"), "does not repeat"),
            ("aihe.teksti", ContentValue::from("x"), "no field `teksti`"),
            ("kohta.teksti", ContentValue::from("x"), "write `kohta[0]`"),
            (
                "kohta[1].teksti",
                ContentValue::from("x"),
                "has the number 0",
            ),
            (
                "kohta[99999].teksti",
                ContentValue::from("x"),
                "below 10000",
            ),
            ("kohta[0]", ContentValue::from("x"), "of another kind"),
            ("", ContentValue::from("x"), "no field ``"),
        ] {
            let error = content.set(path, value).unwrap_err().to_string();
            assert!(error.contains(problem), "{path}: {error}");
        }
    }
}
