//! A clinical document as it is read and written.

mod foreign;
mod header_reader;
mod header_writer;
pub(crate) mod layout;
pub(crate) mod placeholder;
mod read;
mod reference;
mod sequence;
mod slot;
mod table;
mod write;

use bytes::Bytes;
use kanta_core::Oid;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, SpecError};
use kanta_xml::Limits;

use crate::body::{BodySource, PdfFacts};
use crate::{Body, BodyError, BodyForm};
use foreign::Foreign;
use layout::{Defaults, Layout};
pub use reference::header_reference;
use write::Writing;

/// A document that was read: typed metadata, the body as bytes, its signatures, and whatever else stood in it.
///
/// Reading is tolerant: any prefix, comments, unknown elements and attributes, a null flavour beside a root. What the
/// typed model does not hold is kept with its place and written again by [`ClinicalDocument::rewrite`]; only comments and
/// white space of the header are not.
#[derive(Debug, Clone)]
pub struct ClinicalDocument {
    metadata: DocumentMetadata,
    body: Option<Body>,
    signatures: Option<String>,
    foreign: Foreign,
}

/// A document that cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is not well-formed XML, or exceeds a limit (`KANTA-READ-XML`).
    #[error("the document cannot be read: {0} [KANTA-READ-XML]")]
    Xml(#[from] kanta_xml::Error),
    /// Its root is not a `ClinicalDocument` of HL7 (`KANTA-READ-ROOT`).
    #[error(
        "the root element is not ClinicalDocument of urn:hl7-org:v3: give a CDA R2 document [KANTA-READ-ROOT]"
    )]
    NotADocument,
    /// An element without which nothing can be known of the document is missing or wrong (`KANTA-READ-HEADER`).
    #[error("{place}: {problem}; every version of a document needs it [KANTA-READ-HEADER]")]
    Header {
        /// The element.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

/// A document that cannot be written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The spec bundle lacks something that the document needs.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A text of the metadata holds a character that XML forbids (`KANTA-WRITE-CHARACTER`).
    #[error("the metadata hold a character that XML forbids: {0} [KANTA-WRITE-CHARACTER]")]
    Xml(#[from] kanta_xml::Error),
    /// The document has no body that can be taken over (`KANTA-WRITE-BODY`).
    #[error(
        "the document has no nonXMLBody: the body of a document of this shape cannot be taken over [KANTA-WRITE-BODY]"
    )]
    NoBody,
    /// The body of a document that was read cannot be decoded.
    #[error(transparent)]
    Body(BodyError),
    /// The source of a PDF failed (`KANTA-WRITE-PDF`).
    #[error("the PDF cannot be read from its source: {0} [KANTA-WRITE-PDF]")]
    Pdf(String),
    /// A value says that it is not known (`KANTA-WRITE-PLACEHOLDER`).
    #[error(
        "{place}: the value is a placeholder and says so itself: put the real value in before the document is written \
         [KANTA-WRITE-PLACEHOLDER]"
    )]
    Placeholder {
        /// The element or attribute.
        place: String,
    },
}

impl ClinicalDocument {
    /// Reads a document within limits; the spec bundle tells the names of the social-care header.
    ///
    /// The body is copied out of `bytes`; [`ClinicalDocument::from_bytes`] shares it instead.
    ///
    /// # Errors
    /// [`ReadError`] with the place of the mistake.
    pub fn read(bytes: &[u8], spec: &Spec, limits: &Limits) -> Result<Self, ReadError> {
        read::read(bytes, &Bytes::copy_from_slice, spec, limits)
    }

    /// Reads a document as [`ClinicalDocument::read`] does, without a copy of its body: the document shares the bytes.
    ///
    /// # Errors
    /// [`ReadError`] with the place of the mistake.
    pub fn from_bytes(bytes: Bytes, spec: &Spec, limits: &Limits) -> Result<Self, ReadError> {
        let keep = |part: &[u8]| {
            let range = bytes.as_ptr_range();
            if range.contains(&part.as_ptr()) {
                bytes.slice_ref(part)
            } else {
                // The element needed declarations of its ancestors: it is no part of the input any more.
                Bytes::copy_from_slice(part)
            }
        };
        read::read(&bytes, &keep, spec, limits)
    }

    /// Returns the metadata.
    #[must_use]
    pub fn metadata(&self) -> &DocumentMetadata {
        &self.metadata
    }

    /// Returns the body; documents of other shapes have none.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }

    /// Returns whether the document carries signatures, valid or not.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signatures.is_some()
    }

    /// Returns the paths of elements, attributes and texts that the typed model does not hold.
    pub fn unknown_parts(&self) -> impl Iterator<Item = &str> {
        self.foreign.places()
    }

    /// Whether the document's `typeId` has other values than the bundle: they stayed foreign when it was read.
    pub(crate) fn has_another_type_id(&self) -> bool {
        self.foreign
            .attributes_of("/ClinicalDocument[1]/typeId[1]")
            .any(|(name, _)| ["root", "extension"].contains(&name))
    }

    pub(crate) fn foreign_placeholder(&self) -> Option<&str> {
        self.foreign.placeholder()
    }

    /// Writes the document again from the model: the same values, our order and prefixes, the same body and signatures.
    ///
    /// # Errors
    /// [`WriteError`] when the bundle lacks a name or a value is a placeholder.
    pub fn rewrite(&self, spec: &Spec) -> Result<Vec<u8>, WriteError> {
        let layout = Layout::of(spec);
        if let Some(place) = placeholder::find(&self.metadata, &layout)
            .or_else(|| self.foreign.placeholder().map(str::to_owned))
        {
            return Err(WriteError::Placeholder { place });
        }
        let writing = Writing {
            metadata: &self.metadata,
            layout: &layout,
            signatures: self.signatures.as_deref(),
            defaults: Defaults::default(),
            structure: None,
            is_rewritten: true,
        };
        let body = self.body.as_ref().map(|body| {
            let write = |xml: &mut kanta_xml::Writer| {
                xml.raw(body.as_xml());
                Ok(())
            };
            (body.as_xml().len(), write)
        });
        write::write(&writing, &self.foreign, body).map(|(xml, _)| xml)
    }
}

/// Writes an unsigned document; of a PDF it returns the facts that passed by.
pub(crate) fn write_unsigned(
    metadata: &DocumentMetadata,
    structure: Option<&Oid>,
    body: BodySource<'_>,
    layout: &Layout,
) -> Result<(Vec<u8>, Option<PdfFacts>), WriteError> {
    let media_type = match body.form() {
        BodyForm::Pdf => layout.pdf_media_type.get()?,
        _ => layout.display_media_type.get()?,
    };
    let (defaults, known) = Defaults::of(layout, metadata, body.form());
    known?;
    let writing = Writing {
        metadata,
        layout,
        signatures: None,
        defaults,
        structure,
        is_rewritten: false,
    };
    let failed = |error: std::io::Error| WriteError::Pdf(error.to_string());
    let length = body.xml_length(&metadata.id, media_type).map_err(failed)?;
    let write =
        |xml: &mut kanta_xml::Writer| body.write(&metadata.id, media_type, xml).map_err(failed);
    let (xml, facts) = write::write(&writing, &Foreign::default(), Some((length, write)))?;
    Ok((xml, facts.flatten()))
}
