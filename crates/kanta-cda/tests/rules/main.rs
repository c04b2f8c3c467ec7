//! Every rule of the catalogue: a document that keeps it, and one that breaks it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod broken;
#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeSet;

use broken::broken;
use common::{filled_spec, made};
use kanta_cda::structure::Structure;
use kanta_cda::{CATALOGUE, CheckContext, CheckError, ClinicalDocument, Draft, PdfInspector};
use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::spec::{Bundle, Inferred, Spec};
use kanta_core::{
    ClientIdentifier, CodedValue, Finding, InstanceIdentifier, Oid, PersonName,
    PersonalIdentityCode, Report, Severity, TimeStamp, VersionNumber,
};
use kanta_testkit::structures;
use kanta_xml::Limits;
use serde_json::{Value, json};

fn report_of(draft: &Draft, context: CheckContext<'_>, spec: &Spec) -> Report {
    match draft.check(context, spec) {
        Ok(valid) => valid.report().clone(),
        Err(CheckError::Findings(report)) => report,
        Err(other) => panic!("{other}"),
    }
}

fn code(code: &str, system: &str) -> CodedValue {
    CodedValue::new(code, Oid::parse(system).unwrap())
}

/// The report on a document of a kind after a change of its metadata.
fn changed(kind: DocumentKind, change: impl FnOnce(&mut DocumentMetadata)) -> Report {
    let mut metadata = made::metadata(&kind);
    change(&mut metadata);
    let (draft, structure) = made::draft_of(metadata);
    report_of(&draft, structure.as_ref().into(), &filled_spec())
}

/// The report on a document with other content.
fn with_content(kind: DocumentKind, structure: &Structure, content: Value) -> Report {
    let draft = Draft::new(made::metadata(&kind), content.to_string());
    report_of(&draft, structure.into(), &filled_spec())
}

/// The report on a document that was read after its XML was changed.
fn with_xml(kind: DocumentKind, from: &str, to: &str) -> Report {
    let (draft, structure) = made::draft(&kind);
    let valid = draft.check(structure.as_ref(), &filled_spec()).unwrap();
    let xml = String::from_utf8(valid.as_xml().to_vec()).unwrap();
    assert!(xml.contains(from), "{from}");
    let document = ClinicalDocument::read(
        xml.replacen(from, to, 1).as_bytes(),
        &filled_spec(),
        &Limits::default(),
    );
    document.unwrap().check(structure.as_ref(), &filled_spec())
}

fn with_display(kind: DocumentKind, change: impl FnOnce(String) -> String) -> Report {
    let (draft, structure) = made::draft(&kind);
    let display = change(made::xhtml(draft.metadata()));
    report_of(
        &draft.with_display(display),
        structure.as_ref().into(),
        &filled_spec(),
    )
}

fn with_pdf(from: &str, to: &str) -> Report {
    let pdf = String::from_utf8_lossy(made::PDF)
        .replace(from, to)
        .into_bytes();
    let draft = Draft::pdf(made::metadata(&DocumentKind::FirstPhase), pdf);
    report_of(&draft, CheckContext::default(), &filled_spec())
}

fn case_with(change: impl FnOnce(&mut Value)) -> Report {
    let mut content = made::case_content();
    change(&mut content["asia_asiakirja"]);
    with_content(DocumentKind::Case, &structures::case(), content)
}

/// An identity code outside the artificial range, computed so that none stands in the project.
fn a_code_that_may_be_real() -> PersonalIdentityCode {
    let digits = "010100242";
    let number: usize = digits.parse().unwrap();
    let check = char::from(b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31]);
    let (day, individual) = digits.split_at(6);
    PersonalIdentityCode::parse(&format!("{day}A{individual}{check}")).unwrap()
}

/// A client-relation document under a security ban, with a display form of the caller's own.
fn banned(change: impl FnOnce(String) -> String) -> Report {
    let mut content = made::relation_content();
    let client = &mut content["asiakkuusasiakirja"]["asiakas"];
    client["turvakielto"] = json!(true);
    client["kotikunta"] =
        json!({"system": "urn:oid:1.2.246.537.6.21", "code": "999", "display": "Kuvitelma"});
    client["yhteystiedot"] =
        json!([{"postiosoite": {"lahiosoite": "Kuvakatu 1"}, "puhelinnumero": "0"}]);
    let metadata = made::metadata(&DocumentKind::ClientRelation);
    let display = change(made::xhtml(&metadata));
    let draft = Draft::new(metadata, content.to_string()).with_display(display);
    report_of(
        &draft,
        (&structures::client_relation()).into(),
        &filled_spec(),
    )
}

