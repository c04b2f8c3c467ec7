//! What the spec bundle says about documents, looked up once for a bundle and read for every document.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use kanta_core::metadata::{DocumentKind, DocumentMetadata, ItemKey, ItemRef, ItemValue};
use kanta_core::spec::{Spec, SpecError, Status};
use kanta_core::{CodedValue, Oid};
use kanta_xml::{CheckedName, Writer};

use super::header_writer::code_attributes;
use super::sequence::{self, ORDER, Place};
use super::slot::{Slot, code, list, text};
use crate::BodyForm;

/// The bundle's tables of documents.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) realm: Slot<String>,
    pub(crate) type_id_root: Slot<String>,
    pub(crate) type_id_extension: Slot<String>,
    pub(crate) confidentiality: DefaultCode,
    pub(crate) languages: Vec<String>,
    pub(crate) consent_status: Slot<String>,
    pub(crate) encounter_participant: Slot<String>,
    pub(crate) joint_clients: Slot<String>,
    pub(crate) case_period: Slot<String>,
    pub(crate) replacement: Slot<String>,
    pub(crate) register_type: DefaultCode,
    pub(crate) record_status: DefaultCode,
    pub(crate) display_media_type: Slot<String>,
    pub(crate) pdf_media_type: Slot<String>,
    display_format: DefaultCode,
    structured_format: DefaultCode,
    pdf_display_format: DefaultCode,
    pub(crate) namespace: Slot<String>,
    pub(crate) local_header: Slot<String>,
    pub(crate) local_header_name: Option<CheckedName>,
    pub(crate) process_type: Slot<String>,
    pub(crate) patient_confidentiality: Slot<String>,
    pub(crate) patient_header: Slot<String>,
    /// The items of the social-care header, in their order.
    pub(crate) items: Vec<ItemLayout>,
    order: Slot<Vec<String>>,
    kinds: Vec<KindLayout>,
    /// How long the last header was. One deployment's headers are alike, so the buffer of the next document has about the
    /// right size from the beginning.
    pub(crate) last_header: AtomicUsize,
}

/// One item of the social-care header.
#[derive(Debug)]
pub(crate) struct ItemLayout {
    pub(crate) key: String,
    known: Option<ItemKey>,
    default: Option<DefaultItem>,
    pub(crate) element: Slot<String>,
    name: Option<CheckedName>,
    pub(crate) kind: Slot<String>,
    pub(crate) code_system: Option<CodeSystem>,
    /// Where it stands, unless the order says so.
    pub(super) place: Option<Place>,
}

/// The code system of an item, without its version.
#[derive(Debug)]
pub(crate) struct CodeSystem {
    pub(crate) oid: Oid,
    pub(crate) is_inferred: bool,
}

/// One kind of document.
#[derive(Debug)]
pub(crate) struct KindLayout {
    pub(crate) kind: DocumentKind,
    pub(crate) key: String,
    pub(crate) group: DefaultCode,
    /// What the OIDs of its structures begin with, where its group is an inference.
    structure: Option<Oid>,
    is_group_inferred: bool,
    pub(crate) bodies: Vec<String>,
    pub(crate) required: Vec<String>,
    pub(crate) expected: Vec<String>,
    pub(crate) absent: Vec<String>,
    pub(crate) required_in_later_version: Vec<String>,
    pub(crate) required_when_received: Vec<String>,
}

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
enum DefaultItem {
    Group,
    DisplayFormat,
    StructuredFormat,
    RecordStatus,
    RegisterType,
}

