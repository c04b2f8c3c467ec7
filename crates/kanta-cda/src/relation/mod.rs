//! Client relations, cases and wills in the content of their documents: from structured content to the objects of
//! [`kanta_core::relation`] and [`kanta_core::will`], and back.
//!
//! | object | document | structure |
//! | --- | --- | --- |
//! | [`ClientRelation`](kanta_core::relation::ClientRelation) | client-relation document (asiakkuusasiakirja) | 1505.1 |
//! | [`Case`](kanta_core::relation::Case) | case document (asia-asiakirja) | 1505.2 |
//! | [`DisclosurePermission`](kanta_core::will::DisclosurePermission) | permission document (luovutuslupa-asiakirja) | 1505.8 |
//! | [`DisclosureBans`](kanta_core::will::DisclosureBans) | ban document (kieltoasiakirja) | 1505.9 |
//!
//! Reading takes what the object has and passes over the rest. Writing a next version **onto** the content of the version before
//! it keeps everything that the object does not have, such as addresses, contact persons and related persons; the blocks of
//! units, producers and clients are matched by their identifier and first day. What is written is checked against its
//! structure like any other content, by [`Structure::validate`](crate::structure::Structure::validate) or with the draft.
//!
//! The fields are those of THL's structures of 2022 and 2023 (Sosmeta, `[S]`).

mod case;
mod client_relation;
mod error;
mod reader;
mod will;
mod writer;

pub use case::{read_case, write_case};
pub use client_relation::{read_client_relation, write_client_relation};
pub use error::RelationContentError;
pub use will::{read_bans, read_permission, write_bans, write_permission};
