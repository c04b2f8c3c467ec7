//! What the spec bundle says about documents, looked up once for a bundle and read for every document.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use kanta_core::metadata::{DocumentKind, DocumentMetadata, ItemKey, ItemRef};
use kanta_core::spec::{Spec, SpecError};
use kanta_core::{CodedValue, Oid};
use kanta_xml::CheckedName;

use crate::BodyForm;

/// A value of the bundle: what it is for reading, and whether it may be written.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    known: Option<T>,
    refused: Option<SpecError>,
}

/// The bundle's tables of documents.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) realm: Slot<String>,
    pub(crate) type_id_root: Slot<String>,
    pub(crate) type_id_extension: Slot<String>,
    pub(crate) confidentiality: Slot<CodedValue>,
    pub(crate) consent_status: Slot<String>,
    pub(crate) encounter_participant: Slot<String>,
    pub(crate) joint_clients: Slot<String>,
    pub(crate) case_period: Slot<String>,
    pub(crate) replacement: Slot<String>,
    pub(crate) record_status: Slot<CodedValue>,
    pub(crate) register_type: Slot<CodedValue>,
    pub(crate) display_media_type: Slot<String>,
    pub(crate) display_format: Slot<CodedValue>,
    pub(crate) structured_format: Slot<CodedValue>,
    pub(crate) pdf_media_type: Slot<String>,
    pub(crate) pdf_display_format: Slot<CodedValue>,
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
    pub(crate) element: Slot<String>,
    name: Option<CheckedName>,
    pub(crate) kind: Slot<String>,
    pub(crate) code_system: Option<Oid>,
}

/// One kind of document.
#[derive(Debug)]
pub(crate) struct KindLayout {
    pub(crate) kind: DocumentKind,
    pub(crate) key: String,
    pub(crate) group: Slot<CodedValue>,
    pub(crate) bodies: Vec<String>,
    pub(crate) required: Vec<String>,
    pub(crate) expected: Vec<String>,
    pub(crate) absent: Vec<String>,
    pub(crate) required_in_later_version: Vec<String>,
    pub(crate) required_when_received: Vec<String>,
}

impl<T> Slot<T> {
    /// Returns the value when it may be written.
    pub(crate) fn get(&self) -> Result<&T, SpecError> {
        match (&self.known, &self.refused) {
            (_, Some(refused)) => Err(refused.clone()),
            (Some(known), None) => Ok(known),
            (None, None) => Err(SpecError::invalid(
                "document",
                "the value is of another type",
            )),
        }
    }

    /// Returns the value whatever its status, to recognise it.
    pub(crate) fn for_reading(&self) -> Option<&T> {
        self.known.as_ref()
    }
}

fn text(spec: &Spec, key: &str) -> Slot<String> {
    Slot {
        known: spec.text_for_reading(key).map(str::to_owned),
        refused: spec.text(key).err(),
    }
}

fn code(spec: &Spec, key: &str) -> Slot<CodedValue> {
    Slot {
        known: spec.code_for_reading(key).cloned(),
        refused: spec.code(key).err(),
    }
}

impl Layout {
    /// Returns the tables of a bundle.
    pub(crate) fn of(spec: &Spec) -> Arc<Self> {
        spec.compiled(Self::new)
    }

