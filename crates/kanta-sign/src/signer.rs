//! The seam for keys: software, HSM, card or a service elsewhere.

use std::fmt;
use std::time::Duration;

use kanta_core::Retry;

use crate::{Certificate, CertificateError, SignatureAlgorithm, SignatureValue};

/// Somebody who signs with one key (Finnish: allekirjoittaja).
///
/// Synchronous and object safe; a signer that waits for a person or a device blocks, so call it where blocking is allowed.
/// One signer may be called from many threads; whether that is faster is the key's affair. The feature `test-kit` has a
/// suite that every signer must pass.
pub trait Signer: Send + Sync {
    /// Returns the certificate of the key.
    fn certificate(&self) -> &Certificate;

    /// Returns the certificates of the authorities between the certificate and a root, the nearest first, if the signer
    /// knows them.
    fn chain(&self) -> &[Certificate] {
        &[]
    }

    /// Returns the algorithms that the key signs with, the preferred one first.
    fn algorithms(&self) -> &[SignatureAlgorithm];

    /// Returns how often a person must confirm, with a PIN or otherwise.
    fn confirmation(&self) -> Confirmation {
        Confirmation::Never
    }

    /// Signs whole octets with the algorithm they name.
    ///
    /// # Errors
    /// [`SignerError`] when there is no signature; nothing was changed, except that a wrong PIN counts.
    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError>;
}

/// How often a person must confirm that a key signs (Finnish: tunnusluvun kysyminen).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Confirmation {
    /// Never: the key is free to the process.
    Never,
    /// Once: what is signed after it in the same session needs no more.
    OncePerSession,
    /// Before each signature: many documents are many questions.
    EverySignature,
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

/// Why a signer does not sign. No text holds a PIN, a password or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The key cannot be read (`KANTA-SIGNER-KEY`).
    #[error("the key cannot be used: {0}; give a private key in PEM, RSA or EC [KANTA-SIGNER-KEY]")]
    Key(String),
    /// The key is encrypted and no password, or a wrong one, was given (`KANTA-SIGNER-PASSWORD`).
    #[error(
        "the key is encrypted and the password does not open it: give the one that the key was stored with \
         [KANTA-SIGNER-PASSWORD]"
    )]
    Password,
    /// The certificate cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
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
    /// The PIN is wrong (`KANTA-SIGNER-PIN`). It is never tried again by itself: wrong tries lock the card.
    #[error("{}", wrong_pin(*.tries_left))]
    WrongPin {
        /// How many tries are left, where the token tells.
        tries_left: Option<u32>,
    },
    /// Too many wrong PINs were given (`KANTA-SIGNER-PIN-LOCKED`).
    #[error(
        "the PIN is locked after too many wrong tries: unlock it with the PUK in the card's own program \
         [KANTA-SIGNER-PIN-LOCKED]"
    )]
    PinLocked,
    /// The key asks for a confirmation that nobody gave (`KANTA-SIGNER-CONFIRMATION`).
    #[error(
        "nobody confirmed the signature: the PIN was not given, or the person said no [KANTA-SIGNER-CONFIRMATION]"
    )]
    NotConfirmed,
    /// No token with the key is there (`KANTA-SIGNER-ABSENT`).
    #[error(
        "no card or token with the key is there: put it in the reader and try again [KANTA-SIGNER-ABSENT]"
    )]
    TokenAbsent,
    /// The token was taken away while it worked (`KANTA-SIGNER-REMOVED`).
    #[error(
        "the card was taken out before it had signed: put it back and try again [KANTA-SIGNER-REMOVED]"
    )]
    TokenRemoved,
    /// The signer is not reachable now (`KANTA-SIGNER-UNAVAILABLE`).
    #[error("the signer cannot be reached now: {0} [KANTA-SIGNER-UNAVAILABLE]")]
    Unavailable(String),
    /// The card or HSM does not sign for a reason of its own.
    #[cfg(feature = "pkcs11")]
    #[error(transparent)]
    Token(crate::pkcs11::TokenError),
    /// The signer failed (`KANTA-SIGNER-FAILED`).
    #[error("the signer failed: {0} [KANTA-SIGNER-FAILED]")]
    Failed(String),
}

impl SignerError {
    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Key(_) => "KANTA-SIGNER-KEY",
            Self::Password => "KANTA-SIGNER-PASSWORD",
            Self::Certificate(error) => error.code(),
            Self::Pair => "KANTA-SIGNER-PAIR",
            Self::Algorithm(_) => "KANTA-SIGNER-ALGORITHM",
            Self::WrongPin { .. } => "KANTA-SIGNER-PIN",
            Self::PinLocked => "KANTA-SIGNER-PIN-LOCKED",
            Self::NotConfirmed => "KANTA-SIGNER-CONFIRMATION",
            Self::TokenAbsent => "KANTA-SIGNER-ABSENT",
            Self::TokenRemoved => "KANTA-SIGNER-REMOVED",
            Self::Unavailable(_) => "KANTA-SIGNER-UNAVAILABLE",
            #[cfg(feature = "pkcs11")]
            Self::Token(error) => error.code(),
            Self::Failed(_) => "KANTA-SIGNER-FAILED",
        }
    }

    /// Returns whether the key is out of use until somebody does something: asking it again for the next signature would be of
    /// no use, or would lock the card.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        !matches!(
            self,
            Self::Algorithm(_) | Self::Failed(_) | Self::Certificate(_)
        )
    }

    /// Returns whether and when the same signature may be tried again without changing anything.
    ///
    /// A wrong PIN is never: another PIN is another try, and a person's decision.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::TokenAbsent | Self::TokenRemoved | Self::NotConfirmed => Retry::SafeNow,
            Self::Unavailable(_) => Retry::After(Duration::from_secs(5)),
            #[cfg(feature = "pkcs11")]
            Self::Token(error) => error.retry(),
            _ => Retry::Never,
        }
    }
}

fn wrong_pin(tries_left: Option<u32>) -> String {
    let left = match tries_left {
        None => String::new(),
        Some(1) => " and the next wrong one locks the card".to_owned(),
        Some(tries) => format!(" and {tries} tries are left"),
    };
    format!("the PIN is wrong{left}: ask the person for it again [KANTA-SIGNER-PIN]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_prints_its_code_and_advises() {
        for (error, retry) in [
            (SignerError::Key("x".to_owned()), Retry::Never),
            (SignerError::Password, Retry::Never),
            (CertificateError::NotPem.into(), Retry::Never),
            (SignerError::Pair, Retry::Never),
            (
                SignerError::Algorithm(SignatureAlgorithm::RsaSha256),
                Retry::Never,
            ),
            (SignerError::WrongPin { tries_left: None }, Retry::Never),
            (
                SignerError::WrongPin {
                    tries_left: Some(1),
                },
                Retry::Never,
            ),
            (
                SignerError::WrongPin {
                    tries_left: Some(3),
                },
                Retry::Never,
            ),
            (SignerError::PinLocked, Retry::Never),
            (SignerError::NotConfirmed, Retry::SafeNow),
            (SignerError::TokenAbsent, Retry::SafeNow),
            (SignerError::TokenRemoved, Retry::SafeNow),
            (
                SignerError::Unavailable("x".to_owned()),
                Retry::After(Duration::from_secs(5)),
            ),
            (SignerError::Failed("x".to_owned()), Retry::Never),
        ] {
            assert_eq!(error.retry(), retry, "{error}");
            assert!(error.to_string().ends_with(&format!("[{}]", error.code())));
        }
    }
}
