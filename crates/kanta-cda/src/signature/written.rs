//! The XML that signing adds to a document.

use kanta_core::{CodedValue, Instant, TimeStamp};
use kanta_sign::SignatureProfile;
use kanta_xml::{Error, Writer};

use super::options::DocumentSigner;
use crate::HL7_FINLAND;

/// Writes the time stamp in canonical form, with its name space declared: what is digested.
pub(super) fn canonical_timestamp(id: &str, text: &str) -> Result<Vec<u8>, Error> {
    let mut xml = Writer::with_capacity(128);
    xml.open("signatureTimestamp");
    xml.attribute("xmlns", HL7_FINLAND);
    xml.attribute("ID", id);
    xml.text(text);
    xml.close();
    xml.finish()
}

/// Writes everything from the beginning of the addition to the XML signature, and tells where the time stamp begins in it;
/// what follows the signature is [`closing`].
pub(super) fn opening(
    number: &Number,
    description: &CodedValue,
    timestamp: &str,
    collection_exists: bool,
) -> Result<(Vec<u8>, usize), Error> {
    let mut xml = Writer::with_capacity(512);
    xml.open("signatureDescription");
    code(&mut xml, description);
    xml.close();
    let description = xml.finish()?;
    let mut stamp = Writer::with_capacity(128);
    stamp.open("signatureTimestamp");
    stamp.attribute("ID", &number.timestamp_id);
    stamp.text(timestamp);
    stamp.close();
    let mut opening = Vec::with_capacity(640);
    if !collection_exists {
        opening.extend_from_slice(b"<signatureCollection xmlns=\"");
        opening.extend_from_slice(HL7_FINLAND.as_bytes());
        opening.extend_from_slice(b"\">");
    }
    opening.extend_from_slice(
        format!(
            "<signature xmlns=\"{HL7_FINLAND}\" ID=\"{}\">",
            number.signature_id
        )
        .as_bytes(),
    );
    opening.extend_from_slice(&description);
    let timestamp_at = opening.len();
    opening.extend_from_slice(&stamp.finish()?);
    Ok((opening, timestamp_at))
}

/// What closes an addition.
pub(super) fn closing(collection_exists: bool) -> &'static [u8] {
    if collection_exists {
        b"</signature>"
    } else {
        b"</signature></signatureCollection>"
    }
}

/// Writes the readable block that tells who signed and how they proved to be it (test messages, `[S]`).
pub(super) fn readable_block(
    signer: &DocumentSigner,
    method: &CodedValue,
    time: Instant,
) -> Result<Vec<u8>, Error> {
    let mut xml = Writer::with_capacity(768);
    xml.open("hl7fi:signature");
    xml.attribute("xmlns:hl7fi", HL7_FINLAND);
    text(
        &mut xml,
        "hl7fi:assignedAuthorSigner",
        signer.registration_number.expose(),
    );
    xml.open("hl7fi:signer");
    xml.open("hl7fi:name");
    for given in signer.name.given() {
        text(&mut xml, "hl7fi:given", given);
    }
    text(&mut xml, "hl7fi:family", signer.name.family());
    xml.close();
    xml.close();
    xml.open("hl7fi:authenticationMethod");
    code(&mut xml, method);
    xml.close();
    xml.open("hl7fi:time");
    xml.attribute("value", TimeStamp::in_finland(time).as_str());
    xml.close();
    xml.close();
    xml.finish()
}

/// The identifiers of a new signature.
pub(super) struct Number {
    pub(super) signature_id: String,
    pub(super) timestamp_id: String,
}

impl Number {
    /// The identifiers of the signature with a number from 1.
    pub(super) fn new(number: usize) -> Self {
        Self {
            signature_id: format!("signature-{number}"),
            timestamp_id: format!("timestamp-{number}"),
        }
    }
}

/// The time stamp's text as a profile writes it.
pub(super) fn timestamp_text(time: Instant, profile: &SignatureProfile) -> String {
    time.to_utc_text(profile.timestamp_fraction_digits())
}

fn text(xml: &mut Writer, name: &str, content: &str) {
    xml.open(name);
    xml.text(content);
    xml.close();
}

fn code(xml: &mut Writer, value: &CodedValue) {
    xml.attribute("code", value.code());
    xml.attribute("codeSystem", value.system().as_str());
    if let Some(name) = value.system_name() {
        xml.attribute("codeSystemName", name);
    }
    if let Some(display) = value.display() {
        xml.attribute("displayName", display);
    }
}
