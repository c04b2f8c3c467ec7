//! Documents signed by systems and professionals, once and more, one and many.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use kanta_cda::{PrepareError, SignOptions, Signed, SigningError, Valid, sign_all, verify};
use kanta_core::Retry;
use kanta_core::spec::{Bundle, Inferred, Spec};
use kanta_sign::{
    Certificate, SignatureAlgorithm, SignatureValue, Signer, SignerError, ToBeSigned,
};
use kanta_xml::{Limits, Tree, canonical};
use proptest::prelude::*;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};

mod signing;

use signing::{Desk, now, professional_params, rsa, signer, system_params};

fn verdict(desk: &Desk, document: &[u8]) -> kanta_cda::DocumentVerification {
    verify(document, &desk.spec, &Limits::default()).unwrap()
}

/// Everything that a verdict says, to compare two.
fn told(verification: &kanta_cda::DocumentVerification) -> String {
    let mut told = format!("{} {}", verification.is_valid(), verification.findings());
    for signature in verification.signatures() {
        let check = signature.check().unwrap();
        told.push_str(&format!(
            "\n{} {:?} {:?} {:?} {:?} {:?} {}",
            signature.id(),
            signature.kind(),
            signature.time(),
            check.profile(),
            check.algorithm(),
            check.covered(),
            signature.findings(),
        ));
    }
    told
}

#[test]
fn the_verdict_of_signing_is_the_verdict_of_reading() {
    let desk = Desk::open();
    for signed in [desk.signed_by_system(), desk.signed_by_professional()] {
        let read = verdict(&desk, signed.as_xml());
        assert!(read.is_valid(), "{}", told(&read));
        assert_eq!(told(signed.verification()), told(&read));
        let body = read.covered_body().unwrap();
        assert!(signed.as_xml()[body].starts_with(b"<nonXMLBody ID=\"OID"));
    }
}

#[test]
fn a_professional_is_named_in_the_readable_block() {
    let desk = Desk::open();
    let signed = desk.signed_by_professional();
    let xml = String::from_utf8(signed.as_xml().to_vec()).unwrap();
    let block = "<hl7fi:signature xmlns:hl7fi=\"urn:hl7finland\">\
        <hl7fi:assignedAuthorSigner>99999999911</hl7fi:assignedAuthorSigner>\
        <hl7fi:signer><hl7fi:name><hl7fi:given>Onni</hl7fi:given><hl7fi:family>Esimerkillinen</hl7fi:family></hl7fi:name></hl7fi:signer>\
        <hl7fi:authenticationMethod code=\"1\" codeSystem=\"1.2.246.537.5.40128.2006\"";
    assert!(xml.contains(block), "{xml}");
    let after = "<hl7fi:time value=\"20260202101530+0200\"/></hl7fi:signature><signatureCollection xmlns=\"urn:hl7finland\">\
        <signature xmlns=\"urn:hl7finland\" ID=\"signature-1\"><signatureDescription code=\"1\" codeSystem=\"1.2.246.537.5.40127.2006\"";
    assert!(xml.contains(after), "{xml}");
    assert!(xml.contains(
        "<signatureTimestamp ID=\"timestamp-1\">2026-02-02T08:15:30.123456Z</signatureTimestamp>"
    ));
    assert!(
        !desk
            .signed_by_system()
            .as_xml()
            .windows(20)
            .any(|part| part == b"assignedAuthorSigner")
    );
    assert!(signed.verification().signatures()[0].findings().is_empty());
}

/// Signing adds and changes nothing: what was there is there, in order.
fn only_added(before: &[u8], after: &[u8]) -> bool {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    // What was put in may begin like what follows it, so the parts may overlap.
    let tails = before.iter().rev().zip(after.iter().rev());
    let end = tails.take_while(|(a, b)| a == b).count();
    start + end >= before.len()
}

#[test]
fn a_second_signature_touches_no_other_byte() {
    let desk = Desk::open();
    let other = signer(&desk.authority, &rsa(), professional_params("99999999922"));
    let professional = SignOptions::professional(now());
    for first in [desk.signed_by_system(), desk.signed_by_professional()] {
        let second = first
            .sign_again(&other, professional.clone(), &desk.spec)
            .unwrap();
        let read = verdict(&desk, second.as_xml());
        assert!(read.is_valid(), "{}", told(&read));
        assert_eq!(read.signatures().len(), 2);
        assert_eq!(read.signatures()[1].id(), "signature-2");
        let body = |signed: &Signed| {
            let covered = signed.verification().covered_body().unwrap();
            signed.as_xml()[covered].to_vec()
        };
        assert_eq!(body(&first), body(&second));
        let blocks = String::from_utf8(second.as_xml().to_vec())
            .unwrap()
            .matches("<hl7fi:signature ")
            .count();
        assert_eq!(blocks, 1);
        let had_block = first.verification().signatures()[0].kind() == Some("1");
        assert_eq!(only_added(first.as_xml(), second.as_xml()), had_block);
        let third = second
            .sign_again(&desk.system, SignOptions::system(now()), &desk.spec)
            .unwrap();
        assert!(only_added(second.as_xml(), third.as_xml()));
        assert!(verdict(&desk, third.as_xml()).is_valid());
    }
}