    fn new(spec: &Spec) -> Self {
        let header = |key: &str| text(spec, &format!("document.header.{key}"));
        let order = spec
            .list_for_reading("document.local_header.order")
            .to_vec();
        Self {
            realm: header("realm"),
            type_id_root: header("type_id_root"),
            type_id_extension: header("type_id_extension"),
            confidentiality: code(spec, "document.header.confidentiality"),
            consent_status: header("consent_status"),
            encounter_participant: header("encounter_participant"),
            joint_clients: header("joint_clients"),
            case_period: header("case_period"),
            replacement: text(spec, "document.version.replacement"),
            record_status: code(spec, "document.value.record_status"),
            register_type: code(spec, "document.value.register_type"),
            display_media_type: text(spec, "document.body.display_media_type"),
            display_format: code(spec, "document.body.display_format"),
            structured_format: code(spec, "document.body.structured_format"),
            pdf_media_type: text(spec, "document.body.pdf_media_type"),
            pdf_display_format: code(spec, "document.body.pdf_display_format"),
            namespace: text(spec, "document.local_header.namespace"),
            local_header: text(spec, "document.local_header.element"),
            local_header_name: spec
                .text_for_reading("document.local_header.element")
                .and_then(extension_name),
            process_type: text(spec, "document.local_header.service_process_type"),
            patient_confidentiality: text(spec, "document.patient_register.confidentiality"),
            patient_header: text(spec, "document.patient_register.header_element"),
            items: order.iter().map(|key| ItemLayout::new(spec, key)).collect(),
            order: Slot {
                known: Some(order),
                refused: spec.list("document.local_header.order").err(),
            },
            kinds: spec
                .tables("document.kind")
                .into_iter()
                .map(|key| KindLayout::new(spec, key))
                .collect(),
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
            known.is_some_and(|known| known.code() == group.code())
        })
    }

    /// Gives metadata what is never asked of the caller: what follows from the kind and the form of the body.
    ///
    /// Everything that is known is filled in; the error tells the first thing that is not.
    pub(crate) fn complete(
        &self,
        metadata: &mut DocumentMetadata,
        form: BodyForm,
    ) -> Result<(), SpecError> {
        let kind = self.kind(&metadata.kind);
        let group = match (&metadata.group, kind) {
            (None, Some(kind)) => fill(&mut metadata.group, &kind.group),
            (None, None) => Err(SpecError::Incomplete {
                key: "document.kind".to_owned(),
                why: "no table of the bundle has the group of this document".to_owned(),
                needs: "Sosiaalihuollon metatietomalli 3.6 or newer, and the code set 1.2.246.537.6.1505 on the code \
                        server"
                    .to_owned(),
            }),
            // A code that the caller gave is checked against the bundle all the same.
            (Some(_), Some(kind)) => kind.group.get().map(drop),
            (Some(_), None) => Ok(()),
        };
        let (display, structured) = match form {
            BodyForm::Structured => (&self.display_format, Some(&self.structured_format)),
            BodyForm::Xhtml | BodyForm::Other => (&self.display_format, None),
            BodyForm::Pdf => (&self.pdf_display_format, None),
        };
        let mut results = vec![
            group,
            fill(&mut metadata.confidentiality, &self.confidentiality),
            fill(&mut metadata.display_format, display),
            fill(&mut metadata.record_status, &self.record_status),
            fill(&mut metadata.register_type, &self.register_type),
        ];
        if let Some(structured) = structured {
            results.push(fill(&mut metadata.structured_format, structured));
        }
        results.into_iter().collect()
    }

    /// Returns an error when the document has an item without a place in the order: it would be dropped without a word.
    pub(crate) fn check_order(&self, metadata: &DocumentMetadata) -> Result<(), SpecError> {
        let order = self.order.get()?;
        match metadata.other_items.keys().find(|key| !order.contains(key)) {
            None => Ok(()),
            Some(_) => Err(SpecError::invalid(
                "document.local_header.order",
                "an item of the document has no place in the order",
            )),
        }
    }
}

fn fill(target: &mut Option<CodedValue>, slot: &Slot<CodedValue>) -> Result<(), SpecError> {
    if target.is_none() {
        *target = Some(slot.get()?.clone());
    }
    Ok(())
}

/// The writer declares this prefix where the social-care header begins.
fn extension_name(element: &str) -> Option<CheckedName> {
    CheckedName::new(format!("hl7fi:{element}"))
}

impl ItemLayout {
    fn new(spec: &Spec, key: &str) -> Self {
        let part = |part: &str| format!("document.local_header.item.{key}.{part}");
        let element = text(spec, &part("element"));
        Self {
            key: key.to_owned(),
            known: ItemKey::find(key),
            name: element.for_reading().and_then(|name| extension_name(name)),
            element,
            kind: text(spec, &part("kind")),
            code_system: spec
                .text_for_reading(&part("code_system"))
                .and_then(|system| Oid::parse(system).ok()),
        }
    }

    /// Returns the item, when a document has it.
    pub(crate) fn value<'m>(&self, metadata: &'m DocumentMetadata) -> Option<ItemRef<'m>> {
        match self.known {
            Some(known) => metadata.known_item(known),
            None => metadata.item(&self.key),
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

impl KindLayout {
    fn new(spec: &Spec, key: &str) -> Self {
        let list = |part: &str| {
            spec.list_for_reading(&format!("document.kind.{key}.{part}"))
                .to_vec()
        };
        let group = code(spec, &format!("document.kind.{key}.group"));
        Self {
            kind: DocumentKind::from_key(key)
                .unwrap_or_else(|| DocumentKind::Other(group.for_reading().cloned())),
            key: key.to_owned(),
            group,
            bodies: list("bodies"),
            required: list("required"),
            expected: list("expected"),
            absent: list("absent"),
            required_in_later_version: list("required_in_later_version"),
            required_when_received: list("required_when_received"),
        }
    }
}
