//! Whether a certificate can be relied on: validity, path and revocation, each with a verdict of its own.

use std::fmt;

use kanta_core::{Instant, Mark, Reason, Report, Rule, Severity};

use crate::{
    Certificate, PathVerdict, RevocationSource, RevocationVerdict, TrustAnchors, check_path,
};

const RFC: &str = "RFC 5280; FINEID S2";
const VALIDITY: Rule = Rule::new("KANTA-CERT-VALIDITY", Severity::Error, Mark::Stated, RFC);
const PATH: Rule = Rule::new("KANTA-CERT-PATH", Severity::Error, Mark::Stated, RFC);
const PATH_NOT_CHECKED: Rule = Rule::new(
    "KANTA-CERT-PATH-NOT-CHECKED",
    Severity::Information,
    Mark::Own,
    "trust is the caller's: no authority is built in",
);
const REVOKED: Rule = Rule::new("KANTA-CERT-REVOKED", Severity::Error, Mark::Stated, RFC);
const REVOCATION_UNKNOWN: Rule = Rule::new(
    "KANTA-CERT-REVOCATION-UNKNOWN",
    Severity::Warning,
    Mark::Stated,
    RFC,
);

/// What a caller trusts, and by what time.
#[derive(Clone, Copy)]
pub struct Trust<'t> {
    anchors: &'t TrustAnchors,
    intermediates: &'t [Certificate],
    time: Option<Instant>,
    revocation: Option<&'t dyn RevocationSource>,
}

impl<'t> Trust<'t> {
    /// Trusts these authorities; without any, paths are not checked.
    #[must_use]
    pub fn new(anchors: &'t TrustAnchors) -> Self {
        Self {
            anchors,
            intermediates: &[],
            time: None,
            revocation: None,
        }
    }

    /// The same with certificates of authorities to use on the way; they are not trusted by themselves.
    #[must_use]
    pub fn with_intermediates(mut self, intermediates: &'t [Certificate]) -> Self {
        self.intermediates = intermediates;
        self
    }

    /// The same at another time than that of the signature.
    #[must_use]
    pub fn at(mut self, time: Instant) -> Self {
        self.time = Some(time);
        self
    }

    /// The same with evidence of revocation; without it nothing is said of revocation.
    #[must_use]
    pub fn with_revocation(mut self, source: &'t dyn RevocationSource) -> Self {
        self.revocation = Some(source);
        self
    }

    /// Returns the time that was set.
    #[must_use]
    pub fn time(&self) -> Option<Instant> {
        self.time
    }

    /// Judges a certificate at a time.
    ///
    /// A signature that was made before its certificate was revoked stays valid, so the time is that of the signature.
    #[must_use]
    pub fn judge(&self, certificate: &Certificate, time: Instant) -> CertificateJudgement {
        CertificateJudgement {
            time,
            validity: certificate.validity(time),
            path: check_path(certificate, self.intermediates, self.anchors, time),
            revocation: self
                .revocation
                .map(|source| self.revocation(certificate, source, time)),
        }
    }

    /// Asks for each certificate up to a trusted one; the first that is not good decides.
    fn revocation(
        &self,
        certificate: &Certificate,
        source: &dyn RevocationSource,
        time: Instant,
    ) -> RevocationVerdict {
        let mut subject = certificate;
        // No path is longer than there are certificates.
        for _ in 0..=self.intermediates.len() {
            let issuers = self.intermediates.iter().chain(self.anchors.certificates());
            let Some(issuer) = issuers
                .into_iter()
                .find(|issuer| issuer.subject_der() == subject.issuer_der())
            else {
                return RevocationVerdict::Unknown(Reason::new(
                    "myöntäjän varmennetta ei ole",
                    "the certificate of its issuer is not at hand",
                ));
            };
            let verdict = source.verdict(subject, issuer, time);
            if verdict != RevocationVerdict::Good || self.anchors.certificates().contains(issuer) {
                return verdict;
            }
            subject = issuer;
        }
        RevocationVerdict::Unknown(Reason::new(
            "varmennepolku ei pääty",
            "the path does not end",
        ))
    }
}

impl fmt::Debug for Trust<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("anchors", &self.anchors)
            .field("intermediates", &self.intermediates.len())
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

/// Whether a time lies in the validity of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validity {
    /// It does.
    Valid,
    /// It lies before.
    NotYet,
    /// It lies after.
    Expired,
}

/// The verdicts on one certificate at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateJudgement {
    /// The time of the verdicts.
    pub time: Instant,
    /// Whether it was valid then.
    pub validity: Validity,
    /// Whether its path leads to a trusted authority.
    pub path: PathVerdict,
    /// Whether it was revoked; `None` when no evidence was given.
    pub revocation: Option<RevocationVerdict>,
}

impl CertificateJudgement {
    /// Returns the verdicts as findings; a good one makes none.
    #[must_use]
    pub fn findings(&self) -> Report {
        let validity = match self.validity {
            Validity::Valid => None,
            Validity::NotYet => Some(VALIDITY.finding(
                "",
                "varmenne ei ollut vielä voimassa allekirjoitushetkellä",
                "the certificate was not yet valid at the time of the signature",
            )),
            Validity::Expired => Some(VALIDITY.finding(
                "",
                "varmenne ei ollut enää voimassa allekirjoitushetkellä",
                "the certificate had expired by the time of the signature",
            )),
        };
        let path = match &self.path {
            PathVerdict::Trusted => None,
            PathVerdict::NotTrusted(reason) => Some(PATH.finding(
                "",
                format!(
                    "varmennepolku ei johda luotettuun varmentajaan: {}",
                    reason.finnish()
                ),
                format!("the path of the certificate leads to no trusted authority: {reason}"),
            )),
            PathVerdict::NotChecked => Some(PATH_NOT_CHECKED.finding(
                "",
                "varmennepolkua ei tarkastettu, koska luotettuja varmentajia ei annettu",
                "the path of the certificate was not checked, since no trusted authority was given",
            )),
        };
        let revocation = match &self.revocation {
            None | Some(RevocationVerdict::Good) => None,
            Some(RevocationVerdict::Revoked { since }) => Some(REVOKED.finding(
                "",
                format!("varmenne on suljettu {since}"),
                format!("the certificate was revoked at {since}"),
            )),
            Some(RevocationVerdict::Unknown(reason)) => Some(REVOCATION_UNKNOWN.finding(
                "",
                format!("varmenteen sulkemistilaa ei tiedetä: {}", reason.finnish()),
                format!("whether the certificate is revoked is not known: {reason}"),
            )),
        };
        [validity, path, revocation].into_iter().flatten().collect()
    }
}

/// Every rule of this module, for the catalogue.
pub const CATALOGUE: &[Rule] = &[
    VALIDITY,
    PATH,
    PATH_NOT_CHECKED,
    REVOKED,
    REVOCATION_UNKNOWN,
];
