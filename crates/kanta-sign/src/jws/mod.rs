//! JSON signatures (RFC 7515), compact and detached, and tokens (RFC 7519), by profile.
//!
//! Which header members, algorithms and canonical form a receiver wants is data of the profile; a receiver's profile is
//! strict: what it does not know is refused.
//!
//! ```
//! # use kanta_sign::{SoftwareSigner, SignatureAlgorithm};
//! # use kanta_sign::jws::{self, JwsProfile};
//! # fn sign(signer: &SoftwareSigner) -> Result<(), jws::JwsError> {
//! let profile = JwsProfile::new(&[SignatureAlgorithm::RsaPssSha256, SignatureAlgorithm::EcdsaP256Sha256])
//!     .with_certificate_chain();
//! let compact = jws::sign(b"payload", &profile, signer)?;
//! let verified = jws::verify(&compact, None, &profile)?;
//! assert_eq!(verified.payload(), b"payload");
//! # Ok(())
//! # }
//! ```

use std::fmt;

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::{
    Certificate, CertificateError, PublicKey, SignatureAlgorithm, SignatureValue, Signer,
    SignerError, ToBeSigned,
};

mod strict_json;
mod token;

pub use strict_json::{StrictJsonError, canonical_json, parse_strictly};
pub use token::{Claims, TokenError, TokenRules, sign_token, verify_token};

/// What is done to a payload before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Canonicalisation {
    /// Nothing: the bytes are signed as they are.
    #[default]
    None,
    /// The JSON Canonicalization Scheme (RFC 8785), after strict parsing.
    Jcs,
}

/// What a JSON signature looks like.
#[derive(Debug, Clone)]
pub struct JwsProfile {
    algorithms: Vec<SignatureAlgorithm>,
    canonicalisation: Canonicalisation,
    is_detached: bool,
    certificate_chain: bool,
    media_type: Option<String>,
    content_type: Option<String>,
    key_id: Option<String>,
}

impl JwsProfile {
    /// A profile that allows these algorithms, the preferred one first.
    #[must_use]
    pub fn new(algorithms: &[SignatureAlgorithm]) -> Self {
        Self {
            algorithms: algorithms.to_vec(),
            canonicalisation: Canonicalisation::None,
            is_detached: false,
            certificate_chain: false,
            media_type: None,
            content_type: None,
            key_id: None,
        }
    }

    /// The same with a canonical form of the payload.
    #[must_use]
    pub fn with_canonicalisation(mut self, canonicalisation: Canonicalisation) -> Self {
        self.canonicalisation = canonicalisation;
        self
    }

    /// The same with the payload beside the signature, not in it (RFC 7515, appendix F).
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.is_detached = true;
        self
    }

    /// The same with the certificate of the key, and what the signer knows of its chain, in the header (`x5c`).
    #[must_use]
    pub fn with_certificate_chain(mut self) -> Self {
        self.certificate_chain = true;
        self
    }

    /// The same with a type of the whole (`typ`); a receiver demands it.
    #[must_use]
    pub fn with_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// The same with a type of the payload (`cty`); a receiver demands it.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The same with a name of the key (`kid`); a receiver demands it.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// Returns what is done to the payload.
    #[must_use]
    pub fn canonicalisation(&self) -> Canonicalisation {
        self.canonicalisation
    }

    fn signed_form(&self, payload: &[u8]) -> Result<Vec<u8>, JwsError> {
        match self.canonicalisation {
            Canonicalisation::None => Ok(payload.to_vec()),
            Canonicalisation::Jcs => Ok(canonical_json(payload)?),
        }
    }
}

/// Why there is no JSON signature, or none that holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The payload is not JSON as it must be.
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    /// The certificate in the header cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// No algorithm of the profile fits the key (`KANTA-JWS-NO-ALGORITHM`).
    #[error(
        "the key signs with no algorithm of the profile: use the certificate that was ordered for this purpose [KANTA-JWS-NO-ALGORITHM]"
    )]
    NoAlgorithm,
    /// It is not three parts of Base64url (`KANTA-JWS-FORM`).
    #[error("this is no JSON signature in compact form: {0} [KANTA-JWS-FORM]")]
    Form(&'static str),
    /// The header is not as the profile has it (`KANTA-JWS-HEADER`).
    #[error(
        "the header of the JSON signature is not as its profile has it: {0} [KANTA-JWS-HEADER]"
    )]
    Header(String),
    /// The payload is given twice, or not at all (`KANTA-JWS-PAYLOAD`).
    #[error(
        "a detached signature needs its payload beside it, and any other holds it [KANTA-JWS-PAYLOAD]"
    )]
    Payload,
    /// No key to verify with is known (`KANTA-JWS-KEY`).
    #[error("the header holds no certificate and no key was given [KANTA-JWS-KEY]")]
    NoKey,
    /// The signature does not fit (`KANTA-JWS-VALUE`).
    #[error(
        "the JSON signature does not fit: header or payload was changed, or the key is another one [KANTA-JWS-VALUE]"
    )]
    Value,
}

