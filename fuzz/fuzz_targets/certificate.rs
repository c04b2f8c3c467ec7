//! Certificates, keys and PEM: nothing panics, and what is read can be asked.

#![no_main]

use kanta_core::Instant;
use kanta_sign::{Certificate, PublicKey, SoftwareSigner, Trust, TrustAnchors, ocsp_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = SoftwareSigner::from_pem(input, input);
    let _ = PublicKey::from_spki_der(input);
    let read = Certificate::from_der(input).into_iter();
    for certificate in read.chain(Certificate::all_from_pem(input).into_iter().flatten()) {
        let anchors = TrustAnchors::from_pem(input).unwrap_or_default();
        let time = Instant::from_unix(1_800_000_000, 0).expect("it is a time");
        let _ = Trust::new(&anchors).judge(&certificate, time).findings();
        let _ = ocsp_request(&certificate, &certificate);
        let _ = (certificate.identity(), certificate.crl_urls(), certificate.ocsp_urls());
        let again = Certificate::from_der(certificate.as_der()).expect("it was read before");
        assert!(again == certificate);
    }
});
