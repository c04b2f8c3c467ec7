//! Revocation: lists and answers of authorities, read and judged here; fetching and keeping them is the client's.

use kanta_core::{Instant, Reason};
use x509_cert::time::Time;

use crate::Certificate;

mod crl;
mod ocsp;
mod signature;
mod stream;

pub use crl::RevocationList;
pub use ocsp::{OcspAnswer, ocsp_request};

/// Where evidence of revocation comes from (Finnish: sulkulista, sulkutilakysely).
///
/// The client implements it with what it fetched from [`Certificate::crl_urls`] and [`Certificate::ocsp_urls`] and kept;
/// [`Evidence`] does it for what is at hand.
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
    Unknown(Reason),
}

/// Lists and answers at hand; a revocation in any of them counts, and one good word is enough without.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Lists of authorities.
    pub lists: Vec<RevocationList>,
    /// Answers about single certificates.
    pub answers: Vec<OcspAnswer>,
}

impl RevocationSource for Evidence {
    fn verdict(
        &self,
        certificate: &Certificate,
        _issuer: &Certificate,
        time: Instant,
    ) -> RevocationVerdict {
        let lists = self
            .lists
            .iter()
            .map(|list| list.verdict(certificate, time));
        let answers = self
            .answers
            .iter()
            .map(|answer| answer.verdict(certificate, time));
        let mut best = RevocationVerdict::Unknown(Reason::new(
            "mikään lista eikä vastaus koske sitä",
            "no list and no answer is about it",
        ));
        for verdict in lists.chain(answers) {
            match verdict {
                RevocationVerdict::Revoked { .. } => return verdict,
                RevocationVerdict::Good => best = verdict,
                RevocationVerdict::Unknown(_) => {}
            }
        }
        best
    }
}

/// Why a list or an answer says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// It could not be read from its source (`KANTA-REVOCATION-READ`).
    #[error("the evidence of revocation could not be read: {0} [KANTA-REVOCATION-READ]")]
    Read(String),
    /// It is not what it should be (`KANTA-REVOCATION-FORM`).
    #[error(
        "the evidence of revocation cannot be understood ({0}): fetch it again, in DER [KANTA-REVOCATION-FORM]"
    )]
    Form(String),
    /// It is longer than allowed (`KANTA-REVOCATION-LENGTH`).
    #[error(
        "the evidence of revocation is longer than {0} bytes: raise the limit if the authority is right [KANTA-REVOCATION-LENGTH]"
    )]
    TooLong(u64),
    /// It is another authority's (`KANTA-REVOCATION-ISSUER`).
    #[error(
        "the evidence of revocation is not from the issuer of the certificate: fetch it from the address in the certificate [KANTA-REVOCATION-ISSUER]"
    )]
    OtherIssuer,
    /// It does not tell of everything (`KANTA-REVOCATION-SCOPE`).
    #[error("the evidence of revocation is not whole: {0} [KANTA-REVOCATION-SCOPE]")]
    Scope(&'static str),
    /// It is signed with an unknown algorithm (`KANTA-REVOCATION-ALGORITHM`).
    #[error(
        "the evidence of revocation is signed with an algorithm that is not known: {0} [KANTA-REVOCATION-ALGORITHM]"
    )]
    Algorithm(String),
    /// Its signature is not the authority's (`KANTA-REVOCATION-SIGNATURE`).
    #[error(
        "the signature of the evidence of revocation is not the authority's: do not rely on it [KANTA-REVOCATION-SIGNATURE]"
    )]
    Signature,
    /// The responder gave no answer (`KANTA-REVOCATION-REFUSED`).
    #[error("the responder gave no answer: {0} [KANTA-REVOCATION-REFUSED]")]
    Refused(&'static str),
}

impl RevocationError {
    fn form(error: impl ToString) -> Self {
        Self::Form(error.to_string())
    }
}

fn instant(time: &Time) -> Result<Instant, RevocationError> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Instant::from_unix(seconds, 0).map_err(RevocationError::form)
}

#[cfg(test)]
mod tests;
