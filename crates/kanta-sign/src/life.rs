//! Certificates in life: how long one is valid still, and signers that are exchanged without a restart.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kanta_core::Instant;

use crate::{Certificate, Signer, SignerError, Validity};

/// Where a certificate stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateLife {
    /// It is not valid yet.
    NotYet {
        /// When it begins.
        from: Instant,
    },
    /// It is valid for longer than the notice.
    Valid {
        /// When it ends.
        until: Instant,
    },
    /// It is valid, and it is time to order the next one. DVV's system-signature certificates last two years at most, server
    /// certificates one (DVV, `[S]`).
    EndsSoon {
        /// When it ends.
        until: Instant,
    },
    /// It is no longer valid.
    Ended {
        /// When it ended.
        since: Instant,
    },
}

impl Certificate {
    /// Returns where the certificate stands in its life at a time; `notice` is how long ahead its end is told.
    #[must_use]
    pub fn life(&self, now: Instant, notice: Duration) -> CertificateLife {
        let (from, until) = (self.not_before(), self.not_after());
        let left = until.unix_seconds() - now.unix_seconds();
        match self.validity(now) {
            Validity::NotYet => CertificateLife::NotYet { from },
            Validity::Expired => CertificateLife::Ended { since: until },
            Validity::Valid if left < i64::try_from(notice.as_secs()).unwrap_or(i64::MAX) => {
                CertificateLife::EndsSoon { until }
            }
            Validity::Valid => CertificateLife::Valid { until },
        }
    }

    /// Returns whether a time lies in the validity of the certificate, of which both ends are part (RFC 5280, 4.1.2.5).
    #[must_use]
    pub fn validity(&self, time: Instant) -> Validity {
        if time < self.not_before() {
            Validity::NotYet
        } else if time > self.not_after() {
            Validity::Expired
        } else {
            Validity::Valid
        }
    }

    /// Demands that the certificate is valid at the time that a signature is to state: nobody who checks the certificate at that
    /// time could accept the signature.
    ///
    /// # Errors
    /// [`OutsideValidity`] when it is not.
    pub fn must_be_valid(&self, time: Instant) -> Result<(), OutsideValidity> {
        match self.validity(time) {
            Validity::Valid => Ok(()),
            Validity::NotYet | Validity::Expired => Err(OutsideValidity {
                from: self.not_before(),
                until: self.not_after(),
                time,
            }),
        }
    }
}

/// A certificate is not valid at the time that a signature is to state (`KANTA-SIGN-VALIDITY`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the certificate is valid from {from} to {until}, and the signature states {time}: sign with a certificate that is valid \
     then, or state the time at which you sign [KANTA-SIGN-VALIDITY]"
)]
#[non_exhaustive]
pub struct OutsideValidity {
    /// When the certificate begins.
    pub from: Instant,
    /// When it ends.
    pub until: Instant,
    /// The time of the signature.
    pub time: Instant,
}

impl OutsideValidity {
    /// The stable code.
    pub const CODE: &str = "KANTA-SIGN-VALIDITY";
}

/// How a signer is made anew: from its files, or from its token.
type Load = dyn Fn() -> Result<Arc<dyn Signer>, SignerError> + Send + Sync;

/// A signer that can be exchanged for its successor while others use it.
///
/// What was begun with the old one is ended with it. A successor that cannot be made, because the new certificate does not fit
/// the key or a file is half written, changes nothing.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use kanta_sign::{RenewableSigner, Signer, SignerError, SoftwareSigner};
///
/// let signer = RenewableSigner::new(|| {
///     let read = |path| std::fs::read(path).map_err(|error| SignerError::Key(error.to_string()));
///     let signer = SoftwareSigner::from_pem(&read("signing.key")?, &read("signing.pem")?)?;
///     Ok(Arc::new(signer) as Arc<dyn Signer>)
/// })?;
/// // Later, when the files were exchanged:
/// let is_another = signer.renew()?;
/// # Ok::<(), SignerError>(())
/// ```
pub struct RenewableSigner {
    load: Box<Load>,
    current: RwLock<Arc<dyn Signer>>,
}

impl RenewableSigner {
    /// Makes the first signer.
    ///
    /// # Errors
    /// [`SignerError`] when it cannot be made, a key that is not the certificate's included.
    pub fn new(
        load: impl Fn() -> Result<Arc<dyn Signer>, SignerError> + Send + Sync + 'static,
    ) -> Result<Self, SignerError> {
        Ok(Self {
            current: RwLock::new(load()?),
            load: Box::new(load),
        })
    }

    /// Returns the signer of now. Take it anew for every document or connection.
    #[must_use]
    pub fn current(&self) -> Arc<dyn Signer> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Makes the signer anew and returns whether it has another certificate now.
    ///
    /// # Errors
    /// [`SignerError`] when it cannot be made; the old one stays.
    pub fn renew(&self) -> Result<bool, SignerError> {
        let new = (self.load)()?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let is_another = new.certificate() != current.certificate();
        if is_another {
            *current = new;
        }
        Ok(is_another)
    }
}

impl fmt::Debug for RenewableSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenewableSigner")
            .field("certificate", self.current().certificate())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;
    use crate::SoftwareSigner;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn files() -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        (key.serialize_pem(), certificate.pem())
    }

    #[test]
    fn the_end_is_told_ahead() {
        let certificate = Certificate::from_pem(files().1.as_bytes()).unwrap();
        let (from, until) = (certificate.not_before(), certificate.not_after());
        let at = |seconds| Instant::from_unix(seconds, 0).unwrap();
        for (now, life) in [
            (
                at(from.unix_seconds() - 1),
                CertificateLife::NotYet { from },
            ),
            (from, CertificateLife::Valid { until }),
            (
                at(until.unix_seconds() - 30 * 86_400),
                CertificateLife::Valid { until },
            ),
            (
                at(until.unix_seconds() - 30 * 86_400 + 1),
                CertificateLife::EndsSoon { until },
            ),
            (until, CertificateLife::EndsSoon { until }),
            (
                at(until.unix_seconds() + 1),
                CertificateLife::Ended { since: until },
            ),
        ] {
            assert_eq!(certificate.life(now, DAY * 30), life);
        }
    }

    #[test]
    fn a_successor_takes_over_and_a_broken_one_does_not() {
        let files = Arc::new(Mutex::new(files()));
        let source = files.clone();
        let signer = RenewableSigner::new(move || {
            let (key, certificate) = source.lock().unwrap().clone();
            let signer = SoftwareSigner::from_pem(key.as_bytes(), certificate.as_bytes())?;
            Ok(Arc::new(signer) as Arc<dyn Signer>)
        })
        .unwrap();
        let first = signer.current();
        assert_eq!(signer.renew(), Ok(false));

        let next = self::files();
        files.lock().unwrap().1.clone_from(&next.1);
        assert_eq!(signer.renew(), Err(SignerError::Pair));
        assert_eq!(signer.current().certificate(), first.certificate());

        files.lock().unwrap().0 = next.0;
        assert_eq!(signer.renew(), Ok(true));
        assert_ne!(signer.current().certificate(), first.certificate());
    }
}
