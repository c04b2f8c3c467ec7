//! Every kind of document: stored, found and fetched, its checks made, its rights and wills honoured.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use kanta_client::cda::Signed;
use kanta_client::core::codes::ServiceTask;
use kanta_client::core::metadata::{DocumentKind, Office};
use kanta_client::core::will::{BanTarget, BannedDocument};
use kanta_client::core::{CodedValue, Oid, RegisterKeeper};
use kanta_client::{
    ClientError, ExtendedSearchGround, Outcome, RequestContext, Scope, SearchQuery,
};
use kanta_testkit::archive::Will;
use kanta_testkit::{TestArchive, documents, kinds, people, structures};

use common::{archive, client, ids, plan_in, signed, store, time, with_structure};

/// One document of each kind that the plans of other tests are not, in an office.
fn documents(archive: &TestArchive, office: &Office, first: u64) -> Vec<Signed> {
    vec![
        with_structure(archive, kinds::case(office, first, time())),
        with_structure(archive, kinds::case_note(office, first + 1, time())),
        signed(
            archive,
            &kinds::first_phase(office, first + 2, time()),
            None,
        ),
        signed(archive, &kinds::legacy(office, first + 3, time()), None),
    ]
}

fn id_of(document: &Signed) -> String {
    document.metadata().id.to_string()
}

fn of_child() -> SearchQuery {
    SearchQuery::of_client(people::child().identifier)
}

fn of_others() -> RequestContext {
    people::context().with_scope(Scope::OtherRegister {
        register_keeper: None,
    })
}

fn other_office() -> Office {
    Office {
        register_keeper: people::other_county(),
        organiser: people::other_county(),
        producer: people::other_county(),
        service_unit: people::other_county_context().user.unit,
        ..people::office()
    }
}

#[tokio::test]
async fn each_kind_is_stored_found_fetched_and_annulled() {
    let archive = archive().await;
    let (client, context) = (client(&archive), people::context());
    let documents = documents(&archive, &people::office(), 1);
    let reason = CodedValue::new("TEST-REASON", Oid::parse("2.999.3").unwrap());
    for document in &documents {
        store(&client, document, &context).await;
        let fetched = client.fetch(&document.metadata().id, &context).await;
        assert_eq!(fetched.unwrap().document, document.as_xml());
    }
    let cases = client
        .find_cases(&people::child().identifier, &context)
        .await
        .unwrap();
    assert_eq!(ids(&cases), [id_of(&documents[0])]);
    let by_id = client
        .find_case(&documents::case_id(), &context)
        .await
        .unwrap();
    assert_eq!(ids(&by_id), ids(&cases));
    let of_case = SearchQuery::of_case(documents::case_id());
    let found = client.search_metadata(&of_case, &context).await.unwrap();
    // Of a legacy document the case is not known.
    let known: Vec<String> = documents[..3].iter().map(id_of).collect();
    assert_eq!(ids(&found), known);
    let all = client.search_metadata(&of_child(), &context).await.unwrap();
    assert_eq!(all.entries.len(), 4);
    for document in &documents {
        let receipt = client
            .annul(document.metadata(), &reason, &context)
            .await
            .unwrap();
        assert!(
            matches!(receipt.outcome, Outcome::Archived(_)),
            "{receipt:?}"
        );
    }
    let none = client.search_metadata(&of_child(), &context).await.unwrap();
    assert!(none.entries.is_empty());
}

#[tokio::test]
async fn only_the_authoritys_right_reaches_legacy_and_first_phase_documents() {
    let archive = archive().await;
    let client = client(&archive);
    let documents = documents(&archive, &other_office(), 1);
    for document in &documents {
        store(&client, document, &people::other_county_context()).await;
    }
    let child = people::child().identifier;
    archive.set_will(&child, &Will::permitting()).unwrap();
    let ground = ExtendedSearchGround::other("TEST-GROUND", "Testiperuste");
    let (query, context) = (of_child(), of_others());
    let disclosed = [&documents[0], &documents[1]].map(id_of);
    let hits = client.search_disclosed(&query, &context).await.unwrap();
    assert_eq!(ids(&hits), disclosed);
    let hits = client
        .search_by_extended_right(&query, &ground, &context)
        .await
        .unwrap();
    assert_eq!(ids(&hits), disclosed);
    let hits = client
        .search_by_authority_right(&query, &ground, &context)
        .await
        .unwrap();
    assert_eq!(ids(&hits).len(), 4);
    let legacy = std::slice::from_ref(&documents[3].metadata().id);
    let fetched = client
        .fetch_by_authority_right(legacy, &ground, &context)
        .await
        .unwrap();
    assert_eq!(fetched.documents[0].document, documents[3].as_xml());
    let refused = client.fetch_disclosed(legacy, &context).await.unwrap();
    assert_eq!(refused.missing, legacy);
}

