//! The body of a document: display form and structured form, carried as the bytes that are signed.

use std::fmt;
use std::ops::Range;

use base64_simd::STANDARD;
use kanta_core::DocumentOid;
use kanta_xml::{Element, Writer};

use crate::{HL7, HL7_FINLAND};

/// The element `nonXMLBody` of a document, byte for byte, with the places of its parts.
///
/// The bytes never change once they are made or read: they are what the signature covers. `Debug` shows no content.
#[derive(Clone)]
pub struct Body {
    xml: Vec<u8>,
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
    /// Makes a body of a display form (XHTML) and a structured form (JSON), without white space between its elements.
    pub(crate) fn new(id: &DocumentOid, media_type: &str, display: &[u8], json: &[u8]) -> Self {
        let capacity =
            512 + STANDARD.encoded_length(display.len()) + STANDARD.encoded_length(json.len());
        let mut xml = Writer::with_capacity(capacity);
        xml.open("nonXMLBody");
        xml.attribute("ID", &id.body_anchor());
        xml.open("text");
        xml.attribute("mediaType", media_type);
        xml.attribute("representation", "B64");
        let text = write_base64(&mut xml, display);
        xml.close();
        xml.open("hl7fi:json");
        xml.attribute("xmlns:hl7fi", HL7_FINLAND);
        let json = write_base64(&mut xml, json);
        xml.close();
        xml.close();
        Self {
            xml: xml.finish().expect(
                "an OID, a media type of the bundle and Base64 hold no forbidden character",
            ),
            anchor: Some(id.body_anchor()),
            media_type: media_type.to_owned(),
            representation: Some("B64".to_owned()),
            text,
            json: Some(json),
        }
    }

    /// Takes a body that was read; `xml` is the element with all name spaces that it needs.
    pub(crate) fn read(element: Element<'_, '_>, xml: Vec<u8>) -> Option<Self> {
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
        if self.representation.as_deref() != Some("B64") {
            return Err(BodyError::Representation);
        }
        decode(&self.xml[self.text.clone()]).ok_or(BodyError::NotBase64("display form"))
    }

    /// Decodes the structured form: JSON.
    ///
    /// # Errors
    /// [`BodyError`] when there is none or it is not in Base64.
    pub fn structured_form(&self) -> Result<Vec<u8>, BodyError> {
        let range = self.json.clone().ok_or(BodyError::NoStructuredForm)?;
        decode(&self.xml[range]).ok_or(BodyError::NotBase64("structured form"))
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

fn write_base64(xml: &mut Writer, data: &[u8]) -> Range<usize> {
    let base64 = STANDARD.encode_to_string(data);
    xml.raw(base64.as_bytes());
    let end = xml.position();
    end - base64.len()..end
}

/// Decodes the content of an element: white space, comments and CDATA marks are no part of the Base64.
fn decode(content: &[u8]) -> Option<Vec<u8>> {
    let mut base64 = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some(start) = memchr_markup(rest) {
        extend_without_white_space(&mut base64, &rest[..start]);
        rest = &rest[start..];
        let (open, close): (&[u8], &[u8]) = if rest.starts_with(b"<!--") {
            (b"<!--", b"-->")
        } else if rest.starts_with(b"<![CDATA[") {
            (b"<![CDATA[", b"]]>")
        } else {
            return None;
        };
        let inner = &rest[open.len()..];
        let end = inner.windows(3).position(|window| window == close)?;
        if open == b"<![CDATA[" {
            extend_without_white_space(&mut base64, &inner[..end]);
        }
        rest = &inner[end + 3..];
    }
    extend_without_white_space(&mut base64, rest);
    STANDARD.decode_to_vec(&base64).ok()
}

fn memchr_markup(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'<')
}

fn extend_without_white_space(target: &mut Vec<u8>, bytes: &[u8]) {
    target.extend(bytes.iter().filter(|byte| !b" \t\r\n".contains(byte)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_written_without_white_space() {
        let id = DocumentOid::parse("2.999.1").unwrap();
        let body = Body::new(&id, "application/xhtml+xml", b"<div/>", b"{}");
        assert_eq!(
            String::from_utf8_lossy(body.as_xml()),
            "<nonXMLBody ID=\"OID2.999.1\"><text mediaType=\"application/xhtml+xml\" representation=\"B64\">PGRpdi8+</text>\
             <hl7fi:json xmlns:hl7fi=\"urn:hl7finland\">e30=</hl7fi:json></nonXMLBody>"
        );
        assert_eq!(body.display_form().unwrap(), b"<div/>");
        assert_eq!(body.structured_form().unwrap(), b"{}");
        assert!(!format!("{body:?}").contains("PGRp"));
    }

    #[test]
    fn base64_may_have_white_space_comments_and_cdata_around_it() {
        for (content, expected) in [
            ("e30=", Some("{}")),
            ("\r\n\t e3\n0=\n\t", Some("{}")),
            ("<!-- sisältö -->e30=", Some("{}")),
            ("<![CDATA[e3]]>0=", Some("{}")),
            ("", Some("")),
            ("e30", None),
            ("e3*=", None),
            ("e30=<b/>", None),
            ("e30=<!-- ", None),
            ("e30=e30=", None),
        ] {
            let found = decode(content.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{content}");
        }
    }
}
