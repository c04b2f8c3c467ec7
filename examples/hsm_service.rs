//! A service that signs with an HSM: many documents in one session, prepared while the HSM signs, and nothing lost when it goes
//! away. Without `--pkcs11` a throw-away SoftHSM2 stands in for the HSM.
//!
//! `--pkcs11 MODULE --token LABEL --key-label LABEL`, the PIN in the environment variable `HSM_PIN`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kanta_client::cda::{Pending, SignOptions};
use kanta_client::sign::pkcs11::{
    BatchOptions, BatchStep, FixedPin, KeySelector, Pin, Token, TokenOptions, TokenSelector,
};
use kanta_client::sign::{KeyUsage, Signer};
use kanta_examples::{Result, now, with_test_hsm};
use kanta_testkit::{documents, structures, test_spec};

const DOCUMENTS: u64 = 200;

fn main() -> Result<()> {
    let Some(hsm) = Hsm::from_arguments()? else {
        return with_test_hsm();
    };
    // Two sessions: an HSM with several cores signs at the same time. The PIN of an HSM is a password of the service.
    let mut options = TokenOptions::new(hsm.module, TokenSelector::label(hsm.token));
    options.sessions = 2;
    let pin = Pin::new(std::env::var("HSM_PIN")?);
    let token = Token::open(&options, Arc::new(FixedPin::new(pin)))?;
    // By its label and by what its certificate is for; key and certificate are checked to fit here, at the start.
    let key = KeySelector::labelled(hsm.key).with_usage(KeyUsage::DigitalSignature);
    let signer = token.signer(&key)?;
    println!("The key is found, and it is the certificate's.");

    let (spec, structure, time) = (test_spec(), structures::client_plan(), now()?);
    let prepare = |number| -> Result<Pending> {
        let draft = documents::client_plan(number, "Perhe toivoo apua aamuihin.", time);
        let valid = draft.check(&structure, &spec)?;
        Ok(valid.prepare(signer.certificate(), SignOptions::system(time), &spec)?)
    };
    // Lazy: each is prepared while the HSM signs the one before. What cannot be prepared is told and does not stop the others.
    let prepared = (1..=DOCUMENTS).filter_map(|number| {
        prepare(number)
            .inspect_err(|error| println!("Document {number}: {error}"))
            .ok()
    });
    let begun = Instant::now();
    let options = BatchOptions {
        // An HSM that restarts is waited for; the batch goes on where it stood.
        wait_for_token: Duration::from_secs(60),
    };
    let mut signed = 0;
    for step in signer.batch(prepared, Pending::to_be_signed, options) {
        match step {
            // Putting the value in verifies the document with the certificate.
            BatchStep::Signed(pending, value) => match pending.complete(&value) {
                Ok(_document) => signed += 1,
                Err(error) => println!("A document does not verify: {error}"),
            },
            BatchStep::Failed(_, error) => println!("A document was not signed: {error}"),
            // Longer away than we wait, or a wrong PIN: somebody must look. The rest is still in the batch.
            BatchStep::Interrupted(error) => return Err(error.into()),
        }
    }
    let rate = f64::from(signed) / begun.elapsed().as_secs_f64();
    println!("{signed} documents checked, signed and verified: {rate:.0} in a second.");
    Ok(())
}

struct Hsm {
    module: PathBuf,
    token: String,
    key: String,
}

impl Hsm {
    fn from_arguments() -> Result<Option<Self>> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(None),
            ["--pkcs11", module, "--token", token, "--key-label", key] => Ok(Some(Self {
                module: module.into(),
                token: (*token).to_owned(),
                key: (*key).to_owned(),
            })),
            _ => Err("usage: [--pkcs11 MODULE --token LABEL --key-label LABEL]".into()),
        }
    }
}
