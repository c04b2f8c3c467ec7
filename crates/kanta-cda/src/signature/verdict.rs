//! What was found about signatures.

use std::ops::Range;

use kanta_core::{Finding, Instant, Reason, Report, Severity};
use kanta_sign::xmldsig::Covered;
use kanta_sign::{CertificateJudgement, SignatureCheck, TargetRole, Trust};

/// The verdict on all signatures of a document.
#[derive(Debug, Clone)]
pub struct DocumentVerification {
    pub(super) signatures: Vec<SignatureReport>,
    pub(super) findings: Report,
}

/// The verdict on one signature.
#[derive(Debug, Clone)]
pub struct SignatureReport {
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) time: Option<Instant>,
    pub(super) check: Option<SignatureCheck>,
    pub(super) findings: Report,
}

impl DocumentVerification {
    /// The verdict on a document whose only signature was just made.
    pub(super) fn of_own(signature: SignatureReport) -> Self {
        Self {
            signatures: vec![signature],
            findings: Report::new(),
        }
    }

    /// Returns whether there is a signature and every one of them is valid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.signatures.is_empty()
            && !self.findings.has_errors()
            && self.signatures.iter().all(SignatureReport::is_valid)
    }

    /// Returns the verdict on each signature, in the order of the document.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureReport] {
        &self.signatures
    }

    /// Returns what was found about the document as a whole.
    #[must_use]
    pub fn findings(&self) -> &Report {
        &self.findings
    }

    /// Returns every finding, about the document and about each signature.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        let of_signatures = self
            .signatures
            .iter()
            .flat_map(SignatureReport::all_findings);
        self.findings.iter().chain(of_signatures)
    }

    /// Returns the bytes of the document's body, when every signature is valid and covers it: what a reader may rely on.
    #[must_use]
    pub fn covered_body(&self) -> Option<Range<usize>> {
        if !self.is_valid() {
            return None;
        }
        self.signatures
            .first()?
            .covered()
            .find(|covered| covered.role == TargetRole::Body)
            .map(|covered| covered.bytes.clone())
    }

    pub(super) fn first_problem(&self) -> Reason {
        self.all_findings()
            .find(|finding| finding.severity() == Severity::Error)
            .map_or_else(
                || {
                    Reason::new(
                        "asiakirjaa ei ole allekirjoitettu",
                        "the document is not signed",
                    )
                },
                |finding| {
                    let finnish = format!("{}: {}", finding.rule(), finding.finnish());
                    Reason::new(finnish, finding.to_string())
                },
            )
    }

    /// Whether something that was signed was changed.
    pub(super) fn is_changed(&self) -> bool {
        let rules = [
            "KANTA-SIGNATURE-BODY-DIGEST",
            "KANTA-SIGNATURE-TIMESTAMP-DIGEST",
            "KANTA-SIGNATURE-VALUE",
        ];
        self.all_findings()
            .any(|finding| rules.contains(&finding.rule()))
    }
}

impl SignatureReport {
    /// Returns whether digests, signature and place are all right.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.findings.has_errors() && self.check.as_ref().is_some_and(SignatureCheck::is_valid)
    }

    /// Returns the `ID` of the signature.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the code of its kind: 1 a professional's, 3 a system's.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Returns the time that it states.
    #[must_use]
    pub fn time(&self) -> Option<Instant> {
        self.time
    }

    /// Returns digests, algorithm, certificate and problems of the XML signature.
    #[must_use]
    pub fn check(&self) -> Option<&SignatureCheck> {
        self.check.as_ref()
    }

    /// Returns the elements that the signature covers; none when its value does not fit.
    pub fn covered(&self) -> impl Iterator<Item = &Covered> {
        self.check
            .iter()
            .filter(|check| check.value_fits())
            .flat_map(SignatureCheck::covered)
    }

    /// Returns what was found about its place and its signer.
    #[must_use]
    pub fn findings(&self) -> &Report {
        &self.findings
    }

    /// Returns every finding: about place, signer and the XML signature.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        let of_check = self.check.iter().flat_map(|check| check.findings().iter());
        self.findings.iter().chain(of_check)
    }

    /// Judges the certificate: validity, path and revocation, each by itself. Without another time it is that of the
    /// signature's own time stamp; `None` when there is no certificate, or no time at all.
    #[must_use]
    pub fn judge(&self, trust: &Trust<'_>) -> Option<CertificateJudgement> {
        let certificate = self.check.as_ref()?.certificate()?;
        Some(trust.judge(certificate, trust.time().or(self.time)?))
    }
}
