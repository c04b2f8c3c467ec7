//! What Sosmeta writes into its schemas, as far as small structures need it: seven keywords of draft-07, and its annotations.
//!
//! Keywords and properties are written in the order in which they stand here: the library takes fields in the order of the schema.

use serde::{Serialize, Serializer};

/// A schema as a whole: what identifies the structure, and the object whose one property is the document.
#[derive(Serialize)]
pub(super) struct Schema {
    #[serde(rename = "$schema")]
    pub(super) dialect: &'static str,
    pub(super) title: String,
    pub(super) sosmeta: Facts,
    #[serde(flatten)]
    pub(super) value: ValueSchema,
}

/// What identifies a structure.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    pub(super) title: String,
    pub(super) status: &'static str,
    pub(super) document_definition_version: &'static str,
    pub(super) data_component_library_version: &'static str,
    pub(super) oid: &'static str,
    pub(super) document_type: &'static str,
    pub(super) document_subject: &'static str,
    pub(super) document_author: &'static str,
}

/// What a value has to be.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ValueSchema {
    #[serde(rename = "type")]
    pub(super) form: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<String>,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    pub(super) allowed: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_items: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sosmeta: Option<About>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<ObjectSchema>,
}

/// What the fields of an object have to be; there are no others.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectSchema {
    pub(super) additional_properties: bool,
    pub(super) required: Vec<&'static str>,
    #[serde(serialize_with = "in_order")]
    pub(super) properties: Vec<(&'static str, ValueSchema)>,
}

/// What Sosmeta tells about a field.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    pub(super) name: Vec<Label>,
    pub(super) representation: Vec<Label>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) classification_oid: Vec<Label>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) system_uri: Vec<Label>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) conditional_required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) hidden_field: bool,
}

/// A text in a language, or in none.
#[derive(Serialize)]
pub(super) struct Label {
    pub(super) lang: &'static str,
    pub(super) value: &'static str,
}

fn in_order<S: Serializer>(
    properties: &[(&'static str, ValueSchema)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(properties.iter().map(|(name, schema)| (name, schema)))
}
