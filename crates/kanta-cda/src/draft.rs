//! A document's life before its signature: `Draft` → `Valid`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use kanta_core::Report;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Environment, Spec, SpecError};
use kanta_xml::Limits;

use crate::body::{BodySource, PdfFacts};
use crate::content::check_systems;
use crate::display::{self, DisplayOptions};
use crate::document::layout::{Defaults, Layout};
use crate::document::write_unsigned;
use crate::rules::{self, CheckContext, Parts};
use crate::signature::WrittenPlaces;
use crate::structure::Structure;
use crate::{BodyForm, ClinicalDocument, PdfSource, ReadError, WriteError};

/// A document that is being built and may be wrong.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct Draft {
    metadata: DocumentMetadata,
    content: DraftBody,
}

#[derive(Clone)]
enum DraftBody {
    Structured { json: Bytes, display: Option<Bytes> },
    Xhtml(Bytes),
    Pdf(Arc<dyn PdfSource>),
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
#[derive(Clone)]
pub struct Valid {
    metadata: Arc<DocumentMetadata>,
    xml: Bytes,
    report: Report,
    /// Where signatures go, when the document was written here.
    places: Option<WrittenPlaces>,
    /// Whether the check looked through the whole body for identity codes of real people.
    looked_through: bool,
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
    /// Makes a draft of metadata and content; the content is JSON, in UTF-8. The display form is rendered from it.
    #[must_use]
    pub fn new(metadata: DocumentMetadata, content: impl Into<Vec<u8>>) -> Self {
        Self {
            metadata,
            content: DraftBody::Structured {
                json: content.into().into(),
                display: None,
            },
        }
    }

    /// Makes a draft with a display form only: an XHTML fragment whose root is a `div` with the document's anchor as `id`.
    #[must_use]
    pub fn xhtml(metadata: DocumentMetadata, display: impl Into<Vec<u8>>) -> Self {
        Self {
            metadata,
            content: DraftBody::Xhtml(display.into().into()),
        }
    }

    /// Makes a draft whose body is a PDF.
    ///
    /// The check takes a light look at it (header, trailer, encryption, claim of PDF/A); whether it *is* PDF/A is for a
    /// [`PdfInspector`](crate::PdfInspector) to say.
    #[must_use]
    pub fn pdf(metadata: DocumentMetadata, pdf: impl PdfSource + 'static) -> Self {
        Self {
            metadata,
            content: DraftBody::Pdf(Arc::new(pdf)),
        }
    }

    /// Makes a draft that annuls a document (Finnish: mitätöinti), with metadata of a later version of it.
    ///
    /// What the body of an annulling document holds is not public: the bundle's `document.annulment.body` says `same` or
    /// `empty`.
    ///
    /// # Errors
    /// [`SpecError::Incomplete`] while the bundle does not say it; [`CheckError`] when the body cannot be carried over.
    pub fn annulment(
        document: &ClinicalDocument,
        metadata: DocumentMetadata,
        spec: &Spec,
    ) -> Result<Self, CheckError> {
        match spec.text("document.annulment.body")? {
            "same" => Self::with_body_of(document, metadata),
            "empty" => {
                let anchor = metadata.id.body_anchor();
                let root = format!(
                    "<div class=\"soc-document\" id=\"{anchor}\" xmlns=\"http://www.w3.org/1999/xhtml\"></div>"
                );
                Ok(Self::xhtml(metadata, root))
            }
            _ => {
                Err(SpecError::invalid("document.annulment.body", "it is `same` or `empty`").into())
            }
        }
    }

