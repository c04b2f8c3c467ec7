//! Signature values, and the two encodings that ECDSA signatures have.

use std::fmt;

use der::asn1::UintRef;
use der::{Decode, Encode, Sequence};

use crate::SignatureAlgorithm;

/// A signature: for RSA as PKCS#1 has it, for ECDSA `r` and `s` side by side, as XML and JSON signatures have them.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureValue(Vec<u8>);

/// `Ecdsa-Sig-Value` of RFC 3279, which certificates and TLS have.
#[derive(Sequence)]
struct EcdsaSigValue<'d> {
    r: UintRef<'d>,
    s: UintRef<'d>,
}

impl SignatureValue {
    /// Takes a signature in the form that XML signatures have.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Takes a signature of an algorithm as a service elsewhere gave it: an ECDSA signature may also be in DER.
    ///
    /// Nothing is verified; bytes that are in neither form are kept as they are and will not verify.
    #[must_use]
    pub fn received(bytes: Vec<u8>, algorithm: SignatureAlgorithm) -> Self {
        let is_raw = algorithm
            .ecdsa_field_bytes()
            .is_none_or(|field| bytes.len() == 2 * field);
        if is_raw {
            return Self(bytes);
        }
        Self::from_ecdsa_der(&bytes, algorithm).unwrap_or(Self(bytes))
    }

    /// Reads an ECDSA signature in DER. `None` when it is not strict DER, a number is too great for the curve or zero,
    /// or the algorithm is not ECDSA.
    #[must_use]
    pub fn from_ecdsa_der(der: &[u8], algorithm: SignatureAlgorithm) -> Option<Self> {
        let field = algorithm.ecdsa_field_bytes()?;
        let value = EcdsaSigValue::from_der(der).ok()?;
        let mut raw = vec![0; 2 * field];
        let (r, s) = raw.split_at_mut(field);
        for (number, place) in [(value.r, r), (value.s, s)] {
            let digits = number.as_bytes();
            let start = place.len().checked_sub(digits.len())?;
            place.get_mut(start..)?.copy_from_slice(digits);
            if digits.iter().all(|byte| *byte == 0) {
                return None;
            }
        }
        Some(Self(raw))
    }

    /// Writes an ECDSA signature in DER, as TLS and certificates have it. `None` when the algorithm is not ECDSA or the
    /// signature is not as long as the curve asks.
    #[must_use]
    pub fn to_ecdsa_der(&self, algorithm: SignatureAlgorithm) -> Option<Vec<u8>> {
        let field = algorithm.ecdsa_field_bytes()?;
        if self.0.len() != 2 * field {
            return None;
        }
        let (r, s) = self.0.split_at(field);
        let value = EcdsaSigValue {
            r: UintRef::new(r).ok()?,
            s: UintRef::new(s).ok()?,
        };
        value.to_der().ok()
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SignatureValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureValue({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CURVES: [SignatureAlgorithm; 2] = [
        SignatureAlgorithm::EcdsaP256Sha256,
        SignatureAlgorithm::EcdsaP384Sha384,
    ];

    fn field(algorithm: SignatureAlgorithm) -> usize {
        algorithm.ecdsa_field_bytes().unwrap()
    }

    proptest! {
        #[test]
        fn raw_and_der_are_each_other(
            curve in prop::sample::select(&CURVES),
            digits in prop::collection::vec(any::<u8>(), 96),
            (zeros_in_r, zeros_in_s) in (0_usize..32, 0_usize..32),
        ) {
            let field = field(curve);
            let mut raw = digits[..2 * field].to_vec();
            raw[..zeros_in_r].fill(0);
            raw[field..field + zeros_in_s].fill(0);
            raw[field - 1] |= 1;
            raw[2 * field - 1] |= 1;
            let value = SignatureValue::new(raw);
            let der = value.to_ecdsa_der(curve).unwrap();
            prop_assert_eq!(SignatureValue::from_ecdsa_der(&der, curve), Some(value.clone()));
            prop_assert_eq!(&SignatureValue::received(value.as_bytes().to_vec(), curve), &value);
            if der.len() != 2 * field {
                prop_assert_eq!(&SignatureValue::received(der, curve), &value);
            }
        }

        #[test]
        fn what_is_read_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            for curve in CURVES {
                if let Some(value) = SignatureValue::from_ecdsa_der(&bytes, curve) {
                    prop_assert_eq!(value.to_ecdsa_der(curve), Some(bytes.clone()));
                }
            }
        }
    }

    #[test]
    fn what_is_no_strict_der_is_not_read() {
        for (der, reads) in [
            (&[0x30, 6, 2, 1, 1, 2, 1, 1][..], true),
            (&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 1], true),
            (&[0x30, 7, 2, 2, 0, 1, 2, 1, 1], false),
            (&[0x30, 6, 2, 1, 0x80, 2, 1, 1], false),
            (&[0x30, 6, 2, 1, 0, 2, 1, 1], false),
            (&[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1], false),
            (&[0x30, 6, 2, 1, 1, 2, 1, 1, 0], false),
            (&[0x30, 3, 2, 1, 1], false),
            (&[], false),
        ] {
            let read = SignatureValue::from_ecdsa_der(der, CURVES[0]);
            assert_eq!(read.is_some(), reads, "{der:x?}");
        }
        let mut too_long = vec![0x30, 38, 2, 33];
        too_long.extend([1; 33]);
        too_long.extend([2, 1, 1]);
        assert!(SignatureValue::from_ecdsa_der(&too_long, CURVES[0]).is_none());
        assert!(SignatureValue::from_ecdsa_der(&too_long, CURVES[1]).is_some());
        assert!(SignatureValue::from_ecdsa_der(&too_long, SignatureAlgorithm::RsaSha256).is_none());
    }

    #[test]
    fn a_value_of_another_length_has_no_der() {
        let value = SignatureValue::new(vec![1; 64]);
        assert!(value.to_ecdsa_der(CURVES[0]).is_some());
        assert!(value.to_ecdsa_der(CURVES[1]).is_none());
        assert!(value.to_ecdsa_der(SignatureAlgorithm::RsaSha256).is_none());
    }
}
