//! Schemas of structures: nothing panics, and a structure that was read judges any content.

#![no_main]

use kanta_cda::Content;
use kanta_cda::structure::Structure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // A schema, a zero octet, a content.
    let mut parts = input.splitn(2, |octet| *octet == 0);
    let schema = parts.next().unwrap_or_default();
    let content = parts.next().unwrap_or(b"{}");
    if let Ok(structure) = Structure::parse(schema) {
        let _ = structure.validate(content);
        if let Ok(read) = Content::read(&structure, content) {
            let _ = read.check();
        }
    }
});
