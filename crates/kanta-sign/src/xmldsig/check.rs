//! Checking an XML signature against the profiles that it may follow.

use base64_simd::STANDARD;
use kanta_core::{Finding, Mark, Report, Rule, Severity};
use kanta_xml::{Element, canonical};

use super::NAMESPACE;
use crate::profile::{ENVELOPED, EXCLUSIVE_C14N};
use crate::{Certificate, DigestAlgorithm, SignatureAlgorithm, SignatureProfile, TargetRole};

const STANDARD_TEXT: &str = "W3C XML Signature Syntax and Processing";
const SHAPE: Rule = Rule::new(
    "KANTA-SIGNATURE-SHAPE",
    Severity::Error,
    Mark::Own,
    "signature profiles of the spec bundle: what they do not know is refused",
);
const PROFILE: Rule = Rule::new(
    "KANTA-SIGNATURE-PROFILE",
    Severity::Error,
    Mark::Own,
    "signature profiles of the spec bundle",
);
const ALGORITHM: Rule = Rule::new(
    "KANTA-SIGNATURE-ALGORITHM",
    Severity::Error,
    Mark::Own,
    "signature profiles of the spec bundle",
);
const REFERENCE: Rule = Rule::new(
    "KANTA-SIGNATURE-REFERENCE",
    Severity::Error,
    Mark::Own,
    "own check against signature wrapping",
);
const DIGEST: Rule = Rule::new(
    "KANTA-SIGNATURE-DIGEST",
    Severity::Error,
    Mark::Stated,
    STANDARD_TEXT,
);
const VALUE: Rule = Rule::new(
    "KANTA-SIGNATURE-VALUE",
    Severity::Error,
    Mark::Stated,
    STANDARD_TEXT,
);
const CERTIFICATE: Rule = Rule::new(
    "KANTA-SIGNATURE-CERTIFICATE",
    Severity::Error,
    Mark::Stated,
    STANDARD_TEXT,
);
const KEY_USAGE: Rule = Rule::new(
    "KANTA-SIGNATURE-KEY-USAGE",
    Severity::Error,
    Mark::Verified,
    "certificates of the public test messages; signature profiles of the spec bundle",
);
const KEY_SIZE: Rule = Rule::new(
    "KANTA-SIGNATURE-KEY-SIZE",
    Severity::Error,
    Mark::Own,
    "signature profiles of the spec bundle",
);

/// An element that a signature must cover: its role, its identifier and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Target<'t, 'a> {
    role: TargetRole,
    id: &'t str,
    element: Element<'t, 'a>,
}

impl<'t, 'a> Target<'t, 'a> {
    /// Names an element that was found at its place; `id` is what references call it.
    #[must_use]
    pub fn new(role: TargetRole, id: &'t str, element: Element<'t, 'a>) -> Self {
        Self { role, id, element }
    }
}

/// An element whose digest fits: exactly these bytes of the document are covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// What it is.
    pub role: TargetRole,
    /// Its identifier.
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

/// Checks a `Signature` against the profile among `profiles` that it follows, and against the elements it must cover.
///
/// Every element of the signature must be one that the profile knows; all problems are reported, not the first only.
#[must_use]
pub fn check(
    signature: Element<'_, '_>,
    profiles: &[SignatureProfile],
    targets: &[Target<'_, '_>],
) -> SignatureCheck {
    let mut result = SignatureCheck {
        profile: None,
        algorithm: None,
        certificate: None,
        covered: Vec::new(),
        value_fits: false,
        findings: Report::new(),
    };
    let Some(profile) = profiles.first() else {
        result.findings.push(PROFILE.finding(
            signature.path(),
            "allekirjoituksen tyyppiä ei tunneta",
            "the kind of the signature is not known; add its profile to the spec bundle",
        ));
        return result;
    };
    result.profile = Some(profile.id().to_owned());
    match Parts::read(signature) {
        Err(finding) => result.findings.push(finding),
        Ok(parts) => {
            check_references(&parts, profile, targets, signature, &mut result);
            check_value(&parts, profile, &mut result);
        }
    }
    result
}

/// The parts of a signature in the one shape that is known.
struct Parts<'t, 'a> {
    signed_info: Element<'t, 'a>,
    method: Element<'t, 'a>,
    references: Vec<Reference<'t, 'a>>,
    value: Vec<u8>,
    certificate: Vec<u8>,
    certificate_at: String,
}

struct Reference<'t, 'a> {
    element: Element<'t, 'a>,
    uri: &'t str,
    digest: Option<DigestAlgorithm>,
    value: Vec<u8>,
}

impl<'t, 'a> Parts<'t, 'a> {
    fn read(signature: Element<'t, 'a>) -> Result<Self, Finding> {
        let [signed_info, value, key_info] = children(
            signature,
            &["Id"],
            ["SignedInfo", "SignatureValue", "KeyInfo"],
        )?;
        let (method, references) = read_signed_info(signed_info)?;
        let [data] = children(key_info, &["Id"], ["X509Data"])?;
        let [certificate] = children(data, &[], ["X509Certificate"])?;
        Ok(Self {
            signed_info,
            method,
            references,
            value: base64(value, &["Id"])?,
            certificate: base64(certificate, &[])?,
            certificate_at: certificate.path(),
        })
    }
}