#[test]
fn a_document_from_elsewhere_is_signed_where_it_stands() {
    let desk = Desk::open();
    let valid = desk.valid();
    let indented = String::from_utf8(valid.as_xml().to_vec())
        .unwrap()
        .replace("<component>", "\n <component >")
        .replace("<hl7fi:json ", "<hl7fi:json  a=\"&#x9;&#13;&lt;\" ");
    let foreign = Valid::from_unsigned(indented.into_bytes(), None, &desk.spec, &Limits::default());
    let signed = foreign
        .unwrap()
        .sign(&desk.system, SignOptions::system(now()), &desk.spec)
        .unwrap();
    assert!(verdict(&desk, signed.as_xml()).is_valid());
}

#[test]
fn a_value_that_is_not_the_keys_is_refused() {
    let desk = Desk::open();
    let options = || SignOptions::system(now());
    let prepare = || {
        desk.valid()
            .prepare(desk.system.certificate(), options(), &desk.spec)
            .unwrap()
    };
    let value = desk.system.sign(&prepare().to_be_signed()).unwrap();
    assert!(prepare().complete(&value).is_ok());
    let mut wrong = value.as_bytes().to_vec();
    wrong[100] ^= 1;
    for wrong in [wrong, Vec::new(), vec![0; 256]] {
        let refused = prepare().complete(&SignatureValue::new(wrong)).unwrap_err();
        assert!(matches!(refused, SigningError::DoesNotVerify(_)));
        assert!(refused.to_string().contains("KANTA-SIGN-SELF-CHECK"));
    }
}

#[test]
fn what_cannot_be_signed_says_why() {
    let desk = Desk::open();
    let card_login = {
        let mut params = professional_params("99999999911");
        params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
        signer(&desk.authority, &rsa(), params)
    };
    let no_usage = {
        let mut params = system_params();
        params.key_usages = Vec::new();
        signer(&desk.authority, &rsa(), params)
    };
    let nobody = {
        let mut params = system_params();
        params.key_usages = vec![rcgen::KeyUsagePurpose::ContentCommitment];
        signer(&desk.authority, &rsa(), params)
    };
    let p384 = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let elliptic = signer(&desk.authority, &p384, system_params());
    let customer_test = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
    let production = Spec::for_production(&[Bundle::embedded()]);
    for (signer, options, spec, code) in [
        (
            &card_login,
            SignOptions::professional(now()),
            &desk.spec,
            "KANTA-SIGN-KEY-USAGE",
        ),
        (
            &no_usage,
            SignOptions::system(now()),
            &desk.spec,
            "KANTA-SIGN-KEY-USAGE",
        ),
        (
            &desk.system,
            SignOptions::system(kanta_core::Instant::parse("1974-12-31T23:59:59Z").unwrap()),
            &desk.spec,
            "KANTA-SIGN-VALIDITY",
        ),
        (
            &nobody,
            SignOptions::professional(now()),
            &desk.spec,
            "KANTA-SIGN-SIGNER",
        ),
        (
            &elliptic,
            SignOptions::system(now()),
            &customer_test,
            "KANTA-SIGN-ALGORITHM",
        ),
        (
            &desk.system,
            SignOptions::system(now()),
            &production,
            "KANTA-SPEC-INCOMPLETE",
        ),
    ] {
        let refused = desk
            .valid()
            .prepare(signer.certificate(), options, spec)
            .unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
    }
    let foreign = String::from_utf8(desk.valid().as_xml().to_vec()).unwrap();
    let without_place = foreign.replace("hl7fi:localSocialHeader", "hl7fi:otherHeader");
    let refused = Valid::from_unsigned(
        without_place.into_bytes(),
        None,
        &desk.spec,
        &Limits::default(),
    );
    let refused = refused.map(|valid| {
        valid.prepare(
            desk.system.certificate(),
            SignOptions::system(now()),
            &desk.spec,
        )
    });
    match refused {
        Ok(Err(error @ PrepareError::NoPlace(_))) => assert_eq!(error.code(), "KANTA-SIGN-PLACE"),
        Ok(other) => panic!("{other:?}"),
        Err(_) => {}
    }
}

