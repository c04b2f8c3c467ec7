//! What tests of social-care archiving need: a test archive and a test log register in the process, throw-away certificates,
//! fictional people and small structures of our own.
//!
//! Nothing here may be used in production: the overlay bundle is refused there by type, organisations stand below an arc
//! that is no business id, people have individual numbers of 900–999, and the signing key is public.

pub mod archive;
pub mod people;
pub mod pki;
pub mod register;
pub mod structures;

mod server;
mod spec;

pub use server::{Fault, TestArchive, TestArchiveError};
pub use spec::{overlay, test_spec};
