//! What a module is asked for, in order, as `pkcs11-spy` of OpenSC writes it down.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod token;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kanta_client::sign::pkcs11::{
    BatchOptions, BatchStep, KeySelector, Pin, PinRequest, Token, TokenOptions, TokenSelector,
};
use kanta_client::sign::{SignatureAlgorithm, Signer, ToBeSigned};
use kanta_testkit::authority::{CertificatePurpose, TestAuthority};
use kanta_testkit::own_process;
use kanta_testkit::softhsm::{HsmKey, PIN, SoftHsm};

const SPIES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/pkcs11-spy.so",
    "/usr/lib/aarch64-linux-gnu/pkcs11-spy.so",
    "/usr/lib/pkcs11-spy.so",
    "/usr/lib64/pkcs11-spy.so",
];

/// When the module is loaded its function is tried with a session that cannot be, which makes no signature.
const TRIAL: &str = "C_Sign";

#[test]
fn logs_in_once_signs_in_pairs_of_calls_and_logs_out() {
    let Some((hsm, spy)) = spied("logs_in_once_signs_in_pairs_of_calls_and_logs_out", false) else {
        return;
    };
    let options = TokenOptions::new(spy, TokenSelector::label("imp"));
    let token = Token::open(&options, token::fixed_pin()).unwrap();
    let signer = token.signer(&KeySelector::labelled("key")).unwrap();
    let algorithm = signer.algorithms()[0];
    signer
        .sign_on_token(&ToBeSigned::new(b"first", algorithm))
        .unwrap();
    let documents: Vec<Vec<u8>> = (0..5_u8).map(|number| vec![number]).collect();
    let steps = signer.batch(
        documents,
        |document| to_be_signed(document),
        BatchOptions::default(),
    );
    assert_eq!(
        steps
            .filter(|step| matches!(step, BatchStep::Signed(..)))
            .count(),
        5
    );
    drop((token, signer));

    let mut expected = vec![TRIAL, "C_Login"];
    expected.extend(["C_SignInit", "C_Sign"].repeat(6));
    expected.push("C_Logout");
    assert_eq!(calls(&hsm), expected);
}

#[test]
fn a_pin_each_time_is_given_between_beginning_and_signing_and_a_wrong_one_once() {
    let test = "a_pin_each_time_is_given_between_beginning_and_signing_and_a_wrong_one_once";
    let Some((hsm, spy)) = spied(test, true) else {
        return;
    };
    let asked = AtomicUsize::new(0);
    let pins = move |_: &PinRequest| {
        // Right for logging in, wrong twice, right.
        let pin = match asked.fetch_add(1, Ordering::Relaxed) {
            1 | 2 => "000000",
            _ => PIN,
        };
        Some(Pin::new(pin.to_owned()))
    };
    let options = TokenOptions::new(spy, TokenSelector::label("imp"));
    let token = Token::open(&options, Arc::new(pins)).unwrap();
    let signer = token.signer(&KeySelector::labelled("key")).unwrap();
    let octets = ToBeSigned::new(b"octets", signer.algorithms()[0]);
    for code in ["KANTA-TOKEN-PIN", "KANTA-TOKEN-PIN-AGAIN"] {
        assert_eq!(signer.sign_on_token(&octets).unwrap_err().code(), code);
    }
    signer.sign_on_token(&octets).unwrap();
    drop((token, signer));
    let with_pin = ["C_SignInit", "C_Login", "C_Sign"];
    let expected = [
        &[TRIAL, "C_Login", "C_SignInit", "C_Login"][..],
        &with_pin,
        &["C_Logout"],
    ]
    .concat();
    assert_eq!(calls(&hsm), expected);
}

fn spied(test: &str, pin_each_time: bool) -> Option<(SoftHsm, PathBuf)> {
    let Some(spy) = SPIES
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists())
    else {
        return own_process::skip(test, "OpenSC's pkcs11-spy.so is not there");
    };
    let hsm = SoftHsm::in_own_process_with(test, |hsm| {
        hsm.add_token("imp")?;
        let mut key = HsmKey::new("imp", "key", "01", "rsa:2048");
        key.pin_each_time = pin_each_time;
        hsm.add_key(
            key,
            &TestAuthority::new()?,
            CertificatePurpose::SystemSignature,
        )?;
        let module = SoftHsm::module().unwrap_or_default();
        Ok(vec![
            ("PKCS11SPY", OsString::from(module)),
            ("PKCS11SPY_OUTPUT", hsm.scratch("spy.log").into()),
        ])
    })?;
    Some((hsm, spy))
}

/// Returns the calls that have to do with PINs and signatures, in order.
fn calls(hsm: &SoftHsm) -> Vec<&'static str> {
    let log = fs::read(hsm.scratch("spy.log")).unwrap();
    let log = String::from_utf8_lossy(&log);
    log.lines()
        .filter_map(|line| {
            let (number, name) = line.split_once(": ")?;
            number.parse::<usize>().ok()?;
            [
                "C_Login",
                "C_SignInit",
                "C_Sign",
                "C_SignUpdate",
                "C_SignFinal",
                "C_Logout",
            ]
            .into_iter()
            .find(|call| *call == name.trim())
        })
        .collect()
}

fn to_be_signed(document: &[u8]) -> ToBeSigned<'_> {
    ToBeSigned::new(document, SignatureAlgorithm::RsaSha256)
}
