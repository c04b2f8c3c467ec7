//! The client-relation document, 1505.1.

use kanta_core::relation::{
    ClientRelation, Period, RelationClient, ServicePerformer, ServiceProducer, ServiceTaskBlock,
    UnitRelation,
};
use kanta_core::{
    ClientRelationId, Organisation, ServiceOrganiser, ServiceUnit, VersionNumber,
    codes::SocialService,
};
use serde_json::Value;

use super::error::RelationContentError;
use super::reader::Node;
use super::writer::{self, Object, Writer};
use crate::content::OID_SYSTEM;
use crate::json::Json;

const DOCUMENT: &str = "asiakkuusasiakirja";
const START: &str = "asiakkuuden_alkamispvm";
const END: &str = "asiakkuuden_paattymispvm";
const UNITS: &str = "palvelunjarjestajan_palveluyksikko";
const UNIT: &str = "palveluyksikon_nimi";
const TASKS: &str = "sosiaalihuollon_palvelutehtava";
const PRODUCERS: &str = "palveluntuottaja";
const PERFORMERS: &str = "palveluntoteuttaja";
const SERVICES: &str = "sosiaalipalvelu";
const CHILD_START: &str = "lastensuojelun_asiakkuuden_alkamispvm";
const CHILD_END: &str = "lastensuojelun_asiakkuuden_paattymispvm";

/// Reads a client relation from the content of a client-relation document (Finnish: asiakkuusasiakirja). The version is told by
/// the document's header.
///
/// Nothing is judged here: [`ClientRelation::check`] does that.
///
/// # Errors
/// `KANTA-RELATION-CONTENT` with the JSON pointer: not JSON, a mandatory field is missing, a code, day or identifier is none.
///
/// ```
/// use kanta_cda::relation::read_client_relation;
/// use kanta_core::VersionNumber;
///
/// let content = br#"{"asiakkuusasiakirja": {
///     "asiakkuuden_yksilointitunnus": {"value": "2.999.7.1"},
///     "asiakas": {"sukunimi": "Kuvitelma", "etunimet": "Aino Tuulikki", "turvakielto": false,
///                 "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "090514A9226"}},
///     "sosiaalihuollon_asiakkuus": {"asiakkuuden_alkamispvm": "2026-09-01"}
/// }}"#;
/// let relation = read_client_relation(content, VersionNumber::FIRST)?;
/// assert_eq!(relation.period.start.to_string(), "2026-09-01");
/// assert!(relation.check().has("KANTA-RELATION-TASK"));
/// # Ok::<(), kanta_cda::relation::RelationContentError>(())
/// ```
pub fn read_client_relation(
    content: &[u8],
    version: VersionNumber,
) -> Result<ClientRelation, RelationContentError> {
    let json = Json::parse(content).map_err(|error| RelationContentError::of_json(&error))?;
    let document = Node::document(&json, DOCUMENT)?;
    let social_care = document.demand("sosiaalihuollon_asiakkuus")?;
    let client = read_client(&document.demand("asiakas")?)?;
    let mut relation = ClientRelation::bare(client, version, read_period(&social_care)?);
    relation.id = document
        .get("asiakkuuden_yksilointitunnus")
        .map(|node| node.as_oid().map(ClientRelationId::new))
        .transpose()?;
    relation.legacy = social_care.switch("vanha_asiakkuus")?;
    relation.end_reason = social_care.text("asiakkuuden_paattymisen_perustelu")?;
    relation.organiser = document
        .get("palvelunjarjestajan_toimintayksikko")
        .map(|node| node.as_organisation().map(ServiceOrganiser::new))
        .transpose()?;
    relation.units = read_units(&document)?;
    for block in document.items(TASKS)? {
        relation.service_tasks.push(read_block(&block)?);
    }
    relation.child_protection = match document.get("lastensuojelun_asiakkuus") {
        None => None,
        Some(node) => match node.day(CHILD_START)? {
            None => None,
            Some(start) => Some(Period::new(start, node.day(CHILD_END)?)),
        },
    };
    Ok(relation)
}

fn read_client(node: &Node<'_>) -> Result<RelationClient, RelationContentError> {
    let mut client = RelationClient::new(node.identity()?, node.name()?);
    client.birth_date = node.whole_day("syntymaaika");
    client.security_ban.in_force = node.switch("turvakielto")?;
    client.security_ban.ends = node.day("turvakiellon_paattymispaiva")?;
    Ok(client)
}

fn read_period(node: &Node<'_>) -> Result<Period, RelationContentError> {
    Ok(Period::new(node.demand(START)?.as_day()?, node.day(END)?))
}

