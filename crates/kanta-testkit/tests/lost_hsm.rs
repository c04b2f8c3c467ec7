//! An HSM that is lost in mid-work and comes back, and what a module is told in a night's run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kanta_client::sign::pkcs11::{
    BatchOptions, BatchStep, KeySelector, Pin, PinRequest, Token, TokenError, TokenOptions,
    TokenSelector, TokenSigner,
};
use kanta_client::sign::{SignatureAlgorithm, Signer, ToBeSigned};
use kanta_testkit::authority::{CertificatePurpose, TestAuthority};
use kanta_testkit::own_process;
use kanta_testkit::remote_hsm::RemoteHsm;
use kanta_testkit::softhsm::{HsmKey, PIN, SoftHsm};

const P256: SignatureAlgorithm = SignatureAlgorithm::EcdsaP256Sha256;

#[test]
fn a_batch_of_a_thousand_goes_on_when_the_hsm_is_back() {
    let Some((mut server, signer, asked)) =
        remote("a_batch_of_a_thousand_goes_on_when_the_hsm_is_back")
    else {
        return;
    };
    // One interruption is left to the batch, the other to the caller.
    let documents: Vec<Vec<u8>> = (0..1000_u32)
        .map(|number| number.to_be_bytes().to_vec())
        .collect();
    let mut signed = Vec::new();
    let mut interruptions: usize = 0;
    let options = BatchOptions::default();
    let batch = signer.batch(
        documents.clone(),
        |document| to_be_signed(document),
        options,
    );
    for step in batch {
        match step {
            BatchStep::Signed(document, value) => {
                let public = signer.certificate().public_key();
                assert!(P256.verifies(public, &document, value.as_bytes()));
                signed.push(document);
                if signed.len() == 300 || signed.len() == 700 {
                    server.stop();
                }
            }
            BatchStep::Failed(_, error) => panic!("{error}"),
            BatchStep::Interrupted(error) => {
                assert!(error.is_token_away(), "{error}");
                interruptions += 1;
                assert_eq!(
                    signer.sign_on_token(&to_be_signed(&documents[0])),
                    Err(TokenError::Removed)
                );
                assert!(!signer.token().wait(Duration::from_millis(300)));
                server.start().unwrap();
                assert!(signer.token().wait(Duration::from_secs(10)));
            }
        }
    }
    assert_eq!(signed, documents, "each once, in order");
    assert_eq!(interruptions, 2);
    // Logged in at the beginning and once after each loss.
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[test]
fn a_batch_waits_for_its_token_if_told_to() {
    let Some((server, signer, _)) = remote("a_batch_waits_for_its_token_if_told_to") else {
        return;
    };
    let documents: Vec<Vec<u8>> = (0..20_u8).map(|number| vec![number]).collect();
    let options = BatchOptions {
        wait_for_token: Duration::from_secs(20),
    };
    let mut signed = 0;
    let mut server = Some(server);
    let mut starting = None;
    for step in signer.batch(documents, |document| to_be_signed(document), options) {
        let BatchStep::Signed(..) = step else {
            panic!("{step:?}");
        };
        signed += 1;
        if signed == 10 {
            let mut server = server.take().unwrap();
            server.stop();
            starting = Some(std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(500));
                server.start().unwrap();
                server
            }));
        }
    }
    assert_eq!(signed, 20);
    assert!(starting.is_some());
}

#[test]
fn a_service_that_starts_before_its_hsm_is_told_so_and_goes_on() {
    let test = "a_service_that_starts_before_its_hsm_is_told_so_and_goes_on";
    let Some(hsm) = prepared(test) else { return };
    let mut server = RemoteHsm::new(&hsm, "imp");
    let options = TokenOptions::new(RemoteHsm::module().unwrap(), TokenSelector::label("imp"));
    let error = Token::open(&options, token::fixed_pin()).unwrap_err();
    assert!(error.is_token_away(), "{error}");
    server.start().unwrap();
    let token = Token::open(&options, token::fixed_pin()).unwrap();
    let signer = token.signer(&KeySelector::labelled("key")).unwrap();
    signer.sign_on_token(&to_be_signed(&[1])).unwrap();
}

fn prepared(test: &str) -> Option<SoftHsm> {
    if RemoteHsm::module().is_none() {
        return own_process::skip(test, "the module p11-kit-client.so is not there");
    }
    SoftHsm::in_own_process_with(test, |hsm| {
        hsm.add_token("imp")?;
        let key = HsmKey::new("imp", "key", "01", "EC:prime256v1");
        hsm.add_key(
            key,
            &TestAuthority::new()?,
            CertificatePurpose::SystemSignature,
        )?;
        Ok(vec![RemoteHsm::environment(hsm)])
    })
}

/// Returns a server that runs, a signer on it, and how often a PIN was asked for.
fn remote(test: &str) -> Option<(RemoteHsm, TokenSigner, Arc<AtomicUsize>)> {
    let hsm = prepared(test)?;
    let mut server = RemoteHsm::new(&hsm, "imp");
    server.start().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let pins = move |_: &PinRequest| {
        count.fetch_add(1, Ordering::Relaxed);
        Some(Pin::new(PIN.to_owned()))
    };
    let options = TokenOptions::new(RemoteHsm::module().unwrap(), TokenSelector::label("imp"));
    let token = Token::open(&options, Arc::new(pins)).unwrap();
    let signer = token.signer(&KeySelector::labelled("key")).unwrap();
    Some((server, signer, asked))
}

fn to_be_signed(document: &[u8]) -> ToBeSigned<'_> {
    ToBeSigned::new(document, P256)
}