/// What was verified.
#[derive(Clone)]
pub struct Verified {
    algorithm: SignatureAlgorithm,
    certificates: Vec<Certificate>,
    payload: Vec<u8>,
}

impl Verified {
    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Returns the certificates of the header, that of the key first. Whether they are trusted is another question.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Returns the payload that is signed: read nothing else.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("algorithm", &self.algorithm)
            .field("payload", &self.payload.len())
            .finish_non_exhaustive()
    }
}

/// A JSON signature whose value is made elsewhere.
pub struct PendingJws {
    signing_input: String,
    algorithm: SignatureAlgorithm,
    key: PublicKey,
    is_detached: bool,
}

impl PendingJws {
    /// Returns the octets to sign and the algorithm.
    #[must_use]
    pub fn to_be_signed(&self) -> ToBeSigned<'_> {
        ToBeSigned::new(self.signing_input.as_bytes(), self.algorithm)
    }

    /// Puts the value in and verifies it.
    ///
    /// # Errors
    /// [`JwsError::Value`] when it is not a signature of these octets.
    pub fn complete(self, value: &SignatureValue) -> Result<String, JwsError> {
        let octets = self.signing_input.as_bytes();
        if !self.algorithm.verifies(&self.key, octets, value.as_bytes()) {
            return Err(JwsError::Value);
        }
        let header = match self.is_detached {
            true => {
                self.signing_input
                    .split('.')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
                    + "."
            }
            false => self.signing_input,
        };
        Ok(format!(
            "{header}.{}",
            URL_SAFE_NO_PAD.encode_to_string(value.as_bytes())
        ))
    }
}

impl fmt::Debug for PendingJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingJws({:?})", self.algorithm)
    }
}

/// Makes the octets of a JSON signature.
///
/// # Errors
/// [`JwsError`] when the payload cannot be brought into its form, or no algorithm fits.
pub fn prepare(
    payload: &[u8],
    profile: &JwsProfile,
    signer: &dyn Signer,
) -> Result<PendingJws, JwsError> {
    let key = signer.certificate().public_key();
    let (algorithm, name) = profile
        .algorithms
        .iter()
        .filter(|algorithm| algorithm.fits(key) && signer.algorithms().contains(algorithm))
        .find_map(|algorithm| Some((*algorithm, algorithm.jws_name()?)))
        .ok_or(JwsError::NoAlgorithm)?;
    let mut header = Map::new();
    header.insert("alg".to_owned(), json!(name));
    for (member, value) in [
        ("typ", &profile.media_type),
        ("cty", &profile.content_type),
        ("kid", &profile.key_id),
    ] {
        if let Some(value) = value {
            header.insert(member.to_owned(), json!(value));
        }
    }
    if profile.certificate_chain {
        let chain: Vec<Value> = std::iter::once(signer.certificate())
            .chain(signer.chain())
            .map(|certificate| json!(STANDARD.encode_to_string(certificate.as_der())))
            .collect();
        header.insert("x5c".to_owned(), Value::Array(chain));
    }
    let header = Value::Object(header).to_string();
    let payload = profile.signed_form(payload)?;
    Ok(PendingJws {
        signing_input: format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode_to_string(header.as_bytes()),
            URL_SAFE_NO_PAD.encode_to_string(&payload)
        ),
        algorithm,
        key: key.clone(),
        is_detached: profile.is_detached,
    })
}

/// Signs a payload: compact, or with the payload taken out when the profile is detached.
///
/// # Errors
/// [`JwsError`] of whichever step failed.
pub fn sign(payload: &[u8], profile: &JwsProfile, signer: &dyn Signer) -> Result<String, JwsError> {
    let pending = prepare(payload, profile, signer)?;
    let value = signer.sign(&pending.to_be_signed())?;
    pending.complete(&value)
}

/// Verifies a signature with the first certificate of its header; `payload` is given when it is detached.
///
/// # Errors
/// [`JwsError`] with what is wrong. The certificate's trust is not judged: see [`crate::Trust`].
pub fn verify(
    compact: &str,
    payload: Option<&[u8]>,
    profile: &JwsProfile,
) -> Result<Verified, JwsError> {
    Parts::read(compact, payload, profile)?.verify(None)
}

