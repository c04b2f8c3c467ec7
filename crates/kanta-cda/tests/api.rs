//! What every public type promises: it goes between threads, and `Debug` shows no personal data.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use std::fmt::Debug;

use common::{filled_spec, made};
use kanta_cda::{
    Body, BodyError, BodyForm, CheckContext, CheckError, ClinicalDocument, Content, ContentError,
    Draft, PdfAClaim, PdfFacts, PdfInspector, PdfSource, Pending, PrepareError, ReadError,
    SignOptions, Signed, SigningError, Valid, WriteError,
};
use kanta_core::metadata::{
    CaseDocument, Client, ClientDocument, ClientRelationDocument, DisclosureDocument, DocumentKind,
    DocumentMetadata, ItemKey, ItemRef, ItemValue, LegacyDocument, Office, Replaced, Revision,
    RevisionError, Software,
};
use kanta_xml::Limits;

fn goes_between_threads<T: Send + Sync + ?Sized>() {}

#[test]
fn public_types_go_between_threads() {
    macro_rules! all {
        ($($type:ty),* $(,)?) => { $( goes_between_threads::<$type>(); )* };
    }
    all!(
        Body,
        BodyError,
        BodyForm,
        CheckContext<'_>,
        CheckError,
        ClinicalDocument,
        Content<'_>,
        ContentError,
        Draft,
        PdfAClaim,
        PdfFacts,
        dyn PdfInspector,
        dyn PdfSource,
        Pending,
        PrepareError,
        ReadError,
        SignOptions,
        Signed,
        SigningError,
        Valid,
        WriteError,
        kanta_cda::structure::Structure,
        kanta_cda::DocumentVerification,
        CaseDocument,
        Client,
        ClientDocument,
        ClientRelationDocument,
        DisclosureDocument,
        DocumentKind,
        DocumentMetadata,
        ItemKey,
        ItemRef<'_>,
        ItemValue,
        LegacyDocument,
        Office,
        Replaced,
        Revision,
        RevisionError,
        Software,
        kanta_core::spec::Spec,
        kanta_core::Report,
    );
}

#[test]
fn debug_shows_nothing_personal() {
    let reason = "Äidin luona ei saa kertoa";
    let mut metadata = made::metadata(&DocumentKind::ClientDocument)
        .with_restriction_reason(reason)
        .with_arrival(
            kanta_core::CodedValue::new("TEST-1", made::oid("5")),
            "Liisa Lähettäjä",
        )
        .with_further_client(made::newborn());
    metadata.disclosure_despite_ban = Some("Isä hakee".to_owned());
    let (draft, structure) = made::draft_of(metadata.clone());
    let valid = draft.check(structure.as_ref(), &filled_spec()).unwrap();
    // A part that nobody knows may hold personal data too.
    let xml = String::from_utf8(valid.as_xml().to_vec()).unwrap();
    let xml = xml.replacen(
        "<typeId",
        "<note by=\"Outi Outo\">Salainen asia</note><typeId",
        1,
    );
    let document =
        ClinicalDocument::read(xml.as_bytes(), &filled_spec(), &Limits::default()).unwrap();
    let report = document.check(structure.as_ref(), &filled_spec());
    let findings = CheckError::Findings(report.clone());
    let seen: [&dyn Debug; 12] = [
        &metadata,
        &metadata.client,
        &metadata.author,
        &metadata.revise(),
        &draft,
        &valid,
        &document,
        &document.body(),
        &report,
        &findings,
        &metadata.item("restriction_reason"),
        &CheckContext::default().with_previous(&metadata),
    ];
    for (number, value) in seen.iter().enumerate() {
        let text = format!("{value:?} {value:#?}");
        for personal in [
            made::ADULT,
            "010126A999X",
            "99999999911",
            "Tuulikki",
            "Tyttö",
            "Onni",
            "Esimerkillinen",
            reason,
            "Lähettäjä",
            "Isä hakee",
            "Salainen",
            "Outi",
            "PGRpdiB",
        ] {
            assert!(
                !text.contains(personal),
                "value {number} shows {personal}: {text}"
            );
        }
    }
}
