//! Tokens: JSON signatures over claims (RFC 7519), judged by rules.

use std::time::Duration;

use kanta_core::Instant;
use serde_json::{Map, Value, json};

use super::{JwsError, JwsProfile, parse_strictly, sign, verify_with_key};
use crate::{PublicKey, Signer};

/// The claims of a token (Finnish: väittämät).
pub type Claims = Map<String, Value>;

/// What a token must say to be taken.
#[derive(Debug, Clone)]
pub struct TokenRules<'r> {
    /// Who made it (`iss`).
    pub issuer: &'r str,
    /// Whom it is for (`aud`).
    pub audience: &'r str,
    /// The time of judgement.
    pub now: Instant,
    /// How much clocks may differ.
    pub leeway: Duration,
}

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Its signature does not hold.
    #[error(transparent)]
    Signature(#[from] JwsError),
    /// A claim is missing or not of its kind (`KANTA-TOKEN-CLAIM`).
    #[error("the token lacks `{0}`, or it is not of its kind [KANTA-TOKEN-CLAIM]")]
    Claim(&'static str),
    /// Another one made it (`KANTA-TOKEN-ISSUER`).
    #[error("the token is made by somebody else [KANTA-TOKEN-ISSUER]")]
    Issuer,
    /// It is for another one (`KANTA-TOKEN-AUDIENCE`).
    #[error("the token is for somebody else [KANTA-TOKEN-AUDIENCE]")]
    Audience,
    /// It is no longer valid (`KANTA-TOKEN-EXPIRED`).
    #[error("the token has expired: get a new one [KANTA-TOKEN-EXPIRED]")]
    Expired,
    /// It is not valid yet (`KANTA-TOKEN-EARLY`).
    #[error("the token is not valid yet: compare the clocks [KANTA-TOKEN-EARLY]")]
    NotYet,
}

/// Signs a token that is valid from `now` for so long; `claims` are those beside `iss`, `aud`, `iat`, `nbf` and `exp`.
///
/// # Errors
/// [`JwsError`] when it cannot be signed.
pub fn sign_token(
    mut claims: Claims,
    rules: &TokenRules<'_>,
    valid_for: Duration,
    profile: &JwsProfile,
    signer: &dyn Signer,
) -> Result<String, JwsError> {
    let now = rules.now.unix_seconds();
    let until = i64::try_from(valid_for.as_secs())
        .ok()
        .and_then(|seconds| now.checked_add(seconds))
        .unwrap_or(now);
    for (name, value) in [
        ("iss", json!(rules.issuer)),
        ("aud", json!(rules.audience)),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(until)),
    ] {
        claims.insert(name.to_owned(), value);
    }
    sign(
        Value::Object(claims).to_string().as_bytes(),
        profile,
        signer,
    )
}

/// Verifies a token with a key and judges it; `exp` must be there.
///
/// # Errors
/// [`TokenError`] with the first reason.
pub fn verify_token(
    token: &str,
    rules: &TokenRules<'_>,
    profile: &JwsProfile,
    key: &PublicKey,
) -> Result<Claims, TokenError> {
    let verified = verify_with_key(token, None, profile, key)?;
    let Value::Object(claims) = parse_strictly(verified.payload()).map_err(JwsError::from)? else {
        return Err(TokenError::Claim("claims"));
    };
    match claims.get("iss").and_then(Value::as_str) {
        None => return Err(TokenError::Claim("iss")),
        Some(issuer) if issuer != rules.issuer => return Err(TokenError::Issuer),
        Some(_) => {}
    }
    let is_ours = match claims.get("aud") {
        Some(Value::String(audience)) => audience == rules.audience,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(rules.audience)),
        _ => return Err(TokenError::Claim("aud")),
    };
    if !is_ours {
        return Err(TokenError::Audience);
    }
    let now = rules.now.unix_seconds();
    let leeway = i64::try_from(rules.leeway.as_secs()).unwrap_or(i64::MAX);
    let time = |name: &'static str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(TokenError::Claim(name)),
    };
    let expires = time("exp")?.ok_or(TokenError::Claim("exp"))?;
    if now >= expires.saturating_add(leeway) {
        return Err(TokenError::Expired);
    }
    if time("nbf")?.is_some_and(|start| now < start.saturating_sub(leeway)) {
        return Err(TokenError::NotYet);
    }
    Ok(claims)
}
