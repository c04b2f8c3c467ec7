//! Every use case against the test archive, which honours rights and wills.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use kanta_client::cda::Signed;
use kanta_client::core::codes::ServiceTask;
use kanta_client::core::metadata::Office;
use kanta_client::core::{CodedValue, DocumentOid, Oid, OrganisationOid};
use kanta_client::{
    ClientError, ExtendedSearchGround, Hits, Outcome, Scope, SearchQuery, SummaryKind,
};
use kanta_testkit::archive::Will;
use kanta_testkit::{TestArchive, documents, people};

use common::{archive, client, ids, next_plan, plan, plan_in, relation, relation_of, store};

fn is(document: &Signed) -> Vec<String> {
    vec![document.metadata().id.to_string()]
}

fn refused_with(result: Result<Hits, ClientError>, code: &str) {
    match result {
        Err(ClientError::Refused { report, .. }) => assert!(report.has(code), "{report}"),
        other => panic!("{other:?}"),
    }
}

fn organiser() -> OrganisationOid {
    people::county().oid
}

/// A plan that the provider makes for the county: in the county's register, by the provider's unit.
fn plan_of_provider(archive: &TestArchive, number: u64) -> Signed {
    let office = Office {
        producer: people::provider(),
        service_unit: people::provider_unit(),
        ..people::office()
    };
    plan_in(
        &archive.signer().unwrap(),
        &office,
        number,
        people::child(),
        |_| {},
    )
}

/// A plan of the other county about the same child.
fn plan_of_other_county(archive: &TestArchive, number: u64) -> Signed {
    let office = Office {
        register_keeper: people::other_county(),
        organiser: people::other_county(),
        producer: people::other_county(),
        service_unit: people::other_county_context().user.unit,
        ..people::office()
    };
    plan_in(
        &archive.signer().unwrap(),
        &office,
        number,
        people::child(),
        |_| {},
    )
}

#[tokio::test]
async fn a_document_is_stored_found_fetched_replaced_and_annulled() {
    let archive = archive().await;
    let (client, context) = (client(&archive), people::context());
    let child = people::child().identifier;
    let (relation, first) = (relation(&archive, 1), plan(&archive, 2));
    store(&client, &relation, &context).await;
    store(&client, &first, &context).await;

    let relations = client
        .find_client_relations(&child, &context)
        .await
        .unwrap();
    assert_eq!(ids(&relations), is(&relation));
    let by_case = SearchQuery::of_case(documents::case_id());
    let found = client.search_metadata(&by_case, &context).await.unwrap();
    assert_eq!(ids(&found), is(&first));
    assert_eq!((found.total, found.remaining), (Some(1), 0));
    assert!(found.entries[0].contents.is_empty());
    let other_task = SearchQuery::of_client(child.clone())
        .with_service_task(ServiceTask::other("0", "Ei mikään"));
    let none = client.search_metadata(&other_task, &context).await.unwrap();
    assert!(none.entries.is_empty());
    let summary = client
        .fetch_summary(&child, SummaryKind::Basic, &context)
        .await
        .unwrap();
    assert_eq!(summary.entries.len(), 2);
    assert!(
        client
            .find_cases(&child, &context)
            .await
            .unwrap()
            .entries
            .is_empty()
    );

    let second = next_plan(&archive, 3, &first);
    store(&client, &second, &context).await;
    let found = client.search_metadata(&by_case, &context).await.unwrap();
    assert_eq!(ids(&found), is(&second), "the newest version only");
    let all = SearchQuery::of_all_versions(first.metadata().id.clone());
    let all = client.search_metadata(&all, &context).await.unwrap();
    assert_eq!(all.entries.len(), 2);
    let wanted = [first.metadata().id.clone(), second.metadata().id.clone()];
    let fetched = client.fetch_documents(&wanted, &context).await.unwrap();
    assert_eq!(fetched.documents[0].document, first.as_xml());
    assert_eq!(fetched.documents[1].document, second.as_xml());
    assert_eq!(fetched.documents[1].version.unwrap().as_u32(), 2);

    let reason = CodedValue::new("TEST-REASON", Oid::parse("2.999.3").unwrap());
    let receipt = client
        .annul(second.metadata(), &reason, &context)
        .await
        .unwrap();
    assert!(
        matches!(receipt.outcome, Outcome::Archived(_)),
        "{receipt:?}"
    );
    let fetched = client.fetch_documents(&wanted, &context).await.unwrap();
    assert_eq!(fetched.missing, [second.metadata().id.clone()]);
    let again = client
        .annul(second.metadata(), &reason, &context)
        .await
        .unwrap();
    let Outcome::Rejected(report) = &again.outcome else {
        panic!("{again:?}");
    };
    assert!(report.has("TEST-ANNULLED"), "{report}");
}

