//! Signing and verifying: signers, certificates and XML signatures by profile.
//!
//! The crate does not know what a document means: the targets of a signature are given to it, and what a document must have
//! signed is said by a [`SignatureProfile`], which is data of the spec bundle. Making a signature takes two steps, since the
//! key may be elsewhere: octets to be signed, then a value that is put in and verified.
//!
//! | for | take |
//! | --- | --- |
//! | a key at hand | [`SoftwareSigner`], or any [`Signer`] |
//! | a key on a card or in an HSM | the module `pkcs11` (feature `pkcs11`) |
//! | a card in the person's own reader, through the browser | the module [`scs`] |
//! | what a certificate says | [`Certificate`] |
//! | whether it can be relied on | [`Trust`] |
//! | XML signatures | [`xmldsig`] |
//! | JSON signatures and tokens | [`jws`] |

pub mod jws;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub mod scs;
#[cfg(any(test, feature = "test-kit"))]
pub mod test_kit;
pub mod xmldsig;

mod algorithm;
mod certificate;
mod judgement;
mod known_certificates;
mod life;
mod path;
mod pem;
mod profile;
mod provider;
mod public_key;
mod reasons;
mod request;
mod revocation;
mod rsa_digest;
mod signature_value;
mod signer;
mod software;

pub use algorithm::{DigestAlgorithm, Hasher, SignatureAlgorithm};
pub use certificate::{Certificate, CertificateError, KeyUsage, SignerIdentity};
pub use judgement::{CATALOGUE as CERTIFICATE_RULES, CertificateJudgement, Trust, Validity};
pub use known_certificates::KnownCertificates;
pub use life::{CertificateLife, OutsideValidity, RenewableSigner};
pub use path::{PathVerdict, TrustAnchors, check_path};
pub use profile::{KeyInfo, Layout, SignatureProfile, TargetRole};
pub use public_key::PublicKey;
pub use request::{CertificateSubject, PendingRequest};
pub use revocation::{
    Evidence, OcspAnswer, RevocationError, RevocationList, RevocationSource, RevocationVerdict,
    ocsp_request,
};
pub use signature_value::SignatureValue;
pub use signer::{Confirmation, Signer, SignerError, ToBeSigned};
pub use software::{SoftwareSigner, request_certificate};
pub use xmldsig::SignatureCheck;
