//! The items of the social-care header.

use kanta_core::Oid;
use kanta_core::metadata::{DocumentMetadata, ItemKey, ItemRef, ItemValue};
use kanta_core::spec::{Spec, SpecError, Status};
use kanta_xml::CheckedName;

use super::defaults::DefaultItem;
use super::extension_name;
use crate::document::sequence::Place;
use crate::document::slot::{Slot, text};

/// One item of the social-care header.
#[derive(Debug)]
pub(crate) struct ItemLayout {
    pub(crate) key: String,
    known: Option<ItemKey>,
    pub(super) default: Option<DefaultItem>,
    pub(crate) element: Slot<String>,
    pub(super) name: Option<CheckedName>,
    pub(crate) kind: Slot<String>,
    pub(crate) code_system: Option<CodeSystem>,
    /// Where it stands, unless the order says so.
    pub(in crate::document) place: Option<Place>,
}

/// The code system of an item, without its version.
#[derive(Debug)]
pub(crate) struct CodeSystem {
    pub(crate) oid: Oid,
    pub(crate) is_inferred: bool,
}

impl ItemLayout {
    pub(super) fn new(spec: &Spec, key: String, place: Option<Place>) -> Self {
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
