//! Stand-ins for tokens that the examples sign with when no real one is named.

use std::path::PathBuf;
use std::process::Command;

use kanta_client::sign::pkcs11::{Pin, PinProvider, PinRequest};
use kanta_testkit::authority::{CertificatePurpose, TestAuthority};
use kanta_testkit::card::{self, CardKeys, CardReader, VirtualCard};
use kanta_testkit::softhsm::{self, HsmKey, SoftHsm};

use crate::Result;

/// Runs the example again with a throw-away SoftHSM2: its module finds the tokens through the environment of the process.
///
/// # Errors
/// When the HSM cannot be made or the example fails with it.
pub fn with_test_hsm() -> Result<()> {
    let Some(module) = SoftHsm::module() else {
        println!("SKIPPED: SoftHSM2 is not installed (Debian: softhsm2 opensc)");
        return Ok(());
    };
    let hsm = SoftHsm::new()?;
    hsm.add_token("service")?;
    let key = HsmKey::new("service", "system-signing", "01", "rsa:2048");
    hsm.add_key(
        key,
        &TestAuthority::new()?,
        CertificatePurpose::SystemSignature,
    )?;
    let status = Command::new(std::env::current_exe()?)
        .arg("--pkcs11")
        .arg(module)
        .args(["--token", "service", "--key-label", "system-signing"])
        .envs(hsm.environment())
        .env("HSM_PIN", softhsm::PIN)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err("the example failed with its HSM".into())
    }
}

/// A virtual card in a virtual reader.
#[derive(Debug)]
pub struct TestCard {
    _card: VirtualCard,
    _reader: CardReader,
    module: PathBuf,
    authority: String,
}

impl TestCard {
    /// Starts the card daemon and puts a card in. Says `SKIPPED` and returns `None` where that cannot be.
    ///
    /// # Errors
    /// When the card cannot be made.
    pub fn insert() -> Result<Option<Self>> {
        let Some(module) = card::module() else {
            println!(
                "SKIPPED: OpenSC is not installed (Debian: opensc-pkcs11 pcscd vsmartcard-vpcd)"
            );
            return Ok(None);
        };
        let reader = match CardReader::start() {
            Ok(reader) => reader,
            Err(error) => {
                println!("SKIPPED: {error}");
                return Ok(None);
            }
        };
        let authority = TestAuthority::new()?;
        let mut card = VirtualCard::new(CardKeys::generate("rsa:2048", &authority)?);
        card.insert()?;
        Ok(Some(Self {
            _card: card,
            _reader: reader,
            module,
            authority: authority.pem(),
        }))
    }

    /// Returns the module that shows the card.
    #[must_use]
    pub fn module(&self) -> PathBuf {
        self.module.clone()
    }

    /// Returns the authority that issued the card's certificates, in PEM.
    #[must_use]
    pub fn authority(&self) -> String {
        self.authority.clone()
    }

    /// Returns somebody who types the card's PIN and says what for.
    pub fn pin(&self) -> impl PinProvider + use<> {
        |request: &PinRequest| {
            println!("The PIN is asked for: {:?}.", request.purpose);
            Some(Pin::new(card::PIN.to_owned()))
        }
    }
}
