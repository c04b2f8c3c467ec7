//! Reading an XML signature in the one shape that profiles know; everything else is refused where it stands.

use base64_simd::STANDARD;
use kanta_core::{Finding, Rule};
use kanta_xml::Element;

use super::{NAMESPACE, rules};
use crate::DigestAlgorithm;
use crate::profile::{ENVELOPED, EXCLUSIVE_C14N, XPATH};

/// The parts of a signature.
pub(super) struct Parts<'t, 'a> {
    pub(super) signed_info: Element<'t, 'a>,
    pub(super) method: Element<'t, 'a>,
    pub(super) references: Vec<Reference<'t, 'a>>,
    pub(super) value: Vec<u8>,
    pub(super) certificate: Vec<u8>,
    pub(super) certificate_element: Element<'t, 'a>,
}

/// One reference.
pub(super) struct Reference<'t, 'a> {
    pub(super) element: Element<'t, 'a>,
    pub(super) uri: &'t str,
    pub(super) transforms: Transforms<'t, 'a>,
    pub(super) digest: Option<DigestAlgorithm>,
    pub(super) value: Vec<u8>,
}

/// The transforms of a reference.
#[derive(Clone, Copy)]
pub(super) enum Transforms<'t, 'a> {
    /// Exclusive canonical XML, alone or after enveloped-signature: on the targets of profiles, which do not hold the
    /// signature, both mean the same.
    Exclusive,
    /// Exclusive canonical XML of the document, then a filter: the element `XPath`.
    Filtered(Element<'t, 'a>),
}

impl<'t, 'a> Parts<'t, 'a> {
    pub(super) fn read(signature: Element<'t, 'a>) -> Result<Self, Finding> {
        let [signed_info, value, key_info] = children(
            signature,
            &["Id"],
            ["SignedInfo", "SignatureValue", "KeyInfo"],
        )?;
        let (method, references) = read_signed_info(signed_info)?;
        let certificate = read_key_info(key_info)?;
        Ok(Self {
            signed_info,
            method,
            references,
            value: base64(value, &["Id"])?,
            certificate: base64(certificate, &[])?,
            certificate_element: certificate,
        })
    }
}

fn read_key_info<'t, 'a>(key_info: Element<'t, 'a>) -> Result<Element<'t, 'a>, Finding> {
    attributes(key_info, &["Id"])?;
    let one = |parent: Element<'t, 'a>, name| {
        let mut children = parent.children();
        match (children.next(), children.next()) {
            (Some(child), None) if child.is(NAMESPACE, name) => Ok(child),
            _ => Err(broken(rules::KEY_INFO, parent)),
        }
    };
    let data = one(key_info, "X509Data")?;
    attributes(data, &[])?;
    one(data, "X509Certificate")
}

type MethodAndReferences<'t, 'a> = (Element<'t, 'a>, Vec<Reference<'t, 'a>>);

fn read_signed_info<'t, 'a>(
    signed_info: Element<'t, 'a>,
) -> Result<MethodAndReferences<'t, 'a>, Finding> {
    attributes(signed_info, &["Id"])?;
    let mut parts = signed_info.children();
    let (Some(canonicalization), Some(method)) = (parts.next(), parts.next()) else {
        return Err(broken(rules::ELEMENT, signed_info));
    };
    if !canonicalization.is(NAMESPACE, "CanonicalizationMethod")
        || !method.is(NAMESPACE, "SignatureMethod")
    {
        return Err(broken(rules::ELEMENT, signed_info));
    }
    if algorithm(canonicalization)? != EXCLUSIVE_C14N {
        return Err(broken(rules::CANONICALIZATION, canonicalization));
    }
    algorithm(method)?;
    let references = parts.map(read_reference).collect::<Result<_, _>>()?;
    Ok((method, references))
}

fn read_reference<'t, 'a>(element: Element<'t, 'a>) -> Result<Reference<'t, 'a>, Finding> {
    if !element.is(NAMESPACE, "Reference") {
        return Err(broken(rules::ELEMENT, element));
    }
    let [transforms, method, value] = children(
        element,
        &["Id", "URI"],
        ["Transforms", "DigestMethod", "DigestValue"],
    )?;
    Ok(Reference {
        element,
        uri: element
            .attribute("URI")
            .ok_or_else(|| broken(rules::REFERENCE_URI, element))?,
        transforms: read_transforms(transforms)?,
        digest: DigestAlgorithm::from_uri(algorithm(method)?),
        value: base64(value, &[])?,
    })
}

fn read_transforms<'t, 'a>(transforms: Element<'t, 'a>) -> Result<Transforms<'t, 'a>, Finding> {
    attributes(transforms, &[])?;
    let all: Vec<Element<'t, 'a>> = transforms.children().collect();
    if let Some(other) = all.iter().find(|child| !child.is(NAMESPACE, "Transform")) {
        return Err(broken(rules::ELEMENT, *other));
    }
    let unknown = || broken(rules::TRANSFORM, transforms);
    match all[..] {
        [only] if algorithm(only)? == EXCLUSIVE_C14N => Ok(Transforms::Exclusive),
        [first, second] => match (algorithm(first)?, second.attribute("Algorithm")) {
            (ENVELOPED, Some(EXCLUSIVE_C14N)) => {
                algorithm(second)?;
                Ok(Transforms::Exclusive)
            }
            (EXCLUSIVE_C14N, Some(XPATH)) => {
                let [filter] = children(second, &["Algorithm"], ["XPath"])?;
                Ok(Transforms::Filtered(filter))
            }
            _ => Err(unknown()),
        },
        _ => Err(unknown()),
    }
}

