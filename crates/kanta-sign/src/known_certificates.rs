//! Certificates that were read before.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::{Certificate, CertificateError};

/// Keeps the certificates that were read last: documents that are verified one after the other have few signers.
///
/// It holds facts only, no verdict: a certificate is found by every byte of its DER, and whether it is valid, trusted or
/// revoked is judged anew each time. Bounded to 32 certificates; the one that was not asked for longest makes room.
#[derive(Default)]
pub struct KnownCertificates {
    /// The one asked for last is the first.
    kept: Mutex<Vec<Certificate>>,
}

impl KnownCertificates {
    const MOST: usize = 32;

    /// Returns the certificate in DER, read now or before.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn read(&self, der: &[u8]) -> Result<Certificate, CertificateError> {
        // Nothing can be left half done in the list, so one that a panic left behind is good.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.iter().position(|known| known.as_der() == der) {
            kept[..=place].rotate_right(1);
            return Ok(kept[0].clone());
        }
        drop(kept);
        let certificate = Certificate::from_der(der)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(0, certificate.clone());
        kept.truncate(Self::MOST);
        Ok(certificate)
    }
}

impl fmt::Debug for KnownCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownCertificates").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::tests::openssl;

    #[test]
    fn a_certificate_is_known_by_every_byte_and_the_oldest_makes_room() {
        let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -outform DER -subj /CN=t";
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let Some(first) = openssl(&arguments, b"") else {
            return;
        };
        let known = KnownCertificates::default();
        let read = |der: &[u8]| known.read(der).map(|read| read.as_der().to_vec());
        assert_eq!(read(&first).unwrap(), first);
        assert_eq!(read(&first).unwrap(), first);
        assert!(read(&first[1..]).is_err() && read(b"").is_err());
        // The last byte belongs to the signature, which reading does not verify.
        let mut other = first.clone();
        *other.last_mut().unwrap() ^= 1;
        assert_eq!(read(&other).unwrap(), other);
        let count = || known.kept.lock().unwrap().len();
        assert_eq!(count(), 2);
        let last = *first.last().unwrap();
        for number in 1..=KnownCertificates::MOST as u8 {
            *other.last_mut().unwrap() = last ^ number;
            assert_eq!(read(&other).unwrap(), other);
        }
        assert_eq!(count(), KnownCertificates::MOST);
        assert!(
            !known
                .kept
                .lock()
                .unwrap()
                .iter()
                .any(|kept| kept.as_der() == first)
        );
    }
}
