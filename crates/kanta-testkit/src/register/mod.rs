//! The test log register: disclosure notices of fictional people, and a server that takes them.

mod sample;

pub use sample::{disclosure, sample_batch, temporary_client};
