//! Why no disclosure notice was sent.

use kanta_core::Reason;
use kanta_fhir::exchange::RequestError;
use kanta_fhir::{MappingError, SignError};

use super::{clock, coded, findings, quoting, spec};
use crate::disclosures::NotifyError;

impl NotifyError {
    /// Returns the error in Finnish and English. What the register or the operating system said is quoted.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Mapping(error) => mapping(error),
            Self::Sign(error) => sign(error),
            Self::Request(error) => request(error),
            Self::Transport(error) => error.reason(),
            Self::Clock(error) => clock(error, self),
            Self::Blocking(error) => error.reason(),
        }
    }
}

fn mapping(error: &MappingError) -> Reason {
    match error {
        MappingError::Bindings(missing) => {
            let missing: Vec<_> = missing
                .problems()
                .iter()
                .map(|problem| spec(problem).finnish().to_owned())
                .collect();
            Reason::new(missing.join("; "), error.to_string())
        }
        MappingError::Notice(refused) => {
            let texts: Vec<_> = refused
                .findings()
                .errors()
                .map(|finding| format!("{}: {}", finding.rule(), finding.finnish()))
                .collect();
            Reason::new(texts.join("; "), error.to_string())
        }
        _ => quoting("ilmoituksia ei voi tehdä", error),
    }
}

fn sign(error: &SignError) -> Reason {
    let (finnish, code) = match error {
        SignError::Read(_) => return quoting("ilmoituksia ei voi lukea", error),
        SignError::Findings(report) => {
            let finnish = "ilmoitukset rikkovat sääntöjä";
            return findings(finnish, "KANTA-FHIR-FINDINGS", report, error);
        }
        SignError::AlreadySigned => (
            "Bundle on jo allekirjoitettu: allekirjoita se, jossa ei ole allekirjoitusta",
            "KANTA-FHIR-SIGNED",
        ),
        SignError::NoNotices => (
            "syöte ei ole ilmoitusten lähetys: anna Bundle, jossa on AuditEvent ja Provenance jokaista ilmoitusta kohden",
            "KANTA-FHIR-NO-NOTICES",
        ),
        SignError::Nobody => (
            "varmenne ei nimeä organisaatiota eikä ammattihenkilöä: käytä varmennetta, joka on tilattu allekirjoittamiseen",
            "KANTA-FHIR-SIGNER",
        ),
        SignError::Validity(error) => return error.reason(),
        SignError::Jws(error) => return error.reason(),
        _ => return quoting("ilmoituksia ei voi allekirjoittaa", error),
    };
    coded(finnish, code, error)
}

fn request(error: &RequestError) -> Reason {
    match error {
        RequestError::Token(error) => error.reason(),
        RequestError::RequestId => coded(
            "pyynnön tunnisteessa on merkkejä, joita otsake ei voi sisältää: anna UUID tai OID",
            "KANTA-FHIR-REQUEST-ID",
            error,
        ),
        _ => quoting("pyyntöä ei voi tehdä", error),
    }
}
