//! Finding the places in a document that signatures have to do with.

use std::ops::Range;

use kanta_sign::{Layout, xmldsig};
use kanta_xml::{Element, Tree};
use memchr::memmem;

use crate::{HL7, HL7_FINLAND};

/// The parts of a document that signatures have to do with, each found at its only legal place.
pub(super) struct Places<'t, 'a> {
    pub(super) root: Element<'t, 'a>,
    /// `component/nonXMLBody`, or `component/structuredBody` in the old layout, when there is exactly one.
    pub(super) body: Option<Element<'t, 'a>>,
    /// The document's own identifier.
    pub(super) document_id: Option<&'t str>,
    /// The header that holds signatures, when there is exactly one.
    pub(super) header: Option<(Layout, Element<'t, 'a>)>,
    pub(super) collection: Option<Element<'t, 'a>>,
    /// There is more than one header or collection.
    pub(super) is_ambiguous: bool,
}

impl<'t, 'a> Places<'t, 'a> {
    pub(super) fn find(tree: &'t Tree<'a>) -> Option<Self> {
        let root = tree.root();
        if !root.is(HL7, "ClinicalDocument") {
            return None;
        }
        let mut headers = root.children().filter_map(|child| {
            let layout = layout_of(child)?;
            Some((layout, child))
        });
        let first = headers.next();
        let header = first.filter(|_| headers.next().is_none());
        let collections = header.map_or(0, |(_, header)| {
            count(header, HL7_FINLAND, "signatureCollection")
        });
        let is_ambiguous = first.is_some() != header.is_some() || collections > 1;
        let body_name = match header {
            Some((Layout::PatientArchive, _)) => "structuredBody",
            _ => "nonXMLBody",
        };
        Some(Self {
            root,
            // Beside the body nothing may stand: a reader could take it for the body, and it is not signed.
            body: only(root, HL7, "component")
                .filter(|component| component.children().count() == 1)
                .and_then(|component| only(component, HL7, body_name)),
            document_id: only(root, HL7, "id").and_then(|id| id.attribute("root")),
            header,
            collection: header
                .and_then(|(_, header)| only(header, HL7_FINLAND, "signatureCollection")),
            is_ambiguous,
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

    /// The block of the header that tells people who signed.
    pub(super) fn readable_block(&self) -> Option<Element<'t, 'a>> {
        let (_, header) = self.header?;
        header
            .children()
            .find(|child| child.is(HL7_FINLAND, "signature"))
    }
}

fn layout_of(element: Element<'_, '_>) -> Option<Layout> {
    if element.is(HL7_FINLAND, "localSocialHeader") {
        Some(Layout::Social)
    } else if element.is(HL7_FINLAND, "localHeader") {
        Some(Layout::PatientArchive)
    } else {
        None
    }
}

/// What the whole document has too much of, in one pass over it.
pub(super) struct Census {
    /// How many XML signatures there are, at whatever place.
    pub(super) xml_signatures: usize,
    /// Whether more than one attribute `ID` has the same value.
    pub(super) has_duplicate_ids: bool,
}

impl Census {
    pub(super) fn of(root: Element<'_, '_>) -> Self {
        let mut xml_signatures = 0;
        let mut ids: Vec<&str> = Vec::new();
        for element in root.descendants() {
            if element.local_name() == "Signature" && element.namespace() == xmldsig::NAMESPACE {
                xml_signatures += 1;
            }
            ids.extend(
                element
                    .attributes()
                    .filter(|attribute| attribute.qualified_name() == "ID")
                    .map(|attribute| attribute.value()),
            );
        }
        ids.sort_unstable();
        Self {
            xml_signatures,
            has_duplicate_ids: ids.windows(2).any(|pair| pair[0] == pair[1]),
        }
    }
}

/// The places of a document that was just written here: found by its fixed ends, without reading it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrittenPlaces {
    /// Where the social-care header ends.
    pub(super) header_end: usize,
    /// The body, in canonical form but for its name space.
    pub(super) body: Range<usize>,
}

const HEADER_TO_BODY: &[u8] = b"</hl7fi:localSocialHeader><component>";
const AFTER_BODY: &[u8] = b"</component></ClinicalDocument>";
const BODY_START: &[u8] = b"<nonXMLBody ID=\"";

impl WrittenPlaces {
    /// Finds the places in a document that was just written; `None` when they are not where the writer puts them, and the
    /// document must be read to be signed.
    ///
    /// Text is escaped and Base64 has no markup, so the end of the header stands there once.
    pub(crate) fn find(document: &[u8]) -> Option<Self> {
        let header_end = memmem::find(document, HEADER_TO_BODY)?;
        let body = header_end + HEADER_TO_BODY.len()..document.strip_suffix(AFTER_BODY)?.len();
        let is_body = document.get(body.clone())?.starts_with(BODY_START);
        is_body.then_some(Self { header_end, body })
    }

    /// The canonical form of the body, in pieces.
    pub(super) fn canonical_body<'d>(&self, document: &'d [u8]) -> [&'d [u8]; 3] {
        let body = document.get(self.body.clone()).unwrap_or_default();
        let (name, rest) = body.split_at(body.len().min("<nonXMLBody".len()));
        [name, b" xmlns=\"urn:hl7-org:v3\"", rest]
    }
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

pub(super) fn count(parent: Element<'_, '_>, namespace: &str, name: &str) -> usize {
    parent
        .children()
        .filter(|child| child.is(namespace, name))
        .count()
}
