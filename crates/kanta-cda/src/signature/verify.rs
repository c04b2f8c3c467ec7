//! Verification that resists wrapping: every part is found at its only legal place, and what was covered is data.

use kanta_core::spec::Spec;
use kanta_core::{Finding, Instant, Mark, OrganisationOid, Report, Rule, Severity};
use kanta_sign::xmldsig::{self, Target};
use kanta_sign::{Certificate, SignatureCheck, SignatureProfile, SignerIdentity, TargetRole};
use kanta_xml::{Element, Limits, Tree};

use super::place::{Places, only, xml_signature};
use crate::{HL7, HL7_FINLAND, ReadError};

const SIGNER: Rule = Rule::new(
    "KANTA-SIGNER-ORGANISATION",
    Severity::Warning,
    Mark::Inferred,
    "certificates of the public test messages",
);
const PLACE: Rule = Rule::new(
    "KANTA-SIGNATURE-PLACE",
    Severity::Error,
    Mark::Own,
    "own check against signature wrapping",
);
const BODY: Rule = Rule::new(
    "KANTA-SIGNATURE-BODY",
    Severity::Error,
    Mark::Verified,
    "signatures of the public test messages",
);
const DUPLICATE_ID: Rule = Rule::new(
    "KANTA-SIGNATURE-DUPLICATE-ID",
    Severity::Error,
    Mark::Own,
    "own check against signature wrapping",
);

/// The verdict on all signatures of a document.
#[derive(Debug, Clone)]
pub struct DocumentVerification {
    signatures: Vec<SignatureReport>,
    findings: Report,
}

/// The verdict on one signature.
#[derive(Debug, Clone)]
pub struct SignatureReport {
    id: String,
    kind: Option<String>,
    time: Option<Instant>,
    check: Option<SignatureCheck>,
    findings: Report,
}

/// Verifies every signature of a document as it stands, byte for byte.
///
/// # Errors
/// [`ReadError`] when the bytes are not a CDA document; a bad signature is a verdict, not an error.
pub fn verify(
    document: &[u8],
    spec: &Spec,
    limits: &Limits,
) -> Result<DocumentVerification, ReadError> {
    let tree = Tree::parse(document, limits)?;
    if !tree.root().is(HL7, "ClinicalDocument") {
        return Err(ReadError::NotADocument);
    }
    Ok(verify_tree(&tree, spec))
}

pub(super) fn verify_tree(tree: &Tree<'_>, spec: &Spec) -> DocumentVerification {
    let mut findings = Report::new();
    let Some(places) = Places::find(tree) else {
        return DocumentVerification {
            signatures: Vec::new(),
            findings,
        };
    };
    if places.has_duplicate_ids() {
        findings.push(DUPLICATE_ID.finding(
            "/ClinicalDocument",
            "sama ID on useammalla elementillä",
            "more than one element has the same ID",
        ));
    }
    let body = signed_body(&places, &mut findings);
    let signatures = places.signatures();
    if places.xml_signatures_anywhere() != signatures.len() {
        findings.push(PLACE.finding(
            "/ClinicalDocument",
            "XML-allekirjoitus on muualla kuin sille kuuluvassa paikassa, tai se puuttuu paikastaan",
            "an XML signature stands outside its place, or is missing from it",
        ));
    }
    let profiles = known_profiles(spec);
    let signatures = signatures
        .into_iter()
        .map(|signature| check_one(signature, body, &places, &profiles))
        .collect();
    DocumentVerification {
        signatures,
        findings,
    }
}

/// Every profile that the bundle holds, whatever its status: to read is not to send.
fn known_profiles(spec: &Spec) -> Vec<SignatureProfile> {
    ["social-system-2026", "social-professional-2026"]
        .iter()
        .filter_map(|id| SignatureProfile::from_spec_for_reading(spec, id).ok())
        .collect()
}

fn signed_body<'t, 'a>(places: &Places<'t, 'a>, findings: &mut Report) -> Option<Element<'t, 'a>> {
    let Some(body) = places.body else {
        findings.push(BODY.finding(
            "/ClinicalDocument/component/nonXMLBody",
            "asiakirjassa ei ole täsmälleen yhtä runkoa",
            "the document does not have exactly one body",
        ));
        return None;
    };
    let expected = places.document_id.map(|id| format!("OID{id}"));
    if expected.is_none() || body.attribute("ID") != expected.as_deref() {
        findings.push(BODY.finding(
            "/ClinicalDocument/component/nonXMLBody/@ID",
            "rungon ID ei ole OID ja asiakirjan yksilöintitunnus",
            "the ID of the body is not OID followed by the document's identifier",
        ));
        return None;
    }
    Some(body)
}

