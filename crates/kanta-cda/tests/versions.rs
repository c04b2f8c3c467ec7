//! Later versions: correction, the change to an official identifier, another version of the structure, annulment.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use common::{filled_spec, made, spec};
use kanta_cda::structure::Structure;
use kanta_cda::{CheckContext, CheckError, ClinicalDocument, Draft, WriteError};
use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::spec::{Bundle, Inferred, Spec, SpecError};
use kanta_core::{ClientIdentifier, CodedValue, Oid};
use kanta_testkit::structures;
use kanta_xml::Limits;

fn ground() -> CodedValue {
    CodedValue::new("TEST-1", Oid::parse("2.999.5").unwrap())
}

fn read(bytes: &[u8]) -> ClinicalDocument {
    ClinicalDocument::read(bytes, &filled_spec(), &Limits::default()).unwrap()
}

fn stored(metadata: DocumentMetadata) -> ClinicalDocument {
    let (draft, structure) = made::draft_of(metadata);
    read(
        draft
            .check(structure.as_ref(), &filled_spec())
            .unwrap()
            .as_xml(),
    )
}

#[test]
fn a_correction_of_a_stored_document_keeps_its_chain() {
    let first = stored(made::metadata(&DocumentKind::ClientDocument));
    let metadata = first
        .metadata()
        .revise()
        .correct(ground())
        .into_version(made::document_oid("11.2026.2"), made::made_at())
        .unwrap();
    let draft = Draft::with_body_of(&first, metadata).unwrap();
    let structure = structures::client_plan();
    let context = CheckContext::from(&structure).with_previous(first.metadata());
    let valid = draft.check(context, &filled_spec()).unwrap();
    assert!(
        !valid.report().has("KANTA-DOC-CHAIN-NUMBER"),
        "{}",
        valid.report()
    );
    let second = read(valid.as_xml());
    assert_eq!(second.metadata().set_id, first.metadata().id);
    assert_eq!(second.metadata().version.as_u32(), 2);
    let replaced = second.metadata().replaces.as_ref().unwrap();
    assert_eq!(replaced.id, first.metadata().id);
    assert_eq!(second.metadata().correction_ground, Some(ground()));
    // The display form carries the anchor of the new version, the content is the same.
    let body = second.body().unwrap();
    assert_eq!(
        body.structured_form().unwrap(),
        first.body().unwrap().structured_form().unwrap()
    );
    assert_eq!(second.unknown_parts().count(), 0);
}

/// How a later version names the one it replaces is inferred: it goes to Kela's test service by a named switch only.
#[test]
fn the_link_to_the_version_before_is_data_with_a_status() {
    let metadata = made::metadata(&DocumentKind::ClientRelation)
        .revise()
        .into_version(made::document_oid("11.2026.2"), made::made_at())
        .unwrap();
    let (draft, structure) = made::draft_of(metadata);
    let structure = structure.as_ref();
    let cautious = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
    match draft.check(structure, &cautious) {
        Err(CheckError::Write(WriteError::Spec(SpecError::Incomplete { key, .. }))) => {
            assert_eq!(key, "document.version.replacement");
        }
        other => panic!("{other:?}"),
    }
    let daring = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
    assert!(draft.check(structure, &daring).is_ok());
}

#[test]
fn a_temporary_identifier_becomes_the_official_one() {
    let mut metadata = made::metadata(&DocumentKind::ClientRelation);
    metadata.client = Some(made::newborn());
    let mut content = made::relation_content();
    let client = content["asiakkuusasiakirja"]["asiakas"]
        .as_object_mut()
        .unwrap();
    client.remove("henkilotunnus");
    client.insert(
        "tilapainen_yksilointitunnus".to_owned(),
        serde_json::json!({"system": "urn:oid:1.2.246.10.99999999.22.2026", "value": "010126A999X"}),
    );
    let structure = structures::client_relation();
    let draft = Draft::new(metadata, content.to_string());
    let valid = draft.check(&structure, &filled_spec()).unwrap();
    let first = read(valid.as_xml());
    let temporary = &first.metadata().client.as_ref().unwrap().identifier;
    assert!(matches!(temporary, ClientIdentifier::Temporary(_)));
    let metadata = first
        .metadata()
        .revise()
        .with_client(made::client(made::ADULT))
        .into_version(made::document_oid("11.2026.2"), made::made_at())
        .unwrap();
    let draft = Draft::new(metadata, made::relation_content().to_string());
    let context = CheckContext::from(&structure).with_previous(first.metadata());
    let second = read(draft.check(context, &filled_spec()).unwrap().as_xml());
    assert!(
        !second
            .metadata()
            .client
            .as_ref()
            .unwrap()
            .identifier
            .can_be_a_real_person()
    );
    assert_eq!(second.metadata().set_id, first.metadata().set_id);
}

#[test]
fn a_later_version_may_follow_another_version_of_its_structure() {
    let first = stored(made::metadata(&DocumentKind::ClientRelation));
    let newer = structures::client_relation_schema()
        .replace("2.999.1505.1.2026.1.1", "2.999.1505.1.2026.9.1");
    let newer = Structure::parse(newer.as_bytes()).unwrap();
    let revision = first
        .metadata()
        .revise()
        .with_structure(newer.oid().clone());
    let metadata = revision
        .into_version(made::document_oid("11.2026.2"), made::made_at())
        .unwrap();
    let draft = Draft::with_body_of(&first, metadata).unwrap();
    let valid = draft.check(&newer, &filled_spec()).unwrap();
    assert_eq!(
        read(valid.as_xml())
            .metadata()
            .content_specification
            .as_ref(),
        Some(newer.oid())
    );
    // The old structure is refused for it, since the header names the new one.
    let old = draft
        .check(&structures::client_relation(), &filled_spec())
        .unwrap_err();
    assert!(old.to_string().contains("KANTA-DOC-STRUCTURE"), "{old}");
}

#[test]
fn annulment_waits_for_what_kela_says_about_its_body() {
    let first = stored(made::metadata(&DocumentKind::ClientRelation));
    let revision = first.metadata().revise();
    let metadata = revision
        .into_version(made::document_oid("11.2026.2"), made::made_at())
        .unwrap();
    let error = Draft::annulment(&first, metadata.clone(), &spec()).unwrap_err();
    assert!(
        error.to_string().contains("document.annulment.body"),
        "{error}"
    );
    let draft = Draft::annulment(&first, metadata.clone(), &filled_spec()).unwrap();
    let document = read(
        draft
            .check(&structures::client_relation(), &filled_spec())
            .unwrap()
            .as_xml(),
    );
    assert!(document.body().unwrap().has_structured_form());
    let text =
        "[annulment]\nbody = { value = \"empty\", status = \"verified\", source = \"a test\" }";
    let head = "name = \"mine\"\nbased_on = []\ndate = \"2026-01-01\"";
    let mine = Bundle::read([("bundle.toml", head), ("document.toml", text)]).unwrap();
    let spec = Spec::for_test(&[Bundle::embedded(), mine], &[]);
    let draft = Draft::annulment(&first, metadata, &spec).unwrap();
    let xml = draft.write_unchecked(None, &spec).unwrap();
    let display = read(&xml).body().unwrap().display_form().unwrap();
    assert!(
        String::from_utf8(display)
            .unwrap()
            .contains("OID1.2.246.10.99999999.11.2026.2")
    );
}
