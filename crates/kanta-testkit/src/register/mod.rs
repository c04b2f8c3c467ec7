//! The test log register: disclosure notices of fictional people, and a server that takes them.

mod fault;
mod log;
mod sample;
mod server;

pub use fault::RegisterFault;
pub use log::{Log, StoredResource};
pub use sample::{disclosure, sample_batch, temporary_client};
pub use server::{TestRegister, caller};
