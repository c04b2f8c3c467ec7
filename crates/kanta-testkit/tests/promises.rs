//! What the client promises of everything that leaves it: nothing on a guess, nobody real, nothing personal in logs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use kanta_client::cda::{SignOptions, Signed};
use kanta_client::core::audit::{ClientInLog, UseLogEntry};
use kanta_client::core::metadata::DocumentMetadata;
use kanta_client::core::spec::{Bundle, Inferred, Spec, SpecError};
use kanta_client::core::{
    ClientIdentifier, CodedValue, Oid, PersonName, PersonalIdentityCode, Retry,
};
use kanta_client::transport::{OutgoingMessage, PendingReply, Transport, TransportError};
use kanta_client::xml::Limits;
use kanta_client::{
    ArchiveClient, Attempt, AuditError, AuditSink, ClientError, ExtendedSearchGround, Joining,
    MetricsSink, Outcome, Scope, SearchQuery, SummaryKind,
};
use kanta_testkit::archive::Will;
use kanta_testkit::{Fault, documents, people, structures, test_spec};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use common::{archive, client_for, plan, relation, transport};

/// A transport that must not be used.
struct Nothing;

impl Transport for Nothing {
    fn exchange(&self, _: OutgoingMessage) -> PendingReply<'_> {
        panic!("something left the process");
    }
}

#[tokio::test]
async fn what_the_bundle_does_not_know_never_leaves_the_process() {
    let archive = archive().await;
    let (document, relation) = (plan(&archive, 1), relation(&archive, 2));
    let child = people::child().identifier;
    let query = SearchQuery::of_client(child.clone());
    let ground = ExtendedSearchGround::other("TEST-GROUND", "Testiperuste");
    let context = people::context();
    let other = people::context().with_scope(Scope::OtherRegister {
        register_keeper: None,
    });
    let reason = CodedValue::new("1", Oid::parse("2.999.3").unwrap());
    for spec in [
        Spec::for_production(&[Bundle::embedded()]),
        Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse),
        Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow),
    ] {
        let environment = spec.environment();
        let client = ArchiveClient::new(spec, Nothing);
        let metadata: &DocumentMetadata = document.metadata();
        let results = [
            client.archive(&document, &context).await.map(drop),
            client.archive(&relation, &context).await.map(drop),
            client.annul(metadata, &reason, &context).await.map(drop),
            client.reconcile(&document, &context).await.map(drop),
            client
                .find_client_relations(&child, &context)
                .await
                .map(drop),
            client.find_cases(&child, &context).await.map(drop),
            client.search_metadata(&query, &context).await.map(drop),
            client.fetch(&metadata.id, &context).await.map(drop),
            client
                .fetch_summary(&child, SummaryKind::Basic, &context)
                .await
                .map(drop),
            client.fetch_wills(&child, &context).await.map(drop),
            client.search_disclosed(&query, &other).await.map(drop),
            client
                .search_by_extended_right(&query, &ground, &other)
                .await
                .map(drop),
            client
                .search_by_authority_right(&query, &ground, &other)
                .await
                .map(drop),
        ];
        for (number, result) in results.into_iter().enumerate() {
            let error = result.unwrap_err();
            assert!(
                matches!(error, ClientError::Spec(SpecError::Incomplete { .. })),
                "{environment:?}, {number}: {error}"
            );
            assert_eq!(error.retry(), Retry::Never);
        }
    }
}

#[tokio::test]
async fn joining_models_wait_for_kelas_document_and_work_with_the_test_bundle() {
    let archive = archive().await;
    let document = plan(&archive, 1);
    let organisation = people::county();
    for joining in [
        Joining::Shared {
            main_joiner: people::provider().oid,
            organisation: organisation.clone(),
        },
        Joining::Parallel {
            system_owner: people::other_county().oid,
            organisation: organisation.clone(),
        },
    ] {
        let mut context = people::context();
        context.joining = joining;
        let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
        let header = kanta_client::frame::MessageHeader {
            id: kanta_client::frame::MessageId {
                root: context.message_root.clone(),
                extension: "1".to_owned(),
            },
            time: common::time(),
        };
        let error = kanta_client::frame::store_frame(&document, &context, &header, &spec);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("Osapuolitiedot"), "{error}");
        let frame =
            kanta_client::frame::store_frame(&document, &context, &header, &test_spec()).unwrap();
        let text = String::from_utf8(frame.as_xml().to_vec()).unwrap();
        let sender = context.joining.joiner().to_string();
        assert!(
            text.contains(&format!("<id root=\"{sender}\"/></device></sender>")),
            "{text}"
        );
    }
}

