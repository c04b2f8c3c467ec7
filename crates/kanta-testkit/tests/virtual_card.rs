//! A signer on a card: OpenSC's module, the card daemon and a virtual card.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod token;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kanta_client::sign::pkcs11::{
    BatchOptions, BatchStep, KeySelector, Pin, PinProvider, PinPurpose, PinRequest, PinTries,
    Token, TokenError, TokenOptions, TokenSelector, TokenSigner,
};
use kanta_client::sign::test_kit::check_signer;
use kanta_client::sign::{Confirmation, KeyUsage, SignatureAlgorithm, Signer, ToBeSigned};
use kanta_testkit::authority::TestAuthority;
use kanta_testkit::card::{self, CardKeys, CardReader, PIN, Pull, VirtualCard};

const SOON: Duration = Duration::from_secs(20);

#[test]
fn both_kinds_of_key_pass_the_suite() {
    if !CardReader::in_own_process("both_kinds_of_key_pass_the_suite") {
        return;
    }
    for kind in ["rsa:2048", "EC:secp384r1"] {
        let mut card = new_card(kind);
        let signer = signer(&open(right_pin()));
        assert_eq!(signer.confirmation(), Confirmation::EverySignature);
        assert_eq!(
            signer.certificate().key_usage(),
            Some(&[KeyUsage::NonRepudiation][..])
        );
        let failures = check_signer(&signer);
        assert!(failures.is_empty(), "{kind}: {failures:#?}");
        card.remove();
    }
}

#[test]
fn each_signature_is_asked_for_and_confirmed() {
    if !CardReader::in_own_process("each_signature_is_asked_for_and_confirmed") {
        return;
    }
    let card = new_card("EC:secp384r1");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let token = open(Arc::new(move |request: &PinRequest| {
        seen.lock()
            .unwrap()
            .push((request.purpose, request.documents));
        Some(Pin::new(PIN.to_owned()))
    }));
    let signer = signer(&token);
    asked.lock().unwrap().clear();
    let documents: Vec<Vec<u8>> = (0..3).map(|number| vec![number; 100]).collect();
    let mut signed = 0;
    for step in signer.batch(
        documents,
        |document| to_be_signed(document),
        BatchOptions::default(),
    ) {
        let BatchStep::Signed(document, value) = step else {
            panic!("{step:?}");
        };
        assert!(P384.verifies(
            signer.certificate().public_key(),
            &document,
            value.as_bytes()
        ));
        signed += 1;
    }
    assert_eq!(signed, 3);
    let mut asked = asked.lock().unwrap().clone();
    asked.retain(|(purpose, _)| *purpose == PinPurpose::Signature);
    assert_eq!(
        asked.iter().map(|(_, left)| *left).collect::<Vec<_>>(),
        [3, 2, 1]
    );
    let commands = card.commands();
    let pairs: Vec<_> = commands.iter().rev().take(6).rev().collect();
    assert_eq!(pairs, [&"VERIFY", &"SIGN"].repeat(3), "{commands:?}");
}

#[test]
fn wrong_pins_are_told_until_the_card_is_locked() {
    if !CardReader::in_own_process("wrong_pins_are_told_until_the_card_is_locked") {
        return;
    }
    let card = new_card("rsa:2048");
    let tries = Arc::new(Mutex::new(Vec::new()));
    let seen = tries.clone();
    let wrong = Mutex::new(VecDeque::from([
        "000001", "000001", "000002", "000003", "000004", "000005",
    ]));
    let token = open(Arc::new(move |request: &PinRequest| {
        if request.purpose == PinPurpose::Login {
            return Some(Pin::new(PIN.to_owned()));
        }
        seen.lock().unwrap().push(request.tries);
        let pin = wrong.lock().unwrap().pop_front();
        pin.map(|pin| Pin::new(pin.to_owned()))
    }));
    let signer = signer(&token);
    let octets = vec![1; 10];
    let codes: Vec<_> = (0..8)
        .map(|_| {
            let octets = ToBeSigned::new(&octets, SignatureAlgorithm::RsaSha256);
            signer.sign_on_token(&octets).unwrap_err().code()
        })
        .collect();
    let (wrong, again) = ("KANTA-TOKEN-PIN", "KANTA-TOKEN-PIN-AGAIN");
    let locked = "KANTA-TOKEN-LOCKED";
    let told = [wrong, again, wrong, wrong, wrong, locked, locked, locked];
    let tries = tries.lock().unwrap();
    assert_eq!(codes, told, "{tries:?} {:?}", card.commands());
    // The PIN that came again never reached the card, nor did any after the last; the login PIN was given once.
    assert_eq!(card.commands(), ["VERIFY"; 1 + 5], "{tries:?}");
    assert!(tries.contains(&PinTries::LastOne), "{tries:?}");
}

