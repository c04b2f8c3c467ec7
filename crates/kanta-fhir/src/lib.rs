//! Disclosure notices.
pub mod exchange;
pub mod notice;
pub mod resource;

mod bindings;
mod check;
mod mapping;
mod rules;
mod time;

pub use bindings::{Bindings, BindingsError};
pub use check::{ReadError, check};
pub use mapping::MappingError;
