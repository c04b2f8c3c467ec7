//! Spec bundles, answers of a signature service and what people type: nothing panics.

#![no_main]

use kanta_core::spec::{Bundle, TestOverlay};
use kanta_core::{Date, Instant, Oid, PersonalIdentityCode, TimeStamp};
use libfuzzer_sys::fuzz_target;

const HEAD: &str = "name = \"fuzz\"\nbased_on = []\ndate = \"2026-01-01\"\n";

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let _ = Bundle::read([("bundle.toml", text)]);
    let _ = TestOverlay::read([("bundle.toml", text)]);
    for file in ["document.toml", "message.toml", "signature.toml", "fhir.toml"] {
        let _ = Bundle::read([("bundle.toml", HEAD), (file, text)]);
    }
    if let Ok(oid) = Oid::parse(text) {
        assert_eq!(Oid::parse(oid.as_str()).expect("it was read before"), oid);
    }
    if let Ok(code) = PersonalIdentityCode::parse(text) {
        let _ = format!("{code:?}");
    }
    if let Ok(date) = Date::parse(text) {
        assert_eq!(Date::parse(&date.to_string()).expect("it was read before"), date);
    }
    let _ = (Instant::parse(text), TimeStamp::parse(text));
});
