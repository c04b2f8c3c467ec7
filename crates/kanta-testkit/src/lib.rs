//! What tests of social-care archiving need: a test archive in the process or as a server, a test log register, throw-away
//! certificates, fictional people and small structures of our own.
//!
//! Nothing here may be used in production: the overlay bundle is refused there by type, organisations stand below an arc
//! that is no business id, people have individual numbers of 900–999, and the signing key is public.

pub mod archive;
pub mod authority;
pub mod card;
pub mod documents;
pub mod kinds;
pub mod own_process;
pub mod people;
pub mod pki;
pub mod register;
pub mod remote_hsm;
pub mod softhsm;
pub mod structures;
pub mod testbed;

mod openssl;
mod postgres;
mod server;
mod spec;
mod tool;

pub use postgres::{ClusterError, PostgresCluster};
pub use server::{Fault, TestArchive, TestArchiveError, TestArchiveOptions, UnknownFault};
pub use spec::{overlay, test_spec};
pub use tool::ToolError;
