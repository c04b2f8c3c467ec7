//! The exchange with the log-register preservation service (lokirekisterien säilytyspalvelu), as data: the request that
//! stores notices, and what the answer means.
//!
//! The service only creates: nothing can be searched, read or corrected (disclosure guide, `[S]`). A notice
//! whose answer is lost may have been stored or not, and nobody can ask: it waits for a person's decision.

mod answer;
mod request;
mod token;

pub use answer::{Answer, StoredEntry, read_answer};
pub use request::{Exchange, RequestError, TokenRefused};
pub use token::{Caller, Claim};
