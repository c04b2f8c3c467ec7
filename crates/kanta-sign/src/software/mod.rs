//! A signer with a key in memory.

use std::fmt;

mod key;
#[cfg(feature = "pkcs12")]
mod pkcs12;

use crate::provider::rand::SystemRandom;
use crate::{
    Certificate, CertificateSubject, PendingRequest, SignatureAlgorithm, SignatureValue, Signer,
    SignerError, ToBeSigned,
};
use key::Key;

/// A signer whose key is in memory: for servers whose system-signature certificate came with a key file.
///
/// RSA keys have 2048 to 4096 bits (8192 with the feature `aws-lc-rs`), EC keys are on P-256 or P-384. `Debug` shows no key.
///
/// ```no_run
/// use kanta_sign::SoftwareSigner;
///
/// let key = std::fs::read("signing.key")?;
/// let certificate = std::fs::read("signing.pem")?;
/// let signer = SoftwareSigner::from_pem(&key, &certificate)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SoftwareSigner {
    certificate: Certificate,
    chain: Vec<Certificate>,
    key: Key,
    random: SystemRandom,
}

impl SoftwareSigner {
    /// Reads an unencrypted key (PKCS#8, PKCS#1 or SEC1) and its certificate from PEM. The certificate stands first in its
    /// file; those after it are the chain.
    ///
    /// # Errors
    /// [`SignerError`] when either cannot be read, or the key is not the certificate's.
    pub fn from_pem(key: &[u8], certificate: &[u8]) -> Result<Self, SignerError> {
        Self::read(key, None, certificate)
    }

    /// As [`SoftwareSigner::from_pem`], for a key that is encrypted (`ENCRYPTED PRIVATE KEY`: PKCS#8 with PBES2).
    ///
    /// # Errors
    /// As there; [`SignerError::Password`] when the password does not open the key.
    pub fn from_encrypted_pem(
        key: &[u8],
        password: &[u8],
        certificate: &[u8],
    ) -> Result<Self, SignerError> {
        Self::read(key, Some(password), certificate)
    }

    /// Reads key, certificate and chain from a PKCS#12 file (`.p12`, `.pfx`) that holds one key.
    ///
    /// # Errors
    /// [`SignerError::Password`] when the password does not open it; else as [`SoftwareSigner::from_pem`].
    #[cfg(feature = "pkcs12")]
    pub fn from_pkcs12(file: &[u8], password: &str) -> Result<Self, SignerError> {
        pkcs12::read(file, password)
    }

    fn read(key: &[u8], password: Option<&[u8]>, certificate: &[u8]) -> Result<Self, SignerError> {
        let mut certificates = Certificate::all_from_pem(certificate)?;
        let certificate = certificates.remove(0);
        let key = Key::from_pem(key, password, certificate.public_key())?;
        Ok(Self::new(certificate, certificates, key))
    }

    fn new(certificate: Certificate, chain: Vec<Certificate>, key: Key) -> Self {
        Self {
            certificate,
            chain,
            key,
            random: SystemRandom::new(),
        }
    }
}

/// Makes a certificate request with a key that has no certificate yet, in PEM; `password` opens an encrypted one.
///
/// # Errors
/// [`SignerError`] when the key cannot be read or does not sign.
pub fn request_certificate(
    key: &[u8],
    password: Option<&[u8]>,
    subject: &CertificateSubject,
) -> Result<String, SignerError> {
    let (key, public) = Key::without_certificate(key, password)?;
    let algorithm = key
        .algorithms()
        .first()
        .copied()
        .unwrap_or(SignatureAlgorithm::RsaSha256);
    let pending = PendingRequest::new(subject, &public, algorithm)
        .ok_or_else(|| SignerError::Key("a request cannot be made for it".to_owned()))?;
    let value = key.sign(&pending.to_be_signed(), &SystemRandom::new())?;
    pending
        .complete(&value)
        .ok_or_else(|| SignerError::Failed("its own signature does not verify".to_owned()))
}

impl Signer for SoftwareSigner {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        self.key.algorithms()
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        self.key.sign(octets, &self.random)
    }
}

impl fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareSigner")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
