//! Signatures of documents: where they stand, what they cover, and whose they are.
//!
//! Signing adds elements to the social-care header; no other byte of the document changes. What is signed is the body
//! and the signature's own time stamp, never the header (test messages, `[V]`).

mod batch;
mod options;
mod place;
mod prepare;
mod rules;
mod signed;
mod signer_match;
mod signing_profile;
mod verify;
mod white_space;
mod written;

pub(crate) use place::WrittenPlaces;

pub use batch::sign_all;
pub use options::{DocumentSigner, SignOptions, SignatureKind};
pub use prepare::{Pending, PrepareError};
pub use signed::{Signed, SigningError};
pub use verify::{
    DocumentVerification, SignatureReport, SignatureVerifier, catalogue as signature_rules, verify,
};
