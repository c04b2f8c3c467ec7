//! Fictional documents in any number, for tests of queues and mass runs.

use kanta_client::cda::structure::Structure;
use kanta_client::cda::{Content, Draft};
use kanta_client::core::codes::{
    DocumentType, RetentionClass, ServiceProcess, ServiceTask, SpecialContent,
};
use kanta_client::core::metadata::{
    ClientDocument, ClientRelationDocument, DocumentMetadata, Replaced,
};
use kanta_client::core::{
    CaseId, ClientRelationId, CodedValue, Date, DocumentOid, Instant, InvalidValue, Oid,
    VersionNumber,
};

use crate::{people, structures};

/// Returns the identifier of the document with a number; versions after the first have a number of their own.
#[must_use]
pub fn document_oid(number: u64) -> DocumentOid {
    DocumentOid::new(people::county_oid(&format!("11.2026.{number}")))
}

/// Makes the content of a client-relation document of the child with one service task, in our own structure
/// ([`structures::client_relation`]).
#[must_use]
pub fn client_relation_content<'s>(
    structure: &'s Structure,
    relation: &ClientRelationId,
) -> Content<'s> {
    let client = people::child();
    let mut content = Content::new(structure);
    let mut fill = || -> Result<(), Box<dyn std::error::Error>> {
        let begins = Date::new(2026, 1, 12)?;
        content.set("asiakkuuden_yksilointitunnus", relation)?;
        content.set("asiakas.sukunimi", client.name.family())?;
        content.set("asiakas.etunimet", client.name.given().join(" "))?;
        content.set("asiakas.henkilotunnus", client.identifier.expose())?;
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
    let (client, author) = (people::child(), people::social_worker());
    let mut content = Content::new(&structure);
    let mut fill = || -> Result<(), Box<dyn std::error::Error>> {
        content.set("asiakas[0].sukunimi", client.name.family())?;
        content.set("asiakas[0].etunimet", client.name.given().join(" "))?;
        content.set("asiakas[0].henkilotunnus", client.identifier.expose())?;
        content.set("suunnitelma.kuvaus_asiakkaan_tilanteesta", situation)?;
        content.set("paivamaara", Date::new(2026, 2, 2)?)?;
        content.set("laatija[0].sukunimi", author.name.family())?;
        content.set("laatija[0].etunimet", author.name.given().join(" "))?;
        Ok(())
    };
    fill().expect("the paths are those of our own structure");
    let details = ClientDocument {
        general_type: DocumentType::PLAN,
        specific_type: DocumentType::FAMILY_SERVICES_CLIENT_PLAN,
        client,
        author,
        case: CaseId::new(people::county_oid("14.2026.2")),
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        service_process: ServiceProcess::PLANNING,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let mut metadata = DocumentMetadata::client_document(&people::office(), id, made, details);
    if let Some((first, version, replaced)) = chain {
        metadata.replaces = Some(replaced);
        metadata.set_id = first;
        metadata.version = version;
        // The national list of grounds is not public.
        let grounds = Oid::parse("2.999.5").expect("the text is an object identifier");
        metadata.correction_ground = Some(CodedValue::new("TEST-CORRECTION", grounds));
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
