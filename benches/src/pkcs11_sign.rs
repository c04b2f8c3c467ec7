//! `pkcs11-sign`: many documents signed in one session of an HSM, prepared while it signs. The limit is a bare loop of
//! `C_SignInit` and `C_Sign` in one session over octets that are ready.
//!
//! The HSM is SoftHSM2, which finds its tokens through the environment: the bench runs itself again with it.

use std::process::Command;
use std::sync::Arc;
use std::thread;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use kanta_client::cda::{Pending, SignOptions};
use kanta_client::sign::pkcs11::{
    BatchOptions, BatchStep, FixedPin, KeySelector, Pin, Token, TokenOptions, TokenSelector,
    TokenSigner,
};
use kanta_client::sign::{Certificate, SignatureAlgorithm, Signer, ToBeSigned};
use kanta_testkit::authority::{CertificatePurpose, TestAuthority};
use kanta_testkit::softhsm::{HsmKey, PIN, SoftHsm};

use crate::documents::{Desk, now};
use crate::harness::{Clock, Run, Unit, runner};

const INSIDE: &str = "KANTA_BENCHES_HSM";
const KEYS: [(&str, &str, &str); 4] = [
    ("rsa2048", "01", "rsa:2048"),
    ("rsa3072", "02", "rsa:3072"),
    ("p384", "03", "EC:secp384r1"),
    ("p256", "04", "EC:prime256v1"),
];
/// So many documents are a batch.
const BATCH: usize = 24;
/// The size of the documents that are prepared meanwhile.
const DOCUMENT: usize = 40_000;

pub(crate) fn run(run: &mut Run<'_>) {
    if std::env::var_os(INSIDE).is_some() {
        return race(run);
    }
    let hsm = match SoftHsm::new() {
        Ok(hsm) if SoftHsm::module().is_some() => hsm,
        Ok(_) => return run.skip("SoftHSM2", "its module is not there"),
        Err(error) => return run.skip("SoftHSM2", &error.to_string()),
    };
    fill(&hsm);
    let program = std::env::current_exe().expect("a program knows where it is");
    let status = Command::new(program)
        .args(run.arguments())
        .args(["--only", "pkcs11-sign"])
        .envs(hsm.environment())
        .env(INSIDE, "1")
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "the bench runs with its HSM"
    );
}

fn fill(hsm: &SoftHsm) {
    let authority = TestAuthority::new().expect("the authority is made");
    hsm.add_token("bench").expect("a token");
    for (label, id, kind) in KEYS {
        let key = HsmKey::new("bench", label, id, kind);
        hsm.add_key(key, &authority, CertificatePurpose::SystemSignature)
            .expect("a key");
    }
}

fn race(run: &mut Run<'_>) {
    let desk = Desk::open();
    let valid = desk.valid(DOCUMENT);
    let module = SoftHsm::module().expect("it is installed");
    let open = |sessions| {
        let mut options = TokenOptions::new(&module, TokenSelector::label("bench"));
        options.sessions = sessions;
        let pin = FixedPin::new(Pin::new(PIN.to_owned()));
        Token::open(&options, Arc::new(pin)).expect("the token is there")
    };
    let (one, two) = (open(1), open(2));
    for (label, ..) in KEYS {
        let selector = KeySelector::labelled(label);
        let signers = [&one, &two].map(|token| token.signer(&selector).expect("the key is there"));
        let [single, double] = &signers;
        let algorithm = single.algorithms()[0];
        let bare = Bare::open(&module, label, algorithm);
        let certificate = single.certificate().clone();
        // ECDSA is not in the built-in profile, so octets that are ready stand for its documents.
        let prepares = matches!(algorithm, SignatureAlgorithm::RsaSha256);
        let prepare = |certificate: &Certificate| -> Pending {
            valid
                .prepare(certificate, SignOptions::system(now()), &desk.spec)
                .expect("the profile fits the key")
        };
        let octets = vec![7; 1200];
        let ready = |signer: &TokenSigner| {
            let documents = (0..BATCH).map(|_| octets.clone());
            let steps = signer.batch(
                documents,
                |octets| ToBeSigned::new(octets, algorithm),
                BatchOptions::default(),
            );
            all_signed(steps);
        };
        let with_documents = |signer: &TokenSigner| {
            let documents = (0..BATCH).map(|_| prepare(&certificate));
            all_signed(signer.batch(documents, Pending::to_be_signed, BatchOptions::default()));
        };
        let mut runners = vec![
            runner("ours", || {
                if prepares {
                    with_documents(single);
                } else {
                    ready(single);
                }
            }),
            runner("limit", || bare.sign(&octets, BATCH)),
            runner("ours, two sessions", || ready(double)),
            runner("bare, two sessions", || {
                thread::scope(|scope| {
                    for _ in 0..2 {
                        let bare = bare.another();
                        let octets = &octets;
                        scope.spawn(move || bare.sign(octets, BATCH / 2));
                    }
                });
            }),
        ];
        if prepares {
            runners.push(runner("ours, octets ready", || ready(single)));
        }
        run.race_by(Clock::Wall, label, Unit::EachPerSecond(BATCH), runners);
    }
}

fn all_signed<T>(steps: impl Iterator<Item = BatchStep<T>>) {
    let signed = steps.filter(|step| matches!(step, BatchStep::Signed(..)));
    assert_eq!(signed.count(), BATCH);
}

/// A session of the wrapper alone, logged in by the signers of the same process.
struct Bare {
    module: Pkcs11,
    session: Session,
    key: ObjectHandle,
    label: &'static str,
    algorithm: SignatureAlgorithm,
}

impl Bare {
    fn open(module: &std::path::Path, label: &'static str, algorithm: SignatureAlgorithm) -> Self {
        let module = Pkcs11::new(module).expect("the module is there");
        // It runs already.
        let _ = module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        Self::in_session(module, label, algorithm)
    }

    fn another(&self) -> Self {
        Self::in_session(self.module.clone(), self.label, self.algorithm)
    }

    fn in_session(module: Pkcs11, label: &'static str, algorithm: SignatureAlgorithm) -> Self {
        let slot = module
            .get_slots_with_initialized_token()
            .expect("slots")
            .remove(0);
        let session = module.open_ro_session(slot).expect("a session");
        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Label(label.into()),
        ];
        let key = session.find_objects(&template).expect("a search")[0];
        Self {
            module,
            session,
            key,
            label,
            algorithm,
        }
    }

    fn sign(&self, octets: &[u8], times: usize) {
        for _ in 0..times {
            let digest = self.algorithm.digest();
            let result = if self.algorithm.ecdsa_field_bytes().is_some() {
                self.session
                    .sign(&Mechanism::Ecdsa, self.key, &digest.digest(octets))
            } else {
                self.session
                    .sign(&Mechanism::Sha256RsaPkcs, self.key, octets)
            };
            result.expect("the HSM signs");
        }
    }
}
