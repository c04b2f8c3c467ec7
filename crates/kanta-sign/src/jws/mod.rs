//! JSON signatures (RFC 7515), compact and detached, and tokens (RFC 7519), by profile.
//!
//! Which header members, algorithms and canonical form a receiver wants is data of the profile; a receiver's profile is
//! strict: what it does not know is refused.
//!
//! ```
//! # use kanta_sign::{SoftwareSigner, SignatureAlgorithm};
//! # use kanta_sign::jws::{self, JwsProfile};
//! # fn sign(signer: &SoftwareSigner) -> Result<(), jws::JwsError> {
//! let profile = JwsProfile::new(&[SignatureAlgorithm::RsaPssSha256, SignatureAlgorithm::EcdsaP256Sha256])
//!     .with_certificate_chain();
//! let compact = jws::sign(b"payload", &profile, signer)?;
//! let verified = jws::verify(&compact, None, &profile)?;
//! assert_eq!(verified.payload(), b"payload");
//! # Ok(())
//! # }
//! ```

mod profile;
mod sign;
mod strict_json;
mod token;
mod verify;

use kanta_core::Reason;

use crate::{CertificateError, SignerError};

pub use profile::{Canonicalisation, JwsProfile};
pub use sign::{PendingJws, prepare, sign};
pub use strict_json::{StrictJsonError, canonical_json, parse_strictly};
pub use token::{Claims, TokenError, TokenRules, sign_token, verify_token};
pub use verify::{Verified, verify, verify_with_key};

/// Why there is no JSON signature, or none that holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The payload is not JSON as it must be.
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    /// The certificate in the header cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// No algorithm of the profile fits the key (`KANTA-JWS-NO-ALGORITHM`).
    #[error(
        "the key signs with no algorithm of the profile: use the certificate that was ordered for this purpose [KANTA-JWS-NO-ALGORITHM]"
    )]
    NoAlgorithm,
    /// It is not three parts of Base64url (`KANTA-JWS-FORM`).
    #[error("this is no JSON signature in compact form: {0} [KANTA-JWS-FORM]")]
    Form(Reason),
    /// The header is not as the profile has it (`KANTA-JWS-HEADER`).
    #[error(
        "the header of the JSON signature is not as its profile has it: {0} [KANTA-JWS-HEADER]"
    )]
    Header(Reason),
    /// The payload is given twice, or not at all (`KANTA-JWS-PAYLOAD`).
    #[error(
        "a detached signature needs its payload beside it, and any other holds it [KANTA-JWS-PAYLOAD]"
    )]
    Payload,
    /// No key to verify with is known (`KANTA-JWS-KEY`).
    #[error("the header holds no certificate and no key was given [KANTA-JWS-KEY]")]
    NoKey,
    /// The signature does not fit (`KANTA-JWS-VALUE`).
    #[error(
        "the JSON signature does not fit: header or payload was changed, or the key is another one [KANTA-JWS-VALUE]"
    )]
    Value,
}

#[cfg(test)]
mod tests;
