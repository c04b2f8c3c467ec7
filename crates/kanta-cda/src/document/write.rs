//! From the model to bytes: the order of the table and of the spec bundle, no white space anywhere.

use std::sync::atomic::Ordering;

use kanta_core::metadata::{Client, DocumentMetadata, ItemRef};
use kanta_core::spec::SpecError;
use kanta_core::{Oid, Organisation, ProfessionalRegistrationNumber};
use kanta_xml::{CheckedName, Writer};

use super::WriteError;
use super::foreign::Foreign;
use super::header_writer::{HeaderWriter, code_attributes};
use super::layout::{Defaults, Layout};
use super::table::HEADER;
use crate::HL7;

/// What a row of the table is written from.
pub(super) struct Writing<'w> {
    pub(super) metadata: &'w DocumentMetadata,
    pub(super) layout: &'w Layout,
    /// The element `signatureCollection` as it was read.
    pub(super) signatures: Option<&'w str>,
    /// What the metadata need not say; nothing for a document that was read.
    pub(super) defaults: Defaults<'w>,
    /// The structure that the content follows, where the metadata name none.
    pub(super) structure: Option<&'w Oid>,
    /// Whether the document was read: then nothing is added that it did not have.
    pub(super) is_rewritten: bool,
}

/// Writes a document. The body is made by a function, which gets `body_length` bytes of room; what it returns is returned.
/// A document that was read without a body has its `component` among the foreign parts.
pub(super) fn write<T>(
    writing: &Writing<'_>,
    foreign: &Foreign,
    body: Option<(usize, impl FnOnce(&mut Writer) -> Result<T, WriteError>)>,
) -> Result<(Vec<u8>, Option<T>), WriteError> {
    const END: usize = "<component></component></ClinicalDocument>".len();
    let body_length = body.as_ref().map_or(0, |(length, _)| *length);
    let last = &writing.layout.last_header;
    let capacity = last.load(Ordering::Relaxed) + 64 + body_length + END;
    let mut xml = HeaderWriter::new(capacity, foreign);
    xml.open_document(HL7, &foreign.root_namespaces);
    writing.layout.check_order(writing.metadata)?;
    for (index, row) in HEADER.iter().enumerate() {
        let was_there = foreign
            .present
            .is_none_or(|present| present & 1 << index != 0);
        if let Some((write, _)) = row.typed
            && was_there
        {
            write(&mut xml, writing)?;
        }
    }
    last.store(xml.xml().position(), Ordering::Relaxed);
    let made = match body {
        None => None,
        Some((_, body)) => {
            xml.open("component", &[]);
            xml.xml().reserve_exact(body_length + END);
            let made = body(xml.xml())?;
            xml.close();
            Some(made)
        }
    };
    xml.close();
    Ok((xml.finish()?, made))
}

/// The body is not written by the table: it comes last, and may be large.
pub(super) fn nothing(_: &mut HeaderWriter<'_>, _: &Writing<'_>) -> Result<(), WriteError> {
    Ok(())
}

pub(super) fn realm(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    xml.open_constant("realmCode", &[("code", writing.layout.realm.get()?)]);
    xml.close();
    Ok(())
}

pub(super) fn type_id(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    let layout = writing.layout;
    xml.open_constant(
        "typeId",
        &[
            ("root", layout.type_id_root.get()?),
            ("extension", layout.type_id_extension.get()?),
        ],
    );
    xml.close();
    Ok(())
}

pub(super) fn id(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    xml.identifier("id", writing.metadata.id.as_oid(), None);
    Ok(())
}

pub(super) fn code(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    match &writing.metadata.general_type {
        Some(general_type) => xml.code("code", general_type),
        None => xml.not_applicable("code"),
    }
    Ok(())
}

pub(super) fn effective_time(
    xml: &mut HeaderWriter<'_>,
    writing: &Writing<'_>,
) -> Result<(), WriteError> {
    let drafted = writing.metadata.drafted.as_str();
    xml.empty("effectiveTime", &[("value", drafted)]);
    Ok(())
}

pub(super) fn confidentiality(
    xml: &mut HeaderWriter<'_>,
    writing: &Writing<'_>,
) -> Result<(), WriteError> {
    match (
        &writing.metadata.confidentiality,
        writing.defaults.confidentiality,
    ) {
        (Some(confidentiality), _) => xml.code("confidentialityCode", confidentiality),
        (None, Some(default)) => xml.raw(default.xml()?),
        (None, None) => {}
    }
    Ok(())
}

