//! JSON signatures made: at once, or with a value that is made elsewhere.

use std::fmt;

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::{JwsError, JwsProfile};
use crate::{PublicKey, SignatureAlgorithm, SignatureValue, Signer, ToBeSigned};

/// Signs a payload: compact, or with the payload taken out when the profile is detached.
///
/// # Errors
/// [`JwsError`] of whichever step failed.
pub fn sign(payload: &[u8], profile: &JwsProfile, signer: &dyn Signer) -> Result<String, JwsError> {
    let pending = prepare(payload, profile, signer)?;
    let value = signer.sign(&pending.to_be_signed())?;
    pending.complete(&value)
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
