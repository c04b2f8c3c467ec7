//! Reads a schema into the tree of fields; whatever lies outside the dialect is refused.

use kanta_core::Oid;

use super::field::{CodeSystem, Field, Representation, Value};
use super::language::Text;
use super::pattern::Pattern;
use super::pointer::{Pointer, Step};
use super::{Structure, StructureError};
use crate::json::Json;

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
const DRAFT_07: [&str; 2] = [
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
];

pub(super) fn read(schema: &Json<'_>) -> Result<Structure, StructureError> {
    let mut reader = Reader::default();
    if let Some(dialect) = schema.get("$schema")
        && !dialect
            .as_str()
            .is_some_and(|name| DRAFT_07.contains(&name))
    {
        return Err(reader.unsupported("a dialect other than draft-07"));
    }
    let facts = |name: &str, what| -> Result<&str, StructureError> {
        schema
            .get("sosmeta")
            .and_then(|sosmeta| sosmeta.get(name)?.as_str())
            .ok_or(StructureError::Needs {
                pointer: format!("/sosmeta/{name}"),
                what,
            })
    };
    let oid =
        Oid::parse(facts("oid", "the structure's OID")?).map_err(|_| StructureError::Needs {
            pointer: "/sosmeta/oid".to_owned(),
            what: "the structure's OID",
        })?;
    let document_type = facts("documentType", "the document's general type")?.to_owned();
    let definition_version =
        facts("documentDefinitionVersion", "the definition's version")?.to_owned();

    let Value::Object { members, open } = reader.value(schema, &Owner::default())? else {
        return Err(reader.needs("the type object"));
    };
    let [root] = <[Field; 1]>::try_from(members)
        .map_err(|_| reader.needs("exactly one property, the document"))?;
    if !matches!(root.value, Value::Object { .. }) || root.repeat.is_some() {
        return Err(StructureError::Needs {
            pointer: format!("/properties/{}", root.name),
            what: "an object, the document",
        });
    }
    Ok(Structure {
        oid,
        document_type,
        definition_version,
        root,
        open,
    })
}

/// Walks the schema and knows where it is.
#[derive(Default)]
struct Reader<'s> {
    place: Pointer<'s>,
}

impl<'s> Reader<'s> {
    /// Reads the schema of one property. `owner` is the composed value or group that it belongs to.
    fn field(
        &mut self,
        name: &'s str,
        schema: &'s Json<'_>,
        owner: &Owner,
    ) -> Result<Field, StructureError> {
        let mut repeat = None;
        let mut subject = schema;
        if schema.get("type").and_then(Json::as_str) == Some("array") {
            self.keywords(schema, &["items", "minItems"])?;
            repeat = Some(self.count(schema, "minItems")?);
            subject = schema
                .get("items")
                .ok_or_else(|| self.needs("items with the schema of the values"))?;
            self.place.enter(Step::Name("items"));
        }
        let sosmeta = subject.get("sosmeta").or_else(|| schema.get("sosmeta"));
        let about = |key: &str| sosmeta.and_then(|sosmeta| sosmeta.get(key));

        let titled = text(about("name")).or_else(|| text(about("title")));
        let title = titled
            .or_else(|| owner.composed.then(|| owner.title.clone()).flatten())
            .unwrap_or_else(|| Text {
                finnish: name.to_owned(),
                swedish: None,
            });
        let named = about("representation")
            .and_then(text_json)
            .and_then(|text| Representation::from_name(&text.finnish));
        let inner = Owner {
            title: Some(title.clone()),
            composed: named.is_some_and(Representation::is_composed),
        };
        let value = self.value(subject, &inner)?;
        if repeat.is_some() {
            self.place.leave();
        }
        let representation = named
            .filter(|representation| representation.fits(&value))
            .unwrap_or(match value {
                Value::Text { .. } => Representation::Text,
                Value::Number => Representation::Number,
                Value::Switch => Representation::Switch,
                Value::Object { .. } => Representation::Group,
            });
        Ok(Field {
            name: name.to_owned(),
            display_title: text(about("title")).unwrap_or_else(|| title.clone()),
            title,
            representation,
            required: false,
            repeat,
            row_number: about("rowNumber")
                .and_then(Json::as_number)
                .and_then(whole)
                .and_then(|row| u32::try_from(row).ok()),
            hidden_field: about("hiddenField").and_then(Json::as_bool) == Some(true),
            hidden_title: about("hiddenTitle").and_then(Json::as_bool) == Some(true),
            code_system: code_system(representation, &value, sosmeta),
            value,
        })
    }

    /// Reads what a schema demands of one value that is not an array.
    fn value(&mut self, schema: &'s Json<'_>, owner: &Owner) -> Result<Value, StructureError> {
        if schema.members().is_none() {
            return Err(self.unsupported("something else than an object as a schema"));
        }
        match schema.get("type").and_then(Json::as_str) {
            Some("string") => self.text_value(schema),
            Some("object") => self.object_value(schema, owner),
            Some("number") => self.keywords(schema, &[]).map(|()| Value::Number),
            Some("boolean") => self.keywords(schema, &[]).map(|()| Value::Switch),
            Some("array") => Err(self.unsupported("an array here")),
            Some(_) => Err(self.unsupported("another type than the five of the dialect")),
            None => Err(self.needs("type with one name")),
        }
    }

