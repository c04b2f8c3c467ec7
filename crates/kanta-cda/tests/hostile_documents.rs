//! Documents that were changed at random: nothing that was read is lost, and nothing makes the reader panic.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use std::sync::OnceLock;

use common::{canonical_body, conformance, filled_spec, header_values, made, read};
use kanta_cda::{ClinicalDocument, ReadError};
use kanta_xml::{Element, Limits, Tree};
use proptest::prelude::*;

/// Our own documents, and those of others when they are there.
fn documents() -> &'static [String] {
    static DOCUMENTS: OnceLock<Vec<String>> = OnceLock::new();
    DOCUMENTS.get_or_init(make_documents)
}

fn make_documents() -> Vec<String> {
    let spec = filled_spec();
    let mut documents = made::one_of_each_kind(&spec);
    if let Some(folder) = conformance() {
        for name in [
            "real-documents/client-relationship-document.xml",
            "cda-examples/01-phase2-xhtml-json-plan.xml",
            "cda-examples/04-asiakkuusasiakirja.xml",
            "cda-samples-kela-prescription/LM4_perusvoide_kokonaismaaralla.xml",
        ] {
            documents.push(read(&folder, name));
        }
    }
    documents
        .into_iter()
        .map(|document| String::from_utf8(document).unwrap())
        .collect()
}

/// One change of a document: at the element of a number, of a kind, with a text.
type Change = (prop::sample::Index, u8, String);

fn is_carried_whole(element: Element<'_, '_>) -> bool {
    element.ancestors().any(|outer| {
        ["nonXMLBody", "signatureCollection", "structuredBody"].contains(&outer.local_name())
    })
}

fn change(document: &str, (place, kind, text): &Change) -> String {
    let tree = Tree::parse(document.as_bytes(), &Limits::default()).unwrap();
    let elements: Vec<_> = tree
        .root()
        .descendants()
        .filter(|element| !is_carried_whole(*element))
        .collect();
    let element = *place.get(&elements);
    let at = |offset: usize, inserted: &str| {
        [&document[..offset], inserted, &document[offset..]].concat()
    };
    let text = kanta_xml::escape::attribute(text).into_owned();
    let name_end = element.start_tag_name_end();
    let inside = match (kind % 2, element.is_empty_tag()) {
        (_, true) => None,
        (0, false) => Some(element.content_range().start),
        (_, false) => Some(element.content_range().end),
    };
    let has = |name: &str| {
        element
            .attributes()
            .any(|attribute| attribute.local_name() == name)
    };
    match (kind % 8, inside) {
        (0 | 1, Some(offset)) => at(
            offset,
            &format!("<x:extra xmlns:x=\"urn:x\" a=\"{text}\">{text}<y/></x:extra>"),
        ),
        (2, Some(offset)) => at(
            offset,
            &format!("<extra xmlns=\"urn:hl7-org:v3\" root=\"{text}\"/>"),
        ),
        (3, Some(offset)) => at(offset, "<!-- a comment --><?a processing instruction?>"),
        (4, _) if !has("note") => at(name_end, &format!(" z:note=\"{text}\" xmlns:z=\"urn:z\"")),
        (5, _) if !has("nullFlavor") => at(name_end, " nullFlavor=\"UNK\""),
        (6, _) if element.parent().is_some() => at(element.range().end, &document[element.range()]),
        // A value of another form than the model can hold.
        (7, _) => match document[element.range().start..].find("=\"") {
            Some(value) if value < 60 && element.attributes().next().is_some() => {
                at(element.range().start + value + 2, "%")
            }
            _ => document.to_owned(),
        },
        _ => document.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_value_is_lost_or_made_up(
        number in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), made::text()), 1..5),
    ) {
        let mut document = number.get(documents()).clone();
        for one in &changes {
            let changed = change(&document, one);
            // A change may declare a prefix twice: such a document is refused, and not what is asked about.
            if Tree::parse(changed.as_bytes(), &Limits::default()).is_ok() {
                document = changed;
            }
        }
        let spec = filled_spec();
        match ClinicalDocument::read(document.as_bytes(), &spec, &Limits::default()) {
            // The root, an identifier, version or time was changed: that is told.
            Err(error) => prop_assert!(matches!(error, ReadError::Header { .. } | ReadError::NotADocument), "{error}"),
            Ok(read) => {
                let written = String::from_utf8(read.rewrite(&spec).unwrap()).unwrap();
                let (before, after) = (header_values(document.as_bytes()), header_values(written.as_bytes()));
                prop_assert_eq!(before, after);
                if document.contains("nonXMLBody") {
                    prop_assert!(canonical_body(document.as_bytes()) == canonical_body(written.as_bytes()));
                }
                let again = ClinicalDocument::read(written.as_bytes(), &spec, &Limits::default()).unwrap();
                prop_assert!(again.rewrite(&spec).unwrap() == written.as_bytes());
                let _ = read.check(None, &spec);
            }
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        number in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        length in 0_usize..200,
        insert in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut bytes = number.get(documents()).clone().into_bytes();
        let start = place.index(bytes.len());
        bytes.splice(start..(start + length).min(bytes.len()), insert);
        if let Ok(document) = ClinicalDocument::read(&bytes, &filled_spec(), &Limits::default()) {
            let _ = document.check(None, &filled_spec());
            let _ = document.rewrite(&filled_spec());
        }
    }
}

#[test]
fn limits_are_the_callers() {
    let document = &documents()[0];
    let read =
        |limits: &Limits| ClinicalDocument::read(document.as_bytes(), &filled_spec(), limits);
    let limits = Limits::default;
    assert!(read(&limits()).is_ok());
    for narrow in [
        limits().with_max_bytes(document.len() - 1),
        limits().with_max_depth(5),
        limits().with_max_attributes(3),
        limits().with_max_name_bytes(10),
        limits().with_max_attribute_bytes(20),
        limits().with_max_nodes(100),
    ] {
        match read(&narrow) {
            Err(ReadError::Xml(error)) => assert!(error.to_string().contains("limit"), "{error}"),
            other => panic!("{narrow:?}: {other:?}"),
        }
    }
}

#[test]
fn what_no_document_can_lack_is_asked_for() {
    let document = &documents()[0];
    for (from, to, place) in [
        (
            "<id root=\"",
            "<id extension=\"",
            "/ClinicalDocument/id/@root",
        ),
        (
            "<setId root=\"1",
            "<setId root=\"x1",
            "/ClinicalDocument/setId/@root",
        ),
        (
            "<versionNumber value=\"1\"",
            "<versionNumber value=\"0\"",
            "/ClinicalDocument/versionNumber/@value",
        ),
        (
            "<effectiveTime value=\"2",
            "<effectiveTime value=\"x",
            "/ClinicalDocument/effectiveTime/@value",
        ),
    ] {
        let broken = document.replacen(from, to, 1);
        let error = ClinicalDocument::read(broken.as_bytes(), &filled_spec(), &Limits::default())
            .unwrap_err();
        assert!(error.to_string().starts_with(place), "{error}");
    }
    let other = b"<ClinicalDocument xmlns='urn:other'/>";
    let error = ClinicalDocument::read(other, &filled_spec(), &Limits::default()).unwrap_err();
    assert_eq!(error, ReadError::NotADocument);
}