fn read_signed_info<'t, 'a>(
    signed_info: Element<'t, 'a>,
) -> Result<(Element<'t, 'a>, Vec<Reference<'t, 'a>>), Finding> {
    allow_attributes(signed_info, &["Id"])?;
    let mut parts = signed_info.children();
    let (Some(canonicalization), Some(method)) = (parts.next(), parts.next()) else {
        return Err(shape(signed_info));
    };
    if !canonicalization.is(NAMESPACE, "CanonicalizationMethod")
        || !method.is(NAMESPACE, "SignatureMethod")
        || algorithm(canonicalization)? != EXCLUSIVE_C14N
    {
        return Err(shape(signed_info));
    }
    algorithm(method)?;
    let references = parts.map(read_reference).collect::<Result<_, _>>()?;
    Ok((method, references))
}

fn read_reference<'t, 'a>(element: Element<'t, 'a>) -> Result<Reference<'t, 'a>, Finding> {
    if !element.is(NAMESPACE, "Reference") {
        return Err(shape(element));
    }
    let [transforms, method, value] = children(
        element,
        &["Id", "URI"],
        ["Transforms", "DigestMethod", "DigestValue"],
    )?;
    allow_attributes(transforms, &[])?;
    let mut names = Vec::new();
    for transform in transforms.children() {
        if !transform.is(NAMESPACE, "Transform") {
            return Err(shape(transform));
        }
        names.push(algorithm(transform)?);
    }
    // Both forms that were seen mean the same here: enveloped-signature removes nothing from these targets.
    if names != [EXCLUSIVE_C14N] && names != [ENVELOPED, EXCLUSIVE_C14N] {
        return Err(shape(transforms));
    }
    Ok(Reference {
        element,
        uri: element.attribute("URI").ok_or_else(|| shape(element))?,
        digest: DigestAlgorithm::from_uri(algorithm(method)?),
        value: base64(value, &[])?,
    })
}

fn check_references(
    parts: &Parts<'_, '_>,
    profile: &SignatureProfile,
    targets: &[Target<'_, '_>],
    signature: Element<'_, '_>,
    result: &mut SignatureCheck,
) {
    if parts.references.len() != targets.len() {
        result.findings.push(REFERENCE.finding(
            parts.signed_info.path(),
            format!(
                "viittauksia on {}, vaikka niitä kuuluu olla {}",
                parts.references.len(),
                targets.len()
            ),
            format!(
                "there are {} references where there must be {}",
                parts.references.len(),
                targets.len()
            ),
        ));
    }
    for target in targets {
        let mut of_target = parts.references.iter().filter(|reference| {
            reference.uri.strip_prefix('#') == Some(target.id) && !target.id.is_empty()
        });
        let (Some(reference), None) = (of_target.next(), of_target.next()) else {
            result.findings.push(REFERENCE.finding(
                parts.signed_info.path(),
                format!(
                    "elementtiin {} ei viitata täsmälleen kerran",
                    target.element.path()
                ),
                format!("{} is not referred to exactly once", target.element.path()),
            ));
            continue;
        };
        let around = target.element.range();
        if around.start <= signature.range().start && signature.range().end <= around.end {
            result.findings.push(REFERENCE.finding(
                reference.element.path(),
                "allekirjoitettu elementti sisältää allekirjoituksen",
                "the signed element holds the signature itself",
            ));
            continue;
        }
        check_digest(reference, target, profile, result);
    }
}

fn check_digest(
    reference: &Reference<'_, '_>,
    target: &Target<'_, '_>,
    profile: &SignatureProfile,
    result: &mut SignatureCheck,
) {
    if reference.digest != Some(profile.digest()) {
        result.findings.push(ALGORITHM.finding(
            reference.element.path(),
            "tiivistealgoritmi ei ole allekirjoitusprofiilin mukainen",
            "the digest algorithm is not the one of the signature profile",
        ));
        return;
    }
    let mut hasher = profile.digest().hasher();
    let canonicalised = canonical::exclusive_of(
        target.element,
        &canonical::Options::default(),
        &mut |bytes| {
            hasher.update(bytes);
        },
    );
    let digest = hasher.finish();
    if canonicalised.is_ok() && digest == reference.value {
        result.covered.push(Covered {
            role: target.role,
            id: target.id.to_owned(),
            bytes: target.element.range(),
            digest,
        });
    } else {
        result.findings.push(DIGEST.finding(
            target.element.path(),
            "elementin tiiviste ei täsmää: sitä on muutettu allekirjoituksen jälkeen (myös välilyöntien lisäys muuttaa sitä)",
            "the digest of the element does not fit: it was changed after signing (white space that was added counts too)",
        ));
    }
}