    fn text_value(&mut self, schema: &'s Json<'_>) -> Result<Value, StructureError> {
        self.keywords(schema, &["minLength", "pattern", "enum"])?;
        let pattern = match schema.get("pattern") {
            None => None,
            Some(expression) => Some(
                expression
                    .as_str()
                    .and_then(Pattern::compile)
                    .ok_or_else(|| self.unsupported("a pattern of another shape"))?,
            ),
        };
        let allowed = match schema.get("enum") {
            None => None,
            Some(list) => Some(
                self.strings(list)
                    .filter(|values| !values.is_empty())
                    .ok_or_else(|| self.unsupported("an enum of something else than texts"))?
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            ),
        };
        Ok(Value::Text {
            min_length: self.count(schema, "minLength")?,
            pattern,
            allowed,
        })
    }

    fn object_value(
        &mut self,
        schema: &'s Json<'_>,
        owner: &Owner,
    ) -> Result<Value, StructureError> {
        self.keywords(schema, &["properties", "required", "additionalProperties"])?;
        let open = match schema.get("additionalProperties") {
            None => true,
            Some(Json::Bool(open)) => *open,
            Some(_) => return Err(self.unsupported("additionalProperties with a schema")),
        };
        let properties = match schema.get("properties") {
            None => &[],
            Some(properties) => properties
                .members()
                .ok_or_else(|| self.needs("properties as an object"))?,
        };
        let required = match schema.get("required") {
            None => Vec::new(),
            Some(list) => self
                .strings(list)
                .ok_or_else(|| self.needs("required as a list of names"))?,
        };
        let mut members = Vec::with_capacity(properties.len());
        self.place.enter(Step::Name("properties"));
        for (name, property) in properties {
            self.place.enter(Step::Name(name));
            let field = self.field(name, property, owner)?;
            self.place.leave();
            members.push(Field {
                required: required.contains(&&**name),
                ..field
            });
        }
        self.place.leave();
        if !required
            .iter()
            .all(|name| members.iter().any(|member| member.name == *name))
        {
            return Err(self.unsupported("a required name that is not among the properties"));
        }
        // A stable sort: fields without a row number keep the schema's order, after the others.
        members.sort_by_key(|member| member.row_number.unwrap_or(u32::MAX));
        Ok(Value::Object { members, open })
    }

    /// Refuses every keyword that is neither an annotation, nor `type`, nor one of these.
    fn keywords(&self, schema: &Json<'_>, known: &[&str]) -> Result<(), StructureError> {
        let unknown = schema
            .members()
            .unwrap_or_default()
            .iter()
            .find(|(name, _)| {
                name != "type" && !known.contains(&&**name) && !ANNOTATIONS.contains(&&**name)
            });
        match unknown {
            None => Ok(()),
            Some((name, _)) => Err(self.unsupported(&format!("the keyword \"{name}\""))),
        }
    }

    fn count(&self, schema: &Json<'_>, keyword: &str) -> Result<usize, StructureError> {
        match schema.get(keyword) {
            None => Ok(0),
            Some(number) => number
                .as_number()
                .and_then(whole)
                .ok_or_else(|| self.unsupported("a number of values that is not whole")),
        }
    }

    fn strings<'j>(&self, list: &'j Json<'_>) -> Option<Vec<&'j str>> {
        list.items()?.iter().map(Json::as_str).collect()
    }

    fn unsupported(&self, what: &str) -> StructureError {
        StructureError::Unsupported {
            pointer: self.place.to_string(),
            what: what.to_owned(),
        }
    }

    fn needs(&self, what: &'static str) -> StructureError {
        StructureError::Needs {
            pointer: self.place.to_string(),
            what,
        }
    }
}

/// What a field's parts take over from it: a part of a composed value has no title of its own.
#[derive(Default)]
struct Owner {
    title: Option<Text>,
    composed: bool,
}

/// Sosmeta's texts are lists of `{lang, value}`; the first of each language counts.
fn text(json: Option<&Json<'_>>) -> Option<Text> {
    json.and_then(text_json)
}

fn text_json(json: &Json<'_>) -> Option<Text> {
    let text = |language: &str| {
        json.items()?.iter().find_map(|entry| {
            (entry.get("lang")?.as_str()? == language)
                .then(|| entry.get("value")?.as_str().map(str::to_owned))?
        })
    };
    Some(Text {
        finnish: text("fi").or_else(|| text(""))?,
        swedish: text("sv"),
    })
}

fn code_system(
    representation: Representation,
    value: &Value,
    sosmeta: Option<&Json<'_>>,
) -> Option<CodeSystem> {
    let annotated = |key: &str| text_json(sosmeta?.get(key)?).map(|text| text.finnish);
    match representation {
        Representation::Identifier => {
            let uri = annotated("systemUri")?;
            Oid::parse_urn(&uri).ok().map(CodeSystem::National)
        }
        Representation::Code => {
            let Value::Object { members, .. } = value else {
                return None;
            };
            let system = members.iter().find(|member| member.name == "system")?;
            match &system.value {
                Value::Text {
                    pattern: Some(Pattern::Oid(oid)),
                    ..
                } => Some(CodeSystem::National(oid.clone())),
                Value::Text {
                    allowed: Some(names),
                    ..
                } => names.first().cloned().map(CodeSystem::Local),
                _ => Oid::parse(&annotated("classificationOid")?)
                    .ok()
                    .map(CodeSystem::National),
            }
        }
        _ => None,
    }
}

fn whole(number: f64) -> Option<usize> {
    // Numbers of the reader are within 2^53, so the conversion is exact.
    (number >= 0.0 && number.fract() == 0.0).then_some(number as usize)
}

#[cfg(test)]
mod tests;
