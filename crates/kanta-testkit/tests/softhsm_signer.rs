//! Signers on SoftHSM2: keys of every kind, found by what is written on the token, and what happens with wrong PINs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod token;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use kanta_client::sign::pkcs11::{
    KeySelector, Pin, PinPurpose, PinRequest, Token, TokenError, TokenOptions, TokenSelector,
    tokens,
};
use kanta_client::sign::test_kit::check_signer;
use kanta_client::sign::{
    Certificate, Confirmation, KeyUsage, SignatureAlgorithm, Signer, ToBeSigned,
};
use kanta_testkit::authority::{CertificatePurpose, TestAuthority};
use kanta_testkit::softhsm::{HsmKey, PIN, SoftHsm};

use token::{fixed_pin, open, open_with};

const OCTETS: &[u8] = b"octets";
const SYSTEM: CertificatePurpose = CertificatePurpose::SystemSignature;

#[test]
fn every_kind_of_key_passes_the_suite() {
    let keys = [
        ("rsa2048", "01", "rsa:2048"),
        ("rsa3072", "02", "rsa:3072"),
        ("rsa4096", "03", "rsa:4096"),
        ("p256", "04", "EC:prime256v1"),
        ("p384", "05", "EC:secp384r1"),
    ];
    let prepared = SoftHsm::in_own_process("every_kind_of_key_passes_the_suite", |hsm| {
        hsm.add_token("imp")?;
        let authority = TestAuthority::new()?;
        for (label, id, kind) in keys {
            hsm.add_key(HsmKey::new("imp", label, id, kind), &authority, SYSTEM)?;
        }
        Ok(())
    });
    let Some(_hsm) = prepared else { return };
    let token = open("imp", 2);
    for (label, _, kind) in keys {
        let signer = token.signer(&KeySelector::labelled(label)).unwrap();
        let failures = check_signer(&signer);
        assert!(failures.is_empty(), "{kind}: {failures:#?}");
        assert_eq!(signer.confirmation(), Confirmation::OncePerSession);
    }
}

#[test]
fn a_key_that_wants_its_pin_each_time_gets_it() {
    let prepared = SoftHsm::in_own_process("a_key_that_wants_its_pin_each_time_gets_it", |hsm| {
        hsm.add_token("imp")?;
        let authority = TestAuthority::new()?;
        for (label, id, kind) in [("rsa", "01", "rsa:2048"), ("p384", "02", "EC:secp384r1")] {
            let mut key = HsmKey::new("imp", label, id, kind);
            key.pin_each_time = true;
            hsm.add_key(key, &authority, CertificatePurpose::ProfessionalSignature)?;
        }
        Ok(())
    });
    let Some(_hsm) = prepared else { return };
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let token = open_with(
        "imp",
        2,
        Arc::new(move |request: &PinRequest| {
            assert_eq!(request.token.expose_label(), "imp");
            seen.lock().unwrap().push(request.purpose);
            Some(Pin::new(PIN.to_owned()))
        }),
    );
    for label in ["rsa", "p384"] {
        let signer = token.signer(&KeySelector::labelled(label)).unwrap();
        assert_eq!(signer.confirmation(), Confirmation::EverySignature);
        let failures = check_signer(&signer);
        assert!(failures.is_empty(), "{label}: {failures:#?}");
        asked.lock().unwrap().clear();
        // From several threads: the token's PIN state is one, yet each signature has its own PIN.
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| signer.sign(&octets(&signer)).unwrap());
            }
        });
        assert_eq!(*asked.lock().unwrap(), [PinPurpose::Signature; 4]);
    }
}