#[test]
fn every_rule_can_be_broken() {
    let mut met = BTreeSet::new();
    for (rule, report) in broken() {
        let id = format!("KANTA-DOC-{rule}");
        assert!(report.has(&id), "{id} is not among:\n{report}");
        met.insert(id);
    }
    for rule in CATALOGUE {
        assert!(met.contains(rule.id()), "nothing breaks {}", rule.id());
    }
}

#[test]
fn findings_tell_both_languages_and_nothing_personal() {
    for (_, report) in broken() {
        for finding in report
            .iter()
            .filter(|finding| finding.rule().starts_with("KANTA-DOC-"))
        {
            let told = format!("{finding:?} {finding} {}", finding.finnish());
            for personal in [
                made::ADULT,
                made::CHILD,
                a_code_that_may_be_real().expose(),
                "Tuulikki",
                "99999999911",
                "Kuvakatu",
            ] {
                assert!(!told.contains(personal), "{told}");
            }
            assert!(!finding.finnish().is_empty() && finding.finnish() != finding.english());
            assert!(
                !finding.place().is_empty() && !finding.source().is_empty(),
                "{finding}"
            );
        }
    }
}

#[test]
fn what_may_be_shown_under_a_ban_is_no_finding() {
    let quiet = banned(|display| display.replace("Asiakirja", "Kuvitelman hyvinvointialue"));
    assert!(!quiet.has("KANTA-DOC-DISPLAY-BAN"), "{quiet}");
    // The display form that is rendered keeps the ban by itself.
    let (draft, structure) = made::draft(&DocumentKind::ClientRelation);
    let valid = draft.check(structure.as_ref(), &filled_spec()).unwrap();
    assert!(valid.report().is_empty(), "{}", valid.report());
}

#[test]
fn a_joint_case_has_joining_moments_and_several_clients() {
    let mut content = made::case_content();
    let case = &mut content["asia_asiakirja"];
    case["asian_tiedot"]["yhteinen_asia"] = json!(true);
    case["asiakas"][0]["asiaan_liittymishetki"] = json!("2026-01-12");
    let mut metadata = made::metadata(&DocumentKind::Case);
    metadata = metadata.with_further_client(made::newborn());
    let draft = Draft::new(metadata, content.to_string());
    let structure = structures::case();
    let valid = draft.check(&structure, &filled_spec()).unwrap();
    let mut rules = valid.report().iter().map(Finding::rule);
    assert!(
        rules.all(|rule| rule == "KANTA-DOC-KIND-INFERRED"),
        "{}",
        valid.report()
    );
    let back = ClinicalDocument::read(valid.as_xml(), &filled_spec(), &Limits::default()).unwrap();
    assert_eq!(back.metadata().clients().count(), 2);
}

#[test]
fn a_real_judge_of_pdf_files_has_the_last_word() {
    struct Strict;
    impl PdfInspector for Strict {
        fn inspect(&self, pdf: &mut dyn std::io::Read) -> Report {
            let mut bytes = Vec::new();
            pdf.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, made::PDF);
            let finding = Finding::reported(
                "JUDGE-1",
                Severity::Error,
                "page 1",
                "a judge",
                "fonts are not embedded",
            );
            std::iter::once(finding).collect()
        }
    }
    let (draft, _) = made::draft(&DocumentKind::FirstPhase);
    let context = CheckContext::default().with_pdf_inspector(&Strict);
    assert!(report_of(&draft, context, &filled_spec()).has("JUDGE-1"));
    let valid = draft
        .check(CheckContext::default(), &filled_spec())
        .unwrap();
    let document =
        ClinicalDocument::read(valid.as_xml(), &filled_spec(), &Limits::default()).unwrap();
    assert!(document.check(context, &filled_spec()).has("JUDGE-1"));
}
