//! From bytes to the model.

use kanta_core::metadata::{Client, DocumentKind, DocumentMetadata, ItemValue, Software};
use kanta_core::spec::Spec;
use kanta_core::{
    CaseId, ClientIdentifier, CodedValue, DocumentOid, Oid, Professional,
    ProfessionalRegistrationNumber, TimeStamp, VersionNumber,
};
use kanta_xml::{Limits, Tree};

use super::foreign::Foreign;
use super::header_reader::{Node, Taken};
use super::{ClinicalDocument, ReadError};
use crate::{Body, HL7, HL7_FINLAND};

pub(super) fn read(
    bytes: &[u8],
    spec: &Spec,
    limits: &Limits,
) -> Result<ClinicalDocument, ReadError> {
    let tree = Tree::parse(bytes, limits)?;
    let root = tree.root();
    if !root.is(HL7, "ClinicalDocument") {
        return Err(ReadError::NotADocument);
    }
    // The tree has refused everything that is not UTF-8.
    let source = std::str::from_utf8(bytes).unwrap_or_default();
    let taken = Taken::new(source);
    let mut foreign = Foreign::of_root(root);
    let document = taken.node(root);

    let mut metadata = read_identity(document)?;
    read_header(document, &mut metadata);
    let local_name = spec
        .text_for_reading("document.local_header.element")
        .unwrap_or_default();
    let local = document.child_of(HL7_FINLAND, local_name);
    let signatures = local.and_then(|local| {
        read_items(local, spec, &mut metadata);
        let collection = local.child_of(HL7_FINLAND, "signatureCollection")?;
        Some(collection.take_whole(&foreign))
    });
    metadata.kind = kind_of(metadata.group.as_ref(), spec);
    let body = read_body(document, &foreign);
    taken.collect_rest(root, &mut foreign);
    Ok(ClinicalDocument {
        metadata,
        body,
        signatures,
        foreign,
    })
}

/// Reads what no document can lack: its identifiers, version and time.
fn read_identity(document: Node<'_, '_, '_>) -> Result<DocumentMetadata, ReadError> {
    let oid = |name| required(document, name, "root", DocumentOid::parse);
    let version = |text: &str| {
        text.parse()
            .map_err(|_| "a version is a whole number".to_owned())
            .and_then(|number| VersionNumber::new(number).map_err(|error| error.to_string()))
    };
    Ok(DocumentMetadata::bare(
        oid("id")?,
        oid("setId")?,
        required(document, "versionNumber", "value", version)?,
        required(document, "effectiveTime", "value", TimeStamp::parse)?,
    ))
}