pub(super) fn language(
    xml: &mut HeaderWriter<'_>,
    writing: &Writing<'_>,
) -> Result<(), WriteError> {
    if let Some(language) = &writing.metadata.language {
        xml.empty("languageCode", &[("code", language)]);
    }
    Ok(())
}

pub(super) fn set_id(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    xml.identifier("setId", writing.metadata.set_id.as_oid(), None);
    Ok(())
}

pub(super) fn version(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    let version = writing.metadata.version.to_string();
    xml.empty("versionNumber", &[("value", &version)]);
    Ok(())
}

pub(super) fn clients(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    if !writing.metadata.further_clients.is_empty() && !writing.is_rewritten {
        expect(
            writing.layout.joint_clients.get()?,
            "record-targets",
            "document.header.joint_clients",
        )?;
    }
    for client in writing.metadata.clients() {
        write_client(xml, client);
    }
    Ok(())
}

fn write_client(xml: &mut HeaderWriter<'_>, client: &Client) {
    xml.open("recordTarget", &[]);
    xml.open("patientRole", &[]);
    let identifier = client.identifier.expose();
    xml.identifier("id", &identifier.root, identifier.extension.as_deref());
    xml.open("patient", &[]);
    xml.person_name(&client.name);
    if let Some(gender) = &client.gender {
        xml.code("administrativeGenderCode", gender);
    }
    if let Some(birth) = &client.birth {
        xml.empty("birthTime", &[("value", birth.as_str())]);
    }
    xml.close();
    xml.close();
    xml.close();
}

pub(super) fn author(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    let author = writing.metadata.author.as_ref();
    xml.open("author", &[]);
    xml.not_applicable("time");
    xml.open("assignedAuthor", &[]);
    match author.and_then(|author| author.registration_number.as_ref()) {
        Some(number) => xml.identifier(
            "id",
            &ProfessionalRegistrationNumber::root(),
            Some(number.expose()),
        ),
        None => xml.not_applicable("id"),
    }
    if let Some(author) = author {
        xml.open("assignedPerson", &[]);
        xml.person_name(&author.name);
        xml.close();
    }
    xml.close();
    xml.close();
    Ok(())
}

pub(super) fn custodian(
    xml: &mut HeaderWriter<'_>,
    writing: &Writing<'_>,
) -> Result<(), WriteError> {
    if let Some(keeper) = &writing.metadata.register_keeper {
        xml.open("custodian", &[]);
        xml.open("assignedCustodian", &[]);
        xml.organisation("representedCustodianOrganization", keeper);
        xml.close();
        xml.close();
    }
    Ok(())
}

pub(super) fn replaced(
    xml: &mut HeaderWriter<'_>,
    writing: &Writing<'_>,
) -> Result<(), WriteError> {
    let Some(replaced) = &writing.metadata.replaces else {
        return Ok(());
    };
    let type_code = writing.layout.replacement.get()?;
    xml.open("relatedDocument", &[("typeCode", type_code)]);
    xml.open("parentDocument", &[]);
    xml.identifier("id", replaced.id.as_oid(), None);
    if let Some(set_id) = &replaced.set_id {
        xml.identifier("setId", set_id.as_oid(), None);
    }
    if let Some(version) = &replaced.version {
        xml.empty("versionNumber", &[("value", &version.to_string())]);
    }
    xml.close();
    xml.close();
    Ok(())
}

pub(super) fn consent(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    if let Some(disclosure) = &writing.metadata.guardian_disclosure {
        let status = writing.layout.consent_status.get()?;
        xml.open("authorization", &[]);
        xml.open("consent", &[]);
        xml.code("code", disclosure);
        xml.open_constant("statusCode", &[("code", status)]);
        xml.close();
        xml.close();
        xml.close();
    }
    Ok(())
}

pub(super) fn encounter(
    xml: &mut HeaderWriter<'_>,
    writing: &Writing<'_>,
) -> Result<(), WriteError> {
    let metadata = writing.metadata;
    xml.open("componentOf", &[]);
    xml.open("encompassingEncounter", &[]);
    match &metadata.case {
        Some(case) => xml.identifier("id", case.as_oid(), None),
        None => xml.not_applicable("id"),
    }
    write_case_period(xml, writing)?;
    if let Some(producer) = &metadata.producer {
        xml.open("responsibleParty", &[]);
        write_represented(xml, producer);
        xml.close();
    }
    if let Some(unit) = &metadata.service_unit {
        let participant = writing.layout.encounter_participant.get()?;
        xml.open_constant("encounterParticipant", &[("typeCode", participant)]);
        write_represented(xml, unit);
        xml.close();
    }
    xml.close();
    xml.close();
    Ok(())
}

