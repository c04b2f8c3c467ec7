//! Every rule of the catalogue: a document that keeps it, and one that breaks it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use std::collections::BTreeSet;

use common::{filled_spec, made};
use kanta_cda::structure::Structure;
use kanta_cda::{CATALOGUE, CheckContext, CheckError, ClinicalDocument, Draft, PdfInspector};
use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::spec::{Bundle, Inferred, Spec};
use kanta_core::{
    ClientIdentifier, CodedValue, Finding, InstanceIdentifier, Oid, PersonName,
    PersonalIdentityCode, Report, Severity, TimeStamp, VersionNumber,
};
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
    with_content(DocumentKind::Case, &made::case_structure(), content)
}

/// An identity code outside the artificial range, computed so that none stands in the project.
fn a_code_that_may_be_real() -> PersonalIdentityCode {
    let digits = "010100242";
    let number: usize = digits.parse().unwrap();
    let check = char::from(b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31]);
    let (day, individual) = digits.split_at(6);
    PersonalIdentityCode::parse(&format!("{day}A{individual}{check}")).unwrap()
}

fn broken() -> Vec<(&'static str, Report)> {
    use DocumentKind as Kind;
    let real = a_code_that_may_be_real();
    let customer_test = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
    vec![
        (
            "ANCHOR",
            with_xml(
                Kind::ClientRelation,
                "nonXMLBody ID=\"OID",
                "nonXMLBody ID=\"OOO",
            ),
        ),
        (
            "ARRIVAL",
            changed(Kind::ClientDocument, |metadata| {
                metadata.sender = Some("Lähettäjä".into());
            }),
        ),
        ("ARRIVAL", {
            let (draft, structure) = made::draft(&Kind::FirstPhase);
            let context = CheckContext::from(structure.as_ref()).received();
            report_of(&draft, context, &filled_spec())
        }),
        (
            "AUTHOR",
            changed(Kind::ClientDocument, |metadata| metadata.author = None),
        ),
        (
            "AUTHOR",
            changed(Kind::FirstPhase, |metadata| metadata.author = None),
        ),
        (
            "AUTHOR-NUMBER",
            changed(Kind::CaseNote, |metadata| {
                metadata.author.as_mut().unwrap().registration_number = None;
            }),
        ),
        (
            "BIRTH",
            changed(Kind::Case, |metadata| {
                metadata.client.as_mut().unwrap().birth = TimeStamp::parse("19700101").ok();
            }),
        ),
        (
            "BODY",
            with_xml(
                Kind::ClientRelation,
                "representation=\"B64\"",
                "representation=\"TXT\"",
            ),
        ),
        (
            "BODY",
            with_xml(
                Kind::ClientRelation,
                "representation=\"B64\">PGRp",
                "representation=\"B64\">*",
            ),
        ),
        ("BODY-FORM", {
            let draft = Draft::pdf(made::metadata(&Kind::ClientRelation), made::PDF);
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        ("BODY-FORM", {
            let draft = Draft::new(
                made::metadata(&Kind::FirstPhase),
                made::plan_content().to_string(),
            );
            report_of(&draft, (&made::plan_structure()).into(), &filled_spec())
        }),
        ("BODY-FORM-UNUSUAL", {
            let draft = Draft::pdf(made::metadata(&Kind::DisclosureBan), made::PDF);
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        (
            "CASE-NUMBER",
            case_with(|case| case["asian_tiedot"]["asiatunnus"]["value"] = json!("1.2.3")),
        ),
        (
            "CASE-PERIOD",
            case_with(|case| case["asian_tiedot"]["avauspaiva"] = json!("2026-01-13")),
        ),
        (
            "CASE-PERIOD",
            case_with(|case| case["asian_tiedot"]["paattymispaiva"] = json!("2026-02-01")),
        ),
        ("CHAIN-ID", {
            let previous = made::metadata(&Kind::Case);
            let (draft, structure) = made::draft(&Kind::Case);
            report_of(
                &draft,
                CheckContext::from(structure.as_ref()).with_previous(&previous),
                &filled_spec(),
            )
        }),
        ("CHAIN", {
            let mut previous = made::metadata(&Kind::Case);
            previous.set_id = made::document_oid("11.2026.9");
            let (draft, structure) = made::draft(&Kind::Case);
            report_of(
                &draft,
                CheckContext::from(structure.as_ref()).with_previous(&previous),
                &filled_spec(),
            )
        }),
        ("CHAIN-NUMBER", {
            let first = made::metadata(&Kind::Case);
            let next = first
                .revise()
                .into_version(made::document_oid("11.2026.2"), made::made_at())
                .unwrap();
            let third = next
                .revise()
                .into_version(made::document_oid("11.2026.3"), made::made_at())
                .unwrap();
            let (draft, structure) = made::draft_of(third);
            report_of(
                &draft,
                CheckContext::from(structure.as_ref()).with_previous(&first),
                &filled_spec(),
            )
        }),
        (
            "CLIENT",
            changed(Kind::ClientRelation, |metadata| metadata.client = None),
        ),
        (
            "CLIENT-NAME",
            changed(Kind::ClientRelation, |metadata| {
                metadata.client.as_mut().unwrap().name =
                    PersonName::as_read(vec![], None, "K".into());
            }),
        ),
        (
            "CLIENT-HETU",
            changed(Kind::DisclosureBan, |metadata| {
                metadata.client = Some(made::newborn());
            }),
        ),
        (
            "CLIENT-ID",
            changed(Kind::ClientRelation, |metadata| {
                let whole = InstanceIdentifier {
                    root: made::oid("22.2026.5"),
                    extension: None,
                };
                metadata.client.as_mut().unwrap().identifier =
                    ClientIdentifier::Unrecognised(whole);
            }),
        ),
        (
            "CLIENTS",
            changed(Kind::Case, |metadata| {
                metadata.further_clients.push(made::newborn());
            }),
        ),
        (
            "CODE",
            changed(Kind::ClientDocument, |metadata| {
                metadata.retention = Some(code("1 2", "1.2.246.537.6.1258.201601"));
            }),
        ),
        (
            "CODE",
            changed(Kind::ClientDocument, |metadata| {
                let nameless = code("15", "1.2.246.537.6.1506.201701").with_display("");
                metadata.general_type = Some(nameless);
            }),
        ),
        (
            "CODE-SYSTEM",
            changed(Kind::ClientDocument, |metadata| {
                metadata.service_task = Some(code("24", "1.2.246.537.6.1277.201701"));
            }),
        ),
        (
            "CONTENT-CLIENT",
            changed(Kind::ClientDocument, |metadata| {
                metadata.client = Some(made::client(made::CHILD));
            }),
        ),
        ("CONTENT-UNCHECKED", {
            let (draft, _) = made::draft(&Kind::ClientRelation);
            let mut metadata = draft.metadata().clone();
            metadata.content_specification = Some(made::relation_structure().oid().clone());
            let display = made::xhtml(&metadata);
            let draft =
                Draft::new(metadata, made::relation_content().to_string()).with_display(display);
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        (
            "CORRECTION-GROUND",
            changed(Kind::ClientDocument, |metadata| {
                metadata.version = VersionNumber::new(2).unwrap();
                metadata.id = made::document_oid("11.2026.2");
            }),
        ),
        (
            "DISPLAY-ACTIVE",
            with_display(Kind::Legacy, |display| {
                display.replace("<h1>", "<script/><h1>")
            }),
        ),
        (
            "DISPLAY-AGREES",
            with_display(Kind::ClientRelation, |display| display),
        ),
        (
            "DISPLAY-BAN",
            banned(|display| display.replace("Asiakirja", "Kotikunta: Kuvitelma")),
        ),
        (
            "DISPLAY-BAN",
            banned(|display| display.replace("Asiakirja", "Kuvakatu 1")),
        ),
        (
            "DISPLAY-ELEMENT",
            with_display(Kind::Legacy, |display| {
                display.replace("<h1>", "<i>x</i><h1>")
            }),
        ),
        (
            "DISPLAY-FORM",
            with_display(Kind::Legacy, |display| display.replace("id=\"OID", "id=\"")),
        ),
        (
            "FOREIGN",
            with_xml(
                Kind::ClientRelation,
                "<realmCode",
                "<realmCode xml:lang=\"fi\"",
            ),
        ),
        (
            "ITEM",
            changed(Kind::ClientRelation, |metadata| {
                metadata.client_relation = None;
            }),
        ),
        (
            "ITEM",
            changed(Kind::ClientDocument, |metadata| {
                metadata.client_relation = made::metadata(&Kind::ClientRelation).client_relation;
            }),
        ),
        (
            "KIND",
            with_xml(
                Kind::ClientRelation,
                "documentGroup code=\"1\"",
                "documentGroup code=\"7\"",
            ),
        ),
        (
            "LANGUAGE",
            changed(Kind::ClientRelation, |metadata| {
                metadata.language = Some("en".into());
            }),
        ),
        (
            "LATER-VERSION",
            changed(Kind::ClientRelation, |metadata| {
                metadata.version = VersionNumber::new(2).unwrap();
            }),
        ),
        (
            "MINOR",
            changed(Kind::Legacy, |metadata| {
                metadata.client = Some(made::client(made::CHILD));
                metadata.drafted = TimeStamp::parse("20260202").unwrap();
            }),
        ),
        (
            "PATIENT-REGISTER",
            changed(Kind::Legacy, |metadata| {
                metadata.confidentiality = Some(code("5", "1.2.246.777.5.99902.2006"));
            }),
        ),
        (
            "PATIENT-REGISTER",
            with_xml(
                Kind::Legacy,
                "<component>",
                "<h:localHeader xmlns:h=\"urn:hl7finland\"/><component>",
            ),
        ),
        ("PDF", with_pdf("%PDF-", "%XYZ-")),
        ("PDF", with_pdf("%%EOF", "%%")),
        ("PDF", with_pdf("/Root", "/Encrypt 2 0 R /Root")),
        ("PDF-CLAIM", with_pdf("pdfaid:part", "pdfuaid:part")),
        (
            "PLACEHOLDER",
            changed(Kind::Legacy, |metadata| {
                metadata.retention = Some(code("PLACEHOLDER", "1.2.246.537.6.1258.201601"));
            }),
        ),
        (
            "PLACEHOLDER",
            case_with(|case| case["asian_tiedot"]["nimi"]["code"] = json!("PLACEHOLDER")),
        ),
        (
            "PLACEHOLDER",
            with_xml(
                Kind::Legacy,
                "<realmCode",
                "<realmCode xml:lang=\"PLACEHOLDER\"",
            ),
        ),
        (
            "REGISTER-KEEPER",
            changed(Kind::Legacy, |metadata| metadata.register_keeper = None),
        ),
        (
            "REGISTER-TYPE",
            changed(Kind::Legacy, |metadata| {
                metadata.register_type = Some(code("2", "1.2.246.537.6.1264.201701"));
            }),
        ),
        ("RELATION", {
            let mut content = made::relation_content();
            content["asiakkuusasiakirja"]["asiakkuuden_yksilointitunnus"]["value"] = json!("1.2.3");
            with_content(Kind::ClientRelation, &made::relation_structure(), content)
        }),
        ("KIND-INFERRED", {
            let (draft, structure) = made::draft(&Kind::Case);
            report_of(&draft, structure.as_ref().into(), &filled_spec())
        }),
        ("REQUIRED-ITEM", {
            let text = "[kind.legacy]\nrequired = { value = [\"sender\"], status = \"verified\", source = \"a test\" }";
            let head = "name = \"mine\"\nbased_on = []\ndate = \"2026-01-01\"";
            let mine = Bundle::read([("bundle.toml", head), ("document.toml", text)]).unwrap();
            let (draft, _) = made::draft(&Kind::Legacy);
            report_of(
                &draft,
                CheckContext::default(),
                &Spec::for_test(&[Bundle::embedded(), mine], &[]),
            )
        }),
        (
            "SERVICE-TASK",
            case_with(|case| case["asian_tiedot"]["palvelutehtava"]["code"] = json!("10")),
        ),
        (
            "STRUCTURE",
            changed(Kind::ClientRelation, |metadata| {
                metadata.content_specification = Oid::parse("2.999.1").ok();
            }),
        ),
        ("STRUCTURE", {
            let draft = Draft::new(made::metadata(&Kind::Case), "{}");
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        (
            "TEST-PERSON",
            changed(Kind::Legacy, |metadata| {
                metadata.client.as_mut().unwrap().identifier =
                    ClientIdentifier::PersonalIdentityCode(real.clone());
            }),
        ),
        (
            "TEST-PERSON",
            with_display(Kind::Legacy, |display| {
                display.replace("Asiakirja", real.expose())
            }),
        ),
        (
            "TEST-PERSON",
            changed(Kind::ClientRelation, |metadata| {
                let client = metadata.client.as_mut().unwrap();
                client.name = PersonName::new(["Aino"], real.expose()).unwrap();
            }),
        ),
        (
            "TEST-PERSON",
            changed(Kind::ClientRelation, |metadata| {
                metadata.organiser_name = Some(format!("Kuvitelma {}", real.expose()));
            }),
        ),
        ("TEST-VALUE", {
            let mut metadata = made::metadata(&Kind::ClientRelation);
            metadata.special_content = Some(code("TEST-1", "1.2.246.537.6.112.2007"));
            let (draft, structure) = made::draft_of(metadata);
            report_of(&draft, structure.as_ref().into(), &customer_test)
        }),
        (
            "TIME",
            changed(Kind::Case, |metadata| {
                metadata.drafted = TimeStamp::parse("20260202").unwrap();
            }),
        ),
        (
            "TIME",
            changed(Kind::Legacy, |metadata| {
                metadata.created = TimeStamp::parse("20260202101530").ok();
            }),
        ),
        (
            "UNIT",
            changed(Kind::Case, |metadata| metadata.service_unit = None),
        ),
        (
            "VERSION",
            changed(Kind::Case, |metadata| {
                metadata.set_id = made::document_oid("11.2026.7");
            }),
        ),
    ]
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
    report_of(&draft, (&made::relation_structure()).into(), &filled_spec())
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
    let structure = made::case_structure();
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
