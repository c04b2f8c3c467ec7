//! Digest and signature algorithms, by the names that XML signatures and JSON signatures give them.

use std::fmt;

use crate::PublicKey;
use crate::provider::digest;
use crate::provider::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-1: in old signatures only, never written.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// Returns the algorithm of an identifier of XML signatures.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.uri() == uri)
    }

    /// Returns the identifier that XML signatures use.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    /// Returns the digest of some bytes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        digest::digest(self.provided(), bytes).as_ref().to_vec()
    }

    /// Begins a digest that is fed piece by piece.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        Hasher(digest::Context::new(self.provided()))
    }

    fn provided(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

/// A digest in the making.
#[derive(Clone)]
pub struct Hasher(digest::Context);

impl Hasher {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the digest.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher(…)")
    }
}

/// A signature algorithm, its digest included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSA with PKCS#1 v1.5 padding and SHA-1: in old signatures only, no signer makes it.
    RsaSha1,
    /// RSA with PKCS#1 v1.5 padding and SHA-256: the one that was seen (test messages, `[V]`).
    RsaSha256,
    /// RSA with PKCS#1 v1.5 padding and SHA-384.
    RsaSha384,
    /// RSA with PKCS#1 v1.5 padding and SHA-512.
    RsaSha512,
    /// RSA with PSS padding and SHA-256; the salt is as long as the digest.
    RsaPssSha256,
    /// RSA with PSS padding and SHA-384; the salt is as long as the digest.
    RsaPssSha384,
    /// RSA with PSS padding and SHA-512; the salt is as long as the digest.
    RsaPssSha512,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384Sha384,
}

impl SignatureAlgorithm {
    const ALL: [Self; 9] = [
        Self::RsaSha1,
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::RsaPssSha256,
        Self::RsaPssSha384,
        Self::RsaPssSha512,
        Self::EcdsaP256Sha256,
        Self::EcdsaP384Sha384,
    ];

    /// Returns the algorithms that an RSA key of a software signer can sign with, the usual one first.
    pub(crate) const RSA: [Self; 6] = [
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::RsaPssSha256,
        Self::RsaPssSha384,
        Self::RsaPssSha512,
    ];

    /// Returns the algorithm of an identifier of XML signatures (W3C XML Signature 1.1, RFC 9231).
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.uri() == uri)
    }

    /// Returns the algorithm of a name of JSON signatures (RFC 7518, section 3.1).
    #[must_use]
    pub fn from_jws_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.jws_name() == Some(name))
    }

    /// Returns the identifier that XML signatures use.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::RsaPssSha256 => "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            Self::RsaPssSha384 => "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
            Self::RsaPssSha512 => "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
            Self::EcdsaP256Sha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaP384Sha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        }
    }

    /// Returns the name that JSON signatures use; there is none for SHA-1.
    #[must_use]
    pub fn jws_name(self) -> Option<&'static str> {
        match self {
            Self::RsaSha1 => None,
            Self::RsaSha256 => Some("RS256"),
            Self::RsaSha384 => Some("RS384"),
            Self::RsaSha512 => Some("RS512"),
            Self::RsaPssSha256 => Some("PS256"),
            Self::RsaPssSha384 => Some("PS384"),
            Self::RsaPssSha512 => Some("PS512"),
            Self::EcdsaP256Sha256 => Some("ES256"),
            Self::EcdsaP384Sha384 => Some("ES384"),
        }
    }

    /// Returns the digest that is signed.
    #[must_use]
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaSha1 => DigestAlgorithm::Sha1,
            Self::RsaSha256 | Self::RsaPssSha256 | Self::EcdsaP256Sha256 => DigestAlgorithm::Sha256,
            Self::RsaSha384 | Self::RsaPssSha384 | Self::EcdsaP384Sha384 => DigestAlgorithm::Sha384,
            Self::RsaSha512 | Self::RsaPssSha512 => DigestAlgorithm::Sha512,
        }
    }

    /// Returns how many bytes `r` and `s` of an ECDSA signature have each; `None` for RSA.
    #[must_use]
    pub fn ecdsa_field_bytes(self) -> Option<usize> {
        match self {
            Self::EcdsaP256Sha256 => Some(32),
            Self::EcdsaP384Sha384 => Some(48),
            _ => None,
        }
    }

    /// Returns whether a new signature may be made with it: all but SHA-1.
    #[must_use]
    pub fn is_for_signing(self) -> bool {
        self != Self::RsaSha1
    }

    /// Returns whether a key can make signatures of this algorithm.
    #[must_use]
    pub fn fits(self, key: &PublicKey) -> bool {
        match key {
            PublicKey::Rsa { .. } => self.ecdsa_field_bytes().is_none(),
            PublicKey::P256 { .. } => self == Self::EcdsaP256Sha256,
            PublicKey::P384 { .. } => self == Self::EcdsaP384Sha384,
            PublicKey::Other => false,
        }
    }

    /// Verifies a signature value over the whole octets. ECDSA values are `r` and `s` side by side, as XML and JSON
    /// signatures have them. RSA keys have 2048 to 8192 bits.
    #[must_use]
    pub fn verifies(self, key: &PublicKey, octets: &[u8], value: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match self {
            Self::RsaSha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::RsaSha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Self::RsaSha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Self::RsaSha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            Self::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
            Self::RsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
            Self::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
            Self::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_FIXED,
            Self::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_FIXED,
        };
        self.fits(key)
            && UnparsedPublicKey::new(algorithm, key.bytes())
                .verify(octets, value)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(
                SignatureAlgorithm::from_uri(algorithm.uri()),
                Some(algorithm)
            );
            if let Some(name) = algorithm.jws_name() {
                assert_eq!(SignatureAlgorithm::from_jws_name(name), Some(algorithm));
            }
        }
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_uri(algorithm.uri()), Some(algorithm));
        }
        for name in [
            "",
            "none",
            "HS256",
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        ] {
            assert_eq!(SignatureAlgorithm::from_uri(name), None);
            assert_eq!(SignatureAlgorithm::from_jws_name(name), None);
        }
    }

    #[test]
    fn sha_1_is_for_reading_only() {
        let for_signing = SignatureAlgorithm::ALL
            .into_iter()
            .filter(|algorithm| algorithm.is_for_signing());
        for algorithm in for_signing {
            assert_ne!(algorithm.digest(), DigestAlgorithm::Sha1);
            assert!(algorithm.jws_name().is_some());
        }
        assert!(!SignatureAlgorithm::RSA.contains(&SignatureAlgorithm::RsaSha1));
    }

    #[test]
    fn a_digest_in_pieces_is_the_digest_of_the_whole() {
        for (algorithm, first) in [
            (DigestAlgorithm::Sha1, [0xa9, 0x99]),
            (DigestAlgorithm::Sha256, [0xba, 0x78]),
            (DigestAlgorithm::Sha384, [0xcb, 0x00]),
            (DigestAlgorithm::Sha512, [0xdd, 0xaf]),
        ] {
            let mut hasher = algorithm.hasher();
            hasher.update(b"a");
            hasher.update(b"bc");
            let whole = algorithm.digest(b"abc");
            assert_eq!(hasher.finish(), whole);
            assert_eq!(whole[..2], first);
        }
    }
}
