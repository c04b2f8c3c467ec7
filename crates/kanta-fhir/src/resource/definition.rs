//! What R4 says of the members of an element, as a table: the source of structural checks.

use super::{CONTAINABLE, Extension, Meta};

/// The name and the rules of an element's members.
#[derive(Debug)]
pub(crate) struct Definition {
    /// The element's path in R4, such as `AuditEvent.agent`, or the name of a data type or resource.
    pub(crate) path: &'static str,
    pub(crate) base: Base,
    pub(crate) fields: &'static [Field],
    /// Members that R4 has besides.
    pub(crate) others: &'static [&'static str],
}

/// What an element is derived from; the base has members of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// A data type.
    Element,
    /// A part of a resource.
    BackboneElement,
    /// A resource without text, contained resources and extensions.
    Resource,
    /// Any other resource.
    DomainResource,
}

/// One member.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    pub(crate) many: bool,
    /// The codes of a required binding.
    pub(crate) codes: Option<&'static [&'static str]>,
}

/// The type of a member.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Boolean,
    String,
    Code,
    Id,
    Uri,
    Instant,
    DateTime,
    Base64,
    Resource,
    Complex(fn() -> &'static Definition),
}

impl Shape {
    /// Returns whether JSON has no object for it.
    pub(crate) fn is_primitive(self) -> bool {
        !matches!(self, Self::Resource | Self::Complex(_))
    }
}

impl Definition {
    /// Returns the rules of a member, those of the base included.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields
            .iter()
            .chain(self.base.fields())
            .find(|field| field.name == name)
    }

    /// Returns whether R4 has the member but the structs do not name it.
    pub(crate) fn has_other(&self, name: &str) -> bool {
        self.others.contains(&name) || self.base.others().contains(&name)
    }

    /// Finds the definition of a resource that the structs know.
    pub(crate) fn of_resource(resource_type: &str) -> Option<&'static Self> {
        CONTAINABLE
            .iter()
            .copied()
            .find(|definition| definition.path == resource_type)
    }
}

impl Base {
    fn fields(self) -> &'static [Field] {
        match self {
            Self::Element => ELEMENT,
            Self::BackboneElement => BACKBONE_ELEMENT,
            Self::Resource => RESOURCE,
            Self::DomainResource => DOMAIN_RESOURCE,
        }
    }

    fn others(self) -> &'static [&'static str] {
        match self {
            Self::DomainResource => &["text"],
            _ => &[],
        }
    }
}

const fn base_field(name: &'static str, shape: Shape, many: bool) -> Field {
    Field {
        name,
        shape,
        required: false,
        many,
        codes: None,
    }
}

const EXTENSION: Shape = Shape::Complex(|| &Extension::DEFINITION);
const META: Shape = Shape::Complex(|| &Meta::DEFINITION);

const ELEMENT: &[Field] = &[
    base_field("id", Shape::String, false),
    base_field("extension", EXTENSION, true),
];
const BACKBONE_ELEMENT: &[Field] = &[
    base_field("id", Shape::String, false),
    base_field("extension", EXTENSION, true),
    base_field("modifierExtension", EXTENSION, true),
];
const RESOURCE: &[Field] = &[
    base_field("id", Shape::Id, false),
    base_field("meta", META, false),
    base_field("implicitRules", Shape::Uri, false),
    base_field("language", Shape::Code, false),
];
const DOMAIN_RESOURCE: &[Field] = &[
    base_field("id", Shape::Id, false),
    base_field("meta", META, false),
    base_field("implicitRules", Shape::Uri, false),
    base_field("language", Shape::Code, false),
    base_field("contained", Shape::Resource, true),
    base_field("extension", EXTENSION, true),
    base_field("modifierExtension", EXTENSION, true),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use serde_json::Value;

    use super::*;

    /// What Medplum adds to HL7's definition of `Meta`.
    const MEDPLUM_OWN: &[&str] = &[
        "account",
        "accounts",
        "author",
        "compartment",
        "onBehalfOf",
        "project",
    ];

    fn all() -> BTreeMap<&'static str, &'static Definition> {
        let mut found = BTreeMap::new();
        let mut waiting: Vec<&'static Definition> = CONTAINABLE.to_vec();
        while let Some(definition) = waiting.pop() {
            if found.insert(definition.path, definition).is_some() {
                continue;
            }
            let fields = definition.fields.iter().chain(definition.base.fields());
            waiting.extend(fields.filter_map(|field| match field.shape {
                Shape::Complex(definition) => Some(definition()),
                _ => None,
            }));
        }
        found
    }

    #[test]
    fn the_tables_say_what_the_definitions_of_hl7_say() {
        let Some(judges) = std::env::var_os("KANTA_JUDGES") else {
            eprintln!(
                "SKIPPED: KANTA_JUDGES is not set; the tables are not compared with HL7's definitions"
            );
            return;
        };
        let all = all();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/definitions.cjs");
        let mut node = Command::new("node")
            .arg(script)
            .env("KANTA_JUDGES", judges)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let paths = all.keys().copied().collect::<Vec<_>>().join("\n");
        let mut input = node.stdin.take().unwrap();
        input.write_all(paths.as_bytes()).unwrap();
        drop(input);
        let output = node.wait_with_output().unwrap();
        assert!(output.status.success());
        let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut wrong = Vec::new();
        for (path, definition) in all {
            let members = theirs[path].as_object().unwrap();
            for (name, theirs) in members {
                match definition.field(name) {
                    Some(field) => {
                        let differs = compare(field, theirs);
                        wrong.extend(differs.map(|what| format!("{path}.{name}: {what}")));
                    }
                    None if definition.has_other(name) => {}
                    None if path == "Meta" && MEDPLUM_OWN.contains(&name.as_str()) => {}
                    None => wrong.push(format!("{path}.{name} is missing")),
                }
            }
            let ours = definition.fields.iter().map(|field| field.name);
            for name in ours.chain(definition.others.iter().copied()) {
                if !members.contains_key(name) {
                    wrong.push(format!("{path}.{name} does not exist"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn compare(field: &Field, theirs: &Value) -> Option<String> {
        let kind = theirs["type"].as_str().unwrap_or_default();
        let shape_fits = match field.shape {
            Shape::Boolean => kind == "boolean",
            Shape::String => matches!(kind, "string" | "markdown"),
            Shape::Code => kind == "code",
            // The identifier of a resource is a string in the definitions, and an id in the text.
            Shape::Id => matches!(kind, "id" | "string"),
            Shape::Uri => {
                matches!(kind, "uri" | "url" | "canonical")
                    || field.name == "url" && kind == "string"
            }
            Shape::Instant => kind == "instant",
            Shape::DateTime => kind == "dateTime",
            Shape::Base64 => kind == "base64Binary",
            // Medplum narrows the outcome of an entry.
            Shape::Resource => matches!(kind, "Resource" | "OperationOutcome"),
            Shape::Complex(definition) => {
                kind == "BackboneElement" || kind.is_empty() || kind == definition().path
            }
        };
        let codes: Vec<&str> = theirs["codes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut ours = field.codes.unwrap_or_default().to_vec();
        let mut expected = codes.clone();
        ours.sort_unstable();
        expected.sort_unstable();
        if !shape_fits {
            Some(format!("the type is {kind}"))
        } else if field.required != (theirs["min"] != 0) {
            Some(format!("min is {}", theirs["min"]))
        } else if field.many != (theirs["max"] == "*") {
            Some(format!("max is {}", theirs["max"]))
        } else if ours != expected {
            Some(format!("the codes are {expected:?}"))
        } else {
            None
        }
    }
}
