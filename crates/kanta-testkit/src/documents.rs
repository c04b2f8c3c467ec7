//! Fictional documents in any number, for tests of queues and mass runs.

use kanta_client::cda::structure::Structure;
use kanta_client::cda::{Content, ContentError, Draft};
use kanta_client::core::codes::{
    DocumentType, RetentionClass, ServiceProcess, ServiceTask, SpecialContent,
};
use kanta_client::core::metadata::{
    Client, ClientDocument, ClientRelationDocument, DocumentMetadata, Replaced,
};
use kanta_client::core::{
    CaseId, ClientRelationId, CodedValue, Date, DocumentOid, Instant, InvalidValue, Oid,
    PersonName, VersionNumber,
};

use crate::{people, structures};

/// Returns the identifier of the document with a number; versions after the first have a number of their own.
#[must_use]
pub fn document_oid(number: u64) -> DocumentOid {
    DocumentOid::new(people::county_oid(&format!("11.2026.{number}")))
}

/// Returns the case that the documents here belong to.
#[must_use]
pub fn case_id() -> CaseId {
    CaseId::new(people::county_oid("14.2026.2"))
}

/// Returns what the metadata of a plan about the child say.
#[must_use]
pub fn client_document() -> ClientDocument {
    ClientDocument {
        general_type: DocumentType::PLAN,
        specific_type: DocumentType::FAMILY_SERVICES_CLIENT_PLAN,
        client: people::child(),
        author: people::social_worker(),
        case: case_id(),
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        service_process: ServiceProcess::PLANNING,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    }
}

/// Returns the made-up ground of a correction that the test archive has: the national list is not public.
#[must_use]
pub fn correction_ground() -> CodedValue {
    let grounds = Oid::parse("2.999.5").expect("the text is an object identifier");
    CodedValue::new("TEST-CORRECTION", grounds)
}

/// Fills the block of a client: name and identifier.
///
/// # Errors
/// [`ContentError`] when the structure has no such block.
pub fn set_client(
    content: &mut Content<'_>,
    block: &str,
    client: &Client,
) -> Result<(), ContentError> {
    set_name(content, block, &client.name)?;
    content.set(
        &format!("{block}.henkilotunnus"),
        client.identifier.expose(),
    )?;
    Ok(())
}

/// Fills the name of a person's block.
///
/// # Errors
/// [`ContentError`] when the structure has no such block.
pub fn set_name(
    content: &mut Content<'_>,
    block: &str,
    name: &PersonName,
) -> Result<(), ContentError> {
    content.set(&format!("{block}.sukunimi"), name.family())?;
    content.set(&format!("{block}.etunimet"), name.given().join(" "))?;
    Ok(())
}

/// Makes the content of a client plan about the child; `situation` is its longest text.
#[must_use]
pub fn client_plan_content<'s>(structure: &'s Structure, situation: &str) -> Content<'s> {
    let mut content = Content::new(structure);
    let mut fill = || -> Result<(), Box<dyn std::error::Error>> {
        set_client(&mut content, "asiakas[0]", &people::child())?;
        content.set("suunnitelma.kuvaus_asiakkaan_tilanteesta", situation)?;
        content.set("paivamaara", Date::new(2026, 2, 2)?)?;
        set_name(&mut content, "laatija[0]", &people::social_worker().name)?;
        Ok(())
    };
    fill().expect("the paths are those of our own structure");
    content
}

/// Makes the content of a client-relation document of the child with one service task, in our own structure
/// ([`structures::client_relation`]).
#[must_use]
pub fn client_relation_content<'s>(
    structure: &'s Structure,
    relation: &ClientRelationId,
) -> Content<'s> {
    let mut content = Content::new(structure);
    let mut fill = || -> Result<(), Box<dyn std::error::Error>> {
        let begins = Date::new(2026, 1, 12)?;
        content.set("asiakkuuden_yksilointitunnus", relation)?;
        set_client(&mut content, "asiakas", &people::child())?;
        content.set("asiakas.turvakielto", false)?;
        content.set("sosiaalihuollon_asiakkuus.asiakkuuden_alkamispvm", begins)?;
        content.set("palvelunjarjestajan_toimintayksikko", people::county())?;
        let task = "sosiaalihuollon_palvelutehtava[0]";
        let unit = format!("{task}.palvelunjarjestajan_palveluyksikko[0]");
        content.set(
            &format!("{task}.palvelutehtava"),
            ServiceTask::FAMILIES_WITH_CHILDREN,
        )?;
        content.set(
            &format!("{unit}.palveluyksikon_nimi"),
            people::service_unit(),
        )?;
        content.set(&format!("{unit}.asiakkuuden_alkamispvm"), begins)?;
        Ok(())
    };
    fill().expect("the paths are those of our own structure");
    content
}

/// Makes a draft of a client-relation document; every number is a client relation of its own.
#[must_use]
pub fn client_relation(number: u64, made: Instant) -> Draft {
    let structure = structures::client_relation();
    let relation = ClientRelationId::new(people::county_oid(&format!("14.2026.{number}")));
    let content = client_relation_content(&structure, &relation);
    let details = ClientRelationDocument {
        relation,
        client: people::child(),
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let id = document_oid(number);
    let metadata = DocumentMetadata::client_relation(&people::office(), id, made, details);
    Draft::new(metadata, content)
}

/// Makes a draft of a client plan; `situation` is its longest text.
#[must_use]
pub fn client_plan(number: u64, situation: &str, made: Instant) -> Draft {
    plan(document_oid(number), None, situation, made)
}

/// Makes a draft of a later version of a client plan; `number` is that of the new identifier. The second version replaces
/// `first`, a later one the document whose number is one less.
///
/// # Errors
/// [`InvalidValue`] for the version 0.
pub fn client_plan_version(
    first: u64,
    number: u64,
    version: u32,
    made: Instant,
) -> Result<Draft, InvalidValue> {
    let version = VersionNumber::new(version)?;
    let before = if version.as_u32() == 2 {
        first
    } else {
        number - 1
    };
    let replaced = Replaced {
        id: document_oid(before),
        set_id: Some(document_oid(first)),
        version: VersionNumber::new(version.as_u32() - 1).ok(),
    };
    Ok(plan(
        document_oid(number),
        Some((document_oid(first), version, replaced)),
        "Tilanne on muuttunut.",
        made,
    ))
}

fn plan(
    id: DocumentOid,
    chain: Option<(DocumentOid, VersionNumber, Replaced)>,
    situation: &str,
    made: Instant,
) -> Draft {
    let structure = structures::client_plan();
    let content = client_plan_content(&structure, situation);
    let mut metadata =
        DocumentMetadata::client_document(&people::office(), id, made, client_document());
    if let Some((first, version, replaced)) = chain {
        metadata.replaces = Some(replaced);
        metadata.set_id = first;
        metadata.version = version;
        metadata.correction_ground = Some(correction_ground());
    }
    Draft::new(metadata, content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_spec;

    #[test]
    fn all_of_them_pass_every_rule() {
        let (made, spec) = (Instant::from_unix(1_770_000_000, 0).unwrap(), test_spec());
        let plan = structures::client_plan();
        client_relation(1, made)
            .check(&structures::client_relation(), &spec)
            .unwrap();
        client_plan(2, "Perhe toivoo apua aamuihin.", made)
            .check(&plan, &spec)
            .unwrap();
        client_plan_version(2, 3, 2, made)
            .unwrap()
            .check(&plan, &spec)
            .unwrap();
        assert!(client_plan_version(2, 3, 0, made).is_err());
    }
}
