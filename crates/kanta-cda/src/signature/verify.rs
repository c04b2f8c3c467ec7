//! Verification that resists wrapping: every part is found at its only legal place, and what was covered is data.

use std::fmt;

use kanta_core::spec::Spec;
use kanta_core::{Instant, Report};
use kanta_sign::xmldsig::{self, Target};
use kanta_sign::{KnownCertificates, Layout, SignatureCheck, SignatureProfile, TargetRole};
use kanta_xml::{Element, Limits, Tree};

use super::known_profiles::KnownProfiles;
use super::options::SignatureKind;
use super::place::{Census, Places, count, only};
use super::verdict::{DocumentVerification, SignatureReport};
use super::{rules, signer_match, white_space};
use crate::{HL7, HL7_FINLAND, ReadError};

/// Verifies every signature of a document as it stands, byte for byte in what the signature covers.
///
/// By Kanta's profile that is the body and the time stamp, not the header: a document whose header was changed after signing
/// still verifies, unless the header now names another signer.
///
/// A document of the old patient archive is verified too, for reading. Trust is another question: see
/// [`SignatureReport::judge`]. For many documents a [`SignatureVerifier`] reads the profiles once.
///
/// # Errors
/// [`ReadError`] when the bytes are not a CDA document; a bad signature is a verdict, not an error.
pub fn verify(
    document: &[u8],
    spec: &Spec,
    limits: &Limits,
) -> Result<DocumentVerification, ReadError> {
    SignatureVerifier::new(spec).verify(document, limits)
}

/// Verifies signatures by the profiles of a spec bundle, each read when it is needed first. It remembers what the
/// certificates of the last signers say, so one verifier for many documents is faster than one for each.
pub struct SignatureVerifier<'s> {
    profiles: KnownProfiles<'s>,
    certificates: KnownCertificates,
}

impl<'s> SignatureVerifier<'s> {
    /// A verifier by a bundle.
    #[must_use]
    pub fn new(spec: &'s Spec) -> Self {
        Self {
            profiles: KnownProfiles::new(spec),
            certificates: KnownCertificates::default(),
        }
    }

    /// Verifies every signature of a document: see [`verify`].
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(
        &self,
        document: &[u8],
        limits: &Limits,
    ) -> Result<DocumentVerification, ReadError> {
        let tree = Tree::parse(document, limits)?;
        if !tree.root().is(HL7, "ClinicalDocument") {
            return Err(ReadError::NotADocument);
        }
        let mut verification = self.verify_tree(&tree);
        if verification.is_changed()
            && white_space::would_verify(&tree, |tree| self.verify_tree(tree).is_valid())
        {
            verification.findings.push(rules::WHITE_SPACE.finding(
                "/ClinicalDocument",
                "allekirjoitus ei ole voimassa, mutta olisi, jos elementtien väliset tyhjeet poistettaisiin: asiakirja on luultavasti sisennetty allekirjoittamisen jälkeen",
                "the signature is not valid, but it would be without the white space between elements: the document was probably indented after signing",
            ));
        }
        Ok(verification)
    }

    fn verify_tree(&self, tree: &Tree<'_>) -> DocumentVerification {
        match Places::find(tree) {
            None => DocumentVerification {
                signatures: Vec::new(),
                findings: Report::new(),
            },
            Some(places) => Verifier {
                profiles: &self.profiles,
                certificates: &self.certificates,
                places,
            }
            .verify(),
        }
    }
}

impl fmt::Debug for SignatureVerifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureVerifier").finish_non_exhaustive()
    }
}

pub(super) fn verify_tree(tree: &Tree<'_>, spec: &Spec) -> DocumentVerification {
    SignatureVerifier::new(spec).verify_tree(tree)
}

struct Verifier<'t, 'a, 's> {
    profiles: &'s KnownProfiles<'s>,
    certificates: &'s KnownCertificates,
    places: Places<'t, 'a>,
}

type KindAndProfile<'v> = (Option<SignatureKind>, &'v SignatureProfile);

