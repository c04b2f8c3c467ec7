//! JSON signatures and strict JSON: nothing panics, and a canonical form is its own.

#![no_main]

use kanta_sign::SignatureAlgorithm;
use kanta_sign::jws::{self, Canonicalisation, JwsProfile, canonical_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(form) = canonical_json(input) {
        assert_eq!(canonical_json(&form).expect("a form is JSON"), form);
    }
    if let Ok(text) = std::str::from_utf8(input) {
        let profile = JwsProfile::new(&[SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaP256Sha256])
            .with_certificate_chain();
        let _ = jws::verify(text, None, &profile);
        let profile = profile.detached().with_canonicalisation(Canonicalisation::Jcs);
        let _ = jws::verify(text, Some(input), &profile);
    }
});