fn check_value(parts: &Parts<'_, '_>, profile: &SignatureProfile, result: &mut SignatureCheck) {
    let uri = parts.method.attribute("Algorithm").unwrap_or_default();
    let algorithm = SignatureAlgorithm::from_uri(uri)
        .filter(|algorithm| profile.algorithms().contains(algorithm));
    result.algorithm = algorithm;
    if algorithm.is_none() {
        result.findings.push(ALGORITHM.finding(
            parts.method.path(),
            "allekirjoitusalgoritmi ei ole allekirjoitusprofiilin mukainen",
            "the signature algorithm is not one of the signature profile",
        ));
    }
    let certificate = match Certificate::from_der(&parts.certificate) {
        Ok(certificate) => certificate,
        Err(error) => {
            result.findings.push(CERTIFICATE.finding(
                &parts.certificate_at,
                "varmennetta ei voi lukea",
                error.to_string(),
            ));
            return;
        }
    };
    check_certificate(&certificate, parts, profile, &mut result.findings);
    let mut octets = Vec::new();
    let canonicalised = canonical::exclusive_of(
        parts.signed_info,
        &canonical::Options::default(),
        &mut |bytes| {
            octets.extend_from_slice(bytes);
        },
    );
    result.value_fits = canonicalised.is_ok()
        && algorithm.is_some_and(|algorithm| {
            algorithm.verifies(certificate.public_key(), &octets, &parts.value)
        });
    if algorithm.is_some() && !result.value_fits {
        result.findings.push(VALUE.finding(
            parts.signed_info.path(),
            "allekirjoitus ei täsmää varmenteen avaimeen: SignedInfo on muuttunut tai avain on toinen",
            "the signature does not fit the certificate's key: SignedInfo was changed or the key is another one",
        ));
    }
    result.certificate = Some(certificate);
}

fn check_certificate(
    certificate: &Certificate,
    parts: &Parts<'_, '_>,
    profile: &SignatureProfile,
    findings: &mut Report,
) {
    let usable = certificate.key_usage().is_some_and(|usage| {
        usage
            .iter()
            .any(|usage| profile.key_usage().contains(usage))
    });
    if !usable {
        findings.push(KEY_USAGE.finding(
            &parts.certificate_at,
            "varmenteen käyttötarkoitus ei salli tätä allekirjoitusta",
            "the key usage of the certificate does not allow this signature",
        ));
    }
    if let Some(bits) = certificate.public_key().rsa_bits()
        && bits < profile.min_rsa_bits()
    {
        findings.push(KEY_SIZE.finding(
            &parts.certificate_at,
            format!(
                "RSA-avaimessa on {bits} bittiä, vaikka niitä on oltava vähintään {}",
                profile.min_rsa_bits()
            ),
            format!(
                "the RSA key has {bits} bits; {} at least are needed",
                profile.min_rsa_bits()
            ),
        ));
    }
}

/// Returns exactly these children, in this order, of an element with no attributes but the allowed ones and no text.
fn children<'t, 'a, const N: usize>(
    parent: Element<'t, 'a>,
    attributes: &[&str],
    names: [&str; N],
) -> Result<[Element<'t, 'a>; N], Finding> {
    allow_attributes(parent, attributes)?;
    let found: Vec<Element<'t, 'a>> = parent.children().collect();
    let found: [Element<'t, 'a>; N] = found.try_into().map_err(|_| shape(parent))?;
    if found
        .iter()
        .zip(names)
        .all(|(child, name)| child.is(NAMESPACE, name))
    {
        Ok(found)
    } else {
        Err(shape(parent))
    }
}

/// Refuses attributes that are not known here, and text between elements.
fn allow_attributes(element: Element<'_, '_>, allowed: &[&str]) -> Result<(), Finding> {
    let known = element.attributes().all(|attribute| {
        attribute.namespace().is_empty() && allowed.contains(&attribute.local_name())
    });
    if known && !element.has_own_text() {
        Ok(())
    } else {
        Err(shape(element))
    }
}

/// Returns the `Algorithm` of an element that has nothing else.
fn algorithm<'t>(element: Element<'t, '_>) -> Result<&'t str, Finding> {
    allow_attributes(element, &["Algorithm"])?;
    if element.children().next().is_some() {
        return Err(shape(element));
    }
    element.attribute("Algorithm").ok_or_else(|| shape(element))
}

/// Decodes an element that holds Base64 and nothing else; white space in it is allowed.
fn base64(element: Element<'_, '_>, attributes: &[&str]) -> Result<Vec<u8>, Finding> {
    let known = element.attributes().all(|attribute| {
        attribute.namespace().is_empty() && attributes.contains(&attribute.local_name())
    });
    if !known || element.children().next().is_some() {
        return Err(shape(element));
    }
    let text: Vec<u8> = element
        .text()
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD.decode_to_vec(text).map_err(|_| shape(element))
}

fn shape(element: Element<'_, '_>) -> Finding {
    SHAPE.finding(
        element.path(),
        "allekirjoituksen osa ei ole allekirjoitusprofiilin mukainen",
        "a part of the signature is not as the signature profile has it: something is missing, unknown or in another order",
    )
}
