//! Every fault meets every use case, and each ends as it should: nothing is lost, nothing is doubled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use std::time::Duration;

use kanta_client::cda::Signed;
use kanta_client::core::metadata::{Client, Office, Replaced};
use kanta_client::core::{
    ClientIdentifier, CodedValue, DocumentOid, Oid, PersonName, TemporaryId, VersionNumber,
};
use kanta_client::transport::{TlsProblem, TransportError};
use kanta_client::{
    ArchiveClient, ClientError, ExtendedSearchGround, Outcome, RequestContext, Retry, Scope,
    SearchQuery, SummaryKind, Unknown,
};
use kanta_testkit::archive::Will;
use kanta_testkit::{Fault, TestArchive, documents, kinds, people};

use common::{
    archive, client, client_for, next_plan, plan, quick, relation, signed, with_structure,
};

/// What a fault must come to when a question meets it.
fn question_succeeds(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::SlowAnswer | Fault::AnswerTwice | Fault::OldAcknowledgement | Fault::OnlyAccepted
    )
}

/// What a fault must come to when one message that stores meets it.
fn check_first_outcome(fault: Fault, outcome: &Result<Outcome, ClientError>, what: &str) {
    let tls = |wanted: TlsProblem| matches!(outcome, Err(ClientError::Transport(TransportError::Tls { problem, .. })) if *problem == wanted);
    let right = match fault {
        Fault::RefuseConnection => matches!(
            outcome,
            Err(ClientError::Transport(TransportError::Unreachable(_)))
        ),
        Fault::ExpiredCertificate => tls(TlsProblem::ServerExpired),
        Fault::WrongHostCertificate => tls(TlsProblem::ServerWrongHost),
        Fault::UntrustedCertificate => tls(TlsProblem::ServerUnknownAuthority),
        Fault::RevokedCertificate => tls(TlsProblem::ServerRevoked),
        Fault::CertificatePage => tls(TlsProblem::ClientCertificateMissing),
        Fault::SlowAnswer | Fault::AnswerTwice | Fault::OldAcknowledgement => {
            matches!(outcome, Ok(Outcome::Archived(_)))
        }
        Fault::RefuseIntegrity => {
            matches!(outcome, Ok(Outcome::Rejected(report)) if report.has("4Y00007"))
        }
        Fault::RefuseAccess => {
            matches!(outcome, Ok(Outcome::Rejected(report)) if report.has("5Y00009"))
        }
        Fault::AnswerAboutOtherMessage => {
            matches!(outcome, Ok(Outcome::Unknown(Unknown::OtherMessage)))
        }
        Fault::OnlyAccepted => matches!(outcome, Ok(Outcome::Unknown(Unknown::OnlyAccepted))),
        Fault::AnswerHtml
        | Fault::InternalServerError
        | Fault::BadGateway
        | Fault::ServiceUnavailable
        | Fault::GatewayTimeout
        | Fault::EmptyAnswer
        | Fault::MalformedAnswer
        | Fault::AnswerWithoutAcknowledgement
        | Fault::SoapFault => matches!(outcome, Ok(Outcome::Unknown(Unknown::NotUnderstood(_)))),
        _ => matches!(outcome, Ok(Outcome::Unknown(Unknown::NoAnswer(_)))),
    };
    assert!(right, "{what}, {fault:?}: {outcome:?}");
}