#[test]
fn tokens_and_keys_are_found_by_what_is_written_on_them() {
    let test = "tokens_and_keys_are_found_by_what_is_written_on_them";
    let prepared = SoftHsm::in_own_process(test, |hsm| {
        let authority = TestAuthority::new()?;
        for label in ["one", "two", "twin", "twin"] {
            hsm.add_token(label)?;
        }
        let key = |token, label, id| HsmKey::new(token, label, id, "EC:prime256v1");
        hsm.add_key(key("one", "system", "01"), &authority, SYSTEM)?;
        // The position says nothing: the login certificate stands before the one for signatures.
        let login = CertificatePurpose::ProfessionalLogin;
        let signature = CertificatePurpose::ProfessionalSignature;
        hsm.add_key(key("two", "login", "02"), &authority, login)?;
        hsm.add_key(key("two", "signature", "03"), &authority, signature)?;
        // A certificate with the identifier of another's key.
        let stranger = hsm.add_bare_key(key("one", "gone", "04"), &authority, SYSTEM)?;
        hsm.remove(key("one", "gone", "04"), "privkey")?;
        hsm.remove(key("one", "gone", "04"), "pubkey")?;
        hsm.add_certificate(key("one", "orphan", "05"), &stranger)?;
        hsm.add_bare_key(key("one", "mixed", "06"), &authority, SYSTEM)?;
        hsm.add_certificate(key("one", "mixed", "06"), &stranger)?;
        Ok(())
    });
    let Some(_hsm) = prepared else { return };
    let module = SoftHsm::module().unwrap();
    let find = |selector| Token::open(&TokenOptions::new(&module, selector), fixed_pin());

    let all = tokens(&module).unwrap();
    assert_eq!(all.len(), 4);
    let twin = find(TokenSelector::label("twin")).unwrap_err();
    assert_eq!(twin.code(), "KANTA-TOKEN-AMBIGUOUS", "{twin}");
    let none = find(TokenSelector::label("three")).unwrap_err();
    assert!(none.to_string().contains("`three` (4 others"), "{none}");
    for identity in &all {
        let token = find(TokenSelector::serial(identity.expose_serial())).unwrap();
        assert_eq!(token.identity(), identity);
    }

    let two = find(TokenSelector::label("two")).unwrap();
    let signature = two
        .signer(&KeySelector::for_usage(KeyUsage::NonRepudiation))
        .unwrap();
    assert_eq!(
        signature.certificate().key_usage(),
        Some(&[KeyUsage::NonRepudiation][..])
    );
    let certificate = signature.certificate().clone();
    let by_certificate = find(TokenSelector::certificate(certificate)).unwrap();
    assert_eq!(by_certificate.identity(), two.identity());
    let both = two.signer(&KeySelector::default()).unwrap_err();
    assert_eq!(both.code(), "KANTA-TOKEN-CERTIFICATES", "{both}");
    let wrong = KeySelector::labelled("login").with_usage(KeyUsage::NonRepudiation);
    let none = two.signer(&wrong).unwrap_err();
    assert_eq!(none.code(), "KANTA-TOKEN-CERTIFICATE", "{none}");

    let one = find(TokenSelector::label("one")).unwrap();
    let orphan = one.signer(&KeySelector::labelled("orphan")).unwrap_err();
    assert_eq!(orphan, TokenError::NoKey);
    let mixed = one.signer(&KeySelector::labelled("mixed")).unwrap_err();
    assert_eq!(mixed, TokenError::KeyNotOfCertificate);
}

#[test]
fn a_certificate_from_a_file_finds_its_key() {
    let test = "a_certificate_from_a_file_finds_its_key";
    let prepared = SoftHsm::in_own_process(test, |hsm| {
        hsm.add_token("imp")?;
        let authority = TestAuthority::new()?;
        for (label, id, kind) in [("rsa", "01", "rsa:2048"), ("ec", "02", "EC:secp384r1")] {
            let der = hsm.add_bare_key(HsmKey::new("imp", label, id, kind), &authority, SYSTEM)?;
            std::fs::write(hsm.scratch(label), der)?;
        }
        Ok(())
    });
    let Some(hsm) = prepared else { return };
    let token = open("imp", 1);
    for label in ["rsa", "ec"] {
        let der = std::fs::read(hsm.scratch(label)).unwrap();
        let certificate = Certificate::from_der(&der).unwrap();
        let signer = token
            .signer(&KeySelector::of_certificate(certificate))
            .unwrap();
        assert_eq!(check_signer(&signer), Vec::<String>::new());
    }
}

#[test]
fn the_key_may_be_in_another_slot_than_its_certificate() {
    let test = "the_key_may_be_in_another_slot_than_its_certificate";
    let prepared = SoftHsm::in_own_process(test, |hsm| {
        let authority = TestAuthority::new()?;
        hsm.add_token("perustunnusluku")?;
        hsm.add_token("allekirjoitustunnusluku")?;
        let key = |token, id| HsmKey::new(token, "signature", id, "rsa:2048");
        // A driver with a slot for each PIN shows the certificate where no PIN is needed, the key where its PIN is.
        let purpose = CertificatePurpose::ProfessionalSignature;
        for id in ["07", "08"] {
            let der = hsm.add_bare_key(key("allekirjoitustunnusluku", id), &authority, purpose)?;
            hsm.add_certificate(key("perustunnusluku", id), &der)?;
            std::fs::write(hsm.scratch(id), der)?;
        }
        // The one key shows itself by its public half, the other only after logging in.
        hsm.remove(key("allekirjoitustunnusluku", "08"), "pubkey")
    });
    let Some(hsm) = prepared else { return };
    let token = open("perustunnusluku", 1);
    for id in ["07", "08"] {
        let certificate = Certificate::from_der(&std::fs::read(hsm.scratch(id)).unwrap()).unwrap();
        let signer = token
            .signer(&KeySelector::of_certificate(certificate))
            .unwrap();
        assert_eq!(
            signer.token().identity().expose_label(),
            "allekirjoitustunnusluku"
        );
        assert_eq!(check_signer(&signer), Vec::<String>::new());
    }
}

