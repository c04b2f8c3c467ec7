//! Every kind of document: made, judged by the schemas of HL7 and Kela, read back, and written again byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{conformance, filled_spec, made, spec};
use kanta_cda::{BodyForm, CheckContext, CheckError, ClinicalDocument, Draft, WriteError};
use kanta_core::metadata::{DocumentKind, DocumentMetadata, ItemValue};
use kanta_core::spec::{Bundle, Inferred, Spec, SpecError};
use kanta_core::{CodedValue, Mark, Severity};
use kanta_xml::Limits;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

fn read(bytes: &[u8], spec: &Spec) -> ClinicalDocument {
    ClinicalDocument::read(bytes, spec, &Limits::default()).unwrap()
}

#[test]
fn every_kind_is_written_read_and_written_again() {
    let spec = filled_spec();
    for kind in DocumentKind::NAMED {
        let (draft, structure) = made::draft(&kind);
        let valid = draft
            .check(structure.as_ref(), &spec)
            .unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        let document = read(valid.as_xml(), &spec);
        assert_eq!(document.metadata().kind, kind);
        assert_eq!(document.unknown_parts().count(), 0, "{kind:?}");
        assert!(
            document.rewrite(&spec).unwrap() == valid.as_xml(),
            "{kind:?}"
        );
        let report = document.check(structure.as_ref(), &spec);
        assert!(!report.has_errors(), "{kind:?}: {report}");
    }
}

#[test]
fn bodies_come_back_as_they_were_given() {
    let spec = filled_spec();
    let pdf = read(
        &checked(made::draft(&DocumentKind::FirstPhase).0, &spec),
        &spec,
    );
    let body = pdf.body().unwrap();
    assert_eq!(body.form(), BodyForm::Pdf);
    assert_eq!(body.display_form().unwrap(), made::PDF);
    let mut copied = Vec::new();
    body.copy_display_form(&mut copied).unwrap();
    assert_eq!(copied, made::PDF);
    assert!(body.structured_form().is_err());
    let display = made::xhtml(&made::metadata(&DocumentKind::Legacy));
    let legacy = read(&checked(made::draft(&DocumentKind::Legacy).0, &spec), &spec);
    let body = legacy.body().unwrap();
    assert_eq!(body.form(), BodyForm::Xhtml);
    assert_eq!(body.display_form().unwrap(), display.as_bytes());
    assert_eq!(legacy.metadata().structured_format, None);
}

fn checked(draft: Draft, spec: &Spec) -> Vec<u8> {
    draft
        .check(CheckContext::default(), spec)
        .unwrap()
        .as_xml()
        .to_vec()
}

/// Nothing is made before everything that it needs is known.
#[test]
fn what_nobody_knows_is_asked_for_by_name() {
    let incomplete = |draft: &Draft, structure: Option<&_>, spec: &Spec| match draft
        .check(structure, spec)
    {
        Err(CheckError::Spec(SpecError::Incomplete { key, needs, .. }))
        | Err(CheckError::Write(WriteError::Spec(SpecError::Incomplete { key, needs, .. }))) => {
            assert!(
                needs.contains("kanta.fi") || needs.contains("koodisto") || needs.contains("Kela"),
                "{needs}"
            );
            Some(key)
        }
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    };
    let customer_test = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
    let production = Spec::for_production(&[Bundle::embedded()]);
    for (kind, in_test, in_customer_test) in [
        (DocumentKind::ClientRelation, None, None),
        (DocumentKind::ClientDocument, None, None),
        (DocumentKind::Case, None, Some("document.kind.case.group")),
        (
            DocumentKind::CaseNote,
            Some("document.kind.case_note.group"),
            Some("document.kind.case_note.group"),
        ),
        (
            DocumentKind::FirstPhase,
            Some("document.kind.first_phase.group"),
            Some("document.kind.first_phase.group"),
        ),
        (
            DocumentKind::Legacy,
            Some("document.kind.legacy.group"),
            Some("document.kind.legacy.group"),
        ),
        (
            DocumentKind::DisclosurePermission,
            None,
            Some("document.kind.disclosure_permission.group"),
        ),
        (
            DocumentKind::DisclosureBan,
            None,
            Some("document.kind.disclosure_ban.group"),
        ),
    ] {
        let (draft, structure) = made::draft(&kind);
        assert_eq!(
            incomplete(&draft, structure.as_ref(), &spec()).as_deref(),
            in_test,
            "{kind:?}"
        );
        assert_eq!(
            incomplete(&draft, structure.as_ref(), &customer_test).as_deref(),
            in_customer_test,
            "{kind:?}"
        );
        // Not one value of the bundle is official yet, so production refuses every kind.
        assert!(
            incomplete(&draft, structure.as_ref(), &production).is_some(),
            "{kind:?}"
        );
    }
}

