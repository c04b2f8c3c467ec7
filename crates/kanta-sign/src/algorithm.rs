//! Digest and signature algorithms by the names that XML signatures give them.

use std::fmt;

use ring::digest;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256,
    UnparsedPublicKey, VerificationAlgorithm,
};

use crate::PublicKey;

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl DigestAlgorithm {
    const ALL: [Self; 2] = [Self::Sha256, Self::Sha384];

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
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        }
    }

    /// Returns the digest of some bytes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        digest::digest(self.ring(), bytes).as_ref().to_vec()
    }

    /// Begins a digest that is fed piece by piece.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        Hasher(digest::Context::new(self.ring()))
    }

    fn ring(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
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
    /// RSA with PKCS#1 v1.5 padding and SHA-256: the one that was seen (signing.md 2, `[V]`).
    RsaSha256,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384Sha384,
}

impl SignatureAlgorithm {
    const ALL: [Self; 3] = [
        Self::RsaSha256,
        Self::EcdsaP256Sha256,
        Self::EcdsaP384Sha384,
    ];

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
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::EcdsaP256Sha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaP384Sha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        }
    }

    /// Returns the digest that is signed.
    #[must_use]
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaSha256 | Self::EcdsaP256Sha256 => DigestAlgorithm::Sha256,
            Self::EcdsaP384Sha384 => DigestAlgorithm::Sha384,
        }
    }

    /// Returns whether a key can make signatures of this algorithm.
    #[must_use]
    pub fn fits(self, key: &PublicKey) -> bool {
        matches!(
            (self, key),
            (Self::RsaSha256, PublicKey::Rsa { .. })
                | (Self::EcdsaP256Sha256, PublicKey::P256 { .. })
                | (Self::EcdsaP384Sha384, PublicKey::P384 { .. })
        )
    }

    /// Verifies a signature value over the whole octets. ECDSA values are `r` and `s` side by side, as XML signatures
    /// have them.
    #[must_use]
    pub fn verifies(self, key: &PublicKey, octets: &[u8], value: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match self {
            Self::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::EcdsaP256Sha256 => &ECDSA_P256_SHA256_FIXED,
            Self::EcdsaP384Sha384 => &ECDSA_P384_SHA384_FIXED,
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
    fn identifiers_go_both_ways() {
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(
                SignatureAlgorithm::from_uri(algorithm.uri()),
                Some(algorithm)
            );
        }
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_uri(algorithm.uri()), Some(algorithm));
        }
        for uri in ["", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"] {
            assert_eq!(SignatureAlgorithm::from_uri(uri), None);
        }
    }

    #[test]
    fn a_digest_in_pieces_is_the_digest_of_the_whole() {
        let mut hasher = DigestAlgorithm::Sha256.hasher();
        hasher.update(b"a");
        hasher.update(b"bc");
        let whole = DigestAlgorithm::Sha256.digest(b"abc");
        assert_eq!(hasher.finish(), whole);
        assert_eq!(&whole[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
