//! Private keys in memory: reading and using them.

use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{AnyRef, Decode, Sequence};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};

use crate::provider::ecdsa_pair;
use crate::provider::error::KeyRejected;
use crate::provider::rand::SystemRandom;
use crate::provider::rsa::KeyPair as RsaKeyPair;
use crate::provider::signature::{self, EcdsaKeyPair, KeyPair, RsaEncoding};
use crate::{PublicKey, SignatureAlgorithm, SignatureValue, SignerError, ToBeSigned, pem};

/// A private key. It has no `Debug`.
#[allow(
    clippy::large_enum_variant,
    reason = "a signer holds one key for its whole life, and both providers differ in size"
)]
pub(super) enum Key {
    /// The pair, and the bytes of its modulus.
    Rsa(RsaKeyPair, usize),
    Ecdsa([SignatureAlgorithm; 1], EcdsaKeyPair),
}

/// `ECPrivateKey` of RFC 5915; the curve stands in the certificate.
#[derive(Sequence)]
struct EcPrivateKey<'d> {
    #[allow(dead_code, reason = "the sequence begins with it")]
    version: u8,
    private_key: &'d OctetStringRef,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    parameters: Option<AnyRef<'d>>,
    #[asn1(context_specific = "1", optional = "true", tag_mode = "EXPLICIT")]
    public_key: Option<AnyRef<'d>>,
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The beginning of `RSAPrivateKey` of RFC 8017: what a public key has.
struct RsaNumbers<'d> {
    modulus: UintRef<'d>,
    exponent: UintRef<'d>,
}

impl<'d> RsaNumbers<'d> {
    fn read(der: &'d [u8]) -> der::Result<Self> {
        let inside = AnyRef::from_der(der)?;
        let mut reader = der::SliceReader::new(inside.value())?;
        UintRef::decode(&mut reader)?;
        Ok(Self {
            modulus: UintRef::decode(&mut reader)?,
            exponent: UintRef::decode(&mut reader)?,
        })
    }
}

impl Key {
    /// Reads the key that belongs to a public key: PKCS#8 (encrypted or not), PKCS#1 or SEC1 in PEM.
    pub(super) fn from_pem(
        pem: &[u8],
        password: Option<&[u8]>,
        public: &PublicKey,
    ) -> Result<Self, SignerError> {
        Self::open(pem, password, |kind, der| kind.read(der, public))
    }

    /// Opens PEM and gives the key inside to `read`.
    fn open(
        pem: &[u8],
        password: Option<&[u8]>,
        read: impl FnOnce(Kind, &[u8]) -> Result<Self, SignerError>,
    ) -> Result<Self, SignerError> {
        let none = || SignerError::Key("there is no key in PEM here".to_owned());
        let sections = pem::sections(pem).ok_or_else(none)?;
        let section = sections
            .iter()
            .find(|section| section.label.ends_with("PRIVATE KEY"))
            .ok_or_else(none)?;
        match section.label {
            "ENCRYPTED PRIVATE KEY" => {
                let password = password.ok_or(SignerError::Password)?;
                let encrypted = EncryptedPrivateKeyInfoRef::try_from(section.der.as_slice())
                    .map_err(|error| SignerError::Key(error.to_string()))?;
                let opened = encrypted
                    .decrypt(password)
                    .map_err(|_| SignerError::Password)?;
                let (kind, der) = Kind::of_pkcs8(opened.as_bytes())?;
                read(kind, der)
            }
            "PRIVATE KEY" => {
                let (kind, der) = Kind::of_pkcs8(&section.der)?;
                read(kind, der)
            }
            "RSA PRIVATE KEY" => read(Kind::Rsa, &section.der),
            "EC PRIVATE KEY" => read(Kind::Ec(None), &section.der),
            other => Err(SignerError::Key(format!(
                "keys of the kind {other} are not known"
            ))),
        }
    }

    /// Reads a key that has no certificate yet; its public key is that of the pair.
    pub(super) fn without_certificate(
        pem: &[u8],
        password: Option<&[u8]>,
    ) -> Result<(Self, PublicKey), SignerError> {
        // The public key is found in the private one, which is then read as any other is.
        let mut public = PublicKey::Other;
        let key = Self::open(pem, password, |kind, der| {
            public = kind.public(der)?;
            kind.read(der, &public)
        })?;
        Ok((key, public))
    }

    /// Reads an unencrypted key of PKCS#8 in DER.
    #[cfg(feature = "pkcs12")]
    pub(super) fn from_pkcs8(der: &[u8], public: &PublicKey) -> Result<Self, SignerError> {
        let (kind, der) = Kind::of_pkcs8(der)?;
        kind.read(der, public)
    }

    fn rsa(der: &[u8], public: &PublicKey) -> Result<Self, SignerError> {
        let PublicKey::Rsa {
            bits,
            der: expected,
        } = public
        else {
            return Err(SignerError::Pair);
        };
        let pair = RsaKeyPair::from_der(der).map_err(rejected)?;
        if pair.public_key().as_ref() != expected.as_slice() {
            return Err(SignerError::Pair);
        }
        Ok(Self::Rsa(pair, bits.div_ceil(8)))
    }

