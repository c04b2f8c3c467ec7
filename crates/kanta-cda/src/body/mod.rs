//! The body of a document: display form and structured form, carried as the bytes that are signed.

mod decode;
mod pdf;
mod source;

use std::fmt;
use std::io::{self, Read, Write};
use std::ops::Range;

use bytes::Bytes;
use kanta_xml::Element;

use crate::{HL7, HL7_FINLAND};
use decode::{Decoder, decode};
pub(crate) use pdf::PdfScan;
pub use pdf::{PdfAClaim, PdfFacts, PdfInspector, PdfSource};
pub(crate) use source::BodySource;

/// What a body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyForm {
    /// A display form in XHTML and a structured form in JSON.
    Structured,
    /// A display form in XHTML only.
    Xhtml,
    /// A PDF.
    Pdf,
    /// Something else, which is kept as it is.
    Other,
}

impl BodyForm {
    /// Returns the word that the spec bundle uses.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Structured => "structured",
            Self::Xhtml => "xhtml",
            Self::Pdf => "pdf",
            Self::Other => "other",
        }
    }
}

/// The element `nonXMLBody` of a document, byte for byte, with the places of its parts.
///
/// The bytes never change once they are read: they are what the signature covers. A body of a document that was read from
/// [`Bytes`] shares them; nothing is copied. `Debug` shows no content.
#[derive(Clone)]
pub struct Body {
    xml: Bytes,
    anchor: Option<String>,
    media_type: String,
    representation: Option<String>,
    text: Range<usize>,
    json: Option<Range<usize>>,
}

/// A part of a body that cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The part is not Base64 (`KANTA-BODY-BASE64`).
    #[error(
        "the {0} of the body is not Base64: the document was damaged or is not of this kind [KANTA-BODY-BASE64]"
    )]
    NotBase64(&'static str),
    /// The text of the body has no `representation="B64"` (`KANTA-BODY-REPRESENTATION`).
    #[error(
        "the display form is not in Base64 (representation B64): only such bodies are read [KANTA-BODY-REPRESENTATION]"
    )]
    Representation,
    /// The body has no structured form (`KANTA-BODY-NO-JSON`).
    #[error("the body has no structured form: it holds a display form only [KANTA-BODY-NO-JSON]")]
    NoStructuredForm,
}

impl Body {
    /// Takes a body that was read; `xml` is the element with all name spaces that it needs.
    pub(crate) fn read(element: Element<'_, '_>, xml: Bytes) -> Option<Self> {
        let text = element.child(HL7, "text")?;
        let json = element.child(HL7_FINLAND, "json");
        // Declarations may have been added to the start tag: everything inside moved by as much.
        let moved = xml.len() - element.range().len();
        let base = element.range().start;
        let place = |range: Range<usize>| range.start - base + moved..range.end - base + moved;
        Some(Self {
            anchor: element.attribute("ID").map(str::to_owned),
            media_type: text.attribute("mediaType").unwrap_or_default().to_owned(),
            representation: text.attribute("representation").map(str::to_owned),
            text: place(text.content_range()),
            json: json.map(|json| place(json.content_range())),
            xml,
        })
    }

    /// Returns the element as it stands in the document.
    #[must_use]
    pub fn as_xml(&self) -> &[u8] {
        &self.xml
    }

    /// Returns the `ID` of the element, which signatures refer to.
    #[must_use]
    pub fn anchor(&self) -> Option<&str> {
        self.anchor.as_deref()
    }

    /// Returns the media type of the display form.
    #[must_use]
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// Returns what the body holds.
    #[must_use]
    pub fn form(&self) -> BodyForm {
        match (self.media_type.as_str(), &self.json) {
            ("application/xhtml+xml", Some(_)) => BodyForm::Structured,
            ("application/xhtml+xml", None) => BodyForm::Xhtml,
            ("application/pdf", None) => BodyForm::Pdf,
            _ => BodyForm::Other,
        }
    }

    /// Returns whether there is a structured form.
    #[must_use]
    pub fn has_structured_form(&self) -> bool {
        self.json.is_some()
    }

    /// Decodes the display form: XHTML, or a PDF.
    ///
    /// # Errors
    /// [`BodyError`] when it is not in Base64.
    pub fn display_form(&self) -> Result<Vec<u8>, BodyError> {
        decode(self.display_content()?).ok_or(BodyError::NotBase64("display form"))
    }

    /// Decodes the display form piece by piece into `output`, holding a small part of it at a time.
    ///
    /// # Errors
    /// What `output` says, or [`BodyError`] inside an error of the kind [`io::ErrorKind::InvalidData`].
    pub fn copy_display_form(&self, output: &mut dyn Write) -> io::Result<()> {
        let invalid = |error: BodyError| io::Error::new(io::ErrorKind::InvalidData, error);
        let mut decoder = Decoder::new(self.display_content().map_err(invalid)?);
        let mut buffer = vec![0; 48 * 1024];
        loop {
            let count = match decoder.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(_) => return Err(invalid(BodyError::NotBase64("display form"))),
            };
            output.write_all(&buffer[..count])?;
        }
    }

    /// Decodes the structured form: JSON.
    ///
    /// # Errors
    /// [`BodyError`] when there is none or it is not in Base64.
    pub fn structured_form(&self) -> Result<Vec<u8>, BodyError> {
        let range = self.json.clone().ok_or(BodyError::NoStructuredForm)?;
        decode(&self.xml[range]).ok_or(BodyError::NotBase64("structured form"))
    }

    /// Takes a light look at the display form as a PDF, holding a small part of it at a time.
    ///
    /// # Errors
    /// [`BodyError`] when it is not in Base64.
    pub fn pdf_facts(&self) -> Result<PdfFacts, BodyError> {
        let mut scan = PdfScan::new();
        let mut sink = FeedScan(&mut scan);
        self.display_content()?;
        self.copy_display_form(&mut sink)
            .map_err(|_| BodyError::NotBase64("display form"))?;
        Ok(scan.finish())
    }

    /// Opens the display form for reading.
    pub(crate) fn display_reader(&self) -> Result<impl Read + '_, BodyError> {
        Ok(Decoder::new(self.display_content()?))
    }

    fn display_content(&self) -> Result<&[u8], BodyError> {
        if self.representation.as_deref() != Some("B64") {
            return Err(BodyError::Representation);
        }
        Ok(&self.xml[self.text.clone()])
    }
}

struct FeedScan<'s>(&'s mut PdfScan);

impl Write for FeedScan<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.feed(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("media_type", &self.media_type)
            .field("bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}
