//! Signed documents, changed at one place: a document that still verifies has the same body and the same time.
//!
//! `KANTA_FUZZ_DOCUMENT` names a signed document, such as one of `cargo run -p kanta-examples --example first_document`.

#![no_main]

use std::sync::OnceLock;

use kanta_cda::verify;
use kanta_core::spec::{Bundle, Spec};
use kanta_xml::{Limits, Tree, canonical};
use libfuzzer_sys::fuzz_target;

struct Signed {
    spec: Spec,
    document: Vec<u8>,
    body: Vec<u8>,
}

fn body(document: &[u8], range: std::ops::Range<usize>) -> Vec<u8> {
    let tree = Tree::parse(document, &Limits::default()).expect("it was verified");
    let element = tree
        .root()
        .descendants()
        .find(|element| element.range() == range)
        .expect("what is covered is an element");
    canonical::exclusive_of_to_vec(element, &canonical::Options::default()).expect("it was digested")
}

fn signed() -> &'static Signed {
    static SIGNED: OnceLock<Signed> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let path = std::env::var_os("KANTA_FUZZ_DOCUMENT").expect("KANTA_FUZZ_DOCUMENT names a signed document");
        let document = std::fs::read(path).expect("the document can be read");
        let spec = Spec::for_test(&[Bundle::embedded()], &[]);
        let verdict = verify(&document, &spec, &Limits::default()).expect("it is a document");
        let range = verdict.covered_body().expect("it is validly signed");
        Signed { body: body(&document, range), spec, document }
    })
}

fuzz_target!(|input: &[u8]| {
    let signed = signed();
    let limits = Limits::default();
    let _ = verify(input, &signed.spec, &limits);
    // The first bytes tell where, the fifth how much is taken out, the rest what is put in.
    let [a, b, c, d, taken, put @ ..] = input else {
        return;
    };
    let at = u32::from_le_bytes([*a, *b, *c, *d]) as usize % signed.document.len();
    let end = (at + usize::from(*taken)).min(signed.document.len());
    let changed = [&signed.document[..at], put, &signed.document[end..]].concat();
    if let Ok(verdict) = verify(&changed, &signed.spec, &limits)
        && let Some(range) = verdict.covered_body()
    {
        assert_eq!(body(&changed, range), signed.body, "another body verifies");
    }
});