/// Permission and bans are documents: what they say decides what others find.
#[tokio::test]
async fn stored_wills_decide_what_is_disclosed() {
    let archive = archive().await;
    let client = client(&archive);
    let office = people::office();
    let child = people::child().identifier;
    let document = plan_in(
        &archive.signer().unwrap(),
        &other_office(),
        1,
        people::child(),
        |_| {},
    );
    store(&client, &document, &people::other_county_context()).await;
    let (query, others) = (of_child(), of_others());
    let search = || client.search_disclosed(&query, &others);
    // The structure of the document of informing is unknown, so the archive is told.
    let mut informed = Will::default();
    informed.informed = true;
    archive.set_will(&child, &informed).unwrap();
    let refused = search().await.unwrap_err();
    assert!(
        matches!(refused, ClientError::Refused { .. }),
        "without a permission: {refused}"
    );

    let permission = with_structure(
        &archive,
        kinds::disclosure_permission(&office, 2, true, time()),
    );
    store(&client, &permission, &people::context()).await;
    assert_eq!(ids(&search().await.unwrap()), [id_of(&document)]);

    let keeper = RegisterKeeper::new(people::other_county());
    let banned = BannedDocument {
        oid: document.metadata().id.clone(),
        document_type: None,
        drafted: None,
    };
    let mut wills = vec![id_of(&permission)];
    for (number, targets, is_found) in [
        (3, vec![BanTarget::RegisterKeepers(vec![keeper])], false),
        (4, vec![], true),
        (
            5,
            vec![BanTarget::ServiceTasks(vec![
                ServiceTask::FAMILIES_WITH_CHILDREN,
            ])],
            false,
        ),
        (6, vec![BanTarget::Documents(vec![banned])], false),
        (
            7,
            vec![BanTarget::ServiceTasks(vec![ServiceTask::CHILD_PROTECTION])],
            true,
        ),
    ] {
        let bans = with_structure(
            &archive,
            kinds::disclosure_bans(&office, number, targets, time()),
        );
        store(&client, &bans, &people::context()).await;
        let found = ids(&search().await.unwrap());
        assert_eq!(!found.is_empty(), is_found, "bans of document {number}");
        wills.push(id_of(&bans));
    }
    let cancelled = with_structure(
        &archive,
        kinds::disclosure_permission(&office, 8, false, time()),
    );
    store(&client, &cancelled, &people::context()).await;
    assert!(search().await.is_err(), "the permission was cancelled");
    wills.push(id_of(&cancelled));

    // The will service gives wills; a search of the register gives none of them.
    let found = client
        .fetch_wills(&child, &people::context())
        .await
        .unwrap();
    assert_eq!(ids(&found), wills);
    assert_eq!(found.entries[0].contents[0], permission.as_xml());
    let in_register = client
        .search_metadata(&of_child(), &people::context())
        .await
        .unwrap();
    assert!(in_register.entries.is_empty());
    let reconciled = client.reconcile(&permission, &people::context()).await;
    assert!(matches!(reconciled.unwrap(), Some(Outcome::Archived(_))));
}

#[tokio::test]
async fn what_does_not_fit_its_kind_is_refused() {
    let archive = archive().await;
    let office = people::office();
    // Only systems of the first phase store its documents.
    let first_phase = signed(&archive, &kinds::first_phase(&office, 1, time()), None);
    let error = archive
        .client()
        .unwrap()
        .archive(&first_phase, &people::context())
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::FirstPhase), "{error}");
    // Wills go to the will service in the own name, never into the organiser's register.
    let permission = with_structure(
        &archive,
        kinds::disclosure_permission(&office, 2, true, time()),
    );
    let by_right = people::context().with_scope(Scope::OrganiserRegister {
        register_keeper: people::county().oid,
    });
    let error = client(&archive)
        .archive(&permission, &by_right)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("KANTA-FRAME-SCOPE"), "{error}");
    // An archive that does not know the structure refuses the document.
    let stranger = TestArchive::start(vec![structures::client_plan()])
        .await
        .unwrap();
    let case = with_structure(&stranger, kinds::case(&office, 3, time()));
    assert_eq!(case.metadata().kind, DocumentKind::Case);
    let receipt = stranger
        .client()
        .unwrap()
        .archive(&case, &people::context())
        .await
        .unwrap();
    let Outcome::Rejected(report) = &receipt.outcome else {
        panic!("{receipt:?}");
    };
    assert!(report.has("TEST-STRUCTURE"), "{report}");
}
