//! Disclosure notices and answers of the log register: nothing panics, and what was read and written is read again the same.

#![no_main]

use std::sync::LazyLock;

use kanta_core::spec::{Bundle, Inferred, Spec};
use kanta_fhir::exchange::read_answer;
use kanta_fhir::resource::Resource;
use libfuzzer_sys::fuzz_target;

static SPEC: LazyLock<Spec> =
    LazyLock::new(|| Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow));

fuzz_target!(|input: &[u8]| {
    let _ = kanta_fhir::check(input, &SPEC);
    for status in [http::StatusCode::OK, http::StatusCode::BAD_REQUEST] {
        let _ = read_answer(status, input, 2, &SPEC);
    }
    if let Ok(resource) = serde_json::from_slice::<Resource<'_>>(input) {
        let written = serde_json::to_vec(&resource).expect("what was read can be written");
        let again: Resource<'_> = serde_json::from_slice(&written).expect("and read again");
        assert_eq!(serde_json::to_vec(&again).expect("and written again"), written);
    }
});
