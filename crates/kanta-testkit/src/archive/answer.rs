//! The test archive's answers: an HL7 accept acknowledgement, or the response to a query.
//!
//! Which interaction the real archive acknowledges with is not known; `MCCI_IN000002UV01` is HL7's own.

use kanta_client::core::spec::Spec;
use kanta_client::core::{Instant, TimeStamp};
use kanta_client::frame::{MessageId, Request, Wrapper, append_part};
use kanta_client::xml::Writer;

use super::search::Found;
use super::{Refusal, StoredDocument, Style, query_id};

const PROCESS_ERRORS: &str = "1.2.246.537.5.40112.2006";

/// What an answer begins with, and how it is written.
pub(super) struct Head {
    pub(super) now: Instant,
    pub(super) number: u64,
    pub(super) style: Style,
}

pub(super) fn acknowledgement(
    spec: &Spec,
    head: &Head,
    target: Option<&Wrapper>,
    refusals: &[Refusal],
) -> Vec<u8> {
    let mut xml = Writer::new();
    open_wrapper(&mut xml, "MCCI_IN000002UV01", spec, head, target);
    let code = match (refusals.is_empty(), head.style) {
        (false, _) => "AE",
        (true, Style::OnlyAccepted) => "CA",
        (true, _) => "AA",
    };
    write_acknowledgement(&mut xml, code, head.style, target, refusals);
    xml.close();
    finish(xml)
}

pub(super) fn query_response(
    spec: &Spec,
    head: &Head,
    request: &Request,
    found: &Found,
) -> Vec<u8> {
    let interaction = if found.with_content {
        "message.operation.fetch_document.response"
    } else {
        "message.operation.search_metadata.response"
    };
    let interaction = spec.text(interaction).unwrap_or("RCMR_IN200032FI01");
    let target = Some(&request.wrapper);
    let mut xml = Writer::new();
    open_wrapper(&mut xml, interaction, spec, head, target);
    write_acknowledgement(&mut xml, "AA", head.style, target, &[]);
    xml.open("controlActProcess");
    xml.attribute("classCode", "CACT");
    xml.attribute("moodCode", "EVN");
    for document in &found.documents {
        xml.open("subject");
        write_document(&mut xml, document, found.with_content);
        xml.close();
    }
    xml.open("queryAck");
    if let Some(query) = query_id(request) {
        let root = query.root.as_str();
        empty(
            &mut xml,
            "queryId",
            &[("root", root), ("extension", &query.extension)],
        );
    }
    let response = if found.documents.is_empty() {
        "NF"
    } else {
        "OK"
    };
    empty(&mut xml, "queryResponseCode", &[("code", response)]);
    let came = found.documents.len();
    for (name, number) in [
        ("resultTotalQuantity", found.total),
        ("resultCurrentQuantity", came),
        ("resultRemainingQuantity", found.total - came),
    ] {
        empty(&mut xml, name, &[("value", &number.to_string())]);
    }
    xml.close();
    xml.close();
    xml.close();
    finish(xml)
}

fn write_document(xml: &mut Writer, document: &StoredDocument, with_content: bool) {
    xml.open("clinicalDocument");
    xml.attribute("classCode", "DOCCLIN");
    xml.attribute("moodCode", "EVN");
    let id = document.id.as_oid();
    empty(xml, "id", &[("root", id.as_str())]);
    match &document.register_type {
        Some((code, system)) => empty(xml, "code", &[("code", code), ("codeSystem", system)]),
        None => empty(xml, "code", &[("nullFlavor", "NI")]),
    }
    if with_content {
        xml.open("text");
        xml.attribute("mediaType", "multipart/related");
        xml.append_raw(|text| append_part(id, &document.document, text));
        xml.close();
    }
    empty(xml, "statusCode", &[("code", "COMPLETED")]);
    empty(xml, "effectiveTime", &[("value", &document.drafted)]);
    let set_id = document.set_id.as_oid().as_str();
    empty(xml, "setId", &[("root", set_id)]);
    let version = document.version.to_string();
    empty(xml, "versionNumber", &[("value", &version)]);
    xml.open("recordTarget");
    xml.attribute("typeCode", "RCT");
    xml.open("patient");
    xml.attribute("classCode", "PAT");
    let client = &document.client;
    let extension = client.extension.as_deref().unwrap_or_default();
    empty(
        xml,
        "id",
        &[("root", client.root.as_str()), ("extension", extension)],
    );
    xml.close();
    xml.close();
    xml.open("custodian");
    xml.attribute("typeCode", "CST");
    xml.open("assignedCustodian");
    xml.attribute("classCode", "ASSIGNED");
    xml.open("representedOrganization");
    empty(xml, "id", &[("root", document.register_keeper.as_str())]);
    xml.close();
    xml.close();
    xml.close();
    xml.close();
}

fn open_wrapper(
    xml: &mut Writer,
    interaction: &str,
    spec: &Spec,
    head: &Head,
    request: Option<&Wrapper>,
) {
    let own = spec
        .text("message.environment.test.receiver")
        .unwrap_or("2.999.1.1");
    xml.raw(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open(interaction);
    xml.attribute("xmlns", "urn:hl7-org:v3");
    xml.attribute("ITSVersion", "XML_1.0");
    let number = format!("TEST.{}", head.number);
    empty(xml, "id", &[("root", own), ("extension", &number)]);
    let now = TimeStamp::in_finland(head.now);
    empty(xml, "creationTime", &[("value", now.as_str())]);
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
    let sender = request.and_then(|request| request.sender.as_ref());
    let receiver = sender.map_or(own, |sender| sender.as_str());
    for (name, kind, id) in [("receiver", "RCV", receiver), ("sender", "SND", own)] {
        xml.open(name);
        xml.attribute("typeCode", kind);
        xml.open("device");
        xml.attribute("classCode", "DEV");
        xml.attribute("determinerCode", "INSTANCE");
        empty(xml, "id", &[("root", id)]);
        xml.close();
        xml.close();
    }
}

/// A message that cannot be read has no identifier to speak of: the answer then names none that exists.
fn write_acknowledgement(
    xml: &mut Writer,
    code: &str,
    style: Style,
    target: Option<&Wrapper>,
    refusals: &[Refusal],
) {
    xml.open("acknowledgement");
    if style == Style::Attribute {
        xml.attribute("typeCode", code);
    } else {
        empty(xml, "typeCode", &[("code", code)]);
    }
    xml.open("targetMessage");
    match target {
        Some(target) => {
            let MessageId { root, extension } = &target.id;
            let root = root.as_str();
            empty(xml, "id", &[("root", root), ("extension", extension)]);
        }
        None => empty(xml, "id", &[("nullFlavor", "UNK")]),
    }
    xml.close();
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
