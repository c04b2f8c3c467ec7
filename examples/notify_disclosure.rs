//! A plan was handed out past Kanta, on paper, with a permit that is not in the will service: the disclosure is told to the
//! log register, signed by the organisation's system.

use kanta_client::core::codes::{DocumentType, ServiceTask};
use kanta_client::core::{Date, Organisation, OrganisationOid, RegisterKeeper, ServiceUnit};
use kanta_client::disclosures::NoticeOutcome;
use kanta_client::fhir::notice::{
    Basis, DisclosedData, Discloser, Disclosure, DisclosureNotice, NamedCode, NoticeLanguage,
    Permit, Recipient, TransferId, What,
};
use kanta_examples::{Result, now};
use kanta_testkit::people;
use kanta_testkit::register::{TestRegister, caller};

#[tokio::main]
async fn main() -> Result<()> {
    // In production: Kela's service, your certificates, and your own bundle of the values that Kela's guide gives.
    let server = TestRegister::start().await?;
    let (register, signer) = (server.client()?, server.signer()?);
    println!("A test log register listens at {}.", server.url());
    let what =
        What::general_type(DocumentType::PLAN).with_description("Suunnitelma, kevät 2026")?;
    let plan = DisclosedData::new(ServiceTask::FAMILIES_WITH_CHILDREN, what);
    let notice = DisclosureNotice::new(disclosure()?, plan)?;
    let disclosures = register.disclosures();
    let prepared = disclosures.prepare(&notice.into(), &signer)?;
    println!("The notice passed every rule and is signed; keep its bytes until it is settled.");
    match disclosures.send(&prepared, &caller(), &signer).await? {
        NoticeOutcome::Stored(entries) => {
            for location in entries.iter().filter_map(|entry| entry.location.as_ref()) {
                println!("Stored as {location}.");
            }
        }
        NoticeOutcome::Rejected(findings) => return Err(format!("rejected: {findings}").into()),
        // It may have been stored, and nobody can be asked: it waits for a person, never for a loop.
        NoticeOutcome::Unknown(parked) => return Err(parked.reason().to_owned().into()),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

fn disclosure() -> Result<Disclosure> {
    let recipient = OrganisationOid::new(people::county_oid("10.77"))?;
    Ok(Disclosure {
        // Identifiers are yours: below your organisation's OID, with numbers that never come again.
        id: TransferId::new(people::county_oid("10.0.95.2026.1"))?,
        provenance_id: TransferId::new(people::county_oid("10.0.95.2026.2"))?,
        language: NoticeLanguage::Finnish,
        disclosed_at: now()?,
        recorded_at: now()?,
        kind: NamedCode::new("TEST-KIND", "Testi: suoraluovutus")?,
        purpose: NamedCode::new("TEST-PURPOSE", "Testi: sosiaalihuollon toteuttaminen")?,
        basis: Basis::Permit(Permit {
            given_on: Date::new(2026, 2, 27)?,
        }),
        client: people::child().identifier,
        discloser: Discloser {
            register_keeper: RegisterKeeper::new(people::county()),
            unit: ServiceUnit::new(people::service_unit()),
            professional: people::social_worker(),
            title: "sosiaalityöntekijä".to_owned(),
            authentication: NamedCode::new("TEST-CARD", "Testi: varmennekortti")?,
        },
        recipient: Recipient::Organisation(Organisation::new(recipient, "Toinen kuvitelma")),
        software: people::office().software,
    })
}
