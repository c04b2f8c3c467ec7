//! Revocation: lists and answers of authorities, read and judged here; fetching and keeping them is the client's.

use kanta_core::Instant;

use crate::Certificate;

/// Where evidence of revocation comes from (Finnish: sulkulista, sulkutilakysely).
///
/// The client implements it with what it fetched from [`Certificate::crl_urls`] and [`Certificate::ocsp_urls`] and kept.
pub trait RevocationSource {
    /// Tells whether a certificate of an issuer was revoked at a time.
    fn verdict(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        time: Instant,
    ) -> RevocationVerdict;
}

/// Whether a certificate was revoked at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationVerdict {
    /// It was not.
    Good,
    /// It was, since this time.
    Revoked {
        /// When it was revoked.
        since: Instant,
    },
    /// Nobody can tell, for this reason.
    Unknown(String),
}
