//! The kinds of document.

use kanta_core::Oid;
use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::spec::{Spec, Status};
use kanta_xml::CheckedName;

use super::DefaultCode;

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

    pub(super) fn new(spec: &Spec, key: &str, group_element: Option<&CheckedName>) -> Self {
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
