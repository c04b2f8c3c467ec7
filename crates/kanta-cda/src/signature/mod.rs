//! Signatures of documents: where they stand, what they cover, and whose they are.
//!
//! Signing adds elements to the social-care header; no other byte of the document changes. What is signed is the body
//! and the signature's own time stamp, never the header (test messages, `[V]`).

mod batch;
mod error;
mod known_profiles;
mod options;
mod pending;
mod place;
mod prepare;
mod rules;
mod signed;
mod signer_match;
mod signing_profile;
mod verdict;
mod verify;
mod white_space;
mod written;

pub(crate) use place::WrittenPlaces;

pub use batch::sign_all;
pub use error::{PrepareError, SigningError};
pub use options::{DocumentSigner, SignOptions, SignatureKind};
pub use pending::Pending;
pub use rules::signature_rules;
pub use signed::Signed;
pub use verdict::{DocumentVerification, SignatureReport};
pub use verify::{SignatureVerifier, verify};
