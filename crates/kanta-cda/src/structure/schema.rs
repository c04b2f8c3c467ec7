//! Reads a schema into the table of fields; whatever lies outside the dialect is refused.

mod annotations;
mod keywords;

use super::field::Field;
use super::field_data::{FieldData, Flags, Form, Note, PatternData, SystemData};
use super::pattern::Pattern;
use super::place::{Place, Step};
use super::representation::Representation;
use super::texts::{Collector, Span};
use super::{Facts, ROOT, Structure, StructureError};
use crate::json::{Json, Value};
use annotations::{facts, first_text, property_row, row_number};
use keywords::{count, is_open, keywords, needs, required, strings, unsupported};

const DRAFT_07: [&str; 2] = [
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
];

pub(super) fn read(schema: &Json<'_>) -> Result<Structure, StructureError> {
    let schema = schema.root();
    let place = Place::ROOT;
    if let Some(dialect) = schema.get("$schema")
        && !dialect
            .as_str()
            .is_some_and(|name| DRAFT_07.contains(&name))
    {
        return Err(unsupported(&place, "a dialect other than draft-07"));
    }
    let facts = facts(schema)?;
    let mut reader = Reader {
        texts: Collector::default(),
        fields: vec![FieldData::EMPTY],
        notes: Vec::new(),
        allowed: Vec::new(),
    };
    keywords(
        schema,
        &["properties", "required", "additionalProperties"],
        &place,
    )?;
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err(needs(&place, "the type object"));
    }
    let open = is_open(schema, &place)?;
    let properties = place.inside(Step::Name("properties"));
    let mut documents = schema
        .get("properties")
        .map(|properties| properties.members())
        .into_iter()
        .flatten();
    let (Some(document), None) = (documents.next(), documents.next()) else {
        return Err(needs(&place, "exactly one property, the document"));
    };
    let place = properties.inside(Step::Name(document.name()));
    reader.field(ROOT, ROOT, document, &place)?;
    let required = required(schema, &Place::ROOT)?;
    if required.iter().any(|name| *name != document.name()) {
        return Err(unsupported(
            &Place::ROOT,
            "a required name that is not among the properties",
        ));
    }
    let root = &mut reader.fields[ROOT as usize];
    if root.form != Form::Object || root.repeat.is_some() {
        return Err(needs(&place, "an object, the document"));
    }
    root.flags.required = !required.is_empty();
    Ok(reader.finish(facts, open))
}

struct Reader<'j> {
    texts: Collector<'j>,
    fields: Vec<FieldData>,
    notes: Vec<Note>,
    allowed: Vec<Span>,
}

impl<'j> Reader<'j> {
    fn finish(self, facts: Facts, open: bool) -> Structure {
        let mut structure = Structure {
            facts,
            texts: self.texts.finish(),
            fields: self.fields.into_boxed_slice(),
            notes: self.notes.into_boxed_slice(),
            allowed: self.allowed.into_boxed_slice(),
            open,
        };
        // Whether a representation fits is known when the fields inside are.
        for index in (0..structure.fields.len()).rev() {
            let field = Field::new(&structure, index as u32);
            if !field.representation().fits(field) {
                structure.fields[index].representation = plain(field.form());
            }
            let field = Field::new(&structure, index as u32);
            if field.representation() != Representation::Code
                && field.representation() != Representation::Identifier
            {
                structure.fields[index].code_system = SystemData::None;
            }
        }
        structure
    }

    /// Reads the schema of one property into its place in the table.
    fn field(
        &mut self,
        index: u32,
        parent: u32,
        schema: Value<'j>,
        place: &Place<'_>,
    ) -> Result<(), StructureError> {
        let mut data = FieldData {
            name: self.texts.keep(schema.name()),
            parent,
            ..FieldData::EMPTY
        };
        let inner;
        let mut subject = schema;
        let mut subject_place = place;
        if schema.get("type").and_then(Value::as_str) == Some("array") {
            keywords(schema, &["items", "minItems"], place)?;
            data.repeat = Some(count(schema, "minItems", place)?);
            subject = schema
                .get("items")
                .ok_or_else(|| needs(place, "items with the schema of the values"))?;
            inner = place.inside(Step::Name("items"));
            subject_place = &inner;
        }
        let sosmeta = subject.get("sosmeta").or_else(|| schema.get("sosmeta"));
        let flag = |name: &str| sosmeta.and_then(|about| about.get(name)?.as_bool()) == Some(true);
        data.flags = Flags {
            hidden_field: flag("hiddenField"),
            hidden_title: flag("hiddenTitle"),
            conditional: flag("conditionalRequired"),
            national: flag("nationwideRecordedInformation"),
            ..Flags::default()
        };
        data.row_number = sosmeta.and_then(row_number);
        data.notes = self.keep_notes(sosmeta);
        self.value(index, subject, subject_place, &mut data)?;
        data.representation = sosmeta
            .and_then(|about| Representation::from_name(first_text(about.get("representation")?)?))
            .unwrap_or_else(|| plain(data.form));
        data.code_system = self.code_system(&data, sosmeta);
        self.fields[index as usize] = data;
        Ok(())
    }

