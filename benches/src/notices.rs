//! `bundle-write` and `bundle-read`: a transaction of disclosure notices to bytes and back.

mod plain;

use kanta_client::fhir::Bindings;
use kanta_client::fhir::resource::Bundle;
use kanta_testkit::register::sample_batch;
use kanta_testkit::test_spec;

use crate::harness::{Run, Unit, runner};

/// How many pairs of notice and provenance.
const PAIRS: [(&str, u32); 3] = [("1", 1), ("10", 10), ("100", 100)];

/// From the model to bytes, against plain serde structs of the same shape.
pub(crate) fn write(run: &mut Run<'_>) {
    let bindings = Bindings::from_spec(&test_spec()).expect("the overlay has every value");
    for (size, pairs) in PAIRS {
        let batch = sample_batch(pairs);
        let bundle = batch.to_bundle(&bindings).expect("the client is fictional");
        let json = serde_json::to_vec(&bundle).expect("texts serialise");
        let plain: plain::Bundle = serde_json::from_slice(&json).expect("the shape is the same");
        assert_eq!(serde_json::to_vec(&plain).expect("texts serialise"), json);
        run.race(
            size,
            Unit::MegabytesPerSecond(json.len()),
            vec![
                runner("ours", || serde_json::to_vec(&bundle)),
                runner("plain serde structs", || serde_json::to_vec(&plain)),
                runner("ours, from the domain", || {
                    let bundle = batch.to_bundle(&bindings).expect("the client is fictional");
                    serde_json::to_vec(&bundle)
                }),
            ],
        );
    }
}

/// From bytes to the model.
pub(crate) fn read(run: &mut Run<'_>) {
    let bindings = Bindings::from_spec(&test_spec()).expect("the overlay has every value");
    for (size, pairs) in PAIRS {
        let batch = sample_batch(pairs);
        let bundle = batch.to_bundle(&bindings).expect("the client is fictional");
        let json = serde_json::to_vec(&bundle).expect("texts serialise");
        let runners = vec![
            runner("ours", || {
                serde_json::from_slice::<Bundle<'_>>(&json).is_ok()
            }),
            runner("plain serde structs", || {
                serde_json::from_slice::<plain::Bundle>(&json).is_ok()
            }),
            #[cfg(feature = "peer-fhir-sdk")]
            runner("fhir-sdk", || {
                serde_json::from_slice::<fhir_sdk::r4b::resources::Bundle>(&json)
                    .expect("the bundle is of R4B too")
            }),
        ];
        run.race(size, Unit::MegabytesPerSecond(json.len()), runners);
        if !cfg!(feature = "peer-fhir-sdk") {
            run.skip("fhir-sdk", "build with --features peer-fhir-sdk");
        }
    }
}