/// A code in the form of a real person's: with an individual number below 900. Whose, if anybody's, is not known.
fn real_code() -> PersonalIdentityCode {
    "0123456789ABCDEFHJKLMNPRSTUVWXY"
        .chars()
        .find_map(|check| PersonalIdentityCode::parse(&format!("010100A002{check}")).ok())
        .unwrap()
}

#[tokio::test]
async fn no_real_person_leaves_the_process_outside_production() {
    let archive = archive().await;
    let client = ArchiveClient::new(test_spec(), Nothing);
    let document = plan(&archive, 1);
    let refused = |result: Result<(), ClientError>| {
        let error = result.unwrap_err().to_string();
        assert!(error.contains("KANTA-FRAME-TEST-PERSON"), "{error}");
        assert!(!error.contains(real_code().expose()), "{error}");
    };
    let mut real_user = people::context();
    real_user.user.identity = real_code();
    refused(client.archive(&document, &real_user).await.map(drop));
    let query = SearchQuery::of_client(people::child().identifier);
    refused(client.search_metadata(&query, &real_user).await.map(drop));
    let real = ClientIdentifier::PersonalIdentityCode(real_code());
    refused(
        client
            .find_client_relations(&real, &people::context())
            .await
            .map(drop),
    );
    // Anywhere: in a name of the user, too.
    let mut in_name = people::context();
    in_name.user.name = PersonName::new(["Onni"], format!("X {}", real_code().expose())).unwrap();
    refused(client.archive(&document, &in_name).await.map(drop));
    let reason = CodedValue::new("1", Oid::parse("2.999.3").unwrap())
        .with_display(real_code().expose().to_owned());
    refused(
        client
            .annul(document.metadata(), &reason, &people::context())
            .await
            .map(drop),
    );
}

/// A bundle as a vendor makes it for production: every value that documents need marked as verified.
fn production() -> Spec {
    let document = include_str!("../../kanta-core/spec/document.toml")
        .replace("status = \"seen\"", "status = \"verified\"")
        .replace("status = \"inferred\"", "status = \"verified\"");
    let head = "name = \"mine\"\nbased_on = []\ndate = \"2026-11-24\"";
    let mine = Bundle::read([("bundle.toml", head), ("document.toml", &document)]).unwrap();
    Spec::for_production(&[Bundle::embedded(), mine])
}

/// A check for production looks for nobody real, so the message does: whatever was checked where, and read back or not.
#[tokio::test]
async fn a_document_that_was_checked_for_production_leaves_nowhere_else() {
    let archive = archive().await;
    let text = format!("Soitti {}.", real_code().expose());
    let draft = documents::client_plan(1, &text, common::time());
    let structure = structures::client_plan();
    let error = draft.check(&structure, &test_spec()).unwrap_err();
    assert!(error.to_string().contains("900"), "{error}");
    let signed = draft
        .check(&structure, &production())
        .unwrap()
        .sign(
            &archive.signer().unwrap(),
            SignOptions::system(common::time()),
            &test_spec(),
        )
        .unwrap();
    assert!(signed.holds_real_person());
    let bytes = signed.as_xml().to_vec();
    let read = Signed::from_bytes(bytes, &test_spec(), &Limits::default()).unwrap();
    let client = ArchiveClient::new(test_spec(), Nothing);
    for document in [&signed, &read] {
        let error = client
            .archive(document, &people::context())
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("KANTA-FRAME-TEST-PERSON"), "{error}");
    }
    let artificial = plan(&archive, 2);
    let bytes = artificial.as_xml().to_vec();
    let read = Signed::from_bytes(bytes, &test_spec(), &Limits::default()).unwrap();
    assert!(!artificial.holds_real_person() && !read.holds_real_person());
}