/// Messages that store: one alone ends as it should, and going on until it is settled stores the document once.
async fn storing(what: &str, first_number: u64, make: impl Fn(&TestArchive, u64) -> Made) {
    let archive = archive().await;
    for (number, fault) in (first_number..).step_by(10).zip(Fault::ALL) {
        let made = make(&archive, number);
        for earlier in &made.earlier {
            let receipt = client(&archive)
                .archive(earlier, &people::context())
                .await
                .unwrap();
            assert!(
                matches!(receipt.outcome, Outcome::Archived(_)),
                "{receipt:?}"
            );
        }
        let id = made.document.metadata().id.clone();
        let count = || {
            let documents = archive.documents();
            documents
                .iter()
                .filter(|document| document.id == id)
                .count()
        };

        archive.script([fault]);
        let outcome = client_for(&archive, fault)
            .archive(&made.document, &made.context)
            .await
            .map(|receipt| receipt.outcome);
        check_first_outcome(fault, &outcome, what);
        assert_eq!(count(), usize::from(fault.stores()), "{what}, {fault:?}");
        if let Ok(Outcome::Unknown(_)) = outcome {
            let found = client(&archive)
                .reconcile(&made.document, &made.context)
                .await
                .unwrap();
            assert_eq!(found.is_some(), fault.stores(), "{what}, {fault:?}");
        }
        if let Ok(outcome @ (Outcome::Archived(_) | Outcome::Rejected(_))) = &outcome {
            assert_eq!(outcome.retry(), Retry::Never);
        }

        // The same again in one call, with a fault at the question too.
        let made = make(&archive, number + 5);
        for earlier in &made.earlier {
            client(&archive)
                .archive(earlier, &people::context())
                .await
                .unwrap();
        }
        let id = made.document.metadata().id.clone();
        archive.script([fault, Fault::ServiceUnavailable]);
        let settled = client_for(&archive, fault)
            .archive_until_settled(&made.document, &made.context, &quick())
            .await;
        let refused = matches!(fault, Fault::RefuseIntegrity | Fault::RefuseAccess);
        match &settled {
            Ok(receipt) if refused => {
                assert!(
                    matches!(receipt.outcome, Outcome::Rejected(_)),
                    "{what}, {fault:?}"
                );
            }
            Ok(receipt) => {
                assert!(
                    matches!(receipt.outcome, Outcome::Archived(_)),
                    "{what}, {fault:?}: {receipt:?}"
                );
                assert!(!receipt.exchanges.is_empty());
            }
            // What somebody must mend first is told, and nothing was stored.
            Err(error) => assert_eq!(error.retry(), Retry::Never, "{what}, {fault:?}: {error}"),
        }
        let documents = archive.documents();
        let stored = documents
            .iter()
            .filter(|document| document.id == id)
            .count();
        let archived = settled.is_ok_and(|receipt| matches!(receipt.outcome, Outcome::Archived(_)));
        assert_eq!(stored, usize::from(archived), "{what}, {fault:?}");
        // What is left of the script must not meet the next case.
        archive.clear_script();
    }
}

/// A document that is to be stored in a context, and what the county has stored before.
struct Made {
    earlier: Vec<Signed>,
    document: Signed,
    context: RequestContext,
}

impl Made {
    fn first(document: Signed) -> Self {
        Self::after(Vec::new(), document)
    }

    fn after(earlier: Vec<Signed>, document: Signed) -> Self {
        Self {
            earlier,
            document,
            context: people::context(),
        }
    }
}

