//! Checking an XML signature against the profiles that it may follow.

use kanta_core::Report;
use kanta_xml::{Element, Tree, canonical};

use super::parts::{Parts, Reference, Transforms, keeps};
use super::rules;
use crate::{
    Certificate, DigestAlgorithm, Hasher, KnownCertificates, SignatureAlgorithm, SignatureProfile,
    TargetRole,
};

/// An element that a signature must cover: its role, what references call it, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Target<'t, 'a> {
    role: TargetRole,
    id: Option<&'t str>,
    element: Element<'t, 'a>,
}

impl<'t, 'a> Target<'t, 'a> {
    /// Names an element that was found at its place; `id` is what references call it.
    #[must_use]
    pub fn new(role: TargetRole, id: &'t str, element: Element<'t, 'a>) -> Self {
        Self {
            role,
            id: Some(id),
            element,
        }
    }

    /// Names the only element of its name, which old signatures pick from the whole document by a filter.
    #[must_use]
    pub fn filtered(role: TargetRole, element: Element<'t, 'a>) -> Self {
        Self {
            role,
            id: None,
            element,
        }
    }

    fn is_of(&self, reference: &Reference<'_, '_>) -> bool {
        match self.id {
            Some(id) => !id.is_empty() && reference.uri.strip_prefix('#') == Some(id),
            None => reference.uri.is_empty(),
        }
    }
}

/// An element whose digest fits: exactly these bytes of the document are covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// What it is.
    pub role: TargetRole,
    /// What the reference calls it; empty when a filter picks it.
    pub id: String,
    /// Its bytes in the document.
    pub bytes: std::ops::Range<usize>,
    /// The digest that was computed and found in the signature.
    pub digest: Vec<u8>,
}

/// What was found out about one XML signature.
#[derive(Debug, Clone)]
pub struct SignatureCheck {
    profile: Option<String>,
    algorithm: Option<SignatureAlgorithm>,
    certificate: Option<Certificate>,
    covered: Vec<Covered>,
    value_fits: bool,
    findings: Report,
}

impl SignatureCheck {
    /// Tells of a signature that was just made: its digests are those that were signed, and its value was verified.
    #[must_use]
    pub fn of_own(
        profile: &SignatureProfile,
        algorithm: SignatureAlgorithm,
        certificate: &Certificate,
        covered: Vec<Covered>,
    ) -> Self {
        Self {
            profile: Some(profile.id().to_owned()),
            algorithm: Some(algorithm),
            certificate: Some(certificate.clone()),
            covered,
            value_fits: true,
            findings: Report::new(),
        }
    }

    /// Returns whether digests, value and shape are all right.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.value_fits && !self.findings.has_errors()
    }

    /// Returns the name of the profile that the signature was checked against.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        self.algorithm
    }

    /// Returns the certificate in the signature.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Returns the elements whose digests fit. They are covered only when [`SignatureCheck::value_fits`].
    #[must_use]
    pub fn covered(&self) -> &[Covered] {
        &self.covered
    }

    /// Returns whether the signature value fits `SignedInfo` and the certificate's key.
    #[must_use]
    pub fn value_fits(&self) -> bool {
        self.value_fits
    }

    /// Returns everything that is wrong.
    #[must_use]
    pub fn findings(&self) -> &Report {
        &self.findings
    }
}

/// Checks a `Signature` against the profile that it must follow, and against the elements it must cover.
///
/// Every element of the signature must be one that the profile knows; all problems are reported, not the first only.
/// Certificates that `certificates` knows are not read again. Without a profile (the kind of the signature is not known) nothing is checked.
#[must_use]
pub fn check(
    signature: Element<'_, '_>,
    profile: Option<&SignatureProfile>,
    targets: &[Target<'_, '_>],
    certificates: &KnownCertificates,
) -> SignatureCheck {
    let mut result = SignatureCheck {
        profile: profile.map(|profile| profile.id().to_owned()),
        algorithm: None,
        certificate: None,
        covered: Vec::new(),
        value_fits: false,
        findings: Report::new(),
    };
    let Some(profile) = profile else {
        result.findings.push(rules::PROFILE.finding(
            signature.path(),
            "allekirjoituksen tyyppiä ei tunneta",
            "the kind of the signature is not known; add its profile to the spec bundle",
        ));
        return result;
    };
    match Parts::read(signature) {
        Err(finding) => result.findings.push(finding),
        Ok(parts) => {
            let checker = Checker {
                signature,
                parts: &parts,
                profile,
                targets,
                certificates,
            };
            checker.method(&mut result);
            checker.references(&mut result);
            checker.value(&mut result);
        }
    }
    result
}

