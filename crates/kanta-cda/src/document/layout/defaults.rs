//! What is never asked of the caller.

use kanta_core::CodedValue;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, SpecError};
use kanta_xml::{CheckedName, Writer};

use super::{ItemLayout, Layout};
use crate::BodyForm;
use crate::document::header_writer::code_attributes;
use crate::document::slot::{Slot, code};

/// A coded value that is the same in document after document, with its element rendered once.
#[derive(Debug)]
pub(crate) struct DefaultCode {
    slot: Slot<CodedValue>,
    xml: Vec<u8>,
}

/// What is never asked of the caller: it follows from the kind and from the body.
///
/// A document gets it where its metadata do not say otherwise.
#[derive(Clone, Copy, Default)]
pub(crate) struct Defaults<'l> {
    pub(crate) confidentiality: Option<&'l DefaultCode>,
    group: Option<&'l DefaultCode>,
    display_format: Option<&'l DefaultCode>,
    structured_format: Option<&'l DefaultCode>,
    record_status: Option<&'l DefaultCode>,
    register_type: Option<&'l DefaultCode>,
}

/// An item that has a default.
#[derive(Debug, Clone, Copy)]
pub(super) enum DefaultItem {
    Group,
    DisplayFormat,
    StructuredFormat,
    RecordStatus,
    RegisterType,
}

impl DefaultItem {
    pub(super) fn of_key(key: &str) -> Option<Self> {
        match key {
            "document_group" => Some(Self::Group),
            "display_format" => Some(Self::DisplayFormat),
            "structured_format" => Some(Self::StructuredFormat),
            "record_status" => Some(Self::RecordStatus),
            "register_type" => Some(Self::RegisterType),
            _ => None,
        }
    }
}

impl DefaultCode {
    pub(super) fn new(spec: &Spec, key: &str, name: Option<&CheckedName>) -> Self {
        let slot = code(spec, key);
        let xml = match (name, slot.for_reading()) {
            (Some(name), Some(value)) => render(name, value),
            _ => Vec::new(),
        };
        Self { slot, xml }
    }

    pub(crate) fn get(&self) -> Result<&CodedValue, SpecError> {
        self.slot.get()
    }

    pub(crate) fn for_reading(&self) -> Option<&CodedValue> {
        self.slot.for_reading()
    }

    /// Returns the element, when it may be written.
    pub(crate) fn xml(&self) -> Result<&[u8], SpecError> {
        self.slot.get()?;
        Ok(&self.xml)
    }
}

/// Renders an element; a value with a character that XML forbids makes nothing, and is told when it is written by itself.
fn render(name: &CheckedName, value: &CodedValue) -> Vec<u8> {
    let (attributes, count) = code_attributes(value);
    let mut xml = Writer::new();
    xml.open_checked(name);
    for (name, value) in &attributes[..count] {
        xml.attribute_known(name, value);
    }
    xml.close();
    xml.finish().unwrap_or_default()
}

impl<'l> Defaults<'l> {
    /// Returns the defaults for metadata, and the first thing that is needed and not known.
    pub(crate) fn of(
        layout: &'l Layout,
        metadata: &DocumentMetadata,
        form: BodyForm,
    ) -> (Self, Result<(), SpecError>) {
        let kind = layout.kind(&metadata.kind);
        let (display, structured) = match form {
            BodyForm::Structured => (&layout.display_format, Some(&layout.structured_format)),
            BodyForm::Xhtml | BodyForm::Other => (&layout.display_format, None),
            BodyForm::Pdf => (&layout.pdf_display_format, None),
        };
        let defaults = Self {
            confidentiality: Some(&layout.confidentiality),
            group: kind.map(|kind| &kind.group),
            display_format: Some(display),
            structured_format: structured,
            record_status: Some(&layout.record_status),
            register_type: Some(&layout.register_type),
        };
        (defaults, defaults.check(metadata))
    }

    fn check(&self, metadata: &DocumentMetadata) -> Result<(), SpecError> {
        match (&metadata.group, self.group) {
            // A code that the caller gave is checked against the bundle all the same.
            (_, Some(group)) => group.get().map(drop)?,
            (Some(_), None) => {}
            (None, None) => return Err(no_group()),
        }
        let needed = [
            (&metadata.confidentiality, self.confidentiality),
            (&metadata.display_format, self.display_format),
            (&metadata.structured_format, self.structured_format),
            (&metadata.record_status, self.record_status),
            (&metadata.register_type, self.register_type),
        ];
        needed
            .into_iter()
            .filter(|(given, _)| given.is_none())
            .filter_map(|(_, default)| default)
            .try_for_each(|default| default.get().map(drop))
    }

    /// Returns the default of an item.
    pub(crate) fn of_item(&self, item: &ItemLayout) -> Option<&'l DefaultCode> {
        match item.default? {
            DefaultItem::Group => self.group,
            DefaultItem::DisplayFormat => self.display_format,
            DefaultItem::StructuredFormat => self.structured_format,
            DefaultItem::RecordStatus => self.record_status,
            DefaultItem::RegisterType => self.register_type,
        }
    }

    /// Puts the defaults into metadata that do not say otherwise, as far as they are known.
    pub(crate) fn fill(&self, metadata: &mut DocumentMetadata) {
        for (target, default) in [
            (&mut metadata.confidentiality, self.confidentiality),
            (&mut metadata.group, self.group),
            (&mut metadata.display_format, self.display_format),
            (&mut metadata.structured_format, self.structured_format),
            (&mut metadata.record_status, self.record_status),
            (&mut metadata.register_type, self.register_type),
        ] {
            if let (None, Some(Ok(default))) = (&target, default.map(DefaultCode::get)) {
                *target = Some(default.clone());
            }
        }
    }
}

fn no_group() -> SpecError {
    SpecError::Incomplete {
        key: "document.kind".to_owned(),
        why: "no table of the bundle has the group of this document".to_owned(),
        needs: "Sosiaalihuollon metatietomalli 3.6 or newer, and the code set 1.2.246.537.6.1505 on the code server"
            .to_owned(),
    }
}