impl<'t, 'a> Verifier<'t, 'a, '_> {
    fn verify(&self) -> DocumentVerification {
        let mut findings = Report::new();
        let census = Census::of(self.places.root);
        if self.places.is_ambiguous {
            findings.push(rules::HEADER.finding(
                "/ClinicalDocument",
                "asiakirjassa on useampi kuin yksi tunnistetieto-osa tai allekirjoituskokoelma",
                "the document has more than one local header or signature collection",
            ));
        }
        if census.has_duplicate_ids {
            findings.push(rules::DUPLICATE_ID.finding(
                "/ClinicalDocument",
                "sama ID on useammalla elementillä",
                "more than one element has the same ID",
            ));
        }
        let signatures = self.places.signatures();
        let at_their_places: usize = signatures
            .iter()
            .map(|signature| count(*signature, xmldsig::NAMESPACE, "Signature"))
            .sum();
        if census.xml_signatures > at_their_places {
            findings.push(rules::OUTSIDE.finding(
                "/ClinicalDocument",
                "XML-allekirjoitus on muualla kuin sille kuuluvassa paikassa",
                "an XML signature stands outside its place",
            ));
        }
        if let Some(foreign) = self
            .places
            .collection
            .into_iter()
            .flat_map(|collection| collection.children())
            .find(|child| !child.is(HL7_FINLAND, "signature"))
        {
            findings.push(rules::FOREIGN.finding(
                foreign.path(),
                "allekirjoituskokoelmassa on tuntematon elementti",
                "the signature collection holds an unknown element",
            ));
        }
        let body = if signatures.is_empty() {
            None
        } else {
            self.signed_body(&mut findings)
        };
        let signatures = signatures
            .into_iter()
            .map(|signature| self.check_one(signature, body))
            .collect();
        DocumentVerification {
            signatures,
            findings,
        }
    }

    fn is_old(&self) -> bool {
        matches!(self.places.header, Some((Layout::PatientArchive, _)))
    }

    fn signed_body(&self, findings: &mut Report) -> Option<Element<'t, 'a>> {
        let Some(body) = self.places.body else {
            findings.push(rules::BODY.finding(
                "/ClinicalDocument/component",
                "asiakirjassa ei ole täsmälleen yhtä runkoa",
                "the document does not have exactly one body",
            ));
            return None;
        };
        if self.is_old() {
            // A filter picks every element of the name, wherever it stands.
            let namesakes = self.places.root.descendants().filter(|element| {
                element.local_name() == body.local_name() && element.namespace() == HL7
            });
            if namesakes.count() == 1 {
                return Some(body);
            }
            findings.push(rules::BODY.finding(
                body.path(),
                "asiakirjassa on useampi kuin yksi structuredBody",
                "the document has more than one structuredBody",
            ));
            return None;
        }
        let expected = self.places.document_id.map(|id| format!("OID{id}"));
        if expected.is_none() || body.attribute("ID") != expected.as_deref() {
            findings.push(rules::BODY_ID.finding(
                "/ClinicalDocument/component/nonXMLBody/@ID",
                "rungon ID ei ole OID ja asiakirjan yksilöintitunnus",
                "the ID of the body is not OID followed by the document's identifier",
            ));
            return None;
        }
        Some(body)
    }

    fn check_one(
        &self,
        signature: Element<'t, 'a>,
        body: Option<Element<'t, 'a>>,
    ) -> SignatureReport {
        let mut findings = Report::new();
        let description = only(signature, HL7_FINLAND, "signatureDescription");
        let code = description.and_then(|description| description.attribute("code"));
        let profile = self.profile_of(signature, description, &mut findings);
        let timestamp = self.timestamp_of(signature, &mut findings);
        let time = timestamp.and_then(|stamp| Instant::parse(stamp.text().trim()).ok());
        if let (Some(timestamp), None) = (timestamp, time) {
            findings.push(rules::TIMESTAMP_FORM.finding(
                timestamp.path(),
                "aikaleima ei ole aika",
                "the time stamp is not a time",
            ));
        }
        let xml_signature = only(signature, xmldsig::NAMESPACE, "Signature");
        if xml_signature.is_none() {
            findings.push(rules::MISSING.finding(
                signature.path(),
                "allekirjoituksessa ei ole täsmälleen yhtä XML-allekirjoitusta",
                "the signature does not hold exactly one XML signature",
            ));
        }
        let check = match (xml_signature, timestamp, body) {
            (Some(xml_signature), Some(timestamp), Some(body)) => Some(xmldsig::check(
                xml_signature,
                profile.map(|(_, profile)| profile),
                &[
                    self.body_target(body),
                    target(TargetRole::Timestamp, timestamp),
                ],
                self.certificates,
            )),
            _ => None,
        };
        if let Some(certificate) = check.as_ref().and_then(SignatureCheck::certificate) {
            let kind = profile.and_then(|(kind, _)| kind);
            findings.extend(signer_match::of_document(
                certificate,
                kind,
                &self.places,
                signature,
            ));
        }
        SignatureReport {
            id: signature.attribute("ID").unwrap_or_default().to_owned(),
            kind: code.map(str::to_owned),
            time,
            check,
            findings,
        }
    }

    /// The profile that a signature must follow: that of its kind, in its layout.
    fn profile_of(
        &self,
        signature: Element<'_, '_>,
        description: Option<Element<'_, '_>>,
        findings: &mut Report,
    ) -> Option<KindAndProfile<'_>> {
        if self.is_old() {
            return Some((None, self.profiles.old()?));
        }
        let attribute = |name| description.and_then(|description| description.attribute(name));
        let mut of_system = self
            .profiles
            .kinds()
            .filter(|(_, known)| attribute("codeSystem") == Some(known.system().as_str()))
            .peekable();
        if of_system.peek().is_none() {
            findings.push(rules::KIND.finding(
                signature.path(),
                "allekirjoituksen tyyppiä ei ole kerrottu täsmälleen kerran oikealla koodistolla",
                "the kind of the signature is not told exactly once by its code system",
            ));
            return None;
        }
        let (kind, _) = of_system.find(|(_, known)| attribute("code") == Some(known.code()))?;
        Some((Some(kind), self.profiles.of_kind(kind)?))
    }

    fn timestamp_of(
        &self,
        signature: Element<'t, 'a>,
        findings: &mut Report,
    ) -> Option<Element<'t, 'a>> {
        let timestamp = only(signature, HL7_FINLAND, "signatureTimestamp")
            .filter(|timestamp| timestamp.children().next().is_none());
        if timestamp.is_none() {
            findings.push(rules::TIMESTAMP.finding(
                signature.path(),
                "allekirjoituksella ei ole täsmälleen yhtä aikaleimaa",
                "the signature does not have exactly one time stamp",
            ));
        }
        timestamp
    }

    fn body_target(&self, body: Element<'t, 'a>) -> Target<'t, 'a> {
        if self.is_old() {
            Target::filtered(TargetRole::Body, body)
        } else {
            target(TargetRole::Body, body)
        }
    }
}

fn target<'t, 'a>(role: TargetRole, element: Element<'t, 'a>) -> Target<'t, 'a> {
    Target::new(role, element.attribute("ID").unwrap_or_default(), element)
}
