//! The test log register: disclosure notices of fictional people, and a service that takes them, by itself or beside the test
//! archive.

mod fault;
mod log;
mod sample;
mod server;
mod service;
mod store;

pub use fault::RegisterFault;
pub use log::{Log, StoredResource};
pub use sample::{disclosure, sample_batch, temporary_client};
pub use server::{TestRegister, caller};
pub(crate) use service::Service;