#[test]
fn a_card_pulled_in_mid_signature_loses_nothing() {
    if !CardReader::in_own_process("a_card_pulled_in_mid_signature_loses_nothing") {
        return;
    }
    for kind in ["rsa:2048", "EC:secp384r1"] {
        let mut card = new_card(kind);
        let signer = signer(&open(right_pin()));
        let algorithm = signer.algorithms()[0];
        let octets = ToBeSigned::new(b"octets", algorithm);
        signer.sign(&octets).unwrap();
        for when in [Pull::AtPin, Pull::AtSignature] {
            card.pull(when);
            let error = signer.sign_on_token(&octets).unwrap_err();
            assert_eq!(error, TokenError::Removed, "{when:?}");
            let error = signer.sign_on_token(&octets).unwrap_err();
            assert_eq!(error, TokenError::Removed, "{when:?}");
            assert!(!signer.token().is_present());
            card.remove();
            card.insert().unwrap();
            assert!(signer.token().wait(SOON), "the card is back");
            let value = signer.sign_on_token(&octets).unwrap();
            assert!(algorithm.verifies(
                signer.certificate().public_key(),
                b"octets",
                value.as_bytes()
            ));
        }
        // Pulled and put back when nobody looked.
        card.remove();
        card.insert().unwrap();
        assert!(signer.token().wait(SOON));
        signer.sign_on_token(&octets).unwrap();
        card.remove();
    }
}

#[test]
fn a_batch_goes_on_where_the_card_was_pulled() {
    if !CardReader::in_own_process("a_batch_goes_on_where_the_card_was_pulled") {
        return;
    }
    let mut card = new_card("EC:secp384r1");
    let signer = signer(&open(right_pin()));
    let documents: Vec<Vec<u8>> = (0..6).map(|number| vec![number; 100]).collect();
    let mut batch = signer.batch(
        documents.clone(),
        |document| to_be_signed(document),
        BatchOptions::default(),
    );
    let mut signed = Vec::new();
    let mut interruptions = Vec::new();
    while let Some(step) = batch.next() {
        match step {
            BatchStep::Signed(document, value) => {
                let public = signer.certificate().public_key();
                assert!(P384.verifies(public, &document, value.as_bytes()));
                signed.push(document);
                if signed.len() == 2 {
                    card.pull(Pull::AtSignature);
                }
            }
            BatchStep::Failed(_, error) => panic!("{error}"),
            BatchStep::Interrupted(error) => {
                interruptions.push(error.clone());
                assert!(error.is_token_away(), "{error}");
                assert_eq!(batch.progress().total, Some(6));
                card.remove();
                card.insert().unwrap();
                assert!(signer.token().wait(SOON));
            }
        }
    }
    assert_eq!(signed, documents);
    assert_eq!(interruptions, [TokenError::Removed]);
}

#[test]
fn another_card_is_not_taken_for_the_first() {
    if !CardReader::in_own_process("another_card_is_not_taken_for_the_first") {
        return;
    }
    let mut first = new_card("rsa:2048");
    let signer = signer(&open(right_pin()));
    first.remove();
    let second = new_card("rsa:2048");
    // The driver has seen it.
    assert_ne!(open(right_pin()).identity(), signer.token().identity());
    let octets = ToBeSigned::new(b"octets", SignatureAlgorithm::RsaSha256);
    let error = signer.sign_on_token(&octets).unwrap_err();
    assert_eq!(error, TokenError::Removed);
    assert!(second.commands().is_empty(), "it was given no PIN");
}

#[test]
fn no_card_is_told() {
    if !CardReader::in_own_process("no_card_is_told") {
        return;
    }
    let options = TokenOptions::new(card::module().unwrap(), TokenSelector::Single);
    let error = Token::open(&options, right_pin()).unwrap_err();
    assert_eq!(error.code(), "KANTA-TOKEN-ABSENT", "{error}");
}

const P384: SignatureAlgorithm = SignatureAlgorithm::EcdsaP384Sha384;

fn to_be_signed(document: &[u8]) -> ToBeSigned<'_> {
    ToBeSigned::new(document, P384)
}

fn new_card(kind: &str) -> VirtualCard {
    let keys = CardKeys::generate(kind, &TestAuthority::new().unwrap()).unwrap();
    let mut card = VirtualCard::new(keys);
    card.insert().unwrap();
    card
}

fn right_pin() -> Arc<dyn PinProvider> {
    Arc::new(|_: &PinRequest| Some(Pin::new(PIN.to_owned())))
}

/// Opens the card in the reader, which takes the daemon a moment to see.
fn open(pins: Arc<dyn PinProvider>) -> Token {
    let options = TokenOptions::new(card::module().unwrap(), TokenSelector::Single);
    let until = std::time::Instant::now() + SOON;
    loop {
        match Token::open(&options, pins.clone()) {
            Err(TokenError::Absent { .. }) if std::time::Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(100));
            }
            token => return token.unwrap(),
        }
    }
}

fn signer(token: &Token) -> TokenSigner {
    token
        .signer(&KeySelector::for_usage(KeyUsage::NonRepudiation))
        .unwrap()
}
