//! What the tests of documents share.

#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod made;

use std::path::PathBuf;

use kanta_core::spec::{Bundle, Spec, TestOverlay};
use kanta_xml::{Element, Limits, Tree, canonical};

/// Returns the folder of conformance material, or says loudly that a test is skipped.
pub(crate) fn conformance() -> Option<PathBuf> {
    let folder = std::env::var_os("KANTA_CONFORMANCE").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
    }
    folder
}

/// Reads a file of the conformance material.
pub(crate) fn read(folder: &std::path::Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The default bundle, for the test environment.
pub(crate) fn spec() -> Spec {
    Spec::for_test(&[Bundle::embedded()], &[])
}

/// The default bundle with the test kit's made-up values in the place of what is not known.
pub(crate) fn filled_spec() -> Spec {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../kanta-testkit/spec/");
    let file = |name: &str| std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let overlay = TestOverlay::read([
        ("bundle.toml", file("bundle.toml").as_str()),
        ("document.toml", file("document.toml").as_str()),
    ]);
    Spec::for_test(&[Bundle::embedded()], &[overlay.unwrap()])
}

/// Every attribute and text of the header, as `path|name|value`, without the parts that are carried as bytes.
pub(crate) fn header_values(document: &[u8]) -> Vec<String> {
    let tree = Tree::parse(document, &Limits::default()).unwrap();
    let mut values = Vec::new();
    collect(tree.root(), "", &mut values);
    values.sort();
    values
}

fn collect(element: Element<'_, '_>, parent: &str, values: &mut Vec<String>) {
    if ["nonXMLBody", "signatureCollection"].contains(&element.local_name()) {
        return;
    }
    let path = format!(
        "{parent}/{{{}}}{}",
        element.namespace(),
        element.local_name()
    );
    for attribute in element.attributes() {
        values.push(format!(
            "{path}|{}:{}|{}",
            attribute.namespace(),
            attribute.local_name(),
            attribute.value()
        ));
    }
    if element.has_own_text() {
        values.push(format!("{path}||{}", element.text().trim()));
    }
    for child in element.children() {
        collect(child, &path, values);
    }
}

/// The exclusive canonical form of the body.
pub(crate) fn canonical_body(document: &[u8]) -> Vec<u8> {
    let tree = Tree::parse(document, &Limits::default()).unwrap();
    let body = tree
        .root()
        .descendants()
        .find(|element| element.local_name() == "nonXMLBody")
        .expect("the document has a body");
    canonical::exclusive_of_to_vec(body, &canonical::Options::default()).unwrap()
}