#[test]
fn elliptic_curves_sign_where_the_switch_allows_it() {
    let desk = Desk::open();
    let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
    for kind in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        let key = KeyPair::generate_for(kind).unwrap();
        let signer = signer(&desk.authority, &key, professional_params("99999999911"));
        let valid = desk.valid();
        let options = SignOptions::professional(now());
        let pending = valid.prepare(signer.certificate(), options, &spec).unwrap();
        let algorithm = pending.to_be_signed().algorithm();
        let value = signer.sign(&pending.to_be_signed()).unwrap();
        let der = value.to_ecdsa_der(algorithm).unwrap();
        let signed = pending.complete_received(der).unwrap();
        let read = verdict(&desk, signed.as_xml());
        assert!(read.is_valid());
        let check = read.signatures()[0].check().unwrap();
        assert!(
            check
                .findings()
                .has("KANTA-SIGNATURE-ALGORITHM-UNCONFIRMED")
        );
        assert_eq!(check.algorithm(), Some(algorithm));
    }
}

/// A card that stops working.
struct Failing<'s> {
    inner: &'s dyn Signer,
    asked: AtomicUsize,
    fail_at: usize,
    error: SignerError,
}

impl Signer for Failing<'_> {
    fn certificate(&self) -> &Certificate {
        self.inner.certificate()
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        self.inner.algorithms()
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        if self.asked.fetch_add(1, Ordering::Relaxed) == self.fail_at {
            return Err(self.error.clone());
        }
        self.inner.sign(octets)
    }
}

#[test]
fn one_failure_of_many_does_not_lose_the_others() {
    let desk = Desk::open();
    let documents: Vec<Valid> = (0..5)
        .map(|index| desk.valid_with("Aino", &format!("11.2026.{}", index + 10)))
        .collect();
    for (error, signed, asked) in [
        (SignerError::Failed("once".to_owned()), 4, 5),
        (
            SignerError::WrongPin {
                tries_left: Some(2),
            },
            2,
            3,
        ),
        (SignerError::TokenRemoved, 2, 3),
    ] {
        let failing = Failing {
            inner: &desk.system,
            asked: AtomicUsize::new(0),
            fail_at: 2,
            error: error.clone(),
        };
        let mut heard = Vec::new();
        let items = documents
            .iter()
            .map(|document| (document, SignOptions::system(now())));
        let results = sign_all(items, &failing, &desk.spec, &mut |index, result| {
            heard.push((index, result.is_ok()));
        });
        assert_eq!(results.len(), 5);
        assert_eq!(heard.len(), 5);
        assert_eq!(
            results.iter().filter(|result| result.is_ok()).count(),
            signed,
            "{error}"
        );
        assert_eq!(failing.asked.load(Ordering::Relaxed), asked, "{error}");
        assert!(matches!(&results[2], Err(SigningError::Signer(found)) if *found == error));
        for (document, result) in documents.iter().zip(&results) {
            match result {
                Ok(signed) => assert_eq!(signed.metadata().id, document.metadata().id),
                Err(SigningError::Signer(_)) => {}
                Err(other) => assert_ne!(other.retry(), Retry::Never),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the writer makes is canonical but for the name space of the body, whatever the content.
    #[test]
    fn the_body_is_canonical_by_construction(text in "\\PC{1,200}", odd in "[&<>\"'\u{e4}\u{1F600}]{0,20}") {
        let desk = Desk::open();
        let given = format!("{text}{odd}");
        let valid = desk.valid_with(&given, "11.2026.3");
        let tree = Tree::parse(valid.as_xml(), &Limits::default()).unwrap();
        let body = tree
            .root()
            .descendants()
            .find(|element| element.local_name() == "nonXMLBody")
            .unwrap();
        let form = canonical::exclusive_of_to_vec(body, &canonical::Options::default()).unwrap();
        let written = String::from_utf8(valid.as_xml()[body.range()].to_vec()).unwrap();
        let expected = written.replacen("<nonXMLBody", "<nonXMLBody xmlns=\"urn:hl7-org:v3\"", 1);
        prop_assert_eq!(String::from_utf8(form).unwrap(), expected);
        let signed = valid.sign(&desk.system, SignOptions::system(now()), &desk.spec).unwrap();
        let read = verdict(&desk, signed.as_xml());
        prop_assert_eq!(told(signed.verification()), told(&read));
        prop_assert!(read.is_valid());
    }
}
