//! The seam for keys: software, HSM, card or a service elsewhere.

use std::fmt;

use crate::{Certificate, SignatureAlgorithm};

/// Somebody who signs with one key (Finnish: allekirjoittaja).
///
/// Synchronous and object safe; a signer that waits for a person or a device blocks.
pub trait Signer: Send + Sync {
    /// Returns the certificate of the key.
    fn certificate(&self) -> &Certificate;

    /// Signs whole octets with the algorithm they name.
    ///
    /// # Errors
    /// [`SignerError`] when there is no signature; nothing was changed.
    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError>;
}

/// Octets that wait for a signature: whole, since some signers hash themselves, with the algorithm to use.
#[derive(Clone, Copy)]
pub struct ToBeSigned<'o> {
    octets: &'o [u8],
    algorithm: SignatureAlgorithm,
}

impl<'o> ToBeSigned<'o> {
    /// Takes octets and the algorithm to sign them with.
    #[must_use]
    pub fn new(octets: &'o [u8], algorithm: SignatureAlgorithm) -> Self {
        Self { octets, algorithm }
    }

    /// Returns the octets.
    #[must_use]
    pub fn octets(&self) -> &'o [u8] {
        self.octets
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Returns the digest of the octets, for signers that want it.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        self.algorithm.digest().digest(self.octets)
    }
}

impl fmt::Debug for ToBeSigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ToBeSigned({} bytes, {:?})",
            self.octets.len(),
            self.algorithm
        )
    }
}

/// A signature: for RSA as PKCS#1 has it, for ECDSA `r` and `s` side by side.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureValue(Vec<u8>);

impl SignatureValue {
    /// Takes a signature in the form that XML signatures have.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SignatureValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureValue({} bytes)", self.0.len())
    }
}

/// Why a signer does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The key cannot be read (`KANTA-SIGNER-KEY`).
    #[error(
        "the key cannot be used: {0}; give an unencrypted private key in PEM, RSA or EC [KANTA-SIGNER-KEY]"
    )]
    Key(String),
    /// The certificate cannot be read.
    #[error(transparent)]
    Certificate(#[from] crate::CertificateError),
    /// The key is not the certificate's (`KANTA-SIGNER-PAIR`).
    #[error(
        "the key does not belong to the certificate: give the two that were made together [KANTA-SIGNER-PAIR]"
    )]
    Pair,
    /// The key cannot make signatures of this algorithm (`KANTA-SIGNER-ALGORITHM`).
    #[error(
        "the key cannot sign with {0:?}: use the certificate that was ordered for this purpose [KANTA-SIGNER-ALGORITHM]"
    )]
    Algorithm(SignatureAlgorithm),
    /// The signer failed (`KANTA-SIGNER-FAILED`).
    #[error("the signer failed: {0} [KANTA-SIGNER-FAILED]")]
    Failed(String),
}
