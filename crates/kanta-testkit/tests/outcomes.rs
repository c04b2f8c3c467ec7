//! What the client says when something goes wrong between it and the archive, and that nothing is lost or doubled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use kanta_client::cda::{Content, Draft, SignOptions, Signed};
use kanta_client::core::codes::{RetentionClass, SpecialContent};
use kanta_client::core::metadata::{Client, ClientRelationDocument, DocumentMetadata};
use kanta_client::core::{
    ClientIdentifier, ClientRelationId, DocumentOid, Instant, TemporaryId, VersionNumber,
};
use kanta_client::transport::TransportError;
use kanta_client::{ClientError, Outcome, Retry, Unknown};
use kanta_testkit::{Fault, TestArchive, people, structures, test_spec};

async fn archive() -> TestArchive {
    TestArchive::start(vec![structures::client_relation()])
        .await
        .unwrap()
}

fn document(
    archive: &TestArchive,
    number: u64,
    change: impl FnOnce(&mut DocumentMetadata),
) -> Signed {
    let structure = structures::client_relation();
    let mut content = Content::new(&structure);
    content.set("asiakas.sukunimi", "Kuvitelma").unwrap();
    content.set("asiakas.etunimet", "Aino").unwrap();
    content.set("asiakas.turvakielto", false).unwrap();
    let details = ClientRelationDocument {
        relation: ClientRelationId::new(people::county_oid(&format!("14.2026.{number}"))),
        client: people::child(),
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let id = DocumentOid::new(people::county_oid("11.2026").child(number));
    let time = Instant::parse("2026-02-02T08:15:30Z").unwrap();
    let mut metadata = DocumentMetadata::client_relation(&people::office(), id, time, details);
    change(&mut metadata);
    Draft::new(metadata, content)
        .check(&structure, &test_spec())
        .unwrap()
        .sign(
            &archive.signer().unwrap(),
            SignOptions::system(time),
            &test_spec(),
        )
        .unwrap()
}

#[tokio::test]
async fn after_every_fault_reconciling_tells_whether_the_document_is_there() {
    for (fault, stored) in [
        (Fault::AnswerHtml, false),
        (Fault::ServiceUnavailable, false),
        (Fault::CloseWithoutStoring, false),
        (Fault::CloseAfterStoring, true),
        (Fault::AnswerAboutOtherMessage, true),
        (Fault::HangAfterStoring, true),
    ] {
        let archive = archive().await;
        let client = archive
            .client_with_deadline(Duration::from_secs(2))
            .unwrap();
        let document = document(&archive, 1, |_| {});
        archive.script([fault]);
        let outcome = client.archive(&document, &people::context()).await.unwrap();
        assert!(
            matches!(outcome, Outcome::Unknown(_)),
            "{fault:?}: {outcome:?}"
        );
        assert_eq!(outcome.retry(), Retry::AfterReconcile);
        let found = client
            .reconcile(&document, &people::context())
            .await
            .unwrap();
        assert_eq!(found.is_some(), stored, "{fault:?}");
        if found.is_none() {
            let outcome = client.archive(&document, &people::context()).await.unwrap();
            assert!(
                matches!(outcome, Outcome::Archived(_)),
                "{fault:?}: {outcome:?}"
            );
        }
        assert_eq!(archive.documents().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_a_web_page_says_so() {
    let archive = archive().await;
    archive.script([Fault::AnswerHtml]);
    let document = document(&archive, 1, |_| {});
    let outcome = archive
        .client()
        .unwrap()
        .archive(&document, &people::context())
        .await
        .unwrap();
    let Outcome::Unknown(Unknown::NotUnderstood(why)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(why.contains("KANTA-FRAME-HTML"), "{why}");
}

#[tokio::test]
async fn an_archive_that_is_down_gets_nothing_and_may_be_tried_again() {
    let archive = archive().await;
    let client = archive.client().unwrap();
    let document = document(&archive, 1, |_| {});
    drop(archive);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = client
        .archive(&document, &people::context())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::Transport(TransportError::Unreachable(_))
        ),
        "{error}"
    );
    assert!(matches!(error.retry(), Retry::After(_)));
}

#[tokio::test]
async fn the_archive_refuses_what_is_published_that_it_refuses() {
    let archive = archive().await;
    let client = archive.client().unwrap();
    let root = people::county_oid("22.2026");
    let temporary = |name: &str| {
        let identifier =
            ClientIdentifier::Temporary(TemporaryId::new(root.clone(), "010111A998W").unwrap());
        let family = kanta_client::core::PersonName::new(["Aino"], name).unwrap();
        Client::new(identifier, family)
    };
    let first = document(&archive, 1, |metadata| {
        metadata.client = Some(temporary("Kuvitelma"));
    });
    let outcome = client.archive(&first, &people::context()).await.unwrap();
    assert!(matches!(outcome, Outcome::Archived(_)), "{outcome:?}");
    for (number, change, code) in [
        (1, None, "TEST-DUPLICATE"),
        (2, Some(true), "TEST-TEMPORARY-ID-IN-USE"),
        (3, Some(false), "TEST-VERSION"),
    ] {
        let refused = document(&archive, number, |metadata| match change {
            Some(true) => metadata.client = Some(temporary("Toinen")),
            Some(false) => {
                metadata.version = VersionNumber::new(3).unwrap();
                metadata.set_id = first.metadata().set_id.clone();
            }
            None => {}
        });
        let outcome = client.archive(&refused, &people::context()).await.unwrap();
        let Outcome::Rejected(report) = &outcome else {
            panic!("{code}: {outcome:?}");
        };
        assert!(report.has(code), "{code} is not among {report}");
        assert_eq!(outcome.retry(), Retry::Never);
    }
    assert_eq!(archive.documents().len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let archive = archive().await;
    let id = DocumentOid::new(people::county_oid("11.2026.404"));
    let error = archive
        .client()
        .unwrap()
        .fetch(&id, &people::context())
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::NotFound), "{error}");
}
