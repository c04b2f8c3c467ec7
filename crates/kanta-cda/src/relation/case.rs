//! The case document, 1505.2.

use kanta_core::relation::{Case, CaseClient, CaseOpening};
use kanta_core::{CaseId, ServiceOrganiser, VersionNumber};

use super::error::RelationContentError;
use super::reader::Node;
use super::writer::{self, Object, Writer};
use crate::json::Json;

const DOCUMENT: &str = "asia_asiakirja";
const JOINED: &str = "asiaan_liittymishetki";
const LEFT: &str = "asiasta_poistumishetki";

/// Reads a case from the content of a case document (Finnish: asia-asiakirja). The version is told by the document's header.
///
/// Nothing is judged here: [`Case::check`] does that.
///
/// # Errors
/// `KANTA-RELATION-CONTENT` with the JSON pointer: not JSON, a mandatory field is missing, a code, day or identifier is none.
///
/// ```
/// use kanta_cda::relation::read_case;
/// use kanta_core::VersionNumber;
///
/// let error = read_case(br#"{"asia_asiakirja": {}}"#, VersionNumber::FIRST).unwrap_err();
/// assert_eq!(error.pointer(), "/asia_asiakirja/asian_tiedot");
/// ```
pub fn read_case(content: &[u8], version: VersionNumber) -> Result<Case, RelationContentError> {
    let json = Json::parse(content).map_err(|error| RelationContentError::of_json(&error))?;
    let document = Node::document(&json, DOCUMENT)?;
    let facts = document.demand("asian_tiedot")?;
    let opening = CaseOpening {
        id: CaseId::new(facts.demand("asiatunnus")?.as_oid()?),
        kind: facts.demand("nimi")?.as_code_of()?,
        organiser: ServiceOrganiser::new(
            document
                .demand("palvelunjarjestajan_toimintayksikko")?
                .as_organisation()?,
        ),
        service_task: facts.demand("palvelutehtava")?.as_code_of()?,
        day: facts.demand("avauspaiva")?.as_day()?,
    };
    let mut case = Case::bare(opening, version, facts.demand("tila")?.as_code_of()?);
    case.kind_text = facts.text("lisatieto_luokkaan_muu")?;
    case.closed = facts.day("paattymispaiva")?;
    case.joint = facts.switch("yhteinen_asia")?;
    for node in document.items("asiakas")? {
        let mut client = CaseClient::new(node.identity()?, node.name()?);
        client.birth_date = node.whole_day("syntymaaika");
        client.joined = node.moment(JOINED)?;
        client.left = node.moment(LEFT)?;
        case.clients.push(client);
    }
    Ok(case)
}

/// Writes a case into content, onto that of the version before when there is one.
///
/// # Errors
/// `KANTA-RELATION-CONTENT`: the version before is not JSON, a code or the organiser has no name, or a moment of joining or
/// leaving is neither a day nor a time to the second with offset.
pub fn write_case(case: &Case, previous: Option<&[u8]>) -> Result<Vec<u8>, RelationContentError> {
    let mut writer = Writer::onto(previous)?;
    let document = writer.document(DOCUMENT);
    let place = |name: &str| format!("/{DOCUMENT}/{name}");
    let organiser = writer::organisation(
        case.organiser.as_organisation(),
        &place("palvelunjarjestajan_toimintayksikko"),
    )?;
    writer::set(
        document,
        "palvelunjarjestajan_toimintayksikko",
        Some(organiser),
    );

    let mut old = writer::take_items(document, "asiakas");
    let mut clients = Vec::new();
    for (index, client) in case.clients.iter().enumerate() {
        clients.push(write_client(
            client,
            &mut old,
            &place(&format!("asiakas/{index}")),
        )?);
    }
    writer::set_items(document, "asiakas", clients);

    let facts = writer::object(document, "asian_tiedot");
    let code = |name: &str, value| writer::code(value, &place(&format!("asian_tiedot/{name}")));
    writer::set(
        facts,
        "asiatunnus",
        Some(writer::oid(case.id.as_oid(), None)),
    );
    writer::set(facts, "nimi", Some(code("nimi", case.kind.as_ref())?));
    writer::set(facts, "lisatieto_luokkaan_muu", case.kind_text.clone());
    writer::set(facts, "tila", Some(code("tila", case.state.as_ref())?));
    writer::set(facts, "avauspaiva", Some(writer::day(case.opened)));
    writer::set(facts, "paattymispaiva", case.closed.map(writer::day));
    writer::set(facts, "yhteinen_asia", Some(case.joint));
    let task = code("palvelutehtava", case.service_task.as_ref())?;
    writer::set(facts, "palvelutehtava", Some(task));
    Ok(writer.finish())
}

fn write_client(
    client: &CaseClient,
    old: &mut Vec<Object>,
    place: &str,
) -> Result<Object, RelationContentError> {
    let moment = |name: &str, stamp: &Option<_>| {
        let stamp = stamp.as_ref();
        stamp
            .map(|stamp| writer::moment(stamp, &format!("{place}/{name}")))
            .transpose()
    };
    let joined = moment(JOINED, &client.joined)?;
    let mut fresh = Object::new();
    writer::set_identity(&mut fresh, &client.identity);
    // Who stands twice, having come back, is told apart by the moment of joining.
    let mut item = writer::take_matching(old, |item| {
        let same = |name: &str| {
            let value = |object: &Object| object.get(name)?.get("value").cloned();
            value(item).is_some() && value(item) == value(&fresh)
        };
        (same("henkilotunnus") || same("tilapainen_yksilointitunnus"))
            && item.get(JOINED) == joined.as_ref()
    });
    writer::set_name(&mut item, &client.name);
    writer::set_identity(&mut item, &client.identity);
    if let Some(birth_date) = client.birth_date {
        writer::set(&mut item, "syntymaaika", Some(writer::day(birth_date)));
    }
    writer::set(&mut item, JOINED, joined);
    writer::set(&mut item, LEFT, moment(LEFT, &client.left)?);
    Ok(item)
}
