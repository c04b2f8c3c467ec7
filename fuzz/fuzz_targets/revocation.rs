//! Lists of revoked certificates and answers about them: nothing panics, and nothing unsigned is believed.
//!
//! `KANTA_FUZZ_CERTIFICATE` names the certificate of an authority, in PEM, of whose key the fuzzer knows nothing.

#![no_main]

use std::sync::OnceLock;

use kanta_sign::{Certificate, OcspAnswer, RevocationList};
use libfuzzer_sys::fuzz_target;

fn authority() -> &'static Certificate {
    static AUTHORITY: OnceLock<Certificate> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let path = std::env::var_os("KANTA_FUZZ_CERTIFICATE").expect("KANTA_FUZZ_CERTIFICATE names a certificate");
        let pem = std::fs::read(path).expect("the certificate can be read");
        Certificate::from_pem(&pem).expect("it is a certificate")
    })
}

fuzz_target!(|input: &[u8]| {
    let authority = authority();
    assert!(RevocationList::read(&mut &*input, authority, &[authority], 1 << 20).is_err());
    assert!(OcspAnswer::read(input, authority, authority).is_err());
});
