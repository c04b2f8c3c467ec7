//! How authorities sign lists and answers.

use der::Decode;
use der::asn1::{BitStringRef, ObjectIdentifier};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::RevocationError;
use crate::provider::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    UnparsedPublicKey, VerificationAlgorithm,
};
use crate::{Certificate, DigestAlgorithm, Hasher, PublicKey, rsa_digest};

/// The algorithm that a list or an answer is signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignedBy {
    /// RSA with PKCS#1 v1.5, which verifies a digest.
    Rsa(DigestAlgorithm),
    /// ECDSA; the key's curve decides the rest.
    Ecdsa(DigestAlgorithm),
}

const ALGORITHMS: [(&str, SignedBy); 5] = [
    (
        "1.2.840.113549.1.1.11",
        SignedBy::Rsa(DigestAlgorithm::Sha256),
    ),
    (
        "1.2.840.113549.1.1.12",
        SignedBy::Rsa(DigestAlgorithm::Sha384),
    ),
    (
        "1.2.840.113549.1.1.13",
        SignedBy::Rsa(DigestAlgorithm::Sha512),
    ),
    (
        "1.2.840.10045.4.3.2",
        SignedBy::Ecdsa(DigestAlgorithm::Sha256),
    ),
    (
        "1.2.840.10045.4.3.3",
        SignedBy::Ecdsa(DigestAlgorithm::Sha384),
    ),
];

impl SignedBy {
    pub(super) fn new(algorithm: &AlgorithmIdentifierOwned) -> Result<Self, RevocationError> {
        ALGORITHMS
            .into_iter()
            .find(|(oid, _)| ObjectIdentifier::new_unwrap(oid) == algorithm.oid)
            .map(|(_, known)| known)
            .ok_or_else(|| RevocationError::Algorithm(algorithm.oid.to_string()))
    }

    /// Verifies a value, a bit string in DER, with the key of a certificate.
    pub(super) fn verifies(self, by: &Certificate, octets: SignedOctets, value: &[u8]) -> bool {
        let Ok(value) = BitStringRef::from_der(value) else {
            return false;
        };
        let Some(value) = value.as_bytes() else {
            return false;
        };
        let key = by.public_key();
        match (self, octets) {
            (Self::Rsa(algorithm), SignedOctets::Hashing(hasher)) => {
                rsa_digest::verifies(key, algorithm, &hasher.finish(), value)
            }
            (Self::Ecdsa(digest), SignedOctets::Kept(octets)) => {
                let algorithm: &dyn VerificationAlgorithm = match (key, digest) {
                    (PublicKey::P256 { .. }, DigestAlgorithm::Sha256) => &ECDSA_P256_SHA256_ASN1,
                    (PublicKey::P256 { .. }, DigestAlgorithm::Sha384) => &ECDSA_P256_SHA384_ASN1,
                    (PublicKey::P384 { .. }, DigestAlgorithm::Sha256) => &ECDSA_P384_SHA256_ASN1,
                    (PublicKey::P384 { .. }, DigestAlgorithm::Sha384) => &ECDSA_P384_SHA384_ASN1,
                    _ => return false,
                };
                UnparsedPublicKey::new(algorithm, key.bytes())
                    .verify(&octets, value)
                    .is_ok()
            }
            _ => false,
        }
    }
}

/// The octets that are signed: kept until it is known how, then hashed or kept.
pub(super) enum SignedOctets {
    Kept(Vec<u8>),
    Hashing(Hasher),
}

impl SignedOctets {
    pub(super) fn waiting() -> Self {
        Self::Kept(Vec::new())
    }

    pub(super) fn of(octets: &[u8], signed_by: SignedBy) -> Self {
        let mut all = Self::Kept(octets.to_vec());
        all.choose(&signed_by);
        all
    }

    pub(super) fn choose(&mut self, signed_by: &SignedBy) {
        if let (Self::Kept(octets), SignedBy::Rsa(digest)) = (&*self, signed_by) {
            let mut hasher = digest.hasher();
            hasher.update(octets);
            *self = Self::Hashing(hasher);
        }
    }

    pub(super) fn add(&mut self, octets: &[u8]) {
        match self {
            Self::Kept(kept) => kept.extend_from_slice(octets),
            Self::Hashing(hasher) => hasher.update(octets),
        }
    }
}
