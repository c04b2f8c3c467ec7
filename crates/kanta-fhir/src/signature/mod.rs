//! The signature on the bundle: by a profile of the spec bundle, made and verified.
//!
//! What is signed is the bundle without its member `signature`, in the canonical form of the profile. The signature goes in
//! as the last member; the bytes before it never change.

mod outline;
mod profile;
mod signed_notices;
mod verify;

pub use profile::BundleSignatureProfile;
pub(crate) use profile::jws_profile;
pub use signed_notices::{SignError, SignedNotices};
pub use verify::{BundleVerification, verify};
