//! A clinical document as it is read and written.

mod foreign;
mod header_reader;
mod header_writer;
mod read;
mod write;

use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, SpecError};
use kanta_xml::Limits;

use crate::Body;
use foreign::Foreign;

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
    /// The document has no body to write (`KANTA-WRITE-BODY`).
    #[error(
        "the document has no nonXMLBody: documents of this shape are read, not written [KANTA-WRITE-BODY]"
    )]
    NoBody,
}

impl ClinicalDocument {
    /// Reads a document within limits; the spec bundle tells the names of the social-care header.
    ///
    /// # Errors
    /// [`ReadError`] with the place of the mistake.
    pub fn read(bytes: &[u8], spec: &Spec, limits: &Limits) -> Result<Self, ReadError> {
        read::read(bytes, spec, limits)
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

    /// Writes the document again from the model: the same values, our order and prefixes, the same body and signatures.
    ///
    /// # Errors
    /// [`WriteError`] when the bundle lacks a name or the document has no body.
    pub fn rewrite(&self, spec: &Spec) -> Result<Vec<u8>, WriteError> {
        let body = self.body.as_ref().ok_or(WriteError::NoBody)?;
        write::write(
            &self.metadata,
            body,
            self.signatures.as_deref(),
            &self.foreign,
            spec,
        )
    }
}

/// Writes an unsigned document.
pub(crate) fn write_unsigned(
    metadata: &DocumentMetadata,
    body: &Body,
    spec: &Spec,
) -> Result<Vec<u8>, WriteError> {
    write::write(metadata, body, None, &Foreign::default(), spec)
}
