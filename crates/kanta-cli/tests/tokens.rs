//! The command with keys in an HSM, judged by xmlsec1 and the JDK.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::process::Output;

use common::{Fixture, has_tool, jdk, xmlsec1};
use kanta_testkit::authority::{CertificatePurpose, TestAuthority};
use kanta_testkit::softhsm::{HsmKey, PIN, SoftHsm};

struct Bench {
    hsm: SoftHsm,
    fixture: Fixture,
    unsigned: String,
}

#[test]
fn documents_signed_in_an_hsm_are_judged_good() {
    let Some(bench) = Bench::new() else { return };
    // The token has a key for logging in too: the kind of signature finds the right one.
    let professional = ["--kind", "professional", "--token", "card"];
    for (name, arguments) in [
        (
            "system.xml",
            &[
                "--kind",
                "system",
                "--token",
                "imp",
                "--key-label",
                "rsa3072",
            ][..],
        ),
        (
            "system4096.xml",
            &[
                "--kind",
                "system",
                "--token",
                "imp",
                "--key-label",
                "rsa4096",
            ],
        ),
        ("professional.xml", &professional),
    ] {
        let output = bench.sign(PIN, arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {error}");
        let signed = bench.fixture.write(name, &output.stdout);
        if has_tool("xmlsec1") {
            let (agrees, text) = xmlsec1(&bench.fixture.path("tokens.pem"), &signed);
            assert!(agrees, "{name}: {text}");
        }
        if has_tool("java") {
            let (agrees, text) = jdk(&signed);
            assert!(agrees, "{name}: {text}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_token_is_told_with_its_exit_code() {
    let Some(bench) = Bench::new() else { return };
    let imp = ["--kind", "system", "--token", "imp"];
    let key = [&imp[..], &["--key-label", "rsa3072"]].concat();
    for (pin, arguments, code, text) in [
        ("000000", &key[..], 2, "KANTA-SIGNER-PIN"),
        ("1", &key, 2, "KANTA-TOKEN-PIN-LENGTH"),
        (PIN, &imp, 2, "KANTA-TOKEN-CERTIFICATES"),
        (
            PIN,
            &["--kind", "system", "--token", "nowhere"],
            4,
            "KANTA-SIGNER-ABSENT",
        ),
        (
            PIN,
            &[
                "--kind",
                "professional",
                "--token",
                "imp",
                "--key-label",
                "tls",
            ],
            2,
            "KANTA-TOKEN-CERTIFICATE",
        ),
    ] {
        let output = bench.sign(pin, arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(text), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_key_is_in_files_or_on_a_token() {
    let base = ["sign", "document", "x", "--kind", "system"];
    for more in [
        &[][..],
        &["--key", "k"],
        &[
            "--key",
            "k",
            "--cert",
            "c",
            "--pkcs11",
            "m",
            "--pin-env",
            "P",
        ],
        &["--pkcs11", "m"],
        &["--key", "k", "--cert", "c", "--token", "t"],
    ] {
        common::kanta(&[&base[..], more].concat()).exits(2);
    }
}

impl Bench {
    fn new() -> Option<Self> {
        let Some(_) = SoftHsm::module() else {
            eprintln!("SKIPPED: the module libsofthsm2.so is not there");
            return None;
        };
        let hsm = SoftHsm::new().unwrap();
        let authority = TestAuthority::new().unwrap();
        let keys = [
            (
                "imp",
                "rsa3072",
                "01",
                "rsa:3072",
                CertificatePurpose::SystemSignature,
            ),
            (
                "imp",
                "rsa4096",
                "02",
                "rsa:4096",
                CertificatePurpose::SystemSignature,
            ),
            (
                "imp",
                "tls",
                "03",
                "rsa:2048",
                CertificatePurpose::TlsClient,
            ),
            (
                "card",
                "login",
                "01",
                "rsa:2048",
                CertificatePurpose::ProfessionalLogin,
            ),
            (
                "card",
                "signature",
                "02",
                "rsa:3072",
                CertificatePurpose::ProfessionalSignature,
            ),
        ];
        for token in ["imp", "card"] {
            hsm.add_token(token).unwrap();
        }
        for (token, label, id, kind, purpose) in keys {
            let key = HsmKey::new(token, label, id, kind);
            hsm.add_key(key, &authority, purpose).unwrap();
        }
        let fixture = Fixture::new();
        fixture.write("tokens.pem", authority.pem());
        Some(Self {
            unsigned: fixture.write("unsigned.xml", fixture.unsigned("plan")),
            fixture,
            hsm,
        })
    }

    fn sign(&self, pin: &str, arguments: &[&str]) -> Output {
        assert_cmd::cargo::cargo_bin_cmd!("kanta")
            .args(["sign", "document", &self.unsigned, "--pin-env", "TOKEN_PIN"])
            .arg("--pkcs11")
            .arg(SoftHsm::module().unwrap())
            .args(arguments)
            .envs(self.hsm.environment())
            .env("TOKEN_PIN", pin)
            .output()
            .unwrap()
    }
}
