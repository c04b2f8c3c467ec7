//! From bytes to the model.

use bytes::Bytes;
use kanta_core::metadata::{Client, DocumentKind, DocumentMetadata, ItemValue, Replaced, Software};
use kanta_core::spec::Spec;
use kanta_core::{
    CaseId, ClientIdentifier, DocumentOid, Oid, Organisation, Professional,
    ProfessionalRegistrationNumber, TimeStamp, VersionNumber,
};
use kanta_xml::{Element, Limits, Tree};

use super::foreign::Foreign;
use super::header_reader::{Node, Taken};
use super::layout::{ItemLayout, Layout};
use super::table::{HEADER, place_of};
use super::{ClinicalDocument, ReadError};
use crate::{Body, HL7, HL7_FINLAND};

/// What the rows of the table read into.
pub(super) struct Reading<'r> {
    metadata: DocumentMetadata,
    layout: &'r Layout,
    foreign: &'r Foreign,
    keep: &'r dyn Fn(&[u8]) -> Bytes,
    body: Option<Body>,
    signatures: Option<String>,
}

/// Reads a document. `keep` makes lasting bytes of a part of the input.
pub(super) fn read(
    bytes: &[u8],
    keep: &dyn Fn(&[u8]) -> Bytes,
    spec: &Spec,
    limits: &Limits,
) -> Result<ClinicalDocument, ReadError> {
    let layout = Layout::of(spec);
    let tree = Tree::parse(bytes, limits)?;
    let root = tree.root();
    if !root.is(HL7, "ClinicalDocument") {
        return Err(ReadError::NotADocument);
    }
    let taken = Taken::new(tree.input_text(), root);
    let mut foreign = Foreign::of_root(root);
    let document = taken.node(root);
    let mut reading = Reading {
        metadata: read_identity(&taken, document)?,
        layout: &layout,
        foreign: &foreign,
        keep,
        body: None,
        signatures: None,
    };
    let present = read_rows(&taken, root, &mut reading);
    let Reading {
        mut metadata,
        body,
        signatures,
        ..
    } = reading;
    metadata.kind = kind_of(&metadata, &layout);
    foreign.present = Some(present);
    taken.collect_rest(root, &mut foreign);
    Ok(ClinicalDocument {
        metadata,
        body,
        signatures,
        foreign,
    })
}

/// Reads the elements by the table, and returns which of its rows the document has.
fn read_rows(taken: &Taken<'_>, root: Element<'_, '_>, reading: &mut Reading<'_>) -> u64 {
    let local_header = reading
        .layout
        .local_header
        .for_reading()
        .map(String::as_str);
    let (mut present, mut next) = (0_u64, 0);
    for element in root.children() {
        let Some(index) = place_of(
            element.namespace(),
            element.local_name(),
            local_header,
            next,
        ) else {
            continue;
        };
        next = index;
        let row = &HEADER[index];
        let is_read_already = present & 1 << index != 0 && !row.repeats;
        if let Some((_, read)) = row.typed
            && !is_read_already
            && taken.attempt(element, |node| read(node, reading)).is_some()
        {
            present |= 1 << index;
        }
    }
    present
}

/// Reads what no document can lack: its identifiers, version and time.
fn read_identity(
    taken: &Taken<'_>,
    document: Node<'_, '_, '_>,
) -> Result<DocumentMetadata, ReadError> {
    let oid = |name| required_value(taken, document, name, "root", DocumentOid::parse);
    let version = |text: &str| {
        text.parse()
            .map_err(|_| "a version is a whole number".to_owned())
            .and_then(|number| VersionNumber::new(number).map_err(|error| error.to_string()))
    };
    Ok(DocumentMetadata::bare(
        oid("id")?,
        oid("setId")?,
        required_value(taken, document, "versionNumber", "value", version)?,
        required_value(taken, document, "effectiveTime", "value", TimeStamp::parse)?,
    ))
}