/// Whether an `XPath` keeps exactly the one element of this name and what is in it: `ancestor-or-self::prefix:name`.
pub(super) fn keeps(filter: Element<'_, '_>, element: Element<'_, '_>) -> bool {
    let text = filter.text();
    let Some((prefix, name)) = text
        .trim()
        .strip_prefix("ancestor-or-self::")
        .and_then(|name| name.split_once(':'))
    else {
        return false;
    };
    filter.attributes().next().is_none()
        && filter.children().next().is_none()
        && name == element.local_name()
        && filter
            .namespaces_in_scope()
            .iter()
            .any(|(declared, namespace)| *declared == prefix && *namespace == element.namespace())
}

/// Returns exactly these children, in this order, of an element with no attributes but the allowed ones and no text.
fn children<'t, 'a, const N: usize>(
    parent: Element<'t, 'a>,
    allowed: &[&str],
    names: [&str; N],
) -> Result<[Element<'t, 'a>; N], Finding> {
    attributes(parent, allowed)?;
    let found: Vec<Element<'t, 'a>> = parent.children().collect();
    let found: [Element<'t, 'a>; N] = found
        .try_into()
        .map_err(|_| broken(rules::ELEMENT, parent))?;
    if found
        .iter()
        .zip(names)
        .all(|(child, name)| child.is(NAMESPACE, name))
    {
        Ok(found)
    } else {
        Err(broken(rules::ELEMENT, parent))
    }
}

/// Refuses attributes that are not known here, and text between elements.
fn attributes(element: Element<'_, '_>, allowed: &[&str]) -> Result<(), Finding> {
    if !has_only(element, allowed) {
        Err(broken(rules::ATTRIBUTE, element))
    } else if element.has_own_text() {
        Err(broken(rules::TEXT, element))
    } else {
        Ok(())
    }
}

fn has_only(element: Element<'_, '_>, allowed: &[&str]) -> bool {
    element.attributes().all(|attribute| {
        attribute.namespace().is_empty() && allowed.contains(&attribute.local_name())
    })
}

/// Returns the `Algorithm` of an element that has nothing else.
fn algorithm<'t>(element: Element<'t, '_>) -> Result<&'t str, Finding> {
    attributes(element, &["Algorithm"])?;
    if element.children().next().is_some() {
        return Err(broken(rules::PARAMETERS, element));
    }
    element
        .attribute("Algorithm")
        .ok_or_else(|| broken(rules::ATTRIBUTE, element))
}

/// Decodes an element that holds Base64 and nothing else; white space in it is allowed.
fn base64(element: Element<'_, '_>, allowed: &[&str]) -> Result<Vec<u8>, Finding> {
    if !has_only(element, allowed) {
        return Err(broken(rules::ATTRIBUTE, element));
    }
    if element.children().next().is_some() {
        return Err(broken(rules::ELEMENT, element));
    }
    let text = element.text();
    let is_white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let decoded = match text.bytes().any(|byte| is_white(&byte)) {
        false => STANDARD.decode_to_vec(text.as_bytes()),
        true => {
            let dense: Vec<u8> = text.bytes().filter(|byte| !is_white(byte)).collect();
            STANDARD.decode_to_vec(dense)
        }
    };
    decoded.map_err(|_| broken(rules::BASE64, element))
}

/// The finding of a rule about the shape.
fn broken(rule: Rule, element: Element<'_, '_>) -> Finding {
    let (finnish, english) = match rule.id() {
        "KANTA-SIGNATURE-ATTRIBUTE" => (
            "allekirjoituksen osasta puuttuu attribuutti, tai siinä on attribuutti, jota profiili ei tunne",
            "a part of the signature lacks an attribute, or has one that the profile does not know",
        ),
        "KANTA-SIGNATURE-TEXT" => (
            "allekirjoituksen elementtien välissä on tekstiä",
            "text stands between the elements of the signature",
        ),
        "KANTA-SIGNATURE-BASE64" => (
            "allekirjoituksen arvo ei ole Base64-muodossa",
            "a value of the signature is not Base64",
        ),
        "KANTA-SIGNATURE-PARAMETERS" => (
            "algoritmilla on parametreja, joita allekirjoitusprofiili ei tunne",
            "an algorithm has parameters that the signature profile does not know",
        ),
        "KANTA-SIGNATURE-CANONICALIZATION" => (
            "SignedInfo-elementin kanonisointi ei ole allekirjoitusprofiilin mukainen",
            "the canonical form of SignedInfo is not the one of the signature profile",
        ),
        "KANTA-SIGNATURE-TRANSFORM" => (
            "viittauksen muunnokset eivät ole allekirjoitusprofiilin mukaiset",
            "the transforms of a reference are not those of the signature profile",
        ),
        "KANTA-SIGNATURE-REFERENCE-URI" => (
            "viittaus ei osoita asiakirjan elementtiin",
            "a reference does not name an element of the document",
        ),
        "KANTA-SIGNATURE-KEY-INFO" => (
            "avaimen tiedoissa on oltava täsmälleen yksi varmenne",
            "the key must be told by exactly one certificate",
        ),
        _ => (
            "allekirjoituksen osa puuttuu, on tuntematon tai väärässä järjestyksessä",
            "a part of the signature is missing, unknown or in another order",
        ),
    };
    rule.finding(element.path(), finnish, english)
}
