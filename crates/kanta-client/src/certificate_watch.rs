//! Certificates watched while the program runs: taken up when they are exchanged, their end told ahead.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kanta_core::Instant;
use kanta_sign::{CertificateLife, RenewableSigner, SignerError};

/// How often and how far ahead certificates are looked at.
#[derive(Debug, Clone, Copy)]
pub struct CertificateWatch {
    /// How often the signer is made anew and its certificate looked at (default: every hour).
    pub every: Duration,
    /// How long ahead the end is told (default: 60 days; ordering a certificate of the field takes weeks).
    pub notice: Duration,
}

impl Default for CertificateWatch {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(60 * 60),
            notice: Duration::from_secs(60 * 24 * 60 * 60),
        }
    }
}

/// What a watch has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateEvent {
    /// Where the certificate stands in its life: told first, and when it changes.
    Life(CertificateLife),
    /// Another certificate was taken up.
    Renewed,
    /// The signer could not be made anew; the old one goes on.
    RenewalFailed(SignerError),
}

impl CertificateWatch {
    /// Watches a signer's certificate for as long as the future is polled, and tells what happens.
    ///
    /// Making a signer anew may block, so it is done where blocking is allowed. A signer on a card should be made anew only if that
    /// asks nobody for a PIN.
    pub async fn run(
        self,
        signer: Arc<RenewableSigner>,
        mut tell: impl FnMut(CertificateEvent) + Send,
    ) {
        let mut told = None;
        loop {
            if let Some(life) =
                now().map(|now| signer.current().certificate().life(now, self.notice))
                && told != Some(life)
            {
                told = Some(life);
                tell(CertificateEvent::Life(life));
            }
            tokio::time::sleep(self.every).await;
            let source = signer.clone();
            match tokio::task::spawn_blocking(move || source.renew()).await {
                Ok(Ok(false)) => {}
                Ok(Ok(true)) => tell(CertificateEvent::Renewed),
                Ok(Err(error)) => tell(CertificateEvent::RenewalFailed(error)),
                Err(panic) => tell(CertificateEvent::RenewalFailed(SignerError::Failed(
                    panic.to_string(),
                ))),
            }
        }
    }
}

/// A clock before 1970 tells nothing of certificates.
fn now() -> Option<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Instant::from_unix(i64::try_from(since.as_secs()).ok()?, since.subsec_nanos()).ok()
}