#[test]
fn a_wrong_pin_is_told_and_never_sent_again() {
    let prepared = one_key("a_wrong_pin_is_told_and_never_sent_again");
    let Some(_hsm) = prepared else { return };
    let pins = Mutex::new(VecDeque::from([
        Some("000000"),
        Some("000000"),
        Some("12"),
        None,
        Some("111111"),
        Some(PIN),
    ]));
    let token = open_with(
        "imp",
        1,
        Arc::new(move |request: &PinRequest| {
            assert_eq!(request.purpose, PinPurpose::Login);
            let pin = pins.lock().unwrap().pop_front().unwrap();
            pin.map(|pin| Pin::new(pin.to_owned()))
        }),
    );
    let key = KeySelector::labelled("key");
    for code in [
        "KANTA-TOKEN-PIN",
        "KANTA-TOKEN-PIN-AGAIN",
        "KANTA-TOKEN-PIN-LENGTH",
        "KANTA-TOKEN-NO-PIN",
        "KANTA-TOKEN-PIN",
    ] {
        let error = token.signer(&key).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(!format!("{error:?} {error}").contains("000000"));
    }
    let signer = token.signer(&key).unwrap();
    signer.sign(&octets(&signer)).unwrap();
}

#[test]
fn a_callback_that_panics_harms_nobody() {
    let prepared = one_key("a_callback_that_panics_harms_nobody");
    let Some(_hsm) = prepared else { return };
    let calls = AtomicUsize::new(0);
    let token = open_with(
        "imp",
        1,
        Arc::new(move |_: &PinRequest| {
            assert_ne!(
                calls.fetch_add(1, Ordering::Relaxed),
                0,
                "a fault of the caller"
            );
            Some(Pin::new(PIN.to_owned()))
        }),
    );
    let key = KeySelector::labelled("key");
    assert_eq!(
        token.signer(&key).unwrap_err(),
        TokenError::CallbackPanicked
    );
    let signer = token.signer(&key).unwrap();
    signer.sign(&octets(&signer)).unwrap();
}

#[test]
fn two_handles_of_one_token_log_in_once() {
    let prepared = one_key("two_handles_of_one_token_log_in_once");
    let Some(_hsm) = prepared else { return };
    let asked = Arc::new(AtomicUsize::new(0));
    let pins = || {
        let asked = asked.clone();
        Arc::new(move |_: &PinRequest| {
            asked.fetch_add(1, Ordering::Relaxed);
            Some(Pin::new(PIN.to_owned()))
        })
    };
    let (one, two) = (open_with("imp", 2, pins()), open_with("imp", 1, pins()));
    let key = KeySelector::labelled("key");
    let (first, second) = (one.signer(&key).unwrap(), two.signer(&key).unwrap());
    first.sign(&octets(&first)).unwrap();
    drop((one, first));
    // The first handle's end does not log out the second.
    second.sign(&octets(&second)).unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    drop((two, second));
    let third = open_with("imp", 1, pins()).signer(&key).unwrap();
    third.sign(&octets(&third)).unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[test]
fn a_module_that_is_none_is_told() {
    for module in ["/nowhere/at/all.so", "/etc/passwd"] {
        let options = TokenOptions::new(module, TokenSelector::Single);
        let error = Token::open(&options, fixed_pin()).unwrap_err();
        assert_eq!(error.code(), "KANTA-TOKEN-MODULE", "{error}");
        assert!(error.to_string().contains(module), "{error}");
    }
}

fn one_key(test: &str) -> Option<SoftHsm> {
    SoftHsm::in_own_process(test, |hsm| {
        hsm.add_token("imp")?;
        let key = HsmKey::new("imp", "key", "01", "EC:prime256v1");
        hsm.add_key(key, &TestAuthority::new()?, SYSTEM).map(drop)
    })
}

fn octets(signer: &dyn Signer) -> ToBeSigned<'static> {
    let algorithm: SignatureAlgorithm = signer.algorithms()[0];
    ToBeSigned::new(OCTETS, algorithm)
}
