//! JSON signatures judged.

use std::borrow::Cow;
use std::fmt;

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use kanta_core::Reason;
use serde_json::Value;

use super::{
    Canonicalisation, JwsError, JwsProfile, StrictJsonError, canonical_json, parse_strictly,
};
use crate::{Certificate, PublicKey, SignatureAlgorithm};

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
            return Err(JwsError::Form(Reason::new(
                "siinä ei ole kolmea osaa",
                "it has not three parts",
            )));
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
    fn wrong(
        finnish: impl Into<Cow<'static, str>>,
        english: impl Into<Cow<'static, str>>,
    ) -> JwsError {
        JwsError::Header(Reason::new(finnish, english))
    }
    let Value::Object(members) = parse_strictly(header)? else {
        return Err(wrong("se ei ole objekti", "it is no object"));
    };
    let text = |member: &str| members.get(member).and_then(Value::as_str);
    let algorithm = text("alg")
        .and_then(SignatureAlgorithm::from_jws_name)
        .filter(|algorithm| profile.algorithms.contains(algorithm))
        .ok_or_else(|| wrong("sen algoritmia ei sallita", "its algorithm is not allowed"))?;
    for (member, expected) in [
        ("typ", &profile.media_type),
        ("cty", &profile.content_type),
        ("kid", &profile.key_id),
    ] {
        if text(member) != expected.as_deref() || members.contains_key(member) != expected.is_some()
        {
            return Err(wrong(
                format!("`{member}` on toinen, tai sitä ei odoteta"),
                format!("`{member}` is another one, or not expected"),
            ));
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
        return Err(wrong(
            format!("`{shown}` on tuntematon"),
            format!("`{shown}` is not known"),
        ));
    }
    let certificates = match members.get("x5c") {
        None if profile.certificate_chain => {
            return Err(wrong("`x5c` puuttuu", "`x5c` is missing"));
        }
        None => Vec::new(),
        Some(_) if !profile.certificate_chain => {
            return Err(wrong("kenttää `x5c` ei odoteta", "`x5c` is not expected"));
        }
        Some(Value::Array(chain)) if !chain.is_empty() => chain
            .iter()
            .map(|certificate| {
                let base64 = certificate
                    .as_str()
                    .ok_or_else(|| wrong("`x5c` ei sisällä tekstiä", "`x5c` holds no text"))?;
                let der = STANDARD
                    .decode_to_vec(base64)
                    .map_err(|_| wrong("`x5c` ei ole Base64-muodossa", "`x5c` is not Base64"))?;
                Ok(Certificate::from_der(&der)?)
            })
            .collect::<Result<_, JwsError>>()?,
        Some(_) => {
            return Err(wrong(
                "`x5c` ei ole luettelo varmenteista",
                "`x5c` is no list of certificates",
            ));
        }
    };
    Ok((algorithm, certificates))
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode_to_vec(part).map_err(|_| {
        JwsError::Form(Reason::new(
            "osa ei ole Base64url-muodossa",
            "a part is not Base64url",
        ))
    })
}