fn check_one(
    signature: Element<'_, '_>,
    body: Option<Element<'_, '_>>,
    places: &Places<'_, '_>,
    profiles: &[SignatureProfile],
) -> SignatureReport {
    let mut findings = Report::new();
    let timestamp = only(signature, HL7_FINLAND, "signatureTimestamp");
    let kind = only(signature, HL7_FINLAND, "signatureDescription")
        .and_then(|description| description.attribute("code"))
        .map(str::to_owned);
    let time = timestamp.and_then(|stamp| Instant::parse(stamp.text().trim()).ok());
    let check = match (xml_signature(signature), timestamp, body) {
        (Some(xml_signature), Some(timestamp), Some(body)) => {
            let targets = [
                target(TargetRole::Body, body),
                target(TargetRole::Timestamp, timestamp),
            ];
            let expected: Vec<SignatureProfile> = profiles
                .iter()
                .filter(|profile| Some(profile.description().code()) == kind.as_deref())
                .cloned()
                .collect();
            Some(xmldsig::check(xml_signature, &expected, &targets))
        }
        _ => {
            findings.push(PLACE.finding(
                signature.path(),
                "allekirjoituksesta puuttuu XML-allekirjoitus, aikaleima tai allekirjoitettu runko",
                "the signature lacks its XML signature, its time stamp or the signed body",
            ));
            None
        }
    };
    if time.is_none() && check.is_some() {
        findings.push(PLACE.finding(
            format!("{}/signatureTimestamp", signature.path()),
            "aikaleima ei ole aika",
            "the time stamp is not a time",
        ));
    }
    if let Some(certificate) = check.as_ref().and_then(SignatureCheck::certificate) {
        findings.extend(compare_signer(
            certificate,
            kind.as_deref(),
            places,
            signature,
        ));
    }
    SignatureReport {
        id: signature.attribute("ID").unwrap_or_default().to_owned(),
        kind,
        time,
        check,
        findings,
    }
}

fn target<'t, 'a>(role: TargetRole, element: Element<'t, 'a>) -> Target<'t, 'a> {
    Target::new(role, element.attribute("ID").unwrap_or_default(), element)
}

/// Compares a system signature's certificate with the register keeper and the organiser (`[I]`: a warning at most).
fn compare_signer(
    certificate: &Certificate,
    kind: Option<&str>,
    places: &Places<'_, '_>,
    signature: Element<'_, '_>,
) -> Option<Finding> {
    if kind != Some("3") {
        return None;
    }
    let keeper = only(places.root, HL7, "custodian")
        .and_then(|custodian| only(custodian, HL7, "assignedCustodian"))
        .and_then(|assigned| only(assigned, HL7, "representedCustodianOrganization"))
        .and_then(|organisation| only(organisation, HL7, "id"));
    let organiser = places
        .local_header
        .and_then(|header| only(header, HL7_FINLAND, "outsourcingServiceCustomer"));
    let named = [keeper, organiser]
        .into_iter()
        .flatten()
        .filter_map(|element| OrganisationOid::parse(element.attribute("root")?).ok());
    let is_named = match certificate.identity() {
        SignerIdentity::Organisation { oid } => named
            .into_iter()
            .any(|organisation| *organisation.as_oid() == oid),
        _ => false,
    };
    (!is_named).then(|| {
        SIGNER.finding(
            signature.path(),
            "allekirjoittajan varmenteen organisaatio ei ole rekisterinpitäjä eikä palvelunjärjestäjä",
            "the organisation of the signer's certificate is neither the register keeper nor the service organiser",
        )
    })
}

impl DocumentVerification {
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

    pub(super) fn first_problem(&self) -> String {
        if let Some(finding) = self.findings.errors().next() {
            return finding.to_string();
        }
        self.signatures
            .iter()
            .find_map(SignatureReport::first_problem)
            .unwrap_or_else(|| "the document is not signed".to_owned())
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

    /// Returns what was found about its place and its signer.
    #[must_use]
    pub fn findings(&self) -> &Report {
        &self.findings
    }

    fn first_problem(&self) -> Option<String> {
        if let Some(finding) = self.findings.errors().next() {
            return Some(finding.to_string());
        }
        let problem = self.check.as_ref()?.findings().errors().next()?;
        Some(problem.to_string())
    }
}