struct Checker<'c, 't, 'a> {
    signature: Element<'t, 'a>,
    parts: &'c Parts<'t, 'a>,
    profile: &'c SignatureProfile,
    targets: &'c [Target<'c, 'a>],
    certificates: &'c KnownCertificates,
}

impl Checker<'_, '_, '_> {
    /// Which algorithm signs, and whether the profile knows it.
    fn method(&self, result: &mut SignatureCheck) {
        let element = self.parts.method;
        let uri = element.attribute("Algorithm").unwrap_or_default();
        result.algorithm =
            SignatureAlgorithm::from_uri(uri).filter(|algorithm| self.profile.allows(*algorithm));
        let finding = match result.algorithm {
            None => rules::ALGORITHM.finding(
                element.path(),
                "allekirjoitusalgoritmi ei ole allekirjoitusprofiilin mukainen",
                "the signature algorithm is not one of the signature profile",
            ),
            Some(SignatureAlgorithm::RsaSha1) => rules::SHA1.finding(
                element.path(),
                "allekirjoitus nojaa SHA-1-tiivisteeseen, joka ei enää suojaa väärennöksiltä",
                "the signature rests on SHA-1, which no longer protects against forgery",
            ),
            Some(algorithm) if self.profile.is_unconfirmed(algorithm) => rules::UNCONFIRMED
                .finding(
                    element.path(),
                    "ei tiedetä, hyväksyykö Kanta tämän allekirjoitusalgoritmin",
                    "whether Kanta accepts this signature algorithm is not known",
                ),
            Some(_) => return,
        };
        result.findings.push(finding);
    }

    /// Whether the references are those of the targets, and their digests fit.
    fn references(&self, result: &mut SignatureCheck) {
        let references = &self.parts.references;
        if references.len() != self.targets.len() {
            result.findings.push(rules::REFERENCE_COUNT.finding(
                self.parts.signed_info.path(),
                format!(
                    "viittauksia on {}, vaikka niitä kuuluu olla {}",
                    references.len(),
                    self.targets.len()
                ),
                format!(
                    "there are {} references where there must be {}",
                    references.len(),
                    self.targets.len()
                ),
            ));
        }
        for reference in references {
            if !self.targets.iter().any(|target| target.is_of(reference)) {
                result.findings.push(rules::REFERENCE_URI.finding(
                    reference.element.path(),
                    "viittaus osoittaa muuhun kuin siihen, mitä allekirjoituksen kuuluu kattaa",
                    "a reference names something else than what the signature must cover",
                ));
            }
        }
        for target in self.targets {
            self.reference_of(target, result);
        }
    }

    fn reference_of(&self, target: &Target<'_, '_>, result: &mut SignatureCheck) {
        let mut found = self
            .parts
            .references
            .iter()
            .filter(|reference| target.is_of(reference));
        let (rule, finnish, english) = match (found.next(), found.next()) {
            (None, _) => (
                rules::REFERENCE_MISSING,
                "allekirjoitus ei kata elementtiä",
                "the signature does not cover the element",
            ),
            (_, Some(_)) => (
                rules::REFERENCE_TWICE,
                "elementtiin viitataan useammin kuin kerran",
                "the element is referred to more than once",
            ),
            (Some(reference), None) => {
                let around = target.element.range();
                let inside = self.signature.range();
                if around.start <= inside.start && inside.end <= around.end {
                    (
                        rules::REFERENCE_AROUND,
                        "allekirjoitettu elementti sisältää allekirjoituksen",
                        "the signed element holds the signature itself",
                    )
                } else {
                    return self.digest(reference, target, result);
                }
            }
        };
        result
            .findings
            .push(rule.finding(target.element.path(), finnish, english));
    }

    fn digest(
        &self,
        reference: &Reference<'_, '_>,
        target: &Target<'_, '_>,
        result: &mut SignatureCheck,
    ) {
        let allowed = reference.digest.filter(|digest| {
            result
                .algorithm
                .is_none_or(|algorithm| self.profile.allows_digest(algorithm, *digest))
        });
        let Some(algorithm) = allowed else {
            result.findings.push(rules::DIGEST_ALGORITHM.finding(
                reference.element.path(),
                "tiivistealgoritmi ei ole allekirjoitusprofiilin mukainen",
                "the digest algorithm is not the one of the signature profile",
            ));
            return;
        };
        let digest = match (reference.transforms, target.id) {
            (Transforms::Exclusive, Some(_)) => exclusive(target.element, algorithm),
            (Transforms::Filtered(filter), None) if keeps(filter, target.element) => {
                filtered(target.element, algorithm)
            }
            _ => {
                result.findings.push(rules::TRANSFORM.finding(
                    reference.element.path(),
                    "viittauksen muunnokset eivät ole allekirjoitusprofiilin mukaiset",
                    "the transforms of a reference are not those of the signature profile",
                ));
                return;
            }
        };
        if digest.as_ref() == Some(&reference.value) {
            result.covered.push(Covered {
                role: target.role,
                id: target.id.unwrap_or_default().to_owned(),
                bytes: target.element.range(),
                digest: reference.value.clone(),
            });
            return;
        }
        let rule = match target.role {
            TargetRole::Body => rules::BODY_DIGEST,
            TargetRole::Timestamp => rules::TIMESTAMP_DIGEST,
        };
        result.findings.push(rule.finding(
            target.element.path(),
            "elementin tiiviste ei täsmää: sitä on muutettu allekirjoituksen jälkeen (myös välilyöntien lisäys muuttaa sitä)",
            "the digest of the element does not fit: it was changed after signing (white space that was added counts too)",
        ));
    }

    /// Whether the value fits `SignedInfo` and the key of a certificate that is made for this.
    fn value(&self, result: &mut SignatureCheck) {
        let place = || self.parts.certificate_element.path();
        let certificate = match self.certificates.read(&self.parts.certificate) {
            Ok(certificate) => certificate,
            Err(error) => {
                result.findings.push(rules::CERTIFICATE.finding(
                    place(),
                    "varmennetta ei voi lukea",
                    error.to_string(),
                ));
                return;
            }
        };
        self.key(&certificate, result);
        let fitting = result
            .algorithm
            .filter(|algorithm| algorithm.fits(certificate.public_key()));
        if let Some(algorithm) = fitting {
            let mut octets = Vec::with_capacity(self.parts.signed_info.range().len() + 128);
            let canonicalised = canonical::exclusive_of(
                self.parts.signed_info,
                &canonical::Options::default(),
                &mut |bytes| octets.extend_from_slice(bytes),
            );
            result.value_fits = canonicalised.is_ok()
                && algorithm.verifies(certificate.public_key(), &octets, &self.parts.value);
            if !result.value_fits {
                result.findings.push(rules::VALUE.finding(
                    self.parts.signed_info.path(),
                    "allekirjoitus ei täsmää varmenteen avaimeen: SignedInfo on muuttunut tai avain on toinen",
                    "the signature does not fit the certificate's key: SignedInfo was changed or the key is another one",
                ));
            }
        } else if result.algorithm.is_some() {
            result.findings.push(rules::KEY_KIND.finding(
                place(),
                "varmenteen avain ei sovi allekirjoitusalgoritmiin",
                "the certificate's key does not fit the signature algorithm",
            ));
        }
        result.certificate = Some(certificate);
    }

    fn key(&self, certificate: &Certificate, result: &mut SignatureCheck) {
        let place = || self.parts.certificate_element.path();
        let usable = self.profile.key_usage().is_empty()
            || certificate.key_usage().is_some_and(|usage| {
                usage
                    .iter()
                    .any(|usage| self.profile.key_usage().contains(usage))
            });
        if !usable {
            result.findings.push(rules::KEY_USAGE.finding(
                place(),
                "varmenteen käyttötarkoitus ei salli tätä allekirjoitusta",
                "the key usage of the certificate does not allow this signature",
            ));
        }
        let least = SignatureProfile::MIN_RSA_BITS;
        if let Some(bits) = certificate.public_key().rsa_bits()
            && bits < least
        {
            result.findings.push(rules::KEY_SIZE.finding(
                place(),
                format!("RSA-avaimessa on {bits} bittiä, vaikka niitä on oltava vähintään {least}"),
                format!("the RSA key has {bits} bits; {least} at least are needed"),
            ));
        }
    }
}

fn exclusive(element: Element<'_, '_>, algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
    let mut hasher = algorithm.hasher();
    canonical::exclusive_of(element, &canonical::Options::default(), &mut |bytes| {
        hasher.update(bytes);
    })
    .ok()
    .map(|()| Hasher::finish(hasher))
}

/// The first transform makes octets of the whole document, the second picks the element from them; what is left at the
/// end is turned to octets by inclusive canonical XML (test messages, `[V]`).
fn filtered(element: Element<'_, '_>, algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
    let options = canonical::Options::default();
    let document = canonical::exclusive_of_to_vec(element.tree().root(), &options).ok()?;
    let tree = Tree::parse(&document, element.tree().limits()).ok()?;
    let same_place = tree.element(element.index())?;
    if !same_place.is(element.namespace(), element.local_name()) {
        return None;
    }
    let mut hasher = algorithm.hasher();
    canonical::inclusive_of(same_place, &options, &mut |bytes| hasher.update(bytes)).ok()?;
    Some(hasher.finish())
}
