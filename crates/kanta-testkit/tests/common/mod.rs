//! What the tests of client and archive share: an archive, documents and clients of it.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::time::Duration;

use kanta_client::cda::structure::Structure;
use kanta_client::cda::{CheckContext, Draft, SignOptions, Signed};
use kanta_client::core::codes::{RetentionClass, SpecialContent};
use kanta_client::core::metadata::{
    Client, ClientDocument, ClientRelationDocument, DocumentMetadata, Office,
};
use kanta_client::core::{ClientRelationId, Date, Instant, Oid, Organisation};
use kanta_client::sign::SoftwareSigner;
use kanta_client::transport::{Endpoint, HttpsPost};
use kanta_client::{ArchiveClient, Hits, Outcome, RequestContext, RetryPolicy};
use kanta_testkit::{
    Fault, TestArchive, TestArchiveOptions, documents, people, structures, test_spec,
};

/// How long is waited for answers that never come.
pub(crate) const SHORT: Duration = Duration::from_millis(300);
/// How long is waited for answers that come, on a busy machine too.
pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) fn options() -> TestArchiveOptions {
    TestArchiveOptions {
        structures: structures::all(),
        ..TestArchiveOptions::default()
    }
}

pub(crate) async fn archive() -> TestArchive {
    TestArchive::start_with(options()).await.unwrap()
}

/// A transport whose connections and sessions are its own.
pub(crate) fn transport(archive: &TestArchive, attempt: Duration) -> HttpsPost {
    let mut endpoint: Endpoint = archive.endpoint().unwrap().with_attempt_timeout(attempt);
    endpoint.max_answer_bytes = 1 << 20;
    archive.transport(endpoint).unwrap()
}

pub(crate) fn client(archive: &TestArchive) -> ArchiveClient {
    ArchiveClient::new(test_spec(), transport(archive, LONG)).storing_first_phase_documents()
}

/// A client that does not wait long for an answer that a fault keeps back.
pub(crate) fn client_for(archive: &TestArchive, fault: Fault) -> ArchiveClient {
    let hangs = matches!(
        fault,
        Fault::HangWithoutStoring | Fault::HangAfterStoring | Fault::HangInAnswer
    );
    let attempt = if hangs { SHORT } else { LONG };
    ArchiveClient::new(test_spec(), transport(archive, attempt)).storing_first_phase_documents()
}

/// Waits short enough for tests.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default()
        .with_waits(Duration::from_millis(5), Duration::from_millis(50))
        .with_deadline(Duration::from_secs(60))
}

pub(crate) fn time() -> Instant {
    Instant::parse("2026-02-02T08:15:30Z").unwrap()
}

/// Archives a document, which no one refuses.
pub(crate) async fn store(client: &ArchiveClient, document: &Signed, context: &RequestContext) {
    let receipt = client.archive(document, context).await.unwrap();
    assert!(
        matches!(receipt.outcome, Outcome::Archived(_)),
        "{receipt:?}"
    );
}

/// The identifiers of what was found.
pub(crate) fn ids(hits: &Hits) -> Vec<String> {
    let ids = hits.entries.iter().filter_map(|entry| entry.id.as_ref());
    ids.map(Oid::to_string).collect()
}

/// A client-relation document of the county; `producer` gets the right to use the register.
pub(crate) fn relation_of(
    signer: &SoftwareSigner,
    number: u64,
    producer: Option<(&Organisation, Option<&str>)>,
    change: impl FnOnce(&mut DocumentMetadata),
) -> Signed {
    let structure = structures::client_relation();
    let relation = ClientRelationId::new(people::county_oid(&format!("14.2026.{number}")));
    let mut content = documents::client_relation_content(&structure, &relation);
    let begins = Date::new(2026, 1, 12).unwrap();
    if let Some((unit, ends)) = producer {
        let block = "sosiaalihuollon_palvelutehtava[0].palveluntuottaja[0]";
        content
            .set(&format!("{block}.palveluyksikon_nimi"), unit.clone())
            .unwrap();
        content
            .set(&format!("{block}.asiakkuuden_alkamispvm"), begins)
            .unwrap();
        if let Some(ends) = ends {
            content
                .set(
                    &format!("{block}.asiakkuuden_paattymispvm"),
                    Date::parse(ends).unwrap(),
                )
                .unwrap();
        }
    }
    let details = ClientRelationDocument {
        relation,
        client: people::child(),
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let mut metadata = DocumentMetadata::client_relation(
        &people::office(),
        documents::document_oid(number),
        time(),
        details,
    );
    change(&mut metadata);
    signed_by(signer, &Draft::new(metadata, content), &structure)
}

/// A document that was made as a draft, signed by the system.
pub(crate) fn signed(
    archive: &TestArchive,
    draft: &Draft,
    structure: Option<&Structure>,
) -> Signed {
    signed_by(&archive.signer().unwrap(), draft, structure)
}

fn signed_by<'c>(
    signer: &SoftwareSigner,
    draft: &Draft,
    context: impl Into<CheckContext<'c>>,
) -> Signed {
    let valid = draft.check(context, &test_spec()).unwrap();
    let options = SignOptions::system(time());
    valid.sign(signer, options, &test_spec()).unwrap()
}

pub(crate) fn with_structure(archive: &TestArchive, made: (Draft, Structure)) -> Signed {
    signed(archive, &made.0, Some(&made.1))
}

pub(crate) fn relation(archive: &TestArchive, number: u64) -> Signed {
    relation_of(&archive.signer().unwrap(), number, None, |_| {})
}

/// A plan about the child, made in an office.
pub(crate) fn plan_in(
    signer: &SoftwareSigner,
    office: &Office,
    number: u64,
    client: Client,
    change: impl FnOnce(&mut DocumentMetadata),
) -> Signed {
    let structure = structures::client_plan();
    let content = documents::client_plan_content(&structure, "Perhe toivoo apua aamuihin.");
    let details = ClientDocument {
        client,
        ..documents::client_document()
    };
    let mut metadata =
        DocumentMetadata::client_document(office, documents::document_oid(number), time(), details);
    change(&mut metadata);
    signed_by(signer, &Draft::new(metadata, content), &structure)
}

pub(crate) fn plan(archive: &TestArchive, number: u64) -> Signed {
    let signer = archive.signer().unwrap();
    plan_in(&signer, &people::office(), number, people::child(), |_| {})
}

/// The version of a plan that follows `before`.
pub(crate) fn next_plan(archive: &TestArchive, number: u64, before: &Signed) -> Signed {
    let signer = archive.signer().unwrap();
    let (office, before) = (people::office(), before.metadata());
    plan_in(&signer, &office, number, people::child(), |metadata| {
        let next = before
            .revise()
            .correct(documents::correction_ground())
            .into_version(documents::document_oid(number), time());
        *metadata = next.unwrap();
    })
}
