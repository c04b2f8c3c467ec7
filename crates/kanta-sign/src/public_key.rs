//! Public keys as certificates carry them.

use std::fmt;

use der::asn1::{Any, BitString, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Sequence};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// The public key of a certificate. `Debug` tells its kind and size.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// An RSA key.
    Rsa {
        /// The length of the modulus.
        bits: usize,
        /// `RSAPublicKey` in DER.
        der: Vec<u8>,
    },
    /// A key on the curve P-256.
    P256 {
        /// The uncompressed point.
        point: Vec<u8>,
    },
    /// A key on the curve P-384.
    P384 {
        /// The uncompressed point.
        point: Vec<u8>,
    },
    /// A key of another kind, which this library cannot use.
    Other,
}

#[derive(Sequence)]
struct RsaPublicKey<'d> {
    modulus: UintRef<'d>,
    exponent: UintRef<'d>,
}

impl PublicKey {
    /// Reads a key of `SubjectPublicKeyInfo` in DER. `None` when it is none.
    #[must_use]
    pub fn from_spki_der(der: &[u8]) -> Option<Self> {
        let info = SubjectPublicKeyInfoOwned::from_der(der).ok()?;
        Some(Self::from_info(&info))
    }

    /// Makes an RSA key of its numbers, big-endian; one that is not a key is [`PublicKey::Other`].
    #[must_use]
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        let der = UintRef::new(modulus)
            .and_then(|modulus| {
                let exponent = UintRef::new(exponent)?;
                RsaPublicKey { modulus, exponent }.to_der()
            })
            .unwrap_or_default();
        Self::from_rsa_der(&der)
    }

    /// A point on a curve that is known.
    pub(crate) fn on_curve(curve: ObjectIdentifier, point: &[u8]) -> Option<Self> {
        let point = point.to_vec();
        match (curve, point.as_slice()) {
            (P256, [4, coordinates @ ..]) if coordinates.len() == 64 => Some(Self::P256 { point }),
            (P384, [4, coordinates @ ..]) if coordinates.len() == 96 => Some(Self::P384 { point }),
            _ => None,
        }
    }

    /// Writes the key as `SubjectPublicKeyInfo`. `None` for a key of another kind.
    pub(crate) fn to_info(&self) -> Option<SubjectPublicKeyInfoOwned> {
        let (oid, parameters) = match self {
            Self::Rsa { .. } => (RSA, Any::null()),
            Self::P256 { .. } => (EC, Any::from(P256)),
            Self::P384 { .. } => (EC, Any::from(P384)),
            Self::Other => return None,
        };
        Some(SubjectPublicKeyInfoOwned {
            algorithm: AlgorithmIdentifierOwned {
                oid,
                parameters: Some(parameters),
            },
            subject_public_key: BitString::from_bytes(self.bytes()).ok()?,
        })
    }

    fn from_rsa_der(der: &[u8]) -> Self {
        match RsaPublicKey::from_der(der) {
            Ok(key) => Self::Rsa {
                bits: bit_length(key.modulus.as_bytes()),
                der: der.to_vec(),
            },
            Err(_) => Self::Other,
        }
    }

    /// Returns modulus and exponent of an RSA key, big-endian.
    pub(crate) fn rsa_numbers(&self) -> Option<(&[u8], &[u8])> {
        let Self::Rsa { der, .. } = self else {
            return None;
        };
        let key = RsaPublicKey::from_der(der).ok()?;
        Some((key.modulus.as_bytes(), key.exponent.as_bytes()))
    }

    pub(crate) fn from_info(info: &SubjectPublicKeyInfoOwned) -> Self {
        let Some(bytes) = info.subject_public_key.as_bytes() else {
            return Self::Other;
        };
        if info.algorithm.oid == RSA {
            return Self::from_rsa_der(bytes);
        }
        let curve = info
            .algorithm
            .parameters
            .as_ref()
            .filter(|_| info.algorithm.oid == EC)
            .and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok());
        curve
            .and_then(|curve| Self::on_curve(curve, bytes))
            .unwrap_or(Self::Other)
    }

    /// Returns the key as its algorithm writes it: `RSAPublicKey` in DER, or the uncompressed point.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Rsa { der, .. } => der,
            Self::P256 { point } | Self::P384 { point } => point,
            Self::Other => &[],
        }
    }

    /// Returns an RSA modulus without leading zeros.
    #[cfg(feature = "pkcs11")]
    pub(crate) fn modulus(&self) -> Option<Vec<u8>> {
        match self {
            Self::Rsa { der, .. } => RsaPublicKey::from_der(der)
                .ok()
                .map(|key| key.modulus.as_bytes().to_vec()),
            _ => None,
        }
    }

    /// Returns the length of an RSA modulus.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<usize> {
        match self {
            Self::Rsa { bits, .. } => Some(*bits),
            _ => None,
        }
    }
}

fn bit_length(unsigned: &[u8]) -> usize {
    match unsigned {
        [] => 0,
        [first, rest @ ..] => (8 - first.leading_zeros() as usize) + rest.len() * 8,
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits, .. } => write!(f, "RSA {bits}"),
            Self::P256 { .. } => f.write_str("P-256"),
            Self::P384 { .. } => f.write_str("P-384"),
            Self::Other => f.write_str("of an unknown kind"),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_from_the_first_that_is_set() {
        for (bytes, bits) in [(&[][..], 0), (&[1], 1), (&[0x80, 0], 16), (&[0x7f, 0], 15)] {
            assert_eq!(bit_length(bytes), bits);
        }
    }
}