/// Verifies a signature with a key that is known otherwise.
///
/// # Errors
/// As [`verify`].
pub fn verify_with_key(
    compact: &str,
    payload: Option<&[u8]>,
    profile: &JwsProfile,
    key: &PublicKey,
) -> Result<Verified, JwsError> {
    Parts::read(compact, payload, profile)?.verify(Some(key))
}

struct Parts {
    signing_input: String,
    algorithm: SignatureAlgorithm,
    certificates: Vec<Certificate>,
    payload: Vec<u8>,
    value: Vec<u8>,
}

impl Parts {
    fn read(compact: &str, payload: Option<&[u8]>, profile: &JwsProfile) -> Result<Self, JwsError> {
        let mut parts = compact.split('.');
        let (Some(header), Some(inside), Some(value), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::Form("it has not three parts"));
        };
        let payload = match (profile.is_detached, payload) {
            (true, Some(payload)) if inside.is_empty() => profile.signed_form(payload)?,
            (false, None) => decode(inside)?,
            _ => return Err(JwsError::Payload),
        };
        if profile.canonicalisation == Canonicalisation::Jcs && canonical_json(&payload)? != payload
        {
            return Err(StrictJsonError::NotCanonical.into());
        }
        let (algorithm, certificates) = read_header(&decode(header)?, profile)?;
        Ok(Self {
            signing_input: format!("{header}.{}", URL_SAFE_NO_PAD.encode_to_string(&payload)),
            algorithm,
            certificates,
            payload,
            value: decode(value)?,
        })
    }

    fn verify(self, key: Option<&PublicKey>) -> Result<Verified, JwsError> {
        let own = self.certificates.first().map(Certificate::public_key);
        let key = key.or(own).ok_or(JwsError::NoKey)?;
        let octets = self.signing_input.as_bytes();
        if !self.algorithm.verifies(key, octets, &self.value) {
            return Err(JwsError::Value);
        }
        Ok(Verified {
            algorithm: self.algorithm,
            certificates: self.certificates,
            payload: self.payload,
        })
    }
}

/// Reads a header: every member must be one that the profile has.
fn read_header(
    header: &[u8],
    profile: &JwsProfile,
) -> Result<(SignatureAlgorithm, Vec<Certificate>), JwsError> {
    let wrong = |what: &str| JwsError::Header(what.to_owned());
    let Value::Object(members) = parse_strictly(header)? else {
        return Err(wrong("it is no object"));
    };
    let text = |member: &str| members.get(member).and_then(Value::as_str);
    let algorithm = text("alg")
        .and_then(SignatureAlgorithm::from_jws_name)
        .filter(|algorithm| profile.algorithms.contains(algorithm))
        .ok_or_else(|| wrong("its algorithm is not allowed"))?;
    for (member, expected) in [
        ("typ", &profile.media_type),
        ("cty", &profile.content_type),
        ("kid", &profile.key_id),
    ] {
        if text(member) != expected.as_deref() || members.contains_key(member) != expected.is_some()
        {
            return Err(wrong(&format!(
                "`{member}` is another one, or not expected"
            )));
        }
    }
    if let Some(unknown) = members
        .keys()
        .find(|member| !["alg", "typ", "cty", "kid", "x5c"].contains(&member.as_str()))
    {
        let shown: String = unknown
            .chars()
            .take(20)
            .filter(char::is_ascii_alphanumeric)
            .collect();
        return Err(wrong(&format!("`{shown}` is not known")));
    }
    let certificates = match members.get("x5c") {
        None if profile.certificate_chain => return Err(wrong("`x5c` is missing")),
        None => Vec::new(),
        Some(_) if !profile.certificate_chain => return Err(wrong("`x5c` is not expected")),
        Some(Value::Array(chain)) if !chain.is_empty() => chain
            .iter()
            .map(|certificate| {
                let base64 = certificate
                    .as_str()
                    .ok_or_else(|| wrong("`x5c` holds no text"))?;
                let der = STANDARD
                    .decode_to_vec(base64)
                    .map_err(|_| wrong("`x5c` is not Base64"))?;
                Ok(Certificate::from_der(&der)?)
            })
            .collect::<Result<_, JwsError>>()?,
        Some(_) => return Err(wrong("`x5c` is no list of certificates")),
    };
    Ok((algorithm, certificates))
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD
        .decode_to_vec(part)
        .map_err(|_| JwsError::Form("a part is not Base64url"))
}

#[cfg(test)]
mod tests;