    fn ecdsa(der: &[u8], public: &PublicKey) -> Result<Self, SignerError> {
        let (algorithm, signing) = match public {
            PublicKey::P256 { .. } => (
                SignatureAlgorithm::EcdsaP256Sha256,
                &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
            ),
            PublicKey::P384 { .. } => (
                SignatureAlgorithm::EcdsaP384Sha384,
                &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
            ),
            _ => return Err(SignerError::Pair),
        };
        let key =
            EcPrivateKey::from_der(der).map_err(|error| SignerError::Key(error.to_string()))?;
        // A key of another curve or another pair is refused here.
        let pair = ecdsa_pair(signing, key.private_key.as_bytes(), public.bytes())
            .map_err(|_| SignerError::Pair)?;
        Ok(Self::Ecdsa([algorithm], pair))
    }

    pub(super) fn algorithms(&self) -> &[SignatureAlgorithm] {
        match self {
            Self::Rsa(..) => &SignatureAlgorithm::RSA,
            Self::Ecdsa(algorithm, _) => algorithm,
        }
    }

    pub(super) fn sign(
        &self,
        octets: &ToBeSigned<'_>,
        random: &SystemRandom,
    ) -> Result<SignatureValue, SignerError> {
        let failed =
            |_| SignerError::Failed("the provider of cryptography reports no reason".to_owned());
        match self {
            Self::Rsa(pair, length) => {
                let encoding = rsa_encoding(octets.algorithm())
                    .ok_or(SignerError::Algorithm(octets.algorithm()))?;
                let mut value = vec![0; *length];
                pair.sign(encoding, random, octets.octets(), &mut value)
                    .map_err(failed)?;
                Ok(SignatureValue::new(value))
            }
            Self::Ecdsa([own], pair) if *own == octets.algorithm() => pair
                .sign(random, octets.octets())
                .map(|value| SignatureValue::new(value.as_ref().to_vec()))
                .map_err(failed),
            Self::Ecdsa(..) => Err(SignerError::Algorithm(octets.algorithm())),
        }
    }
}

/// Of which kind a private key is; for EC with its curve, where that stands outside it.
#[derive(Clone, Copy)]
enum Kind {
    Rsa,
    Ec(Option<ObjectIdentifier>),
}

impl Kind {
    fn of_pkcs8(der: &[u8]) -> Result<(Self, &[u8]), SignerError> {
        let info = PrivateKeyInfoRef::from_der(der)
            .map_err(|error| SignerError::Key(error.to_string()))?;
        let kind = match info.algorithm.oid {
            RSA => Self::Rsa,
            EC => Self::Ec(
                info.algorithm
                    .parameters
                    .and_then(|curve| curve.decode_as().ok()),
            ),
            other => {
                return Err(SignerError::Key(format!(
                    "keys of the algorithm {other} are not known"
                )));
            }
        };
        Ok((kind, info.private_key.as_bytes()))
    }

    fn read(self, der: &[u8], public: &PublicKey) -> Result<Key, SignerError> {
        match self {
            Self::Rsa => Key::rsa(der, public),
            Self::Ec(_) => Key::ecdsa(der, public),
        }
    }

    fn public(self, der: &[u8]) -> Result<PublicKey, SignerError> {
        let broken = |error: der::Error| SignerError::Key(error.to_string());
        let Self::Ec(outside) = self else {
            let numbers = RsaNumbers::read(der).map_err(broken)?;
            return Ok(PublicKey::rsa(
                numbers.modulus.as_bytes(),
                numbers.exponent.as_bytes(),
            ));
        };
        let key = EcPrivateKey::from_der(der).map_err(broken)?;
        let inside = key.parameters.and_then(|curve| curve.decode_as().ok());
        let point = key
            .public_key
            .and_then(|point| point.decode_as::<BitStringRef<'_>>().ok())
            .and_then(|point| point.as_bytes().map(<[u8]>::to_vec));
        outside
            .or(inside)
            .zip(point)
            .and_then(|(curve, point)| PublicKey::on_curve(curve, &point))
            .ok_or_else(|| SignerError::Key("it does not tell its public key".to_owned()))
    }
}

fn rsa_encoding(algorithm: SignatureAlgorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        SignatureAlgorithm::RsaSha256 => &signature::RSA_PKCS1_SHA256,
        SignatureAlgorithm::RsaSha384 => &signature::RSA_PKCS1_SHA384,
        SignatureAlgorithm::RsaSha512 => &signature::RSA_PKCS1_SHA512,
        SignatureAlgorithm::RsaPssSha256 => &signature::RSA_PSS_SHA256,
        SignatureAlgorithm::RsaPssSha384 => &signature::RSA_PSS_SHA384,
        SignatureAlgorithm::RsaPssSha512 => &signature::RSA_PSS_SHA512,
        _ => return None,
    })
}

fn rejected(error: KeyRejected) -> SignerError {
    SignerError::Key(match error.to_string().as_str() {
        "TooLarge" => {
            "it is too long for this build (the feature aws-lc-rs takes RSA up to 8192 bits)"
                .to_owned()
        }
        "TooSmall" => "it is too short: RSA keys have 2048 bits at least".to_owned(),
        problem => problem.to_owned(),
    })
}
