//! Signatures of documents: where they stand, what they cover, and whose they are.
//!
//! Signing adds one element to the social-care header; no other byte of the document changes. What is signed is the body
//! and the signature's own time stamp, never the header (signing.md 2, `[V]`).

mod place;
mod sign;
mod verify;

pub use sign::{Pending, PrepareError, SignOptions, SignatureKind, Signed, SigningError};
pub use verify::{DocumentVerification, SignatureReport, verify};
