//! Why a document is not signed.

use std::time::Duration;

use kanta_core::spec::SpecError;
use kanta_core::{Reason, Retry};
use kanta_sign::{OutsideValidity, SignerError};

use crate::ReadError;

/// Why a signature cannot be prepared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The spec bundle lacks something that the signature needs.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The document cannot be read as XML (`KANTA-SIGN-XML`).
    #[error("the document cannot be read: {0} [KANTA-SIGN-XML]")]
    Xml(#[from] kanta_xml::Error),
    /// The document lacks the place that a signature needs (`KANTA-SIGN-PLACE`).
    #[error("the document has no {0}: a signature has no place there [KANTA-SIGN-PLACE]")]
    NoPlace(&'static str),
    /// No algorithm of the profile fits the key (`KANTA-SIGN-ALGORITHM`).
    #[error(
        "no algorithm of the signature profile `{profile}` fits the key of the certificate: \
         use the certificate that was ordered for this purpose [KANTA-SIGN-ALGORITHM]"
    )]
    NoAlgorithm {
        /// The profile.
        profile: String,
    },
    /// The certificate is not made for such signatures (`KANTA-SIGN-KEY-USAGE`).
    #[error(
        "the key usage of the certificate does not allow a signature of the profile `{profile}`: \
         a card and a system have a certificate of their own for signing, beside the one for logging in [KANTA-SIGN-KEY-USAGE]"
    )]
    KeyUsage {
        /// The profile.
        profile: String,
    },
    /// The certificate is not valid at the time that the signature states.
    #[error(transparent)]
    Validity(#[from] OutsideValidity),
    /// The RSA key is too short (`KANTA-SIGN-KEY-SIZE`).
    #[error(
        "the RSA key of the certificate has {bits} bits, {least} at least are needed: order a certificate for a longer key \
         [KANTA-SIGN-KEY-SIZE]"
    )]
    KeySize {
        /// The bits of the key.
        bits: usize,
        /// The least number of bits.
        least: usize,
    },
    /// The document must name the signer, and the certificate does not tell who it is (`KANTA-SIGN-SIGNER`).
    #[error(
        "the certificate names no professional: sign with a professional's card, or tell the signer in the options \
         [KANTA-SIGN-SIGNER]"
    )]
    NoSigner,
}

impl PrepareError {
    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Spec(error) => error.code(),
            Self::Xml(_) => "KANTA-SIGN-XML",
            Self::NoPlace(_) => "KANTA-SIGN-PLACE",
            Self::NoAlgorithm { .. } => "KANTA-SIGN-ALGORITHM",
            Self::KeyUsage { .. } => "KANTA-SIGN-KEY-USAGE",
            Self::Validity(_) => OutsideValidity::CODE,
            Self::KeySize { .. } => "KANTA-SIGN-KEY-SIZE",
            Self::NoSigner => "KANTA-SIGN-SIGNER",
        }
    }
}

/// Why a document did not become signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The signature could not be prepared.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The finished document cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The finished document does not verify (`KANTA-SIGN-SELF-CHECK`).
    #[error(
        "the signed document does not verify ({0}): the key does not belong to the certificate, or the value is not a \
         signature of the prepared octets [KANTA-SIGN-SELF-CHECK]"
    )]
    DoesNotVerify(Reason),
    /// The signature was not asked for, since the signer had failed before in the same batch (`KANTA-SIGN-NOT-ASKED`).
    #[error(
        "the signature was not asked for: the signer had failed before ({0}); mend that and sign the rest [KANTA-SIGN-NOT-ASKED]"
    )]
    NotAsked(SignerError),
}

impl SigningError {
    /// Returns whether and when the same document may be signed again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Signer(error) => error.retry(),
            Self::NotAsked(_) => Retry::After(Duration::ZERO),
            _ => Retry::Never,
        }
    }
}
