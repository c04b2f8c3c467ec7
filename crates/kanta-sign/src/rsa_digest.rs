//! RSA signatures verified by digest, for octets too many to be held: the providers of cryptography take whole octets.
//!
//! Verification handles public values only, so nothing here need take constant time.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use crate::{DigestAlgorithm, PublicKey};

/// `DigestInfo` in DER up to the digest (RFC 8017, section 9.2, note 1); none for SHA-1, which nothing here rests on.
pub(crate) fn digest_info(algorithm: DigestAlgorithm) -> Option<[u8; 19]> {
    let (last, length) = match algorithm {
        DigestAlgorithm::Sha256 => (1, 32),
        DigestAlgorithm::Sha384 => (2, 48),
        DigestAlgorithm::Sha512 => (3, 64),
        DigestAlgorithm::Sha1 => return None,
    };
    Some([
        0x30,
        17 + length,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        last,
        0x05,
        0x00,
        0x04,
        length,
    ])
}

/// Verifies a signature of PKCS#1 v1.5 over a digest, with a key of 2048 to 8192 bits.
///
/// The encoded message is made anew and compared as a whole, so nothing in it is parsed.
pub(crate) fn verifies(
    key: &PublicKey,
    algorithm: DigestAlgorithm,
    digest: &[u8],
    value: &[u8],
) -> bool {
    let (Some((modulus, exponent)), Some(bits)) = (key.rsa_numbers(), key.rsa_bits()) else {
        return false;
    };
    let Some(info) = digest_info(algorithm) else {
        return false;
    };
    let length = bits.div_ceil(8);
    if !(2048..=8192).contains(&bits) || value.len() != length || exponent.len() > 8 {
        return false;
    }
    let mut expected = vec![0xff; length];
    let start = length - info.len() - digest.len();
    expected[..2].copy_from_slice(&[0, 1]);
    expected[start - 1] = 0;
    expected[start..start + info.len()].copy_from_slice(&info);
    expected[start + info.len()..].copy_from_slice(digest);
    power(value, exponent, modulus, length) == Some(expected)
}

fn power(base: &[u8], exponent: &[u8], modulus: &[u8], length: usize) -> Option<Vec<u8>> {
    let bits = u32::try_from(length * 8).ok()?;
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).ok();
    let modulus: Odd<BoxedUint> = Option::from(Odd::new(number(modulus)?))?;
    let base = number(base)?;
    if base >= *modulus.as_ref() {
        return None;
    }
    let params = BoxedMontyParams::new_vartime(modulus);
    let result = BoxedMontyForm::new(base, &params)
        .pow(&BoxedUint::from_be_slice(exponent, 64).ok()?)
        .retrieve()
        .to_be_bytes();
    let skipped = result.len().checked_sub(length)?;
    result.get(skipped..).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::tests::{openssl, self_signed};
    use crate::{Certificate, SignatureAlgorithm, Signer, SoftwareSigner, ToBeSigned};

    #[test]
    fn agrees_with_the_provider() {
        for bits in ["2048", "3072", "4096"] {
            let Some(key) = openssl(&["genrsa", bits], b"") else {
                return;
            };
            let certificate = self_signed(&key, "/CN=t");
            let signer = SoftwareSigner::from_pem(&key, &certificate).unwrap();
            let key = Certificate::from_pem(&certificate)
                .unwrap()
                .public_key()
                .clone();
            for algorithm in [
                SignatureAlgorithm::RsaSha256,
                SignatureAlgorithm::RsaSha384,
                SignatureAlgorithm::RsaSha512,
            ] {
                let octets = ToBeSigned::new(b"octets", algorithm);
                let value = signer.sign(&octets).unwrap().as_bytes().to_vec();
                let check =
                    |digest: &[u8], value: &[u8]| verifies(&key, algorithm.digest(), digest, value);
                assert!(check(&octets.digest(), &value));
                assert!(!check(&algorithm.digest().digest(b"other"), &value));
                for index in [0, 1, value.len() / 2, value.len() - 1] {
                    let mut wrong = value.clone();
                    wrong[index] ^= 1;
                    assert!(!check(&octets.digest(), &wrong));
                }
                assert!(!check(&octets.digest(), &value[1..]));
                assert!(!check(&octets.digest(), &vec![0xff; value.len()]));
                assert!(!check(&octets.digest(), &vec![0; value.len()]));
            }
        }
    }
}
