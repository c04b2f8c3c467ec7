//! From the model to bytes: the order of CDA R2 and of the spec bundle, no white space anywhere.

use kanta_core::CodedValue;
use kanta_core::metadata::{Client, DocumentMetadata, ItemValue};
use kanta_core::spec::Spec;

use super::WriteError;
use super::foreign::Foreign;
use super::header_writer::HeaderWriter;
use crate::{Body, HL7};

/// What a header takes at most in the documents seen, so that the buffer seldom grows.
const HEADER_BYTES: usize = 12 * 1024;

pub(super) fn write(
    metadata: &DocumentMetadata,
    body: &Body,
    signatures: Option<&str>,
    foreign: &Foreign,
    spec: &Spec,
) -> Result<Vec<u8>, WriteError> {
    let capacity = HEADER_BYTES + body.as_xml().len() + signatures.map_or(0, str::len);
    let mut xml = HeaderWriter::new(capacity, foreign);
    let namespaces: Vec<(String, &str)> = foreign
        .root_namespaces
        .iter()
        .map(|(prefix, uri)| (format!("xmlns:{prefix}"), uri.as_str()))
        .collect();
    let mut declarations = vec![("xmlns", HL7)];
    declarations.extend(namespaces.iter().map(|(name, uri)| (name.as_str(), *uri)));
    xml.open("ClinicalDocument", &declarations);
    write_identity(&mut xml, metadata, spec)?;
    write_people(&mut xml, metadata);
    if let Some(disclosure) = &metadata.guardian_disclosure {
        xml.open("authorization", &[]);
        xml.open("consent", &[]);
        xml.code("code", disclosure);
        xml.empty(
            "statusCode",
            &[("code", spec.text("document.header.consent_status")?)],
        );
        xml.close();
        xml.close();
    }
    write_encounter(&mut xml, metadata, spec)?;
    write_local_header(&mut xml, metadata, signatures, spec)?;
    xml.open("component", &[]);
    xml.raw(body.as_xml());
    xml.close();
    xml.close();
    Ok(xml.finish()?)
}

fn write_identity(
    xml: &mut HeaderWriter<'_>,
    metadata: &DocumentMetadata,
    spec: &Spec,
) -> Result<(), WriteError> {
    xml.empty(
        "realmCode",
        &[("code", spec.text("document.header.realm")?)],
    );
    xml.empty(
        "typeId",
        &[
            ("root", spec.text("document.header.type_id_root")?),
            ("extension", spec.text("document.header.type_id_extension")?),
        ],
    );
    xml.identifier("id", metadata.id.as_oid(), None);
    match &metadata.general_type {
        Some(general_type) => xml.code("code", general_type),
        None => xml.not_applicable("code"),
    }
    xml.empty("effectiveTime", &[("value", metadata.drafted.as_str())]);
    match &metadata.confidentiality {
        Some(confidentiality) => xml.code("confidentialityCode", confidentiality),
        None => xml.code(
            "confidentialityCode",
            spec.code("document.header.confidentiality")?,
        ),
    }
    if let Some(language) = &metadata.language {
        xml.empty("languageCode", &[("code", language)]);
    }
    xml.identifier("setId", metadata.set_id.as_oid(), None);
    xml.empty("versionNumber", &[("value", &metadata.version.to_string())]);
    Ok(())
}