#[test]
fn an_item_without_a_place_is_refused_by_its_key() {
    type Change = fn(&mut DocumentMetadata);
    let code = || CodedValue::new("TEST-1", made::oid("5"));
    let _ = code;
    let cases: [(&str, Change); 6] = [
        ("arrival_mode", |metadata| {
            metadata.arrival_mode = Some(CodedValue::new("TEST-1", made::oid("5")));
            metadata.sender = Some("Lähettäjä".to_owned());
        }),
        ("shown_from", |metadata| {
            metadata.shown_from = Some(metadata.drafted.clone());
        }),
        ("social_service", |metadata| {
            metadata.social_service = Some(kanta_core::codes::SocialService::SOCIAL_WORK.into());
        }),
        ("security_ban", |metadata| {
            metadata.security_ban = Some(true);
        }),
        ("disclosure_despite_ban", |metadata| {
            metadata.disclosure_despite_ban = Some("Syy".to_owned());
        }),
        ("unheard_of", |metadata| {
            metadata
                .set_item("unheard_of", ItemValue::Text("x".to_owned()))
                .unwrap();
        }),
    ];
    for (key, change) in cases {
        let mut metadata = made::metadata(&DocumentKind::ClientDocument);
        change(&mut metadata);
        let (draft, structure) = made::draft_of(metadata.clone());
        let error = draft
            .check(structure.as_ref(), &spec())
            .unwrap_err()
            .to_string();
        let expected = if key == "unheard_of" {
            "document.local_header.order".to_owned()
        } else {
            format!("document.local_header.item.{key}.element")
        };
        assert!(error.contains(&expected), "{key}: {error}");
        if key != "unheard_of" {
            let document = draft.check(structure.as_ref(), &filled_spec()).unwrap();
            let back = read(document.as_xml(), &filled_spec());
            assert_eq!(back.metadata().item(key), metadata.item(key), "{key}");
        }
    }
}

/// A code of the same letters from another list decides nothing.
#[test]
fn the_kind_is_read_from_the_code_system_too() {
    let spec = filled_spec();
    let (draft, structure) = made::draft(&DocumentKind::ClientRelation);
    let valid = draft.check(structure.as_ref(), &spec).unwrap();
    let xml = String::from_utf8(valid.as_xml().to_vec()).unwrap();
    let group = "documentGroup code=\"1\" codeSystem=\"1.2.246.537.6.1505.201601\"";
    assert!(xml.contains(group));
    for (system, expected) in [
        (
            "1.2.246.537.6.1505.202601",
            DocumentKind::ClientRelation.key(),
        ),
        ("1.2.246.537.6.1505", DocumentKind::ClientRelation.key()),
        ("1.2.246.537.6.15051.201601", None),
        ("1.2.246.537.6.1221.201601", None),
    ] {
        let other = format!("documentGroup code=\"1\" codeSystem=\"{system}\"");
        let document = read(xml.replace(group, &other).as_bytes(), &spec);
        assert_eq!(document.metadata().kind.key(), expected, "{system}");
    }
}

/// The code systems of items are facts only where a header was seen with the item.
#[test]
fn a_code_system_that_is_an_inference_only_warns() {
    let mut metadata = made::metadata(&DocumentKind::ClientDocument);
    metadata.social_service = Some(CodedValue::new("TEST-1", made::oid("5")));
    let (draft, structure) = made::draft_of(metadata);
    let valid = draft.check(structure.as_ref(), &filled_spec()).unwrap();
    let finding = valid
        .report()
        .iter()
        .find(|finding| finding.rule() == "KANTA-DOC-CODE-SYSTEM")
        .unwrap();
    assert_eq!(finding.severity(), Severity::Warning);
    assert_eq!(finding.mark(), Mark::Inferred);
}

/// A structure of THL confirms the kind whose group nobody saw.
#[test]
fn the_structure_of_the_content_confirms_the_kind() {
    let spec = filled_spec();
    let (draft, structure) = made::draft(&DocumentKind::Case);
    let xml = draft.check(structure.as_ref(), &spec).unwrap();
    let xml = String::from_utf8(xml.as_xml().to_vec()).unwrap();
    let own = structure.unwrap().oid().to_string();
    assert!(
        read(xml.as_bytes(), &spec)
            .check(None, &spec)
            .has("KANTA-DOC-KIND-INFERRED")
    );
    let xml = xml.replace(
        &format!("contentSpecificationId>{own}<"),
        "contentSpecificationId>1.2.246.537.6.1505.2.2022.6.28<",
    );
    let report = read(xml.as_bytes(), &spec).check(None, &spec);
    assert!(!report.has("KANTA-DOC-KIND-INFERRED"), "{report}");
}

