//! The request that stores notices.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use kanta_core::Instant;
use kanta_core::spec::Spec;
use kanta_sign::jws::{self, JwsError};
use kanta_sign::{Certificate, Signer};
use serde_json::Value;

use super::token::TokenProfile;
use super::{Caller, Claim};
use crate::bindings::{BindingsError, Lookup};
use crate::signature::SignedNotices;

/// How requests are made, read once from the spec bundle.
#[derive(Debug, Clone)]
pub struct Exchange {
    content_type: HeaderValue,
    accept: HeaderValue,
    request_id_header: HeaderName,
    token_header: HeaderName,
    token_scheme: String,
    token: TokenProfile,
}

/// Why a request cannot be made; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The token cannot be signed.
    #[error(transparent)]
    Token(#[from] JwsError),
    /// The identifier of the request cannot stand in a header (`KANTA-FHIR-REQUEST-ID`).
    #[error(
        "the identifier of the request has characters that no header can hold: give a UUID or an OID \
         [KANTA-FHIR-REQUEST-ID]"
    )]
    RequestId,
}

/// A token that does not convince the receiver (`KANTA-FHIR-TOKEN`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} [KANTA-FHIR-TOKEN]")]
pub struct TokenRefused(String);

impl Exchange {
    /// Reads headers and token from the spec bundle.
    ///
    /// # Errors
    /// [`BindingsError`] with every key that has no value for the environment.
    pub fn from_spec(spec: &Spec) -> Result<Self, BindingsError> {
        let mut lookup = Lookup::new(spec);
        let exchange = Self {
            content_type: value(&mut lookup, "exchange.content_type"),
            accept: value(&mut lookup, "exchange.accept"),
            request_id_header: name(&mut lookup, "exchange.request_id_header"),
            token_header: name(&mut lookup, "exchange.token_header"),
            token_scheme: lookup.text("exchange.token_scheme"),
            token: lookup.part(TokenProfile::from_spec(spec))?,
        };
        lookup.finish(exchange)
    }

    /// Makes the request: a POST to the root of the service, whose address the transport knows.
    ///
    /// Every request has an identifier of its own and a fresh token, also when the same notices are sent.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was sent.
    pub fn request(
        &self,
        notices: &SignedNotices,
        caller: &Caller,
        request_id: &str,
        now: Instant,
        signer: &dyn Signer,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let token = self.token.token(caller, request_id, now, signer)?;
        let mut authorisation = HeaderValue::try_from(format!("{} {token}", self.token_scheme))
            .map_err(|_| RequestError::RequestId)?;
        authorisation.set_sensitive(true);
        let request_id = HeaderValue::try_from(request_id).map_err(|_| RequestError::RequestId)?;
        let mut request = Request::new(notices.as_json().to_vec());
        *request.method_mut() = http::Method::POST;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, self.content_type.clone());
        headers.insert(ACCEPT, self.accept.clone());
        headers.insert(self.request_id_header.clone(), request_id);
        headers.insert(self.token_header.clone(), authorisation);
        Ok(request)
    }

    /// Returns the name of the header that holds identifiers of requests and answers.
    #[must_use]
    pub fn request_id_header(&self) -> &HeaderName {
        &self.request_id_header
    }

    /// Judges the headers of a request as a receiver: type, identifier, and a token that verifies and has not ended.
    /// Returns the certificates of the token, that of the key first.
    ///
    /// # Errors
    /// [`TokenRefused`] with the reason.
    pub fn verify_request(
        &self,
        headers: &HeaderMap,
        now: Instant,
    ) -> Result<Vec<Certificate>, TokenRefused> {
        let refused = |why: &str| TokenRefused(why.to_owned());
        let token = headers
            .get(&self.token_header)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix(self.token_scheme.as_str()))
            .ok_or_else(|| refused("there is no token"))?;
        let verified = jws::verify(token.trim_ascii_start(), None, self.token.jws())
            .map_err(|error| TokenRefused(error.to_string()))?;
        let claims: Value = serde_json::from_slice(verified.payload())
            .map_err(|_| refused("the claims are not JSON"))?;
        let claim = |claim: Claim| {
            self.token
                .path(claim)?
                .iter()
                .try_fold(&claims, |value, name| value.get(name))
        };
        let ends = claim(Claim::ExpiresAt).and_then(Value::as_i64);
        if ends.is_some_and(|ends| ends <= now.unix_seconds()) {
            return Err(refused("the token has ended"));
        }
        let request_id = headers
            .get(&self.request_id_header)
            .and_then(|value| value.to_str().ok());
        if request_id.is_none() {
            return Err(refused("the request has no identifier"));
        }
        if let Some(named) = claim(Claim::RequestId)
            && named.as_str() != request_id
        {
            return Err(refused("the token is for another request"));
        }
        Ok(verified.certificates().to_vec())
    }
}

fn value(lookup: &mut Lookup<'_>, key: &str) -> HeaderValue {
    let text = lookup.text(key);
    HeaderValue::try_from(text).unwrap_or_else(|_| {
        lookup.problem(key, "a header cannot hold the value");
        HeaderValue::from_static("")
    })
}

fn name(lookup: &mut Lookup<'_>, key: &str) -> HeaderName {
    let text = lookup.text(key);
    // An absent value was told by the lookup.
    if text.is_empty() {
        return ACCEPT;
    }
    HeaderName::try_from(text).unwrap_or_else(|_| {
        lookup.problem(key, "it is not the name of a header");
        ACCEPT
    })
}
