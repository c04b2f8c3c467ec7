//! A plan was handed out past Kanta, on paper, with a permit that is not in the will service: the disclosure is told to the
//! log register, signed by the organisation's system, through an outbox that loses nothing.

use std::sync::Arc;

use kanta_client::core::codes::{DocumentType, ServiceTask};
use kanta_client::core::{Date, Organisation, OrganisationOid, RegisterKeeper, ServiceUnit};
use kanta_client::fhir::notice::{
    Basis, DisclosedData, Discloser, Disclosure, DisclosureNotice, NamedCode, NoticeLanguage,
    Permit, Recipient, TransferId, What,
};
use kanta_client::outbox::sqlite::{self, SqliteOptions};
use kanta_client::outbox::{
    BundleStamp, NewEntry, NoticeCourier, Outbox, State, Until, Worker, WorkerOptions,
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
    let signed = register.disclosures().prepare(&notice.into(), &signer)?;

    // From here on nothing is lost, whatever happens to the process.
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("outbox.db");
    let outbox = Arc::new(sqlite::open(&path, SqliteOptions::default()).await?);
    let bundle = Arc::new(BundleStamp::of(register.spec()));
    let entry = NewEntry::notices(&signed, &bundle);
    let oid = entry.oid().clone();
    outbox.put(vec![entry]).await?;
    println!("The notice passed every rule, is signed and waits in the outbox.");

    let courier = NoticeCourier::with_caller(register, caller(), Arc::new(signer));
    let worker = Worker::new(outbox.clone(), Arc::new(courier), WorkerOptions::default());
    worker.run(Until::Drained).await?;
    let told = outbox.entry(oid).await?;
    println!("It is {}: {}", told.state, told.findings);
    match told.state {
        State::Archived => Ok(()),
        // Parked: it may have been stored, and nobody can be asked. It waits for a person, never for a loop.
        _ => Err("the notice was not stored".into()),
    }
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
