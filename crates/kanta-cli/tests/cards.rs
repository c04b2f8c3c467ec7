//! The command with a professional's card: OpenSC's module, the card daemon and a virtual card; judged by xmlsec1.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Fixture, Run, has_tool, kanta, xmlsec1};
use kanta_testkit::authority::TestAuthority;
use kanta_testkit::card::{self, CardKeys, CardReader, PIN, Pull, VirtualCard};

#[test]
fn a_professional_signs_with_a_card() {
    if !CardReader::in_own_process("a_professional_signs_with_a_card") {
        return;
    }
    let desk = Desk::new();
    desk.sign(PIN).exits(4).says("KANTA-SIGNER-ABSENT");
    let card = desk.card("EC:secp384r1");
    let run = desk.sign_when_seen(PIN).exits(0);
    // The key for signatures did it, which wants its PIN each time.
    let commands = card.commands();
    assert!(commands.ends_with(&["VERIFY", "SIGN"]), "{commands:?}");
    assert!(!run.err.contains(PIN), "{}", run.err);
    let signed = desk.fixture.write("signed.xml", run.out);
    let verify = ["verify", &signed, "--trust", &desk.authority(), "--json"];
    let verdict = kanta(&verify).exits(0).json();
    assert_eq!(verdict["valid"], true, "{verdict}");
    assert_eq!(verdict["signatures"].as_array().unwrap().len(), 1);
    if has_tool("xmlsec1") {
        let (agrees, text) = xmlsec1(&desk.authority(), &signed);
        assert!(agrees, "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_card_is_told_and_nothing_is_written() {
    if !CardReader::in_own_process("what_is_wrong_with_a_card_is_told_and_nothing_is_written") {
        return;
    }
    let desk = Desk::new();
    let mut card = desk.card("rsa:2048");
    let run = desk.sign_when_seen("000000");
    let run = run.exits(2).says("KANTA-SIGNER-PIN");
    assert!(run.out.is_empty() && !run.err.contains("000000"));
    // One try of the card was spent, not more.
    assert_eq!(card.commands(), ["VERIFY"]);
    card.pull(Pull::AtSignature);
    let run = desk.sign_when_seen(PIN);
    assert!(run.out.is_empty());
    run.exits(4).says("KANTA-SIGNER-REMOVED");
    card.remove();
    card.insert().unwrap();
    desk.sign_when_seen(PIN).exits(0);
}

/// Somebody with a document, and with the authority of the cards.
struct Desk {
    fixture: Fixture,
    authority: TestAuthority,
    unsigned: String,
}

impl Desk {
    fn new() -> Self {
        let fixture = Fixture::new();
        let authority = TestAuthority::new().unwrap();
        fixture.write("cards.pem", authority.pem());
        Self {
            unsigned: fixture.write("unsigned.xml", fixture.unsigned("plan")),
            fixture,
            authority,
        }
    }

    fn authority(&self) -> String {
        self.fixture.path("cards.pem")
    }

    /// Puts a new card into the reader.
    fn card(&self, kind: &str) -> VirtualCard {
        let keys = CardKeys::generate(kind, &self.authority).unwrap();
        let mut card = VirtualCard::new(keys);
        card.insert().unwrap();
        card
    }

    fn sign(&self, pin: &str) -> Run {
        let output = assert_cmd::cargo::cargo_bin_cmd!("kanta")
            .args(["sign", "document", &self.unsigned])
            .args(["--kind", "professional", "--pin-env", "CARD_PIN"])
            .arg("--pkcs11")
            .arg(card::module().unwrap())
            .env("CARD_PIN", pin)
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap(),
            out: output.stdout,
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Signs as soon as the daemon has seen the card, which takes it a moment.
    fn sign_when_seen(&self, pin: &str) -> Run {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let run = self.sign(pin);
            let is_seen = !run.err.contains("KANTA-SIGNER-ABSENT");
            if is_seen || Instant::now() > until {
                return run;
            }
            sleep(Duration::from_millis(100));
        }
    }
}