fn read_unit(node: &Node<'_>) -> Result<ServiceUnit, RelationContentError> {
    Ok(ServiceUnit::new(node.demand(UNIT)?.as_organisation()?))
}

fn read_units(node: &Node<'_>) -> Result<Vec<UnitRelation>, RelationContentError> {
    let read = |node: Node<'_>| {
        Ok(UnitRelation {
            unit: read_unit(&node)?,
            period: read_period(&node)?,
        })
    };
    node.items(UNITS)?.into_iter().map(read).collect()
}

fn read_services(node: &Node<'_>) -> Result<Vec<SocialService>, RelationContentError> {
    let services = node.items(SERVICES)?;
    services.iter().map(Node::as_code_of).collect()
}

fn read_block(node: &Node<'_>) -> Result<ServiceTaskBlock, RelationContentError> {
    let mut block = ServiceTaskBlock::new(node.demand("palvelutehtava")?.as_code_of()?);
    block.units = read_units(node)?;
    for producer in node.items(PRODUCERS)? {
        let performers = producer.items(PERFORMERS)?;
        let performers = performers.iter().map(|performer| {
            Ok(ServicePerformer {
                unit: read_unit(performer)?,
                services: read_services(performer)?,
                period: read_period(performer)?,
            })
        });
        block.producers.push(ServiceProducer {
            unit: read_unit(&producer)?,
            services: read_services(&producer)?,
            period: read_period(&producer)?,
            performers: performers.collect::<Result<_, _>>()?,
        });
    }
    Ok(block)
}

/// Writes a client relation into content, onto that of the version before when there is one.
///
/// # Errors
/// `KANTA-RELATION-CONTENT`: the version before is not JSON, or a code or unit has no name.
///
/// ```
/// use kanta_cda::relation::{read_client_relation, write_client_relation};
/// use kanta_core::{PersonalIdentityCode, VersionNumber};
///
/// let first = br#"{"asiakkuusasiakirja": {
///     "asiakas": {"sukunimi": "Kuvitelma", "etunimet": "Aino", "turvakielto": false, "ammatti": "opettaja",
///                 "tilapainen_yksilointitunnus": {"system": "urn:oid:1.2.246.10.99999999.22.2026", "value": "17"}},
///     "sosiaalihuollon_asiakkuus": {"asiakkuuden_alkamispvm": "2026-09-01"}
/// }}"#;
/// let relation = read_client_relation(first, VersionNumber::FIRST)?;
/// let mut change = relation.change()?;
/// change.identify(PersonalIdentityCode::parse("090514A9226")?);
/// let second = write_client_relation(change.relation(), Some(first))?;
/// let second = String::from_utf8(second)?;
/// assert!(second.contains("090514A9226") && second.contains("opettaja"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_client_relation(
    relation: &ClientRelation,
    previous: Option<&[u8]>,
) -> Result<Vec<u8>, RelationContentError> {
    let mut writer = Writer::onto(previous)?;
    let document = writer.document(DOCUMENT);
    let id = relation.id.as_ref();
    let id = id.map(|id| writer::oid(id.as_oid(), Some(OID_SYSTEM)));
    writer::set(document, "asiakkuuden_yksilointitunnus", id);

    let client = writer::object(document, "asiakas");
    writer::set_name(client, &relation.client.name);
    writer::set_identity(client, &relation.client.identity);
    if let Some(birth_date) = relation.client.birth_date {
        writer::set(client, "syntymaaika", Some(writer::day(birth_date)));
    }
    let ban = relation.client.security_ban;
    writer::set(client, "turvakielto", Some(ban.in_force));
    writer::set(
        client,
        "turvakiellon_paattymispaiva",
        ban.ends.map(writer::day),
    );

    let social_care = writer::object(document, "sosiaalihuollon_asiakkuus");
    if relation.legacy || social_care.contains_key("vanha_asiakkuus") {
        writer::set(social_care, "vanha_asiakkuus", Some(relation.legacy));
    }
    write_period(social_care, relation.period);
    let reason = relation.end_reason.clone();
    writer::set(social_care, "asiakkuuden_paattymisen_perustelu", reason);

    let organiser = relation.organiser.as_ref().map(|organiser| {
        let place = "/asiakkuusasiakirja/palvelunjarjestajan_toimintayksikko";
        writer::organisation(organiser.as_organisation(), place)
    });
    writer::set(
        document,
        "palvelunjarjestajan_toimintayksikko",
        organiser.transpose()?,
    );
    write_units(document, &relation.units, "/asiakkuusasiakirja")?;
    write_blocks(document, &relation.service_tasks)?;
    if let Some(period) = relation.child_protection {
        let child_protection = writer::object(document, "lastensuojelun_asiakkuus");
        writer::set(
            child_protection,
            CHILD_START,
            Some(writer::day(period.start)),
        );
        writer::set(child_protection, CHILD_END, period.end.map(writer::day));
    } else {
        document.remove("lastensuojelun_asiakkuus");
    }
    Ok(writer.finish())
}

