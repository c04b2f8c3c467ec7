//! The test log register as a server on this machine: mutual TLS, faults by script, kept in memory.

use std::time::Duration;

use kanta_client::disclosures::LogRegister;
use kanta_client::fhir::exchange::Caller;
use kanta_client::fhir::notice::NamedCode;
use kanta_client::sign::SoftwareSigner;

use super::{RegisterFault, StoredResource};
use crate::pki::TestPki;
use crate::{TestArchive, TestArchiveError, people};

/// A test log register that runs as long as it is kept: that of a test archive which nobody else uses.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use kanta_client::disclosures::NoticeOutcome;
/// use kanta_testkit::register::{TestRegister, caller, sample_batch};
///
/// let server = TestRegister::start().await?;
/// let register = server.client()?;
/// let outcome = register.disclosures().notify(&sample_batch(1), &caller(), &server.signer()?).await?;
/// assert!(matches!(outcome, NoticeOutcome::Stored(_)));
/// assert_eq!(server.stored().len(), 2);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TestRegister(TestArchive);

impl TestRegister {
    /// Starts an empty register on a free port of this machine.
    ///
    /// # Errors
    /// [`TestArchiveError`] when certificates cannot be made or no port is free.
    pub async fn start() -> Result<Self, TestArchiveError> {
        Ok(Self(TestArchive::start(Vec::new()).await?))
    }

    /// Returns the address of the register.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.register_url()
    }

    /// Returns the throw-away certificates.
    #[must_use]
    pub fn pki(&self) -> &TestPki {
        self.0.pki()
    }

    /// Returns a client of this register.
    ///
    /// # Errors
    /// [`TestArchiveError`] when TLS refuses the throw-away certificates.
    pub fn client(&self) -> Result<LogRegister, TestArchiveError> {
        self.client_with_deadline(Duration::from_secs(30))
    }

    /// Returns a client that waits no longer than this for an answer.
    ///
    /// # Errors
    /// As [`TestRegister::client`].
    pub fn client_with_deadline(
        &self,
        deadline: Duration,
    ) -> Result<LogRegister, TestArchiveError> {
        self.0.register_client(deadline)
    }

    /// Returns the signer of system signatures, whom this register trusts.
    ///
    /// # Errors
    /// [`TestArchiveError`] when key and certificate do not work together.
    pub fn signer(&self) -> Result<SoftwareSigner, TestArchiveError> {
        self.0.signer()
    }

    /// Lets the next requests meet these faults, one each.
    pub fn script(&self, faults: impl IntoIterator<Item = RegisterFault>) {
        self.0.script_register(faults);
    }

    /// Returns what the register keeps, in the order of arrival.
    #[must_use]
    pub fn stored(&self) -> Vec<StoredResource> {
        self.0.notices()
    }
}

/// Returns the fictional caller of requests to the test log register.
#[must_use]
pub fn caller() -> Caller {
    let worker = people::social_worker();
    Caller {
        system_id: people::county_oid("18.1").to_string(),
        system_name: people::office().software.product,
        user_id: worker
            .registration_number
            .map_or_else(String::new, |number| number.expose().to_owned()),
        user_name: format!("{} {}", worker.name.given().join(" "), worker.name.family()),
        authentication: NamedCode::new("TEST-CARD", "Testi: ammattihenkilön varmenne")
            .expect("code and name are not empty"),
        joined: people::county(),
        requester: people::county(),
        requester_unit: Some(people::service_unit()),
    }
}