fn write_case_period(xml: &mut HeaderWriter<'_>, writing: &Writing<'_>) -> Result<(), WriteError> {
    let (opened, closed) = (&writing.metadata.case_opened, &writing.metadata.case_closed);
    if opened.is_none() && closed.is_none() {
        xml.not_applicable("effectiveTime");
        return Ok(());
    }
    if !writing.is_rewritten {
        expect(
            writing.layout.case_period.get()?,
            "low-high",
            "document.header.case_period",
        )?;
    }
    xml.open("effectiveTime", &[]);
    for (name, time) in [("low", opened), ("high", closed)] {
        if let Some(time) = time {
            xml.empty(name, &[("value", time.as_str())]);
        }
    }
    xml.close();
    Ok(())
}

fn write_represented(xml: &mut HeaderWriter<'_>, organisation: &Organisation) {
    xml.open("assignedEntity", &[]);
    xml.not_applicable("id");
    xml.organisation("representedOrganization", organisation);
    xml.close();
}

pub(super) fn local_header(
    xml: &mut HeaderWriter<'_>,
    writing: &Writing<'_>,
) -> Result<(), WriteError> {
    let layout = writing.layout;
    layout.local_header.get()?;
    let name = layout.local_header_name.as_ref().ok_or_else(|| {
        SpecError::invalid(
            "document.local_header.element",
            "it is not the name of an XML element",
        )
    })?;
    xml.open_item(name, &[("xmlns:hl7fi", layout.namespace.get()?)]);
    for item in &layout.items {
        let content_specification = || match writing.structure {
            Some(structure) if item.key == "content_specification" => Some(ItemRef::Oid(structure)),
            _ => None,
        };
        if let Some(value) = item.value(writing.metadata).or_else(content_specification) {
            let kind = item.kind.get()?;
            if kind != value.kind() {
                return Err(SpecError::invalid(
                    &format!("document.local_header.item.{}.kind", item.key),
                    "the document has the item in another kind",
                )
                .into());
            }
            let name = item.name()?;
            item.check_place(writing.metadata)?;
            write_item(xml, name, value, layout)?;
        } else if let Some(default) = writing.defaults.of_item(item) {
            item.name()?;
            xml.raw(default.xml()?);
        }
    }
    if let Some(signatures) = writing.signatures {
        xml.raw(signatures.as_bytes());
    }
    xml.close();
    Ok(())
}

fn write_item(
    xml: &mut HeaderWriter<'_>,
    name: &CheckedName,
    value: ItemRef<'_>,
    layout: &Layout,
) -> Result<(), WriteError> {
    match value {
        ItemRef::Code(code) => {
            let (attributes, count) = code_attributes(code);
            xml.empty_item(name, &attributes[..count]);
        }
        ItemRef::Id(oid) => xml.empty_item(name, &[("root", oid.as_str())]),
        ItemRef::Oid(oid) => write_text_item(xml, name, oid.as_str()),
        ItemRef::Text(text) => write_text_item(xml, name, text),
        ItemRef::Time(time) => xml.empty_item(name, &[("value", time.as_str())]),
        ItemRef::Flag(flag) => {
            xml.empty_item(name, &[("value", if flag { "true" } else { "false" })]);
        }
        ItemRef::Software(software) => xml.empty_item(
            name,
            &[
                ("moderator", &software.vendor),
                ("product", &software.product),
                ("version", &software.version),
            ],
        ),
        ItemRef::Process(code) => {
            xml.open_item(name, &[]);
            xml.text_element("hl7fi:type", layout.process_type.get()?);
            xml.code("hl7fi:code", code);
            xml.close();
        }
        _ => {
            return Err(SpecError::invalid(
                "document.local_header.order",
                "an item is of a kind that this version cannot write",
            )
            .into());
        }
    }
    Ok(())
}

fn write_text_item(xml: &mut HeaderWriter<'_>, name: &CheckedName, text: &str) {
    xml.open_item(name, &[]);
    xml.text(text);
    xml.close();
}

/// Refuses a form that a bundle names and this version cannot write.
fn expect(found: &str, form: &str, key: &str) -> Result<(), SpecError> {
    if found == form {
        Ok(())
    } else {
        Err(SpecError::invalid(
            key,
            &format!("the only form that can be written is `{form}`"),
        ))
    }
}
