//! The reader of documents: whatever is read is checked without a panic, and what is written again reads as the same.

#![no_main]

use kanta_cda::ClinicalDocument;
use kanta_core::spec::{Bundle, Spec};
use kanta_xml::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let spec = Spec::for_test(&[Bundle::embedded()], &[]);
    let Ok(document) = ClinicalDocument::read(bytes, &spec, &Limits::default()) else {
        return;
    };
    let _ = document.check(None, &spec);
    if let Ok(written) = document.rewrite(&spec) {
        let again = ClinicalDocument::read(&written, &spec, &Limits::default())
            .expect("what was written can be read");
        let twice = again.rewrite(&spec).expect("what was written can be written");
        assert!(twice == written, "the second rewriting changes something");
    }
});
