//! A first document, all the way: typed values become a checked, signed document in the archive and come back.
//! `--out DIR` leaves the plan's files (and the other document's below); `--structures DIR` takes THL's structures.

use kanta_client::cda::structure::{Language, Structure};
use kanta_client::cda::{Content, Draft, SignOptions, verify};
use kanta_client::core::codes::{
    DocumentType, RetentionClass, ServiceProcess, ServiceTask, SocialService, SpecialContent,
};
use kanta_client::core::metadata::{ClientDocument, ClientRelationDocument, DocumentMetadata};
use kanta_client::core::{CaseId, ClientRelationId, Date, DocumentOid};
use kanta_client::{Outcome, xml::Limits};
use kanta_examples::{Arguments, Result, leave_files, now};
use kanta_testkit::{TestArchive, people};

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::read()?;
    let (relation, plan) = arguments.relation_and_plan()?;
    // In production: Kela's service, your certificates from DVV, and your own bundle of the values that Kela gives.
    let archive = TestArchive::start(vec![relation.clone(), plan.clone()]).await?;
    let (client, signer) = (archive.client()?, archive.signer()?);
    let (spec, context) = (client.spec(), people::context());
    println!("A test archive listens at {}.", archive.url());
    let drafts = [
        (client_relation(&relation)?, &relation, "client-relation"),
        (client_plan(&plan)?, &plan, ""),
    ];
    for (draft, structure, folder) in drafts {
        let name = structure.title(Language::Finnish);
        let valid = draft.check(structure, spec)?;
        println!("{name}: passed every rule; its body never changes again.");
        let signed = valid.sign(&signer, SignOptions::system(now()?), spec)?;
        println!("{name}: signed, and the signature was verified.");
        let message = client.store_message(&signed, &context)?;
        if let Some(out) = &arguments.out {
            leave_files(&out.join(folder), &signed, &message, spec)?;
        }
        let id = &signed.metadata().id;
        // A broken connection would be `Unknown`: ask with `reconcile` before anything is sent again.
        match client.send(&message).await?.outcome {
            Outcome::Archived(_) => println!("{name}: archived as {id}."),
            other => return Err(format!("{name}: not archived: {other:?}").into()),
        }
        let fetched = client.fetch(id, &context).await?.document;
        if fetched != signed.as_xml() || !verify(&fetched, spec, &Limits::default())?.is_valid() {
            return Err(format!("{name}: came back changed").into());
        }
        println!("{name}: came back byte for byte, and its signature is valid.");
    }
    Ok(())
}

/// Opens a child's client relation (asiakkuusasiakirja).
fn client_relation(structure: &Structure) -> Result<Draft> {
    // Identifiers are yours: a prefix below your organisation's OID and a number that never comes again.
    let id = DocumentOid::new(people::county_oid("11.2026.1"));
    let relation = ClientRelationId::new(people::county_oid("14.2026.1"));
    let (client, begins) = (people::child(), Date::new(2026, 1, 12)?);
    let mut content = Content::new(structure);
    content.set("asiakkuuden_yksilointitunnus", &relation)?;
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
    let details = ClientRelationDocument {
        relation,
        client,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let metadata = DocumentMetadata::client_relation(&people::office(), id, now()?, details);
    Ok(Draft::new(metadata, content))
}

/// Writes the family's plan (lapsiperheiden palvelujen asiakassuunnitelma).
fn client_plan(structure: &Structure) -> Result<Draft> {
    let (client, author) = (people::child(), people::social_worker());
    let mut content = Content::new(structure);
    content.set("asiakas[0].sukunimi", client.name.family())?;
    content.set("asiakas[0].etunimet", client.name.given().join(" "))?;
    content.set("asiakas[0].henkilotunnus", client.identifier.expose())?;
    let service = "suunnitelma.palvelut_joita_asiakkaalle_suunnitellaan[0].sosiaalipalvelu";
    content.set(service, SocialService::SOCIAL_GUIDANCE)?;
    content.set(
        "suunnitelma.kuvaus_asiakkaan_tilanteesta",
        "Perhe toivoo apua aamuihin.",
    )?;
    content.set("paivamaara", Date::new(2026, 2, 2)?)?;
    content.set("laatija[0].sukunimi", author.name.family())?;
    content.set("laatija[0].etunimet", author.name.given().join(" "))?;
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
    let id = DocumentOid::new(people::county_oid("11.2026.2"));
    let metadata = DocumentMetadata::client_document(&people::office(), id, now()?, details);
    Ok(Draft::new(metadata, content))
}
