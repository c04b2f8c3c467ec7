//! Documents that others made, read and written again, against `$KANTA_CONFORMANCE`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use common::{canonical_body, conformance, header_values, read, spec};
use kanta_cda::ClinicalDocument;
use kanta_cda::structure::Structure;
use kanta_core::metadata::DocumentKind;
use kanta_xml::{Limits, Tree};

const REAL: &str = "real-documents/client-relationship-document.xml";

fn rewrite(bytes: &[u8]) -> Vec<u8> {
    let document = ClinicalDocument::read(bytes, &spec(), &Limits::default()).unwrap();
    document.rewrite(&spec()).unwrap()
}

/// Placeholders are read and never written; to see that everything around them survives, they get made-up values.
fn without_placeholders(document: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(document).unwrap();
    text.replace("PLACEHOLDER", "2.999.7").into_bytes()
}

#[test]
fn placeholders_are_read_and_not_written() {
    let Some(folder) = conformance() else { return };
    for name in [
        "cda-examples/02-phase2-new-version.xml",
        "cda-examples/03-phase1-pdfa.xml",
    ] {
        let original = read(&folder, name);
        let document = ClinicalDocument::read(&original, &spec(), &Limits::default()).unwrap();
        let error = document.rewrite(&spec()).unwrap_err();
        assert!(
            error.to_string().contains("KANTA-WRITE-PLACEHOLDER"),
            "{name}: {error}"
        );
        assert!(
            document.check(None, &spec()).has("KANTA-DOC-PLACEHOLDER"),
            "{name}"
        );
    }
    // Here the placeholder is in the content.
    let case = read(&folder, "cda-examples/05-asia-asiakirja.xml");
    let document = ClinicalDocument::read(&case, &spec(), &Limits::default()).unwrap();
    assert_eq!(document.metadata().kind, DocumentKind::Case);
    assert!(document.check(None, &spec()).has("KANTA-DOC-PLACEHOLDER"));
}

#[test]
fn no_header_value_is_lost() {
    let Some(folder) = conformance() else { return };
    for name in [
        REAL,
        "cda-examples/01-phase2-xhtml-json-plan.xml",
        "cda-examples/02-phase2-new-version.xml",
        "cda-examples/03-phase1-pdfa.xml",
        "cda-examples/04-asiakkuusasiakirja.xml",
        "cda-examples/05-asia-asiakirja.xml",
    ] {
        let original = without_placeholders(read(&folder, name));
        let written = header_values(&rewrite(&original));
        for value in header_values(&original) {
            assert!(
                written.contains(&value),
                "{name} lost {}",
                value.split('|').next().unwrap()
            );
        }
    }
}

#[test]
fn the_real_document_is_read_into_the_typed_model() {
    let Some(folder) = conformance() else { return };
    let bytes = read(&folder, REAL);
    let document = ClinicalDocument::read(&bytes, &spec(), &Limits::default()).unwrap();
    let metadata = document.metadata();
    assert_eq!(metadata.kind, DocumentKind::ClientRelation);
    // Nothing but the location of a schema is beyond the model.
    let unknown: Vec<&str> = document.unknown_parts().collect();
    assert_eq!(unknown, ["/ClinicalDocument/@xsi:schemaLocation"]);
    let tree = Tree::parse(&bytes, &Limits::default()).unwrap();
    let value = |path: &[&str], attribute: &str| {
        let element = path.iter().fold(tree.root(), |element, name| {
            element
                .children()
                .find(|child| child.local_name() == *name)
                .unwrap_or_else(|| panic!("{name} is missing"))
        });
        element.attribute(attribute).unwrap().to_owned()
    };
    assert_eq!(metadata.id.to_string(), value(&["id"], "root"));
    assert_eq!(
        metadata.drafted.as_str(),
        value(&["effectiveTime"], "value")
    );
    let client = metadata.client.as_ref().unwrap();
    let id = client.identifier.expose();
    assert_eq!(
        id.extension.unwrap(),
        value(&["recordTarget", "patientRole", "id"], "extension")
    );
    let software = metadata.software.as_ref().unwrap();
    assert_eq!(
        software.vendor,
        value(&["localSocialHeader", "softwareSupport"], "moderator")
    );
    let relation = metadata.client_relation.as_ref().unwrap();
    assert_eq!(
        relation.to_string(),
        value(
            &["localSocialHeader", "encompassingClientRelationship"],
            "root"
        )
    );
    assert!(
        metadata.author.is_none() && metadata.case.is_none() && metadata.general_type.is_none()
    );
    assert!(document.is_signed());
}

#[test]
fn the_content_of_the_real_document_follows_its_structure() {
    let Some(folder) = conformance() else { return };
    let bytes = read(&folder, REAL);
    let document = ClinicalDocument::read(&bytes, &spec(), &Limits::default()).unwrap();
    let oid = document.metadata().content_specification.clone().unwrap();
    let schema = read(&folder, &format!("sosmeta/{oid}.json"));
    let structure = Structure::parse(&schema).unwrap();
    let report = document.check(Some(&structure), &spec());
    let errors: Vec<String> = report.errors().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    // Header and content disagree on the day of birth, and the header's own code agrees with the header.
    assert!(!report.has("KANTA-DOC-BIRTH"));
}

#[test]
fn rewriting_keeps_the_canonical_form_of_the_body() {
    let Some(folder) = conformance() else { return };
    for name in [
        REAL,
        "cda-examples/01-phase2-xhtml-json-plan.xml",
        "cda-examples/03-phase1-pdfa.xml",
        "cda-examples/04-asiakkuusasiakirja.xml",
    ] {
        let original = without_placeholders(read(&folder, name));
        let written = rewrite(&original);
        assert!(
            canonical_body(&original) == canonical_body(&written),
            "{name}"
        );
        assert!(
            rewrite(&written) == written,
            "{name}: the second rewriting changes something"
        );
    }
}

#[test]
fn prescriptions_are_read_and_rewritten_without_loss() {
    let Some(folder) = conformance() else { return };
    let samples = std::fs::read_dir(folder.join("cda-samples-kela-prescription")).unwrap();
    let mut read_samples = 0;
    for sample in samples {
        let path = sample.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let document = ClinicalDocument::read(&bytes, &spec(), &Limits::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            matches!(document.metadata().kind, DocumentKind::Other(_)),
            "{name}"
        );
        let report = document.check(None, &spec());
        assert!(
            report.has("KANTA-DOC-KIND") && report.has("KANTA-DOC-PATIENT-REGISTER"),
            "{name}"
        );
        let written = document
            .rewrite(&spec())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (before, after) = (header_values(&bytes), header_values(&written));
        assert_eq!(lost(&before, &after), [""; 0], "{name} lost");
        assert_eq!(lost(&after, &before), [""; 0], "{name} gained");
        read_samples += 1;
    }
    assert!(read_samples > 20);
}

/// The paths of values that `after` does not have as often as `before`.
fn lost<'v>(before: &'v [String], after: &[String]) -> Vec<&'v str> {
    let mut rest: Vec<&String> = after.iter().collect();
    let mut lost = Vec::new();
    for value in before {
        match rest.iter().position(|other| *other == value) {
            Some(place) => drop(rest.swap_remove(place)),
            None => lost.push(value.split('|').next().unwrap()),
        }
    }
    lost
}