fn write_people(xml: &mut HeaderWriter<'_>, metadata: &DocumentMetadata) {
    if let Some(client) = &metadata.client {
        write_client(xml, client);
    }
    xml.open("author", &[]);
    xml.not_applicable("time");
    xml.open("assignedAuthor", &[]);
    let number = metadata
        .author
        .as_ref()
        .and_then(|author| author.registration_number.as_ref());
    match number {
        Some(number) => xml.identifier(
            "id",
            &kanta_core::ProfessionalRegistrationNumber::root(),
            Some(number.expose()),
        ),
        None => xml.not_applicable("id"),
    }
    if let Some(author) = &metadata.author {
        xml.open("assignedPerson", &[]);
        xml.person_name(&author.name);
        xml.close();
    }
    xml.close();
    xml.close();
    if let Some(keeper) = &metadata.register_keeper {
        xml.open("custodian", &[]);
        xml.open("assignedCustodian", &[]);
        xml.organisation("representedCustodianOrganization", keeper);
        xml.close();
        xml.close();
    }
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

fn write_encounter(
    xml: &mut HeaderWriter<'_>,
    metadata: &DocumentMetadata,
    spec: &Spec,
) -> Result<(), WriteError> {
    xml.open("componentOf", &[]);
    xml.open("encompassingEncounter", &[]);
    match &metadata.case {
        Some(case) => xml.identifier("id", case.as_oid(), None),
        None => xml.not_applicable("id"),
    }
    xml.not_applicable("effectiveTime");
    if let Some(producer) = &metadata.producer {
        xml.open("responsibleParty", &[]);
        write_represented(xml, producer);
        xml.close();
    }
    if let Some(unit) = &metadata.service_unit {
        let participant = spec.text("document.header.encounter_participant")?;
        xml.open("encounterParticipant", &[("typeCode", participant)]);
        write_represented(xml, unit);
        xml.close();
    }
    xml.close();
    xml.close();
    Ok(())
}

fn write_represented(xml: &mut HeaderWriter<'_>, organisation: &kanta_core::Organisation) {
    xml.open("assignedEntity", &[]);
    xml.not_applicable("id");
    xml.organisation("representedOrganization", organisation);
    xml.close();
}

fn write_local_header(
    xml: &mut HeaderWriter<'_>,
    metadata: &DocumentMetadata,
    signatures: Option<&str>,
    spec: &Spec,
) -> Result<(), WriteError> {
    let namespace = spec.text("document.local_header.namespace")?;
    let name = format!("hl7fi:{}", spec.text("document.local_header.element")?);
    xml.open(&name, &[("xmlns:hl7fi", namespace)]);
    let order = spec.list("document.local_header.order")?;
    // An item without a place in the order would be dropped without a word.
    for key in metadata.other_items.keys() {
        if !order.contains(key) {
            return Err(kanta_core::spec::SpecError::invalid(
                "document.local_header.order",
                "an item of the document has no place in the order",
            )
            .into());
        }
    }
    for key in order {
        let value = match metadata.item(key) {
            Some(value) => value.into_owned(),
            None => match value_of_kind(metadata, key, spec)? {
                Some(value) => ItemValue::Code(value),
                None => continue,
            },
        };
        let element = spec.text(&format!("document.local_header.item.{key}.element"))?;
        write_item(xml, &format!("hl7fi:{element}"), &value, spec)?;
    }
    if let Some(signatures) = signatures {
        xml.raw(signatures.as_bytes());
    }
    xml.close();
    Ok(())
}

/// Returns the value that follows from the kind, for the items that are never asked of the caller.
fn value_of_kind(
    metadata: &DocumentMetadata,
    key: &str,
    spec: &Spec,
) -> Result<Option<CodedValue>, WriteError> {
    let part = match key {
        "document_group" => "group",
        "display_format" | "structured_format" | "record_status" | "register_type" => key,
        _ => return Ok(None),
    };
    match metadata.kind.key() {
        Some(kind) => Ok(Some(
            spec.code(&format!("document.kind.{kind}.{part}"))?.clone(),
        )),
        None => Ok(None),
    }
}

fn write_item(
    xml: &mut HeaderWriter<'_>,
    name: &str,
    value: &ItemValue,
    spec: &Spec,
) -> Result<(), WriteError> {
    match value {
        ItemValue::Code(code) => xml.code(name, code),
        ItemValue::Id(oid) => xml.identifier(name, oid, None),
        ItemValue::Oid(oid) => xml.text_element(name, oid.as_str()),
        ItemValue::Text(text) => xml.text_element(name, text),
        ItemValue::Time(time) => xml.empty(name, &[("value", time.as_str())]),
        ItemValue::Software(software) => xml.empty(
            name,
            &[
                ("moderator", &software.vendor),
                ("product", &software.product),
                ("version", &software.version),
            ],
        ),
        ItemValue::Process(code) => {
            xml.open(name, &[]);
            xml.text_element(
                "hl7fi:type",
                spec.text("document.local_header.service_process_type")?,
            );
            xml.code("hl7fi:code", code);
            xml.close();
        }
        _ => {
            return Err(kanta_core::spec::SpecError::invalid(
                "document.local_header.order",
                "an item is of a kind that this version cannot write",
            )
            .into());
        }
    }
    Ok(())
}
