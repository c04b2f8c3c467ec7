//! Content of documents: nothing panics, what is read is judged, and what it says of relations and wills is read too.
//!
//! `KANTA_FUZZ_STRUCTURE` names the schema that the content is read by.

#![no_main]

use std::sync::OnceLock;

use kanta_cda::relation::{read_bans, read_case, read_client_relation, read_permission};
use kanta_cda::structure::Structure;
use kanta_cda::Content;
use kanta_cda::display::{DisplayOptions, check_safety, render_content};
use kanta_core::VersionNumber;
use kanta_xml::Limits;
use libfuzzer_sys::fuzz_target;

fn structure() -> &'static Structure {
    static STRUCTURE: OnceLock<Structure> = OnceLock::new();
    STRUCTURE.get_or_init(|| {
        let path = std::env::var_os("KANTA_FUZZ_STRUCTURE").expect("KANTA_FUZZ_STRUCTURE names a schema");
        let schema = std::fs::read(path).expect("the schema can be read");
        Structure::parse(&schema).expect("it is a schema of a structure")
    })
}

fuzz_target!(|input: &[u8]| {
    let _ = read_client_relation(input, VersionNumber::FIRST);
    let _ = read_case(input, VersionNumber::FIRST);
    let _ = (read_permission(input), read_bans(input));
    let _ = kanta_cda::holds_real_person(input, &Limits::default());
    if let Ok(content) = Content::read(structure(), input) {
        let _ = content.check();
        let shown = render_content(&content, &DisplayOptions::default());
        assert!(!check_safety(shown.as_bytes()).has_errors(), "what we show is safe to show");
        let written = content.to_json();
        let again = Content::read(structure(), &written).expect("what was written can be read");
        assert_eq!(again.to_json(), written);
    }
});
