//! Writing the XML signature, canonical by construction.

use base64_simd::STANDARD;
use kanta_xml::escape;

use super::NAMESPACE;
use crate::profile::EXCLUSIVE_C14N;
use crate::{Certificate, SignatureAlgorithm, SignatureProfile, SignatureValue};

/// A reference of a signature: the identifier of what is signed, and its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestedReference<'d> {
    id: &'d str,
    digest: &'d [u8],
}

impl<'d> DigestedReference<'d> {
    /// Takes the value of an `ID` attribute, which must be an XML name, and the digest of the element.
    #[must_use]
    pub fn new(id: &'d str, digest: &'d [u8]) -> Self {
        Self { id, digest }
    }
}

/// Writes `SignedInfo` in its canonical form: the octets to be signed.
#[must_use]
pub fn signed_info(
    profile: &SignatureProfile,
    algorithm: SignatureAlgorithm,
    references: &[DigestedReference<'_>],
) -> Vec<u8> {
    let digest = profile.digest_for(algorithm);
    // Two references with two transforms each have less.
    let mut xml = Vec::with_capacity(1536);
    let mut write = |parts: &[&str]| {
        for part in parts {
            xml.extend_from_slice(part.as_bytes());
        }
    };
    write(&[
        "<SignedInfo xmlns=\"",
        NAMESPACE,
        "\"><CanonicalizationMethod Algorithm=\"",
        EXCLUSIVE_C14N,
        "\"></CanonicalizationMethod><SignatureMethod Algorithm=\"",
        algorithm.uri(),
        "\"></SignatureMethod>",
    ]);
    for reference in references {
        let id = escape::attribute(reference.id);
        write(&["<Reference URI=\"#", &id, "\"><Transforms>"]);
        for transform in profile.transforms() {
            write(&["<Transform Algorithm=\"", transform, "\"></Transform>"]);
        }
        write(&[
            "</Transforms><DigestMethod Algorithm=\"",
            digest.uri(),
            "\"></DigestMethod><DigestValue>",
            &STANDARD.encode_to_string(reference.digest),
            "</DigestValue></Reference>",
        ]);
    }
    write(&["</SignedInfo>"]);
    xml
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