    /// Makes a draft with the body of a document that was read, for other metadata: a correction of the header alone.
    ///
    /// The display form gets the anchor of the new version.
    ///
    /// # Errors
    /// [`CheckError`] when the document has no body that can be decoded.
    pub fn with_body_of(
        document: &ClinicalDocument,
        metadata: DocumentMetadata,
    ) -> Result<Self, CheckError> {
        let body = document.body().ok_or(WriteError::NoBody)?;
        let display = body.display_form().map_err(WriteError::Body)?;
        if body.form() == BodyForm::Pdf {
            return Ok(Self::pdf(metadata, display));
        }
        let old = format!("id=\"{}\"", document.metadata().id.body_anchor());
        let new = format!("id=\"{}\"", metadata.id.body_anchor());
        let display = String::from_utf8_lossy(&display).replacen(&old, &new, 1);
        if !body.has_structured_form() {
            return Ok(Self::xhtml(metadata, display));
        }
        let json = body.structured_form().map_err(WriteError::Body)?;
        Ok(Self::new(metadata, json).with_display(display))
    }

    /// Gives the draft a display form of the caller's own; without one it is rendered from content and structure.
    #[must_use]
    pub fn with_display(mut self, xhtml: impl Into<Vec<u8>>) -> Self {
        let xhtml = Bytes::from(xhtml.into());
        match &mut self.content {
            DraftBody::Structured { display, .. } => *display = Some(xhtml),
            other => *other = DraftBody::Xhtml(xhtml),
        }
        self
    }

    /// Returns the metadata.
    #[must_use]
    pub fn metadata(&self) -> &DocumentMetadata {
        &self.metadata
    }

    /// Checks everything and fixes the bytes of the body.
    ///
    /// The context is the structure of the content, or a [`CheckContext`] with more; a draft without structured content
    /// needs none ([`CheckContext::default`]). The header gets the identifier of the structure, unless the metadata name one
    /// already. All findings come at once; warnings are kept in [`Valid::report`].
    ///
    /// # Errors
    /// [`CheckError`] with every finding, or with the key that the spec bundle lacks: then nothing was written.
    pub fn check<'c>(
        &self,
        context: impl Into<CheckContext<'c>>,
        spec: &Spec,
    ) -> Result<Valid, CheckError> {
        let context = context.into();
        let layout = Layout::of(spec);
        let mut metadata = self.metadata.clone();
        if let (DraftBody::Structured { .. }, Some(structure)) = (&self.content, context.structure)
        {
            metadata
                .content_specification
                .get_or_insert_with(|| structure.oid().clone());
        }
        let display = self.display(&metadata, context.structure)?;
        let source = self.source(display.as_deref().unwrap_or_default());
        let (defaults, known) = Defaults::of(&layout, &metadata, source.form());
        defaults.fill(&mut metadata);
        let is_rendered = matches!(&self.content, DraftBody::Structured { display: None, .. });
        let mut report = rules::check(&metadata, &Parts::of(&source, is_rendered), &context, spec);
        if report.has_errors() {
            return Err(CheckError::Findings(report));
        }
        known?;
        if let DraftBody::Structured { json, .. } = &self.content {
            check_systems(spec, json)?;
        }
        let (xml, facts) = write_unsigned(&metadata, None, source, &layout)?;
        if let (Some(facts), DraftBody::Pdf(pdf)) = (facts, &self.content) {
            self.check_pdf(&facts, pdf.as_ref(), &context, &mut report)?;
        }
        rules::check_people_in_header(&xml, spec, &mut report);
        if report.has_errors() {
            return Err(CheckError::Findings(report));
        }
        Ok(Valid {
            metadata: Arc::new(metadata),
            places: WrittenPlaces::find(&xml),
            xml: xml.into(),
            report,
            looked_through: spec.environment() != Environment::Production
                && !matches!(self.content, DraftBody::Pdf(_)),
        })
    }

    /// Writes the draft as it stands, without one rule being checked: to look at and to measure, never to send.
    ///
    /// # Errors
    /// [`CheckError`] when the spec bundle lacks something, or the display form has to be rendered and cannot be.
    pub fn write_unchecked(
        &self,
        structure: Option<&Structure>,
        spec: &Spec,
    ) -> Result<Vec<u8>, CheckError> {
        let layout = Layout::of(spec);
        let display = self.display(&self.metadata, structure)?;
        let source = self.source(display.as_deref().unwrap_or_default());
        let structure = structure
            .map(Structure::oid)
            .filter(|_| source.form() == BodyForm::Structured);
        let (xml, _) = write_unsigned(&self.metadata, structure, source, &layout)?;
        Ok(xml)
    }