#[tokio::test]
async fn hits_are_never_dropped_in_silence() {
    let archive = archive().await;
    let (client, context) = (client(&archive), people::context());
    for number in 1..=5 {
        store(&client, &plan(&archive, number), &context).await;
    }
    let query = SearchQuery::of_client(people::child().identifier).with_max_hits(2);
    let hits = client.search_metadata(&query, &context).await.unwrap();
    assert_eq!(
        (hits.entries.len(), hits.total, hits.remaining),
        (2, Some(5), 3)
    );
    assert!(hits.continuation.is_some());
}

#[tokio::test]
async fn a_producer_works_in_the_organisers_register_only_by_a_right_that_holds() {
    let archive = archive().await;
    let client = client(&archive);
    let signer = archive.signer().unwrap();
    let unit = people::provider_unit();
    let by_right = people::provider_context().with_scope(Scope::OrganiserRegister {
        register_keeper: organiser(),
    });
    let both = people::provider_context().with_scope(Scope::OwnAndOrganiser {
        register_keeper: organiser(),
    });
    let query = SearchQuery::of_client(people::child().identifier);

    // Without a relation, or with one whose days are over, there is no right.
    let of_provider = plan_of_provider(&archive, 10);
    let receipt = client.archive(&of_provider, &by_right).await.unwrap();
    let Outcome::Rejected(report) = &receipt.outcome else {
        panic!("{receipt:?}");
    };
    assert!(report.has("5Y00009"), "{report}");
    refused_with(client.search_metadata(&query, &by_right).await, "5Y00009");
    let over = relation_of(&signer, 1, Some((&unit, Some("2026-03-01"))), |_| {});
    store(&client, &over, &people::context()).await;
    refused_with(client.search_metadata(&query, &both).await, "5Y00009");

    // The county names the unit: the right arises.
    let named = relation_of(&signer, 2, Some((&unit, None)), |_| {});
    store(&client, &named, &people::context()).await;
    store(&client, &of_provider, &by_right).await;
    let hits = client.search_metadata(&query, &by_right).await.unwrap();
    assert_eq!(hits.entries.len(), 3, "both relations and the plan");
    // A unit that is not named has no right.
    let mut elsewhere = by_right.clone();
    elsewhere.user.unit.oid = OrganisationOid::new(people::county_oid("10.702")).unwrap();
    refused_with(client.search_metadata(&query, &elsewhere).await, "5Y00009");

    // One message searches two registers.
    let own = plan_in(
        &signer,
        &Office {
            register_keeper: people::provider(),
            organiser: people::provider(),
            producer: people::provider(),
            service_unit: unit,
            ..people::office()
        },
        11,
        people::child(),
        |_| {},
    );
    store(&client, &own, &people::provider_context()).await;
    let hits = client.search_metadata(&query, &both).await.unwrap();
    assert_eq!(hits.entries.len(), 4);
    let hits = client
        .search_metadata(&query, &people::provider_context())
        .await
        .unwrap();
    assert_eq!(ids(&hits), is(&own));
}

#[tokio::test]
async fn disclosures_follow_the_clients_will() {
    let archive = archive().await;
    let client = client(&archive);
    let document = plan_of_other_county(&archive, 20);
    store(&client, &document, &people::other_county_context()).await;
    let child = people::child().identifier;
    let query = SearchQuery::of_client(child.clone());
    let context = people::context().with_scope(Scope::OtherRegister {
        register_keeper: None,
    });
    let keeper = people::other_county().oid.as_oid().clone();
    let id = document.metadata().id.clone();

    refused_with(client.search_disclosed(&query, &context).await, "5Y00009");
    archive.set_will(&child, &Will::permitting()).unwrap();
    let hits = client.search_disclosed(&query, &context).await.unwrap();
    assert_eq!(ids(&hits), is(&document));
    let fetched = client
        .fetch_disclosed(std::slice::from_ref(&id), &context)
        .await
        .unwrap();
    assert_eq!(fetched.documents[0].document, document.as_xml());

    for will in [
        Will::permitting().banning_register_keeper(keeper),
        Will::permitting()
            .banning_service_task(CodedValue::from(ServiceTask::FAMILIES_WITH_CHILDREN).code()),
        Will::permitting().banning_document(id.as_oid().clone()),
    ] {
        archive.set_will(&child, &will).unwrap();
        let hits = client.search_disclosed(&query, &context).await.unwrap();
        assert!(hits.entries.is_empty(), "{will:?}");
        // The extended and the authority's right pass the ban.
        let ground = ExtendedSearchGround::other("TEST-GROUND", "Testiperuste");
        for hits in [
            client
                .search_by_extended_right(&query, &ground, &context)
                .await,
            client
                .search_by_authority_right(&query, &ground, &context)
                .await,
        ] {
            assert_eq!(ids(&hits.unwrap()), is(&document));
        }
        let nameless = ExtendedSearchGround::other("", "");
        refused_with(
            client
                .search_by_extended_right(&query, &nameless, &context)
                .await,
            "4Y00007",
        );
    }
    // The own register is no matter of disclosure.
    let hits = client
        .search_disclosed(
            &query,
            &people::other_county_context().with_scope(Scope::OtherRegister {
                register_keeper: None,
            }),
        )
        .await;
    archive.set_will(&child, &Will::permitting()).unwrap();
    assert!(hits.unwrap().entries.is_empty());
}