fn write_blocks(
    document: &mut Object,
    blocks: &[ServiceTaskBlock],
) -> Result<(), RelationContentError> {
    let mut old = writer::take_items(document, TASKS);
    let mut items = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let place = format!("/{DOCUMENT}/{TASKS}/{index}");
        let task = block.task.as_ref();
        let mut item = writer::take_matching(&mut old, |item| {
            text_at(item, "palvelutehtava", "code") == Some(task.code())
        });
        let code = writer::code(task, &format!("{place}/palvelutehtava"))?;
        writer::set(&mut item, "palvelutehtava", Some(code));
        write_units(&mut item, &block.units, &place)?;
        write_producers(&mut item, &block.producers, &place)?;
        items.push(item);
    }
    writer::set_items(document, TASKS, items);
    Ok(())
}

fn write_producers(
    block: &mut Object,
    producers: &[ServiceProducer],
    place: &str,
) -> Result<(), RelationContentError> {
    let mut old = writer::take_items(block, PRODUCERS);
    let mut items = Vec::new();
    for (index, producer) in producers.iter().enumerate() {
        let place = format!("{place}/{PRODUCERS}/{index}");
        let mut item = take_unit(&mut old, &producer.unit, producer.period);
        write_unit(&mut item, &producer.unit, producer.period, &place)?;
        write_services(&mut item, &producer.services, &place)?;
        let mut old = writer::take_items(&mut item, PERFORMERS);
        let mut performers = Vec::new();
        for (index, performer) in producer.performers.iter().enumerate() {
            let place = format!("{place}/{PERFORMERS}/{index}");
            let mut item = take_unit(&mut old, &performer.unit, performer.period);
            write_unit(&mut item, &performer.unit, performer.period, &place)?;
            write_services(&mut item, &performer.services, &place)?;
            performers.push(item);
        }
        writer::set_items(&mut item, PERFORMERS, performers);
        items.push(item);
    }
    writer::set_items(block, PRODUCERS, items);
    Ok(())
}

fn write_units(
    parent: &mut Object,
    units: &[UnitRelation],
    place: &str,
) -> Result<(), RelationContentError> {
    let mut old = writer::take_items(parent, UNITS);
    let mut items = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        let mut item = take_unit(&mut old, &unit.unit, unit.period);
        let place = format!("{place}/{UNITS}/{index}");
        write_unit(&mut item, &unit.unit, unit.period, &place)?;
        items.push(item);
    }
    writer::set_items(parent, UNITS, items);
    Ok(())
}

/// Takes the block of a unit from its first day on out of the old ones: it may hold addresses and contact persons.
fn take_unit(old: &mut Vec<Object>, unit: &ServiceUnit, period: Period) -> Object {
    let start = period.start.to_string();
    writer::take_matching(old, |item| {
        text_at(item, UNIT, "code") == Some(unit.oid().as_oid().as_str())
            && item.get(START).and_then(Value::as_str) == Some(&start)
    })
}

fn write_unit(
    item: &mut Object,
    unit: &ServiceUnit,
    period: Period,
    place: &str,
) -> Result<(), RelationContentError> {
    let organisation: &Organisation = unit.as_organisation();
    let name = writer::organisation(organisation, &format!("{place}/{UNIT}"))?;
    writer::set(item, UNIT, Some(name));
    write_period(item, period);
    Ok(())
}

fn write_services(
    item: &mut Object,
    services: &[SocialService],
    place: &str,
) -> Result<(), RelationContentError> {
    let codes = services
        .iter()
        .map(|service| writer::code(service.as_ref(), &format!("{place}/{SERVICES}")))
        .collect::<Result<Vec<_>, _>>()?;
    writer::set(item, SERVICES, (!codes.is_empty()).then_some(codes));
    Ok(())
}

fn write_period(item: &mut Object, period: Period) {
    writer::set(item, START, Some(writer::day(period.start)));
    writer::set(item, END, period.end.map(writer::day));
}

fn text_at<'o>(item: &'o Object, group: &str, name: &str) -> Option<&'o str> {
    item.get(group)?.get(name)?.as_str()
}