/// A group that only the bundle knows is a kind all the same.
#[test]
fn another_kind_is_written_when_the_bundle_has_its_group() {
    let text = r#"
        [kind.informing]
        group = { value = { code = "TEST-INFO", system = "1.2.246.537.6.1505.201601" }, status = "verified", source = "a test" }
        bodies = { value = ["xhtml"], status = "verified", source = "a test" }
    "#;
    let head = "name = \"mine\"\nbased_on = []\ndate = \"2026-01-01\"";
    let mine = Bundle::read([("bundle.toml", head), ("document.toml", text)]).unwrap();
    let spec = Spec::for_test(&[Bundle::embedded(), mine], &[]);
    let group = CodedValue::new(
        "TEST-INFO",
        kanta_core::Oid::parse("1.2.246.537.6.1505.201601").unwrap(),
    );
    let mut metadata = made::metadata(&DocumentKind::Legacy);
    metadata.kind = DocumentKind::Other(Some(group.clone()));
    let draft = Draft::xhtml(metadata.clone(), made::xhtml(&metadata));
    let valid = draft.check(CheckContext::default(), &spec).unwrap();
    let back = read(valid.as_xml(), &spec);
    assert_eq!(back.metadata().kind, DocumentKind::Other(Some(group)));
    assert!(!back.check(None, &spec).has("KANTA-DOC-KIND"));
    // Without the table nobody knows what the archive would do with it.
    let error = draft
        .check(CheckContext::default(), &common::spec())
        .unwrap_err();
    assert!(error.to_string().contains("document.kind"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_written_is_read_and_written_again_byte_for_byte(metadata in made::any_metadata(), xhtml in made::text()) {
        let spec = filled_spec();
        let written = Draft::xhtml(metadata.clone(), xhtml.clone()).write_unchecked(None, &spec).unwrap();
        let document = read(&written, &spec);
        prop_assert_eq!(document.unknown_parts().collect::<Vec<_>>(), Vec::<&str>::new());
        prop_assert_eq!(document.body().unwrap().display_form().unwrap(), xhtml.as_bytes());
        for key in kanta_core::metadata::ItemKey::all().map(kanta_core::metadata::ItemKey::as_str) {
            if let Some(item) = metadata.item(key) {
                prop_assert!(document.metadata().item(key) == Some(item), "{}", key);
            }
        }
        prop_assert!(document.metadata().clients().eq(metadata.clients()));
        prop_assert_eq!(&document.metadata().replaces, &metadata.replaces);
        prop_assert!(document.rewrite(&spec).unwrap() == written);
    }
}

/// The schemas of HL7 and of Kela's health archive judge every kind, and documents that were made at random.
#[test]
fn documents_are_valid_by_the_schemas() {
    let Some(folder) = conformance() else { return };
    if ["xmllint", "xsltproc"].iter().any(|tool| !is_there(tool)) {
        eprintln!("SKIPPED: xmllint or xsltproc is missing");
        return;
    }
    let spec = filled_spec();
    let mut documents = made::one_of_each_kind(&spec);
    let mut runner = TestRunner::deterministic();
    for _ in 0..40 {
        let metadata = made::any_metadata()
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let display = made::xhtml(&metadata);
        documents.push(
            Draft::xhtml(metadata, display)
                .write_unchecked(None, &spec)
                .unwrap(),
        );
    }
    let place = tempfile::tempdir().unwrap();
    let stripped: Vec<_> = documents
        .iter()
        .enumerate()
        .map(|(number, document)| {
            let path = place.path().join(format!("{number}.xml"));
            std::fs::write(&path, strip(&folder, document)).unwrap();
            path
        })
        .collect();
    for schema in [
        "cda-xsd/hl7-normative/infrastructure/cda/CDA.xsd",
        "cda-xsd/kela-fi/CDA_Fi.xsd",
    ] {
        let judged = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(folder.join(schema))
            .args(&stripped)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&judged.stderr);
        assert!(judged.status.success(), "{schema}:\n{told}");
        assert_eq!(
            told.matches(" validates").count(),
            documents.len(),
            "{schema}:\n{told}"
        );
    }
    // The judge is awake: two elements in the wrong order are refused.
    let text = String::from_utf8(strip(&folder, &documents[0])).unwrap();
    let wrong = text.replace("<versionNumber", "<setId root=\"2.999\"/><versionNumber");
    std::fs::write(place.path().join("wrong.xml"), wrong).unwrap();
    let judged = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(folder.join("cda-xsd/hl7-normative/infrastructure/cda/CDA.xsd"))
        .arg(place.path().join("wrong.xml"))
        .output()
        .unwrap();
    assert!(!judged.status.success());
}

fn is_there(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok()
}

/// Removes what the schemas do not know: the extension, and the ID of the body.
fn strip(folder: &Path, document: &[u8]) -> Vec<u8> {
    let mut xslt = Command::new("xsltproc")
        .arg(folder.join("cda-examples/strip-hl7fi.xsl"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    xslt.stdin.take().unwrap().write_all(document).unwrap();
    let output = xslt.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}
