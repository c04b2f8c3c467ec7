//! The references in `docs/` are made of the tables that the code uses. `KANTA_UPDATE_DOCS=1` writes them anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use kanta_core::spec::{Bundle, Spec};

fn compare(name: &str, made: &str) {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("KANTA_UPDATE_DOCS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let found = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        found == made,
        "docs/{name} is out of step: run this test with KANTA_UPDATE_DOCS=1"
    );
}

#[test]
fn the_rules_are_told_as_they_are() {
    compare("rules.md", &kanta_cda::rules_reference());
}

#[test]
fn the_header_is_told_as_it_is() {
    let spec = Spec::for_production(&[Bundle::embedded()]);
    compare("document-header.md", &kanta_cda::header_reference(&spec));
}
