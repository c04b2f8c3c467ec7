//! Which mechanism makes a signature, and what the token must be given for it.

use std::borrow::Cow;

use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};

use super::TokenError;
use crate::rsa_digest::digest_info;
use crate::{DigestAlgorithm, SignatureAlgorithm, ToBeSigned};

/// A way to make signatures of one algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    algorithm: SignatureAlgorithm,
    mechanism: MechanismType,
    input: Input,
}

/// What the token is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    Octets,
    Digest,
    DigestInfo,
}

/// Every way, the better first. ECDSA over a digest made here is what most tokens have; for RSA the token hashes if it can,
/// and the result is the same to the byte if it cannot (measured, `[V]`).
const WAYS: [Way; 16] = {
    use Input::{Digest, DigestInfo, Octets};
    use MechanismType as M;
    use SignatureAlgorithm as A;
    [
        Way::new(A::RsaSha256, M::SHA256_RSA_PKCS, Octets),
        Way::new(A::RsaSha256, M::RSA_PKCS, DigestInfo),
        Way::new(A::RsaSha384, M::SHA384_RSA_PKCS, Octets),
        Way::new(A::RsaSha384, M::RSA_PKCS, DigestInfo),
        Way::new(A::RsaSha512, M::SHA512_RSA_PKCS, Octets),
        Way::new(A::RsaSha512, M::RSA_PKCS, DigestInfo),
        Way::new(A::RsaPssSha256, M::SHA256_RSA_PKCS_PSS, Octets),
        Way::new(A::RsaPssSha256, M::RSA_PKCS_PSS, Digest),
        Way::new(A::RsaPssSha384, M::SHA384_RSA_PKCS_PSS, Octets),
        Way::new(A::RsaPssSha384, M::RSA_PKCS_PSS, Digest),
        Way::new(A::RsaPssSha512, M::SHA512_RSA_PKCS_PSS, Octets),
        Way::new(A::RsaPssSha512, M::RSA_PKCS_PSS, Digest),
        Way::new(A::EcdsaP256Sha256, M::ECDSA, Digest),
        Way::new(A::EcdsaP256Sha256, M::ECDSA_SHA256, Octets),
        Way::new(A::EcdsaP384Sha384, M::ECDSA, Digest),
        Way::new(A::EcdsaP384Sha384, M::ECDSA_SHA384, Octets),
    ]
};

impl Way {
    const fn new(algorithm: SignatureAlgorithm, mechanism: MechanismType, input: Input) -> Self {
        Self {
            algorithm,
            mechanism,
            input,
        }
    }

    pub(super) fn algorithm(self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Returns the mechanism with its parameters.
    pub(super) fn mechanism(self) -> Mechanism<'static> {
        let pss = || pss_parameters(self.algorithm.digest());
        match self.mechanism {
            MechanismType::RSA_PKCS => Mechanism::RsaPkcs,
            MechanismType::SHA256_RSA_PKCS => Mechanism::Sha256RsaPkcs,
            MechanismType::SHA384_RSA_PKCS => Mechanism::Sha384RsaPkcs,
            MechanismType::SHA512_RSA_PKCS => Mechanism::Sha512RsaPkcs,
            MechanismType::RSA_PKCS_PSS => Mechanism::RsaPkcsPss(pss()),
            MechanismType::SHA256_RSA_PKCS_PSS => Mechanism::Sha256RsaPkcsPss(pss()),
            MechanismType::SHA384_RSA_PKCS_PSS => Mechanism::Sha384RsaPkcsPss(pss()),
            MechanismType::SHA512_RSA_PKCS_PSS => Mechanism::Sha512RsaPkcsPss(pss()),
            MechanismType::ECDSA_SHA256 => Mechanism::EcdsaSha256,
            MechanismType::ECDSA_SHA384 => Mechanism::EcdsaSha384,
            _ => Mechanism::Ecdsa,
        }
    }

    /// Returns what the token must be given.
    pub(super) fn input<'o>(self, octets: &ToBeSigned<'o>) -> Cow<'o, [u8]> {
        match self.input {
            Input::Octets => Cow::Borrowed(octets.octets()),
            Input::Digest => Cow::Owned(octets.digest()),
            Input::DigestInfo => {
                let mut info = digest_info(self.algorithm.digest())
                    .expect("no way is for SHA-1, which signs nothing")
                    .to_vec();
                info.extend_from_slice(&octets.digest());
                Cow::Owned(info)
            }
        }
    }
}

/// Returns the best way for each algorithm that a token lists and a key fits.
pub(super) fn ways(
    listed: &[MechanismType],
    fits: impl Fn(SignatureAlgorithm) -> bool,
) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for way in WAYS {
        let known = ways.iter().any(|known| known.algorithm == way.algorithm);
        if !known && fits(way.algorithm) && listed.contains(&way.mechanism) {
            ways.push(way);
        }
    }
    ways
}

/// Returns the way for an algorithm.
pub(super) fn way(ways: &[Way], algorithm: SignatureAlgorithm) -> Result<Way, TokenError> {
    ways.iter()
        .copied()
        .find(|way| way.algorithm == algorithm)
        .ok_or(TokenError::UnsupportedAlgorithm(algorithm))
}

/// Returns the parameters that TLS and JSON signatures ask for: the same digest for all, a salt as long as it.
fn pss_parameters(digest: DigestAlgorithm) -> PkcsPssParams {
    let (hash_alg, mgf, salt) = match digest {
        DigestAlgorithm::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384, 48),
        DigestAlgorithm::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512, 64),
        _ => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, 32),
    };
    PkcsPssParams {
        hash_alg,
        mgf,
        s_len: salt.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_mechanism_is_taken_and_the_other_where_it_lacks() {
        let rsa = |algorithm| algorithm == SignatureAlgorithm::RsaSha256;
        for (listed, input) in [
            (
                &[MechanismType::RSA_PKCS, MechanismType::SHA256_RSA_PKCS][..],
                Some(Input::Octets),
            ),
            (&[MechanismType::RSA_PKCS], Some(Input::DigestInfo)),
            (&[MechanismType::ECDSA], None),
            (&[], None),
        ] {
            let ways = ways(listed, rsa);
            assert_eq!(ways.first().map(|way| way.input), input, "{listed:?}");
        }
    }

    #[test]
    fn a_digest_info_is_the_algorithm_and_the_digest() {
        for (algorithm, length, second) in [
            (SignatureAlgorithm::RsaSha256, 51, 0x31),
            (SignatureAlgorithm::RsaSha384, 67, 0x41),
            (SignatureAlgorithm::RsaSha512, 83, 0x51),
        ] {
            let way = WAYS
                .into_iter()
                .find(|way| way.algorithm == algorithm && way.input == Input::DigestInfo)
                .unwrap();
            let octets = ToBeSigned::new(b"abc", algorithm);
            let input = way.input(&octets);
            assert_eq!((input.len(), input[1]), (length, second));
            assert_eq!(input[19..], octets.digest());
        }
    }

    #[test]
    fn every_way_has_the_mechanism_that_it_looks_for() {
        for way in WAYS {
            assert_eq!(way.mechanism().mechanism_type(), way.mechanism);
        }
    }
}
