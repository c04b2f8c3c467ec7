//! The XML that signing adds to a document.

use kanta_core::{CodedValue, Instant, TimeStamp};
use kanta_sign::SignatureProfile;
use kanta_xml::{Error, Writer};

use super::options::DocumentSigner;
use crate::HL7_FINLAND;

/// The canonical form of the time stamp that an opening ends with, in pieces: its name space is declared outside it there,
/// and inside it here.
pub(super) fn canonical_timestamp(stamp: &[u8]) -> [&[u8]; 5] {
    let (name, rest) = stamp.split_at(TIMESTAMP_TAG.len().min(stamp.len()));
    [name, b" xmlns=\"", HL7_FINLAND.as_bytes(), b"\"", rest]
}

const TIMESTAMP_TAG: &str = "<signatureTimestamp";

/// Writes everything from the beginning of the addition to the XML signature, and tells where the time stamp begins in it;
/// what follows the signature is [`closing`].
pub(super) fn opening(
    number: &Number,
    description: &[u8],
    timestamp: &str,
    collection_exists: bool,
) -> Result<(Vec<u8>, usize), Error> {
    let mut xml = Writer::with_capacity(640);
    let mut raw = |parts: &[&str]| {
        for part in parts {
            xml.raw(part.as_bytes());
        }
    };
    if !collection_exists {
        raw(&["<signatureCollection xmlns=\"", HL7_FINLAND, "\">"]);
    }
    raw(&[
        "<signature xmlns=\"",
        HL7_FINLAND,
        "\" ID=\"",
        &number.signature_id,
        "\">",
    ]);
    xml.raw(description);
    let timestamp_at = xml.position();
    xml.open_known("signatureTimestamp");
    xml.attribute_known("ID", &number.timestamp_id);
    xml.text(timestamp);
    xml.close();
    Ok((xml.finish()?, timestamp_at))
}

/// Writes the element that tells the kind of a signature.
pub(super) fn description(kind: &CodedValue) -> Result<Vec<u8>, Error> {
    let mut xml = Writer::new();
    xml.open_known("signatureDescription");
    code(&mut xml, kind);
    xml.close();
    xml.finish()
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
    xml.open_known("hl7fi:signature");
    xml.attribute_known("xmlns:hl7fi", HL7_FINLAND);
    text(
        &mut xml,
        "hl7fi:assignedAuthorSigner",
        signer.registration_number.expose(),
    );
    xml.open_known("hl7fi:signer");
    xml.open_known("hl7fi:name");
    for given in signer.name.given() {
        text(&mut xml, "hl7fi:given", given);
    }
    text(&mut xml, "hl7fi:family", signer.name.family());
    xml.close();
    xml.close();
    xml.open_known("hl7fi:authenticationMethod");
    code(&mut xml, method);
    xml.close();
    xml.open_known("hl7fi:time");
    xml.attribute_known("value", TimeStamp::in_finland(time).as_str());
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
        let number = number.to_string();
        Self {
            signature_id: ["signature-", &number].concat(),
            timestamp_id: ["timestamp-", &number].concat(),
        }
    }
}

/// The time stamp's text as a profile writes it.
pub(super) fn timestamp_text(time: Instant, profile: &SignatureProfile) -> String {
    time.to_utc_text(profile.timestamp_fraction_digits())
}

fn text(xml: &mut Writer, name: &'static str, content: &str) {
    xml.open_known(name);
    xml.text(content);
    xml.close();
}

fn code(xml: &mut Writer, value: &CodedValue) {
    xml.attribute_known("code", value.code());
    xml.attribute_known("codeSystem", value.system().as_str());
    if let Some(name) = value.system_name() {
        xml.attribute_known("codeSystemName", name);
    }
    if let Some(display) = value.display() {
        xml.attribute_known("displayName", display);
    }
}
