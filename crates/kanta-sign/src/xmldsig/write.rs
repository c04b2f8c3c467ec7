//! Writing the XML signature, canonical by construction.

use base64_simd::STANDARD;
use kanta_xml::escape;

use super::NAMESPACE;
use crate::profile::EXCLUSIVE_C14N;
use crate::{Certificate, SignatureAlgorithm, SignatureProfile, SignatureValue};

/// A reference of a signature: the identifier of what is signed, and its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestedReference {
    id: String,
    digest: Vec<u8>,
}

impl DigestedReference {
    /// Takes the value of an `ID` attribute, which must be an XML name, and the digest of the element.
    #[must_use]
    pub fn new(id: &str, digest: Vec<u8>) -> Self {
        Self {
            id: id.to_owned(),
            digest,
        }
    }
}

/// Writes `SignedInfo` in its canonical form: the octets to be signed.
#[must_use]
pub fn signed_info(
    profile: &SignatureProfile,
    algorithm: SignatureAlgorithm,
    references: &[DigestedReference],
) -> Vec<u8> {
    let mut xml = format!(
        "<SignedInfo xmlns=\"{NAMESPACE}\">\
         <CanonicalizationMethod Algorithm=\"{EXCLUSIVE_C14N}\"></CanonicalizationMethod>\
         <SignatureMethod Algorithm=\"{}\"></SignatureMethod>",
        algorithm.uri()
    );
    for reference in references {
        xml.push_str("<Reference URI=\"#");
        xml.push_str(&escape::attribute(&reference.id));
        xml.push_str("\"><Transforms>");
        for transform in profile.transforms() {
            xml.push_str(&format!(
                "<Transform Algorithm=\"{transform}\"></Transform>"
            ));
        }
        xml.push_str(&format!(
            "</Transforms><DigestMethod Algorithm=\"{}\"></DigestMethod><DigestValue>{}</DigestValue></Reference>",
            profile.digest_for(algorithm).uri(),
            STANDARD.encode_to_string(&reference.digest)
        ));
    }
    xml.push_str("</SignedInfo>");
    xml.into_bytes()
}

/// Writes the whole `Signature` around octets that [`signed_info`] made.
#[must_use]
pub fn signature_element(
    signed_info: &[u8],
    value: &SignatureValue,
    certificate: &Certificate,
) -> Vec<u8> {
    let declaration = format!(" xmlns=\"{NAMESPACE}\"");
    let mut xml = format!("<Signature{declaration}>").into_bytes();
    // Inside Signature the declaration of SignedInfo is superfluous; its canonical form has it either way.
    match signed_info.strip_prefix(format!("<SignedInfo{declaration}").as_bytes()) {
        Some(rest) => {
            xml.extend_from_slice(b"<SignedInfo");
            xml.extend_from_slice(rest);
        }
        None => xml.extend_from_slice(signed_info),
    }
    xml.extend_from_slice(
        format!(
            "<SignatureValue>{}</SignatureValue><KeyInfo><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></Signature>",
            STANDARD.encode_to_string(value.as_bytes()),
            STANDARD.encode_to_string(certificate.as_der())
        )
        .as_bytes(),
    );
    xml
}