#[tokio::test]
async fn every_fault_meets_storing_a_client_relation() {
    storing("client relation", 1000, |archive, number| {
        Made::first(relation(archive, number))
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_storing_a_client_document() {
    storing("client document", 1000, |archive, number| {
        Made::first(plan(archive, number))
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_storing_a_new_version() {
    storing("new version", 1000, |archive, number| {
        let first = plan(archive, number);
        let next = next_plan(archive, number + 1, &first);
        Made::after(vec![first], next)
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_giving_a_client_the_official_identifier() {
    storing("official identifier", 1000, |archive, number| {
        let signer = archive.signer().unwrap();
        let root = people::county_oid("22.2026");
        let first = common::relation_of(&signer, number, None, |metadata| {
            let temporary = TemporaryId::new(root, format!("010111A998W-{number}")).unwrap();
            let name = people::child().name;
            metadata.client = Some(Client::new(ClientIdentifier::Temporary(temporary), name));
        });
        let before = first.metadata().clone();
        let next = common::relation_of(&signer, number, None, |metadata| {
            let next = before.revise();
            *metadata = next
                .into_version(documents::document_oid(number + 1), common::time())
                .unwrap();
            metadata.client = Some(people::child());
        });
        Made::after(vec![first], next)
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_storing_in_the_organisers_register() {
    storing("organiser's register", 1000, |archive, number| {
        let signer = archive.signer().unwrap();
        let unit = people::provider_unit();
        let relation = common::relation_of(&signer, number, Some((&unit, None)), |_| {});
        let office = Office {
            producer: people::provider(),
            service_unit: unit,
            ..people::office()
        };
        let child = people::child();
        let document = common::plan_in(&signer, &office, number + 1, child, |_| {});
        let by_right = people::provider_context().with_scope(Scope::OrganiserRegister {
            register_keeper: people::county().oid,
        });
        Made {
            context: by_right,
            ..Made::after(vec![relation], document)
        }
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_storing_a_case() {
    storing("case", 1000, |archive, number| {
        let made = kinds::case(&people::office(), number, common::time());
        Made::first(with_structure(archive, made))
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_storing_a_case_note() {
    storing("case note", 1000, |archive, number| {
        let made = kinds::case_note(&people::office(), number, common::time());
        Made::first(with_structure(archive, made))
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_storing_old_documents() {
    storing("first phase", 1000, |archive, number| {
        let draft = kinds::first_phase(&people::office(), number, common::time());
        Made::first(signed(archive, &draft, None))
    })
    .await;
    storing("legacy", 1000, |archive, number| {
        let draft = kinds::legacy(&people::office(), number, common::time());
        Made::first(signed(archive, &draft, None))
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_storing_wills() {
    storing("permission", 1000, |archive, number| {
        let office = people::office();
        let made = kinds::disclosure_permission(&office, number, true, common::time());
        Made::first(with_structure(archive, made))
    })
    .await;
    storing("bans", 1000, |archive, number| {
        let made = kinds::disclosure_bans(&people::office(), number, [], common::time());
        Made::first(with_structure(archive, made))
    })
    .await;
}

#[tokio::test]
async fn every_fault_meets_annulling_a_document() {
    annulling(plan).await;
}

#[tokio::test]
async fn every_fault_meets_annulling_a_permission() {
    annulling(|archive, number| {
        let office = people::office();
        let made = kinds::disclosure_permission(&office, number, true, common::time());
        with_structure(archive, made)
    })
    .await;
}

async fn annulling(make: impl Fn(&TestArchive, u64) -> Signed) {
    let archive = archive().await;
    let reason = CodedValue::new("TEST-REASON", Oid::parse("2.999.3").unwrap());
    for (number, fault) in (1000..).zip(Fault::ALL) {
        let document = make(&archive, number);
        let (metadata, context) = (document.metadata(), people::context());
        client(&archive).archive(&document, &context).await.unwrap();
        archive.script([fault]);
        let outcome = client_for(&archive, fault)
            .annul(metadata, &reason, &context)
            .await
            .map(|receipt| receipt.outcome);
        check_first_outcome(fault, &outcome, "annulment");
        if let Ok(Outcome::Unknown(_)) = outcome {
            let found = client(&archive)
                .reconcile_annulment(metadata, &context)
                .await
                .unwrap();
            assert_eq!(found.is_some(), fault.stores(), "{fault:?}");
        }
        let documents = archive.documents();
        let annulled = documents
            .iter()
            .any(|stored| stored.id == metadata.id && stored.annulled);
        assert_eq!(annulled, fault.stores(), "{fault:?}");
    }
}

#[tokio::test]
async fn every_fault_meets_every_question() {
    let archive = archive().await;
    let document = plan(&archive, 1);
    let signer = archive.signer().unwrap();
    let producer = people::provider_unit();
    let relation = common::relation_of(&signer, 2, Some((&producer, None)), |_| {});
    let child = people::child().identifier;
    for stored in [&document, &relation] {
        client(&archive)
            .archive(stored, &people::context())
            .await
            .unwrap();
    }
    archive.set_will(&child, &Will::permitting()).unwrap();
    for fault in Fault::ALL {
        for question in 0..QUESTIONS {
            archive.script([fault]);
            let client = client_for(&archive, fault);
            let answer = ask(&client, question, &document.metadata().id).await;
            let what = format!("question {question}, {fault:?}: {answer:?}");
            match (&answer, question_succeeds(fault)) {
                (Ok(()), true) => {}
                (Err(error), false) => {
                    let lasting = matches!(
                        error,
                        ClientError::Refused { .. }
                            | ClientError::Transport(TransportError::Tls { .. })
                    );
                    assert_eq!(error.retry() == Retry::Never, lasting, "{what}");
                }
                _ => panic!("{what}"),
            }
            // Whatever it was, the same client gets its answer when it asks again.
            ask(&client, question, &document.metadata().id)
                .await
                .unwrap_or_else(|error| panic!("question {question} after {fault:?}: {error}"));
        }
    }
    assert_eq!(archive.documents().len(), 2);
}

const QUESTIONS: usize = 16;

async fn ask(client: &ArchiveClient, question: usize, id: &DocumentOid) -> Result<(), ClientError> {
    let child = people::child().identifier;
    let context = people::context();
    let query = SearchQuery::of_client(child.clone());
    let ground = ExtendedSearchGround::other("TEST-GROUND", "Testiperuste");
    let ids = [id.clone()];
    let other: RequestContext = people::other_county_context().with_scope(Scope::OtherRegister {
        register_keeper: None,
    });
    let register_keeper = people::county().oid;
    let by_right = people::provider_context().with_scope(Scope::OrganiserRegister {
        register_keeper: register_keeper.clone(),
    });
    let both = people::provider_context().with_scope(Scope::OwnAndOrganiser { register_keeper });
    match question {
        0 => client
            .find_client_relations(&child, &context)
            .await
            .map(drop),
        1 => client.find_cases(&child, &context).await.map(drop),
        2 => client.search_metadata(&query, &context).await.map(drop),
        3 => client.fetch(id, &context).await.map(drop),
        4 => client
            .fetch_summary(&child, SummaryKind::Basic, &context)
            .await
            .map(drop),
        5 => client
            .fetch_summary(&child, SummaryKind::Enriched, &context)
            .await
            .map(drop),
        6 => client.search_disclosed(&query, &other).await.map(drop),
        7 => client.fetch_disclosed(&ids, &other).await.map(drop),
        8 => client
            .search_by_extended_right(&query, &ground, &other)
            .await
            .map(drop),
        9 => client
            .fetch_by_extended_right(&ids, &ground, &other)
            .await
            .map(drop),
        10 => client
            .search_by_authority_right(&query, &ground, &other)
            .await
            .map(drop),
        11 => client
            .fetch_by_authority_right(&ids, &ground, &other)
            .await
            .map(drop),
        12 => client
            .find_case(&documents::case_id(), &context)
            .await
            .map(drop),
        13 => client.search_metadata(&query, &by_right).await.map(drop),
        14 => client.search_metadata(&query, &both).await.map(drop),
        _ => client.fetch_wills(&child, &context).await.map(drop),
    }
}

#[tokio::test]
async fn an_answer_that_is_a_web_page_says_so() {
    let archive = archive().await;
    archive.script([Fault::AnswerHtml]);
    let document = relation(&archive, 1);
    let receipt = client(&archive)
        .archive(&document, &people::context())
        .await
        .unwrap();
    let Outcome::Unknown(Unknown::NotUnderstood(why)) = receipt.outcome else {
        panic!("{receipt:?}");
    };
    assert!(why.english().contains("KANTA-FRAME-HTML"), "{why}");
    assert!(why.finnish().contains("palomuuri"), "{why:?}");
}

#[tokio::test]
async fn an_archive_that_is_down_gets_nothing_and_may_be_tried_again() {
    let archive = archive().await;
    let client = client(&archive);
    let document = relation(&archive, 1);
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
async fn the_deadline_of_a_call_holds_over_all_attempts() {
    let archive = archive().await;
    let document = relation(&archive, 1);
    archive.script([Fault::HangWithoutStoring; 20]);
    let policy = quick().with_deadline(Duration::from_millis(600));
    let begin = std::time::Instant::now();
    let receipt = client(&archive)
        .archive_until_settled(&document, &people::context(), &policy)
        .await
        .unwrap();
    assert!(
        matches!(receipt.outcome, Outcome::Unknown(_)),
        "{receipt:?}"
    );
    assert!(begin.elapsed() < common::LONG / 4, "{:?}", begin.elapsed());
    assert!(archive.documents().is_empty());
}

#[tokio::test]
async fn the_archive_refuses_what_is_published_that_it_refuses() {
    let archive = archive().await;
    let client = client(&archive);
    let signer = archive.signer().unwrap();
    let root = people::county_oid("22.2026");
    let temporary = |name: &str| {
        let identifier =
            ClientIdentifier::Temporary(TemporaryId::new(root.clone(), "010111A998W").unwrap());
        Client::new(identifier, PersonName::new(["Aino"], name).unwrap())
    };
    let first = common::relation_of(&signer, 1, None, |metadata| {
        metadata.client = Some(temporary("Kuvitelma"));
    });
    let receipt = client.archive(&first, &people::context()).await.unwrap();
    assert!(
        matches!(receipt.outcome, Outcome::Archived(_)),
        "{receipt:?}"
    );
    for (number, change, code) in [
        (1, None, "TEST-DUPLICATE"),
        (2, Some(true), "TEST-TEMPORARY-ID-IN-USE"),
        (3, Some(false), "TEST-VERSION"),
    ] {
        let refused = common::relation_of(&signer, number, None, |metadata| match change {
            Some(true) => metadata.client = Some(temporary("Toinen")),
            Some(false) => {
                metadata.version = VersionNumber::new(3).unwrap();
                metadata.set_id = first.metadata().set_id.clone();
                metadata.replaces = Some(Replaced {
                    id: documents::document_oid(77),
                    set_id: None,
                    version: None,
                });
            }
            None => {}
        });
        let receipt = client.archive(&refused, &people::context()).await.unwrap();
        let Outcome::Rejected(report) = &receipt.outcome else {
            panic!("{code}: {receipt:?}");
        };
        assert!(report.has(code), "{code} is not among {report}");
        assert_eq!(receipt.outcome.retry(), Retry::Never);
    }
    assert_eq!(archive.documents().len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let archive = archive().await;
    let id = documents::document_oid(404);
    let error = client(&archive)
        .fetch(&id, &people::context())
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::NotFound), "{error}");
}