    fn check_pdf(
        &self,
        facts: &PdfFacts,
        pdf: &dyn PdfSource,
        context: &CheckContext<'_>,
        report: &mut Report,
    ) -> Result<(), WriteError> {
        rules::check_pdf(facts, report);
        if let Some(inspector) = context.pdf_inspector {
            let mut reader = pdf
                .open()
                .map_err(|error| WriteError::Pdf(error.to_string()))?;
            report.extend(inspector.inspect(&mut *reader));
        }
        Ok(())
    }

    fn source<'s>(&'s self, display: &'s [u8]) -> BodySource<'s> {
        match &self.content {
            DraftBody::Structured { json, .. } => BodySource::Structured {
                xhtml: display,
                json,
            },
            DraftBody::Xhtml(_) => BodySource::Xhtml(display),
            DraftBody::Pdf(pdf) => BodySource::Pdf(pdf.as_ref()),
        }
    }

    /// Returns the display form, rendered when the caller gave none; a PDF has none in this sense.
    fn display(
        &self,
        metadata: &DocumentMetadata,
        structure: Option<&Structure>,
    ) -> Result<Option<Cow<'_, [u8]>>, CheckError> {
        match &self.content {
            DraftBody::Pdf(_) => Ok(None),
            DraftBody::Xhtml(display)
            | DraftBody::Structured {
                display: Some(display),
                ..
            } => Ok(Some(Cow::Borrowed(display))),
            DraftBody::Structured {
                json,
                display: None,
            } => {
                let Some(structure) = structure else {
                    let report = rules::structure_is_missing(metadata);
                    return Err(CheckError::Findings(report));
                };
                render(metadata, json, structure).map(|xhtml| Some(Cow::Owned(xhtml)))
            }
        }
    }
}

fn render(
    metadata: &DocumentMetadata,
    json: &[u8],
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
    display::render(structure, json, &options)
        .map(String::into_bytes)
        .map_err(|_| CheckError::Findings(structure.validate(json)))
}

impl Valid {
    /// Takes up an unsigned document that was written earlier, with exactly its bytes, after checking it again.
    ///
    /// # Errors
    /// [`CheckError`] when it cannot be read, is signed already, or breaks a rule.
    pub fn from_unsigned<'c>(
        bytes: impl Into<Bytes>,
        context: impl Into<CheckContext<'c>>,
        spec: &Spec,
        limits: &Limits,
    ) -> Result<Self, CheckError> {
        let xml = bytes.into();
        let document = ClinicalDocument::from_bytes(xml.clone(), spec, limits)?;
        if document.is_signed() {
            return Err(CheckError::AlreadySigned);
        }
        let mut report = document.check(context, spec);
        rules::check_people_in_header(&xml, spec, &mut report);
        if report.has_errors() {
            return Err(CheckError::Findings(report));
        }
        Ok(Self {
            metadata: Arc::new(document.metadata().clone()),
            xml,
            report,
            places: None,
            looked_through: false,
        })
    }

    /// Returns the unsigned document.
    #[must_use]
    pub fn as_xml(&self) -> &[u8] {
        &self.xml
    }

    /// Returns the unsigned document as shared bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.xml.clone()
    }

    /// Returns the metadata.
    #[must_use]
    pub fn metadata(&self) -> &DocumentMetadata {
        &self.metadata
    }

    pub(crate) fn shared_metadata(&self) -> &Arc<DocumentMetadata> {
        &self.metadata
    }

    pub(crate) fn written_places(&self) -> Option<&WrittenPlaces> {
        self.places.as_ref()
    }

    pub(crate) fn is_looked_through(&self) -> bool {
        self.looked_through
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

impl fmt::Debug for Valid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Valid")
            .field("id", &self.metadata.id)
            .field("kind", &self.metadata.kind)
            .field("bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}