    /// Reads what a schema demands of one value that is not an array.
    fn value(
        &mut self,
        index: u32,
        schema: Value<'j>,
        place: &Place<'_>,
        data: &mut FieldData,
    ) -> Result<(), StructureError> {
        if !schema.is_object() {
            return Err(unsupported(
                place,
                "something else than an object as a schema",
            ));
        }
        let form = match schema.get("type").and_then(Value::as_str) {
            Some("string") => Form::Text,
            Some("object") => Form::Object,
            Some("number") => Form::Number,
            Some("boolean") => Form::Switch,
            Some("array") => return Err(unsupported(place, "an array here")),
            Some(_) => {
                return Err(unsupported(
                    place,
                    "another type than the five of the dialect",
                ));
            }
            None => return Err(needs(place, "type with one name")),
        };
        data.form = form;
        match form {
            Form::Text => self.text_value(schema, place, data),
            Form::Object => self.object_value(index, schema, place, data),
            Form::Number | Form::Switch => keywords(schema, &[], place),
        }
    }

    fn text_value(
        &mut self,
        schema: Value<'j>,
        place: &Place<'_>,
        data: &mut FieldData,
    ) -> Result<(), StructureError> {
        keywords(schema, &["minLength", "pattern", "enum"], place)?;
        data.min_length = count(schema, "minLength", place)?;
        if let Some(expression) = schema.get("pattern") {
            let pattern = expression.as_str().and_then(Pattern::compile);
            data.pattern = match pattern {
                Some(Pattern::Date) => PatternData::Date,
                Some(Pattern::Moment) => PatternData::Moment,
                Some(Pattern::Oid(oid)) => PatternData::Oid(self.texts.keep(oid)),
                None => return Err(unsupported(place, "a pattern of another shape")),
            };
        }
        if let Some(list) = schema.get("enum") {
            let values = strings(list)
                .filter(|values| !values.is_empty())
                .ok_or_else(|| unsupported(place, "an enum of something else than texts"))?;
            let start = self.allowed.len() as u32;
            for value in values {
                let value = self.texts.keep(value);
                self.allowed.push(value);
            }
            data.allowed = Some(start..self.allowed.len() as u32);
        }
        Ok(())
    }

    fn object_value(
        &mut self,
        index: u32,
        schema: Value<'j>,
        place: &Place<'_>,
        data: &mut FieldData,
    ) -> Result<(), StructureError> {
        keywords(
            schema,
            &["properties", "required", "additionalProperties"],
            place,
        )?;
        data.flags.open = is_open(schema, place)?;
        let required = required(schema, place)?;
        let mut properties: Vec<Value<'j>> = match schema.get("properties") {
            None => Vec::new(),
            Some(properties) if properties.is_object() => properties.members().collect(),
            Some(_) => return Err(needs(place, "properties as an object")),
        };
        // A stable sort: fields without a row number keep the schema's order, after the others.
        properties.sort_by_key(|property| property_row(*property).unwrap_or(u32::MAX));
        if !required
            .iter()
            .all(|name| properties.iter().any(|property| property.name() == *name))
        {
            return Err(unsupported(
                place,
                "a required name that is not among the properties",
            ));
        }
        let start = self.fields.len() as u32;
        data.children = start..start + properties.len() as u32;
        self.fields
            .resize(data.children.end as usize, FieldData::EMPTY);
        let inside = place.inside(Step::Name("properties"));
        for (child, property) in data.children.clone().zip(properties) {
            self.field(
                child,
                index,
                property,
                &inside.inside(Step::Name(property.name())),
            )?;
            let is_required = required.contains(&property.name());
            self.fields[child as usize].flags.required = is_required;
            data.required_children += u32::from(is_required);
        }
        Ok(())
    }
}

/// The representation that needs no more than a form.
fn plain(form: Form) -> Representation {
    match form {
        Form::Text => Representation::Text,
        Form::Number => Representation::Number,
        Form::Switch => Representation::Switch,
        Form::Object => Representation::Group,
    }
}

#[cfg(test)]
mod tests;