fn required<T, E: ToString>(
    document: Node<'_, '_, '_>,
    name: &str,
    attribute: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, ReadError> {
    let wrong = |problem: String| ReadError::Header {
        place: format!("/ClinicalDocument/{name}/@{attribute}"),
        problem,
    };
    let node = document
        .child(name)
        .ok_or_else(|| wrong("it is missing".to_owned()))?;
    let text = node
        .attribute(attribute)
        .ok_or_else(|| wrong("it is missing".to_owned()))?;
    parse(text).map_err(|error| wrong(error.to_string()))
}

/// Reads the part of the header that every CDA document has.
fn read_header(document: Node<'_, '_, '_>, metadata: &mut DocumentMetadata) {
    if let Some(realm) = document.child("realmCode") {
        realm.take_fixed("code", "FI");
    }
    if let Some(type_id) = document.child("typeId") {
        type_id.take_fixed("root", "2.16.840.1.113883.1.3");
        type_id.take_fixed("extension", "POCD_HD000040");
    }
    if let Some(code) = document.child("code") {
        metadata.general_type = code.code();
        code.take_not_applicable();
    }
    metadata.confidentiality = document.child("confidentialityCode").and_then(Node::code);
    metadata.language = document
        .child("languageCode")
        .and_then(|language| language.attribute("code"))
        .map(str::to_owned);
    metadata.client = document
        .descend(&["recordTarget", "patientRole"])
        .and_then(read_client);
    metadata.author = document.child("author").and_then(read_author);
    metadata.register_keeper = document
        .descend(&[
            "custodian",
            "assignedCustodian",
            "representedCustodianOrganization",
        ])
        .and_then(Node::organisation);
    if let Some(consent) = document.descend(&["authorization", "consent"]) {
        metadata.guardian_disclosure = consent.child("code").and_then(Node::code);
        if let Some(status) = consent.child("statusCode") {
            status.take_fixed("code", "completed");
        }
    }
    if let Some(encounter) = document.descend(&["componentOf", "encompassingEncounter"]) {
        read_encounter(encounter, metadata);
    }
}

fn read_client(role: Node<'_, '_, '_>) -> Option<Client> {
    let identifier = ClientIdentifier::from_message(role.child("id")?.identifier()?);
    let patient = role.child("patient");
    let part = |name| patient.and_then(|patient| patient.child(name));
    let name = match part("name") {
        Some(name) => name.person_name(),
        None => kanta_core::PersonName::as_read(Vec::new(), None, String::new()),
    };
    Some(Client {
        identifier,
        name,
        gender: part("administrativeGenderCode").and_then(Node::code),
        birth: part("birthTime").and_then(Node::time),
    })
}

fn read_author(author: Node<'_, '_, '_>) -> Option<Professional> {
    if let Some(time) = author.child("time") {
        time.take_not_applicable();
    }
    let assigned = author.child("assignedAuthor")?;
    let id = assigned.child("id");
    if let Some(id) = id {
        id.take_not_applicable();
    }
    let registration_number = id.and_then(|id| {
        let root = id.element().attribute("root")?;
        if root != ProfessionalRegistrationNumber::root().as_str() {
            return None;
        }
        let number = id.parsed("extension", ProfessionalRegistrationNumber::parse)?;
        id.attribute("root");
        Some(number)
    });
    let name = assigned.descend(&["assignedPerson", "name"])?.person_name();
    Some(Professional {
        registration_number,
        name,
    })
}

fn read_encounter(encounter: Node<'_, '_, '_>, metadata: &mut DocumentMetadata) {
    if let Some(id) = encounter.child("id") {
        metadata.case = id.parsed("root", CaseId::parse);
        // Beside a root the null flavour says nothing; it stays where it is.
        if metadata.case.is_none() {
            id.take_not_applicable();
        }
    }
    if let Some(time) = encounter.child("effectiveTime") {
        time.take_not_applicable();
    }
    metadata.producer = encounter
        .child("responsibleParty")
        .and_then(read_represented);
    metadata.service_unit = encounter.child("encounterParticipant").and_then(|unit| {
        unit.take_fixed("typeCode", "ADM");
        read_represented(unit)
    });
}

fn read_represented(party: Node<'_, '_, '_>) -> Option<kanta_core::Organisation> {
    let entity = party.child("assignedEntity")?;
    if let Some(id) = entity.child("id") {
        id.take_not_applicable();
    }
    entity.child("representedOrganization")?.organisation()
}

/// Reads the items of the social-care header by the names that the bundle gives them.
fn read_items(local: Node<'_, '_, '_>, spec: &Spec, metadata: &mut DocumentMetadata) {
    for key in spec.list_for_reading("document.local_header.order") {
        let part =
            |part: &str| spec.text_for_reading(&format!("document.local_header.item.{key}.{part}"));
        let (Some(element), Some(kind)) = (part("element"), part("kind")) else {
            continue;
        };
        let item = local
            .child_of(HL7_FINLAND, element)
            .and_then(|node| read_item(node, kind, spec));
        if let Some(value) = item {
            // A kind that the field cannot hold is a mistake of the bundle: the element stays foreign.
            let _ = metadata.set_item(key, value);
        }
    }
}

fn read_item(node: Node<'_, '_, '_>, kind: &str, spec: &Spec) -> Option<ItemValue> {
    match kind {
        "code" => node.code().map(ItemValue::Code),
        "id" => node.parsed("root", Oid::parse).map(ItemValue::Id),
        "oid" => node.parsed_text(Oid::parse).map(ItemValue::Oid),
        "text" => Some(ItemValue::Text(node.text())),
        "time" => node.time().map(ItemValue::Time),
        "software" => {
            let element = node.element();
            ["moderator", "product", "version"]
                .iter()
                .all(|name| element.attribute(name).is_some())
                .then(|| {
                    let part = |name| node.attribute(name).unwrap_or_default().to_owned();
                    ItemValue::Software(Software {
                        vendor: part("moderator"),
                        product: part("product"),
                        version: part("version"),
                    })
                })
        }
        "process" => {
            let value = node.child_of(HL7_FINLAND, "code")?.code()?;
            let fixed = spec.text_for_reading("document.local_header.service_process_type");
            if let Some(kind) = node.child_of(HL7_FINLAND, "type")
                && Some(kind.element().text().trim()) == fixed
            {
                kind.text();
            }
            Some(ItemValue::Process(value))
        }
        _ => None,
    }
}

/// Finds the kind whose document group the document carries.
fn kind_of(group: Option<&CodedValue>, spec: &Spec) -> DocumentKind {
    let Some(group) = group else {
        return DocumentKind::Other(None);
    };
    DocumentKind::WRITTEN
        .into_iter()
        .find(|kind| {
            kind.key()
                .and_then(|key| spec.code_for_reading(&format!("document.kind.{key}.group")))
                .is_some_and(|known| known.code() == group.code())
        })
        .unwrap_or_else(|| DocumentKind::Other(Some(group.clone())))
}

fn read_body(document: Node<'_, '_, '_>, foreign: &Foreign) -> Option<Body> {
    let body = document.descend(&["component", "nonXMLBody"])?;
    let xml = body.take_whole(foreign);
    Body::read(body.element(), xml.into_bytes())
}
