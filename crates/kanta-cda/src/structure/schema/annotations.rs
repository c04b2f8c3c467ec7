//! What Sosmeta tells about a structure and its fields, in the keyword `sosmeta`.

use std::ops::Range;

use kanta_core::Oid;

use super::Reader;
use super::keywords::whole;
use crate::json::Value;
use crate::structure::field_data::{FieldData, Note, NoteKind, PatternData, SystemData};
use crate::structure::{Facts, Language, Representation, StructureError};

/// What identifies the structure.
pub(super) fn facts(schema: Value<'_>) -> Result<Facts, StructureError> {
    let sosmeta = schema.get("sosmeta");
    let fact = |name: &str| sosmeta?.get(name)?.as_str();
    let must = |name: &str, what: &'static str| {
        fact(name).ok_or_else(|| StructureError::Needs {
            pointer: format!("/sosmeta/{name}"),
            what,
        })
    };
    let oid =
        Oid::parse(must("oid", "the structure's OID")?).map_err(|_| StructureError::Needs {
            pointer: "/sosmeta/oid".to_owned(),
            what: "the structure's OID",
        })?;
    Ok(Facts {
        oid,
        document_type: must("documentType", "the document's general type")?.into(),
        definition_version: must("documentDefinitionVersion", "the definition's version")?.into(),
        library_version: fact("dataComponentLibraryVersion").map(Into::into),
        status: fact("status").map(Into::into),
        subject: fact("documentSubject").map(Into::into),
        author: fact("documentAuthor").map(Into::into),
    })
}

impl<'j> Reader<'j> {
    /// Keeps the texts about a field, in every language that is known.
    pub(super) fn keep_notes(&mut self, sosmeta: Option<Value<'j>>) -> Range<u32> {
        let start = self.notes.len() as u32;
        let texts = |name| sosmeta.and_then(|about| about.get(name));
        for (name, kind) in NoteKind::ALL {
            for entry in texts(name).into_iter().flat_map(Value::items) {
                let part = |name| entry.get(name).and_then(Value::as_str);
                let language = match part("lang") {
                    Some("") | None => None,
                    Some(code) => match Language::from_code(code) {
                        Some(language) => Some(language),
                        None => continue,
                    },
                };
                if let Some(text) = part("value") {
                    let text = self.texts.keep(text);
                    self.notes.push(Note {
                        kind,
                        language,
                        text,
                    });
                }
            }
        }
        start..self.notes.len() as u32
    }

    /// Finds the code system of codes, or the root of identifiers: in the schema, else in the annotations.
    pub(super) fn code_system(
        &mut self,
        data: &FieldData,
        sosmeta: Option<Value<'j>>,
    ) -> SystemData {
        let annotated = |key: &str| sosmeta.and_then(|about| first_text(about.get(key)?));
        match data.representation {
            Representation::Identifier => annotated("systemUri")
                .and_then(|uri| Oid::parse_urn(uri).ok())
                .map_or(SystemData::None, |oid| {
                    SystemData::National(self.texts.keep(oid.as_str().to_owned()))
                }),
            Representation::Code => {
                let system = data
                    .children
                    .clone()
                    .map(|child| &self.fields[child as usize])
                    .find(|child| self.texts.get(child.name) == "system");
                let (pattern, allowed) = match system {
                    None => (PatternData::None, None),
                    Some(system) => (system.pattern, system.allowed.clone()),
                };
                match (pattern, allowed) {
                    (PatternData::Oid(oid), _) => SystemData::National(oid),
                    (_, Some(names)) => SystemData::Local(self.allowed[names.start as usize]),
                    _ => annotated("classificationOid")
                        .and_then(|oid| Oid::parse(oid).ok())
                        .map_or(SystemData::None, |oid| {
                            SystemData::National(self.texts.keep(oid.as_str().to_owned()))
                        }),
                }
            }
            _ => SystemData::None,
        }
    }
}

/// The row number of a property, which a repeated one has in its items.
pub(super) fn property_row(property: Value<'_>) -> Option<u32> {
    let items = property.get("items").and_then(|items| items.get("sosmeta"));
    row_number(items.or_else(|| property.get("sosmeta"))?)
}

pub(super) fn row_number(sosmeta: Value<'_>) -> Option<u32> {
    whole(sosmeta.get("rowNumber")?)
}

/// Sosmeta's texts are lists of `{lang, value}`: the first in Finnish, or without a language.
pub(super) fn first_text(list: Value<'_>) -> Option<&str> {
    ["fi", ""].iter().find_map(|language| {
        let is_it = |entry: &Value<'_>| entry.get("lang").and_then(Value::as_str) == Some(language);
        list.items().find(is_it)?.get("value")?.as_str()
    })
}
