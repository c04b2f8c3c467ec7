//! What is logged of the use of client data, as data; where it goes is the host's decision (Finnish: käyttöloki).
//!
//! An entry is about people: a worker used or gave out a client's data, on a basis. `kanta_client` makes one of every message
//! and hands it to the host's sink; of what the host shows from its own store it makes entries itself, of the same type.
//!
//! A provider follows the use and the disclosure of client data (703/2023 10 §, Kela slides 2023, `[S]`). The use log stays with the
//! provider's own system, disclosures through Kanta are logged by Kanta, and a disclosure past Kanta is told by a disclosure
//! notice (Kela slides 2024, `[S]`; the split of duties `[I]`). How long the log is kept is not confirmed by a source here, so nothing
//! in the library deletes.
//!
//! An entry never holds content of a document, a name, a key or a token. The client's identifier is left out unless the host
//! chooses otherwise ([`ClientInLog`]); a hash of it is an HMAC under the host's key, never a bare hash, which anybody could
//! undo by trying all codes. The library has no cryptography of its own here: the host gives the function ([`HostKey`]).
//!
//! ```
//! use kanta_core::access::Basis;
//! use kanta_core::audit::{LoggedAction, UseLogEntry, LoggedResult, LoggedUser, ClientInLog};
//! use kanta_core::{ClientIdentity, Instant, OrganisationOid, PersonalIdentityCode};
//!
//! let client = ClientIdentity::official(PersonalIdentityCode::parse("090514A9226")?);
//! let user = LoggedUser::new("worker-17", OrganisationOid::parse("1.2.246.10.99999999.10.21")?);
//! let county = OrganisationOid::parse("1.2.246.10.99999999.10.0")?;
//! let entry = UseLogEntry::new(Instant::parse("2026-09-01T08:00:00Z")?, LoggedAction::Fetch, user, county)
//!     .about(ClientInLog::Omit.of(&client.identifier()))
//!     .on(Basis::OwnRelation)
//!     .with_result(LoggedResult::Succeeded);
//! let line = serde_json::to_string(&entry)?;
//! assert!(line.contains("own-relation") && !line.contains("090514"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod client;
mod entry;

pub use client::{ClientInLog, HostKey, LoggedClient};
pub use entry::{LoggedAction, LoggedResult, LoggedUser, UseLogEntry};
