//! The test archive's answers: an HL7 accept acknowledgement, or the response to a query.
//!
//! Which interaction the real archive acknowledges with is not known; `MCCI_IN000002UV01` is HL7's own.

use kanta_client::core::spec::Spec;
use kanta_client::core::{Instant, TimeStamp};
use kanta_client::frame::{MessageId, write_part};
use kanta_client::xml::Writer;

use super::{Refusal, StoredDocument};

const PROCESS_ERRORS: &str = "1.2.246.537.5.40112.2006";

pub(super) fn acknowledgement(
    spec: &Spec,
    now: Instant,
    number: u64,
    target: Option<&MessageId>,
    refusals: &[Refusal],
) -> Vec<u8> {
    let mut xml = Writer::new();
    open_wrapper(&mut xml, "MCCI_IN000002UV01", spec, now, number);
    let code = if refusals.is_empty() { "AA" } else { "AE" };
    write_acknowledgement(&mut xml, code, target, refusals);
    xml.close();
    finish(xml)
}

pub(super) fn query_response(
    spec: &Spec,
    now: Instant,
    number: u64,
    target: &MessageId,
    found: Option<&StoredDocument>,
) -> Vec<u8> {
    let interaction = spec
        .text("message.operation.fetch_document.response")
        .unwrap_or("RCMR_IN200032FI01");
    let mut xml = Writer::new();
    open_wrapper(&mut xml, interaction, spec, now, number);
    write_acknowledgement(&mut xml, "AA", Some(target), &[]);
    xml.open("controlActProcess");
    xml.attribute("classCode", "CACT");
    xml.attribute("moodCode", "EVN");
    if let Some(document) = found {
        xml.open("subject");
        xml.open("clinicalDocument");
        xml.attribute("classCode", "DOCCLIN");
        xml.attribute("moodCode", "EVN");
        empty(&mut xml, "id", &[("root", document.id.as_oid().as_str())]);
        xml.open("text");
        xml.attribute("mediaType", "multipart/related");
        xml.text(&write_part(
            document.id.as_oid().as_str(),
            &document.document,
        ));
        xml.close();
        empty(
            &mut xml,
            "setId",
            &[("root", document.set_id.as_oid().as_str())],
        );
        empty(
            &mut xml,
            "versionNumber",
            &[("value", &document.version.to_string())],
        );
        xml.close();
        xml.close();
    }
    xml.open("queryAck");
    let response = if found.is_some() { "OK" } else { "NF" };
    empty(&mut xml, "queryResponseCode", &[("code", response)]);
    let hits = if found.is_some() { "1" } else { "0" };
    empty(&mut xml, "resultTotalQuantity", &[("value", hits)]);
    xml.close();
    xml.close();
    xml.close();
    finish(xml)
}

fn open_wrapper(xml: &mut Writer, interaction: &str, spec: &Spec, now: Instant, number: u64) {
    let own = spec
        .text("message.environment.test.receiver")
        .unwrap_or("2.999.1.1");
    xml.raw(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open(interaction);
    xml.attribute("xmlns", "urn:hl7-org:v3");
    xml.attribute("ITSVersion", "XML_1.0");
    empty(
        xml,
        "id",
        &[("root", own), ("extension", &format!("TEST.{number}"))],
    );
    empty(
        xml,
        "creationTime",
        &[("value", TimeStamp::in_finland(now).as_str())],
    );
    empty(
        xml,
        "interactionId",
        &[
            ("root", "2.16.840.1.113883.1.6"),
            ("extension", interaction),
        ],
    );
    empty(xml, "processingCode", &[("code", "D")]);
    empty(xml, "processingModeCode", &[("code", "T")]);
    empty(xml, "acceptAckCode", &[("code", "NE")]);
    for (name, kind) in [("receiver", "RCV"), ("sender", "SND")] {
        xml.open(name);
        xml.attribute("typeCode", kind);
        xml.open("device");
        xml.attribute("classCode", "DEV");
        xml.attribute("determinerCode", "INSTANCE");
        empty(xml, "id", &[("root", own)]);
        xml.close();
        xml.close();
    }
}

fn write_acknowledgement(
    xml: &mut Writer,
    code: &str,
    target: Option<&MessageId>,
    refusals: &[Refusal],
) {
    xml.open("acknowledgement");
    empty(xml, "typeCode", &[("code", code)]);
    if let Some(target) = target {
        xml.open("targetMessage");
        empty(
            xml,
            "id",
            &[
                ("root", target.root.as_str()),
                ("extension", &target.extension),
            ],
        );
        xml.close();
    }
    for refusal in refusals {
        xml.open("acknowledgementDetail");
        xml.attribute("typeCode", "E");
        empty(
            xml,
            "code",
            &[("code", refusal.code), ("codeSystem", PROCESS_ERRORS)],
        );
        text(xml, "text", &refusal.text);
        text(xml, "location", &refusal.place);
        xml.close();
    }
    xml.close();
}

fn empty(xml: &mut Writer, name: &str, attributes: &[(&str, &str)]) {
    xml.open(name);
    for (name, value) in attributes {
        xml.attribute(name, value);
    }
    xml.close();
}

fn text(xml: &mut Writer, name: &str, text: &str) {
    xml.open(name);
    xml.text(text);
    xml.close();
}

/// An answer that repeats a character XML forbids cannot be made; the client then sees no answer at all.
fn finish(xml: Writer) -> Vec<u8> {
    xml.finish().unwrap_or_default()
}