impl DefaultItem {
    fn of_key(key: &str) -> Option<Self> {
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
    fn new(spec: &Spec, key: &str, name: Option<&CheckedName>) -> Self {
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

impl Layout {
    /// Returns the tables of a bundle.
    pub(crate) fn of(spec: &Spec) -> Arc<Self> {
        spec.compiled(Self::new)
    }

    fn new(spec: &Spec) -> Self {
        let header = |key: &str| text(spec, &format!("document.header.{key}"));
        let items: Vec<ItemLayout> = sequence::items(spec)
            .into_iter()
            .map(|(key, place)| ItemLayout::new(spec, key, place))
            .collect();
        let name_of = |key: &str| {
            let item = items.iter().find(|item| item.key == key);
            item.and_then(|item| item.name.as_ref())
        };
        let default = |key: &str, item: &str| DefaultCode::new(spec, key, name_of(item));
        let kinds = spec.tables("document.kind").into_iter();
        let kinds = kinds
            .map(|key| KindLayout::new(spec, key, name_of("document_group")))
            .collect();
        Self {
            realm: header("realm"),
            type_id_root: header("type_id_root"),
            type_id_extension: header("type_id_extension"),
            confidentiality: DefaultCode::new(
                spec,
                "document.header.confidentiality",
                CheckedName::new("confidentialityCode").as_ref(),
            ),
            languages: spec.list_for_reading("document.header.languages").to_vec(),
            consent_status: header("consent_status"),
            encounter_participant: header("encounter_participant"),
            joint_clients: header("joint_clients"),
            case_period: header("case_period"),
            replacement: text(spec, "document.version.replacement"),
            record_status: default("document.value.record_status", "record_status"),
            register_type: default("document.value.register_type", "register_type"),
            display_media_type: text(spec, "document.body.display_media_type"),
            display_format: default("document.body.display_format", "display_format"),
            structured_format: default("document.body.structured_format", "structured_format"),
            pdf_media_type: text(spec, "document.body.pdf_media_type"),
            pdf_display_format: default("document.body.pdf_display_format", "display_format"),
            namespace: text(spec, "document.local_header.namespace"),
            local_header: text(spec, "document.local_header.element"),
            local_header_name: spec
                .text_for_reading("document.local_header.element")
                .and_then(extension_name),
            process_type: text(spec, "document.local_header.service_process_type"),
            patient_confidentiality: text(spec, "document.patient_register.confidentiality"),
            patient_header: text(spec, "document.patient_register.header_element"),
            items,
            order: list(spec, ORDER),
            kinds,
            last_header: AtomicUsize::new(4 * 1024),
        }
    }

    /// Returns what the bundle says about a kind; another kind than the named ones is found by the code of its group.
    pub(crate) fn kind(&self, kind: &DocumentKind) -> Option<&KindLayout> {
        match kind {
            DocumentKind::Other(None) => None,
            DocumentKind::Other(Some(group)) => self.kind_of_group(group),
            named => self.kinds.iter().find(|layout| layout.kind == *named),
        }
    }

    /// Finds the kind whose document group a document carries.
    pub(crate) fn kind_of_group(&self, group: &CodedValue) -> Option<&KindLayout> {
        self.kinds.iter().find(|layout| {
            let known = layout.group.for_reading();
            known.is_some_and(|known| {
                known.code() == group.code() && is_of_same_system(group, known)
            })
        })
    }

    /// Returns an error when the document has an item that the bundle does not know: it would be dropped without a word.
    pub(crate) fn check_order(&self, metadata: &DocumentMetadata) -> Result<(), SpecError> {
        self.order.get()?;
        let has_a_place = |key: &String| self.items.iter().any(|item| item.key == *key);
        match metadata.other_items.keys().find(|key| !has_a_place(key)) {
            None => Ok(()),
            Some(_) => Err(SpecError::invalid(
                ORDER,
                "an item of the document is neither in the order nor has it a table of its own",
            )),
        }
    }
}

/// Whether a code is of the code system of one that the bundle has, in whatever version.
pub(crate) fn is_of_same_system(found: &CodedValue, known: &CodedValue) -> bool {
    let known = known.system().as_str();
    let base = known.rsplit_once('.').map_or(known, |(base, _)| base);
    let version = found.system().as_str().strip_prefix(base);
    version.is_some_and(|version| version.is_empty() || version.starts_with('.'))
}

/// The writer declares this prefix where the social-care header begins.
fn extension_name(element: &str) -> Option<CheckedName> {
    CheckedName::new(format!("hl7fi:{element}"))
}

impl ItemLayout {
    fn new(spec: &Spec, key: String, place: Option<Place>) -> Self {
        let part = |part: &str| format!("document.local_header.item.{key}.{part}");
        let element = text(spec, &part("element"));
        Self {
            known: ItemKey::find(&key),
            default: DefaultItem::of_key(&key),
            name: element.for_reading().and_then(|name| extension_name(name)),
            element,
            kind: text(spec, &part("kind")),
            code_system: CodeSystem::of(spec, &part("code_system")),
            key,
            place,
        }
    }

    /// Returns an error when the place of the item among the others that a document has is not known well enough.
    pub(crate) fn check_place(&self, metadata: &DocumentMetadata) -> Result<(), SpecError> {
        let Some(place) = &self.place else {
            return Ok(());
        };
        place.check(|key| metadata.item(key).is_some())
    }

    /// Returns the item, when a document has it.
    pub(crate) fn value<'m>(&self, metadata: &'m DocumentMetadata) -> Option<ItemRef<'m>> {
        match self.known {
            Some(known) => metadata.known_item(known),
            None => metadata.item(&self.key),
        }
    }

    /// Sets the item; a value of another kind than the field is not taken.
    pub(crate) fn set(&self, metadata: &mut DocumentMetadata, value: ItemValue) -> Option<()> {
        match self.known {
            Some(known) => metadata.set_known_item(known, value).ok(),
            None => metadata.set_item(&self.key, value).ok(),
        }
    }

    /// Returns the name to write, when it is known well enough.
    pub(crate) fn name(&self) -> Result<&CheckedName, SpecError> {
        self.element.get()?;
        self.name.as_ref().ok_or_else(|| {
            SpecError::invalid(
                &format!("document.local_header.item.{}.element", self.key),
                "it is not the name of an XML element",
            )
        })
    }

    /// Returns the place of the item, for findings.
    pub(crate) fn path(&self) -> String {
        let element = self.element.for_reading().unwrap_or(&self.key);
        format!("/ClinicalDocument/localSocialHeader/{element}")
    }
}

impl CodeSystem {
    fn of(spec: &Spec, key: &str) -> Option<Self> {
        Some(Self {
            oid: Oid::parse(spec.text_for_reading(key)?).ok()?,
            is_inferred: spec.status(key) == Some(Status::Inferred),
        })
    }
}

impl KindLayout {
    /// Returns whether only an inference tells that a document is of this kind: neither a group that was seen nor the
    /// structure of its content says so.
    pub(crate) fn is_a_guess(&self, metadata: &DocumentMetadata) -> bool {
        let has_its_structure = || {
            let content = metadata.content_specification.as_ref();
            let structure = self.structure.as_ref();
            content
                .zip(structure)
                .is_some_and(|(content, structure)| content.starts_with(structure))
        };
        self.is_group_inferred && !has_its_structure()
    }

    fn new(spec: &Spec, key: &str, group_element: Option<&CheckedName>) -> Self {
        let list = |part: &str| {
            spec.list_for_reading(&format!("document.kind.{key}.{part}"))
                .to_vec()
        };
        let group = format!("document.kind.{key}.group");
        let is_group_inferred = spec.status(&group) == Some(Status::Inferred);
        let group = DefaultCode::new(spec, &group, group_element);
        let structure = spec.text_for_reading(&format!("document.kind.{key}.structure"));
        Self {
            kind: DocumentKind::from_key(key)
                .unwrap_or_else(|| DocumentKind::Other(group.for_reading().cloned())),
            key: key.to_owned(),
            group,
            structure: structure.and_then(|oid| Oid::parse(oid).ok()),
            is_group_inferred,
            bodies: list("bodies"),
            required: list("required"),
            expected: list("expected"),
            absent: list("absent"),
            required_in_later_version: list("required_in_later_version"),
            required_when_received: list("required_when_received"),
        }
    }
}
