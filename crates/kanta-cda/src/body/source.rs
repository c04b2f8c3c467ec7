//! What a new body is made of, and how it becomes XML.

use std::io::{self, Read};

use base64_simd::STANDARD;
use kanta_core::DocumentOid;
use kanta_xml::Writer;

use super::{BodyForm, PdfFacts, PdfScan, PdfSource};
use crate::HL7_FINLAND;

/// How much of a PDF is encoded at once; a multiple of three.
const CHUNK: usize = 48 * 1024;

/// The decoded parts of a body.
#[derive(Clone, Copy)]
pub(crate) enum BodySource<'s> {
    /// XHTML and JSON.
    Structured { xhtml: &'s [u8], json: &'s [u8] },
    /// XHTML only.
    Xhtml(&'s [u8]),
    /// A PDF.
    Pdf(&'s dyn PdfSource),
}

impl BodySource<'_> {
    pub(crate) fn form(&self) -> BodyForm {
        match self {
            Self::Structured { .. } => BodyForm::Structured,
            Self::Xhtml(_) => BodyForm::Xhtml,
            Self::Pdf(_) => BodyForm::Pdf,
        }
    }

    /// Returns how many bytes the element will take.
    pub(crate) fn xml_length(&self, id: &DocumentOid, media_type: &str) -> io::Result<usize> {
        const ELEMENTS: usize =
            "<nonXMLBody ID=\"OID\"><text mediaType=\"\" representation=\"B64\"></text></nonXMLBody>".len();
        const JSON: usize = "<hl7fi:json xmlns:hl7fi=\"\"></hl7fi:json>".len() + HL7_FINLAND.len();
        let base64 = |length: usize| length.div_ceil(3) * 4;
        let content = match self {
            Self::Structured { xhtml, json } => base64(xhtml.len()) + base64(json.len()) + JSON,
            Self::Xhtml(xhtml) => base64(xhtml.len()),
            Self::Pdf(pdf) => base64(usize::try_from(pdf.length()?).map_err(io::Error::other)?),
        };
        Ok(ELEMENTS + id.as_oid().as_str().len() + media_type.len() + content)
    }

    /// Writes the element, without white space between its parts and Base64 in one line. Of a PDF it returns the facts
    /// that passed by.
    pub(crate) fn write(
        &self,
        id: &DocumentOid,
        media_type: &str,
        xml: &mut Writer,
    ) -> io::Result<Option<PdfFacts>> {
        let mut facts = None;
        xml.open_known("nonXMLBody");
        xml.attribute_known("ID", &id.body_anchor());
        xml.open_known("text");
        xml.attribute_known("mediaType", media_type);
        xml.attribute_known("representation", "B64");
        match self {
            Self::Structured { xhtml, .. } | Self::Xhtml(xhtml) => {
                xml.append_raw(|output| STANDARD.encode_append(xhtml, output));
            }
            Self::Pdf(pdf) => facts = Some(write_pdf(*pdf, xml)?),
        }
        xml.close();
        if let Self::Structured { json, .. } = self {
            xml.open_known("hl7fi:json");
            xml.attribute_known("xmlns:hl7fi", HL7_FINLAND);
            xml.append_raw(|output| STANDARD.encode_append(json, output));
            xml.close();
        }
        xml.close();
        Ok(facts)
    }
}

fn write_pdf(pdf: &dyn PdfSource, xml: &mut Writer) -> io::Result<PdfFacts> {
    let announced = pdf.length()?;
    let mut scan = PdfScan::new();
    let mut reader = pdf.open()?;
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut length = 0;
    loop {
        chunk.clear();
        reader.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        length += chunk.len() as u64;
        scan.feed(&chunk);
        xml.append_raw(|output| STANDARD.encode_append(&chunk, output));
        if chunk.len() < CHUNK {
            break;
        }
    }
    if length != announced {
        return Err(io::Error::other(
            "the PDF has another length than its source told: it changed while it was read",
        ));
    }
    Ok(scan.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(source: BodySource<'_>) -> String {
        let id = DocumentOid::parse("2.999.1").unwrap();
        let mut xml = Writer::new();
        source
            .write(&id, "application/xhtml+xml", &mut xml)
            .unwrap();
        let xml = String::from_utf8(xml.finish().unwrap()).unwrap();
        let told = source.xml_length(&id, "application/xhtml+xml").unwrap();
        assert_eq!(told, xml.len());
        xml
    }

    #[test]
    fn a_body_is_written_without_white_space() {
        assert_eq!(
            written(BodySource::Structured {
                xhtml: b"<div/>",
                json: b"{}"
            }),
            "<nonXMLBody ID=\"OID2.999.1\"><text mediaType=\"application/xhtml+xml\" representation=\"B64\">PGRpdi8+</text>\
             <hl7fi:json xmlns:hl7fi=\"urn:hl7finland\">e30=</hl7fi:json></nonXMLBody>"
        );
        assert!(written(BodySource::Xhtml(b"<div/>")).ends_with("PGRpdi8+</text></nonXMLBody>"));
    }

    #[test]
    fn a_pdf_is_encoded_chunk_by_chunk() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 2] {
            let pdf: Vec<u8> = (0..length).map(|index| index as u8).collect();
            let xml = written(BodySource::Pdf(&pdf));
            let base64 = STANDARD.encode_to_string(&pdf);
            assert!(
                xml.contains(&format!("\"B64\">{base64}</text>")) || length == 0,
                "{length}"
            );
        }
    }

    #[test]
    fn a_pdf_that_changes_while_it_is_read_is_refused() {
        struct Liar;
        impl PdfSource for Liar {
            fn length(&self) -> io::Result<u64> {
                Ok(7)
            }
            fn open(&self) -> io::Result<Box<dyn Read + '_>> {
                Ok(Box::new(&b"%PDF"[..]))
            }
        }
        let id = DocumentOid::parse("2.999.1").unwrap();
        let mut xml = Writer::new();
        assert!(
            BodySource::Pdf(&Liar)
                .write(&id, "application/pdf", &mut xml)
                .is_err()
        );
    }
}
