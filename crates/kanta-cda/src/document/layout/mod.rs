//! What the spec bundle says about documents, looked up once for a bundle and read for every document.

mod defaults;
mod item;
mod kind;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use kanta_core::CodedValue;
use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::spec::{Spec, SpecError};
use kanta_xml::CheckedName;

use super::sequence::{self, ORDER};
use super::slot::{Slot, list, text};

pub(crate) use defaults::{DefaultCode, Defaults};
pub(crate) use item::ItemLayout;
pub(crate) use kind::KindLayout;

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
