//! Finding the places in a document that signatures have to do with.

use kanta_xml::{Element, Tree};

use crate::{HL7, HL7_FINLAND};

const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The parts of a document that signatures have to do with, each found at its only legal place.
pub(super) struct Places<'t, 'a> {
    pub(super) root: Element<'t, 'a>,
    /// `ClinicalDocument/component/nonXMLBody`, when there is exactly one.
    pub(super) body: Option<Element<'t, 'a>>,
    /// The document's own identifier.
    pub(super) document_id: Option<&'t str>,
    pub(super) local_header: Option<Element<'t, 'a>>,
    pub(super) collection: Option<Element<'t, 'a>>,
}

impl<'t, 'a> Places<'t, 'a> {
    pub(super) fn find(tree: &'t Tree<'a>) -> Option<Self> {
        let root = tree.root();
        if !root.is(HL7, "ClinicalDocument") {
            return None;
        }
        let local_header = only(root, HL7_FINLAND, "localSocialHeader");
        Some(Self {
            root,
            body: only(root, HL7, "component")
                .and_then(|component| only(component, HL7, "nonXMLBody")),
            document_id: only(root, HL7, "id").and_then(|id| id.attribute("root")),
            local_header,
            collection: local_header
                .and_then(|header| only(header, HL7_FINLAND, "signatureCollection")),
        })
    }

    /// The `signature` elements of the collection, in order.
    pub(super) fn signatures(&self) -> Vec<Element<'t, 'a>> {
        self.collection
            .into_iter()
            .flat_map(|collection| collection.children())
            .filter(|child| child.is(HL7_FINLAND, "signature"))
            .collect()
    }

    /// How many XML signatures the document holds, at whatever place.
    pub(super) fn xml_signatures_anywhere(&self) -> usize {
        self.root
            .descendants()
            .filter(|element| element.is(XMLDSIG, "Signature"))
            .count()
    }

    /// The values that more than one attribute `ID` has.
    pub(super) fn has_duplicate_ids(&self) -> bool {
        let mut ids: Vec<&str> = self
            .root
            .descendants()
            .filter_map(|element| element.attribute("ID"))
            .collect();
        ids.sort_unstable();
        ids.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// Returns the XML signature inside a `signature` of the collection.
pub(super) fn xml_signature<'t, 'a>(signature: Element<'t, 'a>) -> Option<Element<'t, 'a>> {
    only(signature, XMLDSIG, "Signature")
}

/// Returns the child of a name, when there is exactly one.
pub(super) fn only<'t, 'a>(
    parent: Element<'t, 'a>,
    namespace: &str,
    name: &str,
) -> Option<Element<'t, 'a>> {
    let mut found = parent.children().filter(|child| child.is(namespace, name));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}