/// Everything that a host can see of calls without asking for it: log lines, audit events, figures, errors, debug forms.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<String>>);

impl Captured {
    fn add(&self, text: &str) {
        let mut captured = self.0.lock().unwrap();
        captured.push_str(text);
        captured.push('\n');
    }
}

impl AuditSink for Captured {
    fn record(&self, entry: &UseLogEntry) -> Result<(), AuditError> {
        assert!(
            entry
                .bundle
                .as_ref()
                .unwrap()
                .contains("kanta-default+test")
        );
        self.add(&format!("{entry:?}"));
        self.add(&serde_json::to_string(entry).unwrap());
        Ok(())
    }
}

impl MetricsSink for Captured {
    fn attempt(&self, attempt: &Attempt) {
        assert!(attempt.certificate_days_left.unwrap() > 0);
        self.add(&format!("{attempt:?}"));
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Captured {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().target().to_owned());
        event.record(&mut line);
        self.add(&line.0);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn nothing_that_a_host_sees_without_asking_holds_personal_data() {
    let archive = archive().await;
    let captured = Captured::default();
    let _guard = tracing::subscriber::set_default(captured.clone());
    let child = people::child();
    let context = people::context().with_purpose("testi");
    let query = SearchQuery::of_client(child.identifier.clone());
    archive
        .set_will(&child.identifier, &Will::permitting())
        .unwrap();
    for (number, fault) in (1..).zip(Fault::ALL) {
        let client = ArchiveClient::new(test_spec(), transport(&archive, common::SHORT * 3))
            .with_audit(captured.clone())
            .with_metrics(captured.clone());
        let document = plan(&archive, number);
        archive.script([fault]);
        match client.archive(&document, &context).await {
            Ok(receipt) => captured.add(&format!("{receipt:?}")),
            Err(error) => captured.add(&format!("{error} {error:?}")),
        }
        archive.clear_script();
        archive.script([fault]);
        match client.search_metadata(&query, &context).await {
            Ok(hits) => captured.add(&format!("{hits:?}")),
            Err(error) => captured.add(&format!("{error} {error:?}")),
        }
        archive.clear_script();
        let fetched = client.fetch(&document.metadata().id, &context).await;
        captured.add(&format!("{fetched:?} {context:?} {document:?} {query:?}"));
    }
    let captured = captured.0.lock().unwrap();
    assert!(captured.contains("search_metadata") && captured.contains("answered"));
    let identifier = child.identifier.expose().extension.unwrap();
    let user = people::user();
    for secret in [
        identifier.as_str(),
        user.identity.expose(),
        user.name.family(),
        child.name.family(),
        child.name.call_name().unwrap(),
        "Tuulikki",
        "nonXMLBody",
    ] {
        // The county's name holds the family's; organisations are no persons.
        let captured = captured.replace("Kuvitelman", "");
        let found = captured.find(secret);
        assert!(
            found.is_none(),
            "{secret}: {}",
            &captured[found.unwrap_or(0).saturating_sub(200)..][..300]
        );
    }
}

/// Keeps entries as JSON, with clients in clear.
#[derive(Clone, Default)]
struct UseLog(Arc<Mutex<Vec<serde_json::Value>>>);

impl UseLog {
    fn take(&self) -> Vec<serde_json::Value> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl AuditSink for UseLog {
    fn record(&self, entry: &UseLogEntry) -> Result<(), AuditError> {
        self.0
            .lock()
            .unwrap()
            .push(serde_json::to_value(entry).unwrap());
        Ok(())
    }

    fn client_in_log(&self) -> ClientInLog<'_> {
        ClientInLog::Plain
    }
}

#[tokio::test]
async fn the_use_log_tells_who_did_what_to_whom_and_on_what_basis() {
    let archive = archive().await;
    let log = UseLog::default();
    let client =
        ArchiveClient::new(test_spec(), transport(&archive, common::LONG)).with_audit(log.clone());
    let (document, context) = (plan(&archive, 1), people::context().with_purpose("testi"));
    let child = people::child().identifier;
    archive.set_will(&child, &Will::permitting()).unwrap();
    let id = document.metadata().id.to_string();
    client.archive(&document, &context).await.unwrap();
    let [stored] = &log.take()[..] else {
        panic!("one entry a message");
    };
    for (key, value) in [
        ("action", "archive"),
        ("request", "store_client_document"),
        ("user", "worker-17"),
        ("authentication", "professional-card"),
        ("client_root", "1.2.246.21"),
        ("service_request", "SP17"),
        ("purpose", "testi"),
        ("result", "succeeded"),
    ] {
        assert_eq!(stored[key], value, "{key} of {stored}");
    }
    assert_eq!(stored["documents"], serde_json::json!([id]));
    assert_eq!(
        stored["cases"],
        serde_json::json!([documents::case_id().to_string()])
    );
    assert_eq!(stored["use_situations"], serde_json::json!(["1"]));
    assert_eq!(stored["register_keepers"][0], stored["organisation"]);

    let query = SearchQuery::of_client(child);
    let other = people::other_county_context().with_scope(Scope::OtherRegister {
        register_keeper: None,
    });
    let ground = ExtendedSearchGround::other("TEST-GROUND", "Testiperuste");
    client
        .search_by_extended_right(&query, &ground, &other)
        .await
        .unwrap();
    archive.script([Fault::RefuseAccess]);
    client.search_disclosed(&query, &other).await.unwrap_err();
    let [extended, refused] = &log.take()[..] else {
        panic!("one entry a message");
    };
    assert_eq!(extended["action"], "search");
    assert_eq!(extended["basis"], "extended-right");
    assert_eq!(extended["ground"], "TEST-GROUND");
    // What came is told, though the question named no document.
    assert_eq!(extended["documents"], serde_json::json!([id]));
    assert_eq!(refused["basis"], "permission");
    assert_eq!(refused["result"], "refused");
    assert_eq!(refused["answers"], serde_json::json!(["5Y00009"]));
}

struct Broken;

impl AuditSink for Broken {
    fn record(&self, _: &UseLogEntry) -> Result<(), AuditError> {
        Err(AuditError("the disk is full".to_owned()))
    }
}

#[tokio::test]
async fn what_is_not_recorded_is_not_disclosed() {
    let archive = archive().await;
    let client =
        ArchiveClient::new(test_spec(), transport(&archive, common::LONG)).with_audit(Broken);
    let document = plan(&archive, 1);
    // What is stored is stored, and told so.
    let receipt = client.archive(&document, &people::context()).await.unwrap();
    assert!(matches!(receipt.outcome, Outcome::Archived(_)));
    let error = client
        .fetch(&document.metadata().id, &people::context())
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Audit(_)), "{error}");
}

#[tokio::test]
async fn request_and_answer_are_kept_for_support_with_the_bundle() {
    let archive = archive().await;
    let client = client_for(&archive, Fault::AnswerHtml);
    archive.script([Fault::AnswerHtml]);
    let receipt = client
        .archive(&plan(&archive, 1), &people::context())
        .await
        .unwrap();
    let [exchange] = receipt.exchanges.as_slice() else {
        panic!("{receipt:?}");
    };
    assert_eq!(exchange.bundle().name, "kanta-default+test");
    assert_eq!(exchange.bundle().hash.len(), 64);
    assert!(exchange.expose_request().starts_with(b"<?xml"));
    assert!(
        exchange
            .expose_answer()
            .unwrap()
            .body
            .starts_with(b"<html>")
    );
    assert_eq!(exchange.operation().key(), "store_client_document");
    archive.script([Fault::RefuseAccess]);
    let query = SearchQuery::of_client(people::child().identifier);
    let error = client
        .search_metadata(&query, &people::context())
        .await
        .unwrap_err();
    assert!(error.exchange().unwrap().expose_answer().is_some());
    assert!(!matches!(
        error,
        ClientError::Transport(TransportError::NoAnswer(_))
    ));
}
