//! A document's life before its signature: `Draft` → `Valid`.

use std::fmt;

use kanta_core::Report;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, SpecError};
use kanta_xml::Limits;

use crate::display::{self, DisplayOptions};
use crate::document::write_unsigned;
use crate::rules::{self, Subject};
use crate::signature::WrittenPlaces;
use crate::structure::Structure;
use crate::{Body, ClinicalDocument, ReadError, WriteError};

/// A document that is being built and may be wrong.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct Draft {
    metadata: DocumentMetadata,
    content: Vec<u8>,
    display: Option<Vec<u8>>,
}

/// A document that passed every rule of error severity; its body bytes are fixed.
///
/// Nothing in it can be changed any more; a change begins with a new draft.
///
/// ```compile_fail
/// fn edit(document: &mut kanta_cda::Valid) {
///     document.metadata().language = Some("sv".to_owned());
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Valid {
    metadata: DocumentMetadata,
    xml: Vec<u8>,
    report: Report,
    /// Where signatures go, when the document was written here.
    places: Option<WrittenPlaces>,
}

/// Why a draft is not valid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// Rules were broken; the report holds every finding.
    #[error("the document breaks {} of the rules, the first: {}", .0.errors().count(), first(.0))]
    Findings(Report),
    /// The document cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The document cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The spec bundle lacks something that the document needs.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The document is already signed (`KANTA-DRAFT-SIGNED`).
    #[error(
        "the document is already signed: only an unsigned one can be taken up again [KANTA-DRAFT-SIGNED]"
    )]
    AlreadySigned,
}

fn first(report: &Report) -> String {
    report
        .errors()
        .next()
        .map(ToString::to_string)
        .unwrap_or_default()
}

impl Draft {
    /// Makes a draft of metadata and content; the content is JSON, in UTF-8.
    #[must_use]
    pub fn new(metadata: DocumentMetadata, content: impl Into<Vec<u8>>) -> Self {
        Self {
            metadata,
            content: content.into(),
            display: None,
        }
    }

    /// Gives the draft a display form of the caller's own; without one it is rendered from content and structure.
    #[must_use]
    pub fn with_display(mut self, xhtml: impl Into<Vec<u8>>) -> Self {
        self.display = Some(xhtml.into());
        self
    }

    /// Checks everything and fixes the bytes of the body.
    ///
    /// The header gets the identifier of `structure`, unless the metadata name one already. All findings come at once;
    /// warnings are kept in [`Valid::report`].
    ///
    /// # Errors
    /// [`CheckError`] with every finding, or with the key that the spec bundle lacks.
    pub fn check(&self, structure: &Structure, spec: &Spec) -> Result<Valid, CheckError> {
        let mut metadata = self.metadata.clone();
        metadata
            .content_specification
            .get_or_insert_with(|| structure.oid().clone());
        let display = match &self.display {
            Some(display) => display.clone(),
            None => self.render(&metadata, structure)?,
        };
        let media_type = spec.text("document.body.display_media_type")?;
        let body = Body::new(&metadata.id, media_type, &display, &self.content);
        let subject = Subject {
            metadata: &metadata,
            body: &body,
            structure: Some(structure),
        };
        let report = rules::check(&subject, spec);
        if report.has_errors() {
            return Err(CheckError::Findings(report));
        }
        let xml = write_unsigned(&metadata, &body, spec)?;
        Ok(Valid {
            metadata,
            places: WrittenPlaces::find(&xml, body.as_xml()),
            xml,
            report,
        })
    }

    fn render(
        &self,
        metadata: &DocumentMetadata,
        structure: &Structure,
    ) -> Result<Vec<u8>, CheckError> {
        let options = DisplayOptions {
            document_oid: Some(metadata.id.as_oid().clone()),
            organisation: metadata.organiser_name.clone(),
            document_type: metadata
                .general_type
                .as_ref()
                .and_then(|general_type| general_type.display().map(str::to_owned)),
            date: metadata.drafted.date(),
            ..DisplayOptions::default()
        };
        display::render(structure, &self.content, &options)
            .map(String::into_bytes)
            .map_err(|_| CheckError::Findings(structure.validate(&self.content)))
    }
}

impl Valid {
    /// Takes up an unsigned document that was written earlier, with exactly its bytes, after checking it again.
    ///
    /// # Errors
    /// [`CheckError`] when it cannot be read, is signed already, or breaks a rule.
    pub fn from_unsigned(
        bytes: Vec<u8>,
        structure: Option<&Structure>,
        spec: &Spec,
        limits: &Limits,
    ) -> Result<Self, CheckError> {
        let document = ClinicalDocument::read(&bytes, spec, limits)?;
        if document.is_signed() {
            return Err(CheckError::AlreadySigned);
        }
        let report = document.check(structure, spec);
        if report.has_errors() {
            return Err(CheckError::Findings(report));
        }
        Ok(Self {
            metadata: document.metadata().clone(),
            xml: bytes,
            report,
            places: None,
        })
    }

    /// Returns the unsigned document.
    #[must_use]
    pub fn as_xml(&self) -> &[u8] {
        &self.xml
    }

    /// Returns the metadata.
    #[must_use]
    pub fn metadata(&self) -> &DocumentMetadata {
        &self.metadata
    }

    pub(crate) fn written_places(&self) -> Option<&WrittenPlaces> {
        self.places.as_ref()
    }

    /// Returns what the check found that is no error.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("id", &self.metadata.id)
            .field("kind", &self.metadata.kind)
            .finish_non_exhaustive()
    }
}