fn required_value<T, E: ToString>(
    taken: &Taken<'_>,
    document: Node<'_, '_, '_>,
    name: &str,
    attribute: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, ReadError> {
    let wrong = |problem: String| ReadError::Header {
        place: format!("/ClinicalDocument/{name}/@{attribute}"),
        problem,
    };
    let element = document.element().child(HL7, name);
    let text = element
        .and_then(|element| taken.node(element).attribute(attribute))
        .ok_or_else(|| wrong("it is missing".to_owned()))?;
    parse(text).map_err(|error| wrong(error.to_string()))
}

/// Finds the kind whose document group the document carries.
fn kind_of(metadata: &DocumentMetadata, layout: &Layout) -> DocumentKind {
    let Some(group) = &metadata.group else {
        return DocumentKind::Other(None);
    };
    match layout.kind_of_group(group) {
        Some(known) if known.kind.key().is_some() => known.kind.clone(),
        _ => DocumentKind::Other(Some(group.clone())),
    }
}

/// The identifiers, version and time were read before anything else.
pub(super) fn required(_: Node<'_, '_, '_>, _: &mut Reading<'_>) -> Option<()> {
    Some(())
}

pub(super) fn realm(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let realm = reading.layout.realm.for_reading();
    node.take_constants(&[("code", realm.map(String::as_str))]);
    Some(())
}

pub(super) fn type_id(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let (root, extension) = (
        &reading.layout.type_id_root,
        &reading.layout.type_id_extension,
    );
    node.take_constants(&[
        ("root", root.for_reading().map(String::as_str)),
        ("extension", extension.for_reading().map(String::as_str)),
    ]);
    Some(())
}

pub(super) fn code(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    reading.metadata.general_type = node.code();
    if reading.metadata.general_type.is_none() {
        node.take_not_applicable();
    }
    Some(())
}

pub(super) fn confidentiality(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    reading.metadata.confidentiality = Some(node.code()?);
    Some(())
}

pub(super) fn language(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    reading.metadata.language = Some(node.attribute("code")?.to_owned());
    Some(())
}

pub(super) fn client(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let client = node.part("patientRole", |role| {
        let id = role.part("id", Node::identifier)?;
        let (name, gender, birth) = role.part("patient", |patient| {
            Some((
                patient.part("name", |name| Some(name.person_name())),
                patient.part("administrativeGenderCode", Node::code),
                patient.part("birthTime", Node::time),
            ))
        })?;
        Some(Client {
            identifier: ClientIdentifier::from_message(id),
            // A client without a name stays as foreign as it is: the writer always writes one.
            name: name?,
            gender,
            birth,
        })
    })?;
    if reading.metadata.client.is_none() {
        reading.metadata.client = Some(client);
    } else {
        reading.metadata.further_clients.push(client);
    }
    Some(())
}

pub(super) fn author(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    node.part("time", |time| {
        time.take_not_applicable();
        Some(())
    });
    reading.metadata.author = node.part("assignedAuthor", |assigned| {
        let number = assigned.part("id", |id| {
            let number = read_registration_number(id);
            if number.is_none() {
                id.take_not_applicable();
            }
            Some(number)
        });
        let name = assigned.descend(&["assignedPerson", "name"], |name| Some(name.person_name()));
        Some(name.map(|name| Professional {
            registration_number: number.flatten(),
            name,
        }))
    })?;
    Some(())
}

fn read_registration_number(id: Node<'_, '_, '_>) -> Option<ProfessionalRegistrationNumber> {
    let root = id.element().attribute("root")?;
    if root != ProfessionalRegistrationNumber::root().as_str() {
        return None;
    }
    let number = id.parsed("extension", ProfessionalRegistrationNumber::parse)?;
    id.attribute("root");
    Some(number)
}

pub(super) fn custodian(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let path = ["assignedCustodian", "representedCustodianOrganization"];
    reading.metadata.register_keeper = Some(node.descend(&path, Node::organisation)?);
    Some(())
}

pub(super) fn replaced(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let replacement = reading.layout.replacement.for_reading()?;
    if node.attribute("typeCode")? != replacement {
        return None;
    }
    let replaced = node.part("parentDocument", |parent| {
        Some(Replaced {
            id: parent.part("id", |id| id.parsed("root", DocumentOid::parse))?,
            set_id: parent.part("setId", |id| id.parsed("root", DocumentOid::parse)),
            version: parent.part("versionNumber", |number| {
                number.parsed("value", |text| {
                    text.parse()
                        .map_err(drop)
                        .and_then(|number| VersionNumber::new(number).map_err(drop))
                })
            }),
        })
    })?;
    reading.metadata.replaces = Some(replaced);
    Some(())
}

pub(super) fn consent(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let status = reading.layout.consent_status.for_reading();
    let disclosure = node.part("consent", |consent| {
        let disclosure = consent.part("code", Node::code)?;
        consent.part("statusCode", |code| {
            code.take_constants(&[("code", status.map(String::as_str))]);
            Some(())
        })?;
        Some(disclosure)
    })?;
    reading.metadata.guardian_disclosure = Some(disclosure);
    Some(())
}

pub(super) fn encounter(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let participant = reading.layout.encounter_participant.for_reading();
    let metadata = &mut reading.metadata;
    node.part("encompassingEncounter", |encounter| {
        metadata.case = encounter.part("id", |id| {
            let case = id.parsed("root", CaseId::parse);
            // Beside a root the null flavour says nothing; it stays where it is.
            if case.is_none() {
                id.take_not_applicable();
            }
            Some(case)
        })?;
        let days = encounter.part("effectiveTime", |time| {
            let days = (time.part("low", Node::time), time.part("high", Node::time));
            if days == (None, None) {
                time.take_not_applicable();
            }
            Some(days)
        })?;
        (metadata.case_opened, metadata.case_closed) = days;
        metadata.producer = encounter.part("responsibleParty", read_represented);
        metadata.service_unit = encounter.part("encounterParticipant", |unit| {
            unit.take_constants(&[("typeCode", participant.map(String::as_str))]);
            read_represented(unit)
        });
        Some(())
    })
}

fn read_represented(party: Node<'_, '_, '_>) -> Option<Organisation> {
    party.part("assignedEntity", |entity| {
        entity.part("id", |id| {
            id.take_not_applicable();
            Some(())
        })?;
        entity.part("representedOrganization", Node::organisation)
    })
}

/// Reads the items of the social-care header by the names that the bundle gives them, and takes the signatures whole.
pub(super) fn local_header(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let children: Vec<Element<'_, '_>> = node.element().children().collect();
    // Items come in the bundle's order, so the next one is most likely the next child.
    let mut next = 0;
    for item in &reading.layout.items {
        let Some(name) = item.element.for_reading() else {
            continue;
        };
        let found = (next..children.len())
            .chain(0..next)
            .find(|index| children[*index].is(HL7_FINLAND, name));
        let Some(index) = found else {
            continue;
        };
        next = index + 1;
        // An item that the fields cannot hold stays foreign.
        node.attempt(children[index], |element| {
            let value = read_item(element, item, reading.layout)?;
            item.set(&mut reading.metadata, value)
        });
    }
    let foreign = reading.foreign;
    reading.signatures = node.part_of(HL7_FINLAND, "signatureCollection", |collection| {
        Some(collection.take_whole(foreign).into_owned())
    });
    Some(())
}

fn read_item(node: Node<'_, '_, '_>, item: &ItemLayout, layout: &Layout) -> Option<ItemValue> {
    match item.kind.for_reading()?.as_str() {
        "code" => node.code().map(ItemValue::Code),
        "id" => node.parsed("root", Oid::parse).map(ItemValue::Id),
        "oid" => node.parsed_text(Oid::parse).map(ItemValue::Oid),
        "text" => Some(ItemValue::Text(node.text())),
        "time" => node.time().map(ItemValue::Time),
        "flag" => {
            let flag = |text: &str| text.parse::<bool>();
            node.parsed("value", flag).map(ItemValue::Flag)
        }
        "software" => Some(ItemValue::Software(Software {
            vendor: node.attribute("moderator")?.to_owned(),
            product: node.attribute("product")?.to_owned(),
            version: node.attribute("version")?.to_owned(),
        })),
        "process" => {
            let fixed = layout.process_type.for_reading();
            node.part_of(HL7_FINLAND, "type", |kind| {
                (Some(kind.text().trim()) == fixed.map(String::as_str)).then_some(())
            })?;
            node.part_of(HL7_FINLAND, "code", Node::code)
                .map(ItemValue::Process)
        }
        _ => None,
    }
}

pub(super) fn body(node: Node<'_, '_, '_>, reading: &mut Reading<'_>) -> Option<()> {
    let (foreign, keep) = (reading.foreign, reading.keep);
    let body = node.part("nonXMLBody", |body| {
        let xml = body.take_whole(foreign);
        Body::read(body.element(), keep(xml.as_bytes()))
    })?;
    reading.body = Some(body);
    Some(())
}
