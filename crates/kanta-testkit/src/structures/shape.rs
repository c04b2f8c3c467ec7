//! The few sorts of field that the structures here are made of. Labels stand in Finnish and in Swedish.

use super::schema::{About, Facts, Label, ObjectSchema, Schema, ValueSchema};

/// The expressions by which Sosmeta tells a day and a moment: the library knows them letter by letter.
const DATE: &str = r"^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$";
const MOMENT: &str = r"^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$";

type Labels = [&'static str; 2];

/// Writes the schema of a structure: its document is named and labelled like a field.
pub(super) fn structure(
    oid: &'static str,
    document_type: &'static str,
    name: &'static str,
    labels: Labels,
    fields: impl IntoIterator<Item = Field>,
) -> String {
    let title = format!("{} (testirakenne)", labels[0]);
    let schema = Schema {
        dialect: "http://json-schema.org/draft-07/schema#",
        title: title.clone(),
        sosmeta: Facts {
            title,
            status: "Valmis",
            document_definition_version: "2026-01-01",
            data_component_library_version: "2026-01-01",
            oid,
            document_type,
            document_subject: "Testi",
            document_author: "Testaaja",
        },
        value: object([group(name, labels, fields).required()]),
    };
    serde_json::to_string_pretty(&schema).expect("texts and numbers can be written")
}

/// A field of a structure; one that need not be there, until it says otherwise.
pub(super) struct Field {
    name: &'static str,
    about: Option<About>,
    value: ValueSchema,
    required: bool,
    least: Option<u32>,
}

impl Field {
    /// The field has to be there.
    pub(super) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The field has a list of values, at least so many.
    pub(super) fn repeated(mut self, least: u32) -> Self {
        self.least = Some(least);
        self
    }

    /// The text may not be empty.
    pub(super) fn not_empty(mut self) -> Self {
        self.value.min_length = Some(1);
        self
    }

    /// The field has to be there under a condition that the schema does not tell.
    pub(super) fn conditional(self) -> Self {
        self.annotated(|about| about.conditional_required = true)
    }

    /// The field is not shown.
    pub(super) fn hidden(self) -> Self {
        self.annotated(|about| about.hidden_field = true)
    }

    fn new(
        name: &'static str,
        [fi, sv]: Labels,
        representation: &'static str,
        value: ValueSchema,
    ) -> Self {
        let about = About {
            name: vec![label("fi", fi), label("sv", sv)],
            representation: vec![label("fi", representation)],
            ..About::default()
        };
        Self {
            about: Some(about),
            ..Self::part(name, value)
        }
    }

    /// A part of a composed value, of which Sosmeta tells nothing.
    fn part(name: &'static str, value: ValueSchema) -> Self {
        Self {
            name,
            about: None,
            value,
            required: false,
            least: None,
        }
    }

    fn annotated(mut self, annotate: impl FnOnce(&mut About)) -> Self {
        self.about.as_mut().map(annotate);
        self
    }

    fn schema(self) -> ValueSchema {
        let one = ValueSchema {
            sosmeta: self.about,
            ..self.value
        };
        match self.least {
            None => one,
            Some(least) => ValueSchema {
                min_items: Some(least),
                items: Some(Box::new(one)),
                ..of("array")
            },
        }
    }
}

/// A text (Finnish: teksti).
pub(super) fn text(name: &'static str, labels: Labels) -> Field {
    Field::new(name, labels, "Teksti", of("string"))
}

/// A text that is always the same.
pub(super) fn fixed_text(name: &'static str, labels: Labels, value: &'static str) -> Field {
    let allowed = Some([value]);
    let value = ValueSchema {
        allowed,
        ..of("string")
    };
    Field::new(name, labels, "Teksti", value)
}

/// The name of a person, or a part of it (Finnish: nimi).
pub(super) fn name(name: &'static str, labels: Labels) -> Field {
    Field::new(name, labels, "Nimi", of("string")).not_empty()
}

/// A day, a month or a year (Finnish: päivämäärä).
pub(super) fn date(name: &'static str, labels: Labels) -> Field {
    Field::new(name, labels, "Pvm", matching(DATE.to_owned()))
}

/// A day, or a day with a time (Finnish: hetki).
pub(super) fn moment(name: &'static str, labels: Labels) -> Field {
    Field::new(name, labels, "Hetki", matching(MOMENT.to_owned()))
}

/// A time stamp, a text to the schema (Finnish: aikaleima).
pub(super) fn time_stamp(name: &'static str, labels: Labels) -> Field {
    Field::new(name, labels, "Aikaleima", of("string"))
}

/// Yes or no (Finnish: kytkin).
pub(super) fn switch(name: &'static str, labels: Labels) -> Field {
    Field::new(name, labels, "Kytkin", of("boolean"))
}

/// An identifier (Finnish: tunnus).
pub(super) fn identifier(name: &'static str, labels: Labels) -> Field {
    let [system, value] = ["system", "value"].map(|part| Field::part(part, of("string")));
    Field::new(name, labels, "Tunnus", object([system, value.required()]))
}

/// An identifier below a national root.
pub(super) fn identifier_below(root: &'static str, name: &'static str, labels: Labels) -> Field {
    identifier(name, labels).annotated(|about| about.system_uri = vec![label("", root)])
}

/// A coded value, of any code system (Finnish: koodi).
pub(super) fn coded(name: &'static str, labels: Labels) -> Field {
    coded_with(of("string"), name, labels)
}

/// A coded value of a national code system, in whatever version.
pub(super) fn coded_by(system: &'static str, name: &'static str, labels: Labels) -> Field {
    let versions = format!(r"^urn:oid:{}(\.\d+)*$", system.replace('.', r"\."));
    coded_with(matching(versions), name, labels)
        .annotated(|about| about.classification_oid = vec![label("", system)])
}

fn coded_with(system: ValueSchema, name: &'static str, labels: Labels) -> Field {
    let parts = [
        Field::part("system", system),
        Field::part("code", of("string")),
        Field::part("display", of("string")),
    ];
    Field::new(name, labels, "Koodi", object(parts.map(Field::required)))
}

/// Fields below a heading (Finnish: otsikko).
pub(super) fn group(
    name: &'static str,
    labels: Labels,
    fields: impl IntoIterator<Item = Field>,
) -> Field {
    Field::new(name, labels, "Otsikko", object(fields))
}

fn of(form: &'static str) -> ValueSchema {
    ValueSchema {
        form,
        ..ValueSchema::default()
    }
}

fn matching(pattern: String) -> ValueSchema {
    ValueSchema {
        pattern: Some(pattern),
        ..of("string")
    }
}

fn object(fields: impl IntoIterator<Item = Field>) -> ValueSchema {
    let fields: Vec<Field> = fields.into_iter().collect();
    let required = fields.iter().filter(|field| field.required);
    ValueSchema {
        object: Some(ObjectSchema {
            additional_properties: false,
            required: required.map(|field| field.name).collect(),
            properties: fields
                .into_iter()
                .map(|field| (field.name, field.schema()))
                .collect(),
        }),
        ..of("object")
    }
}

fn label(lang: &'static str, value: &'static str) -> Label {
    Label { lang, value }
}