#[tokio::test]
async fn two_register_keepers_in_one_process_never_mix() {
    let archive = archive().await;
    let client = client(&archive);
    let (north, south) = (plan(&archive, 1), plan_of_other_county(&archive, 2));
    // A document cannot even be framed in the context of the other one.
    for (document, context) in [
        (&north, people::other_county_context()),
        (&south, people::context()),
    ] {
        let error = client.archive(document, &context).await.unwrap_err();
        assert!(
            error.to_string().contains("KANTA-FRAME-REGISTER-KEEPER"),
            "{error}"
        );
    }
    assert!(archive.documents().is_empty());
    let (north_context, south_context) = (people::context(), people::other_county_context());
    let (first, second) = tokio::join!(
        client.archive(&north, &north_context),
        client.archive(&south, &south_context)
    );
    assert!(matches!(first.unwrap().outcome, Outcome::Archived(_)));
    assert!(matches!(second.unwrap().outcome, Outcome::Archived(_)));
    let query = SearchQuery::of_client(people::child().identifier);
    for (document, context) in [(&north, &north_context), (&south, &south_context)] {
        let hits = client.search_metadata(&query, context).await.unwrap();
        assert_eq!(ids(&hits), is(document));
        let other: &DocumentOid = if std::ptr::eq(document, &raw const north) {
            &south.metadata().id
        } else {
            &north.metadata().id
        };
        let found = client.fetch(other, context).await;
        assert!(matches!(found, Err(ClientError::NotFound)), "{found:?}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_it_is_sent() {
    let archive = archive().await;
    let client = client(&archive);
    let query = SearchQuery::of_client(people::child().identifier);
    let other = people::context().with_scope(Scope::OtherRegister {
        register_keeper: None,
    });
    let both = people::context().with_scope(Scope::OwnAndOrganiser {
        register_keeper: organiser(),
    });
    let mut weak = other.clone();
    weak.user.authentication = kanta_client::Authentication::Basic;
    let document = plan(&archive, 1);
    let told = |result: Result<String, ClientError>| match result {
        Err(error) => error.to_string(),
        Ok(answer) => panic!("{answer}"),
    };
    let searched = |hits: Hits| format!("{hits:?}");
    for (result, code) in [
        (
            client.search_metadata(&query, &other).await.map(searched),
            "KANTA-FRAME-SCOPE",
        ),
        (
            client
                .search_disclosed(&query, &people::context())
                .await
                .map(searched),
            "KANTA-FRAME-SCOPE",
        ),
        (
            client.search_disclosed(&query, &weak).await.map(searched),
            "KANTA-FRAME-AUTHENTICATION",
        ),
        (
            client
                .search_metadata(&SearchQuery::default(), &people::context())
                .await
                .map(searched),
            "KANTA-FRAME-QUERY",
        ),
        (
            client
                .archive(&document, &both)
                .await
                .map(|receipt| format!("{receipt:?}")),
            "KANTA-FRAME-SCOPE",
        ),
    ] {
        let text = told(result);
        assert!(text.contains(code), "{code}: {text}");
    }
}

#[tokio::test]
async fn the_archive_answers_its_own_wills_only() {
    let archive = archive().await;
    let child = people::child().identifier;
    let hits = client(&archive)
        .fetch_wills(&child, &people::context())
        .await
        .unwrap();
    assert!(hits.entries.is_empty());
}
